"""The JSON of what the cases cover: that of /v1/coverage and of `warts check --coverage --json`."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from engine.coverage import SMALL, THIN, Coverage, Dimension, Share, Spread
from service.schemas import CountOut, Out


class SpreadOut(Out):
    """How the cases spread over the values of a dimension."""

    values: list[CountOut] = Field(
        description="The commonest first, decades in order. A case can have several values."
    )
    unknown: int = Field(description="Cases of which no source tells it.")
    thin: list[str] = Field(description="Values of fewer cases than `thin_below`.")

    @classmethod
    def of(cls, spread: Spread) -> SpreadOut:
        """Present a spread."""
        values = [CountOut(value=value, cases=cases) for value, cases in spread.values.items()]
        return cls(values=values, unknown=spread.unknown, thin=list(spread.thin))


class ShareOut(Out):
    """A part of the cases of which something is known."""

    cases: int
    of: int = Field(description="Of how many.")
    percent: float | None = Field(description="To one decimal place; null of nothing.")

    @classmethod
    def present(cls, share: Share) -> ShareOut:
        """Present a share."""
        percent = None if share.percent is None else round(share.percent, 1)
        return cls(cases=share.cases, of=share.of, percent=percent)


class PairOut(Out):
    """How many cases are of a phase in a setting."""

    phase: str
    setting: str = Field(description="`unknown` where no source tells it.")
    cases: int


class CoverageOut(Out):
    """What the cases cover, and where they are thin."""

    version: Literal[1] = 1
    cases: int
    sources: int = Field(description="Published sources that they cite.")
    thin_below: int = Field(description="What has fewer cases than this counts as thin.")
    spreads: dict[Dimension, SpreadOut]
    phase_by_setting: list[PairOut]
    not_kept: ShareOut = Field(
        description="Neither grew nor kept going, of the cases whose outcome is known."
    )
    with_regrets: ShareOut = Field(description="Say what they would not do again, of all cases.")
    with_failures: ShareOut = Field(description="Say what went wrong, of all cases.")
    without_size: ShareOut = Field(description="Do not tell how many pupils, of all cases.")
    single: ShareOut = Field(description="Are about one school or college, of all cases.")
    at_home: ShareOut = Field(description="Are in the United Kingdom or Ireland, of all cases.")
    small_primaries: ShareOut = Field(
        description=f"Are rural, remote or of at most {SMALL} pupils, of primaries that tell one of these."
    )
    checked: ShareOut = Field(description="Were read again against their sources, of all cases.")
    with_factors: ShareOut = Field(description="Say what in the implementation helped or hindered.")
    with_chooser: ShareOut = Field(description="Say who chose it.")
    with_pilot: ShareOut = Field(description="Say whether there was a pilot.")

    @classmethod
    def of(cls, coverage: Coverage) -> CoverageOut:
        """Present a coverage."""
        return cls(
            cases=coverage.cases,
            sources=coverage.sources,
            thin_below=THIN,
            spreads={dimension: SpreadOut.of(spread) for dimension, spread in coverage.spreads.items()},
            phase_by_setting=[
                PairOut(phase=phase, setting=setting, cases=cases)
                for phase, by_setting in coverage.phase_by_setting.items()
                for setting, cases in by_setting.items()
            ],
            not_kept=ShareOut.present(coverage.not_kept),
            with_regrets=ShareOut.present(coverage.with_regrets),
            with_failures=ShareOut.present(coverage.with_failures),
            without_size=ShareOut.present(coverage.without_size),
            single=ShareOut.present(coverage.single),
            at_home=ShareOut.present(coverage.at_home),
            small_primaries=ShareOut.present(coverage.small_primaries),
            checked=ShareOut.present(coverage.checked),
            with_factors=ShareOut.present(coverage.with_factors),
            with_chooser=ShareOut.present(coverage.with_chooser),
            with_pilot=ShareOut.present(coverage.with_pilot),
        )
