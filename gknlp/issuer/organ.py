"""The name of an organ taken apart: prefix, region, township, function."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from gknlp.knowledge.divisions import Division, inside, load_divisions
from gknlp.knowledge.issuers import load_issuers, organ_patterns

_LONGEST_NAME = 60
_BRACKETS = re.compile(r"\([^()]*\)$")  # a second name of the organ


class Organ(NamedTuple):
    """An organ's name in its parts, all folded.

    ``divisions`` are the candidates for the smallest division that the name gives, ``suffixed`` when with its kind
    (潢川县, not 潢川); ``unknown`` is a region that the list does not have; ``level_word`` stands for a region that is
    not named (县 in 县政府办). ``core`` is the function and begins at ``core_start``.
    """

    name: str
    kind: str | None
    prefix: str
    divisions: tuple[Division, ...]
    unknown: str
    township: str
    level_word: str
    zone: bool
    core: str
    core_start: int
    suffixed: bool

    @property
    def regional(self) -> bool:
        """Whether the name gives a region, known or not."""
        return bool(self.divisions or self.unknown)


class _Region(NamedTuple):
    divisions: tuple[Division, ...] = ()
    end: int = 0
    suffixed: bool = True  # False: a short name, 潢川 for 潢川县


@lru_cache(maxsize=1024)
def parse_organ(name: str) -> Organ:
    """Return the parts of a folded name without spaces; its ``kind`` is ``None`` when it names no organ.

    >>> organ = parse_organ("重庆市大足区人民政府外事办公室")
    >>> organ.kind, [division.code for division in organ.divisions], organ.core
    ('department', ['500111'], '人民政府外事办公室')
    """
    patterns = organ_patterns()
    name = name[:_LONGEST_NAME]
    match = patterns.prefix.match(name)
    prefix = match[0] if match else ""
    region = _known_region(name, len(prefix))
    end, unknown, level_word = region.end, "", ""
    if _unexplained(name, end) and (match := patterns.unknown_region.match(name, end)):
        unknown, end = match[0], match.end()
    if not (region.divisions or unknown) and (match := patterns.level_word.match(name, end)):
        level_word, end = match[1], match.end()
    zone = patterns.zone.match(name, end)
    township = patterns.township.match(name, zone.end() if zone else _skip_government(name, end))
    if township and not level_word:
        end = township.end(1)
    core = name[end:]
    town = township[1] if township and not level_word else ""
    return Organ(
        name=name,
        kind=_kind(name, prefix, core, town, anonymous=not (region.divisions or unknown or town or level_word)),
        prefix=prefix,
        divisions=region.divisions,
        unknown=unknown,
        township=town,
        level_word=level_word,
        zone=bool(zone) and not town,
        core=core,
        core_start=end,
        suffixed=region.suffixed,
    )


def _skip_government(name: str, start: int) -> int:
    """天平路街道 begins behind 人民政府 in 徐汇区人民政府天平路街道办事处."""
    government = next((word for word in load_issuers().organ.governments if name.startswith(word, start)), "")
    return start + len(government)


def _kind(name: str, prefix: str, core: str, township: str, *, anonymous: bool) -> str | None:
    patterns = organ_patterns()
    if anonymous and patterns.central.fullmatch(name):
        return "central_department"
    if not core:
        if anonymous or prefix:
            return None
        return "government" if not township or not _is_street(township) else "subdistrict_office"
    plain = _BRACKETS.sub("", core)
    kind = next((kind for kind, pattern in patterns.kinds if pattern.fullmatch(plain)), None)
    if kind in ("department", "mgmt_committee") and prefix and prefix not in load_issuers().organ.not_vertical:
        return "vertical_agency"
    if kind is None and township and _is_street(township) and core in load_issuers().organ.street_offices:
        return "subdistrict_office"
    return kind


def _is_street(township: str) -> bool:
    return township.endswith(load_issuers().organ.street_ends)


def _unexplained(name: str, start: int) -> bool:
    """Whether what follows is neither a function nor a zone: it may be a region that the list does not have."""
    patterns = organ_patterns()
    return not (patterns.function.match(name, start) or patterns.zone.match(name, start))


def _known_region(name: str, start: int) -> _Region:
    """Return the chain of divisions at ``start``: province, prefecture and county, each inside the one before."""
    region = _Region((), start)
    while found := _next(name, region):
        region = found
    return region if region.divisions else _short_region(name, start)


def _next(name: str, region: _Region) -> _Region | None:
    glued = load_issuers().organ.glued
    for end, found in load_divisions().starting_at(name, region.end):
        within = _within(found, region.divisions)
        if within and not name.startswith(glued, end):
            return _Region(within, end)
    return None


def _within(found: tuple[Division, ...], outer: tuple[Division, ...]) -> tuple[Division, ...]:
    if not outer:
        return found
    return tuple(each for each in found if any(each.code != o.code and inside(each.code, o.code) for o in outer))


def _short_region(name: str, start: int) -> _Region:
    """A short name counts when a division inside it or a function follows: 南京鼓楼区, 潢川财政局, 南京海关."""
    patterns = organ_patterns()
    if patterns.function.match(name, start):
        return _Region((), start)
    for end in range(min(start + 6, len(name)), start + 1, -1):
        divisions = load_divisions().called(name[start:end])
        if not divisions:
            continue
        region = _Region(divisions, end, suffixed=False)
        if inner := _next(name, region):
            while deeper := _next(name, inner):
                inner = deeper
            return inner
        if end == len(name) or patterns.function.match(name, end) or patterns.zone.match(name, end):
            return region
        if name.startswith(load_issuers().organ.governments, end):
            return region
    return _Region((), start)
