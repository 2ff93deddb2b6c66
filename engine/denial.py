"""What a leader rules out: "wifi is fine, it's the training", "not phones, tablets".

A clause is ruled out in one of three ways. It says by itself that something is no problem ("no complaints
about the kit"). It names a thing only to set it aside ("not phones"). Or it says something good, and a
clause after it turns to the real worry ("staff are keen, it's the timetable"). These rules are sure and find
a third; a model of clauses' words finds what they miss.
"""

# ruff: noqa: E501 -- word lists are easier to compare in long lines
from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.vocabulary import shipped_vocabulary, stems_of
from engine.denial_model import probability_of_denial

_MATTER = r"(?:problem|issue|worry|concern|bother|trouble|obstacle|fear|row|point|difficulty|hold-?up|sticking point|question|matter)"
_NEGATED = (
    r"(?:is not|are not|was not|were not|is never|isn['’]?t|aren['’]?t|wasn['’]?t|weren['’]?t|not|never)"
)
_NEGATION = re.compile(
    r"\b(?:not|never|nobody|no one|no-one|none|nothing|hardly|far from|less than|without)\b|n['’]t\b",
    re.IGNORECASE,
)
# A question, a wish, or somebody else's word for it rules nothing out.
_NOT_SAID = re.compile(
    r"\?$|\b(?:if|wish(?:es)?|when will|told|claim(?:s|ed)?|sa(?:ys?|id)|promised|supposed)\b", re.IGNORECASE
)
_NO_PROBLEM = re.compile(
    rf"\b{_NEGATED} (?:really |actually |so much )?(?:a |an |the |our |my |any |where the )?(?:real |big |main |biggest )?{_MATTER}\b"
    r"|\b(?:no|zero|never (?:had )?any|hardly any) (?:real |big |great )?(?:problems?|issues?|complaints?|worries|quarrels?|trouble|bother|fuss|concerns?|gripes?)\b(?! \w+ing\b| for\b| has\b|-)"
    rf"|\bnothing wrong with\b|\b(?:{_NEGATED}|don['’]t) (?:at all |really |that |especially )?(?:worried|bothered|fussed|concerned|asking|talking|on) (?:about|by)\b"
    r"|\b(?:nobody|no one|no-one|none of (?:us|them))(?: here| there)?(?: really)? (?:is |are |['’]s )?(?:against|minds?|worried|bothered|complain(?:s|ing)|disputes?|doubts?|objects?|questions)\b"
    r"|\b(?:less|least) (?:bothered|worried|concerned) (?:about|by)\b|\bdon['’]t (?:doubt|mind|question)\b"
    rf"|\b{_NEGATED} (?:what(?! (?:we|it|they|i|was)\b)|where(?! (?:we|it|they)\b)|why|who)\b",
    re.IGNORECASE,
)
_CONTENT = re.compile(
    r"\b(?:happy|fine|content|ok|okay|comfortable|at ease) with\b(?! (?:the )?idea)"
    r"|(?:\b(?:is|are|was|were|seems?|looks?|works?|all|am)|['’](?:s|re|m)) (?:all |already |perfectly |absolutely |quite |just |really |pretty |now |very )?"
    r"(?:fine|ok|okay|sorted|great|grand|good|brilliant|solid|reliable|covered|sound|decent|excellent|well)"
    r"(?: (?:here|now|enough|for us|thanks|already|with us|in place|in hand))*$",
    re.IGNORECASE,
)
_THING = r"[\w'’-]+(?: [\w'’-]+){0,3}"
_SET_ASIDE = re.compile(
    r"^(?:and |so )?(?:(?:it|this|that)(?:['’]s| is)(?: really)? |we (?:mean|want) |i mean |i['’]m )?(?:it isn['’]?t|this isn['’]?t|that isn['’]?t|not) "
    rf"(?:(?:on )?(?:about|because of) {_THING}|(?:the|our|any|my) (?!best\b|same\b|only\b|first\b|right\b|fault\b|answer\b|way\b|case\b){_THING}|(?P<bare>{_THING}))$",
    re.IGNORECASE,
)
_OF_SOMEBODY = re.compile(
    r"\b(?:we|they|that|which|staff|parents|teachers|pupils) (?:were|was|had|have|are|asked|paid|agreed|wanted|use)\b|\bwe (?:bought|need|paid)\b",
    re.IGNORECASE,
)
_GOOD = re.compile(
    r"\b(?:fine|ok|okay|sorted|solid|great|good|decent|excellent|grand|happy|keen|on board|sold on|agreed?s?|works?|worked|ador(?:es?|ing)"
    r"|loves?|fond|superb|brilliant(?:ly)?|smoothly|behaves?|cop(?:es?|ed)|paid for|funded|in place|in hand|lined up|clear|reliable|sound|quick|fast"
    r"|new|plenty|covered|under control|convinced|supportive|behind us|back(?:s|ed)? (?:us|it|the)|enthusiastic|cracked|untouched|willing|up to date)\b",
    re.IGNORECASE,
)
_COMPLAINT = re.compile(
    r"\b(?:no|not|never|nobody|nothing|hardly|poor|rubbish|awful|angry|furious|upset|afraid|scared|fears?|broken|breaks?|broke|fails?|failed|too"
    r"|refus\w+|without|cannot|worr(?:y|ied)|complain\w*|bann?(?:ed|ing)?|stolen|steal\w*|cheat\w*|bull(?:y|ied|ying)|distract\w*|wast\w+|expensive"
    r"|slow|crash\w*|problem|mess|nightmare|hates?|oppos\w+|against|los(?:e|t|ing)|lacks?|missing|threat\w*|late|rushed|struggl\w+|difficult|hard)\b|n['’]t\b",
    re.IGNORECASE,
)
_NOT_GOOD = re.compile(
    r"(?:\b(?:not|never|hardly|far from|no longer|nobody|no)\b|n['’]t\b)(?: [\w'’]+){0,2} (?:fine|ok|okay|good|great|enough|well|secure|safe|reliable|ready|happy|keen"
    r"|sure|convinced|worth|fair|work(?:s|ing)?|trained|allowed|clear|everyone|all|trust|confident|up to)\b"
    r"|\b(?:cannot|can['’]t|won['’]t|will not|refuse to) (?:pay|afford)\b",
    re.IGNORECASE,
)
_INDIFFERENCE = re.compile(
    r"\b(?:nobody|no one|no-one|none)\b.*\b(?:minds?|bothered|worried|questions|cares?)\b", re.IGNORECASE
)
_PLAIN_COMPLAINT = re.compile(
    r"\b(?:poor|rubbish|awful|terrible|angry|furious|upset|afraid|scared|fear(?:s|ed)?|broken|breaks?|broke|fail(?:s|ed|ing)?|refus\w+|complain\w*|stolen|steal\w*"
    r"|cheat\w*|bull(?:y|ied|ying)|distract\w*|wast\w+|crash\w*|mess|nightmare|hates?|oppos\w+|against|lacks?|struggl\w+|threat\w*|bann(?:ed|ing)|worr(?:y|ies) (?:about|over|that)|too (?:slow|expensive|many|much|late|old|hard)"
    r"|(?:is|are) (?:a |the )?(?:real |big |main |huge )?(?:issue|problem|worry|concern))\b",
    re.IGNORECASE,
)
_TO_THE_WORRY = re.compile(
    r"^(?:and |but |so |only |just )?(?:"
    r"what(?:['’]s| is)? (?:missing|lacking|killing|worr(?:y|ies)|bothers?|scares?|hurts?|keeps?|frightens?|stumps?|we\b|i need|(?:people|parents|families|staff|teachers) object)"
    rf"|(?:my|our|the) (?:real |only |main |big )?(?:{_MATTER}|beef|headache|snag|fight|muddle|hitch|gripe|worries|objection)s?(?:,| (?:is|are|here|lies|comes))"
    r"|missing is|they just\b"
    r"|(?:it['’]s|it is) (?:purely |only |just |really )?(?:the|our|my|whether|who|what|how|that|why|when|where|one of|getting|teachers?|staff|pupils?|parents?|families|children|kids|giving|doing|[\w'’-]+s\b))",
    re.IGNORECASE,
)


LIKELY = 0.45  # probability from which the model's word is taken
SHORTEST = 3  # words of a clause on which the model is asked
LIST_ITEM = 4  # words; a text of nothing longer is a list of worries


@dataclass(frozen=True, slots=True)
class Denial:
    """What a text rules out.

    Attributes:
        positions: The clauses that rule something out, ascending; never all of them.
        surely: Whether plain rules found all of it in words that can mean nothing else.
    """

    positions: tuple[int, ...]
    surely: bool


def denial_in(clauses: Sequence[str]) -> Denial:
    """Say which of a text's clauses rule something out: by the rules, else by the model."""
    by_rule = ruled_out_by_rule(clauses)
    is_list = all(len(clause.split()) <= LIST_ITEM for clause in clauses)
    denied = [
        number
        for number, clause in enumerate(clauses)
        if number in by_rule
        or (not is_list and not complains(clause) and probability_of_denial(clauses, number) >= LIKELY)
    ]
    kept = {clause for number, clause in enumerate(clauses) if number not in denied}
    denied = [number for number in denied if clauses[number] not in kept]  # said twice, meant once
    if len(denied) == len(clauses):
        denied = sorted(by_rule) if len(by_rule) < len(clauses) else []
    # "Nobody minds" may be the complaint itself.
    surely = all(number in by_rule and not _INDIFFERENCE.search(clauses[number]) for number in denied)
    return Denial(tuple(denied), surely=bool(denied) and surely)


def complains(clause: str) -> bool:
    """Say whether a clause complains in plain words, or is too short for more than an item of a list."""
    if len(clause.split()) < SHORTEST or _TO_THE_WORRY.match(clause):
        return True
    if _NOT_SAID.search(clause) or _NOT_GOOD.search(clause):
        return True
    return bool(_PLAIN_COMPLAINT.search(clause)) and not _NEGATION.search(clause)


def ruled_out_by_rule(clauses: Sequence[str]) -> frozenset[int]:
    """Return the positions of the clauses that rule something out by the plain rules alone."""
    return frozenset(
        number
        for number, clause in enumerate(clauses)
        if _is_denied(clause, clauses[number + 1 : number + 3])
    )


def _is_denied(clause: str, following: Sequence[str]) -> bool:
    if _TO_THE_WORRY.match(clause) or _NOT_SAID.search(clause):
        return False
    if _NO_PROBLEM.search(clause) or _sets_aside(clause):
        return True
    if _CONTENT.search(clause) and not _NEGATION.search(clause):
        return True
    praised = _GOOD.search(clause) and not _COMPLAINT.search(clause)
    return bool(praised) and any(_TO_THE_WORRY.match(later) for later in following)


def _sets_aside(clause: str) -> bool:
    """Say whether a clause only names a thing that is not meant; a bare "not" must stand before a known thing.

    "Not phones" sets phones aside; "not secure" complains.
    """
    found = _SET_ASIDE.match(clause)
    if found is None or _OF_SOMEBODY.search(clause):
        return False
    if not found["bare"]:
        return True
    if re.match(r"(?:\w+(?:ed|ing)|worth|up to)\b", found["bare"], re.IGNORECASE):
        return False
    stems = stems_of(found["bare"])
    named = shipped_vocabulary().mentions(stems)
    return len(stems) > 0 and sum(mention.end - mention.start for mention in named) == len(stems)
