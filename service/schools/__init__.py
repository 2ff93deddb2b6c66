"""The register of schools that an operator has loaded: one SQLite file, searched by name and number."""
