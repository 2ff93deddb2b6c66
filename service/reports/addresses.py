"""Names of files for what an input calls its schools: safe on every system, and never the same for two."""

from __future__ import annotations

import hashlib
import re

_SAFE = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
_OTHER = re.compile(r"[^a-z0-9]+")
# What these are called is a device on Windows, whatever the ending.
_TAKEN = re.compile(r"con|prn|aux|nul|(com|lpt)[0-9]")


def safe_name(told: str) -> str:
    """Return a name for a file: the text itself where it is a plain one, else one that tells it apart.

    A name that had to be changed ends in a sum of the whole text, so that "A/1" and "a 1" stay two.
    """
    if _SAFE.fullmatch(told) and not _TAKEN.fullmatch(told) and not _LIKE_CHANGED.search(told):
        return told
    plain = _OTHER.sub("-", told.lower()).strip("-")[:40].rstrip("-")
    digest = hashlib.blake2b(told.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
    return f"{plain or 'school'}-{digest}"


# A plain text that ends as a changed one does could be the name of another; so it is changed as well.
_LIKE_CHANGED = re.compile(r"-[0-9a-f]{16}$")
