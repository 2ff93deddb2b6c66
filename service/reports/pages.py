"""The pages of a report: one folder that opens from disk, without a server and without a script.

``index.html`` is the view across all schools, ``schools/`` has a page for each, ``lists/`` leads to them.
The folder is written beside its place and moved there when it is whole.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from markupsafe import Markup

from corpus.records import CaseStudy, Objection
from engine.reports.across import Across, SchoolSeen, look_across, read_lines
from engine.reports.alike import Neighbour, draw_schools, neighbours_of_all
from engine.reports.records import ConcernKept, MatchKept, SchoolKept
from index.case_index import CaseIndex
from index.encoder import Encoder
from service import wording
from service.reports import drawing
from service.reports.addresses import safe_name
from service.reports.folder import write_page, written_beside

A_PAGE = 100  # schools of a list
SHOWN, LISTED, UNANSWERED, PAIRS, SCHOOLS = 20, 10, 50, 20, 100  # at most, on the first page
VERDICT_WORDS = {
    "strong": "Schools elsewhere have faced this.",
    "partial": "These come near the worry; we cannot be sure that a school faced exactly this.",
    "none": "Nobody among the cases has faced this. These are only the nearest worries there are.",
}
ACROSS_WORDS = {"strong": "faced elsewhere", "partial": "something comes near", "none": "nobody has faced it"}
FIELD_WORDS = {"failed": "What went wrong", "not_again": "Not again", "worked": "What worked"}
SIGNS = {
    "early": "early years",
    "primary": "primary",
    "secondary": "secondary",
    "several": "several phases",
    "special": "special or alternative",
    "later": "sixth form or further education",
    "unknown": "phase not known",
}
_SIGN_OF = {
    **{"early-years": "early", "primary": "primary", "secondary": "secondary", "special": "special"},
    **{"alternative": "special", "sixth-form": "later", "further-education": "later"},
}


def write_pages(lines: Path, index: CaseIndex, encoder: Encoder, out: Path) -> Path:
    """Write the pages of a report, in place of those that an earlier run wrote there.

    Args:
        lines: What a run kept, a school a line.
        index: Where the matched cases are.
        encoder: Gives the vectors by which worries are compared.
        out: Folder of the pages.

    Returns:
        The page to open first.

    Raises:
        FolderTakenError: If the folder holds something else.
    """
    across = look_across(read_lines(lines), encoder)
    with written_beside(out) as folder:
        pages = _Pages(folder, across, index.cases, datetime.now(UTC).date())
        pages.write(read_lines(lines))
    return out / "index.html"


@dataclass(frozen=True)
class _Row:
    """A school in the list."""

    position: int
    name: str
    known: str
    address: str
    seen: SchoolSeen


class _Pages:
    """Writes the pages of one report."""

    def __init__(self, folder: Path, across: Across, cases: Sequence[CaseStudy], made: date) -> None:
        self._folder, self._across = folder, across
        self._case_of = {case.id: case for case in cases}
        self._names = _names(across.schools)
        self._addresses = [f"schools/{safe_name(school.id)}.html" for school in across.schools]
        self._neighbours = neighbours_of_all(across)
        self._everywhere: dict[str, Any] = {
            **{"made": made, "cases": len(cases), "case_of": self._case_of},
            **{"names": self._names, "addresses": self._addresses},
        }

    def write(self, kept: Iterator[SchoolKept]) -> None:
        """Write all of it; ``kept`` is what the view across was made of, once more."""
        for name in ("schools", "lists"):
            (self._folder / name).mkdir()
        self._page("index.html", "report_index.html", "", {"here": "index", **self._view()})
        self._lists()
        for position, school in enumerate(kept):
            self._school(position, school)

    @cached_property
    def _rows(self) -> list[_Row]:
        """All schools by name."""
        schools = self._across.schools
        order = sorted(range(len(schools)), key=lambda n: (self._names[n].casefold(), n))
        return [_Row(n, self._names[n], _known(schools[n]), self._addresses[n], schools[n]) for n in order]

    @cached_property
    def _page_of(self) -> dict[int, int]:
        return {row.position: place // A_PAGE + 1 for place, row in enumerate(self._rows)}

    def _lists(self) -> None:
        pages = max(1, -(-len(self._rows) // A_PAGE))
        begins = [self._rows[place].name for place in range(0, len(self._rows), A_PAGE)]
        for page in range(1, pages + 1):
            near = sorted({1, pages, *range(max(1, page - 2), min(pages, page + 2) + 1)})
            content = {
                **{"here": "list", "page": page, "pages": pages, "near": near, "begins": begins},
                **{"rows": self._rows[(page - 1) * A_PAGE : page * A_PAGE], "total": len(self._rows)},
                "first": (page - 1) * A_PAGE + 1,
            }
            self._page(f"lists/page-{page}.html", "report_list.html", "../", content)

    def _school(self, position: int, school: SchoolKept) -> None:
        first_at: dict[str, tuple[int, int]] = {}
        for n, concern in enumerate(school.concerns, 1):
            for place, match in enumerate(concern.matches, 1):
                first_at.setdefault(match.case_id, (n, place))
        content = {
            **{"school": school, "name": self._names[position], "page": self._page_of[position]},
            **{"known": _known(self._across.schools[position]), "first_at": first_at},
            **{"verdict_of": _verdict_of, "field_words": FIELD_WORDS},
            "objection_of": partial(_objection_of, self._case_of),
            "neighbours": self._neighbours.get(position, ()),
        }
        self._page(self._addresses[position], "report_school.html", "../", content)

    def _view(self) -> dict[str, Any]:
        """Return what the first page shows."""
        across = self._across
        themes = [(wording.facet_value("theme", theme), count) for theme, count in across.themes]
        worries = [
            (f"{n}. {_theme(worry.theme)}: {worry.wording}", len(worry.schools))
            for n, worry in enumerate(across.worries[:SHOWN], 1)
        ]
        served = [
            (self._case_of[case].title if case in self._case_of else case, count)
            for case, count in across.cases[:SHOWN]
        ]
        most = across.most_worried(SCHOOLS)
        return {
            **{"across": across, "worries": sum(across.verdicts.values()), "themes": themes},
            **{"shown": SHOWN, "listed": LISTED, "listed_unanswered": UNANSWERED},
            **{"told": len(self._neighbours), "verdict_words": ACROSS_WORDS, "worry_rows": worries},
            "theme_bars": drawing.bars(
                themes, name="themes-bars", title="Schools with a worry of each theme"
            ),
            "worry_bars": drawing.bars(worries, name="shared-bars", title="Schools that share each worry"),
            "case_bars": drawing.bars(served, name="cases-bars", title="Schools that each case serves"),
            "unanswered_bars": drawing.bars(
                across.unanswered, name="none-bars", title="Schools nobody answers"
            ),
            "by_phase": drawing.themes_by(across, "phase"),
            "by_setting": drawing.themes_by(across, "setting"),
            "of_schools": drawing.themes_of_schools(across, most, [self._names[n] for n in most]),
            "most_rows": drawing.MOST_ROWS,
            "coverage": drawing.coverage(across),
            "answers_by_phase": drawing.verdicts_by(across, "phase"),
            "answers_by_setting": drawing.verdicts_by(across, "setting"),
            "case_link": partial(_case_link, self._case_of, {case for case, _ in across.cases[:SHOWN]}),
            **self._map(),
        }

    def _map(self) -> dict[str, Any]:
        placed = draw_schools(self._across)
        return {
            **{"map": placed, "drawn": drawing.school_map(self._across, placed), "size": drawing.SIZE},
            "signs": SIGNS,
            "signs_of": {n: _sign(self._across.schools[n]) for n in placed.positions},
            "neighbours": self._neighbours,
            "pairs": _pairs(self._neighbours),
        }

    def _page(self, name: str, template: str, root: str, content: Mapping[str, Any]) -> None:
        write_page(self._folder / name, template, {**self._everywhere, "root": root, **content})


def _pairs(neighbours: Mapping[int, tuple[Neighbour, ...]]) -> list[tuple[int, Neighbour]]:
    """Return the most alike pairs of schools, each once."""
    found = {
        frozenset((position, one.position)): (min(position, one.position), max(position, one.position), one)
        for position, near in neighbours.items()
        for one in near
    }
    ordered = sorted(found.values(), key=lambda pair: (-pair[2].alike, pair[0], pair[1]))[:PAIRS]
    return [(first, Neighbour(second, one.alike, one.worries, one.school)) for first, second, one in ordered]


def _names(schools: Sequence[SchoolSeen]) -> list[str]:
    """Return what to call each school; where several have one name, the number as well."""
    named = Counter(school.name for school in schools)
    return [
        f"School {one.id}"
        if one.name is None
        else one.name
        if named[one.name] == 1
        else f"{one.name} ({one.id})"
        for one in schools
    ]


def _known(school: SchoolSeen) -> str:
    return wording.school_words(school.context.model_copy(update={"name": None}))


def _sign(school: SchoolSeen) -> str:
    phases = school.context.phases
    if len(phases) > 1:
        return "several"
    return _SIGN_OF[phases[0]] if phases else "unknown"


def _theme(theme: str | None) -> str:
    return wording.facet_value("theme", theme) if theme else "another kind"


def _verdict_of(concern: ConcernKept) -> str:
    if concern.matches:
        return VERDICT_WORDS[concern.verdict]
    if concern.worries:
        return "There is nothing to show: no case was left to compare."
    return "There is nothing to go by: no worry was found in the text."


def _objection_of(case_of: Mapping[str, CaseStudy], match: MatchKept) -> Objection | None:
    """Return the objection that a match is mirrored by; None where it is another statement."""
    case = case_of.get(match.case_id)
    if case is None or match.mirror_field != "objections" or match.mirror_item is None:
        return None
    found = case.objections[match.mirror_item : match.mirror_item + 1]
    return found[0] if found and found[0].text == match.mirror else None


def _case_link(case_of: Mapping[str, CaseStudy], shown: set[str], case_id: str) -> Markup:
    """Return a case's title, with the way to its row where it has one on the page."""
    title = case_of[case_id].title if case_id in case_of else case_id
    if case_id not in shown:
        return Markup("{}").format(title)
    return Markup('<a href="#case-{}">{}</a>').format(case_id, title)
