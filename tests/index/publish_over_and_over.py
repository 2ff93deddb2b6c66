"""Run by path, for `test_durability`: publish corpora in turn, over and over.

Takes the index's folder, how often, and files of cases.
"""

import sys
from itertools import cycle, islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from conftest import HashingEncoder

from corpus.reading import read_cases
from index.building import build_index

directory, times, *files = sys.argv[1:]
corpora = [read_cases([Path(file)]).cases for file in files]
for cases in islice(cycle(corpora), int(times)):
    build_index(cases, HashingEncoder(), Path(directory))
