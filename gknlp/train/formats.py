"""Annotated passages from the files that annotation tools write, each with the place it was read from.

Known are JSON Lines of gknlp, CSV, doccano, Label Studio, Prodigy and Argilla. A file is recognised record by record
by the fields it has; nothing is guessed from its name but CSV.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import msgspec

from gknlp.issues.annotations import AnnotationError
from gknlp.model import Record

# Where tools keep what they do not know: Label Studio, Prodigy and doccano, Argilla.
_CARRIED = ("data", "meta", "metadata")

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]
Fields = Mapping[str, Json]


class Passage(Record, frozen=True):
    """A span of ``context`` with the names of its labels as the tool writes them.

    ``text`` is what the file says stands at ``start:end``, ``None`` where it does not repeat it. The other fields are
    ``None`` where the file does not tell.
    """

    place: str
    context: str
    start: int
    end: int
    text: str | None
    names: tuple[str, ...]
    role: str | None = None
    id: str | None = None
    document: str | None = None
    pass_: str | None = None
    annotator: str | None = None
    split: str | None = None


class _Row(NamedTuple):
    """One record of a file."""

    place: str
    fields: Fields


def read_passages(path: Path, documents: Mapping[str, str]) -> Iterator[Passage]:
    """Yield the passages of one file; ``documents`` holds the texts that lines of gknlp point into.

    :class:`~gknlp.issues.annotations.AnnotationError` names file and line of what cannot be read.
    """
    text = _decode(path)
    rows = _csv(path, text) if path.suffix.lower() in (".csv", ".tsv") else _json(path, text)
    for row in rows:
        yield from _reader(row)(row, documents)


def join_passages(passages: Iterable[Passage]) -> list[Passage]:
    """Return passages with the labels that one record gives one span one by one brought together."""
    found: dict[tuple[str, int, int, str | None, str | None], Passage] = {}
    for passage in passages:
        key = (passage.place, passage.start, passage.end, passage.annotator, passage.id)
        before = found.get(key)
        names = passage.names if before is None else tuple(dict.fromkeys(before.names + passage.names))
        found[key] = msgspec.structs.replace(passage, names=names)
    return list(found.values())


def verify(passage: Passage) -> str:
    """Return the text of a passage; :class:`~gknlp.issues.annotations.AnnotationError` when its span is shifted."""
    start, end, context = passage.start, passage.end, passage.context
    if not 0 <= start < end <= len(context):
        raise AnnotationError(f"{passage.place}: the span {start}:{end} lies outside the {len(context)} characters")
    text = context[start:end]
    if passage.text is not None and passage.text != text:
        raise AnnotationError(f"{passage.place}: the span {start}:{end} holds {text!r}, not {passage.text!r}")
    return text


def _decode(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise AnnotationError(f"{path}: {error.strerror or error}") from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"{path}:{line}: is no UTF-8 from byte {error.start} on (another encoding, or several in one file?)"
        raise AnnotationError(message) from error


def _json(path: Path, text: str) -> Iterator[_Row]:
    """Records of JSON Lines, or of one JSON array however it is laid out."""
    decoder = json.JSONDecoder()
    is_array = text.lstrip()[:1] == "["
    at, line, counted = text.index("[") + 1 if is_array else 0, 1, 0
    while (at := _skip(text, at)) < len(text):
        if is_array and text[at] == "]":
            return
        line, counted = line + text.count("\n", counted, at), at
        try:
            value, at = decoder.raw_decode(text, at)
        except json.JSONDecodeError as error:
            raise AnnotationError(f"{path}:{error.lineno}: {error.msg}") from error
        if not isinstance(value, dict):
            raise AnnotationError(f"{path}:{line}: a record is an object, not {type(value).__name__}")
        yield _Row(f"{path}:{line}", value)
    if is_array:
        raise AnnotationError(f"{path}:{text.count(chr(10)) + 1}: the array is not closed: cut off?")


def _skip(text: str, at: int) -> int:
    """Return where the next record starts: white space and the commas of an array are passed over."""
    while at < len(text) and text[at] in " \t\r\n,":
        at += 1
    return at


def _csv(path: Path, text: str) -> Iterator[_Row]:
    """Rows of a table with a header; labels of one cell are separated by ``;``, ``|`` or ``,``."""
    reader = csv.DictReader(io.StringIO(text), delimiter="\t" if path.suffix.lower() == ".tsv" else ",", strict=True)
    try:
        for fields in reader:
            if None in fields or None in fields.values():
                raise AnnotationError(f"{path}:{reader.line_num}: has not the number of cells of the header")
            yield _Row(f"{path}:{reader.line_num}", {name: cell for name, cell in fields.items() if cell != ""})
    except csv.Error as error:
        raise AnnotationError(f"{path}:{reader.line_num}: {error}") from error


_Reader = Callable[[_Row, Mapping[str, str]], Iterator[Passage]]


def _reader(row: _Row) -> _Reader:
    """Return the reader of a record by the fields that only its tool writes."""
    known = row.fields.keys()
    if "data" in known and known & {"annotations", "completions"}:
        return _label_studio
    if "fields" in known or known & {"annotation", "prediction"}:
        return _argilla
    if known & {"spans", "accept", "answer"}:
        return _prodigy
    if "text" in known and known & {"entities", "label"}:
        return _doccano
    if "text" in known and "labels" in known:
        is_spans = isinstance(labels := row.fields["labels"], list) and any(isinstance(one, list) for one in labels)
        return _doccano if is_spans else _own
    raise AnnotationError(f"{row.place}: no known format has the fields {', '.join(sorted(known))}")


def _own(row: _Row, documents: Mapping[str, str]) -> Iterator[Passage]:
    """A line of gknlp or a row of CSV; ``context`` may hold the whole text instead of documents.jsonl."""
    fields, text = row.fields, _text(row, row.fields.get("text"), "text")
    document = _optional(row, "document")
    context = _optional(row, "context") or (documents.get(document) if document else None)
    if context is None and "start" in fields:
        raise AnnotationError(f"{row.place}: no text for the span: documents.jsonl beside it has no {document!r}")
    yield Passage(
        place=row.place,
        context=text if context is None else context,
        start=_number(row, fields.get("start", 0), "start"),
        end=_number(row, fields.get("end", len(text)), "end"),
        text=text,
        names=_names(row, fields["labels"]),
        role=_optional(row, "role"),
        id=_optional(row, "id"),
        document=document,
        pass_=_optional(row, "pass"),
        annotator=_optional(row, "annotator"),
        split=_optional(row, "split"),
    )


def _doccano(row: _Row, _: Mapping[str, str]) -> Iterator[Passage]:
    """Spans as ``[start, end, label]`` or entities, or labels of the whole text."""
    fields, context = row.fields, _text(row, row.fields.get("text"), "text")
    marked = fields.get("entities", fields.get("label", fields.get("labels")))
    annotator = _optional(row, "annotator") or _optional(row, "username")
    if isinstance(marked, str) or (isinstance(marked, list) and all(isinstance(one, str) for one in marked)):
        yield _whole(row, context, _names(row, marked), annotator)
        return
    for one in _list(row, marked, "label"):
        if isinstance(one, dict):
            start, end, name = one.get("start_offset"), one.get("end_offset"), one.get("label")
        elif isinstance(one, list) and len(one) == 3:
            start, end, name = one
        else:
            raise AnnotationError(f"{row.place}: a label is [start, end, name], not {one!r}")
        yield _span(row, context, start, end, None, (_text(row, name, "label"),), annotator)


def _prodigy(row: _Row, _: Mapping[str, str]) -> Iterator[Passage]:
    """Spans of ``ner`` and ``spans``, or the accepted options of ``choice`` and ``textcat``."""
    fields, context = row.fields, _text(row, row.fields.get("text"), "text")
    if fields.get("answer", "accept") != "accept":
        return
    annotator = _optional(row, "_annotator_id")
    if accepted := _list(row, fields.get("accept", []), "accept"):
        yield _whole(row, context, _names(row, accepted), annotator)
    elif "label" in fields and "spans" not in fields:
        yield _whole(row, context, _names(row, fields["label"]), annotator)
    for one in _list(row, fields.get("spans", []), "spans"):
        span = _object(row, one, "spans")
        name = _text(row, span.get("label"), "label")
        yield _span(row, context, span.get("start"), span.get("end"), span.get("text"), (name,), annotator)


def _label_studio(row: _Row, _: Mapping[str, str]) -> Iterator[Passage]:
    """Regions of a ``Labels`` control, and ``Choices`` for a region or for the whole text."""
    data = _object(row, row.fields["data"], "data")
    context = _text(row, data.get("text"), "data.text")
    for one in _list(row, row.fields.get("annotations", row.fields.get("completions")), "annotations"):
        annotation = _object(row, one, "annotations")
        if annotation.get("was_cancelled"):
            continue
        who = annotation.get("completed_by")
        annotator = None if who is None else str(who.get("email", who.get("id")) if isinstance(who, dict) else who)
        for result in _list(row, annotation.get("result"), "result"):
            value = _object(row, _object(row, result, "result").get("value"), "value")
            names = _names(row, value.get("labels", value.get("choices", [])))
            if not names:
                continue
            if "start" in value:
                start, end = _utf16_span(row, context, value)
                yield _span(row, context, start, end, value.get("text"), names, annotator)
            else:
                yield _whole(row, context, names, annotator)


def _utf16_span(row: _Row, context: str, value: Fields) -> tuple[int, int]:
    """Return a span of Label Studio in characters: its page counts UTF-16 units, its converters may count characters.

    Where both readings differ, the one counts that holds the text which the region repeats.
    """
    start, end = _number(row, value["start"], "start"), _number(row, value.get("end"), "end")
    if context.isascii() or max(context) <= "\uffff":
        return start, end
    units = context.encode("utf-16-le", "surrogatepass")
    before, inside = units[: 2 * start], units[2 * start : 2 * end]
    first = len(before.decode("utf-16-le", "replace"))
    found = first, first + len(inside.decode("utf-16-le", "replace"))
    text = value.get("text")
    return (start, end) if context[start:end] == text != context[slice(*found)] else found


def _argilla(row: _Row, _: Mapping[str, str]) -> Iterator[Passage]:
    """Responses to a label, multi-label or span question; records of version 1 have ``annotation``."""
    fields = row.fields
    holder = _object(row, fields["fields"], "fields") if "fields" in fields else fields
    context = _text(row, holder.get("text"), "text")
    if "annotation" in fields:
        yield from _answer(row, context, fields["annotation"], _optional(row, "annotation_agent"))
    for answers in _object(row, fields.get("responses", {}), "responses").values():
        for one in _list(row, answers, "responses"):
            answer = _object(row, one, "responses")
            if answer.get("status", "submitted") == "submitted":
                who = answer.get("user_id")
                yield from _answer(row, context, answer.get("value"), None if who is None else str(who))


def _answer(row: _Row, context: str, value: Json, annotator: str | None) -> Iterator[Passage]:
    if isinstance(value, dict):
        value = value.get("value")
    if value is None:
        return
    if isinstance(value, list) and value and isinstance(value[0], dict | list):
        for one in value:
            span = {"label": one[0], "start": one[1], "end": one[2]} if isinstance(one, list) and len(one) == 3 else one
            fields = _object(row, span, "value")
            name = _text(row, fields.get("label"), "label")
            yield _span(row, context, fields.get("start"), fields.get("end"), fields.get("text"), (name,), annotator)
    else:
        yield _whole(row, context, _names(row, value), annotator)


def _whole(row: _Row, context: str, names: tuple[str, ...], annotator: str | None) -> Passage:
    return _span(row, context, 0, len(context), None, names, annotator)


def _span(
    row: _Row, context: str, start: Json, end: Json, text: Json, names: tuple[str, ...], annotator: str | None
) -> Passage:
    return Passage(
        place=row.place,
        context=context,
        start=_number(row, start, "start"),
        end=_number(row, end, "end"),
        text=None if text is None else _text(row, text, "text"),
        names=names,
        role=_optional(row, "role"),
        id=_carried(row, "id"),
        document=_optional(row, "document"),
        pass_=_optional(row, "pass"),
        annotator=annotator or _optional(row, "annotator"),
        split=_optional(row, "split"),
    )


def _carried(row: _Row, name: str) -> str | None:
    """Return a field of what the tool carries along; the record's own may be the tool's numbering."""
    holders = [row.fields.get(holder) for holder in _CARRIED]
    value = next((holder[name] for holder in holders if isinstance(holder, dict) and name in holder), None)
    return value if isinstance(value, str) else None


def _names(row: _Row, value: Json) -> tuple[str, ...]:
    """Return labels given as a list, or in one string."""
    if isinstance(value, str):
        for separator in ";|":
            value = value.replace(separator, ",")
        return tuple(name for part in value.split(",") if (name := part.strip()))
    return tuple(_text(row, one, "label").strip() for one in _list(row, value, "labels"))


def _optional(row: _Row, name: str) -> str | None:
    """Return a field of the record, or of what the tool carries along with it."""
    value = row.fields.get(name)
    for holder in _CARRIED:
        carried = row.fields.get(holder)
        if value is None and isinstance(carried, dict):
            value = carried.get(name)
    return None if value is None or isinstance(value, list | dict) else str(value)


def _text(row: _Row, value: Json, name: str) -> str:
    if not isinstance(value, str) or not value:
        raise AnnotationError(f"{row.place}: {name!r} is a text, not {value!r}")
    return value


def _number(row: _Row, value: Json, name: str) -> int:
    if isinstance(value, str) and value.isdecimal():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        raise AnnotationError(f"{row.place}: {name!r} is a number of characters, not {value!r}")
    return value


def _list(row: _Row, value: Json, name: str) -> list[Json]:
    if not isinstance(value, list):
        raise AnnotationError(f"{row.place}: {name!r} is a list, not {value!r}")
    return value


def _object(row: _Row, value: Json, name: str) -> Fields:
    if not isinstance(value, dict):
        raise AnnotationError(f"{row.place}: {name!r} is an object, not {value!r}")
    return value
