"""A worker process of a run: reads tasks from standard input, answers on standard output.

``python -m gknlp.corpus.worker``; not for people. It ends with its standard input, whatever it is at: it does not
outlive the run, also when that was killed.
"""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from queue import SimpleQueue
from typing import BinaryIO

from gknlp.corpus.frames import Fatal, Order, Ready, Result, Setup, ShardTask, Task, receive_order, send
from gknlp.corpus.run import outcome_of
from gknlp.errors import KnowledgeError
from gknlp.pipeline import extract
from gknlp.readers import read_text


def main() -> None:
    """Do what is asked until the standard input ends."""
    stream, answers = _private_streams()
    orders: SimpleQueue[Order] = SimpleQueue()
    threading.Thread(target=_listen, args=(stream, orders), daemon=True).start()
    setup = orders.get()
    if not isinstance(setup, Setup):
        return
    try:
        extract(read_text("1"), setup.options)  # loads the knowledge, which no input's time limit should pay for
        send(answers, Ready())
        while True:
            _do(orders.get(), setup, answers)
    except KnowledgeError as error:
        send(answers, Fatal(error="KnowledgeError", message=str(error)))
    except BrokenPipeError:
        with suppress(OSError):  # the run has gone, and with it who would read the rest
            answers.close()


def _listen(stream: BinaryIO, orders: SimpleQueue[Order]) -> None:
    """Pass on what is asked; at its end nobody waits for an answer any more, and the process ends."""
    while (order := receive_order(stream)) is not None:
        orders.put(order)
    os._exit(0)


def _do(task: Order, setup: Setup, answers: BinaryIO) -> None:
    if isinstance(task, Task):
        for wire in task.items:
            send(answers, Result(outcome=outcome_of(wire.item(), setup.encoding, setup.options)))
    elif isinstance(task, ShardTask):
        _do_shard(task, setup, answers)


def _do_shard(task: ShardTask, setup: Setup, answers: BinaryIO) -> None:
    from gknlp.corpus.shards import LocalStore, ShardPlan, write_shard

    plan = ShardPlan(task.number, tuple(wire.item() for wire in task.items), task.key, task.refused)
    try:
        write_shard(
            plan, LocalStore(task.folder), setup.options, lambda outcome: send(answers, Result(outcome=outcome))
        )
    except BrokenPipeError:
        raise
    except OSError as error:
        send(answers, Fatal(error="OSError", message=error.strerror or str(error)))
        return
    send(answers, Result(outcome=None))


def _private_streams() -> tuple[BinaryIO, BinaryIO]:
    """Return standard input and output as streams that no library and no child of this process shares.

    What a library prints would else stand between the messages, and a converter that outlives a killed worker would
    hold the pipe open.
    """
    orders, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(2, 1)
    os.close(null)
    return orders, answers


if __name__ == "__main__":
    main()
