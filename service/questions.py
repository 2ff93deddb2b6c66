"""What may be asked: the JSON that comes in to a match."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, StringConstraints

from engine.comparability import Attribute
from engine.concern import Amendments
from engine.context import SchoolContext
from engine.facets import CaseFilter, Facet
from engine.queries import LONGEST_TEXT, MOST_MATCHES
from engine.ranking import Order, Preferences, Unlike

MOST_AMENDED = 20


def _no_text(value: Any) -> Any:
    if isinstance(value, bool | str):
        raise ValueError("write it as a number, without quotes")  # noqa: TRY004 -- what pydantic expects
    return value


Number = BeforeValidator(_no_text)  # 5 and 5.0 are the same number in JSON; "5" and true are none


class AmendmentsIn(BaseModel):
    """What the person says of how the same text was understood before."""

    model_config = ConfigDict(extra="forbid")

    as_written: StrictBool = Field(False, description="Whether no word is to be read as another.")
    worries_after_all: list[str] = Field(
        default_factory=list,
        max_length=MOST_AMENDED,
        description="Texts of `denied` that are not ruled out.",
    )
    not_worries: list[str] = Field(
        default_factory=list, max_length=MOST_AMENDED, description="Texts of `worries` that are none."
    )
    not_ours: list[str] = Field(
        default_factory=list,
        max_length=MOST_AMENDED,
        description="Attributes of `readings` that are not those of the writer's school.",
    )

    @property
    def amendments(self) -> Amendments:
        """The same, as the engine takes it."""
        return Amendments(
            self.as_written,
            frozenset(self.worries_after_all),
            frozenset(self.not_worries),
            frozenset(self.not_ours),
        )


class MatchIn(BaseModel):
    """A concern to be answered."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_TEXT)] = (
        Field(description="The worry, in the leader's own words.", examples=["mobiles banned here"])
    )
    context: SchoolContext | None = Field(
        None,
        description="What is known of the school; it wins over the text. Other keys are passed over.",
        examples=[{"phases": ["secondary"], "country": "GB", "pupils": 900}],
    )
    k: Annotated[int, Number] = Field(5, ge=1, le=MOST_MATCHES, description="The most matches to return.")
    closeness: Annotated[float | None, Number] = Field(
        None,
        ge=0,
        le=1,
        description="How much the school counts, 0 (not at all) to 1; null for the default.",
    )
    unlike: dict[Attribute, Unlike] = Field(
        default_factory=dict,
        description="What becomes of a case that differs on an attribute; what is unknown stays.",
        examples=[{"phases": "exclude", "country": "count-less"}],
    )
    only: dict[Facet, list[str]] = Field(
        default_factory=dict,
        description="Which of the cases that come near are wanted: by facet, any of the values given.",
        examples=[{"outcome": ["abandoned", "scaled-back"]}],
    )
    order: Order = Field(
        "match", description="Best match first, or of the cases that come near the most comparable school."
    )
    facets: StrictBool = Field(False, description="Whether the cases that come near are counted by facet.")
    amend: AmendmentsIn = Field(default_factory=AmendmentsIn)

    @property
    def preferences(self) -> Preferences:
        """Which cases are wanted, and how schools are to be compared."""
        only = CaseFilter({facet: tuple(values) for facet, values in self.only.items()})
        return Preferences(self.closeness, self.unlike, only, self.order)
