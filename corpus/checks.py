"""The rules a case study must keep beyond its shape, one function a rule.

Each rule takes a record and yields findings; `check_cases` runs them all, adds the rules about several
records, and gives every finding its place. An error keeps a record out: it breaks the contract, or it would
publish somebody's e-mail address or telephone number. A warning asks an editor for a look; the shipped
cases have none (`warts check --strict`).
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from corpus.issues import Issue, Place, Severity
from corpus.neighbours import near_duplicates
from corpus.parsing import FieldPath, RawRecord
from corpus.reading import field_name
from corpus.records import CaseStudy
from corpus.vocabulary import shipped_vocabulary

LONGEST_QUOTE = 15  # words; more than that is somebody else's sentence, not a phrase
LONGEST_STATEMENT = 70  # words; the longest of the first 203 records has 49


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found, before its place in a file is known."""

    path: FieldPath
    code: str
    message: str
    severity: Severity = "error"


Rule = Callable[[CaseStudy], Iterator[Finding]]


def statements(case: CaseStudy) -> Iterator[tuple[FieldPath, str]]:
    """Yield every piece of prose in a record with its path; titles of sources are not ours, so not here."""
    yield ("title",), case.title
    yield ("summary",), case.summary
    for field in ("aims", "worked", "failed", "not_again"):
        for number, text in enumerate(getattr(case, field)):
            yield (field, number), text
    for number, objection in enumerate(case.objections):
        yield ("objections", number, "text"), objection.text
        if objection.response:
            yield ("objections", number, "response"), objection.response
    for number, step in enumerate(case.process):
        yield ("process", number, "what"), step.what
        if step.when:
            yield ("process", number, "when"), step.when
    for number, evidence in enumerate(case.evidence):
        yield ("evidence", number, "claim"), evidence.claim
        if evidence.figure:
            yield ("evidence", number, "figure"), evidence.figure
    for number, factor in enumerate(case.factors):
        if factor.note:
            yield ("factors", number, "note"), factor.note
    if case.pilot and case.pilot.note:
        yield ("pilot", "note"), case.pilot.note


def check_source_addresses(case: CaseStudy) -> Iterator[Finding]:
    """Every source has a web address that a reader can open, without what trackers hang on it."""
    for number, source in enumerate(case.provenance.sources):
        path: FieldPath = ("provenance", "sources", number, "url")
        try:
            parts = urlsplit(source.url)
        except ValueError:
            parts = urlsplit("")
        if parts.scheme not in ("http", "https") or "." not in parts.netloc or re.search(r"\s", source.url):
            yield Finding(path, "bad-address", f"{source.url!r} is not a web address; begin with https://")
            continue
        trackers = [key for key, _ in parse_qsl(parts.query) if re.match(r"utm_|fbclid|gclid|__twitter", key)]
        if trackers:
            yield Finding(path, "tracking", f"take {', '.join(trackers)} off the address", "warning")


def check_source_titles(case: CaseStudy) -> Iterator[Finding]:
    """A source's title is the published title, without remarks of the record's writer."""
    remark = re.compile(
        r"^\s*\[|\[[^\[\]]*\b(title\b|address\b|translat|no )[^\[\]]*\]"
        r"|\((?:[^()]*\b(?:title not|from the address|no title|translated|excerpt|snippet)\b[^)]*"
        r"|arabic|japanese|swedish|danish|spanish|turkish|summary|reprint|fuller version[^)]*"
        r"|page from[^)]*)\)",
        re.IGNORECASE,
    )
    for number, source in enumerate(case.provenance.sources):
        if remark.search(source.title):
            message = f"{source.title!r} holds a remark; give the plain title"
            yield Finding(("provenance", "sources", number, "title"), "title-remark", message, "warning")


def check_source_positions(case: CaseStudy) -> Iterator[Finding]:
    """Evidence and factors point at sources that the record has."""
    known = len(case.provenance.sources)
    for field in ("evidence", "factors"):
        for number, item in enumerate(getattr(case, field)):
            if item.source is not None and item.source >= known:
                message = f"points at source {item.source}, but the record has sources 0 to {known - 1}"
                yield Finding((field, number, "source"), "no-such-source", message)


_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]+\.[\w.-]*\w")
_PHONE = re.compile(
    r"(?<![\w.,£$€])(?:\+\d{1,3}[ -]?(?:\(0\))?|\(?0)\d{2,4}\)?[ -]?\d{3,4}[ -]?\d{3,4}(?![\w.,]*\d)"
)
_PUPIL = re.compile(
    r"\b(?:pupil|student|boy|girl|son|daughter|[Yy]ear \d{1,2} pupil|\d{1,2}-year-old)s?,? "
    r"(?P<name>[A-Z][a-z]+(?: [A-Z][a-z]+)+)"
    r"|\b(?P<aged>[A-Z][a-z]+ [A-Z][a-z]+), (?:aged )?(?:[4-9]|1[0-8])\b(?!\d|[:.]\d| [A-Z])"
)


def check_personal_data(case: CaseStudy) -> Iterator[Finding]:
    """No e-mail address, telephone number or name of a pupil stands in the prose."""
    for path, text in statements(case):
        for pattern, what in ((_EMAIL, "an e-mail address"), (_PHONE, "a telephone number")):
            if found := pattern.search(text):
                yield Finding(path, "personal-data", f"{found[0]!r} looks like {what}; take it out")
        if found := _PUPIL.search(text):
            name = found["name"] or found["aged"]
            message = f"{name!r} may be the name of a pupil; describe the person by role instead"
            yield Finding(path, "personal-data", message, "warning")


def check_copied_text(case: CaseStudy) -> Iterator[Finding]:
    """Statements are ours: no long quotation, and no statement so long that it reads like a pasted one."""
    for path, text in statements(case):
        for quote in re.findall(r"“([^“”]+)”|\"([^\"]+)\"", text):
            words = len("".join(quote).split())
            if words > LONGEST_QUOTE:
                message = f"quotes {words} words; say it in our own words (at most {LONGEST_QUOTE} quoted)"
                yield Finding(path, "copied-text", message, "warning")
        limit = LONGEST_STATEMENT * (2 if path == ("summary",) else 1)
        if (words := len(text.split())) > limit:
            yield Finding(path, "copied-text", f"runs to {words} words; keep it to {limit}", "warning")


def check_remarks(case: CaseStudy) -> Iterator[Finding]:
    """The prose tells of the school, not of how the record was made."""
    remark = re.compile(
        r"\b(?:the (?:excerpt|snippet)|not stated in the source|title not shown)\b", re.IGNORECASE
    )
    for path, text in statements(case):
        if found := remark.search(text):
            message = f"{found[0]!r} speaks of the record's making; leave it out"
            yield Finding(path, "remark", message, "warning")


def check_tags(case: CaseStudy) -> Iterator[Finding]:
    """Tags are kebab-case, so that one thing has one name."""
    for field in ("technology", "voices"):
        for number, tag in enumerate(getattr(case, field)):
            if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", tag):
                message = f"{tag!r} is not a tag: lower-case letters, digits and single hyphens"
                yield Finding((field, number), "bad-tag", message, "warning")


def check_themes(case: CaseStudy) -> Iterator[Finding]:
    """Themes of objections are those of the vocabulary."""
    known = shipped_vocabulary().themes
    for number, objection in enumerate(case.objections):
        for position, theme in enumerate(objection.themes):
            if theme not in known:
                near = difflib.get_close_matches(theme, known, n=1)
                advice = f"did you mean {near[0]!r}?" if near else "see corpus/data/vocabulary.yaml"
                path: FieldPath = ("objections", number, "themes", position)
                yield Finding(
                    path, "unknown-theme", f"{theme!r} is no theme of the vocabulary; {advice}", "warning"
                )


RULES: tuple[Rule, ...] = (
    check_source_addresses,
    check_source_titles,
    check_source_positions,
    check_personal_data,
    check_copied_text,
    check_remarks,
    check_tags,
    check_themes,
)


def check_case(case: CaseStudy, raw: RawRecord) -> list[Issue]:
    """Run every rule over one record."""
    return [located(finding, case, raw) for rule in RULES for finding in rule(case)]


def located(finding: Finding, case: CaseStudy, raw: RawRecord) -> Issue:
    """Give a finding its place in the file that the record came from."""
    return Issue(
        finding.code,
        finding.message,
        Place(raw.place.file, raw.line_of(finding.path)),
        case.id,
        field_name(finding.path),
        finding.severity,
    )


def check_cases(cases: Sequence[CaseStudy], raw: Sequence[RawRecord]) -> list[Issue]:
    """Run every rule over every record, and the rules about several records at once."""
    issues = [issue for case, record in zip(cases, raw, strict=True) for issue in check_case(case, record)]
    place_of = {case.id: record.place for case, record in zip(cases, raw, strict=True)}
    for pair in near_duplicates(cases):
        message = f"much like {pair.other} ({pair.reason}); keep one, or make plain how the two differ"
        issues.append(Issue("near-duplicate", message, place_of[pair.case_id], pair.case_id, None, "warning"))
    return issues
