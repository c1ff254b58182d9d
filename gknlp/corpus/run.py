"""Many inputs, one after the other: each ends as one report or one error record, and none stops the run."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

import msgspec

from gknlp.corpus.inputs import STDIN, Input
from gknlp.errors import KnowledgeError, UnreadableInput
from gknlp.export.sinks import Sink
from gknlp.model import ErrorRecord, Record, Report, Source
from gknlp.pipeline import DEFAULTS, Options, extract
from gknlp.readers import FORMATS, describe_source, read_bytes


class Summary(Record, frozen=True, kw_only=True):
    """What a run did. ``unsure`` counts the cells that were printed but could not be read with certainty."""

    reports: int = 0
    tables: int = 0
    cells: int = 0
    unsure: int = 0
    failed_checks: int = 0
    errors: int = 0
    interrupted: bool = False

    def after(self, result: Report | ErrorRecord) -> Summary:
        """Return the summary with one more input."""
        if isinstance(result, ErrorRecord):
            return msgspec.structs.replace(self, errors=self.errors + 1)
        cells = [cell for table in result.tables for cell in table.cells]
        return msgspec.structs.replace(
            self,
            reports=self.reports + 1,
            tables=self.tables + len(result.tables),
            cells=self.cells + len(cells),
            unsure=self.unsure + sum(cell.state == "unreadable" for cell in cells),
            failed_checks=self.failed_checks + sum(check.status == "fail" for check in result.checks),
        )


class Encoded(NamedTuple):
    """A report and the bytes to write for it."""

    report: Report
    data: bytes


def run(
    inputs: Iterable[Input],
    sink: Sink,
    *,
    done: Callable[[Report | ErrorRecord], None],
    options: Options = DEFAULTS,
) -> Summary:
    """Extract every input into ``sink``; ``done`` is called after each.

    A keyboard interrupt ends the run early: what is done stays, and ``interrupted`` says so.

    Raises:
        OSError: the output cannot be written (a full disk, a closed pipe); the reports written before it are whole.
        KnowledgeError: a knowledge file is wrong, which no input is to blame for.
    """
    summary = Summary()
    complete = False
    try:
        for item in inputs:
            result = extract_input(item, sink.encode, options)
            record = _put(sink, item, result)
            summary = summary.after(record)
            done(record)
        complete = True
    except KeyboardInterrupt:
        summary = msgspec.structs.replace(summary, interrupted=True)
    finally:
        sink.close(complete=complete)
    return summary


def extract_input(item: Input, encode: Callable[[Report], bytes], options: Options = DEFAULTS) -> Encoded | ErrorRecord:
    """Return one input's report, or why there is none.

    This is the batch boundary, the one place that catches every exception: a defect that one odd file brings to light
    becomes an error record with the exception's type, and the other files go on.
    """
    data: bytes | None = None
    try:
        data = _read(item)
        report = extract(read_bytes(data, name=_printable(item.path)), options)
        return Encoded(report, encode(report))
    except KnowledgeError:
        raise
    except Exception as error:  # noqa: BLE001 - see above
        name = type(error).__name__
        return ErrorRecord(source=_source(item, data), error=name, message=_printable(str(error)) or name)


def _put(sink: Sink, item: Input, result: Encoded | ErrorRecord) -> Report | ErrorRecord:
    if isinstance(result, ErrorRecord):
        sink.error(result)
        return result
    sink.write(_printable(item.inside), result.data)
    return result.report


def _read(item: Input) -> bytes:
    if item.problem is not None:
        raise UnreadableInput(item.problem)
    try:
        return sys.stdin.buffer.read() if item.path == STDIN else Path(item.path).read_bytes()
    except OSError as error:
        raise UnreadableInput(error.strerror or str(error)) from error


def _source(item: Input, data: bytes | None) -> Source:
    """Return what is known of an input that gave no report; an input that was not read has no digest."""
    path = _printable(item.path)
    if data is None:
        return Source(path=path, sha256="", media_type="application/octet-stream", encoding=None, bytes=0)
    return describe_source(data, path, next(form.media_type for form in FORMATS if form.matches(data)))


def _printable(text: str) -> str:
    """Return ``text`` as JSON can hold it: a file name need not be UTF-8."""
    return text.encode("utf-8", "replace").decode()
