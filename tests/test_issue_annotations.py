"""The annotation files: what they must hold, that train and held-out are apart, that wrong lines are named."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from gknlp.issues.annotations import AnnotationError, Annotations, read_annotations
from gknlp.knowledge.issue_types import load_issue_types

FOLDER = Path(__file__).parent.parent / "annotations"
DATA = read_annotations(FOLDER)
MEASURE_ONLY = ("leadership", "funding", "generic")
SHORT, GRAM, NEAR = 8, 5, 0.6

DOCUMENT = {
    "document": "d1",
    "pass": "p",
    "issuer_type": "town",
    "year": 2020,
    "split": "train",
    "text": "一是栏目更新慢。",
}
ITEM = {
    "id": "d1-1",
    "document": "d1",
    "pass": "p",
    "text": "栏目更新慢",
    "start": 2,
    "end": 7,
    "role": "problem",
    "labels": ["timeliness"],
    "annotator": "a",
    "split": "train",
}


def test_there_are_enough_items_of_every_label() -> None:
    assert len(DATA.items) >= 4000
    problems = Counter(label for item in DATA.items if item.role == "problem" for label in item.labels)
    measures = Counter(label for item in DATA.items if item.role == "measure" for label in item.labels)
    for kind in load_issue_types()[:22]:
        assert problems[kind.id] >= 120, kind.id
    for label in MEASURE_ONLY:
        assert measures[label] >= 40, label
    assert sum(len(item.labels) > 1 for item in DATA.items) >= 1000


def test_a_pass_belongs_to_one_split() -> None:
    splits = defaultdict(set)
    for document in DATA.documents:
        splits[document.pass_].add(document.split)
    assert all(len(found) == 1 for found in splits.values())
    assert {name for name, found in splits.items() if found == {"heldout"}} == {"h1", "h2"}


def test_items_of_a_document_stand_in_order_and_apart() -> None:
    ends: dict[str, int] = defaultdict(int)
    for item in DATA.items:
        assert item.start >= ends[item.document], item.id
        ends[item.document] = item.end


def test_a_section_without_problems_says_so_once() -> None:
    problems = defaultdict(list)
    for item in DATA.items:
        if item.role == "problem":
            problems[item.document].append(item.labels)
    for document, labels in problems.items():
        assert ("none_stated",) not in labels or len(labels) == 1, document


def grams(text: str) -> frozenset[str]:
    text = re.sub(r"[\W_]+", "", text)
    return frozenset(text[at : at + GRAM] for at in range(len(text) - GRAM + 1)) if len(text) >= SHORT else frozenset()


def near_duplicates(data: Annotations) -> list[tuple[str, str]]:
    """Return training and held-out items of which most runs of characters are shared."""
    held = [(item.id, grams(item.text)) for item in data.items if item.split == "heldout"]
    index = defaultdict(list)
    for place, (_, own) in enumerate(held):
        for gram in own:
            index[gram].append(place)
    found = []
    for item in data.items:
        own = grams(item.text) if item.split == "train" else frozenset()
        shared = Counter(place for gram in own for place in index[gram])
        found += [
            (item.id, held[place][0])
            for place, count in shared.items()
            if count >= NEAR * min(len(own), len(held[place][1]))
        ]
    return found


def test_no_training_item_is_nearly_a_held_out_one() -> None:
    assert near_duplicates(DATA) == []


def written(tmp_path: Path, *lines: object, documents: tuple[object, ...] = (DOCUMENT,)) -> Path:
    (tmp_path / "documents.jsonl").write_text("\n".join(map(json.dumps, documents)) + "\n", encoding="utf-8")
    text = "\n".join(line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines)
    (tmp_path / "p.jsonl").write_text(text, encoding="utf-8")
    return tmp_path


def test_a_folder_is_read(tmp_path: Path) -> None:
    data = read_annotations(written(tmp_path, ITEM))
    assert [item.text for item in data.items] == ["栏目更新慢"]
    assert len(data.of_split("train").documents) == 1
    assert data.of_split("heldout") == Annotations(documents=(), items=())


def test_a_near_duplicate_is_seen(tmp_path: Path) -> None:
    text = "部分乡镇政务公开专区长期无人值守"
    items = [
        {**ITEM, "id": f"{split}", "document": split, "split": split, "text": text, "start": 0, "end": len(text)}
        for split in ("train", "heldout")
    ]
    documents = tuple({**DOCUMENT, "document": split, "split": split, "text": text} for split in ("train", "heldout"))
    assert near_duplicates(read_annotations(written(tmp_path, *items, documents=documents))) == [("train", "heldout")]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"start": 1, "end": 6}, "the span 1:6 holds '是栏目更新', not '栏目更新慢'"),
        ({"end": 70}, "lies outside the document's 8 characters"),
        ({"start": 7, "end": 7, "text": ""}, "lies outside"),
        ({"document": "d2"}, "there is no document 'd2'"),
        ({"split": "heldout"}, "split and pass are heldout p, those of its document train p"),
        ({"labels": ["slow"]}, "unknown label 'slow'"),
        ({"labels": []}, "no labels"),
        ({"labels": ["funding"]}, "label 'funding' is no label of a problem"),
        ({"labels": ["none_stated", "coverage"]}, "label 'none_stated' stands alone"),
        ({"labels": ["coverage", "coverage"]}, "a label is given twice"),
        ({"role": "praise"}, "Invalid enum value 'praise'"),
        ({"note": "?"}, "unknown field `note`"),
    ],
)
def test_a_wrong_line_is_named(change: dict[str, object], message: str, tmp_path: Path) -> None:
    with pytest.raises(AnnotationError, match=re.escape(message)) as caught:
        read_annotations(written(tmp_path, ITEM, {**ITEM, "id": "d1-2", **change}))
    assert "p.jsonl:2" in str(caught.value)


@pytest.mark.parametrize("line", ["{", '{"id": "\\ud800"}', "[]", "\x00"])
def test_a_line_that_is_no_item_is_named(line: str, tmp_path: Path) -> None:
    with pytest.raises(AnnotationError, match=r"p\.jsonl:2"):
        read_annotations(written(tmp_path, ITEM, line))


def test_doubles_and_other_encodings_are_named(tmp_path: Path) -> None:
    with pytest.raises(AnnotationError, match=r"p\.jsonl:2: item 'd1-1' is defined twice"):
        read_annotations(written(tmp_path, ITEM, ITEM))
    with pytest.raises(AnnotationError, match=r"documents\.jsonl:2: document 'd1' is defined twice"):
        read_annotations(written(tmp_path, ITEM, documents=(DOCUMENT, DOCUMENT)))
    (written(tmp_path, ITEM) / "p.jsonl").write_bytes(json.dumps(ITEM, ensure_ascii=False).encode("gb18030"))
    with pytest.raises(AnnotationError, match=r"p\.jsonl:1"):
        read_annotations(tmp_path)
    with pytest.raises(AnnotationError, match=r"documents\.jsonl"):
        read_annotations(tmp_path / "nowhere")
