"""Reports as they are before any format: paragraphs and tables with merged cells, written by ``tests/support/write_*``.

Every report says what must be read of it (:class:`FilledForm`); nothing here knows a format.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random
from typing import Literal, NamedTuple

from gknlp.readers.layout import Printed
from tests.support.filled import BLOCKS, FilledForm, fill, table_form, with_marks
from tests.support.sheets import RELATION, printed

Rows = tuple[tuple[Printed, ...], ...]
"""A table: rows of cells in print order with their spans, as in HTML; a line break within a cell is ``\\n``."""


class Page(NamedTuple):
    """A page break between two parts of a report."""


Part = str | Rows | Page
Remedies = Literal["wide", "three", "rows"]

_ITEMS = (
    ("第二十条第（一）项", ("regulations", "normative_documents")),
    ("第二十条第（五）项", ("licensing", "other_services")),
    ("第二十条第（六）项", ("penalties", "coercion")),
    ("第二十条第（八）项", ("fees",)),
    ("第二十条第（九）项", ("procurement",)),
)
_MONEY = "（单位：万元，保留4位小数）"
_BLOCK_NAMES = {"review": "行政复议", "suit_direct": "未经复议直接起诉", "suit_after_review": "复议后起诉"}


class ReportSource(NamedTuple):
    """One report in parts; ``name`` is what tests call it."""

    name: str
    filled: FilledForm
    title: str
    parts: tuple[Part, ...]


class _Case(NamedTuple):
    name: str
    form: str
    issuer: str
    mark: str = ""
    remedies: Remedies = "wide"
    wrapped: bool = False  # labels broken over lines within their cells
    pages: bool = False  # page breaks between and within tables
    large: bool = False


_CASES = (
    _Case("plain", "F2021", "青禾县人民政府"),
    _Case("wrapped", "F2021", "望川县教育局", wrapped=True, large=True),
    _Case("blanks", "F2021", "石桥镇人民政府", mark="blank"),
    _Case("dashes", "F2021", "临浦市水利局", mark="dash", remedies="three"),
    _Case("pages", "F2021", "云溪县人民政府办公室", pages=True, large=True),
    _Case("rows", "F2021", "东岭区财政局", remedies="rows"),
    _Case("older", "F2019", "南坪县民政局", large=True),
    _Case("older_wrapped", "F2019", "北渡镇人民政府", wrapped=True, pages=True),
    _Case("older_blanks", "F2019", "西固区人民政府", mark="blank", remedies="three"),
)


def report_sources() -> tuple[ReportSource, ...]:
    """Return nine reports of our own making, the same ones every time."""
    return tuple(_report(case, Random(f"report {case.name}")) for case in _CASES)


def _report(case: _Case, random: Random) -> ReportSource:
    filled = fill(case.form, random, density=0.3, large=case.large)
    if case.mark:
        filled = with_marks(filled, random, case.mark)  # type: ignore[arg-type]
    title = f"{case.issuer}{filled.year}年政府信息公开工作年度报告"
    page: tuple[Part, ...] = (Page(),) if case.pages else ()
    requests = requests_rows(filled, wrapped=case.wrapped)
    parts: list[Part] = [
        *("一、总体情况", *_overview(filled.year, random)),
        *("二、主动公开政府信息情况", disclosure_rows(filled), *page),
        *("三、收到和处理政府信息公开申请情况", requests, *page),
        *("四、政府信息公开行政复议、行政诉讼情况", *remedies_rows(filled, case.remedies, wrapped=case.wrapped)),
        *("五、存在的主要问题及改进情况", *_issues(random)),
        *("六、其他需要报告的事项", "本年度未收取信息处理费，没有其他需要报告的事项。"),
    ]
    return ReportSource(case.name, filled, title, tuple(parts))


def _overview(year: int, random: Random) -> Iterator[str]:
    site, other = random.randint(300, 2000), random.randint(20, 300)
    yield f"{year}年，我单位按照《中华人民共和国政府信息公开条例》的要求，稳步推进政府信息公开工作。"
    yield f"（一）主动公开。全年通过门户网站主动公开政府信息{site}条，通过政务新媒体公开信息{other}条。"
    yield f"（二）平台建设。开设政务微信公众号1个，举办业务培训{random.randint(2, 6)}期，培训{random.randint(30, 200)}人次。"


def _issues(random: Random) -> Iterator[str]:
    faults = ["部分栏目信息更新不够及时", "政策解读形式比较单一", "工作人员业务能力有待提高", "基层公开力量比较薄弱"]
    plans = [
        "加强日常巡查，督促责任单位按时更新",
        "采用图解、视频等形式开展解读",
        "定期组织业务培训",
        "充实基层工作人员",
    ]
    chosen = random.sample(range(len(faults)), 3)
    yield "存在的主要问题："
    yield from (f"{'一二三'[at]}是{faults[number]}。" for at, number in enumerate(chosen))
    yield "改进措施："
    yield from (f"{'一二三'[at]}是{plans[number]}。" for at, number in enumerate(chosen))


def disclosure_rows(filled: FilledForm) -> Rows:
    """Return section two: four columns, single values over three of them."""
    form = table_form(filled.form, "disclosure")
    known = {row.id: row for row in form.rows}
    labels = {column.id: column.label for column in form.columns}
    rows: list[tuple[Printed, ...]] = []
    for title, ids in _ITEMS:
        block = [known[row] for row in ids if row in known]
        if not block:
            continue
        names = [
            labels[column].partition("（")[0] + _MONEY * (column == "amount_wan")
            for column in form.columns_of(block[0])
        ]
        rows.append((Printed(title, column_span=4),))
        rows.append((Printed("信息内容"), *_stretched(names)))
        for row in block:
            values = [printed(filled.cells["disclosure", row.id, column]) for column in form.columns_of(row)]
            rows.append((Printed(row.label), *_stretched(values)))
    return tuple(rows)


def _stretched(values: Sequence[str]) -> tuple[Printed, ...]:
    """The last of fewer than three cells covers the columns that are left."""
    return (*(Printed(value) for value in values[:-1]), Printed(values[-1], column_span=4 - len(values)))


def requests_rows(filled: FilledForm, *, wrapped: bool) -> Rows:
    """Return section three: a nested header and merged label cells."""
    form = table_form(filled.form, "requests")
    names = [column.label for column in form.columns]
    kinds = [f"{name[:2]}\n{name[2:]}" if wrapped and len(name) > 2 else name for name in names[1:6]]
    results = [row for row in form.rows if row.role not in ("new", "carried_in", "carried_out")]
    groups = {group.id: group.label for group in form.groups}
    rows: list[tuple[Printed, ...]] = [
        (Printed(RELATION, 3, 3), Printed("申请人情况", column_span=7)),
        (Printed(names[0], 2), Printed("法人或其他组织", column_span=5), Printed(names[6], 2)),
        tuple(Printed(kind) for kind in kinds),
    ]
    seen: set[str] = set()
    for row in form.rows:
        labels: list[Printed] = []
        if row not in results:
            labels.append(Printed(row.label, column_span=3))
        else:
            if row is results[0]:
                head = groups["results"]
                labels.append(Printed("\n".join(head) if wrapped else head, row_span=len(results)))
            if row.group is None:
                labels.append(Printed(row.label, column_span=2))
            elif row.group not in seen:
                seen.add(row.group)
                labels.append(Printed(groups[row.group], row_span=sum(other.group == row.group for other in results)))
            if row.group is not None:
                labels.append(Printed(row.label))
        values = [printed(filled.cells["requests", row.id, column.id]) for column in form.columns]
        rows.append((*labels, *map(Printed, values)))
    return tuple(rows)


def remedies_rows(filled: FilledForm, layout: Remedies, *, wrapped: bool) -> tuple[Part, ...]:
    """Return section four: one wide table, three tables, or a row a block."""
    form = table_form(filled.form, "remedies")
    names = [f"{c.label[:2]}\n{c.label[2:]}" if wrapped and len(c.label) > 2 else c.label for c in form.columns]
    values = {b: [printed(filled.cells["remedies", b, c.id]) for c in form.columns] for b in BLOCKS}
    if layout == "three":
        return tuple(_remedies_block(block, names, values[block]) for block in BLOCKS)
    if layout == "rows":
        return (_remedies_lines(names, values),)
    return (_remedies_wide(names, [value for block in BLOCKS for value in values[block]]),)


def _remedies_wide(names: list[str], values: list[str]) -> Rows:
    suits = (_BLOCK_NAMES["suit_direct"], _BLOCK_NAMES["suit_after_review"])
    return (
        (Printed("行政复议", column_span=5), Printed("行政诉讼", column_span=10)),
        (*(Printed(name, row_span=2) for name in names), *(Printed(suit, column_span=5) for suit in suits)),
        tuple(Printed(name) for name in (*names, *names)),
        tuple(Printed(value) for value in values),
    )


def _remedies_block(block: str, names: list[str], values: list[str]) -> Rows:
    over = () if block == "review" else ((Printed("行政诉讼", column_span=5),),)
    return (
        *over,
        (Printed(_BLOCK_NAMES[block], column_span=5),),
        tuple(map(Printed, names)),
        tuple(map(Printed, values)),
    )


def _remedies_lines(names: list[str], values: dict[str, list[str]]) -> Rows:
    labels = {
        "review": (Printed("行政复议", column_span=2),),
        "suit_direct": (Printed("行政诉讼", row_span=2), Printed(_BLOCK_NAMES["suit_direct"])),
        "suit_after_review": (Printed(_BLOCK_NAMES["suit_after_review"]),),
    }
    lines = tuple((*labels[block], *map(Printed, values[block])) for block in BLOCKS)
    return ((Printed("类别", column_span=2), *map(Printed, names)), *lines)
