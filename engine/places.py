"""Names of countries, counties, states, provinces and cities that tell a country, where they are certain.

The names come from ISO 3166-1, from ISO 3166-2 (both by pycountry) for the countries most of our readers are
in, and from a short list of cities. A name that is also a word, a person or a place elsewhere counts only
where it is used as a place ("in", "from", "near", "County", or before "primary"); one that is too common in
two of the countries is left out. Of "Dublin, Ohio" the second name decides.
"""

# ruff: noqa: E501 -- lists of names are easier to compare in long lines
from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import zip_longest
from typing import Any

import pycountry

_COUNTRIES = ("GB", "IE", "US", "CA", "AU", "NZ", "ZA", "IN")
# Parts of the standard's names that nobody says, and names that mean something else to most readers.
_NOT_SAID = re.compile(r" \[.*\]|, (?:City of|County|The|U\.S\.)|(?: City| Islands)$")
_LEFT_OUT = frozenset(
    (
        "Georgia Reading Bury Clare Nelson Tasman Highland Halton Angus Victoria Perth Hamilton Punjab"
        " Newcastle Richmond Wellington Christchurch Lincoln Windsor Cambridge Sutton Medway Goa"
        " Jordan Chad Turkey Jersey Guinea Mali Cuba Niger"
    ).split()
) | {"West Coast", "United States Minor Outlying Islands"}
_ONLY_AS_PLACE = frozenset(
    (
        "Kerry Mayo Cork Kent York Bath Derby Louth Down Durham Bedford Stirling Washington Maine Virginia Carolina"
        " Jersey Kansas Boston Dallas Austin Madison Jackson Phoenix Buffalo Lancaster Worcester Portland Bristol"
        " Birmingham Manchester Plymouth Regina Preston Darwin Sydney Adelaide Brooklyn Houston Camden Lincoln Derry"
        " Newport Hastings Portsmouth Dublin Limerick Dover Norfolk Essex Suffolk Sussex Somerset Devon Kent Chelsea"
        " Florence Savannah Charlotte Cleveland Orlando Victoria Chester Barrow Crewe Wells Rugby Deal Ware"
        " Warwick Stafford Montana Dakota Israel Salford Bolton Hereford Lima Paris Geelong Bradford Logan Nelson"
    ).split()
)
_CITIES = {
    "GB": (
        "London Edinburgh Glasgow Aberdeen Dundee Inverness Swansea Newport Leeds Sheffield Bradford Nottingham Leicester"
        " Hull Exeter Norwich Ipswich Southampton Brighton Oxford Carlisle Preston Blackburn Burnley Grimsby Hastings"
        " Sunderland Middlesbrough Gloucester Swindon Luton Northampton Derry Lisburn Newry Cardiff Belfast Coventry"
        " Cumbria Berkshire Sussex Yorkshire Northamptonshire Cheshire Bedfordshire Lanarkshire Ayrshire Anglesey"
        " Hebrides Orkney Shetland Merseyside Tyneside Teesside Pembrokeshire Fens Cotswolds Highlands Midlands"
        " Blackpool Bolton Salford Oldham Rochdale Wigan Stockport Huddersfield Wakefield Doncaster Rotherham Barnsley"
        " Gateshead Darlington Hartlepool Wolverhampton Walsall Dudley Telford Shrewsbury Hereford Herefordshire"
        " Peterborough Colchester Chelmsford Basildon Southend Croydon Lewisham Hackney Newham Lambeth Southwark"
        " Bournemouth Poole Torquay Truro Taunton Cheltenham Crewe Chester Bangor Wrexham Llanelli Rhondda Powys"
        " Gwynedd Ceredigion Paisley Falkirk Kilmarnock Ayr Skye Caithness Sutherland Aberdeenshire Fermanagh Tyrone"
        " Armagh Antrim Londonderry Snowdonia Lowestoft Scunthorpe Mansfield Worksop Kettering Corby Rutland"
        " Perthshire Stirlingshire Argyll Lothian Greenock Kirkcaldy Humberside Avon Cleethorpes Skegness Margate Ramsgate Folkestone Cornwall Northumberland Britain UK U.K."
        " England Wales Scotland Scilly Liverpool Plymouth Bristol Manchester Birmingham Down"
    ),
    "IE": "Galway Waterford Kilkenny Drogheda Dundalk Tralee Ennis Athlone Letterkenny Connemara Tallaght Sligo Donegal"
    " Wexford Carlow Tipperary Roscommon Leitrim Kildare Meath Wicklow Offaly Laois Monaghan Cavan Longford"
    " Westmeath Ballymun Finglas Clondalkin Swords Navan Mullingar Killarney Castlebar Munster Connacht Leinster",
    "US": (
        "Chicago Houston Philadelphia Phoenix Dallas Detroit Denver Seattle Atlanta Miami Baltimore Milwaukee Minneapolis"
        " Cleveland Sacramento Pittsburgh Cincinnati Brooklyn Bronx Alabama Appalachia Carolina Jersey Boston Austin"
        " Fresno Oakland Tucson Albuquerque Omaha Tulsa Memphis Nashville Louisville Columbus Indianapolis Newark"
        " Charlotte Orlando Tampa Jacksonville Harlem Manhattan Queens Buffalo Toledo Wichita Anchorage Honolulu"
        " Chattanooga Knoxville Tacoma Spokane Boise Duluth Ozarks Midwest USA U.S. U.S.A. America"
    ),
    "CA": "Toronto Montreal Montréal Vancouver Calgary Edmonton Winnipeg Ottawa Halifax Newfoundland Saskatoon Regina"
    " Labrador Quebec Mississauga Brampton Nunavut Yukon Moncton Fredericton Kelowna Charlottetown",
    "AU": "Sydney Melbourne Brisbane Adelaide Canberra Hobart Darwin Cairns Geelong Ballarat Bendigo NSW Townsville"
    " Toowoomba Fremantle Wollongong Parramatta Launceston Dubbo Kalgoorlie Pilbara Gippsland Mildura"
    " Shepparton Queensland Tasmania Riverina Penrith Bunbury Mackay Rockhampton Aussie",
    "NZ": "Auckland Dunedin Rotorua Tauranga Whangarei Whangārei Invercargill Aotearoa NZ Porirua Northland Taranaki"
    " Otago Southland Waikato Gisborne Napier Manurewa Ōtara Otara Whanganui Kaitaia Timaru Taupō Taupo",
    "ZA": "Johannesburg Durban Pretoria Soweto Gauteng Limpopo Khayelitsha Bloemfontein Polokwane KwaZulu-Natal"
    " Mpumalanga Gqeberha Stellenbosch Tshwane",
    "IN": "Mumbai Delhi Bangalore Bengaluru Chennai Kolkata Hyderabad Pune Jaipur Lucknow Kerala Gujarat Rajasthan"
    " Maharashtra Karnataka Bihar Ahmedabad Kochi",
    "KE": "Nairobi Mombasa Kisumu",
    "NG": "Lagos Abuja Ibadan",
    "AE": "Dubai UAE",
    "SG": "Singapore",
    "HK": "Kowloon",
    "FR": "Paris Lyon Marseille",
    "DE": "Berlin Munich",
    "NL": "Amsterdam Rotterdam",
    "PK": "Lahore Karachi Islamabad",
    "GH": "Accra Kumasi",
}
_SPECIAL = {
    "GB": (
        "Stoke-on-Trent|Milton Keynes|West Midlands|East Midlands|East Anglia|Isle of Wight|Tower Hamlets|Northern Ireland"
        "|Isle of Skye|Newcastle upon Tyne|South Wales|North Wales|Great Yarmouth|Great Britain|United Kingdom|Kings Lynn"
        "|King's Lynn|St Helens|Bury St Edmunds|Peak District|Lake District|Western Isles|West Country|South Yorkshire"
        "|West Yorkshire|North Yorkshire|County Durham|Home Counties|Merthyr Tydfil|Forest of Dean|Isle of Mull"
    ),
    "IE": "Republic of Ireland",
    "US": (
        "New York City|New York|Los Angeles|San Francisco|San Diego|San Antonio|San Jose|North Carolina|South Carolina"
        "|New Orleans|New Jersey|New Mexico|New England|New Hampshire|Rhode Island|West Virginia|Salt Lake City|Las Vegas"
        "|St. Louis|St Louis|Long Island|Kansas City|Fort Worth|El Paso|Bay Area|Washington DC|Washington, D.C.|United States"
        "|South Side of Chicago|Orange County|Navajo Nation|Upstate New York|North Dakota|South Dakota|Staten Island"
    ),
    "CA": "British Columbia|Nova Scotia|New Brunswick|Prince Edward Island|Northwest Territories|Vancouver Island|Thunder Bay",
    "AU": "Alice Springs|Gold Coast|Northern Territory|New South Wales|Western Australia|South Australia|Sunshine Coast"
    "|Western Sydney|Central Queensland|Wagga Wagga|Broken Hill|Torres Strait|Arnhem Land|Regional Victoria|Port Augusta",
    "NZ": "New Zealand|South Auckland|Great Barrier Island|South Island|North Island|Palmerston North|Bay of Plenty"
    "|Hawke's Bay|New Plymouth|Lower Hutt|Upper Hutt|East Coast of the North Island|Stewart Island|Chatham Islands",
    "ZA": "South Africa|Cape Town|Eastern Cape|Western Cape|Northern Cape|Port Elizabeth|Cape Flats|Free State",
    "IN": "Uttar Pradesh|Tamil Nadu|West Bengal|Madhya Pradesh|Andhra Pradesh|New Delhi|Navi Mumbai",
    "AE": "Abu Dhabi",
    "HK": "Hong Kong",
}
_TYPES = r"(?:primary|secondary|comprehensive|comp|academy|school|high|elementary|infants?|junior|middle|state|college|girls|boys|grammar|nursery|district|prep|independent|special|trust|sixth|city|inner|suburb)"
_ADJECTIVES = (
    ("GB", "Scottish|Welsh|English|British|Northern Irish|UK"),
    ("IE", "Irish"),
    ("US", "American|US"),
    ("CA", "Canadian|Ontarian"),
    ("AU", "Australian|Aussie|Tasmanian"),
    ("NZ", "Kiwi|NZ"),
    ("ZA", "South African"),
    ("IN", "Indian"),
    ("KE", "Kenyan"),
    ("NG", "Nigerian"),
)
_ADJECTIVE = {name: country for country, names in _ADJECTIVES for name in names.split("|")}
_NATIONALITY = re.compile(
    rf"(?<!\w)(?<!Northern )(?:{'|'.join(sorted(_ADJECTIVE, key=len, reverse=True))})"
    rf"(?= (?:(?:state|rural|urban|island|small|independent|private|public|village|city|town|Catholic|further education|FE) )*"
    rf"(?:{_TYPES}|town|city|village)\b(?!s| curriculum| phones| law))(?! public school)"
)
_ABBREVIATED = re.compile(
    # "Dublin, OH." but not "no support from the trust, LA advisers have gone", nor "tablets, AR and VR"
    r"(?<=[a-z], )(?!PE|OK|ID|LA|AR|MS|PA|MD|SA|IT|HR)[A-Z]{2,3}(?=[.,;:)?!–—]|$| (?:[–—-] |"
    + _TYPES
    + r"))|(?<!\w)(?:US|U\.S\.)(?=[,;)]|\.(?:$| [A-Z])|$)|(?<=in the )U\.?S\.?(?!\w)"
)
_WORD = re.compile(r"[^\W\d_][\w.'’-]*[\w]|U\.S\.(?:A\.)?|U\.K\.")
_BEFORE = re.compile(
    r"(?:[a-z],|\b(?:in|from|near|of|outside|outer|inner|around|across|central|north|south|east|west|northern|southern|eastern|western"
    r"|rural|urban|downtown|upstate|regional|coastal|remote|County|Co\.?|serving|deepest)|^|[(]) ?$",
    re.IGNORECASE,
)
_AFTER_PLACE = re.compile(
    rf" (?:\w+ )?{_TYPES}\b(?! of\b)|(?:[.:]|,(?! (?:our|my|the|who|whose|an?|one)\b))(?= |$)|$"
)
_AFTER_STRICT = re.compile(rf" (?:\w+ )?{_TYPES}\b(?! of\b)")
# A country that acts, or one whose things are spoken of, is not where the writer is.
_NOT_WHERE = re.compile(
    r"['’]s\b(?! (?:inner|outer|north|south|east|west|city|suburb|outskirt|northern|southern|western|eastern))|-(?:style|based|made)| (?:gave|banned|bans|ha[sd]|went|did|does|tried|spent|bought|put|made|says|said|wants|is (?:\w+ing|full|going)|curriculum|company|firm|vendor|study|trial|research|law)\b"
)
# "Our high school in Ohio gave": it is not Ohio that gave.
_OURS_IN = re.compile(r"\b(?:our|my)\b[^.,;:!?]{1,50} (?:in|near|outside) $", re.IGNORECASE)
_POSSESSIVE = re.compile(r"['’]s$|[.'’]+$")
_LONGEST = 5  # words in a name


@lru_cache(maxsize=1)
def _country_of() -> dict[str, str]:
    country_of: dict[str, str] = {}
    twice: set[str] = set()
    for country, name in _names():
        if country_of.setdefault(name, country) != country:
            twice.add(name)
    twice -= {"Limerick", "Donegal", "London", "New York", "Northland"}
    return {name: country for name, country in country_of.items() if name not in twice | _LEFT_OUT}


@lru_cache(maxsize=1)
def _codes() -> dict[str, str]:
    """Return the country of "TX" and "NSW" as written after a comma, unless two countries have the code."""
    codes: dict[str, str] = {
        "UK": "GB",
        "USA": "US",
        "US": "US",
        "NZ": "NZ",
        "QLD": "AU",
        "VIC": "AU",
        "DC": "US",
    }
    twice = set()
    for country in ("US", "CA", "AU"):
        for part in _subdivisions(country):
            code = part.code.partition("-")[2]
            if codes.setdefault(code, country) != country:
                twice.add(code)
    return {code: country for code, country in codes.items() if code not in twice}


def _names() -> Iterator[tuple[str, str]]:
    for country in dict.fromkeys((*_CITIES, *_SPECIAL)):
        for name in (*_CITIES.get(country, "").split(), *_SPECIAL.get(country, "").split("|")):
            if name:
                yield country, name
    for nation in pycountry.countries:
        if "," not in nation.name:
            yield nation.alpha_2, nation.name
    for country in _COUNTRIES:
        for subdivision in _subdivisions(country):
            yield country, _NOT_SAID.sub("", _NOT_SAID.sub("", subdivision.name))


def _subdivisions(country: str) -> list[Any]:
    found: list[Any] = pycountry.subdivisions.get(country_code=country)  # type: ignore[no-untyped-call]
    return found


def countries_named(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield a country code and the span of each name in a text that tells where the writer is.

    Names are known by their capitals. A name followed by a comma and another one is passed over for it.
    """
    names = {*_places(text), *_matched(text, _NATIONALITY, _ADJECTIVE)}
    found = sorted(names.union(_matched(text, _ABBREVIATED, _codes())), key=lambda place: place[1])
    for this, following in zip_longest(found, found[1:]):
        if following is None or text[this[2] : following[1]].strip() != ",":
            yield this


def _places(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield the names of places among the capitalised words, of each the longest."""
    words = [word.span() for word in _WORD.finditer(text)]
    done = 0
    for at, (start, _) in enumerate(words):
        if start < done or not text[start].isupper():
            continue
        for _, end in reversed(words[at : at + _LONGEST]):
            name = _POSSESSIVE.sub("", text[start:end])
            if country := _country_of().get(name):
                done = start + len(name)
                if _is_where(text, name, start, done):
                    yield country, start, done
                break


def _is_where(text: str, name: str, start: int, end: int) -> bool:
    """Say whether a name is used as the place where somebody is."""
    acts = _NOT_WHERE.match(text, end) and not _OURS_IN.search(text, max(0, start - 60), start)
    if acts or text[start - 1 : start] == "-":
        return False
    if name not in _ONLY_AS_PLACE:
        return True
    if _AFTER_STRICT.match(text, end):
        return True
    before = _BEFORE.search(text, max(0, start - 12), start)
    # A name that opens the text is a place only if it stands alone: "Preston. We are", not "Preston hid".
    return before is not None and (
        before[0].strip()[-1:] not in ("", "(", ",") or bool(_AFTER_PLACE.match(text, end))
    )


def _matched(
    text: str, pattern: re.Pattern[str], country_of: dict[str, str]
) -> Iterator[tuple[str, int, int]]:
    for found in pattern.finditer(text):
        if country := country_of.get(found[0].replace(".", "")):
            yield country, *found.span()
