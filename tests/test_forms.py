"""The official forms prove themselves: every example grid of a form file is read back by the table reader."""

from __future__ import annotations

import pytest

from gknlp.errors import KnowledgeError
from gknlp.knowledge.forms import Example, Form, folded_keys, load_forms, parse_form
from gknlp.readers import read_text
from gknlp.tables import read_tables

FORMS = load_forms()
EXAMPLES = [pytest.param(form, example, id=f"{form.id}-{example.table}") for form in FORMS for example in form.example]


@pytest.mark.parametrize(("form", "example"), EXAMPLES)
def test_example_grid_is_read_back(form: Form, example: Example) -> None:
    result = read_tables(read_text(example.text), ())
    table = next(table for table in result.tables if table.id == example.table)
    if example.table != "remedies":  # section 四 is alike in all forms
        assert table.form == form.id
    for row, values in example.rows.items():
        assert tuple(cell.value for cell in table.cells if cell.row == row) == values, row


def test_every_table_of_a_form_has_an_example() -> None:
    for form in FORMS:
        assert {example.table for example in form.example} == {table.id for table in form.table}, form.id


@pytest.mark.parametrize(("form", "cells"), [("F2019", (22, 161, 15)), ("F2021", (10, 175, 15))])
def test_number_of_cells_is_that_of_the_official_annex(form: str, cells: tuple[int, ...]) -> None:
    tables = next(entry for entry in FORMS if entry.id == form).table
    assert tuple(len(table.keys()) for table in tables) == cells


def test_keys_of_one_table_name_one_row_or_one_column_each() -> None:
    for form in FORMS:
        for table in form.table:
            for kind in (table.rows, table.columns):
                # labels of a list of indicators recur under another heading
                keys = [
                    (getattr(entry, "group", None) if table.annex else None, key)
                    for entry in kind
                    for key in folded_keys(entry.keys)
                ]
                assert len(keys) == len(set(keys)), (form.id, table.id)


def test_the_own_label_of_a_row_is_among_its_keys() -> None:
    for form in FORMS:
        for table in form.table:
            for row in table.rows:
                label = folded_keys((row.label,))[0]
                assert any(label.endswith(key) or key in label for key in folded_keys(row.keys)), (form.id, row.id)


MINIMAL = """
id = "F"
title = "t"
source = "s"
first_year = 2019
example = []
[[table]]
id = "requests"
label = "l"
section = "requests"
columns = [{ id = "total", label = "总计", unit = "件", keys = ["总计"] }]
"""


@pytest.mark.parametrize(
    ("tail", "said"),
    [
        ('rows = [{ id = "r", label = "x", keys = ["x"], columns = ["nowhere"] }]', "nowhere"),
        ('rows = []\nequations = [{ rule = "R", along = "row", left = ["gone"], right = [] }]', "gone"),
        ('rows = [{ id = "r", label = "x" }]', "keys"),
        ("rows = [", "F.toml"),
    ],
)
def test_a_wrong_form_file_is_refused_with_its_name_and_key(tail: str, said: str) -> None:
    with pytest.raises(KnowledgeError) as error:
        parse_form(MINIMAL + tail, name="F.toml")
    assert "F.toml" in str(error.value)
    assert said in str(error.value)
