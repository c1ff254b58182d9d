"""The divisions of China from province to township, by name, code and spelling (``data/*.tsv``).

The files say where their facts come from and as of when. Names are folded like every text they are matched against.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache
from importlib import resources
from typing import NamedTuple

from gknlp.errors import KnowledgeError
from gknlp.text.normalize import fold

_COLUMNS = 7
_LONGEST = 15  # characters of the longest name
_KIND_OF_AUTONOMOUS = 3  # characters, at least: the kind alone


class Division(NamedTuple):
    """A province, prefecture or county.

    ``since`` and ``until`` are the years in which the name or code began and ended; ``None`` is before 2014 and today.
    """

    code: str
    name: str
    short: str
    pinyin: str
    since: int | None
    until: int | None
    area_codes: tuple[str, ...]

    @property
    def level(self) -> str:
        """``province``, ``prefecture`` or ``county``."""
        return level_of(self.code)

    def valid(self, year: int | None) -> bool:
        """Whether the name and code held at the end of ``year``; of an unknown year, whether they hold today."""
        if year is None:
            return self.until is None
        return (self.since is None or self.since <= year) and (self.until is None or year < self.until)


class Township(NamedTuple):
    """A town, township or subdistrict; ``code`` has nine digits, the first six are its county."""

    code: str
    name: str


def level_of(code: str) -> str:
    """Return the level of a code of six or nine digits.

    >>> level_of("410000"), level_of("411500"), level_of("411526"), level_of("411526100")
    ('province', 'prefecture', 'county', 'township')
    """
    if len(code) > 6:
        return "township"
    if code.endswith("0000"):
        return "province"
    return "prefecture" if code.endswith("00") else "county"


def stem(code: str) -> str:
    """Return the digits that every division inside ``code`` begins with.

    >>> stem("410000"), stem("411500"), stem("411526")
    ('41', '4115', '411526')
    """
    if code.endswith("0000") and len(code) == 6:
        return code[:2]
    return code[:4] if code.endswith("00") and len(code) == 6 else code


def inside(code: str, outer: str) -> bool:
    """Whether ``code`` is ``outer`` or lies in it."""
    return code.startswith(stem(outer))


class Divisions:
    """Index over the list. Lines stay text until asked for: reading the whole list takes a few milliseconds."""

    def __init__(self, lines: Iterable[str]) -> None:
        names: dict[str, str] = {}
        codes: dict[str, str] = {}
        for line in lines:
            name = line[7 : line.find("\t", 7)]
            names[name] = f"{names[name]}\n{line}" if name in names else line
            codes.setdefault(line[:6], line)
        self._names = names
        self._codes = codes

    def __iter__(self) -> Iterator[Division]:
        for lines in self._names.values():
            yield from map(_division, lines.split("\n"))

    def named(self, name: str) -> tuple[Division, ...]:
        """Return the divisions of a full name, former ones too; 恩施州 stands for 恩施土家族苗族自治州.

        >>> [found.code for found in load_divisions().named("潢川县")]
        ['411526']
        """
        lines = self._names.get(name) or self._aliases.get(name)
        return tuple(map(_division, lines.split("\n"))) if lines else ()

    def called(self, short: str) -> tuple[Division, ...]:
        """Return the divisions of a name without its kind: 潢川 for 潢川县. Names of one character have none."""
        lines = self._shorts.get(short)
        return tuple(map(_division, lines.split("\n"))) if lines else ()

    def spelled(self, pinyin: str) -> tuple[Division, ...]:
        """Return the divisions whose short name is spelled ``pinyin``, letters only: ``huangchuan``."""
        lines = self._spellings.get(pinyin)
        return tuple(map(_division, lines.split("\n"))) if lines else ()

    def code(self, code: str) -> Division | None:
        """Return the division of a code; of several names over time, the latest."""
        line = self._codes.get(code)
        return _division(line) if line else None

    def path(self, division: Division) -> tuple[str, ...]:
        """Return the names from the province to the division.

        >>> divisions = load_divisions()
        >>> divisions.path(divisions.named("潢川县")[0])
        ('河南省', '信阳市', '潢川县')
        """
        above = (division.code[:2] + "0000", division.code[:4] + "00")
        parents = (self.code(code) for code in dict.fromkeys(above) if code != division.code)
        return (*(parent.name for parent in parents if parent), division.name)

    def has_counties(self, code: str) -> bool:
        """Whether divisions lie inside ``code``: not in a county, nor in 东莞市 and its like."""
        return stem(code) in self._outer

    def phoned(self, area_code: str) -> tuple[str, ...]:
        """Return the codes of the divisions with a telephone area code, written without its leading 0."""
        return self._phones.get(area_code, ())

    def starting_at(self, text: str, start: int) -> Iterator[tuple[int, tuple[Division, ...]]]:
        """Yield the full names that begin at ``start``, longest first, each with its end."""
        for end in range(min(start + _LONGEST, len(text)), start + 1, -1):
            if found := self.named(text[start:end]):
                yield end, found

    def ending_at(self, text: str, end: int) -> tuple[int, tuple[Division, ...]] | None:
        """Return the longest full name that ends at ``end``, with its start."""
        for start in range(max(end - _LONGEST, 0), end - 1):
            if found := self.named(text[start:end]):
                return start, found
        return None

    @cached_property
    def _outer(self) -> frozenset[str]:
        """Stems of the provinces and prefectures with divisions inside."""
        inner = [code for code in self._codes if not code.endswith("0000")]
        return frozenset([code[:2] for code in inner] + [code[:4] for code in inner if not code.endswith("00")])

    @cached_property
    def _phones(self) -> dict[str, tuple[str, ...]]:
        phones: dict[str, tuple[str, ...]] = {}
        for line in self._codes.values():
            for area_code in line.split("\t")[_COLUMNS - 1 :]:
                for each in area_code.split():
                    phones[each] = (*phones.get(each, ()), line[:6])
        return phones

    @cached_property
    def _aliases(self) -> dict[str, str]:
        aliases: dict[str, str] = {}
        for line in self._lines():
            name, short = line.split("\t", 3)[1:3]
            if short and len(name) - len(short) >= _KIND_OF_AUTONOMOUS and level_of(line[:6]) != "province":
                _append(aliases, short + name[-1], line)
        return aliases

    @cached_property
    def _shorts(self) -> dict[str, str]:
        shorts: dict[str, str] = {}
        for line in self._lines():
            if short := line.split("\t", 3)[2]:
                _append(shorts, short, line)
        return shorts

    @cached_property
    def _spellings(self) -> dict[str, str]:
        spellings: dict[str, str] = {}
        for line in self._lines():
            _append(spellings, line.split("\t", 4)[3].replace(" ", ""), line)
        return spellings

    def _lines(self) -> Iterator[str]:
        for lines in self._names.values():
            yield from lines.split("\n")


class Townships:
    """The townships of every county. The list is searched as text: no index is built for the few that are asked for."""

    def __init__(self, text: str) -> None:
        self._text = text

    def of(self, county: str) -> dict[str, Township]:
        """Return the townships of a county (or of a prefecture without counties) by name."""
        start = self._text.find(f"\n{county}\t") + 1
        if not start:
            return {}
        fields = self._text[start + 7 : self._text.index("\n", start)].split(" ")
        return {field[3:]: Township(county + field[:3], field[3:]) for field in fields}

    def named(self, name: str) -> tuple[Township, ...]:
        """Return the townships of a name in all counties."""
        text, found = self._text, []
        place = text.find(name)
        while place != -1:
            end = place + len(name)
            if text[end] in " \n" and text[place - 3 : place].isdigit() and text[place - 4] in " \t":
                line = text.rfind("\n", 0, place) + 1
                found.append(Township(text[line : line + 6] + text[place - 3 : place], name))
            place = text.find(name, end)
        return tuple(found)


@lru_cache(maxsize=1)
def load_divisions() -> Divisions:
    """Return the list from province to county; :class:`KnowledgeError` names a wrong line."""
    return parse_divisions(_read("divisions.tsv"))


def parse_divisions(text: str) -> Divisions:
    """Return the list written in ``text``, the content of a ``divisions.tsv``."""
    return Divisions([line for line in text.split("\n") if line and line[0] != "#"])


@lru_cache(maxsize=1)
def load_townships() -> Townships:
    """Return the list of townships."""
    return Townships(fold(_read("townships.tsv")))


def _read(name: str) -> str:
    return (resources.files("gknlp.knowledge") / "data" / name).read_text(encoding="utf-8")


@lru_cache(maxsize=8192)
def _division(line: str) -> Division:
    fields = line.split("\t")
    if not (fields[0].isdigit() and len(fields[0]) == 6 and 4 <= len(fields) <= _COLUMNS):
        raise KnowledgeError(f"divisions.tsv: not a code, a name, a short name and a spelling: {line!r}")
    code, name, short, pinyin, since, until, areas = [*fields, *[""] * (_COLUMNS - len(fields))]
    return Division(
        code=code,
        name=name,
        short=short,
        pinyin=pinyin,
        since=int(since) if since else None,
        until=int(until) if until else None,
        area_codes=tuple(areas.split()),
    )


def _append(index: dict[str, str], key: str, line: str) -> None:
    index[key] = f"{index[key]}\n{line}" if key in index else line
