"""What answers tell a browser to refuse, and which sites' scripts may call the API."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from index.case_index import CaseIndex
from service.app import create_app
from service.headers import SecurityHeaders
from service.settings import Settings

SITE, OTHER = "https://intranet.example.org", "https://evil.example"


@pytest.fixture
def client_of(index_dir):
    """Make a client of an application with some settings; its model is not loaded."""

    def make(**settings):
        return TestClient(create_app(CaseIndex.open(index_dir), Settings(**settings)))

    return make


@pytest.mark.parametrize("address", ["/", "/v1/cases", "/nothing", "/static/style.css", "/healthz"])
def test_every_answer_refuses_frames_devices_and_what_it_did_not_bring(client_of, address):
    headers = client_of(embed_ancestors=(SITE,)).get(address).headers
    assert headers["x-frame-options"] == "DENY"
    assert headers["content-security-policy"].endswith("; frame-ancestors 'none'")
    assert "default-src 'none'" in headers["content-security-policy"]
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"


@pytest.mark.parametrize(
    ("ancestors", "policy", "options"),
    [
        ((), "'none'", "DENY"),
        (("self",), "'self'", "SAMEORIGIN"),
        ((SITE,), SITE, None),
        (("self", "https://*.example.org"), "'self' https://*.example.org", None),
        (("*",), "*", None),
    ],
)
def test_who_may_frame_a_card_is_set_and_the_older_header_is_in_step(ancestors, policy, options):
    """X-Frame-Options cannot name sites: browsers that know both would follow frame-ancestors anyway."""
    headers = SecurityHeaders(Settings(embed_ancestors=ancestors))
    card = headers.of("/embed/case/x")
    assert card["Content-Security-Policy"].endswith(f"; frame-ancestors {policy}")
    assert card.get("X-Frame-Options") == options
    for other in ("/", "/embed", "/embedded/x", "/v1/embed/x", "//embed/x"):
        assert headers.of(other)["X-Frame-Options"] == "DENY"


def test_the_card_that_is_there_may_be_shown_by_the_site_that_is_set(client_of):
    card = client_of(embed_ancestors=(SITE,)).get("/embed/ask")
    assert card.status_code == 200
    assert card.headers["content-security-policy"].endswith(f"; frame-ancestors {SITE}")
    assert "x-frame-options" not in card.headers


def test_no_site_may_call_the_api_unless_it_is_set(client_of):
    answer = client_of().get("/v1/cases", headers={"Origin": SITE})
    assert not [name for name in answer.headers if name.startswith("access-control-")]


def test_a_site_that_is_set_may_call_the_api_and_no_other_and_no_page(client_of):
    client = client_of(cors_origins=(SITE,))
    told = client.get("/v1/cases", headers={"Origin": SITE})
    assert told.headers["access-control-allow-origin"] == SITE
    assert "x-request-id" in told.headers["access-control-expose-headers"].lower()
    assert "access-control-allow-credentials" not in told.headers
    assert told.headers["x-frame-options"] == "DENY"
    for address, origin in (("/v1/cases", OTHER), ("/", SITE)):
        answer = client.get(address, headers={"Origin": origin})
        assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize(("origin", "status"), [(SITE, 200), (OTHER, 400)])
def test_a_browser_that_asks_before_it_posts_is_told(client_of, origin, status):
    asked = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type, authorization",
    }
    answer = client_of(cors_origins=(SITE,)).options("/v1/match", headers=asked)
    assert answer.status_code == status
    assert ("access-control-allow-origin" in answer.headers) is (status == 200)
