"""What is no quantity, as pieces of the scanner's pattern: names, dates, document numbers, addresses, titles.

Every piece goes on after its first character, which has already been read: so the scanner's pattern starts with one
character class and skips everything else at the speed of a character test.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from gknlp.knowledge.quantities import MaskPattern, QuantityKnowledge
from gknlp.text.numerals import HAN_NUMERALS
from gknlp.text.trie import trie_pattern

DIGITS = "0123456789"
NUMERALS = DIGITS + HAN_NUMERALS


def first_characters(knowledge: QuantityKnowledge) -> str:
    """Return the characters at which a masked passage can start, for a character class."""
    return "".join(_first(pattern) for pattern in knowledge.pattern)


def mask_pattern(knowledge: QuantityKnowledge, unit: str) -> str:
    """Return the alternatives of everything that is no quantity; ``unit`` is the pattern of all units.

    They are sorted by what their first character is, so that a candidate tries only those that can apply.
    """
    names = [name for group in knowledge.words if not group.bare for name in group.names]
    bare = [name for group in knowledge.words if group.bare for name in group.names]
    sorts: dict[str, list[str]] = {f"[{DIGITS}]": [], f"[{HAN_NUMERALS}]": [], f"[^{NUMERALS}]": []}
    digits, han, other = sorts.values()
    for pattern in knowledge.pattern:
        first = set(_first(pattern))
        sort = digits if first <= set(DIGITS) else han if first <= set(HAN_NUMERALS) else other
        sort.append(f"(?<=[{re.escape(_first(pattern))}])(?:{expand(pattern.rest)})")
    digits += _words(name for name in names if _numeral(name) in DIGITS)
    digits.append(f"(?:{'|'.join(_words(bare))})(?![,.]?[0-9]|[ ]?(?:{_continued(knowledge, unit)}))")
    han += _words(name for name in names if _numeral(name) in HAN_NUMERALS)
    return "|".join(f"(?<={first})(?:{'|'.join(parts)})" for first, parts in sorts.items() if parts)


def _continued(knowledge: QuantityKnowledge, unit: str) -> str:
    """What follows digits that are a value: a unit, 余, a magnitude, the other end of a range."""
    inside = trie_pattern(word for marker in knowledge.inside for word in marker.words)
    separators = trie_pattern(knowledge.range.separators)
    return f"{unit}|{inside}|{knowledge.magnitude.pattern}|{separators}[ ]?[0-9]"


def expand(pattern: str) -> str:
    """Return ``pattern`` with the classes <d> (digit), <h> (Chinese numeral) and <n> (either) written out."""
    return (
        pattern.replace("[<d>", "[0-9")
        .replace("<d>", "[0-9]")
        .replace("<h>", f"[{HAN_NUMERALS}]")
        .replace("<n>", f"[{NUMERALS}]")
    )


def _first(pattern: MaskPattern) -> str:
    return pattern.first.replace("<d>", DIGITS)


def _numeral(name: str) -> str:
    return next(char for char in name if char in NUMERALS)


def _words(names: Iterable[str]) -> list[str]:
    """Alternatives of fixed words, read on from their first numeral; what stands before it is looked back at."""
    tails: dict[str, dict[str, list[str]]] = {}
    for name in names:
        numeral = _numeral(name)
        head, _, tail = name.partition(numeral)
        tails.setdefault(numeral, {}).setdefault(head, []).append(tail)
    groups = []
    for numeral, heads in tails.items():
        parts = [trie_pattern(heads.pop(""))] if "" in heads else []
        parts = [f"(?<={re.escape(head + numeral)}){trie_pattern(rests)}" for head, rests in heads.items()] + parts
        groups.append(f"(?<={numeral})(?:{'|'.join(parts)})")
    return groups
