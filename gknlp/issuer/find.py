"""The organ that filed a report, with its region."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from typing import NamedTuple

from gknlp.findings import report
from gknlp.issuer.organ import Organ, parse_organ
from gknlp.issuer.region import Region, choose, find_region, full_forms, named_region, township_divisions
from gknlp.issuer.title import Title, places_of, split_title
from gknlp.knowledge.divisions import Division, Township, inside, load_divisions, load_townships
from gknlp.knowledge.issuers import clue_pattern, load_issuers, title_patterns
from gknlp.model import Diagnostic, Document, Issuer
from gknlp.text.normalize import fold

_OPENING = 2500  # characters in which a report without an organ in its title names it
_SIGNATURE = 300
_LONGEST_NAME = 40
_MOST_CANDIDATES = 8
_PUBLISHERS = ("publisher", "source_of_content")  # names of metadata, the stronger first
_CLUES = frozenset((*_PUBLISHERS, "host", "url", "site", "page_title", "title"))
_HAN = re.compile("[\u3400-\u9fff]+$")
_WORD = re.compile(r"[^\s,。;:、<>|()\[\]《》]{2,40}")


class _Printed(NamedTuple):
    """An organ's name as the document prints it; the span is ``None`` when it stands in several pieces."""

    organ: Organ
    name: str
    span: tuple[int, int] | None
    in_title: bool


class _Place(NamedTuple):
    """Where an organ belongs: its division, or the region that the list does not have, and its township."""

    division: Division | None
    township: Township | None
    candidates: tuple[Division, ...]


def find_issuer(
    document: Document, title: Title | None, year: int | None
) -> tuple[Issuer | None, tuple[Diagnostic, ...]]:
    """Return the issuer and what is uncertain about it; ``None`` when neither title, text nor page names an organ.

    What the page says about the text (:attr:`Document.metadata`: who published it, on which site) is evidence as the
    text is: it names the organ where the text does not, and helps to find the region.

    ``division_code`` is that of the organ's own division: nine digits for a town that the list has. It is ``None`` for
    zones, which have no code of GB/T 2260, for organs of the central government, and where the document leaves the
    region open (``issuer_ambiguous`` names the candidates, ``division_unknown`` says that there are none).
    """
    titled = _in_title(document, title)
    known = titled is not None and (titled.organ.kind is not None or titled.organ.regional)
    printed = titled if known else _in_text(document, title) or _in_metadata(document) or titled
    if printed is None:
        return None, (report("issuer_missing"),)
    organ = printed.organ
    found = () if printed.in_title else (_doubt("issuer_from_text", printed),)
    if organ.kind == "central_department":
        return _issuer(printed, _Place(None, None, ())), found
    place = _locate(_with_metadata(document), organ, year)
    return _issuer(printed, place), found + _doubts(printed, place)


def _in_title(document: Document, title: Title | None) -> _Printed | None:
    if title is None:
        return None
    parts = split_title(*places_of(document, title))
    if parts is None or not parts.organ:
        return None
    organ = parse_organ(parts.organ)
    name = "".join(title.text[start:end] for start, end in parts.pieces)
    return _Printed(organ, name, parts.organ_span, in_title=True)


def _in_text(document: Document, title: Title | None) -> _Printed | None:
    """The first organ named before 2021年政府信息公开, behind a label such as 发布机构, or in the signature."""
    start = title.end if title else 0
    folded = document.folded
    for span in chain(_before_topic(folded, start), _labelled(folded), _signed(folded)):
        organ = parse_organ(folded[slice(*span)])
        if organ.kind:
            return _Printed(organ, document.text[slice(*span)], span, in_title=False)
    return None


def _in_metadata(document: Document) -> _Printed | None:
    """The organ that the page names as the one that published the text."""
    for entry in document.metadata:
        organ = parse_organ(fold(entry.value)) if entry.name in _PUBLISHERS else None
        if organ and organ.kind:
            return _Printed(organ, entry.value, None, in_title=False)
    return None


def _with_metadata(document: Document) -> str:
    """Return the folded text behind what the page says about it, for clues that need no place."""
    said = (entry.value for entry in document.metadata if entry.name in _CLUES)
    return "\n".join((*map(fold, said), document.folded)) if document.metadata else document.folded


def _before_topic(folded: str, start: int) -> Iterator[tuple[int, int]]:
    divisions = load_divisions()
    for match in title_patterns().dated_topic.finditer(folded, start, start + _OPENING):
        run = _HAN.search(folded, max(match.start() - _LONGEST_NAME, start), match.start())
        for at in range(run.start(), run.end() - 2) if run else ():
            if next(divisions.starting_at(folded, at), None) and parse_organ(folded[at : match.start()]).kind:
                yield at, match.start()
                break


def _labelled(folded: str) -> Iterator[tuple[int, int]]:
    for label in clue_pattern("clues.published_by_pattern").finditer(folded):
        if word := _WORD.match(folded, label.end()):
            yield word.span()


def _signed(folded: str) -> Iterator[tuple[int, int]]:
    """A line among the last that holds a region's organ and nothing else."""
    start = max(len(folded) - _SIGNATURE, 0)
    for line in re.finditer(r"(?m)^[ \t]*(\S{3,40})[ \t]*$", folded[start:]):
        if parse_organ(line[1]).regional:
            yield start + line.start(1), start + line.end(1)


def _locate(folded: str, organ: Organ, year: int | None) -> _Place:
    if organ.unknown or organ.kind is None:
        return _Place(None, None, ())
    given = choose(organ.divisions, year)
    if organ.township:
        return _locate_township(folded, organ, given, year)
    if len(given) == 1 and _says_enough(organ, given[0]):
        return _Place(given[0], None, ())
    if not given and (organ.zone or organ.kind == "mgmt_committee"):
        return _Place(named_region(folded, organ, year), None, ())
    region = find_region(folded, organ, given, year)
    return _Place(region.division, None, region.candidates)


def _says_enough(organ: Organ, division: Division) -> bool:
    """A county's short name may be part of another name: 东湖高新区 is not in 东湖区. Vertical agencies mean it."""
    return organ.suffixed or division.level != "county" or organ.kind == "vertical_agency"


def _locate_township(folded: str, organ: Organ, given: tuple[Division, ...], year: int | None) -> _Place:
    """The list of townships narrows the counties; a county that the document itself names goes before it."""
    listed = township_divisions(organ.township)
    if given:
        given = tuple(each for each in listed if any(inside(each.code, outer.code) for outer in given)) or given
    if len(given) == 1:
        region = Region(given[0], ())
    else:
        region = find_region(folded, organ, given or listed, year)
        if region.division is None and listed and not given:
            region = Region(find_region(folded, organ, (), year).division, region.candidates)
    township = load_townships().of(region.division.code).get(organ.township) if region.division else None
    return _Place(region.division, township, () if region.division else region.candidates)


def _doubts(printed: _Printed, place: _Place) -> tuple[Diagnostic, ...]:
    if place.division:
        return ()
    if place.candidates:
        path = load_divisions().path
        named = (f"{''.join(path(each))} {each.code}" for each in place.candidates[:_MOST_CANDIDATES])
        return (_doubt("issuer_ambiguous", printed, candidates=", ".join(named)),)
    return (_doubt("division_unknown", printed),)


def _doubt(code: str, printed: _Printed, candidates: str = "") -> Diagnostic:
    start, end = printed.span or (None, None)
    return report(code, start=start, end=end, name=printed.name, candidates=candidates)


def _issuer(printed: _Printed, place: _Place) -> Issuer:
    organ, division = printed.organ, place.division
    above = organ.divisions[0] if organ.unknown and len(organ.divisions) == 1 else None
    holder = division or above
    path = load_divisions().path(holder) if holder else ()
    if place.township:
        path = (*path, place.township.name)
    start, end = printed.span or (None, None)
    code = place.township.code if place.township else division.code if division else None
    return Issuer(
        name=printed.name,
        full_name=_full_name(printed, division),
        kind=organ.kind,
        level=_level(organ, division),
        division_code=None if _outside_the_list(organ, place) else code,
        division_path=path,
        start=start,
        end=end,
    )


def _outside_the_list(organ: Organ, place: _Place) -> bool:
    """Neither zones nor unlisted townships have a code of their own; the path names what holds them."""
    return organ.zone or organ.kind == "mgmt_committee" or bool(organ.township and not place.township)


def _level(organ: Organ, division: Division | None) -> str | None:
    words = load_issuers()
    if organ.kind == "central_department":
        return "central"
    if organ.zone or organ.kind == "mgmt_committee":
        return None
    if organ.township or organ.kind == "subdistrict_office" or organ.level_word in words.township_words:
        return "township"
    if division:
        return division.level
    levels = {each.level for each in organ.divisions}
    if len(levels) == 1 and not organ.unknown and all(_says_enough(organ, each) for each in organ.divisions):
        return levels.pop()
    word = organ.unknown or organ.level_word
    return words.levels.get(word) or words.levels.get(word[-1:])


def _full_name(printed: _Printed, division: Division | None) -> str | None:
    """The name with its region and its function in full, as printed where nothing is missing."""
    organ = printed.organ
    core = _full_core(organ)
    if organ.kind == "central_department":
        return printed.name
    if organ.regional and (organ.suffixed or organ.kind in ("vertical_agency", "mgmt_committee") or organ.zone):
        return printed.name if core == organ.core else organ.name[: organ.core_start] + core
    if division is None:
        return None
    return organ.prefix + division.name + organ.township + core


def _full_core(organ: Organ) -> str:
    words = load_issuers().organ
    if organ.kind == "subdistrict_office" and (not organ.core or organ.core in words.street_offices):
        return words.street_offices[-1]
    if organ.kind is None:
        return organ.core
    if organ.kind in ("government", "government_office"):
        return max(full_forms(organ.core), key=len, default="") or words.expansions[""]
    return words.expansions.get(organ.core, organ.core)
