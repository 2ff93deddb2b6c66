# Thin: the real commands are the tools' own. `make run` and `make test` set up what they need.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
QUESTION ?= mobiles banned here
# A folder in BEIR layout, for benchmarks.retrieval.
BEIR ?=

.PHONY: run serve test check bench clean

run: $(VENV)/.run
	$(BIN)/warts ask "$(QUESTION)"

serve: $(VENV)/.run
	$(BIN)/warts serve

test: $(VENV)/.dev
	$(BIN)/python -m pytest -n auto --dist loadfile

check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/warts check --strict
	$(BIN)/python -m pytest -q tests/test_docs.py tests/test_packaging.py

# All that README and ARCHITECTURE say in figures; about an hour, on a machine that does nothing else.
bench: $(VENV)/.bench
	$(BIN)/python -m benchmarks.quality
	$(BIN)/python -m benchmarks.editions
	$(BIN)/python -m benchmarks.kills
	$(BIN)/python -m benchmarks.large
	$(BIN)/python -m benchmarks.speed
	$(BIN)/python -m benchmarks.soak
	$(BIN)/python -m benchmarks.reports
	if [ -n "$(BEIR)" ]; then $(BIN)/python -m benchmarks.retrieval "$(BEIR)"; fi

clean:
	rm -rf $(VENV)

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	touch $@

$(VENV)/.dev: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[dev]"
	touch $@ $(VENV)/.run

$(VENV)/.bench: $(VENV)/.dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[dev,bench]"
	touch $@
