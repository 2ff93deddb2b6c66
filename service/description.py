"""The description of the API in OpenAPI; `service/data/openapi-v1.json` is its published copy."""

from __future__ import annotations

from functools import lru_cache
from importlib.metadata import version
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.responses import JSONResponse

from service import api
from service.access import describe_keys
from service.caching import FromIndex
from service.schemas import Problem

router = APIRouter(route_class=FromIndex, include_in_schema=False)


@lru_cache(maxsize=1)
def describe_api() -> dict[str, Any]:
    """Return the OpenAPI description of all that `service.api` answers."""
    described = FastAPI(
        title="Warts & All",
        version=version("warts-and-all"),
        description="Schools that felt the same objection: what they did, what went wrong, what they regret.",
    )
    for one in api.ROUTERS:
        described.include_router(one)
    description = described.openapi()
    schemas = description["components"]["schemas"]
    for name in ("HTTPValidationError", "ValidationError"):  # FastAPI's own form of errors
        schemas.pop(name, None)
    schemas["Problem"] = Problem.model_json_schema()
    describe_keys(description)
    return description


@router.get("/v1/openapi.json")
async def openapi() -> JSONResponse:
    """Return the description."""
    return JSONResponse(describe_api())
