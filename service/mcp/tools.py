"""The tools: what an assistant can do with the cases.

Each answers twice, in words for the assistant (`service.mcp.told`) and as structured content with a schema.
What the assistant can mend is a `ToolError` that says how; the SDK refuses arguments that do not fit a tool's
schema in the same way. The text of a question is never logged.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Annotated

from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import CallToolResult, TextContent
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from corpus.records import CaseStudy
from corpus.vocabulary import shipped_vocabulary
from engine.comparability import compare_contexts
from engine.context import SchoolContext
from engine.errors import CaseNotFoundError
from engine.facets import CaseFilter, Facet, values_of
from engine.matcher import DEFAULT_MATCHES, Matcher
from engine.queries import LONGEST_TEXT
from engine.ranking import Preferences
from engine.similar import find_case
from engine.themes import theme_summaries
from index.case_index import CaseIndex
from service.case_schemas import CaseBrief, ComparedCase, CompareOut, ThemeOut, ThemesOut
from service.live import LiveIndex
from service.mcp import told
from service.schemas import AnswerOut, Out
from service.wording import verdict_words

MOST_MATCHES = 10  # more would bury the verdict
MOST_LISTED = 50
MOST_NAMED = 40  # values that an error names


class School(SchoolContext):
    """The person's own school, as far as it is known; leave out what is not."""

    model_config = ConfigDict(extra="forbid")

    # Without the list of all countries, which an assistant would read at every turn; checked as before.
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] | None = Field(
        None, description="ISO 3166-1 alpha-2, such as GB.", examples=["GB"]
    )


class MatchedConcern(AnswerOut):
    """The answer to a concern, with its verdict in words."""

    verdict_in_words: str = Field(
        description="To be repeated. With the verdict none, the matches are schools that did not face this."
    )


class BrowsedCases(Out):
    """Cases in brief, by id."""

    total: int = Field(description="How many cases pass the filters.")
    cases: list[CaseBrief]
    after: str | None = Field(description="The id to go on after; null where there are no more.")


CaseId = Annotated[str, Field(max_length=100, examples=["auburn-maine-ipads-2013"])]
Worry = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_TEXT),
    Field(description="The worry in the person's own words.", examples=["mobiles banned here"]),
]
Only = Annotated[
    dict[Facet, list[str]],
    Field(
        description="Only cases with any of these values, by facet; unknown is no match.",
        examples=[{"outcome": ["abandoned", "scaled-back"], "phase": ["secondary"]}],
    ),
]
Most = Annotated[int, Field(ge=1, le=MOST_MATCHES, description="The most cases to return.")]


class Tools:
    """The tools. An assistant reads their docstrings and the descriptions of their parameters."""

    def __init__(self, live: LiveIndex) -> None:
        self._live = live
        self._one_at_a_time = asyncio.Lock()  # more would only take turns

    async def match_concern(
        self, text: Worry, school: School | None = None, k: Most = DEFAULT_MATCHES, only: Only | None = None
    ) -> Annotated[CallToolResult, MatchedConcern]:
        """Find schools that faced the same worry about a technology: what they did, what failed, and regrets.

        The answer begins with a verdict: schools here have faced this, some come near, or nobody here has.
        Always tell the person the verdict. With "nobody here has faced this" the cases are only the nearest
        there are, and must not be presented as matches. Each case comes with its sources, with who says so,
        and with where its school is like and unlike the person's.
        """
        matcher = await self._matcher()
        preferences = Preferences(only=_filter(only, matcher.index))
        async with self._one_at_a_time:
            answer = await asyncio.to_thread(matcher.match, text, school, k, preferences)
        out = MatchedConcern(**dict(AnswerOut.of(answer)), verdict_in_words=verdict_words(answer))
        return _result(told.answer_told(answer), out)

    async def read_case(self, case_id: CaseId) -> Annotated[CallToolResult, CaseStudy]:
        """Read one case study whole: objections, what was done, what worked and failed, regrets, sources.

        Ids come from match_concern and browse_cases.
        """
        case = _find(self._live.current.index, case_id)
        return CallToolResult(content=_as_text(told.case_told(case)), structured_content=case.as_contract())

    async def compare_cases(
        self,
        case_ids: Annotated[list[CaseId], Field(min_length=2, max_length=4, description="Two to four ids.")],
        school: School | None = None,
    ) -> Annotated[CallToolResult, CompareOut]:
        """Put two to four case studies side by side, each compared with the person's school if given."""
        if len(set(case_ids)) < len(case_ids):
            raise ToolError("a case is named twice; name two to four different ones")
        index, yours = self._live.current.index, school or SchoolContext()
        cases = [_find(index, case_id) for case_id in case_ids]
        beside = [compare_contexts(yours, SchoolContext.of(case.institution)) for case in cases]
        out = CompareOut(school=yours.known, cases=[ComparedCase.of(case, yours) for case in cases])
        return _result(told.compared_told(cases, beside), out)

    async def browse_cases(
        self,
        only: Only | None = None,
        limit: Annotated[int, Field(ge=1, le=MOST_LISTED, description="The most cases to list.")] = 20,
        after: Annotated[str, Field(max_length=100, description="List those after this id.")] = "",
    ) -> Annotated[CallToolResult, BrowsedCases]:
        """List case studies in brief, by id, filtered by facets. For a worry in words use match_concern."""
        index = self._live.current.index
        found = _filter(only, index).apply(index.cases)
        rest = [case for case in found if case.id > after]
        shown = rest[:limit]
        go_on = shown[-1].id if len(rest) > limit else None
        out = BrowsedCases(total=len(found), cases=[CaseBrief.of(case) for case in shown], after=go_on)
        return _result(told.listed_told(shown, len(found), go_on), out)

    async def list_themes(self) -> Annotated[CallToolResult, ThemesOut]:
        """List the kinds of objection with how many cases met each, and how those objections ended."""
        themes = theme_summaries(self._live.current.index.cases, shipped_vocabulary())
        return _result(told.themes_told(themes), ThemesOut(themes=[ThemeOut.of(theme) for theme in themes]))

    async def _matcher(self) -> Matcher:
        while (current := self._live.current).matcher is None:
            if current.load_error is not None:
                raise ToolError(f"worries cannot be matched without the model: {current.load_error}")
            await asyncio.sleep(0.05)
        return current.matcher


def _find(index: CaseIndex, case_id: str) -> CaseStudy:
    try:
        return find_case(index, case_id)
    except CaseNotFoundError as error:
        raise ToolError(f"{error} (ids come from match_concern and browse_cases)") from error


def _filter(only: dict[Facet, list[str]] | None, index: CaseIndex) -> CaseFilter:
    """Return the filter; a value that no case has is an error that names those there are."""
    wanted = {facet: tuple(values) for facet, values in (only or {}).items()}
    for facet, values in wanted.items():
        known = sorted({value for case in index.cases for value in values_of(case, facet)})
        for value in values:
            if value not in known:
                raise ToolError(f"no case has the {facet} {value!r}; there are: {_some(known)}")
    return CaseFilter(wanted)


def _some(values: Sequence[str]) -> str:
    more = f" and {len(values) - MOST_NAMED} more" if len(values) > MOST_NAMED else ""
    return ", ".join(values[:MOST_NAMED]) + more


def _as_text(text: str) -> list[TextContent]:
    return [TextContent(text=text)]


def _result(text: str, out: BaseModel) -> CallToolResult:
    return CallToolResult(content=_as_text(text), structured_content=out.model_dump(mode="json"))
