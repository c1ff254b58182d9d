"""Variables that can be followed over the forms (``crosswalk.toml``)."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources

import msgspec

from gknlp.errors import KnowledgeError
from gknlp.knowledge.forms import load_forms
from gknlp.model import Record

_ANNEX = "F2014"


class Variable(Record, frozen=True, kw_only=True):
    """One variable: the cells (``table/row/column``, ``@group`` for all rows of one) that sum to it, by form."""

    id: str
    zh: str
    en: str
    f2014: tuple[str, ...]
    since_2019: tuple[str, ...]
    caution: str

    def cells(self, form: str) -> tuple[str, ...]:
        """Return the cells of a form, groups resolved; a row that the form does not have is left out."""
        wanted = self.f2014 if form == _ANNEX else self.since_2019
        return tuple(cell for term in wanted for cell in _resolved(form, term))


class _File(Record, frozen=True, kw_only=True):
    variable: tuple[Variable, ...]


@lru_cache(maxsize=1)
def load_crosswalk() -> tuple[Variable, ...]:
    """Return the variables; :class:`KnowledgeError` names one with a term that no form has.

    >>> load_crosswalk()[3].cells("F2019")[:2]
    ('requests/denied_state_secret/total', 'requests/denied_law_prohibits/total')
    """
    return parse_crosswalk((resources.files("gknlp.knowledge") / "crosswalk.toml").read_text(encoding="utf-8"))


def parse_crosswalk(data: str) -> tuple[Variable, ...]:
    """Read the file."""
    try:
        variables = msgspec.toml.decode(data, type=_File).variable
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        raise KnowledgeError(f"crosswalk.toml: {error}") from error
    forms = [form.id for form in load_forms()]
    for variable in variables:
        for term in (*variable.f2014, *variable.since_2019):
            if not any(_resolved(form, term) for form in forms):
                raise KnowledgeError(f"crosswalk.toml: {variable.id}: no form has {term}")
    return variables


@lru_cache(maxsize=256)
def _resolved(form_id: str, term: str) -> tuple[str, ...]:
    """Return the cells that a term stands for in a form."""
    table_id, row, column = term.split("/")
    form = next(form for form in load_forms() if form.id == form_id)
    table = form.table_form(table_id)
    rows = [entry for entry in table.rows if f"@{entry.group}" == row or entry.id == row] if table else []
    return tuple(f"{table_id}/{entry.id}/{column}" for entry in rows)
