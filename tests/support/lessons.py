"""A small part of the annotations, to train on within seconds."""

from __future__ import annotations

from pathlib import Path

import msgspec

from gknlp.issues.annotations import DOCUMENTS, Annotations, read_annotations
from gknlp.knowledge.issue_types import load_issue_types
from gknlp.model import Role
from gknlp.train.data import Item

ANNOTATIONS = Path(__file__).parents[2] / "annotations"


def small_folder(folder: Path, documents: int = 55, held: int = 10) -> Path:
    """Write the first documents of the annotations into ``folder`` and return it."""
    whole = read_annotations(ANNOTATIONS)
    chosen = (*whole.of_split("train").documents[:documents], *whole.of_split("heldout").documents[:held])
    names = {document.document for document in chosen}
    some = Annotations(documents=chosen, items=tuple(item for item in whole.items if item.document in names))
    folder.mkdir(exist_ok=True)
    write_lines(folder / DOCUMENTS, some.documents)
    write_lines(folder / "some.jsonl", some.items)
    return folder


def write_lines(path: Path, records: object) -> Path:
    """Write records as JSON Lines."""
    path.write_bytes(msgspec.json.Encoder().encode_lines(records))
    return path


def make_item(text: str, *labels: str, role: Role = "problem", document: str = "d0", split: str = "train") -> Item:
    """Return an item of its own document that is annotated from beginning to end."""
    return Item(
        id=f"{document}-{text}",
        document=document,
        pass_="p",  # noqa: S106 - a round of writing, no password
        start=0,
        end=len(text),
        text=text,
        role=role,
        labels=labels,
        annotator="a",
        split="heldout" if split == "heldout" else "train",
        place="here:1",
    )


def kinds() -> tuple[str, ...]:
    """Return the ids of all labels."""
    return tuple(kind.id for kind in load_issue_types())
