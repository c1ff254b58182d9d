"""The concepts of section five: their entries, and that each is found in its example."""

from __future__ import annotations

import pytest

from gknlp.errors import KnowledgeError
from gknlp.issues.features import WordFinder
from gknlp.knowledge.concepts import Concept, load_concepts, parse_concepts
from gknlp.text.normalize import fold

CONCEPTS = load_concepts()
FINDER = WordFinder([], {concept.id: concept.words for concept in CONCEPTS})

OWN = """
[[concept]]
id = "late"
meaning = "late"
words = ["滞后", "拖…月"]
example = "公示滞后"
"""


def test_there_are_many() -> None:
    assert len(CONCEPTS) >= 100
    assert sum(len(concept.words) for concept in CONCEPTS) >= 2000


@pytest.mark.parametrize("concept", CONCEPTS, ids=lambda concept: concept.id)
def test_a_concept_is_found_in_its_example(concept: Concept) -> None:
    assert concept.id in FINDER.find(fold(concept.example)).signs
    assert concept.meaning


def test_words_are_folded() -> None:
    (concept,) = parse_concepts(OWN.replace("滞后", "滯後（ＡＩ）", 1), name="own.toml")
    assert concept.words == ("滞后(AI)", "拖…月")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (OWN.replace('meaning = "late"\n', ""), "own.toml: .*meaning"),
        (OWN + OWN, "own.toml: concept late is defined 2 times"),
        (OWN.replace('id = "late"', 'id = "Late one"'), "own.toml: concept 'Late one'"),
        (OWN.replace('id = "late"', 'id = "few"'), "own.toml: concept 'few'"),
        (OWN.replace('"滞后"', '""'), "own.toml: concept late: an empty word"),
        (OWN.replace('"拖…月"', '"拖…"'), "own.toml: concept late: an empty word"),
        (OWN.replace('["滞后", "拖…月"]', "[]"), "own.toml: concept late: an empty word"),
        (OWN.replace('"拖…月"', '"滯后"'), "own.toml: concept late: stands twice: 滞后"),
        (OWN + 'note = "x"', "own.toml: .*note"),
        (OWN + "x", "own.toml: "),
    ],
)
def test_a_wrong_entry_is_named(data: str, message: str) -> None:
    with pytest.raises(KnowledgeError, match=message):
        parse_concepts(data, name="own.toml")
