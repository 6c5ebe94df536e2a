# One way in: every target makes its own virtual environment the first time.
#
#   make demo    open drydock on an embedded sample: no engine, no network
#   make test    the whole suite (tests that need a Docker engine skip when there is none)
#   make check   what a change must pass: format, lint, types, import rules, file sizes, fast tests
#   make bench   the benchmarks, with the peers they are compared with
#   make docs    the generated pages under docs/
#   make golden  what the fixes make of the samples, for review

SHELL := /bin/sh
VENV ?= .venv
# The first that runs and is new enough: a name on the PATH may be a shim of nothing.
PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$name; break; }; done)
WORKERS ?= 2
BIN := $(VENV)/bin
STAMP := $(VENV)/.drydock-installed
BENCH_STAMP := $(VENV)/.drydock-bench-installed

.DEFAULT_GOAL := help
.PHONY: help demo test lab check format docs golden bench clean

help:
	@sed -n 's/^#   //p' Makefile

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "drydock needs Python 3.11 or newer, and none is on the PATH. Install it, or say which: make PYTHON=/path/to/python3.12" >&2; exit 2; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "$(PYTHON) cannot make virtual environments. On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 2; }
	$(PYTHON) -m venv $(VENV)

$(STAMP): pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@

$(BENCH_STAMP): $(STAMP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev,bench]'
	@touch $@

demo: $(STAMP)
	@$(BIN)/drydock demo

test: $(STAMP)
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup $(ARGS)

lab: $(STAMP)
	$(BIN)/python -m pytest tests/lab

check: $(STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tests.file_sizes
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup --ignore=tests/lab

format: $(STAMP)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: $(STAMP)
	$(BIN)/python -m tools.generate_docs

golden: $(STAMP)
	DRYDOCK_UPDATE_GOLDEN=1 $(BIN)/python -m pytest tests/core/test_golden.py -k golden_text

bench: $(BENCH_STAMP)
	$(BIN)/python -m benchmarks

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
