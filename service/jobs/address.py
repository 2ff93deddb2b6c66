"""Where reports are asked for."""

from __future__ import annotations

ADDRESS = "/v1/reports"
