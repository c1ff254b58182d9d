"""What a command loads before it does its work: nothing that the work does not need."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
HEAVY = ("spacy", "sklearn", "scipy", "pandas", "pyarrow", "duckdb", "openpyxl", "distributed", "jieba", "rich")


def loaded(code: str) -> set[str]:
    """Return which heavy packages a fresh interpreter has loaded after ``code``."""
    code += f"\nimport sys\nprint()\nprint(*[m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    return set(done.stdout.splitlines()[-1].split())


TABLES_ONLY = """
from gknlp.readers import read_path
from gknlp.sections import split_sections
from gknlp.tables import read_tables
document = read_path("examples/yunling_county_2021.txt")
assert read_tables(document, split_sections(document).sections).tables
"""
COMMAND = (
    "from gknlp.cli import main\ntry:\n    main({arguments!r})\nexcept SystemExit as end:\n    assert not end.code"
)


@pytest.mark.parametrize(
    ("code", "allowed"),
    [
        (COMMAND.format(arguments=["--help"]), set()),
        (COMMAND.format(arguments=["extract", "--help"]), set()),
        (COMMAND.format(arguments=["export", "--help"]), set()),
        (COMMAND.format(arguments=["query", "--help"]), set()),
        (TABLES_ONLY, set()),
        (COMMAND.format(arguments=["extract", "-q", "examples/yunling_county_2021.txt"]), set()),
        ("import gknlp.corpus.worker", set()),
        ("import gknlp.export.convert, gknlp.export.query, gknlp.corpus.distributed", set()),
    ],
    ids=["help", "extract help", "export help", "query help", "tables only", "extract", "worker", "modules"],
)
def test_nothing_heavy_is_loaded(code: str, allowed: set[str]) -> None:
    assert loaded(code) <= allowed
