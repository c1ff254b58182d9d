"""The title of a report: found among the lines that surround it, joined when it is broken over several."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from gknlp.issuer.organ import parse_organ
from gknlp.knowledge.issuers import clue_pattern, load_issuers, title_patterns
from gknlp.model import Document, Record

_HEAD = 4000  # characters of a document in which a title is looked for
_TOKEN = re.compile(r"\S+")
_HAN = re.compile("[\u3400-\u9fff]{3,}$")
_LONGEST_TOKEN = 200
_LONGEST_TITLE = 260
_MOST_TOKENS = 8
_LONGEST_EXTENSION = 30
_COMPLETE = 3  # rank of a title with organ and year


class Title(Record, frozen=True, kw_only=True):
    """A title as printed; ``text`` is joined over line breaks and spaces, ``start``/``end`` is the printed span."""

    text: str
    start: int
    end: int


class TitleParts(NamedTuple):
    """What a title says: the folded organ and its pieces in the title's text, and where organ and years are printed.

    ``organ_span`` is ``None`` when the document prints the organ in several pieces.
    """

    organ: str
    pieces: tuple[tuple[int, int], ...]
    organ_span: tuple[int, int] | None
    years: tuple[tuple[str, int, int], ...]


class _Token(NamedTuple):
    text: str
    start: int
    whole: bool  # begins a line


class _Candidate(NamedTuple):
    rank: int
    first: int
    start: int
    end: int


def find_title(document: Document) -> Title | None:
    """Return the title, or ``None``. Navigation, document numbers and a repeated last line do not belong to it.

    >>> from gknlp.readers import read_text
    >>> find_title(read_text("首页\\n潢川县人民政府\\n2021年政府信息公开工作\\n年度报告\\n年度报告\\n")).text
    '潢川县人民政府2021年政府信息公开工作年度报告'
    """
    tokens: list[_Token] = []
    best: _Candidate | None = None
    ends = title_patterns().ends
    for token in _tokens(document.folded[:_HEAD]):
        tokens.append(token)
        if not ends.search(token.text):
            continue
        found = _ending_in(tokens, len(tokens) - 1)
        if found and (best is None or found.rank > best.rank):
            best = found
        if best and best.rank == _COMPLETE:
            break
    if best is None:
        return None
    start = _extend(tokens, best, document.folded)
    text = "".join([document.text[at] for at in _places(document, start, best.end)])
    return Title(text=text, start=start, end=best.end)


def _tokens(head: str) -> Iterator[_Token]:
    """Yield the pieces between spaces."""
    end = 0
    for match in _TOKEN.finditer(head):
        start = match.start()
        yield _Token(match[0][:_LONGEST_TOKEN], start, not end or "\n" in head[end:start])
        end = match.end()


def _ending_in(tokens: list[_Token], last: int) -> _Candidate | None:
    """Return the best title that ends in one token: complete with the fewest tokens, else with the most said."""
    best: _Candidate | None = None
    joined, pieces = "", 0
    for first in range(last, -1, -1):
        joined = tokens[first].text + joined
        if _is_spaced(tokens, first):
            continue
        pieces += 1
        if pieces > _MOST_TOKENS or len(joined) > _LONGEST_TITLE:
            break
        found = _match(tokens, first, last, joined)
        if found and (best is None or found.rank > best.rank):
            best = found
            if best.rank == _COMPLETE:
                break
    return best


def _is_spaced(tokens: list[_Token], index: int) -> bool:
    """Whether a token is a later character of a word printed with spaces between its characters."""
    return len(tokens[index].text) == 1 and not tokens[index].whole and len(tokens[index - 1].text) == 1


def _match(tokens: list[_Token], first: int, last: int, joined: str) -> _Candidate | None:
    """Return the best title in some joined tokens that ends in the last; of several tokens it takes the first whole."""
    tail_start = len(joined) - len(tokens[last].text)
    stop = title_patterns().stop
    best: _Candidate | None = None
    for match in title_patterns().title.finditer(joined):
        if match.end() <= tail_start or (first < last and match.start() > 0):
            continue
        if match.end() == len(joined) or stop.match(joined, match.end()):
            found = _candidate(tokens, first, last, match)
            best = found if found and (best is None or found.rank > best.rank) else best
    return best


def _candidate(tokens: list[_Token], first: int, last: int, match: re.Match[str]) -> _Candidate | None:
    joined = match.string
    said = _said(match)
    begin = _lead(joined, match.start()) if first == last and not said[0] else match.start()
    rank = _COMPLETE if begin < match.start() else _rank(*said, alone=tokens[first].whole and begin == 0)
    end = tokens[last].start + match.end() - (len(joined) - len(tokens[last].text))
    return _Candidate(rank, first, tokens[first].start + begin, end) if rank else None


def _lead(joined: str, start: int) -> int:
    """Return where the organ before a dash or colon begins, 潢川县财政局:2021年…; ``start`` when there is none."""
    signs = load_issuers().title.lead_signs
    lead = joined[:start].rstrip(signs)
    if lead == joined[:start]:
        return start
    run = _HAN.search(lead)
    organ = parse_organ(run[0]) if run else None
    return run.start() if run and organ and organ.kind and organ.regional else start


def _rank(organ: str, years: list[re.Match[str]], *, alone: bool) -> int:
    """Return 3 with organ and year, 2 with the year, 1 with the organ or an unknown one; 0 when it says too little."""
    parsed = parse_organ(organ) if organ else None
    named = parsed is not None and (parsed.kind is not None or (parsed.regional and not _is_navigation(organ)))
    if named and years:
        return _COMPLETE
    if years and not organ:
        return 2 if alone else 0
    return 1 if alone and (named or years) else 0


def _is_navigation(text: str) -> bool:
    return title_patterns().not_title.search(text) is not None


def _said(match: re.Match[str]) -> tuple[str, list[re.Match[str]]]:
    years = list(clue_pattern("year.pattern").finditer(match.string, match.start(), _plan_start(match)))
    return "".join(match.string[start:end] for start, end in _organ_pieces(match)), years


def _plan_start(match: re.Match[str]) -> int:
    """A title may go on with next year's plan: 2021年…工作总结及2022年工作计划."""
    return match.start("plan") if match["plan"] else match.end()


def _organ_pieces(match: re.Match[str]) -> list[tuple[int, int]]:
    """Return the spans of the organ: all pieces of the head when they name one together, else the first that does."""
    pieces = _pieces(match)
    if len(pieces) < 2 or parse_organ("".join(match.string[start:end] for start, end in pieces)).kind:
        return pieces
    return next(([piece] for piece in pieces if parse_organ(match.string[slice(*piece)]).kind), pieces)


def _pieces(match: re.Match[str]) -> list[tuple[int, int]]:
    """Return the spans of what the head says beside the year."""
    start, end = match.span("head")
    bounds = [start]
    for cut in title_patterns().cut.finditer(match.string, start, end):
        bounds += cut.span()
    bounds.append(end)
    spans = (_trim(match.string, start, end) for start, end in zip(bounds[0::2], bounds[1::2], strict=True))
    return [(start, end) for start, end in spans if end > start]


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    """Drop 的, dashes and the like at the edges of a piece."""
    piece = text[start:end]
    while found := title_patterns().edges.search(piece):
        if found.start():
            piece = piece[: found.start()]
        else:
            start += found.end()
            piece = piece[found.end() :]
    return start, start + len(piece)


def _extend(tokens: list[_Token], found: _Candidate, folded: str) -> int:
    """Take in the lines before that hold the region or the upper organ of a title that names neither."""
    first, start = found.first, found.start
    if start != tokens[first].start or not tokens[first].whole:
        return start
    while first and not _names_region(folded[start : found.end]):
        before = tokens[first - 1]
        if not _may_begin(before, tokens[first], folded):
            break
        first, start = first - 1, before.start
    return start


def _names_region(title: str) -> bool:
    parts = split_title("".join(title.split()))
    return parts is None or parse_organ(parts.organ).regional


def _may_begin(before: _Token, following: _Token, folded: str) -> bool:
    """A broken title goes on in the very next line; its first line begins with a region and is no navigation."""
    gap = folded[before.start + len(before.text) : following.start]
    if len(before.text) > _LONGEST_EXTENSION or gap.count("\n") > 1 or not before.whole:
        return False
    return not _is_navigation(before.text) and bool(parse_organ(before.text).divisions)


def split_title(title: str, places: list[int] | None = None) -> TitleParts | None:
    """Return what a folded title without spaces says; ``places`` are the offsets of its characters in the document."""
    spans = _spans(title)
    if spans is None:
        return None
    at = places or list(range(len(title)))
    years = tuple((title[start:end], at[start], at[end - 1] + 1) for start, end in spans.years)
    organ_span = None
    if len(spans.organ) == 1:
        start, end = spans.organ[0]
        if at[end - 1] - at[start] == end - 1 - start:
            organ_span = (at[start], at[end - 1] + 1)
    organ = "".join(title[start:end] for start, end in spans.organ)
    return TitleParts(organ, spans.organ, organ_span, years)


class _Spans(NamedTuple):
    organ: tuple[tuple[int, int], ...]
    years: tuple[tuple[int, int], ...]


@lru_cache(maxsize=64)  # year and issuer ask for the same title
def _spans(title: str) -> _Spans | None:
    match = title_patterns().title.search(title)
    if match is None:
        return None
    years = clue_pattern("year.pattern").finditer(title, 0, _plan_start(match))
    pieces = _organ_pieces(match) or _suffix_piece(match)
    if not pieces and match.start():
        pieces = [(0, len(title[: match.start()].rstrip(load_issuers().title.lead_signs)))]
    return _Spans(tuple(pieces), tuple(year.span() for year in years))


def _suffix_piece(match: re.Match[str]) -> list[tuple[int, int]]:
    """The organ may stand in brackets behind the title."""
    if match["suffix"] is None:
        return []
    start, end = match.start("suffix") + 1, match.end("suffix") - 1
    return [(start, end)] if parse_organ(match.string[start:end]).kind else []


def places_of(document: Document, title: Title) -> tuple[str, list[int]]:
    """Return the folded title without spaces and the offset of each of its characters."""
    printed = document.folded[title.start : title.end]
    return "".join(printed.split()), _places(document, title.start, title.end)


def _places(document: Document, start: int, end: int) -> list[int]:
    """Offsets of what is no space; folded, zero-width characters are spaces too."""
    return [at for at, character in enumerate(document.folded[start:end], start) if not character.isspace()]
