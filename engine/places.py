"""Names of countries, counties, states, provinces and cities that tell a country, where they are certain.

The names come from ISO 3166-1, from ISO 3166-2 (both by pycountry) for the countries most of our readers are
in, and from a short list of cities. A name that is also a word, a person or a place elsewhere counts only after "in", "from",
"near" or "County"; one that is too common in two of the countries is left out. Of "Dublin, Ohio" the
second name decides.
"""

# ruff: noqa: E501 -- lists of names are easier to compare in long lines
from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import zip_longest
from typing import Any

import pycountry

_COUNTRIES = ("GB", "IE", "US", "CA", "AU", "NZ")
# Parts of the standard's names that nobody says, and names that mean something else to most readers.
_NOT_SAID = re.compile(r" \[.*\]|, (?:City of|County|The|U\.S\.)|(?: City| Islands)$")
_LEFT_OUT = frozenset(
    (
        "Georgia Reading Bury Clare Nelson Tasman Highland Halton Angus Victoria England Wales Scotland Perth Hamilton"
        " Newcastle Richmond Wellington Christchurch Lincoln Windsor Cambridge Sutton Medway"
        " Jordan Chad Turkey Jersey Guinea Mali Cuba Niger Ireland"
    ).split()
) | {"West Coast", "United States Minor Outlying Islands", "Northern Ireland"}
_ONLY_IN = frozenset(
    (
        "Kerry Mayo Cork Kent York Bath Derby Louth Down Durham Bedford Stirling Washington Maine Virginia Carolina"
        " Jersey Kansas Boston Dallas Austin Madison Jackson Phoenix Buffalo Lancaster Worcester Portland Bristol"
        " Birmingham Manchester Plymouth Regina Preston Darwin Sydney Adelaide Brooklyn Houston Camden Austin Lincoln Derry Newport Hastings Portsmouth Dublin Limerick Dover Norfolk Essex Suffolk Sussex Somerset"
    ).split()
)
_CITIES = {
    "GB": (
        "London Edinburgh Glasgow Aberdeen Dundee Inverness Swansea Newport Leeds Sheffield Bradford Nottingham Leicester"
        " Hull Exeter Norwich Ipswich Southampton Brighton Oxford Carlisle Preston Blackburn Burnley Grimsby Hastings"
        " Sunderland Middlesbrough Gloucester Swindon Luton Northampton Derry Lisburn Newry Cardiff Belfast Coventry"
        " Cumbria Berkshire Sussex Yorkshire Northamptonshire Cheshire Bedfordshire Lanarkshire Ayrshire Anglesey"
        " Hebrides Orkney Shetland Merseyside Tyneside Teesside Pembrokeshire Fens Cotswolds Ofsted Estyn"
    ),
    "IE": "Galway Waterford Kilkenny Drogheda Dundalk Tralee Ennis Athlone Letterkenny Connemara Gaelscoil",
    "US": (
        "Chicago Houston Philadelphia Phoenix Dallas Detroit Denver Seattle Atlanta Miami Baltimore Milwaukee Minneapolis"
        " Cleveland Sacramento Pittsburgh Cincinnati Brooklyn Bronx Alabama Appalachia Carolina Jersey Boston Austin"
    ),
    "CA": "Toronto Montreal Vancouver Calgary Edmonton Winnipeg Ottawa Halifax Newfoundland Saskatoon Regina Labrador",
    "AU": "Sydney Melbourne Brisbane Adelaide Canberra Hobart Darwin Cairns Geelong Ballarat Bendigo NSW NAPLAN",
    "NZ": "Auckland Dunedin Rotorua Tauranga Whangarei Invercargill Aotearoa",
}
_SPECIAL = {
    "GB": (
        "Stoke-on-Trent",
        "Milton Keynes",
        "West Midlands",
        "East Anglia",
        "Isle of Wight",
        "Tower Hamlets",
    ),
    "US": (
        "New York City",
        "Los Angeles",
        "San Francisco",
        "San Diego",
        "San Antonio",
        "North Carolina",
        "New Orleans",
    ),
    "AU": ("Alice Springs", "Gold Coast", "Northern Territory"),
    "NZ": ("South Auckland", "Great Barrier Island", "South Island", "North Island", "Palmerston North"),
}


@lru_cache(maxsize=1)
def _pattern() -> tuple[re.Pattern[str], dict[str, str]]:
    country_of: dict[str, str] = {}
    twice: set[str] = set()
    for country, name in _names():
        if country_of.setdefault(name, country) != country:
            twice.add(name)
    names = sorted(country_of.keys() - twice - _LEFT_OUT, key=len, reverse=True)
    certain = "|".join(re.escape(name) for name in names if name not in _ONLY_IN)
    after_in = "|".join(re.escape(name) for name in names if name in _ONLY_IN)
    return (
        re.compile(
            rf"(?<![\w-])(?<!New )(?:(?:{certain})|(?:(?<=\bin )|(?<=\bfrom )|(?<=\bnear )|(?<=\bof )|(?<=County )|(?<=Co\. ))"
            rf"(?:{after_in}))(?![\w-])"
        ),
        country_of,
    )


def _names() -> Iterator[tuple[str, str]]:
    for nation in pycountry.countries:
        if "," not in nation.name:
            yield nation.alpha_2, nation.name
    for country in _COUNTRIES:
        for subdivision in _subdivisions(country):
            yield country, _NOT_SAID.sub("", _NOT_SAID.sub("", subdivision.name))
        for name in (*_CITIES.get(country, "").split(), *_SPECIAL.get(country, ())):
            yield country, name


def _subdivisions(country: str) -> list[Any]:
    found: list[Any] = pycountry.subdivisions.get(country_code=country)  # type: ignore[no-untyped-call]
    return found


def countries_named(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield a country code and the span of each place name in a text that tells it.

    Names are known by their capitals. A name followed by a comma and another one is passed over for it.
    """
    pattern, country_of = _pattern()
    found = list(pattern.finditer(text))
    for this, following in zip_longest(found, found[1:]):
        if following is None or text[this.end() : following.start()].strip() != ",":
            yield country_of[this[0]], *this.span()
