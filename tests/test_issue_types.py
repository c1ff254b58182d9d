"""The taxonomy of section five: its entries, that cues find the examples, the generated guide, labels of one's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from gknlp.errors import KnowledgeError
from gknlp.issues.guide import main, render_guide
from gknlp.knowledge.issue_types import cue_labels, cue_pattern, load_issue_types, parse_issue_types
from gknlp.model import Role
from gknlp.text.normalize import fold

KINDS = load_issue_types()
BY_ID = {kind.id: kind for kind in KINDS}
GUIDE = Path(__file__).parent.parent / "annotations" / "README.md"

ISSUES = [
    *["awareness", "coverage", "timeliness", "quality", "key_areas", "interpretation", "response", "participation"],
    *["requests", "info_mgmt", "review_security", "platform", "new_media", "offline", "form_channel", "staffing"],
    *["skills", "institutions", "coordination", "grassroots", "supervision", "publicity"],
]

OWN = """
[[issue]]
id = "rural_signal"
zh = "网络信号不足"
en = "no signal"
definition = "No network where people live."
include = ["山区信号差"]
exclude = [{ what = "网站打不开", label = "platform" }]
cues = ["信号差", "没有…信号"]
examples = ["山里信号差，网页半天出不来"]
counter_examples = [{ text = "网站检索不便", labels = ["platform"], why = "the site, not the network" }]
neighbours = ["platform"]
"""


def test_all_labels_of_the_taxonomy_are_there_in_order() -> None:
    rest = ["other_issue", "none_stated", "leadership", "funding", "generic"]
    assert [kind.id for kind in KINDS] == ISSUES + rest


def test_who_may_carry_a_label() -> None:
    for kind in KINDS[:22]:
        assert kind.allows("problem")
        assert kind.allows("measure")
    assert [BY_ID[label].allows("problem") for label in ("other_issue", "none_stated", "leadership")] == [
        True,
        True,
        False,
    ]
    assert [BY_ID[label].allows("measure") for label in ("other_issue", "none_stated", "funding")] == [
        False,
        False,
        True,
    ]
    assert [kind.id for kind in KINDS if kind.exclusive] == ["none_stated"]


def examples() -> list[tuple[str, Role, str]]:
    found: list[tuple[str, Role, str]] = []
    for kind in KINDS:
        role: Role = "measure" if kind.applies_to == "measure" else "problem"
        found += [(kind.id, role, text) for text in kind.examples]
        found += [(kind.id, "measure", text) for text in kind.measures]
    return found


@pytest.mark.parametrize(("label", "role", "text"), examples())
def test_cues_find_the_examples(label: str, role: Role, text: str) -> None:
    assert label in cue_labels(fold(text), role, KINDS)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.id)
def test_cues_keep_away_from_the_counter_examples(kind: object) -> None:
    own = BY_ID[getattr(kind, "id")]  # noqa: B009
    for counter in own.counter_examples:
        found = {label.id for label in KINDS if cue_pattern(label.cues).search(fold(counter.text))}
        assert own.id not in found, counter.text
        assert set(counter.labels) <= found, counter.text


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.id)
def test_every_entry_is_complete(kind: object) -> None:
    own = BY_ID[getattr(kind, "id")]  # noqa: B009
    assert len(own.examples) >= 3
    assert own.definition
    assert own.zh
    assert own.include
    assert own.counter_examples
    assert own.neighbours
    assert own.id not in own.neighbours
    if own.applies_to == "both":
        assert len(own.measures) >= 2


def test_cues_are_folded_and_gaps_stay_in_a_clause() -> None:
    assert cue_pattern((fold("理解…不够"),)).search("理解条例还不够")
    assert not cue_pattern((fold("理解…不够"),)).search("都能理解。人手不够")
    assert cue_pattern(()) is None
    assert "response" in {kind.id for kind in KINDS if "12345" in kind.cues}


def test_the_guide_is_the_one_that_the_taxonomy_gives() -> None:
    assert GUIDE.read_text(encoding="utf-8") == render_guide(KINDS), (
        "run python -m gknlp.issues.guide annotations/README.md"
    )


def test_the_guide_is_written_with_labels_of_ones_own(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(OWN, encoding="utf-8")
    main([str(tmp_path / "guide.md"), "--labels", str(tmp_path / "own.toml")])
    guide = (tmp_path / "guide.md").read_text(encoding="utf-8")
    assert "### `rural_signal` 网络信号不足" in guide
    assert "### `awareness`" in guide


def test_own_labels_come_behind_the_shipped_ones_or_take_their_place(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text(OWN, encoding="utf-8")
    assert [kind.id for kind in load_issue_types(file)][-1] == "rural_signal"
    file.write_text(
        OWN.replace("rural_signal", "platform").replace('neighbours = ["platform"]', "neighbours = []"),
        encoding="utf-8",
    )
    kinds = load_issue_types(file)
    assert len(kinds) == len(KINDS)
    assert {kind.id: kind.zh for kind in kinds}["platform"] == "网络信号不足"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (OWN.replace('en = "no signal"\n', ""), "own.toml: .*en"),
        (OWN + OWN, "own.toml: label rural_signal is defined 2 times"),
        (OWN.replace('"rural_signal"', '"Rural signal"'), "own.toml: label 'Rural signal'"),
        (OWN.replace('"信号差"', '""'), "own.toml: label rural_signal: an empty cue"),
        (OWN.replace('"没有…信号"', '"…信号"'), "own.toml: label rural_signal: an empty cue"),
        (OWN + 'note = "x"', "own.toml: .*note"),
        (OWN + "x", "own.toml: "),
    ],
)
def test_a_wrong_entry_is_named(data: str, message: str) -> None:
    with pytest.raises(KnowledgeError, match=message):
        parse_issue_types(data, name="own.toml")


def test_an_unknown_neighbour_is_named(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text(OWN.replace('neighbours = ["platform"]', 'neighbours = ["nowhere"]'), encoding="utf-8")
    with pytest.raises(KnowledgeError, match="rural_signal refers to unknown labels: nowhere"):
        load_issue_types(file)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match=r"none\.toml"):
        load_issue_types(tmp_path / "none.toml")
    (tmp_path / "gbk.toml").write_bytes("zh = '网络'".encode("gbk"))
    with pytest.raises(KnowledgeError, match=r"gbk\.toml"):
        load_issue_types(tmp_path / "gbk.toml")
