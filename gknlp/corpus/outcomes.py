"""What becomes of one input, as it passes between processes: plain records with the encoded report in them."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from gknlp.corpus.inputs import Input
from gknlp.model import ErrorRecord, Record, Report


class Tally(Record, frozen=True, kw_only=True):
    """What one report adds to a run's summary."""

    tables: int
    cells: int
    unsure: int
    failed_checks: int


class Outcome(Record, frozen=True, kw_only=True):
    """One input's report as bytes to write with its tally, or the error record in its place."""

    path: str
    sha256: str
    data: bytes = b""
    tally: Tally | None = None
    error: ErrorRecord | None = None


class Step(NamedTuple):
    """One input of a run with the place of its report; ``kept`` is the outcome when an earlier run has it done."""

    item: Input
    name: str
    kept: Outcome | None = None


class Summary(Record, frozen=True, kw_only=True):
    """What a run did. ``unsure`` counts the cells that were printed but could not be read with certainty.

    ``kept`` counts those of the inputs that an earlier run had done; their reports are counted with the others.
    """

    reports: int = 0
    tables: int = 0
    cells: int = 0
    unsure: int = 0
    failed_checks: int = 0
    errors: int = 0
    kept: int = 0
    interrupted: bool = False

    def after(self, outcome: Outcome, *, kept: bool = False) -> Summary:
        """Return the summary with one more input."""
        before = self.kept + kept
        if outcome.tally is None:
            return msgspec.structs.replace(self, errors=self.errors + 1, kept=before)
        return msgspec.structs.replace(
            self,
            reports=self.reports + 1,
            tables=self.tables + outcome.tally.tables,
            cells=self.cells + outcome.tally.cells,
            unsure=self.unsure + outcome.tally.unsure,
            failed_checks=self.failed_checks + outcome.tally.failed_checks,
            kept=before,
        )


def tally(report: Report) -> Tally:
    """Return what ``report`` adds to a summary."""
    cells = [cell for table in report.tables for cell in table.cells]
    return Tally(
        tables=len(report.tables),
        cells=len(cells),
        unsure=sum(cell.state == "unreadable" for cell in cells),
        failed_checks=sum(check.status == "fail" for check in report.checks),
    )
