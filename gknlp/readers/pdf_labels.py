"""What the labels of the forms tell a reader that sees only places: where a table is, and where a label goes on."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from gknlp.knowledge.forms import TableForm, folded_keys, load_forms
from gknlp.knowledge.layout import load_layout
from gknlp.knowledge.sections import load_sections
from gknlp.text.normalize import fold

_HAN = re.compile("[\u3400-\u9fff]+")
_DIGIT = re.compile(r"\d")
_NUMBER = re.compile(r"[-+\u2212]?\s*(?:\d[\d,]*(?:\.\d*)?|\.\d+)\s*%?")
_MARK = re.compile(r"[-\u2010-\u2015\u2212\u2500/\u2014\\]{1,4}")


class Labels(NamedTuple):
    """Keys of all forms: those of rows, and those of columns, titles and upper header cells."""

    rows: frozenset[str]
    header: frozenset[str]


@lru_cache(maxsize=1)
def load_labels() -> Labels:
    """Return the labels, Han characters only."""
    tables = [table for form in load_forms() for table in form.table]
    rows = (folded_keys(row.keys) for table in tables for row in table.rows)
    return Labels(frozenset(chain.from_iterable(rows)), frozenset(chain.from_iterable(map(_header_keys, tables))))


def _header_keys(table: TableForm) -> list[str]:
    keys = [*table.titles, *table.header.applicants, *table.header.organisations]
    keys += chain.from_iterable(column.keys for column in table.columns)
    keys += chain.from_iterable(group.keys for group in table.groups)
    return list(folded_keys(tuple(keys)))


@lru_cache(maxsize=4096)
def han(text: str) -> str:
    """Return the Han characters of a text, folded, without the number of an item at its beginning."""
    folded = fold(text)
    number = _ordinal().match(folded)
    return "".join(_HAN.findall(folded, number.end() if number else 0))


def is_row(text: str) -> bool:
    """Whether a text is the label of a row of a form, or holds one of five characters or more."""
    return _is_among(han(text), load_labels().rows)


def is_header(text: str) -> bool:
    """Whether a text is the label of a column or the title of a part of a table."""
    return han(text) in load_labels().header


@lru_cache(maxsize=2048)
def _is_among(text: str, keys: frozenset[str]) -> bool:
    return text in keys or (len(text) >= 5 and any(len(key) >= 5 and key in text for key in keys))


@lru_cache(maxsize=1)
def _sides() -> tuple[frozenset[str], frozenset[str]]:
    """Return the keys of upper header cells over several columns, and of the columns that stand before these."""
    headed = [table for form in load_forms() for table in form.table if table.header.organisations]
    over = (folded_keys(table.header.organisations) for table in headed)
    before = (folded_keys(table.columns[0].keys) for table in headed)
    return frozenset(chain.from_iterable(over)), frozenset(chain.from_iterable(before))


def is_over_several(text: str) -> bool:
    """Whether a text heads several columns, but not the first: 法人或其他组织."""
    return han(text) in _sides()[0]


def is_before_several(text: str) -> bool:
    """Whether a text heads the column before these: 自然人."""
    return han(text) in _sides()[1]


def is_known(text: str) -> bool:
    """Whether a text is the whole of a label of a form."""
    return han(text) in load_labels().rows or is_header(text)


@lru_cache(maxsize=1)
def _ordinal() -> re.Pattern[str]:
    numerals = load_layout().numerals
    return re.compile(rf"\s*(?:\(?[{numerals}]{{1,3}}[)\u3001]|\(?\d{{1,2}}(?:[.\u3001)]|$(?<=\)))(?!\d))")


def is_numbered(text: str) -> bool:
    """Whether a text begins with the number of an item: （四）, 三、, 5."""
    return _ordinal().match(fold(text)) is not None


def is_value(text: str) -> bool:
    """Whether a text is what stands in a cell for a number: one, or a dash."""
    folded = fold(text).strip()
    return _NUMBER.fullmatch(folded) is not None or _MARK.fullmatch(folded) is not None


def goes_on(upper: str, lower: str) -> bool:
    """Whether ``lower`` is the rest of the label ``upper`` that a page break cut.

    >>> goes_on("（四）无", "法提供"), goes_on("（六）其他处理", "（七）总计"), goes_on("规章", "行政规范性文件")
    (True, False, False)
    """
    if not upper.strip() or not lower.strip() or is_value(upper) or is_value(lower) or is_numbered(lower):
        return False
    return is_known(upper + lower) or not (is_known(upper) or is_known(lower))


def is_heading(text: str) -> bool:
    """Whether a text heads a section: numbered, made of a section's words and no row of a table."""
    folded = fold(text).lstrip()
    if folded[:1] not in load_layout().numerals or "\u3001" not in folded[1:4] or _DIGIT.search(folded) or is_row(text):
        return False
    return any(all(word in folded for word in words) for kind in load_sections().section for words in kind.require)
