"""A trained model as plain data: ``model.json`` says what it is, ``weights.bin`` holds its numbers.

``weights.bin`` is, little-endian, the document frequency of each gram as 32-bit integers, then for each gram and
behind them each sign (a concept or a pair of concepts) one 16-bit integer a trained label: 32,768 plus the weight in
units of the label's ``scale``. No pickle: reading a model runs nothing in it.
"""

from __future__ import annotations

import hashlib
import sys
from array import array
from pathlib import Path

import msgspec

from gknlp.errors import GknlpError
from gknlp.issues.context import ALONE, BESIDE
from gknlp.issues.features import LONGEST, PAIR
from gknlp.model import Record, Role

SCHEMA = "gknlp.issue-model/2"
HEADER, NUMBERS = "model.json", "weights.bin"
OFFSET = 1 << 15
_FREQUENCY, _WEIGHT = 4, 2  # bytes


class ModelError(GknlpError):
    """A model cannot be used; the message names the file."""


class Sigmoid(Record, frozen=True, forbid_unknown_fields=True):
    """Calibration and decision for one role: the first guess of a score ``s`` is ``1 / (1 + exp(-(a * s + b)))``.

    ``alone`` and ``beside`` are added to the weighed clues of :mod:`gknlp.issues.context`; a label is given from
    ``threshold`` on.
    """

    a: float
    b: float
    threshold: float
    alone: float = 0.0
    beside: float = 0.0


class LabelWeights(Record, frozen=True, forbid_unknown_fields=True):
    """What belongs to one label besides its row of weights; a label that was not trained has only its cues.

    ``cue_weights`` has one number a label of the model: what a cue of that label adds. ``problem`` and ``measure``
    are ``None`` where the label does not apply to the role.
    """

    id: str
    trained: bool
    cues: tuple[str, ...]
    bias: float = 0.0
    role_weight: float = 0.0
    scale: float = 0.0
    cue_weights: tuple[float, ...] = ()
    problem: Sigmoid | None = None
    measure: Sigmoid | None = None

    def of_role(self, role: Role) -> Sigmoid | None:
        """Return calibration and threshold for a role, ``None`` when the label does not apply to it."""
        return self.problem if role == "problem" else self.measure


class RoleWeights(Record, frozen=True, forbid_unknown_fields=True):
    """What all labels of a role share.

    ``alone`` weighs the clues of an item without items of the other role, ``beside`` those of one with such items.
    What an item gets when no label reaches its threshold is the likeliest label from ``floor`` on, else ``rest``;
    ``None`` when the taxonomy has no label for the rest.
    """

    floor: float
    rest: str | None
    alone: tuple[float, ...]
    beside: tuple[float, ...]


class Header(Record, frozen=True, forbid_unknown_fields=True):
    """The content of ``model.json``; ``digest`` covers all other fields and ``weights.bin``.

    ``concepts`` holds the wordings of each concept; a sign that an item has counts ``sign_value``.
    """

    schema: str
    id: str
    version: str
    longest: int
    documents: int
    sign_value: float
    problem: RoleWeights
    measure: RoleWeights
    labels: tuple[LabelWeights, ...]
    concepts: dict[str, tuple[str, ...]]
    signs: tuple[str, ...]
    grams: tuple[str, ...]
    digest: str = ""

    def of_role(self, role: Role) -> RoleWeights:
        """Return what all labels of a role share."""
        return self.problem if role == "problem" else self.measure


class Weights(Record, frozen=True):
    """A model in memory; ``rows`` are the numbers of ``weights.bin`` behind the frequencies, as they stand there."""

    header: Header
    frequencies: array[int]
    rows: bytes


class _Schema(msgspec.Struct):
    schema: str


def write_weights(weights: Weights, folder: Path) -> None:
    """Write the two files of a model."""
    numbers = _swapped(weights.frequencies).tobytes() + weights.rows
    header = msgspec.structs.replace(weights.header, digest=_digest(weights.header, numbers))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / NUMBERS).write_bytes(numbers)
    (folder / HEADER).write_bytes(_pretty(header))


def read_weights(folder: Path) -> Weights:
    """Return the model of a folder; :class:`ModelError` names a file that is missing, cut off, edited or too new."""
    header_path, numbers_path = folder / HEADER, folder / NUMBERS
    header = _read_header(header_path, _bytes(header_path))
    numbers = _bytes(numbers_path)
    trained = sum(label.trained for label in header.labels)
    expected = len(header.grams) * (_FREQUENCY + _WEIGHT * trained) + len(header.signs) * _WEIGHT * trained
    if len(numbers) != expected:
        raise ModelError(f"{numbers_path}: holds {len(numbers)} bytes where {HEADER} tells of {expected}: cut off?")
    if header.digest != _digest(header, numbers):
        raise ModelError(f"{folder}: {HEADER} or {NUMBERS} was changed after training: their digest does not fit")
    _check(header, header_path)
    split = len(header.grams) * _FREQUENCY
    return Weights(header=header, frequencies=_swapped(array("I", numbers[:split])), rows=numbers[split:])


def _read_header(path: Path, data: bytes) -> Header:
    try:
        schema = msgspec.json.decode(data, type=_Schema).schema
        if schema != SCHEMA:
            raise ModelError(
                f"{path}: has the schema {schema!r}, not {SCHEMA!r}: made by another version, train it again"
            )
        return msgspec.json.decode(data, type=Header)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ModelError(f"{path}: is no model or was cut off: {error}") from error


def _check(header: Header, path: Path) -> None:
    """Refuse a header whose numbers do not fit together, however it came about."""
    if header.longest != LONGEST:
        raise ModelError(f"{path}: made of runs of up to {header.longest} characters, not {LONGEST}: train it again")
    for label in header.labels:
        if label.trained and len(label.cue_weights) != len(header.labels):
            raise ModelError(f"{path}: label {label.id} has {len(label.cue_weights)} weights of cues")
    for shared in (header.problem, header.measure):
        if (len(shared.alone), len(shared.beside)) != (len(ALONE), len(BESIDE)):
            raise ModelError(f"{path}: weighs {len(shared.alone)} and {len(shared.beside)} clues: train it again")
    if unknown := {part for sign in header.signs for part in sign.split(PAIR)} - header.concepts.keys():
        raise ModelError(f"{path}: has no words for the concepts {', '.join(sorted(unknown))}")


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ModelError(f"{path}: {error.strerror or error}") from error


def _digest(header: Header, numbers: bytes) -> str:
    bare = msgspec.structs.replace(header, digest="")
    return hashlib.sha256(msgspec.json.encode(bare) + numbers).hexdigest()


def _pretty(header: Header) -> bytes:
    """JSON with one field a line, but the grams on one line."""
    fields = msgspec.json.decode(msgspec.json.encode(header), type=dict[str, msgspec.Raw])
    lines = [f"  {msgspec.json.encode(name).decode()}: {bytes(value).decode()}" for name, value in fields.items()]
    return ("{\n" + ",\n".join(lines) + "\n}\n").encode()


def _swapped(numbers: array[int]) -> array[int]:
    """Return numbers of this machine as little-endian ones, or the other way round."""
    swapped = array(numbers.typecode, numbers)
    if sys.byteorder == "big":
        swapped.byteswap()
    return swapped
