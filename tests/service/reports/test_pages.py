from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser
from itertools import pairwise
from urllib.parse import unquote

import pytest

from index.case_index import CaseIndex
from service.reports import pages
from service.reports.addresses import safe_name
from service.reports.folder import FolderTakenError
from service.reports.pages import write_pages
from tests.report_lines import concern, match, point, school, write_lines

HOSTILE = '<script>alert("x")</script>&\'"'
BROADBAND = concern("rural broadband too slow", ("connectivity",), "partial")


class Read(HTMLParser):
    """What a page says: its tables by caption, pictures' words, links, ids and tags."""

    def __init__(self, file):
        super().__init__()
        self.tables, self.links, self.ids, self.tags, self.pictures = {}, [], [], Counter(), {}
        self._rows, self._cell, self._caption, self._picture = None, None, None, None
        self.feed(file.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        told = dict(attributes)
        self.tags[tag] += 1
        self.ids += [told["id"]] if "id" in told else []
        self.links += [told[name] for name in ("href", "src") if name in told]
        assert not any(name.startswith("on") or name == "style" for name in told)
        if tag == "table":
            self._rows = []
        elif tag == "tr" and self._rows is not None:
            self._rows.append([])
        elif tag in ("th", "td", "caption", "text", "title"):
            self._cell = ""
        elif tag == "svg" and told.get("role") == "img":
            self._picture = self.pictures.setdefault(told["aria-labelledby"].split("-title")[0], [])

    def handle_data(self, data):
        if self._cell is not None:
            self._cell += data

    def handle_endtag(self, tag):
        if tag in ("th", "td") and self._rows:
            self._rows[-1].append(" ".join(self._cell.split()))
        elif tag == "caption":
            self._caption = self._cell
        elif tag == "text" and self._picture is not None:
            self._picture.append(self._cell)
        elif tag == "table":
            self.tables[self._caption] = self._rows
            self._rows = None


@pytest.fixture
def write(tmp_path, index_dir, encoder):
    def write(schools, out="html"):
        lines = write_lines(tmp_path / "lines.jsonl", schools)
        first = write_pages(lines, CaseIndex.open(index_dir), encoder, tmp_path / out)
        assert first == tmp_path / out / "index.html"
        return tmp_path / out

    return write


@pytest.fixture
def three():
    return [
        school(101, [concern(), BROADBAND], name="Ash", phases=["primary"], setting="rural", country="GB"),
        school(102, [concern()], name="Elm", phases=["secondary"], points=[point()], questions=["Why?"]),
        school(103, [concern("choir has no tuba", (), "none")], phases=["primary"], setting="rural"),
        school(104, name="Elm"),
    ]


def test_tables_say_what_counting_the_lines_says(write, three):
    read = Read(write(three) / "index.html")
    by_theme = Counter(
        theme for one in three for theme in {theme for told in one.concerns for theme in told.themes}
    )
    assert sorted(by_theme.values()) == [1, 2]
    assert read.tables["Schools with a worry of each theme"][1:] == [
        ["distraction from learning", "2"],
        ["connection to the internet", "1"],
    ]
    assert read.tables["schools by phase and theme"][1:] == [
        ["primary (2)", "1", "1"],
        ["secondary (1)", "1", "0"],
        ["not known (1)", "0", "0"],
    ]
    assert read.tables["schools by phase and setting"] == [
        ["Phase", "rural", "not known"],
        ["primary", "2", "0"],
        ["secondary", "0", "1"],
        ["not known", "0", "1"],
    ]
    assert read.tables["worries by phase and answer"][1:] == [
        ["primary", "1", "1", "1"],
        ["secondary", "1", "0", "0"],
        ["not known", "0", "0", "0"],
    ]
    assert read.tables["Worries that no case meets"][1:] == [["choir has no tuba", "1"]]


def test_pictures_say_what_their_tables_say(write, three):
    read = Read(write(three) / "index.html")
    for picture, caption in (
        ("themes-by-phase", "schools by phase and theme"),
        ("themes-by-setting", "schools by setting and theme"),
        ("themes-of-schools", "worries by school and theme"),
        ("coverage", "schools by phase and setting"),
        ("verdicts-by-phase", "worries by phase and answer"),
        ("verdicts-by-setting", "worries by setting and answer"),
        ("themes-bars", "Schools with a worry of each theme"),
        ("shared-bars", "Schools that share each worry"),
        ("none-bars", "Worries that no case meets"),
    ):
        head, *rows = read.tables[caption]
        expected = [cell for row in rows for cell in row]
        if not picture.endswith("-bars"):
            expected = head[1:] + expected
        assert len(read.pictures[picture]) == len(expected)
        for drawn, told in zip(read.pictures[picture], expected, strict=True):
            assert told == drawn or (drawn.endswith("…") and told.startswith(drawn[:-1])), picture


def test_the_page_of_a_school_has_its_worries_matches_sources_points_and_questions(write, three):
    file = write(three) / "schools" / "102.html"
    text = " ".join(re.sub(r"<[^>]+>", " ", file.read_text()).split())
    for said in (
        "Elm (102)",
        "phones distract pupils",
        "Schools elsewhere have faced this",
        "Phones in pouches",
        "Pupils brought a second phone",
        "phase: secondary",
        "setting",
        "Starting in September",
        "Why?",
    ):
        assert said in text
    assert "https://example.org/elm" in Read(file).links


def test_every_link_within_the_folder_leads_somewhere_and_no_id_stands_twice(write, three, monkeypatch):
    monkeypatch.setattr(pages, "A_PAGE", 2)
    folder = write(three)
    files = sorted(folder.rglob("*.html"))
    assert len(files) == 1 + 2 + 4
    read = {file: Read(file) for file in files}
    for file, page in read.items():
        assert len(set(page.ids)) == len(page.ids)
        assert page.tags["script"] == page.tags["iframe"] == page.tags["style"] == 0
        for link in page.links:
            if link.startswith("https://"):
                continue
            path, _, fragment = link.partition("#")
            target = (file.parent / unquote(path)).resolve() if path else file
            assert target.is_file(), link
            assert not fragment or fragment in (read[target].ids if target in read else ()), link


def test_what_an_input_says_is_never_markup(write):
    nasty = concern(HOSTILE, (HOSTILE,), "partial", (match(HOSTILE, mirror=HOSTILE, shared=(HOSTILE,)),))
    unmet = concern(f"{HOSTILE} tuba", (), "none")
    schools = [
        school(
            f"../../{HOSTILE}", [nasty, unmet], name=HOSTILE, region=HOSTILE, points=[point(HOSTILE, HOSTILE)]
        ),
        school("CON", [nasty], name="{{ 7 * 7 }}", questions=[HOSTILE]),
    ]
    folder = write(schools)
    for file in folder.rglob("*.html"):
        assert file.resolve().is_relative_to(folder.resolve())
        assert "<script" not in file.read_text().lower()
        Read(file)
    assert "{{ 7 * 7 }}" in (folder / "lists" / "page-1.html").read_text()
    assert len(list((folder / "schools").iterdir())) == 2


def test_names_of_files_are_plain_and_tell_every_school_apart():
    told = ["100001", "A", "a", "a ", "../a", "a/b", "a-b", "a b", "con", "", "x" * 300, "é", "É", ".", ".."]
    told += [safe_name(one) for one in told if safe_name(one) != one]
    names = [safe_name(one) for one in told]
    assert len({name.lower() for name in names}) == len(told)
    assert all(re.fullmatch(r"[a-z0-9][a-z0-9-]{0,60}", name) for name in names)
    assert names[0] == "100001"


def test_lists_hold_every_school_once_by_name(write, monkeypatch):
    monkeypatch.setattr(pages, "A_PAGE", 10)
    folder = write([school(n, name=f"School {n * 7 % 25:02}") for n in range(25)])
    read = [Read(folder / "lists" / f"page-{page}.html") for page in (1, 2, 3)]
    names = [row[0] for page in read for rows in page.tables.values() for row in rows[1:]]
    assert names == [f"School {n:02}" for n in range(25)]
    assert all(first < second for first, second in pairwise(names))


def test_of_no_schools_there_are_pages_that_say_so(write):
    assert "0 schools, 0 of which told a worry" in (write([]) / "index.html").read_text()


def test_pages_take_the_place_of_older_ones_and_never_of_something_else(write, three, tmp_path):
    folder = write(three)
    write(three[:1])
    assert sorted(one.name for one in (folder / "schools").iterdir()) == ["101.html"]
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("all my work")
    with pytest.raises(FolderTakenError, match="name another folder"):
        write(three, "mine")
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "all my work"


def test_pages_that_could_not_be_finished_leave_the_older_ones(write, three, monkeypatch, tmp_path):
    folder = write(three)
    monkeypatch.setattr(pages._Pages, "_school", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write(three[:1])
    assert len(list((folder / "schools").iterdir())) == 4
    assert sorted(one.name for one in tmp_path.iterdir()) == ["html", "index", "lines.jsonl"]
