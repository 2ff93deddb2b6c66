"""The address of a page as what it asks: read, and changed one thing at a time for the links on the page."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

LONGEST_VALUE = 10_000  # characters
MOST_VALUES = 200


@dataclass(frozen=True, slots=True)
class Address:
    """A path and the names and values behind it, in order."""

    path: str
    pairs: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, path: str, sent: QueryParams) -> Address:
        """Return the address of what was sent; empty fields of a form say nothing and are left out."""
        pairs = ((name, value.strip()) for name, value in sent.multi_items())
        kept = [(name, value) for name, value in pairs if value and len(value) <= LONGEST_VALUE]
        return cls(path, tuple(dict.fromkeys(kept))[:MOST_VALUES])

    def __str__(self) -> str:
        return f"{self.path}?{urlencode(self.pairs)}" if self.pairs else self.path

    def plus(self, name: str, value: object) -> Address:
        """Return the address with one more value."""
        return Address(self.path, tuple(dict.fromkeys((*self.pairs, (name, str(value))))))

    def minus(self, name: str, value: str | None = None) -> Address:
        """Return the address without a value, or without all values of a name."""
        return Address(
            self.path, tuple(one for one in self.pairs if one[0] != name or value not in (None, one[1]))
        )

    def instead(self, name: str, value: object) -> Address:
        """Return the address with one value in place of all that the name had."""
        return self.minus(name).plus(name, value)

    def only(self, *names: str) -> Address:
        """Return the address with the values of some names alone."""
        return Address(self.path, tuple(one for one in self.pairs if one[0] in names))

    def without(self, *prefixes: str) -> Address:
        """Return the address without the names that begin in one of these ways."""
        return Address(self.path, tuple(one for one in self.pairs if not one[0].startswith(prefixes)))

    def at(self, path: str) -> Address:
        """Return the address of another page with the same values."""
        return Address(path, self.pairs)

    def values(self, name: str) -> tuple[str, ...]:
        """Return the values of a name."""
        return tuple(value for known, value in self.pairs if known == name)
