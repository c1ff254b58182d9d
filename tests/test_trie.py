"""Patterns of many alternatives, rewritten to be faster, match what they matched before."""

from __future__ import annotations

import random
import re

import pytest

from gknlp.text.trie import grouped_pattern

_ATOMS = (*"abcabc", "[ab]", "[bc]", "[^a]", "[a-b]", "(?!a)", "(?<!b)", "(?=c)")
_COUNTS = (*[""] * 8, "?", "*", "+", "{1,2}", "??", "?+")


def test_grouped_patterns_match_as_before() -> None:
    rng = random.Random(5)
    changed = 0
    for _ in range(4000):
        pattern = _alternation(rng, 2)
        grouped = grouped_pattern(pattern)
        changed += grouped != pattern
        before, now = re.compile(pattern), re.compile(grouped)
        for _ in range(8):
            text = "".join(rng.choices("abcd", k=rng.randint(0, 7)))
            assert _spans(now, text) == _spans(before, text), (pattern, grouped, text)
            start = rng.randint(0, len(text))
            assert str(now.match(text, start)) == str(before.match(text, start)), (pattern, grouped, text, start)
    assert changed > 200


@pytest.mark.parametrize("pattern", ["a*b|c", "[^a]b|c", r"\d|a", "(?:a|b)+c|d", "", "a|"])
def test_patterns_that_cannot_be_grouped_stay(pattern: str) -> None:
    assert grouped_pattern(pattern) == pattern


def _spans(pattern: re.Pattern[str], text: str) -> list[tuple[int, int]]:
    return [found.span() for found in pattern.finditer(text)]


def _alternation(rng: random.Random, depth: int) -> str:
    return "|".join(_sequence(rng, depth) for _ in range(rng.randint(1, 3)))


def _sequence(rng: random.Random, depth: int) -> str:
    parts = []
    for _ in range(rng.randint(1, 3)):
        grouped = depth and rng.random() < 0.25
        atom = f"(?:{_alternation(rng, depth - 1)})" if grouped else rng.choice(_ATOMS)
        parts.append(atom if atom.startswith(("(?!", "(?<", "(?=")) else atom + rng.choice(_COUNTS))
    return ("^" if rng.random() < 0.1 else "") + "".join(parts)
