"""New cases as an Atom feed.

When a case was added is nowhere on record, and the day on which an index was built says nothing about a case.
So a case is dated by when its record was last checked against its sources; where the record does not tell, by
the first day of the year of its newest source, which is as exactly as it is known. A case without either is
not in the feed.

Source: RFC 4287
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable
from datetime import date, datetime
from xml.etree import ElementTree as ET

from corpus.records import CaseStudy

ATOM = "application/atom+xml"
MOST_ENTRIES = 50
_NAMESPACE = "http://www.w3.org/2005/Atom"
# A case keeps its identifier whatever the address of the server that tells of it.
_CASES = uuid.UUID("dad02092-f86d-4aff-be2d-399a43e8356d")
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def date_of(case: CaseStudy) -> date | None:
    """Return the date that a case has in the feed; None where nothing tells one."""
    if case.provenance.checked is not None:
        return case.provenance.checked
    years = [source.year for source in case.provenance.sources if source.year is not None]
    return date(max(years), 1, 1) if years else None


def atom_feed(cases: Iterable[CaseStudy], built_at: datetime, address: str) -> bytes:
    """Write the newest cases as a feed, newest first.

    Args:
        cases: All there are.
        built_at: When the index was built: the date of a feed without entries.
        address: The absolute address of the service, ending in a slash.
    """
    dated = [(found, case) for case in cases if (found := date_of(case)) is not None]
    newest = sorted(dated, key=lambda one: (-one[0].toordinal(), one[1].id))[:MOST_ENTRIES]
    feed = ET.Element("feed")
    _add(feed, "id", f"{address}feed.atom")
    _add(feed, "title", "Warts & All: new cases")
    _add(feed, "subtitle", "What schools tried, what went wrong, what they would not do again")
    _add(feed, "updated", _midnight(newest[0][0]) if newest else f"{built_at:%Y-%m-%dT%H:%M:%SZ}")
    _add(_add(feed, "author"), "name", "Warts & All")
    _add(feed, "link", rel="self", type=ATOM, href=f"{address}feed.atom")
    _add(feed, "link", rel="alternate", type="text/html", href=address)
    for updated, case in newest:
        entry = _add(feed, "entry")
        _add(entry, "id", uuid.uuid5(_CASES, case.id).urn)
        _add(entry, "title", case.title)
        _add(entry, "updated", _midnight(updated))
        _add(entry, "link", rel="alternate", type="text/html", href=f"{address}cases/{case.id}")
        _add(entry, "summary", case.summary)
        for technology in case.technology:
            _add(entry, "category", term=technology)
    feed.set("xmlns", _NAMESPACE)
    return bytes(ET.tostring(feed, encoding="utf-8", xml_declaration=True))


def _add(parent: ET.Element, name: str, text: str | None = None, **attributes: str) -> ET.Element:
    child = ET.SubElement(parent, name, {key: _clean(value) for key, value in attributes.items()})
    child.text = None if text is None else _clean(text)
    return child


def _clean(text: str) -> str:
    """Return a text without the characters that XML cannot hold in any form."""
    return _NOT_IN_XML.sub("", text)


def _midnight(day: date) -> str:
    return f"{day.isoformat()}T00:00:00Z"
