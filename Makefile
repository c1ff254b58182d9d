PYTHON ?= .venv/bin/python

.PHONY: golden test lint types gate mutation check bench wheel

test:
	$(PYTHON) -m pytest

lint:
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .

types:
	$(PYTHON) -m mypy

gate:
	$(PYTHON) -m tests.gate

mutation:
	$(PYTHON) -m tests.mutation

golden:
	$(PYTHON) -m tests.golden --write

check: test lint types gate mutation

bench:
	$(PYTHON) -m benchmarks.bench

wheel:
	$(PYTHON) -m pip wheel --no-deps --wheel-dir dist .
