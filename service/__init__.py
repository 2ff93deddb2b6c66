"""Command line, HTTP API and pages: they parse, call the engine and present; no logic of matching is here."""
