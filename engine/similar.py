"""Cases by their id, and the cases most like one."""

from __future__ import annotations

import numpy as np

from corpus.records import CaseStudy
from engine.errors import CaseNotFoundError
from index.case_index import CaseIndex


def find_case(index: CaseIndex, case_id: str) -> CaseStudy:
    """Return a case by its id.

    Raises:
        CaseNotFoundError: If there is none; it names ids that are spelt alike.
    """
    if case_id not in index.position_of:
        raise CaseNotFoundError.among(case_id, index.position_of)
    return index.cases[index.position_of[case_id]]


def similar_cases(index: CaseIndex, case_id: str, k: int) -> list[tuple[CaseStudy, float]]:
    """Return the cases most like one, with the cosine of the two as whole texts, nearest first.

    Raises:
        CaseNotFoundError: If there is no such case.
    """
    find_case(index, case_id)
    position = index.position_of[case_id]
    whole = index.vectors.vectors(index.first_row[:-1])
    nearness = whole @ whole[position]
    order = [other for other in np.argsort(-nearness, kind="stable") if other != position][:k]
    return [(index.cases[other], float(nearness[other])) for other in order]
