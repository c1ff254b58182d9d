"""Messages between a run and its worker processes: length-prefixed MessagePack, checked against types on arrival."""

from __future__ import annotations

import os
import struct
from pathlib import Path
from typing import BinaryIO, TypeVar

import msgspec

from gknlp.corpus.inputs import Input
from gknlp.corpus.outcomes import Outcome
from gknlp.export.sinks import Encoding
from gknlp.model import Record
from gknlp.pipeline import Options

_LENGTH = struct.Struct("<Q")


class Setup(Record, frozen=True, kw_only=True, tag=True):
    """The first message to a worker: what holds for all its tasks."""

    encoding: Encoding
    options: Options


class Wire(Record, frozen=True, kw_only=True):
    """An input as it travels: the path as bytes, since a file name need not be UTF-8."""

    path: bytes
    inside: bytes
    problem: str | None
    data: bytes | None

    @classmethod
    def of(cls, item: Input) -> Wire:
        """Return the travelling form of an input."""
        return cls(path=os.fsencode(item.path), inside=os.fsencode(item.inside), problem=item.problem, data=item.data)

    def item(self) -> Input:
        """Return the input again."""
        return Input(os.fsdecode(self.path), os.fsdecode(self.inside), self.problem, self.data)


class Task(Record, frozen=True, kw_only=True, tag=True):
    """Some inputs to extract, one after the other; each is answered by a :class:`Result`."""

    items: tuple[Wire, ...]


class ShardTask(Record, frozen=True, kw_only=True, tag=True):
    """Inputs to extract into one part of an output in tables; each is answered, then the part as a whole.

    ``refused`` are the numbers of those that ended a worker twice, with what is to be recorded in their place.
    """

    folder: str
    number: int
    key: str
    items: tuple[Wire, ...]
    refused: dict[int, Outcome]


class Ready(Record, frozen=True, kw_only=True, tag=True):
    """A worker's first message: it has loaded what it needs."""


class Fatal(Record, frozen=True, kw_only=True, tag=True):
    """No input is to blame: a knowledge file is wrong, or the output cannot be written. It ends the run."""

    error: str
    message: str


class Result(Record, frozen=True, kw_only=True, tag=True):
    """The outcome of the next input of a task, ``None`` when the part of a :class:`ShardTask` stands as a whole."""

    outcome: Outcome | None


Order = Setup | Task | ShardTask
Answer = Ready | Fatal | Result
Message = TypeVar("Message")


def send(stream: BinaryIO, message: Order | Answer) -> None:
    """Write one message; :class:`OSError` when nobody reads it any more."""
    data = msgspec.msgpack.encode(message, enc_hook=str)
    stream.write(_LENGTH.pack(len(data)))
    stream.write(data)
    stream.flush()


def receive_order(stream: BinaryIO) -> Order | None:
    """Return the next message to a worker, ``None`` at the end of the stream."""
    data = _frame(stream)
    return None if data is None else msgspec.msgpack.decode(data, type=Order, dec_hook=_decode)


def receive_answer(stream: BinaryIO) -> Answer | None:
    """Return the next message from a worker, ``None`` at the end of the stream."""
    data = _frame(stream)
    return None if data is None else msgspec.msgpack.decode(data, type=Answer)


def _frame(stream: BinaryIO) -> bytes | None:
    """Return the next frame; one that is cut counts as the end of the stream."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    data = stream.read(length)
    return data if len(data) == length else None


def _decode(kind: type, value: object) -> object:
    """Make what MessagePack has no type for; a path travels as a string."""
    if kind is Path:
        return Path(str(value))
    raise NotImplementedError(kind)
