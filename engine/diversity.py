"""The first matches chosen to tell different stories, not five versions of one.

The order by score is kept except for the head of the list: where the first five would tell of nobody who
gave up, of nobody who settled the objection, or of nobody elsewhere, or would leave one of several worries
without its best case, a case that does takes the place of the last one that is not needed, if it is nearly
as good. Near-duplicates of a better match are folded under it.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from typing import Literal

from corpus.records import CaseStudy
from engine.context import SchoolContext
from engine.ranking import Ranked, Ranking
from index.case_index import CaseIndex

Role = Literal["gave-up", "settled", "elsewhere"]

HEAD = 5  # the matches that a leader sees first
NEARLY = 0.85  # of the score of the last one in the head: what a case needs to take its place
LOOKED_AT = 20  # ranks in which such a case is looked for


def roles_of(case: CaseStudy, context: SchoolContext) -> tuple[Role, ...]:
    """Return what a case adds to a list: one that gave up, one that settled an objection, one elsewhere."""
    roles: list[Role] = []
    if case.outcome in ("abandoned", "scaled-back"):
        roles.append("gave-up")
    if case.outcome in ("sustained", "scaled") and any(o.result == "resolved" for o in case.objections):
        roles.append("settled")
    if context.country is not None and case.institution.country != context.country:
        roles.append("elsewhere")
    return tuple(roles)


def folded(ranking: Ranking, index: CaseIndex) -> tuple[Ranking, dict[int, list[int]]]:
    """Return the ranking without retold stories, and for each story kept the positions folded under it."""
    under: dict[int, list[int]] = {}
    if not index.same_story:
        return ranking, under
    kept: list[int] = []
    teller: dict[int, int] = {}
    for place, position in enumerate(ranking.positions):
        story = index.same_story.get(position, position)
        if story in teller:
            under.setdefault(teller[story], []).append(position)
        else:
            teller[story] = position
            kept.append(place)
    return ranking.at(kept), under


def diversified(ranked: Sequence[Ranked], needs: Sequence[Set[int]]) -> list[Ranked]:
    """Return a ranking whose head meets as many needs as it can.

    Args:
        ranked: Best first.
        needs: For each need the positions of the cases that meet it; an earlier need comes first.
    """
    head, rest, changed = list(ranked[:HEAD]), list(ranked[HEAD:]), False
    for need in needs:
        if any(one.position in need for one in head):
            continue
        place = _dispensable(head, needs)
        found = next((one for one in rest[: LOOKED_AT - HEAD] if one.position in need), None)
        if place is None or found is None or found.score < NEARLY * head[place].score:
            continue
        rest.remove(found)
        rest.append(head[place])
        head[place] = found
        changed = True
    if not changed:
        return list(ranked)
    by_score = sorted(rest, key=lambda one: (-one.score, one.position))
    return sorted(head, key=lambda one: (-one.score, one.position)) + by_score


def _dispensable(head: Sequence[Ranked], needs: Sequence[Set[int]]) -> int | None:
    """Return the last place in the head, but never the first, whose case no need depends on."""
    for place in range(len(head) - 1, 0, -1):
        others = [one.position for number, one in enumerate(head) if number != place]
        if all(head[place].position not in need or not need.isdisjoint(others) for need in needs):
            return place
    return None
