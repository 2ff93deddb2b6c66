"""The plain words for coded values, the same on the command line and on every page."""

from __future__ import annotations

from datetime import date

from markupsafe import Markup, escape

from corpus.records import CaseStudy, Source
from corpus.topics import shipped_topics
from corpus.vocabulary import shipped_vocabulary
from engine.answers import Answer, Match, MatchedPassage
from engine.comparability import LABELS
from engine.concern import Concern
from engine.context import SchoolContext, country_name

NAVIGATION = (("/", "Ask"), ("/explore", "Explore the cases"), ("/readiness", "Check your plan"))
ABOUT_PAGES = (
    ("/about/matching", "How matching works"),
    ("/about/data", "About the data"),
    ("/about/privacy", "Privacy"),
    ("/about/accessibility", "Accessibility"),
)
OUTCOME_WORDS = {
    "scaled": "outcome: grew beyond its start",
    "sustained": "outcome: kept going",
    "mixed": "outcome: mixed",
    "scaled-back": "outcome: scaled back",
    "abandoned": "outcome: given up",
    "unknown": "outcome: not known",
}
RESULT_WORDS = {
    "resolved": "settled",
    "partly": "settled in part",
    "unresolved": "not settled",
    "unknown": "how it ended is not known",
}
INDEPENDENCE_WORDS = {
    "independent": "independent sources",
    "self-reported": "the school's own account",
    "vendor-supported": "supported by a vendor: read with care",
}
PART_WORDS = {
    "passage": "its nearest statement, by meaning",
    "passages": "its three nearest statements, by meaning",
    "whole": "the whole story, by meaning",
    "words": "the words you share",
    "context": "how comparable the school is",
    "unlike": "what you said counts less where it differs",
    "story": "whether it tells what was done, and what they regret",
    "independence": "who says so",
}
ROLE_WORDS = {
    "gave-up": "gave up or cut back",
    "settled": "kept going and settled an objection",
    "elsewhere": "in another country",
}
INTENT_WORDS = {
    "regrets": "what they would not do again",
    "failures": "what went wrong",
    "successes": "what worked",
    "evidence": "what came of it",
    "responses": "what was done about objections",
}
POINT_WORDS = {
    "not_again": "Not again",
    "failed": "Went wrong",
    "settled": "An objection that was settled, or in part",
    "unsettled": "An objection that was not settled",
}
FACET_WORDS = {
    "phase": "Phase",
    "setting": "Setting",
    "technology": "Technology",
    "theme": "Objection about",
    "outcome": "How it ended",
    "country": "Country",
    "independence": "Who says so",
    "sector": "Sector",
    "kind": "Kind",
}
DIMENSION_WORDS = {
    "topic": "What it is about",
    "phase": "Phase",
    "setting": "Setting",
    "kind": "Who it is about",
    "country": "Country",
    "technology": "Technology",
    "theme": "What people objected to",
    "outcome": "How it ended",
    "independence": "Who says so",
    "decade": "When it began",
}
WORRY_VERDICTS = {
    "strong": "schools here have faced this",
    "partial": "some come near",
    "none": "nobody here has faced this one",
}
CLOSENESS_WORDS = {"0": "Not at all", "0.3": "A little", "1": "As much as possible"}
KIND_WORDS = {
    "school": "school",
    "college": "college",
    "trust": "trust",
    "district": "school district",
    "authority": "authority",
    "nation": "national scheme",
    "programme": "programme",
}
_VERDICTS = {
    "strong": "Schools here have faced this.",
    "partial": "These come near your worry; we cannot be sure that a school here faced exactly this.",
    "none": "Nobody here has faced this. These are only the nearest worries there are.",
}


def verdict_words(answer: Answer) -> str:
    """Say in a sentence whether anybody here has faced the worry."""
    if not answer.matches and answer.concern.worries:
        return "There is nothing to show: every case is left out."
    if not answer.matches:
        return "There is nothing to go by: no worry was found in the text."
    return _VERDICTS[answer.verdict]


_VERDICTS_OF_CHOSEN = {
    "strong": "At least one of them has faced our worry.",
    "partial": "They come near our worry; it is not sure that one of them faced exactly this.",
    "none": "None of them has faced our worry; they are only near it.",
}


def verdict_of_chosen(answer: Answer) -> str:
    """Say in a sentence whether any of some chosen cases has faced the worry."""
    return _VERDICTS_OF_CHOSEN[answer.verdict]


def pack_title(worry: str) -> str:
    """Return the title of a governor pack."""
    return f"What other schools found: {worry}" if worry else "What other schools found"


def day(when: date) -> str:
    """Return a day, such as ``22 November 2026``, whatever the server's language."""
    return f"{when.day} {_MONTHS[when.month - 1]} {when.year}"


_MONTHS = "January February March April May June July August September October November December".split()


def place_of(case: CaseStudy) -> str:
    """Return who and where a case is about, such as ``Rossett School, North Yorkshire, United Kingdom``."""
    institution = case.institution
    name = institution.name or f"a {KIND_WORDS[institution.kind]} that is not named"
    phases = ", ".join(phase.replace("-", " ") for phase in institution.phases)
    size = f", {institution.pupils:,} pupils" if institution.pupils else ""
    setting = f", {institution.setting}" if institution.setting else ""
    where = ", ".join(part for part in (institution.region, country_name(institution.country)) if part)
    return f"{name}, {where} ({phases}{setting}{size})"


def years_of(case: CaseStudy) -> str:
    """Return when it was, such as ``2013 to 2015``; empty where no source says."""
    years = case.years
    if years is None or (years.start is None and years.end is None):
        return ""
    if years.start is None:
        return f"until {years.end}"
    if years.end is None:
        return f"from {years.start}"
    return str(years.start) if years.start == years.end else f"{years.start} to {years.end}"


def school_words(context: SchoolContext) -> str:
    """Return what is known of the leader's school in a phrase; empty where nothing is."""
    parts = [
        context.name,
        context.disadvantage and f"disadvantage {context.disadvantage}",
        context.disadvantage_percent is not None and f"{context.disadvantage_percent:g}% disadvantaged",
        context.setting,
        context.sector,
        " and ".join(phase.replace("-", " ") for phase in context.phases),
        context.kind and KIND_WORDS[context.kind],
        context.pupils and f"{context.pupils:,} pupils",
        context.region,
        context.country and country_name(context.country),
    ]
    return ", ".join(part for part in parts if isinstance(part, str) and part)


_ACRONYMS = {word.lower(): word for word in "AAC AI BYOD CCTV ICT LMS MDM MIS RFID USB VLE ChatGPT".split()}


def facet_value(facet: str, value: str) -> str:
    """Return a value of a facet in plain words; one that is not known stays as it is."""
    if facet == "country":
        return country_name(value)
    if facet == "theme":
        theme = shipped_vocabulary().themes.get(value)
        return theme.label if theme else value
    if facet == "topic":
        topic = shipped_topics().get(value)
        return topic.label if topic else "something else"
    if facet == "technology":
        return " ".join(_ACRONYMS.get(word, word) for word in value.split("-"))
    words = {"outcome": OUTCOME_WORDS, "independence": INDEPENDENCE_WORDS, "kind": KIND_WORDS}.get(facet, {})
    return words.get(value, value.replace("-", " ")).removeprefix("outcome: ")


def read_from_text(concern: Concern) -> list[tuple[str, str]]:
    """Return each attribute that was read from the text, with the words that told it."""
    told: dict[str, list[str]] = {}
    for reading in concern.readings:
        words = concern.text[reading.start : reading.end]
        if words not in told.setdefault(reading.attribute, []):
            told[reading.attribute].append(words)
    return [
        (
            attribute,
            f"{LABELS.get(attribute.removesuffix('_percent'), attribute)} from “{'”, “'.join(words)}”",
        )
        for attribute, words in told.items()
    ]


def source_line(source: Source) -> str:
    """Return a source as a reference: title, publisher and year in brackets, address."""
    about = ", ".join(str(part) for part in (source.publisher, source.year) if part)
    return f"{source.title}{f' ({about})' if about else ''}: {source.url}"


def others(statements: tuple[str, ...], match: Match) -> tuple[str, ...]:
    """Return the statements that are not among the passages shown for a match."""
    shown = {one.passage.text for one in match.passages}
    return tuple(statement for statement in statements if statement not in shown)


def heading(what: str, all_statements: tuple[str, ...], left: tuple[str, ...]) -> str:
    """Return a heading for statements: ``What went wrong``, or ``What else went wrong``."""
    return what if len(left) == len(all_statements) else what.replace("What", "What else", 1)


def signed(value: float) -> str:
    """Return a part of a score with its sign; what rounds to nothing has none."""
    return f"{value:+.2f}" if abs(value) >= 0.005 else "0.00"


def marked(matched: MatchedPassage) -> Markup:
    """Return a passage's text, escaped, with what meets the worry marked."""
    text, parts, position = matched.passage.text, [], 0
    for met in matched.met:
        parts.append(escape(text[position : met.start]))
        parts.append(Markup("<mark>{}</mark>").format(text[met.start : met.end]))
        position = met.end
    return Markup("").join([*parts, escape(text[position:])])


def met_words(match: Match) -> str:
    """Return the words and concepts of a match's passages that met the worry, each once."""
    found: dict[str, str] = {}
    for matched in match.passages:
        for met in matched.met:
            word = matched.passage.text[met.start : met.end]
            found.setdefault(word.lower(), f"{word} ({met.concept})" if met.concept else word)
    return ", ".join(found.values())
