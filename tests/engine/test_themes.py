from __future__ import annotations

from corpus.vocabulary import Concept, Vocabulary
from engine.themes import theme_summaries

VOCABULARY = Vocabulary(
    [], themes=[Concept(id=name, label=name.title(), words=(name,)) for name in ("cost", "privacy")]
)


def objection(*themes, result="unknown"):
    return {"text": "No", "themes": list(themes), "result": result}


def test_objections_are_counted_by_theme_and_by_how_they_ended(make_case):
    cases = [
        make_case(id="a", objections=[objection("cost", result="resolved"), objection("cost")]),
        make_case(id="b", objections=[objection("cost", "cost", result="partly")]),
        make_case(id="c", objections=[objection()]),
    ]
    cost = theme_summaries(cases, VOCABULARY)[0]
    assert (cost.theme, cost.label, cost.cases, cost.objections) == ("cost", "Cost", 2, 3)
    assert cost.results == {"resolved": 1, "partly": 1, "unresolved": 0, "unknown": 1}


def test_a_theme_that_nobody_met_is_there_with_zeros(make_case):
    summaries = {one.theme: one for one in theme_summaries([make_case()], VOCABULARY)}
    assert summaries.keys() == {"cost", "privacy"}
    assert summaries["privacy"].cases == summaries["privacy"].objections == 0
    assert set(summaries["privacy"].results.values()) == {0}


def test_a_theme_that_only_a_case_knows_is_there_without_a_label(make_case):
    cases = [make_case(objections=[objection("moonlight")])]
    first = theme_summaries(cases, VOCABULARY)[0]
    assert (first.theme, first.label, first.cases) == ("moonlight", None, 1)
