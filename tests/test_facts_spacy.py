"""The spaCy component: spans cover whole tokens, facts keep their exact offsets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gknlp.facts import facts_in_text

if TYPE_CHECKING:
    from spacy.tokens import Doc

spacy = pytest.importorskip("spacy")

TEXT = "全年公开政府信息300条,其中网站200条。未收到政府信息公开申请。"


@pytest.fixture(scope="module", params=["zh", "en"])
def doc(request: pytest.FixtureRequest) -> Doc:
    import gknlp.facts.spacy_component  # noqa: F401  (an installed gknlp is found by its entry point)

    nlp = spacy.blank(request.param)
    nlp.add_pipe("gknlp_facts", config={"year": 2021})
    return nlp(TEXT)


def test_the_component_finds_what_the_engine_finds(doc: Doc) -> None:
    assert tuple(span._.fact for span in doc.spans["facts"]) == facts_in_text(TEXT, 2021)


def test_labels_are_types_and_offsets_stay_exact(doc: Doc) -> None:
    for span in doc.spans["facts"]:
        fact = span._.fact
        assert span.label_ == fact.type
        assert span.start_char <= fact.start and fact.end <= span.end_char
        assert doc.text[fact.start : fact.end] == fact.text


def test_a_document_survives_its_bytes(doc: Doc) -> None:
    from spacy.tokens import Doc

    copy = Doc(doc.vocab).from_bytes(doc.to_bytes())
    assert [span._.fact for span in copy.spans["facts"]] == [span._.fact for span in doc.spans["facts"]]


def test_other_spans_have_no_fact(doc: Doc) -> None:
    assert doc[:1]._.fact is None
