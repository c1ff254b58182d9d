"""Items to train on: passages of annotation files, verified, their labels looked up and annotators brought together."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from gknlp.issues.annotations import (
    DOCUMENTS,
    AnnotatedDocument,
    Annotation,
    AnnotationError,
    Split,
    read_annotations,
)
from gknlp.knowledge.issue_types import IssueType
from gknlp.model import Record, Role
from gknlp.text.normalize import fold
from gknlp.train.formats import Passage, join_passages, read_passages, verify

_ROLES: dict[str, Role] = {"problem": "problem", "measure": "measure", "p": "problem", "m": "measure"}
_SEPARATORS = ":/. "
AGREEMENT = "agreement/labels.jsonl"
_HELD_OUT_SHARE = 5  # one document of so many, where the file does not say which are held out
_SHINGLE, _NEAR, _SHORT = 5, 0.6, 8


class Item(Record, frozen=True):
    """One problem or measure as one annotator labelled it, or as several were settled.

    ``place`` is file and line; ``disputed`` are labels that some of its annotators gave and others did not.
    """

    id: str
    document: str
    pass_: str
    start: int
    end: int
    text: str
    role: Role
    labels: tuple[str, ...]
    annotator: str
    split: Split
    place: str
    disputed: tuple[str, ...] = ()

    @property
    def agreed(self) -> tuple[str, ...]:
        """The labels that no annotator disputes, all of them where there are none."""
        return tuple(label for label in self.labels if label not in self.disputed) or self.labels


class Data(Record, frozen=True):
    """``items`` one a passage, with the labels that at least half of its annotators gave; ``votes`` one an annotator.

    ``compared`` are items as two annotators labelled them before they were settled.
    ``dropped`` are training items that resemble a held-out one, with that one's text.
    """

    items: tuple[Item, ...]
    votes: tuple[Item, ...]
    compared: tuple[Item, ...]
    dropped: tuple[tuple[Item, str], ...]

    def of_split(self, split: Split) -> tuple[Item, ...]:
        """Return the items of one split."""
        return tuple(item for item in self.items if item.split == split)

    def digest(self) -> str:
        """Return the SHA-256 of what is trained and measured on, whatever the files are called."""
        fields = [(i.id, i.document, i.pass_, i.text, i.role, i.labels, i.disputed, i.split) for i in self.items]
        return hashlib.sha256(msgspec.json.encode(fields)).hexdigest()


def read_data(paths: Iterable[Path], base: Path | None, kinds: tuple[IssueType, ...]) -> Data:
    """Read annotation files and folders of gknlp's own, ``base`` first.

    :class:`~gknlp.issues.annotations.AnnotationError` names file and line of a shifted span, an unknown label, an
    item that is there twice, bytes that are no UTF-8.
    """
    votes: list[Item] = []
    compared: list[Item] = []
    documents: dict[str, str] = {}
    for path in ([base] if base else []) + list(paths):
        if path.is_dir():
            read = read_annotations(path, kinds)
            documents |= {document.document: document.text for document in read.documents}
            votes += [_own(item, path) for item in read.items]
            compared += _agreement(path / AGREEMENT, documents)
        else:
            beside = documents | read_documents(path.parent / DOCUMENTS)
            votes += [_item(passage, path, kinds) for passage in join_passages(read_passages(path, beside))]
    _refuse_repetitions(votes)
    if not votes:
        raise AnnotationError(f"{', '.join(map(str, paths))}: no annotated item")
    items = _with_disputes([_settled(group) for group in _by_passage(votes)], compared)
    kept, dropped = without_near(items)
    return Data(items=kept, votes=tuple(votes), compared=tuple(compared), dropped=dropped)


def read_documents(path: Path) -> dict[str, str]:
    """Return the texts of a documents.jsonl, none where there is no such file."""
    if not path.is_file():
        return {}
    found = {}
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        try:
            document = msgspec.json.decode(line, type=AnnotatedDocument)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise AnnotationError(f"{path}:{number}: {error}") from error
        found[document.document] = document.text
    return found


class _Compared(Record, frozen=True):
    """A line of the agreement file: the labels that two annotators gave a span before they were settled."""

    document: str
    start: int
    end: int
    role: Role
    first: tuple[str, ...]
    second: tuple[str, ...]


def _agreement(path: Path, documents: Mapping[str, str]) -> Iterator[Item]:
    """Yield both annotators' items of an agreement file, none where there is no such file."""
    for number, line in enumerate(path.read_bytes().splitlines() if path.is_file() else (), 1):
        place = f"{path}:{number}"
        try:
            both = msgspec.json.decode(line, type=_Compared)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise AnnotationError(f"{place}: {error}") from error
        if not 0 <= both.start < both.end <= len(documents.get(both.document, "")):
            raise AnnotationError(f"{place}: no document {both.document!r} with the span {both.start}:{both.end}")
        for annotator, labels in (("first", both.first), ("second", both.second)):
            yield Item(
                id=f"{both.document}:{both.start}-{both.end}:{annotator}",
                document=both.document,
                pass_=path.stem,
                start=both.start,
                end=both.end,
                text=documents[both.document][both.start : both.end],
                role=both.role,
                labels=labels,
                annotator=annotator,
                split="train",
                place=place,
            )


def _own(item: Annotation, folder: Path) -> Item:
    fields = {name: getattr(item, name) for name in item.__struct_fields__}
    return Item(**fields, place=f"{folder / item.pass_}.jsonl {item.id}")


def _item(passage: Passage, path: Path, kinds: tuple[IssueType, ...]) -> Item:
    """Verify one passage."""
    text = verify(passage)
    start, end, context = passage.start, passage.end, passage.context
    if text != text.strip():
        raise AnnotationError(f"{passage.place}: the span {start}:{end} begins or ends with white space: {text!r}")
    document = passage.document or hashlib.sha256(context.encode()).hexdigest()[:12]
    role, labels = _labels(passage, kinds)
    return Item(
        id=passage.id or f"{document}:{start}-{end}:{passage.annotator or ''}",
        document=document,
        pass_=passage.pass_ or path.stem,
        start=start,
        end=end,
        text=text,
        role=role,
        labels=labels,
        annotator=passage.annotator or "a",
        split=_split(passage, document),
        place=passage.place,
    )


def _labels(passage: Passage, kinds: tuple[IssueType, ...]) -> tuple[Role, tuple[str, ...]]:
    """Return role and label ids of names like ``timeliness``, ``problem:timeliness`` or a label's Chinese name."""
    known = {kind.id: kind for kind in kinds} | {kind.zh: kind for kind in kinds}
    roles = {told for name in passage.names if (told := _role(name)) is not None}
    if passage.role is not None:
        if passage.role.lower() not in _ROLES:
            raise AnnotationError(f"{passage.place}: unknown role {passage.role!r}; known are problem and measure")
        roles.add(_ROLES[passage.role.lower()])
    found = []
    for name in passage.names:
        bare = name[_after_role(name) :]
        if bare not in known and bare.lower() not in _ROLES:
            raise AnnotationError(f"{passage.place}: unknown label {name!r} (labels of your own: --knowledge)")
        found += [known[bare]] if bare in known else []
    if not found:
        raise AnnotationError(f"{passage.place}: no labels")
    if len(roles) > 1:
        raise AnnotationError(f"{passage.place}: labelled as problem and as measure")
    role = roles.pop() if roles else _only_role(found)
    for kind in found:
        if not kind.allows(role):
            raise AnnotationError(f"{passage.place}: label {kind.id!r} is no label of a {role}")
        if kind.exclusive and len(set(found)) > 1:
            raise AnnotationError(f"{passage.place}: label {kind.id!r} stands alone")
    return role, tuple(dict.fromkeys(kind.id for kind in found))


def _role(name: str) -> Role | None:
    """Return the role that a name starts with or is."""
    for separator in _SEPARATORS:
        head, found, _ = name.partition(separator)
        if (found or head == name) and head.lower() in _ROLES:
            return _ROLES[head.lower()]
    return None


def _after_role(name: str) -> int:
    """Return where the label of a name begins."""
    for separator in _SEPARATORS:
        head, found, _ = name.partition(separator)
        if found and head.lower() in _ROLES:
            return len(head) + 1
    return 0


def _only_role(kinds: Sequence[IssueType]) -> Role:
    """The role of labels that name none: that of a label that has only one, else problem."""
    return "measure" if any(kind.applies_to == "measure" for kind in kinds) else "problem"


def _split(passage: Passage, document: str) -> Split:
    if passage.split is None:
        return "heldout" if int(hashlib.sha256(document.encode()).hexdigest(), 16) % _HELD_OUT_SHARE == 0 else "train"
    if passage.split == "train":
        return "train"
    if passage.split == "heldout":
        return "heldout"
    raise AnnotationError(f"{passage.place}: unknown split {passage.split!r}; known are train and heldout")


def _refuse_repetitions(votes: Iterable[Item]) -> None:
    """Refuse two items of one id, and two of one annotator on one span."""
    ids: dict[str, Item] = {}
    spans: dict[tuple[str, int, int, str], Item] = {}
    for item in votes:
        for before in (
            ids.setdefault(item.id, item),
            spans.setdefault((item.document, item.start, item.end, item.annotator), item),
        ):
            if before is not item:
                what = f"item {item.id!r} «{item.text[:20]}»"
                raise AnnotationError(f"{item.place}: {what} is annotated twice, first at {before.place}")


def _by_passage(votes: Iterable[Item]) -> Iterator[list[Item]]:
    groups: dict[tuple[str, int, int], list[Item]] = {}
    for item in votes:
        groups.setdefault((item.document, item.start, item.end), []).append(item)
    yield from groups.values()


def _settled(group: Sequence[Item]) -> Item:
    """Return one item of all annotators of a span: labels that half of them gave, else the first one's."""
    if len(group) == 1:
        return group[0]
    role: Role = Counter(item.role for item in group).most_common(1)[0][0]
    agreeing = [item for item in group if item.role == role]
    counts = Counter(label for item in agreeing for label in item.labels)
    labels = tuple(label for label, count in counts.items() if 2 * count >= len(agreeing)) or agreeing[0].labels
    disputed = tuple(sorted(label for label, count in counts.items() if count < len(agreeing)))
    return msgspec.structs.replace(agreeing[0], labels=labels, disputed=disputed)


def _with_disputes(items: Sequence[Item], compared: Sequence[Item]) -> tuple[Item, ...]:
    """Return the items with the labels that only some of those gave who labelled them before they were settled."""
    given: dict[tuple[str, int, int], list[frozenset[str]]] = {}
    for one in compared:
        given.setdefault((one.document, one.start, one.end), []).append(frozenset(one.labels))
    found = []
    for item in items:
        votes = given.get((item.document, item.start, item.end), [])
        split = frozenset().union(*votes).difference(frozenset.intersection(*votes)) if votes else ()
        found.append(msgspec.structs.replace(item, disputed=tuple(sorted({*item.disputed, *split}))) if split else item)
    return tuple(found)


def without_near(items: Sequence[Item]) -> tuple[tuple[Item, ...], tuple[tuple[Item, str], ...]]:
    """Return the items without training items that resemble a held-out one, and those with what they resemble.

    Two texts of eight characters or more are near when 60 % of their runs of five characters are shared.
    """
    held = [(item.text, _shingles(item.text)) for item in items if item.split == "heldout"]
    index: dict[str, list[int]] = {}
    for number, (_, shingles) in enumerate(held):
        for shingle in shingles:
            index.setdefault(shingle, []).append(number)
    kept, dropped = [], []
    for item in items:
        near = _near(item, held, index) if item.split == "train" else None
        if near is None:
            kept.append(item)
        else:
            dropped.append((item, near))
    return tuple(kept), tuple(dropped)


def _near(item: Item, held: Sequence[tuple[str, frozenset[str]]], index: Mapping[str, list[int]]) -> str | None:
    own = _shingles(item.text)
    shared = Counter(number for shingle in own for number in index.get(shingle, ()))
    for number, count in shared.items():
        if count / len(own | held[number][1]) >= _NEAR:
            return held[number][0]
    return None


def _shingles(text: str) -> frozenset[str]:
    plain = "".join(char for char in fold(text) if char.isalnum())
    if len(plain) < _SHORT:
        return frozenset()
    return frozenset(plain[at : at + _SHINGLE] for at in range(len(plain) - _SHINGLE + 1))
