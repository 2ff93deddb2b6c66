"""Answers and cases as plain text for a terminal: well laid out, and the same without colours."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from corpus.passages import Passage
from corpus.records import CaseStudy
from engine.answers import Answer, Match, WorryAnswer
from service.wording import (
    INDEPENDENCE_WORDS,
    INTENT_WORDS,
    OUTCOME_WORDS,
    RESULT_WORDS,
    ROLE_WORDS,
    WORRY_VERDICTS,
    heading,
    met_words,
    others,
    place_of,
    school_words,
    source_line,
    verdict_words,
    years_of,
)

WIDEST = 96  # columns; longer lines are hard to read
MOST_STATEMENTS = 3  # of what went wrong and of regrets, in an answer


def answer_as_text(answer: Answer, index_dir: Path | None = None) -> str:
    """Lay an answer out; ``index_dir`` is the index that was named, if one was."""
    more = f" --index {index_dir}" if index_dir else ""
    return "\n".join(_answer_lines(answer, more))


def case_as_text(case: CaseStudy) -> str:
    """Lay a whole case out."""
    return "\n".join(_case_lines(case))


def _answer_lines(answer: Answer, more: str) -> Iterator[str]:
    concern = answer.concern
    yield from _wrapped(f"Your worry: {concern.text}")
    if concern.corrections:
        read = "; ".join(f"{one.written} as {one.read_as}" for one in concern.corrections)
        yield from _wrapped(f"Read: {read}")
    if answer.worries:
        lines = [_worry_line(worry) for worry in answer.worries]
        yield from _listed("Understood as", lines, most=len(lines))
    if concern.sought:
        yield from _wrapped("Asked for: " + ", ".join(INTENT_WORDS[one.intent] for one in concern.sought))
    if concern.denied:
        yield from _wrapped("Ruled out: " + "; ".join(concern.denied))
    if school := school_words(concern.context):
        yield from _wrapped(f"Your school: {school}")
    yield ""
    yield from _wrapped(verdict_words(answer))
    for advice in answer.advice:
        yield from _wrapped(advice)
    for number, match in enumerate(answer.matches, start=1):
        yield ""
        yield from _match_lines(number, match, more)


def _worry_line(worry: WorryAnswer) -> str:
    return f"{worry.text}: {WORRY_VERDICTS[worry.verdict]}"


def _match_lines(number: int, match: Match, more: str) -> Iterator[str]:
    case = match.case
    yield from _wrapped(f"{number}. {case.title}", hanging=3)
    facts = (place_of(case), years_of(case), OUTCOME_WORDS[case.outcome])
    yield from _wrapped("; ".join(fact for fact in facts if fact), indent=3)
    if match.roles:
        yield from _wrapped(
            f"Worth a look beside the others: {', '.join(ROLE_WORDS[role] for role in match.roles)}", indent=3
        )
    if match.retold:
        yield from _wrapped(f"Told again in: {', '.join(match.retold)}", indent=3)
    for matched in match.passages:
        yield from _passage_lines(matched.passage)
    for what, statements in (
        ("What went wrong", case.failed),
        ("What they would not do again", case.not_again),
    ):
        left = others(statements, match)
        yield from _listed(heading(what, statements, left), left, most=MOST_STATEMENTS, indent=3)
    context = match.context
    for label, facts_ in (
        ("Like you", context.shared),
        ("Unlike you", context.different),
        ("Not known", context.unknown),
    ):
        if facts_:
            yield from _wrapped(f"{label}: {'; '.join(facts_)}", indent=3, hanging=2)
    parts = ", ".join(f"{part} {value:+.2f}" for part, value in match.parts.items() if abs(value) >= 0.005)
    yield from _wrapped(
        f"Why: fit {match.score:.2f} = {parts}; confidence {match.confidence:.0%}", indent=3, hanging=2
    )
    if words := met_words(match):
        yield from _wrapped(f"Met on: {words}", indent=3, hanging=2)
    yield from _wrapped(
        f"Who says so: {INDEPENDENCE_WORDS[case.provenance.independence]}", indent=3, hanging=2
    )
    for source in case.provenance.sources[:MOST_STATEMENTS]:
        yield from _wrapped(f"- {source_line(source)}", indent=5, hanging=2)
    yield from _more(len(case.provenance.sources), MOST_STATEMENTS, indent=5)
    yield f"   The whole story: warts show {case.id}{more}"


def _passage_lines(passage: Passage) -> Iterator[str]:
    label = {
        "objections": "The objection",
        "failed": "What went wrong",
        "not_again": "Not again",
        "worked": "What worked",
    }
    yield from _wrapped(f"{label[passage.field]}: {passage.text}", indent=3, hanging=2)
    if passage.field == "objections":
        result = RESULT_WORDS[passage.result or "unknown"]
        response = passage.response or "no response is known"
        yield from _wrapped(f"-> {response} ({result})", indent=5, hanging=3)


def _case_lines(case: CaseStudy) -> Iterator[str]:
    yield from _wrapped(case.title)
    facts = (place_of(case), years_of(case), OUTCOME_WORDS[case.outcome])
    yield from _wrapped("; ".join(fact for fact in facts if fact))
    yield ""
    yield from _wrapped(case.summary)
    yield from _section("Aims", case.aims)
    yield from ("", "Objections at first, and what was done about them")
    for objection in case.objections:
        who = f" ({', '.join(objection.raised_by)})" if objection.raised_by else ""
        yield from _wrapped(f"- {objection.text}{who}", indent=2, hanging=2)
        response = objection.response or "no response is known"
        yield from _wrapped(f"-> {response} ({RESULT_WORDS[objection.result]})", indent=4, hanging=3)
    yield from _section("What worked", case.worked)
    yield from _section("What went wrong", case.failed)
    yield from _section("What they would not do again", case.not_again)
    yield from _section(
        "How it unfolded", [f"{s.when}: {s.what}" if s.when else s.what for s in case.process]
    )
    yield from _section("Figures", [f"{e.claim}: {e.figure}" if e.figure else e.claim for e in case.evidence])
    yield from ("", f"Who says so: {INDEPENDENCE_WORDS[case.provenance.independence]}")
    for source in case.provenance.sources:
        yield from _wrapped(f"- {source_line(source)}", indent=2, hanging=2)


def _section(heading: str, statements: Sequence[str]) -> Iterator[str]:
    if statements:
        yield ""
        yield from _listed(heading, statements, most=len(statements))


def _listed(heading: str, statements: Sequence[str], *, most: int, indent: int = 0) -> Iterator[str]:
    if statements:
        yield " " * indent + heading
        for statement in statements[:most]:
            yield from _wrapped(f"- {statement}", indent=indent + 2, hanging=2)
        yield from _more(len(statements), most, indent=indent + 2)


def _more(total: int, shown: int, *, indent: int) -> Iterator[str]:
    if total > shown:
        yield " " * indent + f"(and {total - shown} more)"


def _wrapped(text: str, *, indent: int = 0, hanging: int = 0) -> Iterable[str]:
    width = min(WIDEST, shutil.get_terminal_size((WIDEST, 24)).columns)
    return textwrap.wrap(
        text,
        width=max(width, 40),
        initial_indent=" " * indent,
        subsequent_indent=" " * (indent + hanging),
        break_long_words=False,
        break_on_hyphens=False,
    )
