"""The rule catalogue over the tables of one report."""

from __future__ import annotations

import json
import os
from fnmatch import fnmatchcase
from pathlib import Path
from random import Random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gknlp.checks import run_checks
from gknlp.checks.plan import make_plan
from gknlp.checks.sheet import Reading, read_sheet
from gknlp.errors import KnowledgeError
from gknlp.knowledge.forms import Form, Row, TableForm, load_forms
from gknlp.knowledge.rules import TABLE_KINDS, Rule, RuleExample, load_rules, parse_rules
from gknlp.model import Cell, Check, Number, Table, TableId
from tests.support.filled import FilledForm, fill, form_of

# The rules of prose and of series of reports are tested in files of their own, those of 2014 with the statistics.
RULES = tuple(rule for rule in load_rules() if rule.kind in TABLE_KINDS and rule.table != "statistics")
BY_ID = {rule.id: rule for rule in RULES}
BOTH = pytest.mark.parametrize("form", ["F2019", "F2021"])


# -- building tables ---------------------------------------------------------------------------------------------------


def number(row: str, column: str, value: Number) -> Cell:
    raw = str(value)
    return Cell(row=row, column=column, value=value, raw=raw, state="number", start=0, end=len(raw))


def empty(row: str, column: str, state: str = "blank") -> Cell:
    place = None if state == "absent" else 0
    return Cell(row=row, column=column, value=None, raw="", state=state, start=place, end=place)  # type: ignore[arg-type]


def run_of(raw: str, row: str, column: str, value: Number | None) -> Cell:
    """A cell of a row whose numbers could not be told apart by column: it carries the whole run."""
    state, reading = ("unreadable", "direct") if value is None else ("number", "solved")
    return Cell(
        row=row,
        column=column,
        value=value,
        raw=raw,
        state=state,
        start=0,
        end=len(raw),
        reading=reading,  # type: ignore[arg-type]
    )


def keys_of(form: TableForm) -> tuple[tuple[str, str], ...]:
    return form.keys()


def table(form: TableForm, form_id: str, cells: dict[str, Cell]) -> Table:
    """A table of ``row/column`` -> cell; the cells that are not named are 0."""
    made = tuple(cells.get(f"{row}/{column}") or number(row, column, 0) for row, column in keys_of(form))
    return Table(id=form.id, form=form_id, start=0, end=1, cells=made)


def tables(form_id: str, cells: dict[str, Cell] | None = None) -> tuple[Table, ...]:
    """All tables of a form, from ``table/row/column`` -> cell."""
    named = cells or {}
    return tuple(
        table(
            form, form_id, {key.partition("/")[2]: cell for key, cell in named.items() if key.startswith(f"{form.id}/")}
        )
        for form in form_of(form_id).table
    )


def values(form_id: str, numbers: dict[str, Number]) -> tuple[Table, ...]:
    return tables(form_id, {key: number(*key.split("/")[1:], value) for key, value in numbers.items()})


def of(checks: tuple[Check, ...], rule: str, status: str | None = None) -> list[Check]:
    return [check for check in checks if check.rule == rule and status in (None, check.status)]


def failed(checks: tuple[Check, ...], severity: str | None = None) -> set[str]:
    return {check.rule for check in checks if check.status == "fail" and severity in (None, check.severity)}


# -- the catalogue proves itself ---------------------------------------------------------------------------------------


def with_subtotals(form: Form, example: RuleExample) -> Form:
    """The form with the subtotal rows that an example speaks of; no official form prints any."""
    changed = []
    for entry in form.table:
        known = {row.id for row in entry.rows}
        named = dict.fromkeys(key.split("/")[1] for key in example.cells if key.startswith(f"{entry.id}/"))
        extra = tuple(Row(id=row, label=row, keys=(row,)) for row in named if row not in known)
        changed.append(msgspec.structs.replace(entry, rows=entry.rows + extra))
    return msgspec.structs.replace(form, table=tuple(changed))


def run_example(rule: Rule, example: RuleExample) -> list[Check]:
    form = with_subtotals(form_of(example.form), example)
    sheets = {}
    for entry in form.table:
        cells = {}
        for row, column in keys_of(entry):
            key = f"{entry.id}/{row}/{column}"
            if key in example.cells:
                cells[f"{row}/{column}"] = number(row, column, example.cells[key])
            elif any(fnmatchcase(key, pattern) for pattern in example.blank):
                cells[f"{row}/{column}"] = empty(row, column)
        plan = make_plan(entry, (rule,))
        sheets[entry.id] = (plan, read_sheet(table(entry, form.id, cells), plan.grid))
    reading = Reading({name: sheet for name, (_, sheet) in sheets.items()}, example.level)
    return [judge(sheet, reading) for plan, sheet in sheets.values() for judge in plan.judges]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_the_examples_of_a_rule_hold_and_break_it(rule: Rule) -> None:
    assert {check.status for check in run_example(rule, rule.holds)} <= {"pass", "not_assessable"}
    assert any(check.status == "pass" for check in run_example(rule, rule.holds))
    assert any(check.status == "fail" for check in run_example(rule, rule.breaks))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_examples_name_cells_of_their_form(rule: Rule) -> None:
    for example in (rule.holds, rule.breaks):
        known = {
            f"{t.id}/{row}/{column}"
            for t in with_subtotals(form_of(example.form), example).table
            for row, column in keys_of(t)
        }
        assert set(example.cells) <= known
        assert all(any(fnmatchcase(key, pattern) for key in known) for pattern in example.blank)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_failure_says_where_and_with_which_cells(rule: Rule) -> None:
    for check in run_example(rule, rule.breaks):
        if check.status == "fail":
            assert (check.rule, check.severity, check.table) == (rule.id, rule.severity, rule.table)
            assert set(check.where) <= {"row", "column", "block"} and len(check.where) == 1
            assert check.cells and check.left is not None and check.cause in ("filing", "unknown")
            assert "{" not in check.message and "None" not in check.message
            assert any("\u4e00" <= char <= "\u9fff" for char in check.message) or rule.id == "T4_VS_REQUESTS"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_applies_to_the_forms_it_names(rule: Rule) -> None:
    for form in load_forms():
        checks = of(run_checks(tables(form.id)), rule.id)
        if form.table_form(str(rule.table)) is None:
            assert not checks
            continue
        applies = rule.kind != "subtotal" and (not rule.forms or form.id in rule.forms)
        assert all((check.status != "not_applicable") == applies for check in checks)
        assert checks and (applies or len(checks) == 1)


def test_every_equation_of_a_form_is_a_rule_and_every_identity_is_in_a_form() -> None:
    used = {equation.rule for form in load_forms() for entry in form.table for equation in entry.equations}
    assert used == {rule.id for rule in RULES if rule.kind == "identity"}


WRONG = [
    ('severity = "E"', 'severity = "X"', "severity"),
    ("{left}", "{lefty}", "lefty"),
    ('kind = "identity"', 'kind = "comparison"', "comparison"),
    ('kind = "identity"', 'kind = "unit_price"\nlimits = { least = 1 }', "limits.most"),
]
ENTRY = """
[[rule]]
id = "A"
section = "1"
table = "requests"
kind = "identity"
severity = "E"
title = "a"
title_zh = "甲"
formula = "a"
message = "{left}"
message_zh = "{left}"
holds = {}
breaks = {}
"""


@pytest.mark.parametrize(("old", "new", "said"), WRONG)
def test_a_wrong_entry_is_named(old: str, new: str, said: str) -> None:
    with pytest.raises(KnowledgeError, match=f"mine.toml.*{said}"):
        parse_rules(ENTRY.replace(old, new), name="mine.toml")


def test_a_rule_is_defined_once() -> None:
    assert parse_rules(ENTRY, name="mine.toml")[0].id == "A"
    with pytest.raises(KnowledgeError, match="rule A is defined 2 times"):
        parse_rules(ENTRY * 2, name="mine.toml")


# -- places and statuses -----------------------------------------------------------------------------------------------


@BOTH
def test_one_record_for_each_place(form: str) -> None:
    checks = run_checks(tables(form), form=form)
    rows = 25 if form == "F2021" else 23
    new = form == "F2021"
    wanted = dict.fromkeys(("T3_ROW_SUM", "T3_NONNEG_INT", "T3_WIDTH"), rows)
    wanted |= dict.fromkeys(("T3_ITEM_TOTAL", "T3_BALANCE", "T3_BALANCE_LEAF"), 7)
    wanted |= dict.fromkeys(
        ("T3_SUBTOTAL", "T3_TOTAL_ROW_ZERO", "T3_TOTAL_COL_BLANK", "T4_REVIEW_SUM", "T4_VS_REQUESTS"), 1
    )
    wanted |= {"T4_NONNEG_INT": 3, "T2_DECISIONS_INT": 3 if new else 4}
    wanted |= {"T2_IMPLIED_PRIOR": 2 if new else 1, "T2A_ITEMS_NONNEG": 1 if new else 5}
    assert {rule: len(of(checks, rule)) for rule in wanted} == wanted
    assert {check.rule for check in checks} == set(BY_ID)
    assert len({(check.rule, *check.where.items()) for check in checks}) == len(checks)


@BOTH
def test_all_zeros_break_nothing(form: str) -> None:
    checks = run_checks(tables(form), form=form)
    assert {check.status for check in checks} == {"pass", "not_applicable"}
    assert all(check.cause is None for check in checks)


@BOTH
@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_a_form_filled_by_its_rules_breaks_none_of_them(form: str, seed: int) -> None:
    checks = run_checks(tables_of(fill(form, Random(seed), large=True)), form=form, level="prefecture")
    assert not failed(checks, "E") and not failed(checks, "W")


@BOTH
@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_one_changed_result_breaks_its_row_and_its_column(form: str, seed: int) -> None:
    random = Random(seed)
    filled = fill(form, random)
    row = random.choice([row.id for row in form_of(form).table[1].rows if row.role == "leaf"])
    key = ("requests", row, random.choice(["natural_person", "business", "other_org"]))
    cells = {**filled.cells, key: filled.cells[key] + random.randint(1, 90)}  # type: ignore[operator]
    before, after = (run_checks(tables_of(filled._replace(cells=made))) for made in (filled.cells, cells))
    broken = {(check.rule, *check.where.values()) for check in after if check.status == "fail"}
    assert {("T3_ROW_SUM", row), ("T3_ITEM_TOTAL", key[2]), ("T3_BALANCE_LEAF", key[2])} <= broken
    assert failed(after) - failed(before) <= {"T3_ROW_SUM", "T3_ITEM_TOTAL", "T3_BALANCE_LEAF", "T3_TOTAL_ROW_ZERO"}


def tables_of(filled: FilledForm) -> tuple[Table, ...]:
    return values(filled.form, {"/".join(key): value for key, value in filled.cells.items()})  # type: ignore[misc]


def test_both_sides_are_given_and_the_terms_named() -> None:
    checks = run_checks(values("F2021", {"requests/granted/natural_person": 3, "requests/granted/total": 4}))
    (check,) = of(checks, "T3_ROW_SUM", "fail")
    assert (check.left, check.right, check.where) == (4, 3, {"row": "granted"})
    assert check.cells[0] == "requests/granted/total" and len(check.cells) == 7
    assert check.message == "（一）予以公开: 总计 4, but the applicants sum to 3 (自然人 3)"


def test_a_side_without_a_value_is_null_and_the_check_is_not_assessable() -> None:
    cells = {"requests/granted/business": empty("granted", "business")}
    checks = run_checks(tables("F2021", cells))
    (row,) = of(checks, "T3_ROW_SUM", "not_assessable")
    (column,) = of(checks, "T3_ITEM_TOTAL", "not_assessable")
    assert (row.left, row.right, row.message) == (0, None, "no value in 商业企业")
    assert (column.where, column.message) == ({"column": "business"}, "no value in （一）予以公开")
    assert not failed(checks, "E") and failed(checks) == {"T3_WIDTH"}


def test_a_dash_is_no_zero_but_fills_its_place() -> None:
    dash = msgspec.structs.replace(empty("granted", "business", "dash"), raw="-", end=1)
    checks = run_checks(tables("F2021", {"requests/granted/business": dash}))
    assert of(checks, "T3_ROW_SUM", "not_assessable") and not failed(checks)


def test_blocks_of_remedies_are_blocks() -> None:
    checks = run_checks(values("F2021", {"remedies/suit_direct/upheld": 1}))
    assert of(checks, "T4_DIRECT_SUM")[0].where == {"block": "suit_direct"}
    assert failed(checks) == {"T4_DIRECT_SUM"}


def test_each_table_is_checked_by_its_own_form() -> None:
    new, old = tables("F2021"), tables("F2019")
    checks = run_checks((new[0], old[1], old[2]), form="F2019")
    assert len(of(checks, "T3_ROW_SUM", "pass")) == 23
    assert of(checks, "T2_FEE_FORMAT", "pass") and of(checks, "T2A_PROC_UNIT", "not_applicable")


def test_a_table_that_is_not_printed_is_not_assessable() -> None:
    checks = run_checks(tables("F2021")[1:2], form="F2021")
    (review,) = of(checks, "T4_REVIEW_SUM")
    assert (review.status, review.message, review.cells) == ("not_assessable", "the table is not printed", ())
    assert of(checks, "T2_DECISIONS_INT", "not_assessable") and of(checks, "T2A_PROC_UNIT", "not_applicable")
    assert run_checks(()) == ()


def test_the_order_of_the_cells_does_not_matter_and_a_lost_one_is_absent() -> None:
    straight = values("F2021", {"requests/granted/natural_person": 3})[1]
    turned = msgspec.structs.replace(straight, cells=straight.cells[::-1])
    assert run_checks((turned,)) == run_checks((straight,))
    cut = msgspec.structs.replace(straight, cells=straight.cells[:-1])
    (check,) = of(run_checks((cut,)), "T3_ROW_SUM", "not_assessable")
    assert check.where == {"row": "carried_out"}


def test_a_form_nobody_knows_is_not_checked() -> None:
    assert run_checks((msgspec.structs.replace(tables("F2021")[1], form="F1999"),), form="F1999") == ()


# -- causes ------------------------------------------------------------------------------------------------------------


def test_a_table_read_without_a_gap_was_filed_wrong() -> None:
    (check,) = of(run_checks(values("F2021", {"remedies/review/upheld": 2})), "T4_REVIEW_SUM")
    assert check.cause == "filing"


@pytest.mark.parametrize(
    "cell",
    [
        empty("suit_direct", "total", "absent"),
        run_of("0 0 0 0", "suit_direct", "total", 0),
        run_of("0 0", "suit_direct", "total", None),
    ],
)
def test_in_a_table_with_a_gap_the_cause_is_unknown(cell: Cell) -> None:
    cells = {"remedies/review/upheld": number("review", "upheld", 2), f"remedies/{cell.key}": cell}
    (check,) = of(run_checks(tables("F2021", cells)), "T4_REVIEW_SUM", "fail")
    assert check.cause == "unknown"


# -- widths of rows ----------------------------------------------------------------------------------------------------

COLUMNS = tuple(column.id for column in form_of("F2021").table[1].columns)


def row(*cells: Cell) -> list[Check]:
    return of(run_checks(tables("F2021", {f"requests/{cell.key}": cell for cell in cells})), "T3_WIDTH")


def run_row(raw: str, *placed: Number | None) -> list[Check]:
    return row(*(run_of(raw, "granted", column, value) for column, value in zip(COLUMNS, placed, strict=True)))


WIDTHS = [
    ("solved from six", run_row("2 0 0 0 16 18", 2, 0, 0, 0, 0, 16, 18), "fail", 6),
    ("solved from four", run_row("2\t0\t1,016\t1018", 2, 0, 0, 0, 0, 1016, 1018), "fail", 4),
    ("solved in part", run_row("5 1 0 0 0 6", 5, None, None, 0, 0, 0, 6), "fail", 6),
    ("not solved", run_row("5 1 6", *[None] * 7), "fail", 3),
    ("too long", run_row("1 2 3 4 5 6 7 28", *[None] * 7), "fail", 8),
    ("seven of another row", run_row("0 0 0 0 0 0 0", *[None] * 7), "not_assessable", 7),
    ("blank", row(*(empty("granted", column) for column in COLUMNS)), "fail", 0),
    ("one blank", row(empty("granted", "business")), "fail", 6),
    ("no number", row(run_of("x", "granted", "business", None)), "fail", 6),
    ("not printed", row(*(empty("granted", column, "absent") for column in COLUMNS)), "not_assessable", None),
]


@pytest.mark.parametrize(("checks", "status", "left"), [case[1:] for case in WIDTHS], ids=[case[0] for case in WIDTHS])
def test_widths(checks: list[Check], status: str, left: int | None) -> None:
    (check,) = [check for check in checks if check.status != "pass"]
    assert (check.where, check.status, check.left, check.right) == ({"row": "granted"}, status, left, 7)
    assert len([check for check in checks if check.status == "pass"]) == 24


def test_a_total_column_that_is_half_filled_is_not_blank() -> None:
    rows = [entry.id for entry in form_of("F2021").table[1].rows]
    cells = {f"requests/{entry}/total": empty(entry, "total") for entry in rows[:12]}
    (half,) = of(run_checks(tables("F2021", cells)), "T3_TOTAL_COL_BLANK")
    (less,) = of(
        run_checks(tables("F2021", cells | {f"requests/{rows[12]}/total": empty(rows[12], "total")})),
        "T3_TOTAL_COL_BLANK",
    )
    assert (half.status, half.left, half.right) == ("pass", 13, 25)
    assert (less.status, less.left, less.right) == ("fail", 12, 25)


def test_an_empty_requests_table_is_not_called_blank_in_its_totals() -> None:
    cells = {f"requests/{r}/{c}": empty(r, c) for r, c in keys_of(form_of("F2021").table[1])}
    checks = run_checks(tables("F2021", cells))
    assert of(checks, "T3_TOTAL_COL_BLANK", "not_assessable") and of(checks, "T3_TOTAL_ROW_ZERO", "not_assessable")


def test_a_total_row_of_zeros_is_seen_beside_a_blank_total_column() -> None:
    cells = {f"requests/{r}/total": empty(r, "total") for r in ("granted", "partially_granted")}
    cells["requests/granted/natural_person"] = number("granted", "natural_person", 4)
    (check,) = of(run_checks(tables("F2021", cells)), "T3_TOTAL_ROW_ZERO")
    assert (check.status, check.left, check.right, check.where) == ("fail", 0, 4, {"row": "result_total"})


# -- rules with a view beyond one row ----------------------------------------------------------------------------------


def test_cases_without_requests_need_both_tables() -> None:
    _, requests, remedies = values("F2021", {"remedies/review/upheld": 2, "remedies/review/total": 2})
    (check,) = of(run_checks((requests, remedies)), "T4_VS_REQUESTS")
    assert (check.status, check.left, check.right, check.where) == ("fail", 2, 0, {"column": "total"})
    assert {"remedies/review/total", "requests/new_received/total", "requests/carried_in/total"} <= set(check.cells)
    (alone,) = of(run_checks((remedies,)), "T4_VS_REQUESTS")
    assert (alone.status, alone.cells) == ("not_assessable", tuple(key for key in check.cells if "remedies" in key))


LEVELS = [
    ("central", "pass"),
    ("prefecture", "pass"),
    ("county", "fail"),
    ("township", "fail"),
    (None, "not_assessable"),
]


@pytest.mark.parametrize(("level", "status"), LEVELS)
@pytest.mark.parametrize(("form", "column"), [("F2021", "in_force"), ("F2019", "published_total")])
def test_who_may_make_rules(form: str, column: str, level: str | None, status: str) -> None:
    (check,) = of(run_checks(values(form, {f"disclosure/regulations/{column}": 3}), level=level), "T2_RULES_AUTHORITY")
    assert (check.status, check.left) == (status, 3)
    (none,) = of(run_checks(tables(form), level=level), "T2_RULES_AUTHORITY")
    assert none.status == "pass"


AMOUNTS = [
    ("144.4399", 144.4399, "pass"),
    ("144.44990", 144.4499, "fail"),
    ("-1", -1, "fail"),
    ("251.55元", 0.025155, "pass"),
    ("9000000", 9000000, "fail"),
]


@pytest.mark.parametrize(("raw", "value", "status"), AMOUNTS)
def test_amounts_are_judged_as_printed(raw: str, value: Number, status: str) -> None:
    cell = msgspec.structs.replace(number("fees", "amount_wan", value), raw=raw, end=len(raw))
    checks = run_checks(tables("F2021", {"disclosure/fees/amount_wan": cell}), level="county")
    assert [check.status for check in of(checks, "T2_FEE_FORMAT")] == [status]


@pytest.mark.parametrize(
    ("count", "amount", "status"), [(0, 0, "pass"), (3, 0, "fail"), (0, 12.5, "fail"), (3, 12.5, "pass")]
)
def test_procurement_needs_projects(count: int, amount: Number, status: str) -> None:
    cells = {"disclosure/procurement/project_count": count, "disclosure/procurement/amount_wan": amount}
    assert [check.status for check in of(run_checks(values("F2019", cells)), "T2A_PROC_UNIT")] == [status]


def test_a_number_of_items_without_change_is_no_misreading() -> None:
    same = {"disclosure/penalties/items_prev": 8, "disclosure/penalties/decisions": 8}
    assert not failed(run_checks(values("F2019", same)))


def test_the_cells_that_are_no_whole_numbers_are_named() -> None:
    (check,) = of(run_checks(values("F2021", {"requests/granted/business": 1.5})), "T3_NONNEG_INT", "fail")
    assert (check.cells, check.left) == (("requests/granted/business",), 1.5)
    assert check.message == "（一）予以公开: 商业企业 1.5 is not a whole number of 0 or more"
    assert not of(run_checks(values("F2021", {"requests/granted/business": 2.0})), "T3_NONNEG_INT", "fail")


# -- real reports ------------------------------------------------------------------------------------------------------


def gold_files() -> list[Path]:
    """The annotated reports, those of other source formats beside the folder included."""
    folder = os.environ.get("GKNLP_REPORTS")
    return sorted(Path(folder).parent.glob(f"{Path(folder).name}*/*.gold.json")) if folder else []


def gold_table(name: TableId, gold: dict[str, Number | str | None], short: set[str]) -> Table:
    """A table as the gold has it, by the form that has all its values; the rows in ``short`` print six numbers."""
    cells: dict[str, Cell] = {}
    for key, value in gold.items():
        r, c = key.split("/")
        if value == "UNKNOWN":
            cells[key] = run_of("0 0 0 0 0 0 0", r, c, None)
        elif value is None:
            cells[key] = empty(r, c)
        elif not isinstance(value, str):
            cells[key] = run_of("0 0 0 0 0 0", r, c, value) if r in short else number(r, c, value)
    filled = {cell.key for cell in cells.values() if cell.value is not None}
    for form in reversed(load_forms()):
        entry = form.table_form(name)
        if entry is not None and filled <= {f"{r}/{c}" for r, c in keys_of(entry)} <= set(cells):
            return table(entry, form.id, cells)
    raise AssertionError(f"no form has these cells of {name}")


@pytest.mark.skipif(not gold_files(), reason="set GKNLP_REPORTS to the folder of annotated reports")
@pytest.mark.parametrize("path", gold_files(), ids=lambda path: path.name.partition(".")[0])
def test_gold_checks_are_found_and_no_other_identity_fails(path: Path) -> None:
    gold = json.loads(path.read_text(encoding="utf-8"))
    wanted = [check for check in gold["checks"] if check["rule"].startswith("T")]
    short = {row for c in wanted if c["rule"] == "T3_WIDTH" and c["left"] == 6 for row in words(c["where"])}
    made = tuple(gold_table(name, cells, short) for name, cells in gold["tables"].items() if cells)
    checks = run_checks(made, form=gold["form"], level="county")
    broken = {(check.rule, *check.where.values()): check for check in checks if check.status == "fail"}
    for entry in wanted:
        for place in words(entry["where"]):
            check = broken[entry["rule"], place]
            assert (check.left, check.right) == (entry["left"], entry["right"])
    assert failed(checks, "E") == {c["rule"] for c in wanted if BY_ID[c["rule"]].severity == "E"}


def words(where: str) -> list[str]:
    """The rows, columns or blocks that a gold check names."""
    skip = {"requests", "remedies", "disclosure", "row", "rows", "column", "columns"}
    return [word for word in where.replace(",", " ").split() if word not in skip]
