"""Ten worked examples: the question, how it was read, the first matches and why, and where it still errs.

Run:  python -m benchmarks.examples [--index DIR]        writes docs/examples.md
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from engine.answers import Answer, Match
from engine.matcher import Matcher
from service.opening import open_matcher
from service.settings import load_settings
from service.wording import (
    INTENT_WORDS,
    WORRY_VERDICTS,
    met_words,
    place_of,
    school_words,
    verdict_words,
)

FILE = Path(__file__).parent.parent / "docs" / "examples.md"
SHOWN = 3
HEAD = """# Ten worked examples

Each with the question, how it was read, the first three matches and why they matched, and where it still
errs. `python -m benchmarks.examples` writes this page; the last line of each example is ours, the rest is the
engine's.
"""
ERRS = {
    "mobiles banned here": (
        "A text of three words tells no situation. A ban enforced with pouches, one undone within weeks and "
        "one that only some schools kept match alike; a leader has to say more to part them."
    ),
    "moblies bannd, parents cant reach there kids": (
        "“There” for “their” is a word of its own and stays. The second worry is called only near, "
        "although two of the cases shown met it head-on: so few words share little with any one case."
    ),
    "wifi is fine, it's the training": (
        "“The training” says nothing of what is wrong with it: a national scheme judged too soon, one "
        "without any training and one that put staff off come first for the word alone."
    ),
    "not phones, tablets": (
        "“Tablets” by itself asks for every story about tablets, so the order among them means little. A "
        "case about phones and tablets both would not be moved down."
    ),
    "rural primary, 90 pupils, awful broadband, governors worry about screen time": (
        "All three are small village schools with slow internet, and none says a word of screen time: the "
        "second worry comes only near to stories told elsewhere, and gets no place among the first."
    ),
    "what would you never do again with an iPad for every pupil?": (
        "That there is to be one device for every pupil is half of the question and counts for little: "
        "schools that shared their tablets are as welcome as those that did not."
    ),
    "happy slapping": (
        "Refused, for no case is mainly about filmed assaults. What is shown has no more than a word of it: "
        "a rule on phones, a child feared for because of what it carries, an insult on a class page."
    ),
    "trust of 12 schools in England: hackers got our MIS, and nobody had a plan on paper": (
        "The colon and the comma part one worry, not two, so the missing plan is not answered by itself. "
        "That the trust has twelve schools is not compared with anything."
    ),
    "principal of a 1,400-student high school in Ohio, teachers say AI is coming for their jobs": (
        "AI outweighs the jobs: stories of pupils accused of using it come before those of teachers who "
        "fear to be replaced by it."
    ),
    "our boiler keeps breaking down": (
        "Refused, as it should be, but not by far: outages, waste of money and heating are spoken of in "
        "the cases too."
    ),
}


def main() -> None:
    """Answer the ten questions and write the page."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--index", type=Path)
    matcher = open_matcher(load_settings(), parser.parse_args().index)
    FILE.write_text(page(matcher), encoding="utf-8")
    print(FILE)


def page(matcher: Matcher) -> str:
    """Return the page."""
    parts = [HEAD]
    for number, (question, errs) in enumerate(ERRS.items(), start=1):
        parts += [
            f"\n## {number}. {question}\n",
            *_example(matcher.match(question)),
            f"\n**Where it errs.** {errs}",
        ]
    return "\n".join(parts) + "\n"


def _example(answer: Answer) -> Iterator[str]:
    concern = answer.concern
    read = [f"“{one.written}” as “{one.read_as}”" for one in concern.corrections]
    read += [f"worry: {worry.text} ({WORRY_VERDICTS[worry.verdict]})" for worry in answer.worries]
    read += [f"ruled out: {denied}" for denied in concern.denied]
    read += [f"asked for: {INTENT_WORDS[one.intent]}" for one in concern.sought]
    read += [f"school: {school}" for school in [school_words(concern.context)] if school]
    yield f"**Read.** {'; '.join(read) or 'one worry, as it stands'}.\n"
    yield f"**Verdict.** {verdict_words(answer)}\n"
    for number, match in enumerate(answer.matches[:SHOWN], start=1):
        yield f"{number}. {_match(match)}"


def _match(match: Match) -> str:
    first = match.passages[0].passage
    why = [f"met on {words}" for words in [met_words(match)] if words] or ["met by meaning alone"]
    why += [f"like you: {', '.join(match.context.shared)}"] * bool(match.context.shared)
    why += [f"unlike you: {', '.join(match.context.different)}"] * bool(match.context.different)
    why += [f"unknown: {', '.join(match.context.unknown)}"] * bool(match.context.unknown)
    who = f"{match.case.id}; {place_of(match.case)}"
    return f"**{match.case.title}** ({who}): “{first.text}”. Why: {'; '.join(why)}."


if __name__ == "__main__":
    main()
