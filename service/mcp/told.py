"""What an assistant reads: every tool's answer in plain words, with the verdict first and the sources.

Programs read the structured content instead; the two say the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from corpus.records import CaseStudy, Source
from engine.answers import Answer, Match
from engine.comparability import ContextComparison
from engine.themes import ThemeSummary
from service.wording import (
    INDEPENDENCE_WORDS,
    OUTCOME_WORDS,
    RESULT_WORDS,
    WORRY_VERDICTS,
    heading,
    others,
    place_of,
    school_words,
    source_line,
    verdict_words,
    years_of,
)

_HOW_TO_TELL = {
    "strong": "Tell the cases below with their sources.",
    "partial": "Present the cases below as coming near, not as the same worry.",
    "none": "Say so first. Do not present the cases below as schools that faced this worry: they did not.",
}
_PASSAGES = {
    "objections": "Their objection",
    "failed": "What went wrong",
    "not_again": "What they would not do again",
    "worked": "What worked",
}
_ENDED = {**RESULT_WORDS, "unknown": "of unknown end"}
READ_ON = "The whole of a case: read_case."


def answer_told(answer: Answer) -> str:
    """Tell the answer to a worry."""
    return "\n".join(_answer_lines(answer))


def case_told(case: CaseStudy) -> str:
    """Tell a whole case."""
    return "\n".join(_case_lines(case))


def compared_told(cases: Sequence[CaseStudy], contexts: Sequence[ContextComparison]) -> str:
    """Tell cases side by side, each with how its school compares with the person's."""
    lines: list[str] = []
    for case, context in zip(cases, contexts, strict=True):
        lines += [*_head(case), *_objections(case)]
        for what, statements in _statements(case):
            lines += _listed(what, statements)
        lines += [*_context_lines(context), *_sources(case), ""]
    return "\n".join([*lines, READ_ON])


def listed_told(cases: Sequence[CaseStudy], total: int, after: str | None) -> str:
    """Tell a list of cases in brief; ``after`` is the id after which there are more."""
    if not cases:
        return "No case is like that."
    lines = [f"{total} cases; these are {len(cases)} of them, by id:"]
    lines += [f"- {case.id}: {case.title}. {place_of(case)}; {OUTCOME_WORDS[case.outcome]}" for case in cases]
    lines += [f"There are more: ask again with after={after!r}."] if after else []
    return "\n".join([*lines, READ_ON])


def themes_told(themes: Iterable[ThemeSummary]) -> str:
    """Tell the kinds of objection."""
    lines = ["Kinds of objection, and how those that cases tell of ended:"]
    for one in themes:
        ended = ", ".join(f"{count} {_ENDED[result]}" for result, count in one.results.items() if count)
        name = f" ({one.label})" if one.label else ""
        lines.append(f"- {one.theme}{name}: {one.cases} cases{f'; {ended}' if ended else ''}")
    return "\n".join([*lines, "The cases of a theme: browse_cases."])


def _answer_lines(answer: Answer) -> Iterator[str]:
    yield f"Verdict: {verdict_words(answer)}"
    if answer.matches:
        yield _HOW_TO_TELL[answer.verdict]
    for worry in answer.worries:
        ids = f" ({', '.join(worry.case_ids)})" if worry.case_ids else ""
        yield f'On "{worry.text}": {WORRY_VERDICTS[worry.verdict]}{ids}'
    concern = answer.concern
    if concern.corrections:
        yield "Read: " + "; ".join(f"{one.written} as {one.read_as}" for one in concern.corrections)
    if concern.denied:
        yield f"Taken as no problem, or not meant: {'; '.join(concern.denied)}"
    if school := school_words(concern.context):
        yield f"The person's school: {school}"
    yield from (f"For a better answer: {advice}" for advice in answer.advice)
    for match in answer.matches:
        yield from ("", *_match_lines(match))
    if answer.matches:
        yield from ("", READ_ON)


def _match_lines(match: Match) -> Iterator[str]:
    case = match.case
    yield from _head(case)
    for matched in match.passages:
        passage = matched.passage
        yield f"{_PASSAGES[passage.field]}: {passage.text}"
        if passage.field == "objections":
            response = passage.response or "what was done about it is not known"
            yield f"  -> {response} ({RESULT_WORDS[passage.result or 'unknown']})"
    for what, statements in _statements(case):
        left = others(statements, match)
        yield from _listed(heading(what, statements, left), left)
    yield from _context_lines(match.context)
    if match.retold:
        yield f"Told again in: {', '.join(match.retold)}"
    yield from _sources(case)


def _case_lines(case: CaseStudy) -> Iterator[str]:
    yield from _head(case)
    yield case.summary
    yield from _listed("What they wanted", case.aims)
    yield from _objections(case)
    yield from _listed("What worked", case.worked)
    for what, statements in _statements(case):
        yield from _listed(what, statements)
    yield from _listed("How it unfolded", [f"{s.when}: {s.what}" if s.when else s.what for s in case.process])
    sources = case.provenance.sources
    yield from _listed(
        "Figures",
        [
            f"{one.claim}{f': {one.figure}' if one.figure else ''}{_cited(sources, one.source)}"
            for one in case.evidence
        ],
    )
    yield from _listed(
        "What helped or hindered",
        [
            f"{one.factor} {one.effect}{f': {one.note}' if one.note else ''}{_cited(sources, one.source)}"
            for one in case.factors
        ],
    )
    yield from _sources(case)


def _cited(sources: Sequence[Source], position: int | None) -> str:
    return f" [{sources[position].url}]" if position is not None and position < len(sources) else ""


def _head(case: CaseStudy) -> Iterator[str]:
    yield f"## {case.title} [case {case.id}]"
    yield "; ".join(fact for fact in (place_of(case), years_of(case), OUTCOME_WORDS[case.outcome]) if fact)


def _objections(case: CaseStudy) -> Iterator[str]:
    yield "Objections, and what was done about them:"
    for one in case.objections:
        who = f" ({', '.join(one.raised_by)})" if one.raised_by else ""
        yield f"- {one.text}{who}"
        yield f"  -> {one.response or 'what was done about it is not known'} ({RESULT_WORDS[one.result]})"


def _statements(case: CaseStudy) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return ("What went wrong", case.failed), ("What they would not do again", case.not_again)


def _context_lines(context: ContextComparison) -> Iterator[str]:
    for label, facts in (
        ("Like the person's school", context.shared),
        ("Unlike it", context.different),
        ("Not known", context.unknown),
    ):
        if facts:
            yield f"{label}: {'; '.join(facts)}"


def _sources(case: CaseStudy) -> Iterator[str]:
    told = INDEPENDENCE_WORDS[case.provenance.independence]
    yield from _listed(f"Sources ({told})", [source_line(source) for source in case.provenance.sources])


def _listed(what: str, statements: Sequence[str]) -> Iterator[str]:
    if statements:
        yield f"{what}:"
        yield from (f"- {statement}" for statement in statements)
