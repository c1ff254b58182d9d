"""The sums of the classifier's weights, against the same sums made one by one, and the finding of many words."""

from __future__ import annotations

import math
import re
from array import array
from collections import Counter

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gknlp.issues.classify import load_model, shipped_folder
from gknlp.issues.features import grams, squeeze
from gknlp.issues.sums import GramTable, Sums, gram_keys
from gknlp.issues.weights import OFFSET, Weights, read_weights
from gknlp.text.normalize import fold
from gknlp.text.words import WordScanner

KNOWN = ["a", "b", "c", "ab", "bc", "abc", "网", "网站", "网站栏", "^", "$", "0", "^a", "\U00020000", "a\U00020000"]
FEW = st.text("abc网站栏\U00020000", max_size=12)


@pytest.fixture(scope="module")
def weights() -> Weights:
    """The shipped header with few grams and signs, and weights that are easy to tell apart."""
    shipped = read_weights(shipped_folder())
    labels = sum(label.trained for label in shipped.header.labels)
    header = msgspec.structs.replace(shipped.header, grams=tuple(KNOWN), signs=shipped.header.signs[:3], documents=99)
    count = len(header.grams) + len(header.signs)
    numbers = np.arange(count * labels, dtype=np.int64) * 7919 % (2 * OFFSET)
    return Weights(
        header=header, frequencies=array("I", range(1, len(KNOWN) + 1)), rows=numbers.astype("<u2").tobytes()
    )


def slow(weights: Weights, text: str, signs: list[str]) -> list[float]:
    """Return the sums by the book: tf-idf of unit length times weights."""
    header = weights.header
    labels = sum(label.trained for label in header.labels)
    rows = np.frombuffer(weights.rows, "<u2").reshape(-1, labels).astype(float) - OFFSET
    counts = {gram: count for gram, count in Counter(grams(text)).items() if gram in header.grams}
    values = {
        header.grams.index(gram): (1 + math.log(count))
        * (1 + math.log((1 + header.documents) / (1 + weights.frequencies[header.grams.index(gram)])))
        for gram, count in counts.items()
    }
    length = math.sqrt(sum(value * value for value in values.values())) or 1.0
    total = sum((rows[index] * value / length for index, value in values.items()), np.zeros(labels))
    for sign in signs:
        total = total + rows[len(header.grams) + header.signs.index(sign)] * header.sign_value
    return total.tolist()


@given(st.lists(st.tuples(FEW, st.integers(0, 3)), min_size=1, max_size=6))
def test_sums_of_many_texts_are_those_made_one_by_one(weights: Weights, given_texts: list[tuple[str, int]]) -> None:
    texts = [text for text, _ in given_texts]
    signs = [list(weights.header.signs[:count]) for _, count in given_texts]
    found = Sums(weights).sums(texts, [[*own, "no such sign"] for own in signs])
    for row, text, own in zip(found.tolist(), texts, signs, strict=True):
        assert row == pytest.approx(slow(weights, text, own), rel=1e-5, abs=1e-1)  # weights go up to 32,768


def test_a_text_has_the_same_sums_whatever_stands_beside_it() -> None:
    sums = load_model()._sums
    texts = [squeeze(fold(text)) for text in ("栏目更新不及时", "", "网站网站网站", "人员不足,业务不熟")]
    together = sums.sums(texts, [[] for _ in texts])
    for row, text in zip(together, texts, strict=True):
        assert (sums.sums([text], [[]])[0] == row).all()


@given(st.lists(FEW, max_size=5))
def test_keys_are_those_of_the_grams_of_each_text(texts: list[str]) -> None:
    keys, owners = gram_keys([f"^{text}$" for text in texts])
    found = GramTable(KNOWN).find(keys)
    told = Counter(
        (owner, KNOWN[index]) for owner, index in zip(owners.tolist(), found.tolist(), strict=True) if index >= 0
    )
    assert told == Counter((owner, gram) for owner, text in enumerate(texts) for gram in grams(text) if gram in KNOWN)


@given(
    st.sets(st.text(st.characters(codec="utf-8", min_codepoint=1), min_size=1, max_size=3), min_size=1, max_size=300)
)
def test_a_full_table_finds_each_gram_and_no_other(known: set[str]) -> None:
    ordered = sorted(known)
    keys, _ = gram_keys(ordered)
    table = GramTable(ordered)
    runs = [text[at : at + length] for length in (1, 2, 3) for text in ordered for at in range(len(text) - length + 1)]
    assert [ordered.index(run) if run in known else -1 for run in runs] == table.find(keys).tolist()


def test_a_model_without_grams_or_signs_sums_to_nothing(weights: Weights) -> None:
    bare = msgspec.structs.replace(weights.header, grams=(), signs=())
    found = Sums(Weights(header=bare, frequencies=array("I"), rows=b"")).sums(["ab", ""], [["x"], []])
    assert found.shape[0] == 2
    assert not found.any()


@given(st.sets(st.text("ab网站", min_size=1, max_size=4), max_size=8), st.text("ab网站\ud800", max_size=30))
def test_the_scanner_finds_every_word_at_every_place(words: set[str], text: str) -> None:
    ordered = sorted(words)
    spans = [
        (index, at, at + len(word))
        for index, word in enumerate(ordered)
        for at in range(len(text))
        if text.startswith(word, at)
    ]
    assert sorted(WordScanner(ordered).overlapping(text)) == sorted(spans)


@given(st.sets(st.text("ab网站", min_size=1, max_size=4), min_size=1, max_size=8), st.text("ab网站\ud800", max_size=30))
def test_the_scanner_finds_the_longest_words_as_a_pattern_does(words: set[str], text: str) -> None:
    ordered = sorted(words, key=len, reverse=True)
    found = re.finditer("|".join(map(re.escape, ordered)), text)
    assert WordScanner(ordered).longest(text) == [(ordered.index(one[0]), *one.span()) for one in found]
