"""The region of a report whose title does not give it: clues of the document, weighed (DOMAIN.md 6.4)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from gknlp.issuer.organ import Organ, parse_organ
from gknlp.knowledge.divisions import Division, inside, load_divisions, load_townships, stem
from gknlp.knowledge.issuers import clue_pattern, load_issuers

ClueKind = Literal["host", "full_name", "site", "address", "mention", "upper", "phone", "number", "media"]

_TEXT = 40_000  # characters that are looked at: enough for the prose of any report
_SHORTEST, _LONGEST_SHORT = 2, 6
_LONGEST_HOST, _MOST_HOSTS = 60, 50
_LONGEST_ADDRESS = 30
_AGREEING = 2
_LEAST_MENTIONS = 2


class Clue(NamedTuple):
    """Divisions that one kind of clue speaks for."""

    kind: ClueKind
    codes: frozenset[str]


class Region(NamedTuple):
    """The division found, else the candidates between which the clues do not decide."""

    division: Division | None
    candidates: tuple[Division, ...]


def find_region(folded: str, organ: Organ, given: tuple[Division, ...], year: int | None) -> Region:
    """Return the division of an organ; ``given`` are the candidates its name leaves, empty when it names none.

    One clue decides between given candidates. Without any, one of host, full name and site decides when it is
    unambiguous, else two kinds of clue must agree.
    """
    text = folded[:_TEXT]
    strong = list(_strong_clues(text, organ, year))
    if given:
        return _among(given, [*strong, *_weak_clues(text, year)], least=1)
    wanted = _wanted(text, organ)
    direct = _fitting(strong, wanted)
    if wanted.known and len(direct) == 1:
        return Region(direct[0], ())
    clues = [*strong, *_weak_clues(text, year)]
    return _among(_fitting(clues, wanted), clues, least=_AGREEING)


def _fitting(clues: Iterable[Clue], wanted: _Wanted) -> tuple[Division, ...]:
    """Return the divisions that clues name and that may be the one wanted; what is named as upper level is not."""
    codes = dict.fromkeys(code for clue in clues if clue.kind != "upper" for code in sorted(clue.codes))
    found = (load_divisions().code(code) for code in codes)
    return tuple(each for each in found if each and wanted.fits(each))


def named_region(folded: str, organ: Organ, year: int | None) -> Division | None:
    """Return the one division that the document prints directly before the organ's name.

    For zones: their own names are often proper ones (两江新区), so that other clues may speak of what lies beside them.
    """
    codes = set(_full_names(folded[:_TEXT], organ, year))
    return load_divisions().code(codes.pop()) if len(codes) == 1 else None


def choose(found: Iterable[Division], year: int | None) -> tuple[Division, ...]:
    """Return the divisions whose names and codes held in ``year``, else those of today, else all."""
    every = tuple(found)
    held = tuple(each for each in every if each.valid(year))
    return held or tuple(each for each in every if each.until is None) or every


class _Wanted(NamedTuple):
    """What division the text asks for: a county, or one whose name ends in a character, at the level of that."""

    end: str = ""
    level: str | None = None
    below_prefecture: bool = False

    @property
    def known(self) -> bool:
        return bool(self.end) or self.below_prefecture

    def fits(self, division: Division) -> bool:
        if self.below_prefecture:
            return not load_divisions().has_counties(division.code)
        return division.name.endswith(self.end) and self.level in (None, division.level)


def _wanted(text: str, organ: Organ) -> _Wanted:
    """A township lies in a county. Else 县 in 县政府办 says it, or what the text calls its own: 我县, 全县; 县委."""
    if organ.township or organ.level_word in load_issuers().township_words:
        return _Wanted(below_prefecture=True)
    word = organ.level_word or _own_word(text)
    return _Wanted(word[-1:], load_issuers().levels.get(word))


def _own_word(text: str) -> str:
    """The character after 我 or 全, else before 委 or 政府, that stands there at least twice as often as the next."""
    for key in ("clues.self_pattern", "clues.seat_pattern"):
        ranked = Counter(match["word"] for match in clue_pattern(key).finditer(text)).most_common(2)
        if ranked and (len(ranked) == 1 or ranked[0][1] >= 2 * ranked[1][1]):
            return ranked[0][0]
    return ""


def _among(candidates: tuple[Division, ...], clues: list[Clue], *, least: int) -> Region:
    """Return the candidate for which strictly more kinds of clue speak than for any other, and at least ``least``."""
    votes = [(_votes(clues, each.code, found_by_clues=least == _AGREEING), each) for each in candidates]
    most = max((count for count, _ in votes), default=0)
    leaders = [each for count, each in votes if count == most]
    if most >= least and len(leaders) == 1:
        return Region(leaders[0], ())
    return Region(None, tuple(leaders if most else candidates))


def _votes(clues: list[Clue], code: str, *, found_by_clues: bool) -> int:
    """Kinds of clue that speak for ``code``; its single mention may be the place where another clue found it."""
    own = found_by_clues and code
    kinds = {clue.kind for clue in clues if _supports(clue, code) and not (clue.kind == "upper" and own in clue.codes)}
    return len(kinds)


def _supports(clue: Clue, code: str) -> bool:
    return any(inside(code, named) for named in clue.codes)


def _strong_clues(text: str, organ: Organ, year: int | None) -> Iterator[Clue]:
    yield Clue("host", frozenset(_hosts(text, year)))
    yield Clue("full_name", frozenset(_full_names(text, organ, year)))
    yield Clue("site", frozenset(_sites(text, year)))


def _weak_clues(text: str, year: int | None) -> Iterator[Clue]:
    addresses, places = _addresses(text, year)
    yield Clue("address", frozenset(addresses))
    names = _names(text, places)
    yield Clue("mention", frozenset(_mentioned_most(names, year)))
    yield Clue("upper", frozenset(_upper(names, year)))
    yield Clue("phone", frozenset(_phones(text)))
    yield Clue("number", frozenset(_numbers(text)))
    yield Clue("media", frozenset(_media(text, year)))


def _codes(found: Iterable[Division], year: int | None) -> Iterator[str]:
    return (each.code for each in choose(found, year))


def _hosts(text: str, year: int | None) -> Iterator[str]:
    """Divisions that a label of a host spells: www.luoning.gov.cn, luoningxian.gov.cn."""
    hosts: dict[str, None] = {}
    end = load_issuers().clues.host_end
    place = text.find(end)
    while place != -1 and len(hosts) < _MOST_HOSTS:
        if host := clue_pattern("clues.host_pattern").search(text, max(place - _LONGEST_HOST, 0), place):
            hosts[host[0].lower()] = None
        place = text.find(end, place + 1)
    for label in dict.fromkeys(label for host in hosts for label in host.split(".")):
        yield from _codes(_highest(_spelled(label)), year)


def _spelled(label: str) -> tuple[Division, ...]:
    spelled = load_divisions().spelled
    endings = (ending for ending in load_issuers().clues.host_endings if label.endswith(ending))
    return spelled(label) or next((found for ending in endings if (found := spelled(label.removesuffix(ending)))), ())


def full_forms(core: str) -> tuple[str, ...]:
    """Return the ways a function may be printed in full, longest first: 政府办 is also 人民政府办公室."""
    expansions = load_issuers().organ.expansions
    full = expansions.get(core, core)
    forms = {core, full, *(short for short, long in expansions.items() if long == full)}
    return tuple(sorted((form for form in forms if form), key=len, reverse=True))


def _full_names(text: str, organ: Organ, year: int | None) -> Iterator[str]:
    """Divisions that stand directly before the organ's function or its township."""
    for form in (organ.township,) if organ.township else full_forms(organ.core):
        place = text.find(form)
        while place != -1:
            yield from _codes(_chain_before(text, place), year)
            place = text.find(form, place + len(form))


def _sites(text: str, year: int | None) -> Iterator[str]:
    for match in clue_pattern("clues.site_pattern").finditer(text):
        yield from _codes(_region_before(text, match.start()), year)
    for match in clue_pattern("clues.account_pattern").finditer(text):
        yield from _codes(_short_at(text, match.end()), year)


def _region_before(text: str, end: int) -> tuple[Division, ...]:
    """The division whose full or short name ends at ``end``."""
    if full := _chain_before(text, end):
        return full
    lengths = range(min(_LONGEST_SHORT, end), _SHORTEST - 1, -1)
    return _highest(next((found for size in lengths if (found := load_divisions().called(text[end - size : end]))), ()))


def _short_at(text: str, start: int) -> tuple[Division, ...]:
    called = load_divisions().called
    lengths = range(_LONGEST_SHORT, _SHORTEST - 1, -1)
    return _highest(next((found for size in lengths if (found := called(text[start : start + size]))), ()))


def _chain_before(text: str, end: int) -> tuple[Division, ...]:
    """The division whose full name ends at ``end``, inside those named before it: 鼓楼区 in 南京市鼓楼区."""
    start, found = load_divisions().ending_at(text, end) or (end, ())
    while found and (before := load_divisions().ending_at(text, start)):
        start, outer = before
        found = tuple(each for each in found if any(inside(each.code, above.code) for above in outer)) or found
    return found


def _highest(found: tuple[Division, ...]) -> tuple[Division, ...]:
    """A short name or spelling means the highest division that bears it: henan.gov.cn is the province, not 河南县."""
    sizes = [len(stem(each.code)) for each in found]
    return tuple(each for each, size in zip(found, sizes, strict=True) if size == min(sizes))


def _addresses(text: str, year: int | None) -> tuple[list[str], list[range]]:
    """Divisions at the head of an address, and where the addresses stand."""
    codes: list[str] = []
    places: list[range] = []
    for match in clue_pattern("clues.address_pattern").finditer(text):
        place = parse_organ(text[match.end() : match.end() + _LONGEST_ADDRESS])
        if place.divisions:
            codes += _codes(place.divisions, year)
            places.append(range(match.end(), match.end() + place.core_start))
    return codes, places


def _names(text: str, skip: list[range]) -> Counter[str]:
    """Full names of divisions in the text with the number of times they stand there outside of ``skip``."""
    divisions = load_divisions()
    names: Counter[str] = Counter()
    for match in re.finditer(f"[{load_issuers().clues.division_ends}]", text):
        found = divisions.ending_at(text, match.end())
        if found and not any(found[0] in place for place in skip):
            names[text[found[0] : match.end()]] += 1
    return names


def _mentioned_most(names: Counter[str], year: int | None) -> Iterator[str]:
    """At each level below the province the division that the text names most, and more than once."""
    ranked: dict[str, list[tuple[int, str]]] = {"prefecture": [], "county": []}
    for name, count in names.items():
        for level in {each.level for each in load_divisions().named(name)} & ranked.keys():
            ranked[level].append((count, name))
    for level, counts in ranked.items():
        most = max((count for count, _ in counts), default=0)
        leaders = [name for count, name in counts if count == most]
        if most >= _LEAST_MENTIONS and len(leaders) == 1:
            named = load_divisions().named(leaders[0])
            yield from _codes((each for each in named if each.level == level), year)


def _upper(names: Counter[str], year: int | None) -> Iterator[str]:
    """Provinces and prefectures named at all: they speak for what lies in them."""
    for name in names:
        named = load_divisions().named(name)
        yield from _codes((each for each in named if each.level != "county"), year)


def _phones(text: str) -> Iterator[str]:
    for match in clue_pattern("clues.phone_pattern").finditer(text):
        yield from load_divisions().phoned(match[1])


def _numbers(text: str) -> Iterator[str]:
    """Document numbers begin with a sign of the province; signs of counties are too short to name one."""
    signs = load_issuers().clues.province_signs
    for match in clue_pattern("clues.number_pattern").finditer(text):
        if sign := signs.get(text[match.start() - 1 : match.start()]):
            yield sign


def _media(text: str, year: int | None) -> Iterator[str]:
    for match in clue_pattern("clues.media_pattern").finditer(text):
        yield from _codes(_region_before(text, match.start()), year)


def township_divisions(name: str) -> tuple[Division, ...]:
    """Return the counties that have a township of this name."""
    codes = dict.fromkeys(each.code[:6] for each in load_townships().named(name))
    return tuple(found for code in codes if (found := load_divisions().code(code)))
