"""Golden files: what every example gives, one line a record, so that a change shows in review.

    python -m tests.golden --write

They are written by this command alone and compared by ``test_examples.py``.
"""

from __future__ import annotations

import json
from pathlib import Path

import gknlp

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
GOLDEN = Path(__file__).parent
LEFT_OUT = ("text", "gknlp", "source", "id")  # the input itself, and what changes with every release


def example_files() -> list[Path]:
    """Return the example reports."""
    return sorted(path for path in EXAMPLES.iterdir() if path.is_file() and path.stem != "README")


def golden_file(example: Path) -> Path:
    """Return where the golden file of an example stands."""
    return GOLDEN / f"{example.stem}.json"


def snapshot(example: Path) -> str:
    """Return what an example gives, as JSON with one line a record."""
    report = json.loads(gknlp.extract_bytes(example.read_bytes(), name=example.name).to_json())
    fields = [f'"{key}": {_lines(key, value)}' for key, value in report.items() if key not in LEFT_OUT]
    return "{\n" + ",\n".join(fields) + "\n}\n"


def _lines(key: str, value: object) -> str:
    if key == "tables" and isinstance(value, list):
        return "[\n" + ",\n".join(_table(table) for table in value) + "\n]"
    if isinstance(value, list) and value:
        return "[\n" + ",\n".join(_compact(entry) for entry in value) + "\n]"
    return _compact(value)


def _table(table: dict[str, object]) -> str:
    head = _compact({key: value for key, value in table.items() if key != "cells"})
    cells = table["cells"]
    assert isinstance(cells, list)
    return head[:-1] + ', "cells": [\n' + ",\n".join(_compact(cell) for cell in cells) + "\n]}"


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def write() -> None:
    """Write all golden files and drop those of examples that are gone."""
    wanted = {golden_file(example): snapshot(example) for example in example_files()}
    for stale in set(GOLDEN.glob("*.json")) - set(wanted):
        stale.unlink()
    for path, text in wanted.items():
        path.write_text(text, encoding="utf-8")
        print(path.relative_to(ROOT))
