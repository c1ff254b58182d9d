"""Worker processes: supervised, so that the input that ends one costs one error record and not the run.

Each worker is a process of its own interpreter with a thread here that gives it tasks and takes its answers. When a
worker ends within a task, or is ended because an input took too long, the input it was at is the first without an
answer: it is tried once more, alone and in a new process, and recorded as an error when that ends, too.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Generator, Iterator
from contextlib import suppress
from itertools import islice
from queue import Empty, SimpleQueue
from typing import BinaryIO, NamedTuple, cast

import msgspec

from gknlp.corpus.frames import Fatal, Ready, Result, Setup, ShardTask, Task, Wire, receive_answer, send
from gknlp.corpus.inputs import Input, is_at_hand, read_input
from gknlp.corpus.outcomes import Outcome, Step
from gknlp.corpus.run import source_of
from gknlp.errors import GknlpError, KnowledgeError, UnreadableInput
from gknlp.export.sinks import Encoding
from gknlp.model import ErrorRecord
from gknlp.pipeline import Options

COMMAND = (sys.executable, "-m", "gknlp.corpus.worker")
CHUNK = 8  # inputs a task: enough that the way there and back does not count
WINDOW = 4096  # steps that may be under way: a slow input lets the others go on until then
WINDOW_BYTES = 1 << 27  # of results that wait for an earlier one
TRIES = 2
STARTS = 3  # workers in a row that may end before they are ready
TICK = 0.2  # seconds between looks at the clock


class WorkersFailed(GknlpError):
    """The worker processes cannot be started; no input is to blame."""


class Job(NamedTuple):
    """A task for a worker with the inputs it is about, in the order of the answers."""

    task: Task | ShardTask
    numbers: tuple[int, ...]

    @property
    def answers(self) -> int:
        """How many answers there are to be."""
        return len(self.task.items) + isinstance(self.task, ShardTask)


class Answered(NamedTuple):
    """One answer to a job."""

    job: Job
    place: int
    outcome: Outcome | None


class Died(NamedTuple):
    """The worker of a job ended after ``place`` answers; ``how`` says in words, ``late`` that it was too slow."""

    job: Job
    place: int
    how: str
    late: bool


class Ended(NamedTuple):
    """A worker ended before it was ready, or told that the run must end."""

    error: str
    message: str


Event = Answered | Died | Ended


class Worker:
    """One worker process with the thread that talks to it; another process takes its place when it ends."""

    def __init__(
        self, command: tuple[str, ...], setup: Setup, jobs: SimpleQueue[Job | None], events: SimpleQueue[Event]
    ) -> None:
        self._command = command
        self._setup = setup
        self._jobs = jobs
        self._events = events
        self._process: subprocess.Popen[bytes] | None = None
        self._since: float | None = None  # when the input under way was begun
        self._late = False
        self._stopped = False
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def check_clock(self, timeout: float) -> None:
        """End the process when the input it is at takes longer than ``timeout`` seconds."""
        since = self._since
        if since is not None and time.monotonic() - since > timeout:
            self._late = True
            self._since = None
            self._kill()

    def stop(self, *, at_once: bool) -> None:
        """End the process: when it has nothing to do any more, or at once."""
        self._stopped = True
        if at_once:
            self._kill()
        self._thread.join()

    def _serve(self) -> None:
        clean = False
        try:
            while (job := self._jobs.get()) is not None and not self._stopped and self._ready():
                self._do(job)
            clean = True
        finally:
            if not clean:  # a mistake of the program must end the run, not leave it waiting
                self._events.put(Ended("WorkersFailed", "the thread of a worker process failed"))
            if self._stopped:
                self._kill()
            self._end()

    def _do(self, job: Job) -> None:
        process = cast("subprocess.Popen[bytes]", self._process)
        place = 0
        try:
            self._since = time.monotonic()
            send(cast(BinaryIO, process.stdin), job.task)
            while place < job.answers:
                answer = receive_answer(cast(BinaryIO, process.stdout))
                if isinstance(answer, Fatal):
                    self._events.put(Ended(answer.error, answer.message))
                    return
                if not isinstance(answer, Result):
                    break
                self._since = time.monotonic()
                self._events.put(Answered(job, place, answer.outcome))
                place += 1
        except (OSError, msgspec.DecodeError):
            pass  # the process has gone while it was written to, or has lost its mind
        finally:
            self._since = None
        if place < job.answers:
            self._kill()  # one that is still there has sent nonsense
            self._events.put(Died(job, place, self._end(), self._late))
            self._late = False

    def _ready(self) -> bool:
        """Return whether there is a process that has loaded what it needs; start one where there is none."""
        if self._process is not None:
            return not self._stopped
        how = ""
        for _ in range(STARTS):
            self._process = _start(self._command)
            if self._stopped:
                return False
            try:
                send(cast(BinaryIO, self._process.stdin), self._setup)
                answer = receive_answer(cast(BinaryIO, self._process.stdout))
            except (OSError, msgspec.DecodeError):
                answer = None
            if isinstance(answer, Fatal):
                self._events.put(Ended(answer.error, answer.message))
                return False
            if isinstance(answer, Ready):
                return not self._stopped
            self._kill()  # one that is still there has sent nonsense
            how = self._end()
            if self._stopped:
                return False
        self._events.put(Ended("WorkersFailed", f"a worker process {how} before it was ready, {STARTS} times"))
        return False

    def _kill(self) -> None:
        process = self._process
        if process is None:
            return
        if hasattr(os, "killpg"):  # with the converters that it may have started
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                process.kill()
        else:
            process.kill()

    def _end(self) -> str:
        """Close the process's streams, wait for its end and return how it ended."""
        process, self._process = self._process, None
        if process is None:
            return ""
        for stream in (process.stdin, process.stdout):
            with suppress(OSError):  # what was to be written last does not matter any more
                cast(BinaryIO, stream).close()
        code = process.wait()
        return f"was ended by signal {-code}" if code < 0 else f"ended with exit code {code}"


def _start(command: tuple[str, ...]) -> subprocess.Popen[bytes]:
    """Start a process that does not hear the terminal's Ctrl-C: the run decides what an interrupt means."""
    return subprocess.Popen(  # noqa: S603 - our own interpreter
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
    )


class Crew:
    """Some workers with the queues between them and the run."""

    def __init__(self, count: int, command: tuple[str, ...], setup: Setup, timeout: float | None) -> None:
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._events: SimpleQueue[Event] = SimpleQueue()
        self._timeout = timeout
        self._workers = [Worker(command, setup, self._jobs, self._events) for _ in range(count)]

    def submit(self, job: Job) -> None:
        """Give a job to the next worker that is free."""
        self._jobs.put(job)

    def event(self) -> Answered | Died:
        """Return what happens next.

        Raises:
            KnowledgeError: a knowledge file is wrong.
            OSError: a worker cannot write its part.
            WorkersFailed: workers end before they are ready.
        """
        while True:
            try:
                event = self._events.get(timeout=TICK)
            except Empty:
                event = None
            if self._timeout is not None:
                for worker in self._workers:
                    worker.check_clock(self._timeout)
            if isinstance(event, Ended):
                raise _ERRORS.get(event.error, WorkersFailed)(event.message)
            if event is not None:
                return event

    def close(self, *, at_once: bool) -> None:
        """End all workers; ``at_once`` does not let them finish what they are at."""
        for _ in self._workers:
            self._jobs.put(None)
        for worker in self._workers:
            worker.stop(at_once=at_once)


_ERRORS: dict[str, type[Exception]] = {"KnowledgeError": KnowledgeError, "OSError": OSError}


class Pool:
    """An :class:`~gknlp.corpus.run.Engine` of ``jobs`` worker processes.

    Results come in the order of the inputs, whichever is done first. At most :data:`WINDOW` inputs, or results of
    :data:`WINDOW_BYTES`, are under way, so that memory does not grow with the run. ``timeout`` is in seconds an input.
    """

    def __init__(self, jobs: int, *, timeout: float | None = None, command: tuple[str, ...] = COMMAND) -> None:
        self.jobs = jobs
        self.timeout = timeout
        self.command = command

    def outcomes(
        self, steps: Iterator[Step], encoding: Encoding, options: Options
    ) -> Generator[tuple[Step, Outcome], None, None]:
        """Yield each step with its outcome."""
        crew = Crew(self.jobs, self.command, Setup(encoding=encoding, options=options), self.timeout)
        finished = False
        try:
            yield from _Ordered(crew, steps, 2 * self.jobs, self.timeout).outcomes()
            finished = True
        finally:
            crew.close(at_once=not finished)


class _Ordered:
    """Draws steps, hands them to a crew in chunks and gives the outcomes in order."""

    def __init__(self, crew: Crew, steps: Iterator[Step], most_jobs: int, timeout: float | None) -> None:
        self._crew = crew
        self._steps = steps
        self._most_jobs = most_jobs
        self._timeout = timeout
        self._under_way: dict[int, Step] = {}
        self._waiting: dict[int, Outcome] = {}  # done before an earlier one
        self._waiting_bytes = 0
        self._tries: dict[int, int] = {}
        self._jobs = 0
        self._drawn = 0
        self._exhausted = False

    def outcomes(self) -> Iterator[tuple[Step, Outcome]]:
        number = 0
        while True:
            self._fill(number)
            while number in self._waiting:
                outcome = self._waiting.pop(number)
                self._waiting_bytes -= len(outcome.data)
                yield self._under_way.pop(number), outcome
                number += 1
            if self._jobs:
                self._take(self._crew.event())
            elif self._exhausted and number == self._drawn:
                return

    def _fill(self, first: int) -> None:
        """Submit chunks while there is room; ``first`` is the step that is waited for."""
        while not self._exhausted and self._jobs < self._most_jobs and self._drawn - first < WINDOW:
            if self._waiting_bytes > WINDOW_BYTES and self._jobs:
                return
            numbers = []
            before = self._drawn
            for step in islice(self._steps, CHUNK):
                self._under_way[self._drawn] = step
                if step.kept is None:
                    numbers.append(self._drawn)
                else:
                    self._waiting[self._drawn] = step.kept
                self._drawn += 1
            self._exhausted = self._drawn - before < CHUNK
            self._submit(numbers)

    def _submit(self, numbers: list[int]) -> None:
        if numbers:
            items = tuple(Wire.of(self._under_way[number].item) for number in numbers)
            self._crew.submit(Job(Task(items=items), tuple(numbers)))
            self._jobs += 1

    def _take(self, event: Answered | Died) -> None:
        if isinstance(event, Answered):
            if event.place + 1 == event.job.answers:
                self._jobs -= 1
            self._done(event.job.numbers[event.place], cast(Outcome, event.outcome))
            return
        self._jobs -= 1
        suspect, *others = event.job.numbers[event.place :]
        self._submit(others)
        self._tries[suspect] = self._tries.get(suspect, 0) + 1
        if self._tries[suspect] < TRIES:
            self._submit([suspect])
        else:
            self._done(suspect, blamed(self._under_way[suspect].item, event, self._timeout))

    def _done(self, number: int, outcome: Outcome) -> None:
        self._waiting[number] = outcome
        self._waiting_bytes += len(outcome.data)


def _bytes_of(item: Input) -> bytes | None:
    """Return an input's bytes, ``None`` where reading them here might wait as the worker did, as for a pipe."""
    if not is_at_hand(item):
        return None
    try:
        return read_input(item)
    except UnreadableInput:
        return None


def blamed(item: Input, event: Died, timeout: float | None) -> Outcome:
    """Return the outcome of an input that ended its worker each time it was tried."""
    source = source_of(item, _bytes_of(item))
    if event.late:
        record = ErrorRecord(source=source, error="TimeLimit", message=f"takes longer than {timeout:g} seconds")
    else:
        record = ErrorRecord(source=source, error="WorkerDied", message=f"the process that read it {event.how}, twice")
    return Outcome(path=source.path, sha256=source.sha256, error=record)
