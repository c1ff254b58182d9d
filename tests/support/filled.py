"""Seeded filled forms: cell values that satisfy every identity of the form, mostly zeros as in real reports."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Literal, NamedTuple

from gknlp.knowledge.forms import Form, TableForm, load_forms
from gknlp.model import Number, TableId

Mark = Literal["blank", "dash"]
Value = Number | Mark
Key = tuple[str, str, str]  # table, row, column

TABLES: tuple[TableId, ...] = ("disclosure", "requests", "remedies")
APPLICANTS = ("natural_person", "business", "research", "public_welfare", "legal_service", "other_org")
OUTCOMES = ("upheld", "corrected", "other_result", "pending")
BLOCKS = ("review", "suit_direct", "suit_after_review")
YEARS = {"F2019": (2019, 2020), "F2021": (2021, 2025)}


class FilledForm(NamedTuple):
    """One form with a value, or a mark for none, in every cell."""

    form: str
    year: int
    cells: Mapping[Key, Value]

    def table(self, table: str) -> dict[str, Number | None]:
        """Return ``row/column`` -> number of one table, ``None`` for a marked cell."""
        return {
            f"{row}/{column}": None if isinstance(value, str) else value
            for (name, row, column), value in self.cells.items()
            if name == table
        }


def form_of(form_id: str) -> Form:
    """Return an official form."""
    return next(form for form in load_forms() if form.id == form_id)


def table_form(form_id: str, table: str) -> TableForm:
    """Return one table of an official form."""
    return next(entry for entry in form_of(form_id).table if entry.id == table)


def fill(form_id: str, random: Random, *, density: float = 0.15, large: bool = False) -> FilledForm:
    """Return a filled form: about ``density`` of the free cells are not zero, some in the thousands when ``large``."""
    cells: dict[Key, Value] = {}
    for table in TABLES:
        values = _FILLERS[table](form_id, random, density, large)
        keys = table_form(form_id, table).keys()
        cells |= {(table, row, column): values[row, column] for row, column in keys}
    return FilledForm(form_id, random.randint(*YEARS[form_id]), cells)


def _some(random: Random, density: float, large: bool) -> int:
    if random.random() >= density:
        return 0
    top = 4 if large and random.random() < 0.3 else 2 if random.random() < 0.3 else 1
    return random.randint(1, 10**top)


def _disclosure(form_id: str, random: Random, density: float, large: bool) -> dict[tuple[str, str], Number]:
    values: dict[tuple[str, str], Number] = {}
    form = table_form(form_id, "disclosure")
    dense = min(1.0, density * 4)
    for row in form.rows:
        for column in form.columns_of(row):
            values[row.id, column] = _some(random, dense, large)
        if "amount_wan" in form.columns_of(row) and random.random() < dense:
            values[row.id, "amount_wan"] = random.randint(1, 10**8) / 10**4
        _keep_bounds(values, row.id, random)
    return values


def _keep_bounds(values: dict[tuple[str, str], Number], row: str, random: Random) -> None:
    """Make stocks cover flows, so that no rule of section two fails."""
    if (row, "in_force") in values:
        values[row, "in_force"] += values[row, "issued"]
    if (row, "published_total") in values:
        values[row, "published_new"] = values[row, "made_new"]
        values[row, "published_total"] += values[row, "published_new"]
    if (row, "items_change") in values and random.random() < 0.4:
        values[row, "items_change"] = -min(values[row, "items_prev"], values[row, "items_change"])


def _requests(form_id: str, random: Random, density: float, large: bool) -> dict[tuple[str, str], Number]:
    form = table_form(form_id, "requests")
    rows = {role: [row.id for row in form.rows if row.role == role] for role in ("leaf", "carried_out")}
    values: dict[tuple[str, str], Number] = {}
    for place, column in enumerate(APPLICANTS):
        share = density if place in (0, 1, 5) else density / 3
        for row in (*rows["leaf"], *rows["carried_out"]):
            values[row, column] = _some(random, share, large)
        done = sum(values[row, column] for row in rows["leaf"])
        whole = done + values["carried_out", column]
        before = random.randint(0, int(whole)) if random.random() < 0.4 else 0
        values["result_total", column] = done
        values["carried_in", column], values["new_received", column] = before, whole - before
    for line in form.rows:
        values[line.id, "total"] = sum(values[line.id, column] for column in APPLICANTS)
    return values


def _remedies(form_id: str, random: Random, density: float, large: bool) -> dict[tuple[str, str], Number]:
    values: dict[tuple[str, str], Number] = {}
    for block in BLOCKS:
        for outcome in OUTCOMES:
            values[block, outcome] = _some(random, density * 2, large)
        values[block, "total"] = sum(values[block, outcome] for outcome in OUTCOMES)
    return values


_FILLERS = {"disclosure": _disclosure, "requests": _requests, "remedies": _remedies}


def with_marks(filled: FilledForm, random: Random, mark: Mark, *, share: float = 0.5) -> FilledForm:
    """Print about ``share`` of the zeros as ``mark``."""
    cells = {key: mark if value == 0 and random.random() < share else value for key, value in filled.cells.items()}
    return filled._replace(cells=cells)


def with_values(filled: FilledForm, changes: Mapping[Key, Value]) -> FilledForm:
    """Replace some cells, say to break an identity as an issuer would."""
    unknown = set(changes) - set(filled.cells)
    if unknown:
        raise KeyError(f"{filled.form} has no cell {sorted(unknown)}")
    return filled._replace(cells={**filled.cells, **changes})
