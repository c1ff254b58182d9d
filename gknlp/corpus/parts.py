"""A run into tables in parts, by the processes of this machine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

import msgspec

from gknlp.corpus.frames import Setup, ShardTask, Wire
from gknlp.corpus.inputs import Input, documents
from gknlp.corpus.ledger import run_key
from gknlp.corpus.outcomes import Outcome, Summary
from gknlp.corpus.pool import COMMAND, TRIES, Answered, Crew, Died, Job, WorkersFailed, blamed
from gknlp.corpus.shards import (
    SIZE,
    LocalStore,
    ShardPlan,
    plan_shards,
    prepare,
    read_marker,
    stands,
    summary_of,
    write_errors,
    write_shard,
)
from gknlp.export.arrow import need
from gknlp.pipeline import DEFAULTS, Options

Told = Callable[[Outcome], None]


def run_parts(
    inputs: Iterable[Input],
    folder: str,
    *,
    done: Told,
    options: Options = DEFAULTS,
    jobs: int = 0,
    timeout: float | None = None,
    resume: bool = True,
    size: int = SIZE,
    command: tuple[str, ...] = COMMAND,
) -> Summary:
    """Extract every input into parts of ``size`` in ``folder``; ``done`` is called once for each, in no order.

    ``jobs`` is the number of processes, 0 for this one. The summary is counted from the parts that stand, also when a
    keyboard interrupt ends the run early.

    Raises:
        MissingExtra: pyarrow is not installed.
        OSError, KnowledgeError, WorkersFailed: as :func:`gknlp.corpus.run.run`.
    """
    need("pyarrow")
    held = tuple(inputs)
    store, key = LocalStore(folder), run_key(options)
    kept = 0
    interrupted = False
    try:
        prepare(plan_shards(documents(held), key, size), store, resume=resume)
        plans = _Plans(plan_shards(documents(held), key, size), store, done)
        if jobs:
            _in_processes(_Supervised(plans, folder, done, timeout), options, jobs, command)
        else:
            for plan in plans:
                write_shard(plan, store, options, done)
        kept = plans.kept
    except KeyboardInterrupt:
        interrupted = True
    write_errors(store)
    return msgspec.structs.replace(summary_of(store), kept=kept, interrupted=interrupted)


class _Plans:
    """The parts that are to be done; those that stand are told of and passed over."""

    def __init__(self, plans: Iterator[ShardPlan], store: LocalStore, done: Told) -> None:
        self._plans = plans
        self._store = store
        self._done = done
        self.kept = 0

    def __iter__(self) -> Iterator[ShardPlan]:
        for plan in self._plans:
            marker = read_marker(self._store, plan.number)
            if marker is not None and stands(plan, marker):
                self.kept += len(marker.inputs)
                for entry in marker.inputs:
                    self._done(entry.outcome())
            else:
                yield plan


def _in_processes(work: _Supervised, options: Options, jobs: int, command: tuple[str, ...]) -> None:
    crew = Crew(jobs, command, Setup(encoding="line", options=options), work.timeout)
    finished = False
    try:
        work.run(crew, 2 * jobs)
        finished = True
    finally:
        crew.close(at_once=not finished)


class _Supervised:
    """Hands parts to a crew; a part whose worker ended is done again, without the input that ended it twice."""

    def __init__(self, plans: _Plans, folder: str, done: Told, timeout: float | None) -> None:
        self._plans = plans
        self._folder = folder
        self._done = done
        self.timeout = timeout
        self._under_way: dict[int, ShardPlan] = {}
        self._told: Counter[int] = Counter()  # inputs of a part that were told of, also by a worker that ended since
        self._tries: Counter[tuple[int, int]] = Counter()

    def run(self, crew: Crew, most: int) -> None:
        """Do all parts, at most ``most`` at a time."""
        left = iter(self._plans)
        while True:
            while len(self._under_way) < most and (plan := next(left, None)) is not None:
                self._submit(crew, plan)
            if not self._under_way:
                return
            event = crew.event()
            if isinstance(event, Died):
                self._retry(crew, event)
            else:
                self._take(event)

    def _submit(self, crew: Crew, plan: ShardPlan) -> None:
        self._under_way[plan.number] = plan
        items = tuple(map(Wire.of, plan.items))
        task = ShardTask(folder=self._folder, number=plan.number, key=plan.key, items=items, refused=dict(plan.refused))
        crew.submit(Job(task, (plan.number,)))

    def _take(self, event: Answered) -> None:
        (number,) = event.job.numbers
        if event.outcome is None:
            del self._under_way[number]
        elif event.place == self._told[number]:
            self._told[number] += 1
            self._done(event.outcome)

    def _retry(self, crew: Crew, event: Died) -> None:
        (number,) = event.job.numbers
        plan = self._under_way[number]
        self._tries[number, event.place] += 1
        if self._tries[number, event.place] >= TRIES:
            if event.place == len(plan.items):
                raise WorkersFailed(f"a worker process {event.how} when it wrote part {number}, {TRIES} times")
            outcome = blamed(plan.items[event.place], event, self.timeout)
            plan = plan._replace(refused={**plan.refused, event.place: outcome})
        self._submit(crew, plan)
