"""Whether the process lives, and whether it can answer."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from service.problems import problem_responses
from service.readiness import TheLive, matcher_of

router = APIRouter(tags=["health"])


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """Say that the process answers."""
    return {"status": "ok"}


@router.get("/readyz", responses=problem_responses(503))
async def readyz(live: TheLive) -> dict[str, Any]:
    """Say that questions can be answered, and from which generation of the index."""
    matcher_of(live)  # without it nothing can be answered
    manifest = live.index.manifest
    return {
        "status": "ready",
        "cases": manifest.cases,
        "passages": manifest.passages,
        "corpus_digest": manifest.corpus_digest,
        "generation": live.index.generation.name,
        "model": manifest.encoder.model,
    }
