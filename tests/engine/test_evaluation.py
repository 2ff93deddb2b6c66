"""Every measure against values worked out by hand on sets of a few queries."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from corpus.passages import Passage
from engine.answers import Answer, Match, MatchedPassage
from engine.comparability import ContextComparison
from engine.concern import parse_concern
from engine.context import SchoolContext
from engine.evaluation import (
    OURS,
    SystemResult,
    _calibration_error,
    _measure,
    _passage_precision,
    _refusal_auroc,
    _verdicts,
    evaluate,
)
from engine.judgements import JudgedSet
from engine.queries import JudgedQuery
from engine.significance import paired_difference

PHONES, BROADBAND, TABLETS = (
    "elm-school-phones-2020",
    "ash-primary-broadband-2015",
    "oak-college-tablets-2018",
)


@pytest.fixture
def answer_of(make_case):
    """Make an answer whose matches have given confidences, as (case id, confidence) pairs."""

    def make(*matches, confidence=0.0, verdict="none", passages=()):
        shown = tuple(MatchedPassage(Passage("c", field, item, "Text"), 0.5) for field, item in passages)
        return Answer(
            parse_concern("phones"),
            verdict,
            confidence,
            tuple(
                Match(
                    make_case(id=case_id),
                    score=0.5,
                    parts={},
                    confidence=sure,
                    context=ContextComparison((), None, 0.0, 0.0),
                    passages=shown,
                    roles=(),
                    retold=(),
                )
                for case_id, sure in matches
            ),
            worries=(),
            advice=(),
        )

    return make


def judged_set(qrels, *, kinds=None, passages=None):
    queries = tuple(
        JudgedQuery(id=query, text=f"worry {query}", kind=(kinds or {}).get(query)) for query in qrels
    )
    return JudgedSet(queries, qrels, passages or {})


def measured(qrels, run):
    """Measure one system on one query, given the ids it ranks, best first."""
    ranking = [(case, 1.0 / number) for number, case in enumerate(run, start=1)]
    result = _measure("system", {"q": ranking}, {"q": qrels})
    return {name: float(values[0]) for name, values in result.per_query.items()}


# Rankings


def test_ndcg_gains_the_grade_and_discounts_by_the_logarithm_of_the_rank():
    # Ideal: 3/log2(2) + 2/log2(3) + 1/log2(4) = 3 + 1.2619 + 0.5 = 4.7619. Found: 2/1 + 0 + 3/2 = 3.5.
    found = measured({"three": 3, "two": 2, "one": 1}, ["two", "other", "three"])
    assert found["ndcg@10"] == pytest.approx(3.5 / (3 + 2 / math.log2(3) + 0.5), abs=1e-6)
    assert found["ndcg@10"] == pytest.approx(0.735, abs=5e-4)


def test_a_perfect_ranking_has_one_in_every_measure():
    assert measured({"three": 3, "two": 2, "one": 1}, ["three", "two", "one"]) == {
        "ndcg@10": pytest.approx(1),
        "useful@1": 1,
        "recall@5": 1,
    }


def test_a_case_of_grade_one_gains_but_is_neither_useful_first_nor_missed():
    found = measured({"three": 3, "one": 1}, ["one", "other", "three"])
    assert found["useful@1"] == 0
    assert found["recall@5"] == 1
    assert found["ndcg@10"] == pytest.approx((1 + 3 / 2) / (3 + 1 / math.log2(3)), abs=1e-6)


def test_recall_looks_at_the_first_five_and_ndcg_at_the_first_ten():
    filler = [f"other-{number}" for number in range(20)]
    sixth = measured({"useful": 2, "also": 2}, ["also", *filler[:4], "useful"])
    assert sixth["recall@5"] == 0.5
    eleventh = measured({"useful": 2}, [*filler[:10], "useful"])
    assert eleventh == {"ndcg@10": 0, "useful@1": 0, "recall@5": 0}
    tenth = measured({"useful": 2}, [*filler[:9], "useful"])
    assert tenth["ndcg@10"] == pytest.approx(1 / math.log2(11), abs=1e-6)


@pytest.mark.parametrize("order", [["a", "b"], ["b", "a"]])
def test_cases_with_equal_scores_are_measured_in_the_order_they_were_ranked(order):
    result = _measure("system", {"q": [(case, 0.5) for case in order]}, {"q": {"a": 2}})
    assert result.per_query["useful@1"][0] == (order[0] == "a")


def test_a_query_that_finds_nothing_measures_nothing_and_keeps_its_place():
    qrels = {"q1": {"a": 3}, "q2": {"a": 3}, "q3": {"a": 3}}
    run = {"q1": [("a", 1.0)], "q2": [], "q3": [("b", 1.0), ("a", 0.5)]}
    result = _measure("system", run, qrels)
    assert result.per_query["useful@1"].tolist() == [1, 0, 0]
    assert result.per_query["recall@5"].tolist() == [1, 0, 1]


def test_a_mean_is_over_the_chosen_queries_and_over_none_there_is_none():
    result = SystemResult("system", {"ndcg@10": np.array([0.2, 0.4, 0.9])})
    assert result.mean("ndcg@10") == pytest.approx(0.5)
    assert result.mean("ndcg@10", np.array([True, False, True])) == pytest.approx(0.55)
    assert result.mean("ndcg@10", np.zeros(3, dtype=bool)) is None


# Refusals


def test_auroc_is_the_share_of_pairs_in_order_with_equal_ones_counting_half(answer_of):
    judged = judged_set(
        {"y1": {"a": 3}, "y2": {"a": 2}, "y3": {"a": 2}, "n1": {"a": 1}, "n2": {}},
        kinds={"n1": "near-miss", "n2": "nonsense"},
    )
    confidence = {"y1": 0.9, "y2": 0.4, "y3": 0.4, "n1": 0.4, "n2": 0.1}
    answers = {query: answer_of(confidence=value) for query, value in confidence.items()}
    # Against n1: one above, two equal, so (1 + 0.5 + 0.5) / 3. Against n2: three above. Together 5 of 6.
    assert _refusal_auroc(judged, answers) == {
        "near-miss": pytest.approx(2 / 3),
        "nonsense": pytest.approx(1),
        "all": pytest.approx(5 / 6),
    }


def test_confidence_the_wrong_way_round_has_an_auroc_of_nothing(answer_of):
    judged = judged_set({"yes": {"a": 3}, "no": {}})
    answers = {"yes": answer_of(confidence=0.2), "no": answer_of(confidence=0.8)}
    assert _refusal_auroc(judged, answers) == {"all": 0}


@pytest.mark.parametrize("qrels", [{"q": {"a": 3}}, {"q": {"a": 1}}, {}])
def test_there_is_no_auroc_without_queries_of_both_sides(answer_of, qrels):
    judged = judged_set(qrels)
    assert _refusal_auroc(judged, {query: answer_of(confidence=0.5) for query in qrels}) == {}


def test_verdicts_are_counted_on_the_side_of_their_query(answer_of):
    judged = judged_set({"y1": {"a": 3}, "y2": {"a": 2}, "n1": {"a": 1}})
    answers = {
        "y1": answer_of(verdict="strong"),
        "y2": answer_of(verdict="none"),
        "n1": answer_of(verdict="partial"),
    }
    assert _verdicts(judged, answers) == {
        "answerable": {"strong": 1, "partial": 0, "none": 1},
        "unanswerable": {"strong": 0, "partial": 1, "none": 0},
    }


# Confidence


def test_the_calibration_error_weighs_each_bins_gap_by_its_share(answer_of):
    judged = judged_set({"q1": {"a": 3, "b": 1, "c": 2}, "q2": {}})
    answers = {
        "q1": answer_of(("a", 0.95), ("b", 0.85), ("c", 0.82)),
        "q2": answer_of(("a", 0.05)),
    }
    # 0.9 to 1: |0.95 - 1| * 1/4. 0.8 to 0.9: |0.835 - 0.5| * 2/4. 0 to 0.1: |0.05 - 0| * 1/4.
    assert _calibration_error(judged, answers) == pytest.approx(0.0125 + 0.1675 + 0.0125)


@pytest.mark.parametrize(
    ("confidence", "grade", "error"), [(1.0, 2, 0), (1.0, 1, 1), (0.0, 0, 0), (0.0, 3, 1)]
)
def test_full_confidence_and_none_fall_into_the_last_bin_and_the_first(answer_of, confidence, grade, error):
    judged = judged_set({"q": {"a": grade}})
    assert _calibration_error(judged, {"q": answer_of(("a", confidence))}) == pytest.approx(error)


def test_only_the_first_ten_matches_are_calibrated(answer_of):
    judged = judged_set({"q": {}})
    sure_of_nothing = [(f"case-{number}", 0.0) for number in range(10)]
    assert _calibration_error(judged, {"q": answer_of(*sure_of_nothing, ("eleventh", 1.0))}) == 0


def test_without_matches_the_calibration_error_is_nothing(answer_of):
    assert _calibration_error(judged_set({"q": {"a": 3}}), {"q": answer_of()}) == 0


# Passages


def test_passage_precision_is_the_share_of_the_shown_that_a_reader_marked(answer_of):
    judged = judged_set(
        {"q1": {"a": 3}, "q2": {"a": 3}},
        passages={("q1", "a"): {("objections", 0), ("failed", 1)}, ("q2", "a"): set()},
    )
    shown = [("objections", 0), ("objections", 1), ("failed", 0)]
    answers = {
        "q1": answer_of(("a", 0.5), ("unmarked", 0.4), passages=shown),  # one of three
        "q2": answer_of(("a", 0.5), passages=[("worked", 0)]),  # none of one
    }
    assert _passage_precision(judged, answers) == pytest.approx(1 / 4)


def test_passages_of_matches_behind_the_fifth_are_not_counted(answer_of):
    before = [(f"case-{number}", 0.5) for number in range(5)]
    judged = judged_set({"q": {}}, passages={("q", "sixth"): {("failed", 0)}})
    assert (
        _passage_precision(judged, {"q": answer_of(*before, ("sixth", 0.4), passages=[("failed", 0)])})
        is None
    )


def test_without_marked_passages_there_is_no_precision(answer_of):
    judged = judged_set({"q": {"a": 3}})
    assert _passage_precision(judged, {"q": answer_of(("a", 0.9), passages=[("failed", 0)])}) is None


# The whole run


@pytest.fixture
def judged():
    """Two worries that the three cases answer, and one that they do not."""
    queries = (
        JudgedQuery(id="slow", text="the broadband is too slow for a whole class", kind="plain"),
        JudgedQuery(id="zeppelin", text="quokka zeppelin", kind="off-topic"),
        JudgedQuery(id="cost", text="our families cannot afford iPads", context=SchoolContext(country="US")),
    )
    qrels = {"slow": {BROADBAND: 3, PHONES: 1}, "zeppelin": {PHONES: 1}, "cost": {TABLETS: 3, BROADBAND: 0}}
    passages = {("slow", BROADBAND): {("objections", 0)}}
    return JudgedSet(queries, qrels, passages)


def test_queries_that_nothing_answers_are_left_out_of_the_means_of_rankings(matcher, judged):
    evaluation = evaluate(matcher, judged)
    assert evaluation.kinds == ("plain", None)
    for system in evaluation.systems:
        assert {len(values) for values in system.per_query.values()} == {2}
    ours = evaluation.systems[-1]
    assert ours.system == OURS
    assert ours.mean("useful@1") == 1
    assert ours.mean("recall@5") == 1
    # "cost" has one graded case, ranked first. The second one of "slow" is second or third.
    ideal = 3 + 1 / math.log2(3)
    slow, cost = ours.per_query["ndcg@10"]
    assert cost == pytest.approx(1)
    assert slow in (pytest.approx(1), pytest.approx((3 + 0.5) / ideal))
    assert ours.mean("ndcg@10") == pytest.approx((slow + cost) / 2)


def test_a_run_measures_refusals_verdicts_and_passages_of_the_same_answers(matcher, judged):
    evaluation = evaluate(matcher, judged)
    assert evaluation.refusal_auroc == {"off-topic": 1, "all": 1}
    assert evaluation.verdicts["unanswerable"] == {"strong": 0, "partial": 0, "none": 1}
    assert sum(evaluation.verdicts["answerable"].values()) == 2
    answer = matcher.match(judged.queries[0].text)
    (broadband,) = (match for match in answer.matches if match.case.id == BROADBAND)
    assert evaluation.passage_precision == pytest.approx(1 / len(broadband.passages))


def test_every_baseline_is_measured_beside_ours_and_knows_no_vocabulary(matcher):
    judged = JudgedSet((JudgedQuery(id="q", text="iPads"),), {"q": {TABLETS: 3}}, {})
    evaluation = evaluate(matcher, judged)
    first = {system.system: system.mean("useful@1") for system in evaluation.systems}
    assert first[OURS] == 1
    assert len(first) == 5
    # No case says "iPads", so without the vocabulary the cases stay in the order of the index.
    assert {first[name] for name in first if name != OURS} == {0}


def test_the_baselines_find_a_worry_in_its_own_words(matcher):
    text = "The broadband is too slow for a whole class"
    judged = JudgedSet((JudgedQuery(id="q", text=text),), {"q": {BROADBAND: 3}}, {})
    for system in evaluate(matcher, judged).systems:
        assert {name: values.tolist() for name, values in system.per_query.items()} == {
            "ndcg@10": [1],
            "useful@1": [1],
            "recall@5": [1],
        }


def test_progress_is_told_after_each_query(matcher, judged):
    told = []
    evaluate(matcher, judged, progress=lambda done, of: told.append((done, of)))
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_a_set_without_an_answerable_query_has_no_means_but_its_verdicts(matcher):
    judged = JudgedSet((JudgedQuery(id="q", text="quokka zeppelin"),), {"q": {PHONES: 1}}, {})
    evaluation = evaluate(matcher, judged)
    assert evaluation.kinds == ()
    assert [system.mean("ndcg@10") for system in evaluation.systems] == [None] * 5
    assert evaluation.refusal_auroc == {}
    assert evaluation.verdicts["unanswerable"]["none"] == 1


def test_a_query_without_words_is_measured_as_finding_nothing(matcher):
    judged = JudgedSet((JudgedQuery(id="q", text="?!"),), {"q": {PHONES: 3}}, {})
    ours = evaluate(matcher, judged).systems[-1]
    assert ours.mean("ndcg@10") == 0


# Parts off, cases that nothing was trained on, and luck


def test_each_part_off_is_measured_over_the_answerable_queries(matcher, judged):
    class WorstFirst:
        def match(self, *asked, **more):
            answer = matcher.match(*asked, **more)
            return replace(answer, matches=answer.matches[::-1])

    evaluation = evaluate(matcher, judged, ablated=[("as it is", matcher), ("worst first", WorstFirst())])
    same, worst = evaluation.ablation
    assert (same.system, worst.system) == ("as it is", "worst first")
    for name, values in evaluation.ours.per_query.items():
        assert same.per_query[name].tolist() == values.tolist()
        assert worst.per_query[name].shape == values.shape
    assert worst.mean("useful@1") == 0


def test_nothing_is_ablated_and_no_case_is_held_out_unless_asked_for(matcher, judged):
    evaluation = evaluate(matcher, judged)
    assert (evaluation.ablation, evaluation.unseen) == ((), ())


def test_over_unseen_cases_alone_the_seen_ones_take_no_rank(matcher):
    # The worry is met best by the phones; the tablets are useful too, and were never trained on.
    text = "parents want to reach their children"
    judged = JudgedSet(
        (JudgedQuery(id="q", text=text), JudgedQuery(id="seen", text="slow broadband")),
        {"q": {PHONES: 3, TABLETS: 2}, "seen": {BROADBAND: 3}},
        {},
    )
    evaluation = evaluate(matcher, judged, unseen={TABLETS})
    (ours,) = (system for system in evaluation.unseen if system.system == OURS)
    assert evaluation.ours.per_query["useful@1"].tolist() == [1, 1]
    assert ours.per_query["useful@1"].tolist() == [1]  # the only unseen case that answers, over one query
    assert ours.per_query["ndcg@10"].tolist() == [1]
    assert [system.system for system in evaluation.unseen] == [s.system for s in evaluation.systems]


def test_a_query_that_no_unseen_case_answers_usefully_is_left_out(matcher):
    judged = JudgedSet((JudgedQuery(id="q", text="phones"),), {"q": {PHONES: 3, TABLETS: 1}}, {})
    evaluation = evaluate(matcher, judged, unseen={TABLETS})
    assert [system.mean("ndcg@10") for system in evaluation.unseen] == [None] * 5


def test_the_gain_over_another_system_is_the_paired_difference_query_by_query():
    ours = SystemResult("ours", {"ndcg@10": np.array([0.9, 0.5, 0.7]), "useful@1": np.array([1.0, 0.0, 1.0])})
    theirs = SystemResult("theirs", {"ndcg@10": np.array([0.4, 0.5, 0.6]), "useful@1": np.zeros(3)})
    assert ours.gain_over(theirs) == paired_difference(np.array([0.9, 0.5, 0.7]), np.array([0.4, 0.5, 0.6]))
    assert ours.gain_over(theirs, "useful@1").mean == pytest.approx(2 / 3)
    assert ours.gain_over(ours).p == 1


def test_our_own_result_is_found_among_the_systems(matcher, judged):
    assert evaluate(matcher, judged).ours.system == OURS
