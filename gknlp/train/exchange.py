"""Passages in the files that annotation tools import; :mod:`gknlp.train.formats` reads what they export.

Every record holds one passage with the whole text around it. What a tool does not know (role, document, split …) goes
where it carries such things along, so that nothing is lost on the way back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Literal

import msgspec

from gknlp.train.formats import Json, Passage

Tool = Literal["gknlp", "label-studio", "doccano", "prodigy", "argilla"]
TOOLS: tuple[Tool, ...] = ("gknlp", "label-studio", "doccano", "prodigy", "argilla")

_CARRIED = ("id", "role", "document", "pass", "annotator", "split")


def write_passages(passages: Iterable[Passage], tool: Tool) -> str:
    """Return the file that ``tool`` imports: JSON Lines, for Label Studio one JSON array.

    A passage without labels is one to be labelled: its span is marked where the tool can show a span without label, and
    told in what is carried along (``start``, ``end``) in any case.
    """
    records = [_WRITERS[tool](passage) for passage in passages]
    if tool == "label-studio":
        return msgspec.json.format(msgspec.json.encode(records), indent=1).decode() + "\n"
    return "".join(msgspec.json.encode(record).decode() + "\n" for record in records)


def _beside(passage: Passage) -> dict[str, Json]:
    """Return what a tool is to carry along."""
    known = {name: getattr(passage, "pass_" if name == "pass" else name) for name in _CARRIED}
    told: dict[str, Json] = {name: value for name, value in known.items() if value is not None}
    return told | {"start": passage.start, "end": passage.end}


def _gknlp(passage: Passage) -> Mapping[str, Json]:
    known = _beside(passage)
    text = passage.context[passage.start : passage.end]
    return {**known, "text": text, "context": passage.context, "labels": list(passage.names)}


def _label_studio(passage: Passage) -> Mapping[str, Json]:
    """A task with a region of a ``Labels`` control named ``label`` over a ``Text`` named ``text``, in UTF-16 units."""
    start, end = _utf16(passage.context, passage.start), _utf16(passage.context, passage.end)
    text = passage.context[passage.start : passage.end]
    value: dict[str, Json] = {"start": start, "end": end, "text": text, "labels": list(passage.names)}
    region: dict[str, Json] = {"from_name": "label", "to_name": "text", "type": "labels", "value": value}
    return {
        "data": {"text": passage.context, **_beside(passage)},
        "annotations": [{"result": [region] if passage.names else []}],
    }


def _utf16(text: str, place: int) -> int:
    """Return how many UTF-16 units stand before a place: what Label Studio's page counts."""
    return len(text[:place].encode("utf-16-le", "surrogatepass")) // 2


def _doccano(passage: Passage) -> Mapping[str, Json]:
    labels: list[Json] = [[passage.start, passage.end, name] for name in passage.names]
    return {"text": passage.context, "label": labels, "meta": _beside(passage)}


def _prodigy(passage: Passage) -> Mapping[str, Json]:
    text = passage.context[passage.start : passage.end]
    spans: list[Json] = [
        {"start": passage.start, "end": passage.end, "text": text, "label": name} for name in passage.names
    ]
    answer: dict[str, Json] = {"answer": "accept"} if passage.names else {}
    return {"text": passage.context, "spans": spans, "meta": _beside(passage), **answer}


def _argilla(passage: Passage) -> Mapping[str, Json]:
    """A record with a span question named ``labels``."""
    text = passage.context[passage.start : passage.end]
    spans: list[Json] = [
        {"label": name, "start": passage.start, "end": passage.end, "text": text} for name in passage.names
    ]
    response: dict[str, Json] = {"value": spans, "status": "submitted"}
    if passage.annotator:
        response["user_id"] = passage.annotator
    return {
        "fields": {"text": passage.context},
        "metadata": _beside(passage),
        "responses": {"labels": [response] if spans else []},
    }


_WRITERS: Mapping[Tool, Callable[[Passage], Mapping[str, Json]]] = {
    "gknlp": _gknlp,
    "label-studio": _label_studio,
    "doccano": _doccano,
    "prodigy": _prodigy,
    "argilla": _argilla,
}
