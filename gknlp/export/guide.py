"""The pages of the documentation that are made from what gknlp knows: the JSON contract and the codebook.

    python -m gknlp.export.guide docs

writes ``contract.md`` and ``codebook.md`` into the folder.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec

from gknlp import model
from gknlp.export.codebook import codebook_rows

_RECORDS = (
    model.Report, model.Source, model.Producer, model.Issuer, model.Section, model.Table, model.Cell, model.Repair,
    model.Fact, model.Period, model.Issue, model.Label, model.Check, model.Diagnostic, model.ErrorRecord,
)  # fmt: skip
_ROLE = re.compile(r":\w+:(?=`)")  # of Sphinx, in docstrings
_MADE = "This page is made by `python -m gknlp.export.guide docs`; edit the source, not this page."


def contract() -> str:
    """Return the page that describes every record of the JSON contract, in Markdown."""
    return "\n".join(_contract()) + "\n"


def _contract() -> Iterator[str]:
    yield "# The JSON contract"
    yield ""
    yield f"{_MADE} The JSON Schema is printed by `gknlp schema`; both come from the types in `gknlp/model.py`."
    yield ""
    yield f"One object a report, schema `{model.SCHEMA}`. Every `start` and `end` is a half-open pair of code-point"
    yield "offsets into `text`, and `text[start:end]` is what the record claims. `null` means unknown, never a guess."
    for record in _RECORDS:
        yield ""
        yield f"## {record.__name__}"
        yield ""
        yield from _ROLE.sub("", inspect.cleandoc(record.__doc__ or "")).splitlines()
        yield ""
        yield "| field | type |"
        yield "|---|---|"
        for field in msgspec.structs.fields(record):
            yield f"| `{field.encode_name}` | {_type(record.__annotations__[field.name])} |"


def _type(annotation: str) -> str:
    """Return an annotation as it stands in the source, with the words of its vocabulary spelled out."""
    known = {name: value for name, value in vars(model).items() if hasattr(value, "__args__") and name != "Number"}
    words = " ".join(str(annotation).replace("|", "\\|").split())
    vocabulary = known.get(str(annotation).partition(" ")[0])
    if vocabulary is None:
        return f"`{words}`"
    return f"`{words}`: " + ", ".join(f"`{word}`" for word in vocabulary.__args__)


def codebook() -> str:
    """Return the page that says what every column of the exported tables holds, in Markdown."""
    return "\n".join(_codebook()) + "\n"


def _codebook() -> Iterator[str]:
    yield "# Codebook"
    yield ""
    yield f"{_MADE} `gknlp export OUT --to csv -t codebook -o DIR` writes the same as a table."
    for table, column, code, kind, zh, en, json in codebook_rows():
        if column is None:
            yield from (
                "",
                f"## {table}",
                "",
                f"{zh} {en}",
                "",
                "| column | type | Chinese | English | from |",
                "|---|---|---|---|---|",
            )
        elif code is None:
            yield f"| `{column}` | {kind or ''} | {_cell(zh)} | {_cell(en)} | {f'`{_cell(json)}`' if json else ''} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def write(folder: Path) -> None:
    """Write both pages into ``folder``."""
    (folder / "contract.md").write_text(contract(), encoding="utf-8")
    (folder / "codebook.md").write_text(codebook(), encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
