"""Many inputs: each ends as one report or one error record, none stops the run, and a cut run is taken up again."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from typing import NamedTuple, Protocol

import msgspec

from gknlp.corpus.inputs import Input, documents, read_input
from gknlp.corpus.interrupts import interrupts_deferred
from gknlp.corpus.ledger import Entry, Ledger, NoLedger, entry_of, printable
from gknlp.corpus.outcomes import Outcome, Step, Summary, tally
from gknlp.errors import KnowledgeError
from gknlp.export.sinks import ENCODERS, Encoding, Sink
from gknlp.model import ErrorRecord, Report, Source
from gknlp.pipeline import DEFAULTS, Options, extract
from gknlp.readers import FORMATS, describe_source, read_bytes

__all__ = ["Encoded", "Engine", "InProcess", "Outcome", "Summary", "extract_input", "outcome_of", "run"]


class Encoded(NamedTuple):
    """A report and the bytes to write for it."""

    report: Report
    data: bytes


class Engine(Protocol):
    """Does the steps of a run, here or elsewhere."""

    def outcomes(
        self, steps: Iterator[Step], encoding: Encoding, options: Options
    ) -> Generator[tuple[Step, Outcome], None, None]:
        """Yield the steps with their outcomes in the order of the steps, drawing no more of them than it needs."""


class InProcess:
    """One input after the other, in this process."""

    def outcomes(
        self, steps: Iterator[Step], encoding: Encoding, options: Options
    ) -> Generator[tuple[Step, Outcome], None, None]:
        """Yield each step with its outcome."""
        for step in steps:
            yield step, step.kept or outcome_of(step.item, encoding, options)


def run(
    inputs: Iterable[Input],
    sink: Sink,
    *,
    done: Callable[[Outcome], None],
    options: Options = DEFAULTS,
    engine: Engine | None = None,
    ledger: Ledger | None = None,
    key: str = "",
) -> Summary:
    """Extract every input into ``sink``; ``done`` is called after each.

    A keyboard interrupt ends the run early: what is done stays, and ``interrupted`` says so. Writing a result, noting
    it in ``ledger`` and counting it are one step, which no interrupt cuts.

    Raises:
        OSError: the output cannot be written (a full disk, a closed pipe); the reports written before it are whole.
        KnowledgeError: a knowledge file is wrong, which no input is to blame for.
        WorkersFailed: the engine's processes cannot be started.
    """
    ledger = ledger or NoLedger()
    summary = Summary()
    complete = False
    entries: dict[int, Entry] = {}
    try:
        steps = _steps(inputs, sink, ledger, entries)
        with closing((engine or InProcess()).outcomes(steps, sink.encoding, options)) as outcomes:
            for number, (step, outcome) in enumerate(outcomes):
                with interrupts_deferred():
                    _put(sink, ledger, step, outcome, entries.pop(number, None), key)
                    summary = summary.after(outcome, kept=step.kept is not None)
                done(outcome)
        complete = True
    except KeyboardInterrupt:
        summary = msgspec.structs.replace(summary, interrupted=True)
    finally:
        sink.close(complete=complete)
        ledger.close(complete=complete)
    return summary


def _steps(inputs: Iterable[Input], sink: Sink, ledger: Ledger, entries: dict[int, Entry]) -> Iterator[Step]:
    """Yield what is to be done; the entries of what is done already go to ``entries`` by the number of the step."""
    for number, item in enumerate(documents(inputs)):
        name = sink.place(printable(item.inside))
        entry = ledger.find(item, name)
        if entry is None:
            yield Step(item, name)
            continue
        entries[number] = entry
        yield Step(item, name, Outcome(path=entry.path, sha256=entry.sha256, tally=entry.tally, error=entry.error))


def _put(sink: Sink, ledger: Ledger, step: Step, outcome: Outcome, entry: Entry | None, key: str) -> None:
    if entry is not None:
        sink.keep(step.name, entry.size, entry.error)
        ledger.keep(entry)
        return
    if outcome.error is not None:
        sink.error(step.name, outcome.error)
    else:
        sink.write(step.name, outcome.data)
    ledger.add(entry_of(outcome, step.name, key))


def outcome_of(item: Input, encoding: Encoding, options: Options) -> Outcome:
    """Return what becomes of one input, as records that can be passed between processes."""
    result = extract_input(item, ENCODERS[encoding], options)
    if isinstance(result, ErrorRecord):
        return Outcome(path=result.source.path, sha256=result.source.sha256, error=result)
    source = result.report.source
    return Outcome(path=source.path, sha256=source.sha256, data=result.data, tally=tally(result.report))


def extract_input(item: Input, encode: Callable[[Report], bytes], options: Options = DEFAULTS) -> Encoded | ErrorRecord:
    """Return one input's report, or why there is none.

    This is the batch boundary, the one place that catches every exception: a defect that one odd file brings to light
    becomes an error record with the exception's type, and the other files go on.
    """
    data: bytes | None = None
    try:
        data = read_input(item)
        report = extract(read_bytes(data, name=printable(item.path)), options)
        return Encoded(report, encode(report))
    except KnowledgeError:
        raise
    except Exception as error:  # noqa: BLE001 - see above
        name = type(error).__name__
        return ErrorRecord(source=source_of(item, data), error=name, message=printable(str(error)) or name)


def source_of(item: Input, data: bytes | None) -> Source:
    """Return what is known of an input that gave no report; an input that was not read has no digest."""
    path = printable(item.path)
    if data is None:
        return Source(path=path, sha256="", media_type="application/octet-stream", encoding=None, bytes=0)
    return describe_source(data, path, next(form.media_type for form in FORMATS if form.matches(data)))
