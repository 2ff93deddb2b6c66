"""Forms that another site sends are refused.

No page of ours sets or reads a cookie, and there is nothing to log in to: a request that another site has a
browser send gains nothing from being sent by that browser. What is left is that a site could have its
visitors send feedback for it. Against that, a browser's own word on where a form stood is enough:
``Sec-Fetch-Site``, or ``Origin`` where the connection is not encrypted and the first is not sent. A token in
the form would add nothing: without a session there is nothing to bind it to.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi import Depends, Request
from starlette.exceptions import HTTPException

_REFUSED = "This form was sent from another site, so nothing was kept. Open the page here and send it again."


async def _refuse_other_sites(request: Request) -> None:
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None:
        ours = site in ("same-origin", "none")
    else:  # a program sends neither
        ours = origin is None or urlsplit(origin).netloc.lower() == request.headers.get("host", "").lower()
    if not ours:
        raise HTTPException(403, _REFUSED)


from_here = Depends(_refuse_other_sites)
