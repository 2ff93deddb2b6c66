"""Write the published JSON Schemas and the description of the API: ``python -m service.schema_files``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel

from engine.queries import Query
from service.description import describe_api
from service.schemas import AnswerOut

FOLDER = Path(__file__).parent / "data"
SCHEMAS: dict[str, type[BaseModel]] = {"answer-v1.schema.json": AnswerOut, "query-v1.schema.json": Query}
OPENAPI = "openapi-v1.json"
FILES = (*SCHEMAS, OPENAPI)


def schema_of(name: str) -> dict[str, Any]:
    """Return a published schema as it follows from its model."""
    model = SCHEMAS[name]
    mode: Literal["validation", "serialization"] = "validation" if model is Query else "serialization"
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **model.model_json_schema(mode=mode)}


def text_of(name: str) -> str:
    """Return the content of a published file."""
    content = describe_api() if name == OPENAPI else schema_of(name)
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name in FILES:
        (FOLDER / name).write_text(text_of(name), encoding="utf-8")
