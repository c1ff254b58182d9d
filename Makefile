PYTHON ?= .venv/bin/python

.PHONY: golden test lint types gate mutation faults check bench wheel

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
	$(PYTHON) -m tests.mutation_html --each 10

faults:
	$(PYTHON) -m tests.faults

golden:
	$(PYTHON) -m tests.golden --write

check: test lint types gate mutation faults

bench:
	$(PYTHON) -m benchmarks.bench

wheel:
	$(PYTHON) -m pip wheel --no-deps --wheel-dir dist .
