"""What the cases cover, as plain text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from engine.coverage import SMALL, THIN, Coverage, Share
from service import wording

_MOST = 16  # values of one dimension but topics, which are all told


def coverage_as_text(coverage: Coverage) -> str:
    """Lay out what cases cover; what is thin is marked."""
    return "\n".join(_lines(coverage))


def _lines(coverage: Coverage) -> Iterator[str]:
    yield f"Marked * is what has fewer than {THIN} cases."
    yield _share("say what went wrong", coverage.with_failures)
    yield _share("say what they would not do again", coverage.with_regrets)
    yield _share("neither grew nor kept going, where how it ended is known", coverage.not_kept)
    yield _share("do not tell how many pupils", coverage.without_size)
    yield _share("are about one school or college", coverage.single)
    yield _share("are in the United Kingdom or Ireland", coverage.at_home)
    yield _share(
        f"primaries that tell setting or size are rural, remote or of at most {SMALL} pupils",
        coverage.small_primaries,
    )
    yield _share("were read again against their sources", coverage.checked)
    yield _share("say what in the implementation helped or hindered", coverage.with_factors)
    yield _share("say who chose it", coverage.with_chooser)
    yield _share("say whether there was a pilot", coverage.with_pilot)
    for dimension, spread in coverage.spreads.items():
        told = [
            f"{wording.facet_value(dimension, value)} {count}{'*' if value in spread.thin else ''}"
            for value, count in list(spread.values.items())[: None if dimension == "topic" else _MOST]
        ]
        if left_out := len(spread.values) - len(told):
            told.append(f"{left_out} more")
        if spread.unknown:
            told.append(f"not known {spread.unknown}")
        yield f"{wording.DIMENSION_WORDS[dimension]}: {', '.join(told)}"
    yield f"phase and setting: {len(coverage.thin_pairs)} pairs are thin; --json tells which"


def _share(words: str, share: Share) -> str:
    percent = "" if share.percent is None else f" ({share.percent:.0f}%)"
    return f"{share.cases} of {share.of}{percent} {words}"
