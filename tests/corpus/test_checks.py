from __future__ import annotations

import time

import pytest

from corpus.checks import RULES, check_case, check_cases, statements
from corpus.issues import Place
from corpus.parsing import RawRecord
from corpus.reading import read_cases, to_yaml


@pytest.fixture
def check(make_case):
    """Check one case made to measure; return its findings as (field, code, severity)."""

    def findings(**changes):
        issues = check_case(make_case(**changes), RawRecord({}, Place("a.yaml", 1)))
        return [(issue.field, issue.code, issue.severity) for issue in issues]

    return findings


def source(**changes):
    sound = {"title": "Pouches at Elm School", "url": "https://example.org/elm"}
    return {"provenance": {"independence": "independent", "sources": [{**sound, **changes}]}}


def institution(**changes):
    return {"institution": {"kind": "school", "country": "GB", "phases": ["primary"], **changes}}


def words(count):
    return " ".join(f"word{number}" for number in range(count))


def test_a_sound_record_has_no_findings(check):
    assert check() == []


# --- country -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["GB", "US", "IE", "NO", "AU"])
def test_a_country_that_iso_knows_passes(check, code):
    assert check(**institution(country=code)) == []


# --- addresses ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org",
        "http://example.org/a/b?id=3#part",
        "HTTPS://EXAMPLE.ORG/",
        "https://example.org:8080/a",
        "https://xn--bcher-kva.example/ü",
        "https://example.org/a_(b)?q=utm",
        "https://example.org/?q=gclidstone",
    ],
)
def test_a_web_address_passes(check, url):
    assert [finding for finding in check(**source(url=url)) if finding[1] == "bad-address"] == []


@pytest.mark.parametrize(
    "url",
    [
        "example.org",
        "www.example.org/elm",
        "ftp://example.org/elm",
        "javascript:alert(1)//example.org",
        "data:text/html,example.org",
        "file:///etc/hosts.txt",
        "//example.org/elm",
        "https://",
        "https://localhost/elm",
        "https://exa mple.org/",
        "https://example.org/a b",
        "https://exam\nple.org/",
        "https://[::1",
        "https://http://example.org",
        "see the printed report",
    ],
)
def test_what_a_browser_cannot_open_is_no_address(check, url):
    assert check(**source(url=url)) == [("provenance.sources[0].url", "bad-address", "error")]


@pytest.mark.parametrize("query", ["utm_source=x", "a=1&fbclid=2", "gclid=2&b=1", "utm_medium=a&utm_id=b"])
def test_trackers_are_asked_off_an_address(check, query):
    found = check(**source(url=f"https://example.org/elm?{query}"))
    assert found == [("provenance.sources[0].url", "tracking", "warning")]


# --- titles of sources -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "title",
    [
        "[Phones in schools]",
        "Phones [title from the address]",
        "Phones [translated]",
        "Phones (no title)",
        "Phones (title not shown on the page)",
        "Phones (excerpt)",
        "Mobiltelefoner i skolen (Danish)",
    ],
)
def test_a_remark_in_a_source_title_is_asked_about(check, title):
    assert check(**source(title=title)) == [("provenance.sources[0].title", "title-remark", "warning")]


@pytest.mark.parametrize(
    "title",
    [
        "Phones in schools (2020)",
        "Phones: what we know [video]",
        "The title fight over phones",
        "Translated into Welsh: a policy",
        "Is there no phone-free school?",
    ],
)
def test_a_plain_source_title_passes(check, title):
    assert check(**source(title=title)) == []


@pytest.mark.parametrize("title", ["Lessons on line [piano lessons]", "Subtitles for all [with subtitles]"])
def test_the_end_of_a_longer_word_is_no_remark(check, title):
    """ "piano " ends in "no ", and "subtitles" holds "title"; both were taken for a writer's remark."""
    assert check(**source(title=title)) == []


# --- positions of sources ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("position", "sound"), [(0, True), (None, True), (1, False), (99, False)])
def test_evidence_and_factors_point_at_a_source_that_there_is(check, position, sound):
    found = check(
        evidence=[{"claim": "Schools"}, {"claim": "Pupils", "source": position}],
        factors=[{"factor": "timing", "effect": "helped", "source": position}],
    )
    expected = [
        ("evidence[1].source", "no-such-source", "error"),
        ("factors[0].source", "no-such-source", "error"),
    ]
    assert found == ([] if sound else expected)


# --- personal data -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "Write to head@elm.sch.uk for more",
        "Mail j.o'neil+phones@elm-school.example today",
        "The office is at 020 7946 0958",
        "Ring 01632 960123",
        "Ring (01632) 960 123",
        "Ring +44 20 7946 0958",
        "Ring +44 (0)20 7946 0958.",
        "Ring 020-7946-0958",
    ],
)
def test_an_address_or_a_telephone_number_in_the_prose_is_an_error(check, text):
    assert check(failed=[text]) == [("failed[0]", "personal-data", "error")]


@pytest.mark.parametrize(
    "text",
    [
        "It cost £0.5 million, then £1,250,000 in 2013-2015",
        "It grew from 0 to 14,500 pupils in 2013 and 650000 in 2014",
        "They paid £02079460958",
        "Lessons ran 09:00 to 15:30 on 01/09/2013",
        "Some 10 000 000 people and 120 schools",
        "Staff wrote @elm on the wall, at 3 @ £5",
        "The ratio rose from 0.1234 567 8901",
    ],
)
def test_figures_and_dates_are_no_personal_data(check, text):
    assert check(failed=[text]) == []


@pytest.mark.parametrize(
    "text",
    [
        "A pupil, Jane Smith, lost her phone",
        "Year 9 pupil Jane Smith lost her phone",
        "Her son John Patrick Smith was excluded",
        "Jane Smith, aged 14, lost her phone",
        "Jane Smith, 9, lost her phone",
    ],
)
def test_what_may_be_the_name_of_a_pupil_is_asked_about(check, text):
    assert check(failed=[text]) == [("failed[0]", "personal-data", "warning")]


@pytest.mark.parametrize(
    "text",
    [
        "A pupil lost her phone",
        "Head teacher Jane Smith, 54, left",
        "Jane Smith, 14 March 2013",
        "Elm School, 2013, and Oak School, 14:30",
        "Pupils in Elm School, 140 of them",
    ],
)
def test_grown_ups_dates_and_figures_are_no_pupils(check, text):
    assert check(failed=[text]) == []


PROSE = [
    ("title", {"title": "{}"}),
    ("summary", {"summary": "{}"}),
    ("aims[0]", {"aims": ["{}"]}),
    ("worked[1]", {"worked": ["Fine", "{}"]}),
    ("failed[0]", {"failed": ["{}"]}),
    ("not_again[0]", {"not_again": ["{}"]}),
    ("objections[0].text", {"objections": [{"text": "{}"}]}),
    ("objections[1].response", {"objections": [{"text": "x"}, {"text": "y", "response": "{}"}]}),
    ("process[0].what", {"process": [{"what": "{}"}]}),
    ("evidence[0].claim", {"evidence": [{"claim": "{}"}]}),
    ("factors[0].note", {"factors": [{"factor": "timing", "effect": "helped", "note": "{}"}]}),
    ("pilot.note", {"pilot": {"note": "{}"}}),
    ("process[0].when", {"process": [{"what": "x", "when": "{}"}]}),
    ("evidence[0].figure", {"evidence": [{"claim": "x", "figure": "{}"}]}),
]


def filled(part, text):
    if isinstance(part, str):
        return part.replace("{}", text)
    if isinstance(part, list):
        return [filled(item, text) for item in part]
    return {key: filled(value, text) for key, value in part.items()}


@pytest.mark.parametrize(("field", "change"), PROSE, ids=[field for field, _ in PROSE])
def test_no_piece_of_prose_escapes_the_rules(check, make_case, field, change):
    """`when` and `figure` hold free words too, but no rule looked at them."""
    assert check(**filled(change, "ask head@elm.sch.uk")) == [(field, "personal-data", "error")]


# --- copied text -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("quoted", "found"), [(15, False), (16, True)])
@pytest.mark.parametrize("marks", ["“{}”", '"{}"'])
def test_a_quotation_has_at_most_fifteen_words(check, marks, quoted, found):
    text = f"They said {marks.format(words(quoted))} to us"
    assert check(failed=[text]) == ([("failed[0]", "copied-text", "warning")] if found else [])


def test_short_quotations_are_not_added_up(check):
    assert check(failed=[f"“{words(10)}” and then “{words(10)}”"]) == []


@pytest.mark.parametrize(("field", "limit"), [("failed[0]", 70), ("summary", 140)])
def test_a_statement_that_reads_like_a_pasted_one_is_asked_about(check, field, limit):
    def change(count):
        return {"summary": words(count)} if field == "summary" else {"failed": [words(count)]}

    assert check(**change(limit)) == []
    assert check(**change(limit + 1)) == [(field, "copied-text", "warning")]


# --- remarks and tags --------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["The excerpt ends here", "Cost: not stated in the source"])
def test_a_remark_on_how_the_record_was_made_is_asked_about(check, text):
    assert check(worked=[text]) == [("worked[0]", "remark", "warning")]


@pytest.mark.parametrize("text", ["Excerptible, said the critic", "The excerpts from films were liked"])
def test_a_remark_is_known_by_whole_words(check, text):
    assert check(worked=[text]) == []


@pytest.mark.parametrize(
    ("tag", "sound"),
    [
        ("tablets", True),
        ("1-to-1", True),
        ("Tablets", False),
        ("phone pouches", False),
        ("a--b", False),
        ("ipad\u0131", False),
    ],
)
@pytest.mark.parametrize("field", ["technology", "voices"])
def test_a_tag_is_written_in_one_way(check, field, tag, sound):
    expected = [] if sound else [(f"{field}[1]", "bad-tag", "warning")]
    assert check(**{field: ["phones", tag]}) == expected


# --- all rules together ------------------------------------------------------------------------------------


def test_a_finding_names_the_line_of_its_field(tmp_path, make_case):
    file = tmp_path / "elm.yaml"
    text = to_yaml(make_case(**source(url="ftp://example.org/elm")))
    file.write_text(f"# a comment\n{text}", encoding="utf-8")
    (line,) = [n for n, line in enumerate(file.read_text().splitlines(), 1) if "ftp://" in line]
    reading = read_cases([file])
    (issue,) = check_cases(reading.cases, reading.raw)
    assert (issue.place, issue.record_id) == (Place(str(file), line), "elm-school-phones-2020")


def test_a_copy_is_asked_about_at_the_place_of_the_later_one(make_case):
    cases = [make_case(), make_case(id="copy", title="Another title")]
    raw = [RawRecord({}, Place("a.yaml", 1)), RawRecord({}, Place("b.yaml", 9))]
    (issue,) = check_cases(cases, raw)
    assert (issue.code, issue.severity) == ("near-duplicate", "warning")
    assert (issue.record_id, issue.place) == ("copy", raw[1].place)
    assert "elm-school-phones-2020" in issue.message


def test_cases_and_places_that_do_not_belong_together_are_refused(make_case):
    with pytest.raises(ValueError, match="shorter"):
        check_cases([make_case()], [])


def test_no_cases_have_no_issues():
    assert check_cases([], []) == []


def test_statements_leave_out_what_others_wrote(make_case):
    case = make_case(**source(title="A title of theirs"))
    assert "A title of theirs" not in [text for _, text in statements(case)]


@pytest.mark.parametrize(
    "sign", ["a", "0", "(", "[", "“", '"', "A", "@", "a@", "a.", "Aa ", "pupil ", "\u0301"]
)
def test_no_text_makes_the_rules_slow(make_case, sign):
    """Some patterns took time in the square of a text's length: 20,000 brackets took eleven seconds."""
    text = (sign * 12_000)[:12_000].strip()
    case = make_case(failed=[text], **source(title=text, url=f"https://example.org/{text}"))
    start = time.process_time()
    for rule in RULES:
        list(rule(case))
    assert time.process_time() - start < 0.5
