"""What a leader rules out: "wifi is fine, it's the training", "not phones, tablets".

A clause is denied in one of three ways. It says by itself that something is no problem ("no complaints
about the kit"). It names a thing only to set it aside ("not phones"). Or it says something good, or that
something is not the point, and the clause after it turns to the real worry ("staff are keen, it's the
timetable"). A clause that complains ("not enough training", "not allowed") is never a denial.
"""

# ruff: noqa: E501 -- word lists are easier to compare in long lines
from __future__ import annotations

import re
from collections.abc import Sequence

_MATTER = r"(?:problem|issue|worry|concern|bother|trouble|obstacle|fear|row|point|difficulty|hold-?up|sticking point|question|matter)"
_NO = r"(?:no|zero|never (?:had )?any|hardly any|few)"
_NEGATED = (
    r"(?:is not|are not|was not|were not|is never|isn['’]?t|aren['’]?t|wasn['’]?t|weren['’]?t|not|never)"
)

_NO_PROBLEM = re.compile(
    rf"\b{_NEGATED} (?:really |actually |so much )?(?:a |an |the |our |my |any |where the )?(?:real |big |main |biggest )?{_MATTER}\b"
    rf"|\b{_NO} (?:real |big |great )?(?:problems?|issues?|complaints?|worries|quarrels?|trouble|bother|fuss|concerns?|gripes?)\b"
    r"|\bnothing wrong with\b|\b(?:happy|fine|content|ok|okay|comfortable|at ease) with\b(?! (?:the )?idea)"
    rf"|\b(?:{_NEGATED}|don['’]t) (?:at all |really |that |especially )?(?:worried|bothered|fussed|concerned|asking|talking|on) (?:about|by)\b"
    r"|\b(?:nobody|no one|no-one|none of (?:us|them))(?: here| there)?(?: really)? (?:is|are|['’]s)? ?(?:against|minds?|worried|bothered|complain(?:s|ing)|disputes?|doubts?|objects?|questions)\b"
    r"|\b(?:less|least) (?:bothered|worried|concerned) (?:about|by)\b|\bdon['’]t (?:doubt|mind|question)\b"
    rf"|\b{_NEGATED} (?:what|where|why|who)\b",
    re.IGNORECASE,
)
_FINE = re.compile(
    r"(?:\b(?:is|are|was|were|seems?|looks?|works?|all|am)|['’](?:s|re|m)) (?:all |already |perfectly |absolutely |quite |just |really |pretty |now |very )?"
    r"(?:fine|ok|okay|sorted|great|grand|good|brilliant|solid|reliable|covered|sound|decent|excellent|well)\b(?! enough\b.*\bnot\b)"
    r"(?: (?:here|now|enough|for us|thanks|already|with us|in place|in hand))*$",
    re.IGNORECASE,
)
_SET_ASIDE = re.compile(
    r"^(?:(?:and |so )?(?:it|this|that)(?:['’]s| is)(?: really)? |we (?:mean|want) |i mean |i['’]m )?(?:it isn['’]?t|this isn['’]?t|not) "
    r"(?!just|only|enough|all|every|everyone|everybody|sure|able|allowed|ready|clear|convinced|keen|happy|working|much|many"
    r"|very|being|to|one|yet|even|everything|trained|eligible|me|us|them|as|after|before|stop|supposed|fair|safe|right|good|worth|possible|using|because)"
    r"(?!\w+(?:ing|ed)\b)(?:about |on about )?(?:the |our |a |an |any |my )?(?:[\w'’-]+ ?){1,4}$",
    re.IGNORECASE,
)
_GOOD = re.compile(
    r"\b(?:fine|ok|okay|sorted|solid|great|good|decent|excellent|grand|happy|keen|on board|sold on|agreed?s?|works?|worked|ador(?:es?|ing)"
    r"|loves?|fond|superb|brilliant(?:ly)?|smoothly|behaves?|cop(?:es?|ed)|paid for|funded|in place|in hand|lined up|clear|reliable|sound|quick|fast"
    r"|new|plenty|covered|under control|convinced|supportive|behind us|back(?:s|ed)? (?:us|it|the)|enthusiastic|cracked|never drops?|untouched|willing|up to date)\b",
    re.IGNORECASE,
)
_COMPLAINT = re.compile(
    r"\b(?:no|not|never|nobody|nothing|hardly|poor|rubbish|awful|angry|furious|upset|afraid|scared|fears?|broken|breaks?|broke|fails?|failed|too"
    r"|refus\w+|without|cannot|worr(?:y|ied)|complain\w*|bann?(?:ed|ing)?|stolen|steal\w*|cheat\w*|bull(?:y|ied|ying)|distract\w*|wast\w+|expensive"
    r"|slow|crash\w*|problem|mess|nightmare|hates?|oppos\w+|against|los(?:e|t|ing)|lacks?|missing|threat\w*|late|rushed|struggl\w+|difficult|hard)\b|n['’]t\b",
    re.IGNORECASE,
)
_TO_THE_WORRY = re.compile(
    r"^(?:and |but |so |only |just )?(?:"
    r"what(?:['’]s| is)? (?:missing|lacking|killing|worr(?:y|ies)|bothers?|scares?|hurts?|keeps?|frightens?|stumps?|we lack|we never|i need|(?:people|parents|families|staff|teachers) object)"
    rf"|(?:my|our|the) (?:real |only |main |big )?(?:{_MATTER}|beef|headache|snag|fight|muddle|hitch|gripe|worries|objection)s?(?:,| (?:is|are|here|lies|comes))"
    r"|missing is)",
    re.IGNORECASE,
)
_TO_SOMETHING = re.compile(
    r"^(?:and |but |so |only |just )?(?:(?:it['’]s|it is) (?:purely |only |just |really )?(?:the|our|my|whether|who|what|how|that|why|when|where|one of|getting"
    r"|teachers?|staff|pupils?|parents?|families|children|kids|giving|doing|[\w'’-]+s\b)|they just\b|what we\b)",
    re.IGNORECASE,
)


def denied_clauses(clauses: Sequence[str]) -> tuple[str, ...]:
    """Return the clauses that rule something out, in order; never all of them."""
    denied = []
    for number, clause in enumerate(clauses):
        if _TO_THE_WORRY.match(clause) or _TO_SOMETHING.match(clause):
            continue
        following = clauses[number + 1 : number + 3]
        content = not _COMPLAINT.search(clause)
        set_off = any(_TO_THE_WORRY.match(later) for later in following) or (
            bool(_GOOD.search(clause)) and any(_TO_SOMETHING.match(later) for later in following)
        )
        if (
            _NO_PROBLEM.search(clause)
            or _FINE.search(clause)
            or _SET_ASIDE.match(clause)
            or (content and set_off)
        ):
            denied.append(clause)
    return tuple(denied) if len(denied) < len(clauses) else ()
