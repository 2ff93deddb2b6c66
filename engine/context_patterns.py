"""The patterns by which a school's context is read from text: numbers, ages, years, grades, words."""

# ruff: noqa: E501 -- patterns are easier to check on one line
from __future__ import annotations

import re

from engine.context_elsewhere import ELSEWHERE as ELSEWHERE_WORDS
from engine.context_words import (
    CAPITALS,
    DISADVANTAGED,
    NUMBER_WORD,
    NUMBERS,
    ORDINALS,
    PEOPLE,
    SHARES,
    SIZED,
    WORDS,
)

MOST_PUPILS = 1_000_000  # a larger number is no head count of anything that asks here
_COUNT = rf"(?P<number>\d{{1,3}}(?:,\d{{3}}){{1,2}}|\d{{2,7}}|\d{{1,2}}(?:\.\d)? ?k\b|(?:a (?=hundred|thousand))?{NUMBER_WORD}(?:(?:[- ]| and ){NUMBER_WORD}){{0,6}})\+?(?!,?\d)"
_ROUGHLY = r"~?(?:(?:about|around|some|roughly|approximately|approx|circa|c\.|only|just|just under|just over|under|over|nearly|almost|barely|close to|a little over|a bit over|more than|fewer than|less than|up to|now|all|maybe|the) )*"
# What may follow a head count: not a verb, as in "200 pupils broke their screens".
_TAIL = r"(?= *(?:$|[,.;:()!?–—-]|(?:primary|secondary|school|rural|urban|from|across|aged?|ages|grades?|years?|year|in|on roll|on the roll|on one|on two|on three|over|and|with|at|of|but|who|k-\d+|between|all|without|where|plus|in total|total)\b))"
PUPILS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?:^|[,;:(–—] *|[.!?] +|\b(?:with|have|has|we['’]re|we are|are|we['’]ve|we['’]ve got|have got|got|our|my|school of|primary of|secondary of|academy of|trust of|district of|teach|serve|serving|(?<!\d )and) ){_ROUGHLY}{_COUNT}[- ]?{PEOPLE}\b{_TAIL}",
        rf"\b{SIZED}(?: school)? (?:of|with|has|at|stands at|is) {_ROUGHLY}{_COUNT}(?= *(?:$|[,.;:()–—]|(?:{PEOPLE}|in|on|and|near|where|who|with|aged|from|but|outside|all)\b))(?! *(?:in \d|on \d))",
        rf"\b(?:school|primary|secondary|academy|comp) of {_ROUGHLY}{_COUNT}(?! ?(?:teachers?|staff|classes|rooms|buildings|sites|adults|[%/-]|m\b))(?= |$)",
        rf"\b{_COUNT}[- ](?:pupil|student|place|strong|child|seat|learner)\b(?! (?:survey|council|voice|resourced|resource|unit|nurture|hub|feedback|leaders?))",
        rf"\b{_COUNT} on (?:the )?roll\b",
        rf"(?:on roll|roll|enrolment)(?: of| is|:) {_ROUGHLY}(?P<number>\d[\d,]*)(?![\d%])",
        rf"(?:^|[,.;] ){_ROUGHLY}{_COUNT} (?:boys and girls|girls and boys)\b",
        rf"{SIZED}(?: school)?(?: \([^)]*\)| in [\w ]+)?, {_ROUGHLY}(?P<number>\d{{3}}|\d,\d{{3}}|\d(?:\.\d)?k)(?=[,.;)])(?!,\d)",
    )
)
PART_OF_A_SCHOOL = re.compile(
    r"(?:(?:class(?:es)?|groups?|sets?|cohorts?|teams?|years?|batch(?:es)?|trolley|room|forms?|clubs?|pilot|intake|unit|base)(?: sizes?)? (?:of|with|for) (?:about |around |some |only |just |nearly |over )*|\byear |\bgrade |\bclass |[-\d,.£$€])$",
    re.IGNORECASE,
)
PART_AFTER = re.compile(
    r" *(?:in|per|to) (?:a|each|every|one|my|our|the|that)? ?(?:class|room|set|group|year|lesson|trial|pilot|unit|form)\b|(?: in)? (?:year|grade|y)\s?\d|,? (?:a|per|each|every) (?:class|year|day|week)\b",
    re.IGNORECASE,
)
_WHOSE = r"(?:(?: of)?(?: (?:our|the|my|all|them|us))*(?: (?:pupils?|children|kids|students|families|intake|roll|school|learners|parents|homes|households|cohort))?)"
_LINK = r"(?: (?:on|of|are|is|get|gets|with|eligible|qualify|qualifies|qualifying|entitled|for|to|receive|receiving|receives|have|has|claim|claiming|come|from|classed|as|who|the|at|living|a))*"
PERCENT = re.compile(
    rf"(?<![\d.,])(?:(?P<number>\d{{1,3}}(?:\.\d+)?|{NUMBER_WORD}(?:[- ]{NUMBER_WORD})?) ?(?:%|per ?cent\b)|\b(?P<share>{'|'.join(sorted(SHARES, key=len, reverse=True))})\b){_WHOSE}{_LINK} {DISADVANTAGED}(?: (?:families|students|pupils|children|kids|homes|households))?\b"
    rf"|\b(?:fsm|pupil premium|pp|free (?:school )?(?:meals|lunch)|frl|frpl)(?: (?:rate|numbers|eligibility|percentage|figure))?(?:(?! (?:under|below|less than))[^.;!?%\d]){{0,40}}?(?:\b(?:is|are|at|of|around|about|runs|over)|:)? (?P<after>\d{{1,3}}(?:\.\d+)?) ?(?:%|per ?cent\b)"
    rf"|\b(?:disadvantaged|deprived|low[- ]income|free (?:and|&|/) reduced(?: lunch)?)(?: (?:pupils|students|kids|families))?(?::| -| at) ?(?P<tabled>\d{{1,3}}(?:\.\d+)?) ?(?:%|per ?cent\b)",
    re.IGNORECASE,
)
_TO = r"(?: ?[-–/] ?| ?to ?| ?and ?| ?& ?| through )"
_GRADE = r"(?:pre-?k|pk|jk|[krp]|kindergarten|\d{1,2})"
_NUMBERED = tuple(NUMBERS)[:13]  # "one" to "thirteen"
AGES = re.compile(
    rf"(?<![\w£$-])(?:(?:ages?|aged|(?<!went )(?<!rose )(?<!fell )(?<!dropped )from|(?:pupils|children|students|kids|learners|boys|girls|young people))(?: from)? (?P<a>\d{{1,2}}){_TO}(?P<b>\d{{1,2}})(?![\d%])|(?P<c>\d{{1,2}}){_TO}(?P<d>\d{{1,2}})[- ]?year[- ]olds?|(?P<e>[2-79]|1[1346])(?:[-–]|(?<!16) to (?=1[1689]))(?P<f>7|9|11|1[346789])(?=[,.;:)]|$| (?:school|comp|comprehensive|academy|all|girls|boys|mixed|co-ed|secondary|primary|with|in|grammar|independent|day|catholic|free)))",
    re.IGNORECASE,
)
AGE = re.compile(
    r"(?<![\w-])(?P<a>\d{1,2}|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen)[- ]year[- ]old(?:s\b| (?=girl|boy|pupil|child|student|kid)|(?=[,.]))",
    re.IGNORECASE,
)
YEARS = re.compile(
    rf"\b(?:years?|yrs?|y)[ -]?(?P<a>\d{{1,2}})(?:{_TO}(?:years?|y|yr)? ?(?P<b>\d{{1,2}}))?(?:s|['’]s)?\b(?! (?:of\b|weeks|months|years|days|minutes))"
    rf"|\b(?:year|yr) (?P<c>{'|'.join(_NUMBERED)})(?:e?s\b|(?= (?:class|pupils?|students?|children|kids|girls|boys|teachers?|groups?)\b))",
    re.IGNORECASE,
)
GRADES = re.compile(
    rf"\b(?:grades?|gr\.?|class|classes|standards?) (?P<a>{_GRADE})s?(?:{_TO}(?:grade )?(?P<b>\d{{1,2}}))?s?\b(?! of\b)"
    rf"|(?<![\w-])(?P<c>pre-?k|pk|jk|k|r|p|prep|kindergarten)[- ]?(?:-|–|to|through) ?(?:grade |year )?(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\b"
    rf"|\b(?P<e>\d{{1,2}})(?:st|nd|rd|th)(?:{_TO}(?P<f>\d{{1,2}})(?:st|nd|rd|th))?[- ]grade(?:rs?|s)?\b"
    rf"|\b(?P<g>{ORDINALS})(?:{_TO}(?P<h>{ORDINALS}))?[- ]grade(?:rs?|s)?\b"
    rf"|\bgrade (?P<k>{'|'.join(_NUMBERED[:12])})s?\b|\b(?P<l>\d{{1,2}})(?:st|nd|rd|th)(?:-|–| to | through | thru )(?P<m>\d{{1,2}})(?:st|nd|rd|th)(?=[,.;:)]|$| (?:campus|school|elementary))"
    rf"|(?<![\w-])(?P<i>[5-9])-(?P<j>8|9|10|12)(?=[,.;]| (?:school|building|middle|high|college|campus))",
    re.IGNORECASE,
)


def _compiled(
    words: dict[str, dict[str, tuple[str, ...]]], flags: int
) -> list[tuple[str, str, re.Pattern[str]]]:
    return [
        (attribute, value, re.compile(rf"(?<!\w)(?:{'|'.join(patterns)})(?!\w)", flags))
        for attribute, values in words.items()
        for value, patterns in values.items()
    ]


PATTERNS = (*_compiled(WORDS, re.IGNORECASE), *_compiled(CAPITALS, 0))
ELSEWHERE = tuple(re.compile(rf"(?<!\w)(?:{pattern})", re.IGNORECASE) for pattern in ELSEWHERE_WORDS)
SENTENCE_END = re.compile(r"[.!?](?=\s|$)")
OWN_PLACE = re.compile(r"\b(?:we are|we['’]re|ours|i (?:lead|run|head|manage)|i['’]m|i am)\b", re.IGNORECASE)
# Up to three words that lead to a noun: "Mixed rural" of "Mixed rural primary, 90 on roll."
OPENING = re.compile(
    r"\s*(?!(?:The|Some|Most|Many|All|Every|Other|Another|No|In|At|If|When|For)\b)(?:[\w’'-]+,? ){0,3}"
)
MIDDLE = re.compile(r"middle[- ]school|junior high", re.IGNORECASE)
MIDDLE_GRADE = re.compile(r"(?:5th|6th|fifth|sixth)[- ]grade|grades? [56]s?$")
PUBLIC = re.compile(r"public schools?$", re.IGNORECASE)
PRIVATE_PUBLIC = ("GB", "IE", "IN")  # where a public school is a private one, or could be
OWN = re.compile(r"\b(?:we|we['’]\w+|our|ours|us|i|i['’]\w+|my|mine|here|this)\b", re.IGNORECASE)
