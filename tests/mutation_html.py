"""The mutation gate over web pages: damaged markup never gives a wrong table cell without a word.

    python -m tests.mutation_html [--seed N] [--each N] [--list N]

Every report of ``tests/support/reports.py``, as a plain page and as WPS exports it, is damaged in many small ways: tags
dropped and doubled, cells and rows deleted, doubled and left unclosed, spans changed, quotes lost, tables divided, the
page cut. A cell that then differs from what was filled in, in a table about which nothing is said (no warning, no error, no
failed check, no repair), is a silent error. Exit code 1 when there is one, or a crash; 0 otherwise.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from random import Random
from typing import NamedTuple

from gknlp.errors import UnreadableInput
from gknlp.readers import read_bytes
from tests.support.judge import Expected, compare, read_document
from tests.support.reports import ReportSource, report_sources
from tests.support.write_html import write_html, write_wps_html

Edit = Callable[[str, Random], str]

_TAG = re.compile(r"<[^<>]*>")
_OPEN = re.compile(r"<(?:td|tr|table|tbody|p|span)\b[^>]*>")
_CLOSE = re.compile(r"</(?:td|tr|table|tbody|p|span|font|div)>")
_CELL = re.compile(r"<td[^>]*>(?:(?!</td>).)*</td>", re.DOTALL)
_ROW = re.compile(r"<tr>(?:(?!</tr>).)*</tr>", re.DOTALL)
_SPAN = re.compile(r"""(?<=span=)["']?\d+["']?""")
_SPAN_ATTRIBUTE = re.compile(r""" (?:row|col)span=["']?\d+["']?""")
_QUOTE = re.compile("""(?<=[^<>])["'](?=[^<>]*>)""")
_NUMBER_CELL = re.compile(r"<td[^>]*>(?:<[^>]*>)*\d[^<]*(?:<(?!/td>)[^>]*>[^<]*)*</td>")
_SPANS = ("0", "1", "2", "3", "7", "19", "10000", "-1", "x", "")


class Failure(NamedTuple):
    """A damage that gave wrong cells without a word; the page can be made again from the seed."""

    place: str
    cells: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.place}: {len(self.cells)} cells, {'; '.join(self.cells[:3])}"


class Outcome(NamedTuple):
    """What a run of mutations gave."""

    tried: Counter[str]
    wrong: Counter[str]  # of these, something was said
    silent: list[Failure]
    crashes: list[str]


def _one(pattern: re.Pattern[str], replace: Callable[[str, Random], str]) -> Edit:
    """Return the edit that replaces one match, chosen at random."""

    def edit(page: str, random: Random) -> str:
        matches = list(pattern.finditer(page, page.find("<table")))
        if not matches:
            return page
        match = random.choice(matches)
        return page[: match.start()] + replace(match[0], random) + page[match.end() :]

    return edit


def _cut(page: str, random: Random) -> str:
    return page[: random.randrange(len(page) // 2, len(page))]


def _nested(cell: str, random: Random) -> str:
    inner = re.sub(r"</?td[^>]*>", "", cell)
    return f"<td><table><tr><td>{inner}</td></tr></table></td>"


EDITS: dict[str, Edit] = {
    "tag dropped": _one(_TAG, lambda tag, _: ""),
    "tag doubled": _one(_OPEN, lambda tag, _: tag * 2),
    "end tag dropped": _one(_CLOSE, lambda tag, _: ""),
    "end tag doubled": _one(_CLOSE, lambda tag, _: tag * 2),
    "cell deleted": _one(_CELL, lambda cell, _: ""),
    "cell doubled": _one(_CELL, lambda cell, _: cell * 2),
    "cell unclosed": _one(_CELL, lambda cell, _: cell.removesuffix("</td>")),
    "cell emptied": _one(_CELL, lambda cell, _: "<td></td>"),
    "cell nested": _one(_CELL, _nested),
    "row deleted": _one(_ROW, lambda row, _: ""),
    "row doubled": _one(_ROW, lambda row, _: row * 2),
    "row unclosed": _one(_ROW, lambda row, _: row.removesuffix("</tr>")),
    "row hidden": _one(_ROW, lambda row, _: row.replace("<tr>", '<tr style="display:none">')),
    "span changed": _one(_SPAN, lambda span, random: random.choice(_SPANS)),
    "span dropped": _one(_SPAN_ATTRIBUTE, lambda span, _: ""),
    "span added": _one(
        re.compile("<td"), lambda td, random: f"<td {random.choice(('row', 'col'))}span={random.choice(_SPANS)}"
    ),
    "quote dropped": _one(_QUOTE, lambda quote, _: ""),
    "table divided": _one(_ROW, lambda row, _: row + "</table><table>"),
    "number dropped": _one(_NUMBER_CELL, lambda cell, _: "<td></td>"),
    "page cut": _cut,
}


def try_all(chosen: Iterable[tuple[ReportSource, str, str]], seed: int, each: int) -> Outcome:
    """Apply every edit ``each`` times to the chosen pages and judge the readings."""
    outcome = Outcome(Counter(), Counter(), [], [])
    for source, form, page in chosen:
        wanted = expected(source)
        for kind, edit in EDITS.items():
            for number in range(each):
                place = f"{source.name} {form} {kind} {number}"
                damaged = edit(page, Random(f"{seed} {place}"))
                _judge(damaged, wanted, kind, place, outcome)
    return outcome


def pages() -> Iterator[tuple[ReportSource, str, str]]:
    """Yield every report in both forms of page."""
    for source in report_sources():
        yield source, "plain", write_html(source).decode()
        yield source, "wps", write_wps_html(source).decode("gb18030").replace("charset=gb2312", "charset=utf-8")


def expected(source: ReportSource) -> Expected:
    """Return what was filled in."""
    return {table: source.filled.table(table) for table in ("disclosure", "requests", "remedies")}


def _judge(damaged: str, wanted: Expected, kind: str, place: str, outcome: Outcome) -> None:
    outcome.tried[kind] += 1
    try:
        reading = read_document(read_bytes(damaged.encode(), name="page.html"))
    except UnreadableInput:
        return
    except Exception as error:  # noqa: BLE001  a crash of any kind is a finding of its own
        outcome.crashes.append(f"{place}: {error!r}")
        return
    wrong = [entry for entry in compare(wanted, reading) if entry.got is not None]
    silent = tuple(str(entry) for entry in wrong if entry.silent)
    if silent:
        outcome.silent.append(Failure(place, silent))
    elif wrong:
        outcome.wrong[kind] += 1


def main(arguments: list[str] | None = None) -> int:
    """Run the gate; return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--each", type=int, default=10, help="how often each kind of damage is done to each page")
    parser.add_argument("--list", type=int, default=20, metavar="N", help="show so many silent errors (default 20)")
    options = parser.parse_args(arguments)
    outcome = try_all(pages(), options.seed, options.each)
    for line in (*outcome.crashes, *map(str, outcome.silent[: options.list])):
        print(line)
    print(f"{outcome.tried.total()} mutations of {2 * len(report_sources())} pages, seed {options.seed}")
    print(f"wrong values with a word in {outcome.wrong.total()} {dict(outcome.wrong)}")
    print(f"crashes {len(outcome.crashes)}")
    print(f"silent errors {len(outcome.silent)}")
    return 1 if outcome.silent or outcome.crashes else 0


if __name__ == "__main__":
    sys.exit(main())
