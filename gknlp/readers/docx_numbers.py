"""The numbers that Word writes before paragraphs by itself: 一、 （一） 1. and so on, as a reader sees them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from gknlp.readers.package import Element, Package, small_number
from gknlp.text.numerals import to_han

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_VAL = f"{_W}val"
_NUMBERING, _STYLES = "word/numbering.xml", "word/styles.xml"
_LEVELS = 9
_STYLE_ID = re.compile(rb'w:styleId="([^"]*)"')
_BASED_ON = re.compile(rb'basedOn\s+w:val="([^"]*)"')
_USED_STYLE = re.compile(rb'pStyle\s+w:val="([^"]*)"')
_PLACE = re.compile("%([1-9])")
_HAN = ("chinese", "ideograph", "japanese", "taiwanese")  # how the names of Han number formats begin
_FIRST_CIRCLED, _MOST_CIRCLED = 0x2460, 20
_FULL_WIDTH = str.maketrans({str(digit): chr(0xFF10 + digit) for digit in range(10)})
_SUFFIXES = {"space": " ", "nothing": ""}


class _Level(NamedTuple):
    start: int
    form: str
    text: str
    suffix: str


class _Use(NamedTuple):
    """The list and the level that a paragraph or a style names; ``None`` where it says nothing."""

    number: str | None
    level: int | None


class Numbers:
    """The numbered lists of a document; :meth:`of` counts on with every paragraph that is numbered."""

    def __init__(self, lists: Mapping[str, Mapping[int, _Level]], styles: Mapping[str, _Use]) -> None:
        self._lists = lists
        self._styles = styles
        self._counts: dict[int, list[int | None]] = {}  # by list, the numbers of its levels

    def of(self, properties: Element | None) -> str:
        """Return what stands before the paragraph with these properties; "" when it has no number, or a bullet."""
        if properties is None or not self._lists:
            return ""
        use = self._use(properties)
        levels = self._lists.get(use.number or "")
        at = min(use.level or 0, _LEVELS - 1)
        if levels is None or at not in levels:
            return ""
        counts = self._counts.setdefault(id(levels), [None] * _LEVELS)
        before = counts[at]
        counts[at] = levels[at].start if before is None else before + 1
        counts[at + 1 :] = [None] * (_LEVELS - at - 1)
        return _written(levels, counts, at)

    def _use(self, properties: Element) -> _Use:
        own = _use_of(properties)
        style = properties.find(f"{_W}pStyle")
        given = self._styles.get(style.get(_VAL, ""), _Use(None, None)) if style is not None else _Use(None, None)
        if own.number is not None:
            return _Use(own.number, own.level if own.level is not None else given.level)
        return _Use(given.number, own.level if own.level is not None else given.level)


def _written(levels: Mapping[int, _Level], counts: list[int | None], at: int) -> str:
    level = levels[at]
    if level.form in ("bullet", "none"):
        return ""

    def number(match: re.Match[str]) -> str:
        place = int(match[1]) - 1
        inner = levels.get(place, level)
        count = counts[place]
        return _in_form(inner.start if count is None else count, inner.form)

    return _PLACE.sub(number, level.text) + _SUFFIXES.get(level.suffix, "")


def _in_form(number: int, form: str) -> str:
    """Return a number in one of Word's formats; those that no report uses are written as digits.

    >>> _in_form(12, "chineseCounting"), _in_form(3, "decimalEnclosedCircle"), _in_form(2, "decimal")
    ('十二', '③', '2')
    """
    if form.startswith(_HAN):
        return to_han(number)
    if form.startswith("decimalEnclosedCircle") and 1 <= number <= _MOST_CIRCLED:
        return chr(_FIRST_CIRCLED + number - 1)
    if form == "decimalFullWidth":
        return str(number).translate(_FULL_WIDTH)
    if form in ("upperLetter", "lowerLetter") and 1 <= number <= 26:
        return chr(ord("A" if form == "upperLetter" else "a") + number - 1)
    return str(number)


def load_numbers(package: Package, document: bytes) -> Numbers:
    """Return the numbered lists of a document; none when it has no such part, or ``document`` names no list.

    Most documents number nothing, and the part with the styles is often larger than the text: it is looked through
    before it is parsed.
    """
    if _NUMBERING not in package or not _is_numbered(package, document):
        return Numbers({}, {})
    root = package.parse(_NUMBERING)
    abstract = {
        entry.get(f"{_W}abstractNumId", ""): {
            small_number(level.get(f"{_W}ilvl"), 0): _level(level) for level in entry.findall(f"{_W}lvl")
        }
        for entry in root.findall(f"{_W}abstractNum")
    }
    lists: dict[str, Mapping[int, _Level]] = {}
    for entry in root.findall(f"{_W}num"):
        base = abstract.get(_value(entry, "abstractNumId"), {})
        lists[entry.get(f"{_W}numId", "")] = _with_overrides(entry, base)
    return Numbers(lists, _styles(package))


def _is_numbered(package: Package, document: bytes) -> bool:
    """Whether a paragraph names a list, or a style that does or is based on one that does."""
    if b"numPr" in document or _STYLES not in package:
        return b"numPr" in document
    styles = [style for style in package.read(_STYLES).split(b"<w:style ") if b"numPr" in style or b"basedOn" in style]
    if not any(b"numPr" in style for style in styles):
        return False
    base = {found[1]: style for style in styles if (found := _STYLE_ID.search(style))}
    return any(_names_list(name, base) for name in set(_USED_STYLE.findall(document))) or not base


def _names_list(name: bytes, styles: Mapping[bytes, bytes]) -> bool:
    for _ in range(len(styles)):
        style = styles.get(name, b"")
        if b"numPr" in style:
            return True
        based = _BASED_ON.search(style)
        if based is None:
            return False
        name = based[1]
    return False


def _with_overrides(entry: Element, base: Mapping[int, _Level]) -> Mapping[int, _Level]:
    """Return the levels of a list; one without levels of its own counts on with the others of its kind."""
    overrides = entry.findall(f"{_W}lvlOverride")
    if not overrides:
        return base
    levels = dict(base)
    for override in overrides:
        at = small_number(override.get(f"{_W}ilvl"), 0)
        own = override.find(f"{_W}lvl")
        if own is not None:
            levels[at] = _level(own)
        if at in levels:
            start = small_number(_value(override, "startOverride"), levels[at].start)
            levels[at] = levels[at]._replace(start=start)
    return levels


def _level(level: Element) -> _Level:
    start = small_number(_value(level, "start"), 1)
    return _Level(start, _value(level, "numFmt") or "decimal", _value(level, "lvlText"), _value(level, "suff"))


def _styles(package: Package) -> dict[str, _Use]:
    """Return the lists that paragraph styles are numbered in, those inherited included."""
    if _STYLES not in package:
        return {}
    styles = {style.get(f"{_W}styleId", ""): style for style in package.parse(_STYLES).findall(f"{_W}style")}
    return {name: _style_use(name, styles) for name in styles}


def _style_use(name: str, styles: Mapping[str, Element]) -> _Use:
    number: str | None = None
    level: int | None = None
    seen: set[str] = set()
    while name in styles and name not in seen:
        seen.add(name)
        properties = styles[name].find(f"{_W}pPr")
        own = _use_of(properties) if properties is not None else _Use(None, None)
        number = own.number if number is None else number
        level = own.level if level is None else level
        name = _value(styles[name], "basedOn")
    return _Use(number, level)


def _use_of(properties: Element) -> _Use:
    use = properties.find(f"{_W}numPr")
    if use is None:
        return _Use(None, None)
    level = small_number(_value(use, "ilvl"), -1)
    return _Use(_value(use, "numId") or None, level if level >= 0 else None)


def _value(parent: Element, name: str) -> str:
    element = parent.find(f"{_W}{name}")
    return "" if element is None else element.get(_VAL, "")
