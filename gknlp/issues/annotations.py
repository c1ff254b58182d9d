"""The annotated sections that the classifier is trained on: ``annotations/documents.jsonl`` and one file a pass.

Each line of a pass is one item; ``text`` stands at ``start:end`` of its document's text. Every line is verified when
it is read, and an error names file and line: a shifted span would teach the model another sentence's label.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal, TypeVar

import msgspec

from gknlp.errors import GknlpError
from gknlp.knowledge.issue_types import IssueType, load_issue_types
from gknlp.model import Record, Role

DOCUMENTS = "documents.jsonl"

Split = Literal["train", "heldout"]


class AnnotationError(GknlpError):
    """An annotation file is wrong; the message names the file and the line."""


class AnnotatedDocument(Record, frozen=True, kw_only=True, rename={"pass_": "pass"}, forbid_unknown_fields=True):
    """The whole text of one section 五; ``pass_`` is the round of writing that it comes from."""

    document: str
    pass_: str
    issuer_type: str
    year: int | None
    split: Split
    text: str


class Annotation(Record, frozen=True, kw_only=True, rename={"pass_": "pass"}, forbid_unknown_fields=True):
    """One item: its place in the document's text, its role and its labels."""

    id: str
    document: str
    pass_: str
    text: str
    start: int
    end: int
    role: Role
    labels: tuple[str, ...]
    annotator: str
    split: Split


class Annotations(Record, frozen=True, kw_only=True):
    """All documents and their items, both in the order of the files."""

    documents: tuple[AnnotatedDocument, ...]
    items: tuple[Annotation, ...]

    def of_split(self, split: Split) -> Annotations:
        """Return the documents and items of one split."""
        return Annotations(
            documents=tuple(document for document in self.documents if document.split == split),
            items=tuple(item for item in self.items if item.split == split),
        )


_Line = TypeVar("_Line", AnnotatedDocument, Annotation)


def read_annotations(folder: Path, kinds: tuple[IssueType, ...] | None = None) -> Annotations:
    """Return all that is annotated in ``folder``; :class:`AnnotationError` names file and line of what is wrong."""
    documents: dict[str, AnnotatedDocument] = {}
    for place, document in _lines(folder / DOCUMENTS, AnnotatedDocument):
        if document.document in documents:
            raise AnnotationError(f"{place}: document {document.document!r} is defined twice")
        documents[document.document] = document
    known = {kind.id: kind for kind in (load_issue_types() if kinds is None else kinds)}
    items: dict[str, Annotation] = {}
    for path in sorted(folder.glob("*.jsonl")):
        if path.name == DOCUMENTS:
            continue
        for place, item in _lines(path, Annotation):
            if item.id in items:
                raise AnnotationError(f"{place}: item {item.id!r} is defined twice")
            if wrong := _fault(item, documents.get(item.document), known):
                raise AnnotationError(f"{place}: item {item.id!r}: {wrong}")
            items[item.id] = item
    return Annotations(documents=tuple(documents.values()), items=tuple(items.values()))


def _lines(path: Path, kind: type[_Line]) -> Iterator[tuple[str, _Line]]:
    """Yield each line with its place, ``file:number``."""
    decoder = msgspec.json.Decoder(kind)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise AnnotationError(f"{path}: {error.strerror}") from error
    for number, line in enumerate(data.split(b"\n"), 1):
        if line.strip():
            try:
                yield f"{path}:{number}", decoder.decode(line)
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                raise AnnotationError(f"{path}:{number}: {error}") from error


def _fault(item: Annotation, document: AnnotatedDocument | None, known: dict[str, IssueType]) -> str | None:
    """What is wrong with an item, ``None`` when nothing is."""
    if document is None:
        return f"there is no document {item.document!r}"
    if (item.split, item.pass_) != (document.split, document.pass_):
        return f"split and pass are {item.split} {item.pass_}, those of its document {document.split} {document.pass_}"
    return _span_fault(item, document.text) or _label_fault(item, known)


def _span_fault(item: Annotation, text: str) -> str | None:
    if not 0 <= item.start < item.end <= len(text):
        return f"the span {item.start}:{item.end} lies outside the document's {len(text)} characters"
    found = text[item.start : item.end]
    return None if found == item.text else f"the span {item.start}:{item.end} holds {found!r}, not {item.text!r}"


def _label_fault(item: Annotation, known: dict[str, IssueType]) -> str | None:
    if not item.labels:
        return "no labels"
    for label in item.labels:
        if label not in known:
            return f"unknown label {label!r}"
        if not known[label].allows(item.role):
            return f"label {label!r} is no label of a {item.role}"
        if known[label].exclusive and len(item.labels) > 1:
            return f"label {label!r} stands alone"
    return "a label is given twice" if len(set(item.labels)) < len(item.labels) else None
