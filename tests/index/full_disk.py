"""Run by path, for `test_durability`: `warts index` where the disk is full, and where it may not write.

Takes the index's folder and a file of cases; prints a JSON list of runs: how, exit code, what standard error
said, and the digest of what opens afterwards.
"""

import contextlib
import io
import json
import os
import resource
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from conftest import HashingEncoder

from index.case_index import CaseIndex
from service.cli import main
from service.settings import Settings

NOBODY = 65534


def run(directory: Path, cases: Path) -> tuple[int, str]:
    """Return the exit code, and what was said last."""
    sys.argv = ["warts", "index", "--cases", str(cases), "--index", str(directory)]
    code = None
    with contextlib.redirect_stderr(io.StringIO()) as errors, contextlib.redirect_stdout(io.StringIO()):
        try:
            main()
        except SystemExit as ended:
            code = ended.code
    return code, errors.getvalue().rpartition("\r")[2]  # a progress bar ends with one


def full(directory: Path, cases: Path, most: int) -> tuple[int, str]:
    """Return what `run` does where no file may become larger than so many bytes."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))
    try:
        return run(directory, cases)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


Settings.encoder = property(lambda _: HashingEncoder())
index, cases_file = Path(sys.argv[1]), Path(sys.argv[2])
runs = []
for limit in json.loads(sys.argv[3]):
    code, said = full(index, cases_file, limit)
    runs.append((limit, code, said, CaseIndex.open(index).manifest.corpus_digest))
with tempfile.TemporaryDirectory() as name:
    Path(name).chmod(0o555)
    if os.geteuid() == 0:
        os.seteuid(NOBODY)
    code, said = run(Path(name) / "index", cases_file)
    runs.append(("not allowed", code, said, ""))
    with contextlib.suppress(PermissionError):
        os.seteuid(os.getuid())
print(json.dumps(runs))
