"""How alike all cases are, as lines to read and as plain values for machines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from corpus.records import CaseStudy
from engine.corpus_similarity import Cluster, CorpusSimilarity
from service import wording


def cluster_name(cluster: Cluster) -> str:
    """Return what cases that lie together are called, such as ``cost – tablets``."""
    theme = wording.facet_value("theme", cluster.theme) if cluster.theme else "various objections"
    return (
        f"{theme} – {wording.facet_value('technology', cluster.technology)}" if cluster.technology else theme
    )


def as_text(cases: Sequence[CaseStudy], similarity: CorpusSimilarity) -> str:
    """Return lines: near-duplicates, then clusters with each case and those nearest to it."""
    lines = [f"Near-duplicates: {len(similarity.duplicates)}"]
    lines += [f"  {one.case_id}\t{one.other}\t{one.reason}" for one in similarity.duplicates]
    lines.append(f"Clusters: {len(similarity.clusters)}, each case with those nearest to it and their cosine")
    for cluster in similarity.clusters:
        lines.append(f"{cluster_name(cluster)} ({len(cluster.cases)})")
        for position in cluster.cases:
            near = ", ".join(
                f"{cases[other].id} {cosine:.2f}" for other, cosine in near_to(similarity, position)
            )
            lines.append(f"  {cases[position].id}\t{near}")
    return "\n".join(lines)


def as_plain(cases: Sequence[CaseStudy], similarity: CorpusSimilarity) -> dict[str, Any]:
    """Return the same as plain values; with the place on the map, where there is one."""
    cluster_of = {
        position: number for number, cluster in enumerate(similarity.clusters) for position in cluster.cases
    }
    points = None if similarity.map is None else similarity.map.points.round(4).tolist()
    return {
        "duplicates": [
            {"case_id": one.case_id, "other": one.other, "reason": one.reason}
            for one in similarity.duplicates
        ],
        "clusters": [
            {
                "theme": cluster.theme,
                "technology": cluster.technology,
                "case_ids": [cases[position].id for position in cluster.cases],
            }
            for cluster in similarity.clusters
        ],
        "cases": [
            {
                "case_id": case.id,
                "cluster": cluster_of[position],
                "point": points[position] if points else None,
                "neighbours": [
                    {"case_id": cases[other].id, "cosine": round(cosine, 4)}
                    for other, cosine in near_to(similarity, position)
                ],
            }
            for position, case in enumerate(cases)
        ],
    }


def near_to(similarity: CorpusSimilarity, position: int) -> list[tuple[int, float]]:
    """Return the positions of the cases nearest to one, with their cosines."""
    return list(
        zip(similarity.neighbours[position].tolist(), similarity.cosines[position].tolist(), strict=True)
    )
