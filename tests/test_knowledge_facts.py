"""The fact types as data: every example and counter-example is proven, wrong files are named, types can be added."""

from __future__ import annotations

from pathlib import Path

import pytest

from gknlp.errors import KnowledgeError
from gknlp.facts import facts_in_text
from gknlp.knowledge.fact_types import Example, load_fact_types

KNOWLEDGE = load_fact_types()
YEAR = 2021

EXAMPLES = [(kind.id, example) for kind in KNOWLEDGE.types.values() for example in kind.examples]
COUNTERS = [(kind.id, text) for kind in KNOWLEDGE.types.values() for text in kind.counter]

GROUP_SIZES = {"pub": 18, "int": 8, "par": 12, "req": 11, "rem": 6, "plt": 18, "gov": 16, "oth": 1}

NEW_TYPE = """
[terms]
"obj.hackathon" = ["数据创新大赛"]

[[type]]
id = "xtr.contests"
label = "数据创新大赛"
english = "data contests"
units = ["场", "次"]
rules = [{ own = ["obj.hackathon"], priority = 5 }]
examples = [{ text = "举办数据创新大赛2场。", value = 2 }]
counter = ["举办培训班2期。"]
"""


@pytest.mark.parametrize(("kind", "example"), EXAMPLES, ids=[f"{kind}: {e.text[:24]}" for kind, e in EXAMPLES])
def test_example_gives_its_type_and_value(kind: str, example: Example) -> None:
    facts = [fact for fact in facts_in_text(example.text, YEAR) if fact.type == kind and fact.value == example.value]
    assert facts
    assert any(example.attributes.items() <= fact.attributes.items() for fact in facts)


@pytest.mark.parametrize(("kind", "text"), COUNTERS, ids=[f"{kind}: {text[:24]}" for kind, text in COUNTERS])
def test_counter_example_does_not_give_the_type(kind: str, text: str) -> None:
    assert kind not in {fact.type for fact in facts_in_text(text, YEAR)}


def test_every_type_has_examples_and_counter_examples() -> None:
    lacking = [kind.id for kind in KNOWLEDGE.types.values() if not (kind.examples and kind.counter)]
    assert lacking == []


def test_the_ontology_is_complete() -> None:
    sizes: dict[str, int] = {}
    for kind in KNOWLEDGE.types:
        group = kind.partition(".")[0]
        sizes[group] = sizes.get(group, 0) + 1
    assert sizes == GROUP_SIZES


def test_a_new_type_is_one_file_in_a_folder(tmp_path: Path) -> None:
    (tmp_path / "contests.toml").write_text(NEW_TYPE, encoding="utf-8")
    known = load_fact_types(tmp_path)
    text = "举办数据创新大赛2场,公开政府信息30条。"
    assert [(fact.type, fact.value) for fact in facts_in_text(text, YEAR, known)] == [
        ("xtr.contests", 2),
        ("pub.info_total", 30),
    ]
    assert "xtr.contests" not in {fact.type for fact in facts_in_text(text, YEAR)}


def test_what_a_new_type_is_taken_from_and_part_of(tmp_path: Path) -> None:
    more = f"part_groups = {{ xtr = ['xtr', 'pub.info'] }}\n{NEW_TYPE}taken_from = {{ type = 'pub.info_total' }}\n"
    (tmp_path / "contests.toml").write_text(more, encoding="utf-8")
    known = load_fact_types(tmp_path)
    taken = facts_in_text("公开政府信息30条,举办数据创新大赛2场。", YEAR, known)
    assert [(fact.type, fact.part_of) for fact in taken] == [("pub.info_total", None), ("xtr.contests", "f0")]
    assert known.part_groups["xtr"] == ("xtr", "pub.info")
    assert known.part_groups["pub"] == load_fact_types().part_groups["pub"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[[type]]\nid = 'a.b'\n", "label"),
        (NEW_TYPE.replace('obj.hackathon"], priority', 'obj.nothing"], priority'), "unknown class 'obj.nothing'"),
        (NEW_TYPE.replace('["场", "次"]', '["@nosuch"]'), "unknown set of units '@nosuch'"),
        (NEW_TYPE + "taken_from = { type = 'xtr.nothing' }\n", "names the unknown type 'xtr.nothing'"),
        (NEW_TYPE.replace("xtr.contests", "contests"), "'contests' is not of the form"),
        (NEW_TYPE.replace("priority = 5", "prioritty = 5"), "prioritty"),
        (NEW_TYPE.replace('own = ["obj.hackathon"], ', ""), "asks for nothing"),
        ("[patterns]\nbad = '('\n", "patterns.bad"),
        ("id = ", "Invalid value"),
    ],
)
def test_a_wrong_file_is_named(tmp_path: Path, content: str, said: str) -> None:
    (tmp_path / "mine.toml").write_text(content, encoding="utf-8")
    with pytest.raises(KnowledgeError) as raised:
        load_fact_types(tmp_path)
    assert "mine.toml" in str(raised.value)
    assert said in str(raised.value)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match="nowhere"):
        load_fact_types(tmp_path / "nowhere")
