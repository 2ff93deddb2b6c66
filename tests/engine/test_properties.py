"""What holds for any question, any school and any preference; and a few of it with the real model."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from corpus.records import Kind, Level, Phase, Sector, Setting
from engine.comparability import ALIKE, WEIGHTS, compare_contexts
from engine.concern import parse_concern
from engine.context import SchoolContext
from engine.matcher import Matcher
from engine.ranking import Preferences, rank
from engine.retrieval import retrieve
from engine.tuning import TUNING
from index.building import build_index
from index.case_index import CaseIndex
from index.spelling import _english

PROPERTY = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
MORE = settings(PROPERTY, max_examples=200)
ARMS = tuple(TUNING.fusion)


def one_of(literal):
    return st.sampled_from([None, *literal.__args__])


schools = st.builds(
    SchoolContext,
    kind=one_of(Kind),
    country=st.sampled_from([None, "GB", "IE", "US", "NZ", "AR"]),
    phases=st.lists(st.sampled_from(Phase.__args__), max_size=3),
    setting=one_of(Setting),
    sector=one_of(Sector),
    pupils=st.none() | st.integers(1, 1_000_000),
    disadvantage=one_of(Level),
    disadvantage_percent=st.none() | st.floats(0, 100),
)
preferences = st.builds(
    Preferences,
    closeness=st.none() | st.floats(0, 1),
    unlike=st.dictionaries(st.sampled_from(sorted(WEIGHTS)), st.sampled_from(["exclude", "count-less"])),
)
PLAIN = (
    "slow broadband",
    "parents cannot afford the monthly cost",
    "pupils brought a second phone",
    "governors fear too much screen time",
    "half of the tablets broke",
    "lessons stalled",
)
worries = st.lists(
    st.sampled_from((*PLAIN, "not tablets", "the wifi is fine", "our rural school", "what went wrong?")),
    min_size=1,
    max_size=5,
).map(", ".join)


def ids(answer):
    return [match.case.id for match in answer.matches]


def without(school, attribute):
    """Return a school of which an attribute is not known."""
    names = ("disadvantage", "disadvantage_percent") if attribute == "disadvantage" else (attribute,)
    return school.model_copy(update={name: () if name == "phases" else None for name in names})


@pytest.fixture
def open_over(tmp_path, encoder):
    """Index some cases and open a matcher over them."""
    numbers = itertools.count()

    def make(*cases):
        folder = tmp_path / f"made-{next(numbers)}"
        build_index(cases, encoder, folder)
        return Matcher(CaseIndex.open(folder), encoder)

    return make


# Any question


@MORE
@given(st.text(st.characters(), max_size=80) | worries, st.none() | schools, preferences, st.integers(1, 60))
@example("a school of 999,999,999 pupils without wifi", None, Preferences(), 5)
@example("\x00\ud800 \u202e", SchoolContext(phases=("primary",)), Preferences(), 5)
@example("bannd moblies. Ｍoblies", None, Preferences(1.0, {"country": "exclude"}), 1)
def test_no_question_makes_matching_fail(matcher, text, context, wanted, k):
    answer = matcher.match(text, context, k, wanted)
    assert 0 <= answer.confidence <= 1
    assert len(answer.matches) <= k
    assert answer.matches == () or answer.concern.worries
    assert len({match.case.id for match in answer.matches}) == len(answer.matches)
    if len(answer.concern.worries) > 1 and answer.matches:
        assert [worry.text for worry in answer.worries] == list(answer.concern.worries)
    for worry in answer.worries:
        assert bool(worry.case_ids) == (worry.verdict != "none")


@PROPERTY
@given(worries, schools, preferences)
def test_the_parts_of_a_score_sum_to_it_and_move_it_by_no_more_than_their_shares(
    matcher, text, context, wanted
):
    closeness = TUNING.closeness if wanted.closeness is None else wanted.closeness
    for match in matcher.match(text, context, preferences=wanted).matches:
        assert match.score == pytest.approx(sum(match.parts.values()), abs=1e-9)
        relevance = sum(match.parts[arm] for arm in ARMS)
        assert abs(match.parts["context"]) <= closeness * TUNING.context_share * relevance + 1e-6
        assert 0 <= match.parts["story"] <= TUNING.story_share * relevance + 1e-6
        assert -TUNING.unlike_share * relevance - 1e-6 <= match.parts.get("unlike", 0.0) <= 0


@PROPERTY
@given(worries, schools, preferences)
def test_what_met_lies_in_its_passage_in_order_without_overlaps(matcher, text, context, wanted):
    for match in matcher.match(text, context, preferences=wanted).matches:
        for shown in match.passages:
            edges = [edge for met in shown.met for edge in (met.start, met.end)]
            assert edges == sorted(edges)
            assert all(met.start < met.end for met in shown.met)
            assert not edges or (edges[0] >= 0 and edges[-1] <= len(shown.passage.text))


# What is not known of a school


@MORE
@given(schools, schools, st.sampled_from(sorted(WEIGHTS)))
def test_a_missing_attribute_is_never_a_match_nor_a_difference(yours, theirs, attribute):
    for comparison in (
        compare_contexts(without(yours, attribute), theirs),
        compare_contexts(yours, without(theirs, attribute)),
    ):
        found = [part for part in comparison.attributes if part.attribute == attribute]
        assert all(part.similarity is None for part in found)
        assert not {part.text for part in found} & {*comparison.shared, *comparison.different}


@MORE
@given(schools, schools, st.sampled_from(sorted(WEIGHTS)))
def test_what_is_missing_raises_no_similarity_above_what_being_equal_would_give(yours, theirs, attribute):
    assume(yours.knows(attribute))
    same = {attribute: getattr(yours, attribute)}
    if attribute == "disadvantage":
        same["disadvantage_percent"] = yours.disadvantage_percent
    # Percentages are compared within one country only, so its country decides by what a school is compared.
    assume(attribute != "country" or None in (yours.disadvantage_percent, theirs.disadvantage_percent))
    equal = compare_contexts(yours, theirs.model_copy(update=same))
    missing = compare_contexts(yours, without(theirs, attribute))
    assert missing.shrunk <= equal.shrunk + 1e-9
    if missing.similarity is not None:
        assert missing.similarity <= equal.similarity + 1e-9
    assert missing.coverage <= equal.coverage + 1e-9


@PROPERTY
@given(worries, st.sampled_from(sorted(WEIGHTS)))
def test_nothing_known_of_the_leaders_school_moves_nothing(matcher, text, attribute):
    candidates = retrieve(matcher.index, matcher.encoder, parse(text))
    wanted = Preferences(1.0, {attribute: "exclude"})
    ranked = rank(matcher.index, candidates, SchoolContext(), wanted)
    assert len(ranked) == len(candidates.positions)
    assert {one.parts["context"] for one in ranked} == {0}


def parse(text):
    return replace(parse_concern(text), context=SchoolContext())


# Preferences


@PROPERTY
@given(worries, schools, st.sets(st.sampled_from(sorted(WEIGHTS)), min_size=1))
def test_excluded_schools_never_appear_and_unknown_ones_stay(matcher, text, context, attributes):
    everything = matcher.match(text, context, k=50)
    answer = matcher.match(
        text, context, k=50, preferences=Preferences(unlike=dict.fromkeys(attributes, "exclude"))
    )
    told = {match.case.id for match in answer.matches} | {
        case for match in answer.matches for case in match.retold
    }
    for match in everything.matches:
        known_unlike = {
            part.attribute
            for part in match.context.attributes
            if part.similarity is not None and part.similarity < ALIKE
        }
        assert (match.case.id in told) == known_unlike.isdisjoint(attributes)
    shown = {case for worry in answer.worries for case in worry.case_ids}
    assert shown <= told


@PROPERTY
@given(schools, st.lists(st.floats(0, 1), min_size=2, max_size=6).map(sorted))
def test_higher_closeness_never_moves_the_more_comparable_of_two_equally_relevant_cases_down(
    matcher, context, closenesses
):
    index = matcher.index
    candidates = retrieve(index, matcher.encoder, parse("slow broadband"))
    alike = {arm: np.full_like(scores, 0.5) for arm, scores in candidates.arms.items()}
    no_story = replace(TUNING, story_share=0.0, independence={})
    places = []
    for closeness in closenesses:
        ranked = rank(index, replace(candidates, arms=alike), context, Preferences(closeness), no_story)
        places.append([one.position for one in ranked])
        assert all(before.score >= after.score - 1e-9 for before, after in itertools.pairwise(ranked))
    comparable = {
        one.position: compare_contexts(
            context, SchoolContext.of(index.cases[one.position].institution)
        ).shrunk
        for one in rank(index, replace(candidates, arms=alike), context)
    }
    for one, other in itertools.permutations(comparable, 2):
        if comparable[one] > comparable[other] + 1e-6:
            first = [order.index(one) < order.index(other) for order in places]
            assert first == sorted(first)  # once before the other, always before it


@PROPERTY
@given(worries, schools)
def test_counting_a_difference_less_never_moves_a_case_without_it_behind_one_with_it(matcher, text, context):
    wanted = Preferences(unlike={"setting": "count-less"})
    before = {m.case.id: m.score for m in matcher.match(text, context, k=50).matches}
    for match in matcher.match(text, context, k=50, preferences=wanted).matches:
        compared = [p.similarity for p in match.context.attributes if p.attribute == "setting"]
        different = compared and compared[0] is not None and compared[0] < 1
        score = before[match.case.id]
        assert match.score < score if different and score > 0 else match.score == pytest.approx(score)


# Cases that join


@PROPERTY
@given(st.lists(st.sampled_from(PLAIN), min_size=1, max_size=3, unique=True).map(". ".join), schools)
def test_an_irrelevant_case_that_joins_does_not_reorder_the_relevance_of_the_others(
    open_over, three_cases, make_case, text, context
):
    other = make_case(
        id="zz-irrelevant",
        title="Zeppelins",
        summary="Quokka walnut tundra.",
        institution={"name": "Qx", "kind": "nation", "country": "AR", "phases": ["special"]},
        technology=["sorrel"],
        objections=[{"text": "Okapi quagga", "response": "Lemon"}],
        failed=["Kiosk zinnia"],
        not_again=["Gherkin"],
        provenance={
            "independence": "independent",
            "sources": [{"title": "Z", "url": "https://example.org/z"}],
        },
    )
    alone, joined = open_over(*three_cases), open_over(*three_cases, other)
    before, after = (
        rank(m.index, retrieve(m.index, m.encoder, parse(text)), context, Preferences(0.0))
        for m in (alone, joined)
    )
    for ranked in (before, after):
        assert all(one.parts["context"] == 0 for one in ranked)
    near = {one.position: {arm: one.parts[arm] for arm in ARMS if arm != "words"} for one in before}
    for one in after:
        if one.position in near:
            assert near[one.position] == pytest.approx(
                {arm: one.parts[arm] for arm in ARMS if arm != "words"}, abs=1e-6
            )
    clear = [
        (one.position, next_.position)
        for one, next_ in itertools.pairwise(before)
        if relevance(one) > relevance(next_) + 0.05
    ]
    order = [one.position for one in sorted(after, key=lambda one: -relevance(one))]
    assert all(order.index(first) < order.index(second) for first, second in clear)


def relevance(ranked):
    return sum(ranked.parts[arm] for arm in ARMS)


# The same question in other clothes


CLOTHES = (
    str.upper,
    str.title,
    str.capitalize,
    lambda text: f"  {text}\n",
    lambda text: text.replace(" ", "   "),
    lambda text: f"{text}!!!",
    lambda text: f"{text} ...",
    lambda text: f"«{text}»",
    lambda text: f"“{text}?”",
    lambda text: f"\u202e{text}\u202c",
    lambda text: text.replace(" ", "\u00a0"),
    lambda text: text.replace("'", "’"),
)


@PROPERTY
@given(st.sampled_from(PLAIN), st.lists(st.sampled_from(CLOTHES), min_size=1, max_size=3), schools)
def test_other_letter_case_punctuation_and_white_space_keep_the_first_result(matcher, text, clothes, context):
    dressed = text
    for change in clothes:
        dressed = change(dressed)
    assert ids(matcher.match(dressed, context))[0] == ids(matcher.match(text, context))[0]


def slip_in(word, at, kind):
    """Return a word with one slip at a letter behind its first."""
    if kind == "swap":
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return word[:at] + (word[at] * 2 if kind == "double" else "") + word[at + 1 :]


def slips_of(text):
    """Yield a text with each slip of one letter in each of its words of six letters and more."""
    for found in re.finditer(r"[a-z]{6,}", text):
        for at in range(1, len(found.group()) - 1):
            for kind in ("swap", "drop", "double"):
                slip = slip_in(found.group(), at, kind)
                if slip != found.group():
                    yield slip, text[: found.start()] + slip + text[found.end() :]


@pytest.mark.parametrize("text", PLAIN)
def test_a_slip_that_makes_no_other_word_keeps_the_first_result(matcher, text):
    first = ids(matcher.match(text))[0]
    for slip, written in slips_of(text):
        if slip not in _english():
            assert ids(matcher.match(written))[0] == first, written


# With the real model, over the shipped cases


CONCERNS = (
    "parents won't pay for tablets",
    "teachers have had no training on the new platform",
    "pupils film each other with their phones",
    "our broadband is too slow for a whole class",
    "governors worry about screen time",
    "students use chatbots to write their essays",
    "cameras in classrooms feel like surveillance",
    "homework online leaves out families without internet",
    "the laptops break and nobody repairs them",
    "ransomware locked us out of our files",
)


@pytest.mark.model
@pytest.mark.parametrize("text", CONCERNS)
def test_of_a_plain_concern_letter_case_and_punctuation_keep_the_first_result(real_matcher, text):
    first = ids(real_matcher.match(text))[0]
    changed = {change(text): ids(real_matcher.match(change(text)))[0] for change in CLOTHES}
    assert changed == dict.fromkeys(changed, first)


@pytest.mark.model
@pytest.mark.parametrize("text", CONCERNS)
def test_of_a_plain_concern_one_slip_keeps_the_first_result(real_matcher, text):
    first = ids(real_matcher.match(text))[0]
    written = [
        written
        for slip, written in slips_of(text)
        if slip not in _english() and real_matcher.index.spelling.corrections(slip)
    ]
    assert written
    found = {one: ids(real_matcher.match(one))[0] for one in written[:: max(1, len(written) // 6)]}
    assert found == dict.fromkeys(found, first)
