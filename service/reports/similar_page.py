"""The page of how alike all cases are: near-duplicates, the map, and each case with those nearest to it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import get_args

from corpus.records import CaseStudy, Outcome
from engine.corpus_similarity import CorpusSimilarity
from service.reports import drawing
from service.reports.folder import write_page, written_beside
from service.similar_text import cluster_name, near_to


def write_similar(cases: Sequence[CaseStudy], similarity: CorpusSimilarity, out: Path) -> Path:
    """Write the page into a folder of its own, in place of one that was written there before.

    Returns:
        The page.

    Raises:
        FolderTakenError: If the folder holds something else.
    """
    names = [cluster_name(cluster) for cluster in similarity.clusters]
    drawn = None
    if similarity.map is not None:
        regions = similarity.map.regions
        drawn = drawing.drawn(
            similarity.map.points,
            [name.partition(" – ")[0] for name in names],
            [region.centre for region in regions],
        )
    content = {
        **{"made": datetime.now(UTC).date(), "cases": len(cases), "root": ""},
        **{"all_cases": cases, "similarity": similarity, "names": names},
        **{"drawn": drawn, "size": drawing.SIZE, "near_to": partial(near_to, similarity)},
        "title_of": {case.id: case.title for case in cases},
        "outcomes": [one for one in get_args(Outcome) if any(case.outcome == one for case in cases)],
    }
    with written_beside(out) as folder:
        write_page(folder / "index.html", "report_similar.html", content)
    return out / "index.html"
