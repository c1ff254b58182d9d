"""Filled form -> text of a whole report, one function a layout family.

>>> from random import Random
>>> from tests.support.filled import fill
>>> text = render(fill("F2021", Random(1)), "tabs")
>>> "规章\\t" in text
True
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from itertools import groupby
from random import Random

from tests.support.filled import FilledForm
from tests.support.noise import LINE_NOISE, SHEET_NOISE, Chunk
from tests.support.prose import prose
from tests.support.sheets import DASH, Line, Remedies, Sheet, sheets

Lines = tuple[str, ...]  # the text of one printed row
LayoutFunction = Callable[[Sheet, Random], list[Lines]]


def tabs(sheet: Sheet, random: Random) -> list[Lines]:
    """Separate cells by tabs; a covered cell is an empty one."""
    return [("\t".join((*line.labels, *line.values)),) for line in sheet.lines]


def compact_tabs(sheet: Sheet, random: Random) -> list[Lines]:
    """Separate cells by tabs; a label that spans columns takes one cell only."""
    chunks: list[Lines] = []
    for line in sheet.lines:
        labels = list(line.labels)
        while len(labels) > 1 and not labels[-1] and any(labels):
            labels.pop()
        chunks.append(("\t".join((*labels, *line.values)),))
    return chunks


def piped_cells(sheet: Sheet, random: Random) -> list[Lines]:
    """Put each cell on a line that ends in a pipe; covered cells are a run of pipes at the row's end."""
    return [_piped_row(line) for line in sheet.lines]


def _piped_row(line: Line) -> Lines:
    labels = [label for label in line.labels if label]
    shown = [*labels, *(line.values[: len(line.fields)] if line.row else (value for value in line.values if value))]
    covered = len(line.labels) + len(line.values) - len(shown)
    return tuple(_runs_of_pipes([*shown, *[""] * covered]))


def _runs_of_pipes(cells: list[str]) -> Iterator[str]:
    """Yield a line for each printed cell and one for each run of empty ones."""
    for filled, run in groupby(cells, key=bool):
        cells_of_run = list(run)
        yield from [f"{cell} |" for cell in cells_of_run] if filled else ["|" * len(cells_of_run)]


def bare_cells(sheet: Sheet, random: Random) -> list[Lines]:
    """Put each cell on a line of its own; empty cells leave no trace."""
    return [tuple(cell for cell in (*line.labels, *line.values) if cell) for line in sheet.lines]


def markdown(sheet: Sheet, random: Random) -> list[Lines]:
    """Print a pipe table; the separator stands below the first row."""
    width = max(len(line.labels) + len(line.values) for line in sheet.lines)
    chunks: list[Lines] = []
    for line in sheet.lines:
        cells = [*line.labels, *line.values]
        cells += [""] * (width - len(cells))
        chunks.append(("| " + " | ".join(cells) + " |",))
    return [(*chunks[0], "|" + " --- |" * width), *chunks[1:]]


def pdf_lines(sheet: Sheet, random: Random) -> list[Lines]:
    """Wrap labels as a narrow column does; the numbers stand on the first, a middle or the last line of the label."""
    width = random.randint(7, 18)
    where = random.choice(("first", "middle", "last", "alone"))
    return [_pdf_row(line, width, where) for line in sheet.lines]


def _pdf_row(line: Line, width: int, where: str) -> Lines:
    labels = [label for label in line.labels if label]
    values = " ".join(value for value in line.values if value)
    if not line.row or not labels:
        return (" ".join((*labels, values)).strip(),)
    wrapped = [labels[-1][at : at + width].strip() for at in range(0, len(labels[-1]), width)]
    at = {"first": 0, "last": len(wrapped) - 1}.get(where, len(wrapped) // 2)
    if where == "alone" and len(wrapped) > 1:
        wrapped.insert(at, values)
    else:
        wrapped[at] = f"{wrapped[at]} {values}"
    return (*labels[:-1], *wrapped)


def values_below(sheet: Sheet, random: Random) -> list[Lines]:
    """Print the values of a row on the line below its label."""
    gap = random.choice((" ", "\t", "  "))
    chunks = []
    for line in sheet.lines:
        # "3 / 9" and "- 3 -" on a line of their own are page numbers
        values = gap.join("无" if value == DASH else value for value in line.values if value)
        chunks.append(tuple(cell for cell in (*line.labels, values) if cell))
    return chunks


def spaced_rows(sheet: Sheet, random: Random) -> list[Lines]:
    """Print everything of a row on one line, separated by spaces."""
    return [(" ".join(cell for cell in (*line.labels, *line.values) if cell),) for line in sheet.lines]


LAYOUTS: dict[str, LayoutFunction] = {
    "tabs": tabs,
    "compact_tabs": compact_tabs,
    "piped_cells": piped_cells,
    "bare_cells": bare_cells,
    "markdown": markdown,
    "pdf_lines": pdf_lines,
    "values_below": values_below,
    "spaced_rows": spaced_rows,
}
# Layouts that print an empty cell as nothing at all: a blank among values cannot be located.
NO_BLANKS = frozenset({"bare_cells", "pdf_lines", "values_below", "spaced_rows"})
_ROW_WISE = frozenset({"tabs", "compact_tabs", "markdown", "spaced_rows"})
_ONLY = {
    "dashes": frozenset(LAYOUTS) - {"values_below"},
    "indents": frozenset({"tabs", "compact_tabs"}),
    "vertical": frozenset({"bare_cells", "pdf_lines", "spaced_rows"}),
    "bare_pages": _ROW_WISE,
}
_FORMS = {"short_headers": "F2019", "signed": "F2019"}


def applicable(noise: Collection[str], layout: str, form: str) -> tuple[str, ...]:
    """Return those of ``noise`` that make sense in ``layout`` and ``form``, in the order they are applied."""
    names = [name for name in (*SHEET_NOISE, *LINE_NOISE) if name in noise]
    return tuple(n for n in names if layout in _ONLY.get(n, LAYOUTS) and _FORMS.get(n, form) == form)


def render(
    filled: FilledForm,
    layout: str,
    noise: Collection[str] = (),
    *,
    seed: int = 0,
    remedies: Remedies = "wide",
    order: tuple[int, ...] = (),
) -> str:
    """Return the text of a report with the form's tables in ``layout``."""
    random = Random(seed)
    tables = print_tables(filled, layout, noise, random=random, remedies=remedies, order=order)
    return prose(filled, tables, random)


def print_tables(
    filled: FilledForm,
    layout: str,
    noise: Collection[str] = (),
    *,
    random: Random,
    remedies: Remedies = "wide",
    order: tuple[int, ...] = (),
) -> dict[str, str]:
    """Return the text of each table of the form in ``layout``."""
    names = applicable(noise, layout, filled.form)
    blocks: dict[str, list[str]] = {}
    for sheet in sheets(filled, remedies=remedies, order=order):
        blocks.setdefault(sheet.table, []).append(_print_sheet(sheet, layout, names, random))
    return {table: "\n".join(parts) for table, parts in blocks.items()}


def _print_sheet(sheet: Sheet, layout: str, names: tuple[str, ...], random: Random) -> str:
    for name in names:
        if name in SHEET_NOISE:
            sheet = SHEET_NOISE[name](sheet, random)
    printed = LAYOUTS[layout](sheet, random)
    chunks = [Chunk(text, line.row, line.labels) for text, line in zip(printed, sheet.lines, strict=True)]
    for name in names:
        if name in LINE_NOISE:
            chunks = LINE_NOISE[name](sheet.table, chunks, random)
    return "\n".join(line for chunk in chunks for line in chunk.text)
