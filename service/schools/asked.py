"""The register of schools as a request meets it."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from service.schools.register import SchoolRegister


async def the_schools(request: Request) -> SchoolRegister:
    """Return the register of the application."""
    register: SchoolRegister = request.app.state.schools
    return register


TheSchools = Annotated[SchoolRegister, Depends(the_schools)]


def register_is_loaded(request: Request) -> bool:
    """Say whether schools can be looked for; it costs a look at a folder."""
    register: SchoolRegister = request.app.state.schools
    return register.is_loaded
