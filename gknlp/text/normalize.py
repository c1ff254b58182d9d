"""Folding: the text that patterns are matched against, one character for one character.

Patterns run on ``fold(text)``; because every character gives exactly one character, an offset into the folded text
is an offset into the text itself.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from functools import lru_cache
from pathlib import Path

_VARIANTS = Path(__file__).with_name("data") / "variants.txt"
_MANY = 100
_CHUNK = 1 << 20

# Of the control characters all that are neither white space nor line ends.
CONTROLS = frozenset(map(chr, (*range(0x09), *range(0x0E, 0x20), *range(0x7F, 0x85), *range(0x86, 0xA0))))

# NBSP, soft hyphen, the spaces of General Punctuation, zero-width characters and marks of writing direction,
# ideographic space, Hangul filler, byte order mark inside a text.
_GENERAL_SPACES = (*range(0x2000, 0x2010), *range(0x202A, 0x2030), *range(0x205F, 0x2070))
_SPACES = (0xA0, 0xAD, 0x1680, 0x180E, *_GENERAL_SPACES, 0x3000, 0x3164, 0xFEFF)
# Vertical tab, form feed, next line, line and paragraph separator.
_LINE_ENDS = (0x0B, 0x0C, 0x85, 0x2028, 0x2029)
# Kangxi radicals, compatibility ideographs, vertical and small forms, full-width forms, full-width signs.
_COMPATIBLE = (
    (0x2F00, 0x2FE0),
    (0xF900, 0xFB00),
    (0xFE10, 0xFE1A),
    (0xFE30, 0xFE70),
    (0xFF01, 0xFF61),
    (0xFFE0, 0xFFE7),
)
_RATIO = 0x2236  # stands for the colon in texts extracted from PDF


def fold(text: str, special: AbstractSet[str] | None = None) -> str:
    """Return ``text`` with widths, spaces and character variants folded; the length stays the same.

    Full-width forms become ASCII, every odd or zero-width space becomes ``' '``, other line separators ``'\\n'``
    (tabs and line feeds stay), Kangxi and CJK radicals and compatibility ideographs their unified ideographs and
    traditional characters simplified ones. Chinese punctuation without an ASCII form stays. ``special`` are the
    :func:`special_characters` of ``text``, when they are at hand.

    >>> fold("（一）２０２１年：１００％")
    '(一)2021年:100%'
    >>> fold("政府資訊\\u3000公開、⼯作")
    '政府资讯 公开、工作'
    """
    if special is None:
        if text.isascii() and "\x0b" not in text and "\x0c" not in text:
            return text
        special = special_characters(text)
    mapping = _mapping()
    if len(special) > _MANY:
        return text.translate(mapping)
    # Replacing the few there are is faster than translating.
    for sign in special:
        if (target := mapping.get(ord(sign))) is not None:
            text = text.replace(sign, chr(target))
    return text


def special_characters(text: str) -> set[str]:
    """Return the characters of ``text`` that are folded and the control characters in it: none of these is usual.

    >>> sorted(special_characters("一、（２"))
    ['（', '２']
    """
    pattern = _special()
    if len(text) <= _CHUNK:
        return set(pattern.findall(text))
    found: set[str] = set()
    for start in range(0, len(text), _CHUNK):
        found.update(pattern.findall(text, start, start + _CHUNK))
    return found


@lru_cache(maxsize=1)
def _special() -> re.Pattern[str]:
    signs = (*map(chr, _mapping()), *CONTROLS)
    return re.compile(f"[{''.join(map(re.escape, signs))}]")


@lru_cache(maxsize=1)
def _mapping() -> dict[int, int]:
    variants = dict(_variants(_VARIANTS.read_text(encoding="utf-8").splitlines()))
    mapping = dict(variants)
    for source, target in _compatible():
        mapping[source] = variants.get(target, target)
    mapping.update(dict.fromkeys(_SPACES, ord(" ")))
    mapping.update(dict.fromkeys(_LINE_ENDS, ord("\n")))
    mapping[_RATIO] = ord(":")
    return mapping


def _variants(lines: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Pairs of the variant file: below each line of sources stands the line of their targets."""
    rows = [line for line in lines if not line.startswith(("#", "["))]
    for sources, targets in zip(rows[0::2], rows[1::2], strict=True):
        yield from zip(map(ord, sources), map(ord, targets), strict=True)


def _compatible() -> Iterator[tuple[int, int]]:
    """Characters whose compatibility form is one other character; the rest (ligatures, units) cannot keep offsets."""
    for first, end in _COMPATIBLE:
        for code in range(first, end):
            form = unicodedata.normalize("NFKC", chr(code))
            if len(form) == 1 and ord(form) != code:
                yield code, ord(form)
