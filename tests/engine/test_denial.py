"""What is ruled out, on sentences in the manner of school leaders."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.concern import parse_concern
from engine.denial import LIKELY, denial_in, ruled_out_by_rule


def denied_clauses(clauses):
    return tuple(clauses[number] for number in denial_in(clauses).positions)


def ruled_out(clauses):
    return tuple(clauses[number] for number in sorted(ruled_out_by_rule(clauses)))


RULED_OUT = [
    ("The wifi is fine, it's the training", "The wifi is fine"),
    ("wifi is fine but staff are untrained", "wifi is fine"),
    ("the Wi-Fi is sorted now. Charging trolleys are always empty.", "the Wi-Fi is sorted now"),
    ("wifi’s fine, logins are a nightmare", "wifi’s fine"),
    ("It's not the money, it's the time", "It's not the money"),
    ("Money is not the issue. Training is.", "Money is not the issue"),
    ("The cost is not a problem but the parents are", "The cost is not a problem"),
    ("not phones, tablets", "not phones"),
    ("It isn’t the pupils, it’s the staff", "It isn’t the pupils"),
    ("not the cost, the workload", "not the cost"),
    (
        "we are not talking about phones - tablets in reception are the question",
        "we are not talking about phones",
    ),
    ("No problem with the devices, the trouble is the apps", "No problem with the devices"),
    ("No complaints about the laptops; teachers just have no time", "No complaints about the laptops"),
    ("nothing wrong with the kit, nobody knows how to use it", "nothing wrong with the kit"),
    ("I'm not worried about cost, I'm worried about privacy", "I'm not worried about cost"),
    (
        "Teachers aren't bothered by the cameras, parents are furious",
        "Teachers aren't bothered by the cameras",
    ),
    ("nobody objects to the tablets, the fight is over who pays", "nobody objects to the tablets"),
    ("our governors don't mind the cost, they fear a data breach", "our governors don't mind the cost"),
    ("parents are happy with the app; teachers hate it", "parents are happy with the app"),
    ("we have plenty of laptops, what we lack is training", "we have plenty of laptops"),
    ("the devices are great, our worry is who repairs them", "the devices are great"),
    ("parents are supportive, it's the governors who say no", "parents are supportive"),
    (
        "never had any trouble with pouches, watches are the headache now",
        "never had any trouble with pouches",
    ),
    ("phones are no trouble here, vapes are", "phones are no trouble here"),
]

# Each of them was a complaint in the mouth of a leader, however many fair words it holds.
COMPLAINTS = [
    "not enough training",
    "pupils are not allowed phones",
    "children are not allowed their phones at lunch",
    "the wifi is not fast enough",
    "our broadband is not good enough",
    "the wifi is not fine",
    "the new system is not working",
    "not everyone has a device at home",
    "not all families have broadband",
    "not sure the staff will use it",
    "not convinced it helps anyone read",
    "not worth the money",
    "not being able to log in",
    "not clear who pays",
    "no money for repairs",
    "no evidence that tablets raise results",
    "no support from the vendor",
    "no plan for broken screens",
    "no laptops for the poorest families",
    "nobody trained the staff",
    "no one asked the teachers",
    "nobody uses the tablets we bought",
    "nothing works",
    "it never works when we need it",
    "parents do not trust the app",
    "teachers are not confident with tablets",
    "parents are not happy about screen time",
    "it isn't fair on poorer families",
    "it isn’t fair on poorer families",
    "the pouches don't work",
    "our teachers have no time to learn it",
    "staff will not give up their whiteboards",
    "we don't know what to do about chatbots",
    "how do we stop pupils cheating with AI",
    "phones are a problem",
    "wifi is a real issue",
    "the cost is a worry",
    "few teachers use it",
    # A fair word turned round by what stands before it.
    "I am not happy with the supplier",
    "parents are not ok with cameras",
    "they aren't comfortable with being filmed",
    "nobody is comfortable with AI marking",
    "governors are far from happy with the cost",
    "the tablets don't work well",
    "it never works well",
    # "Not" before a quality, a count or a place sets no thing aside.
    "not secure",
    "not accessible to blind pupils",
    "not compatible with our laptops",
    "not a single teacher uses it",
    "not up to the job",
    "this is not what we were promised",
    # "No trouble" of those who make it.
    "pupils have no trouble getting round the filter",
    # A fair word that is asked for, wished for or told by somebody else.
    "are parents happy with this?",
    "if only the wifi was reliable",
    "we were told the wifi is fine",
    # What was missing from a thing, or was another thing than promised.
    "not encrypted",
    "not the devices we were promised",
]


@pytest.mark.parametrize(("text", "denied"), RULED_OUT)
def test_what_a_leader_says_is_no_problem_or_not_meant_is_ruled_out(text, denied):
    assert parse_concern(text).denied == (denied,)


OTHER = "Parents write to us every week"  # a complaint alone could not be ruled out: something must stay


@pytest.mark.parametrize("complaint", COMPLAINTS)
def test_no_rule_takes_a_complaint_for_something_ruled_out(complaint):
    assert ruled_out([complaint, OTHER]) == ruled_out([OTHER, complaint]) == ()


def test_a_complaint_is_never_ruled_out():
    orders = [pair for complaint in COMPLAINTS for pair in ([complaint, OTHER], [OTHER, complaint])]
    assert [clauses for clauses in orders if denied_clauses(clauses)] == []


@pytest.mark.parametrize("glue", [", ", "; ", " - ", ". "])
def test_no_item_of_a_plain_list_is_ruled_out(glue):
    """The model, which knows sentences, took "lost chargers" for something that is no problem."""
    lists = (
        ("theft", "cost", "training"),
        ("battery life", "lost chargers", "cracked screens"),
        ("screen time", "cost", "staff training"),
        ("slow broadband", "broken tablets"),
    )
    assert [parse_concern(glue.join(items)).denied for items in lists] == [()] * len(lists)


FOLLOWED = pytest.mark.parametrize(
    ("complaint", "follow_up"),
    [
        ("Pupils film each other in the toilets", "My main worry is who sees the films"),
        ("Year 9 swap answers in a group chat", "The problem is marking what they hand in"),
        ("Parents say it is too expensive", "The problem is who pays"),
        ("The wifi crashes twice a day", "what worries me is the exams"),
        ("Teachers hate the new register", "it's the third one this year"),
    ],
)


@FOLLOWED
def test_no_rule_lets_a_worry_be_ruled_out_by_the_one_that_follows_from_it(complaint, follow_up):
    assert ruled_out([complaint, follow_up]) == ()


def test_a_worry_is_not_ruled_out_by_the_one_that_follows_from_it():
    """The model took what stands before "it's the ..." for something good, whatever it complains of."""
    assert denied_clauses(["Teachers hate the new register", "it's the third one this year"]) == ()


def test_by_rule_something_good_is_ruled_out_only_where_the_talk_turns_to_a_worry():
    assert ruled_out(["staff are keen", "it's the timetable"]) == ("staff are keen",)
    assert ruled_out(["staff are keen", "when do we begin"]) == ()


@pytest.mark.parametrize(("text", "denied"), RULED_OUT)
def test_what_the_rules_are_sure_of_is_ruled_out_whatever_the_model_says(text, denied, monkeypatch):
    monkeypatch.setattr("engine.denial.probability_of_denial", lambda clauses, number: 0.0)
    assert parse_concern(text).denied == (denied,)


def test_the_model_rules_out_what_it_holds_likely_but_never_the_whole_text(monkeypatch):
    clauses = ["Chromebooks get handed round in lessons", "they charge over one lunchtime", "who is to pay"]
    monkeypatch.setattr("engine.denial.probability_of_denial", lambda clauses, number: LIKELY * (number < 2))
    assert denial_in(clauses).positions == (0, 1)
    monkeypatch.setattr("engine.denial.probability_of_denial", lambda clauses, number: 1.0)
    assert denial_in(clauses).positions == ()
    assert denial_in(["the wifi is fine", "it's the training we never had"]).positions == (0,)


@pytest.mark.parametrize(
    "clauses",
    [
        ["Chromebooks get handed round in lessons", "Year 9"],
        ["Chromebooks get handed round in lessons", "parents are furious about the bill"],
        ["Chromebooks get handed round in lessons", "staff are not convinced of any of it"],
        ["Chromebooks get handed round in lessons", "they told us it would be free"],
        ["homework on paper", "marking by hand", "a shared password"],
    ],
)
def test_the_model_is_not_asked_on_a_plain_complaint_a_few_words_or_a_list(clauses, monkeypatch):
    monkeypatch.setattr("engine.denial.probability_of_denial", lambda clauses, number: float(number > 0))
    assert denial_in(clauses).positions == ()


def test_the_clause_that_turns_to_the_worry_is_never_the_one_ruled_out():
    assert denied_clauses(["it's the workload, and that is fine", "the training is fine"]) == (
        "the training is fine",
    )


@pytest.mark.parametrize("clauses", [[], ["the wifi is fine"], ["not phones", "no problem with the kit"]])
def test_not_all_of_a_text_is_ruled_out(clauses):
    assert denied_clauses(clauses) == ()


def test_several_things_are_ruled_out_in_the_order_they_were_said():
    clauses = ["the wifi is fine", "no complaints about the laptops", "nobody has been trained"]
    assert denied_clauses(clauses) == ("the wifi is fine", "no complaints about the laptops")


@settings(max_examples=50, deadline=None)
@given(st.lists(st.sampled_from([text for pair in RULED_OUT for text in pair] + COMPLAINTS), max_size=8))
def test_the_clauses_ruled_out_are_some_of_the_clauses_in_their_order(clauses):
    denied = denied_clauses(clauses)
    remaining = iter(clauses)
    assert all(clause in remaining for clause in denied)
    assert len(denied) < max(len(clauses), 1)


def test_what_may_be_the_complaint_itself_is_ruled_out_but_not_surely():
    assert denial_in(["the wifi is fine", "it's the training we never had"]).surely
    unsure = denial_in(["staff share their passwords", "nobody is bothered about security"])
    assert (unsure.positions, unsure.surely) == ((1,), False)
    assert not denial_in(["staff share their passwords"]).surely
