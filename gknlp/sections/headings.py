"""Lines that could be headings of sections, each with how well it fits (``knowledge/sections.toml``)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain, pairwise, zip_longest
from typing import NamedTuple

import msgspec

from gknlp.knowledge.sections import SectionKind, load_sections
from gknlp.text.outline import INSIDE, LEAD, OUTER, MarkedLine, Marker, find_marker, lines

_LONGEST_TITLE = 45
_LONGEST_BARE_TITLE = 30
_SHORTEST_BARE_TITLE = 4  # shorter ones only as they stand in the examples
_LONGEST_CONTINUATION = 20
_CONTINUATIONS = 2
_PARAGRAPH = 200  # a longer line may hold headings inside it: the text lost its line ends
_SIGN_REACH = 150  # from a heading to the first words of its table

_LEAST_KNOWN = 0.6  # share of a title's characters that are known words
_LEAST_KNOWN_BARE = 0.85
_LEAST_KNOWN_MISPRINT = 0.4
_SHORTEST_MISPRINT = 4
_SHORTEST_GAPPED = 8  # characters of a title that may lack one or have one too many

_TRAILING = " \t|*#:。"

_STOP = re.compile("[。;:!?]")
_CELLS = re.compile(r"[\t|]")
_CELL = re.compile(r"[\s|]+")
_NOISE = re.compile(r"[\W\d_]+")
_LEADERS = re.compile(r"(?:[.·…]{2,}|\t)[ \t.·…]{0,99}\d{1,3}[ \t]*$")
_PAGE_NUMBER = re.compile(r"(?:[.·…]{2}|\t)[ \t.·…]{0,99}\d{1,3}[ \t]*$", re.MULTILINE)
_QUOTES = ("”", "》", "」", "』", '"', "'", ",")


class Heading(msgspec.Struct, frozen=True, order=True, gc=False):
    """A possible heading: ``kind`` is the section's place in the form, ``start``/``end`` its place in the text."""

    start: int
    end: int
    kind: int
    score: float
    style: str  # of its marker, "" without one
    listed: bool = False  # stands in a table of contents


class _Fit(NamedTuple):
    kind: int
    known: float


class _LineFit(NamedTuple):
    kind: int
    known: float
    end: int
    whole: bool  # nothing stands behind the title
    complete: bool  # the title does not break off


def find_headings(folded: str, start: int, marked: Iterable[MarkedLine]) -> tuple[Heading, ...]:
    """Return every place behind ``start`` that could be a section's heading, in text order.

    ``marked`` are the :func:`~gknlp.text.outline.marked_lines` behind ``start``.
    """
    return _weigh(folded, start, sorted(_raw_headings(folded, start, marked)))


def known_share(kind: SectionKind, title: str) -> float:
    """Return which share of a title's Han characters are words of this section's headings."""
    compact = _compact(title)
    return _known(_patterns().words[kind.id], compact) if compact else 0.0


def _raw_headings(folded: str, start: int, marked: Iterable[MarkedLine]) -> Iterator[Heading]:
    for numbered in marked:
        yield from _marked(folded, numbered.marker, numbered.end)
    endings, ends = load_sections().endings, _patterns().ends
    following = start
    for line in folded[start:].split("\n"):
        if not line:
            following += 1
            continue
        length = len(line)
        first, following = following, following + length + 1
        if length <= _LONGEST_BARE_TITLE:
            text = line.rstrip(_TRAILING)
            if text[-1:] in ends and text.endswith(endings):
                yield from _bare(folded, first, first + length)
        elif length >= _PARAGRAPH:
            yield from _inside(folded, first, first + length)


def _bare(folded: str, first: int, last: int) -> Iterator[Heading]:
    """A heading without a number must be the whole line and hold hardly any unknown word."""
    start, end = _trim(folded, first, last)
    title = folded[start:end]
    fit = classify(title)
    if not fit or fit.known < _LEAST_KNOWN_BARE or _CELLS.search(title) or find_marker(folded, first, last):
        return
    if len(title) >= _SHORTEST_BARE_TITLE or title in _patterns().titles[load_sections().section[fit.kind].id]:
        yield Heading(start, end, fit.kind, 4 * fit.known + 0.5, "")


def _marked(folded: str, marker: Marker, last: int) -> Iterator[Heading]:
    """The heading of a numbered line, perhaps continued on the next."""
    start = marker.start
    printed = folded[start : min(last, marker.end + _LONGEST_TITLE + 1)]
    fit = _fit_line(printed, marker.end - start, marker.ordinal, marker.style)
    wrapped = None
    if start + len(printed) == last and (marker.style in OUTER if fit is None else not fit.complete):
        wrapped = _wrapped(folded, marker, last)
    if wrapped:
        yield wrapped
    elif fit:
        yield Heading(start, start + fit.end, fit.kind, _score(fit.kind, fit.known, fit.whole, marker), marker.style)


@lru_cache(maxsize=4096)
def _fit_line(printed: str, offset: int, ordinal: int, style: str) -> _LineFit | None:
    """The longest best title behind a marker: the whole line, what stands before a full stop, or known words only."""
    line_end = len(printed.rstrip(_TRAILING))
    stop = _STOP.search(printed, offset)
    if style not in OUTER and not _patterns().required.search(printed, offset, stop.start() if stop else line_end):
        return None
    best: _LineFit | None = None
    for end in _title_ends(printed, offset, line_end, stop.start() if stop else None):
        fit = classify(printed[offset:end]) or _classify_misprint(printed[offset:end], ordinal, style)
        if fit and (best is None or (fit.known, end) > (best.known, best.end)):
            best = _LineFit(fit.kind, fit.known, end, not printed[end:].strip(_TRAILING), False)
    if best and (not best.whole or printed[:line_end].endswith(load_sections().endings)):
        return best._replace(complete=True)
    return best


def _wrapped(folded: str, marker: Marker, last: int) -> Heading | None:
    """A heading that continues on the next line, or two, up to an ending."""
    title = folded[marker.end : last]
    after = folded.find("\n", last)
    if _STOP.search(title) or after < 0:
        return None
    for _ in range(_CONTINUATIONS):
        found = _continuation(folded, after)
        if not found:
            return None
        start, end, after = found
        title += folded[start:end]
        if not title.endswith(load_sections().endings):
            continue
        fit = classify(title)
        if fit and fit.known >= _LEAST_KNOWN_BARE:
            return Heading(marker.start, end, fit.kind, _score(fit.kind, fit.known, True, marker), marker.style)
    return None


def _continuation(folded: str, after: int) -> tuple[int, int, int] | None:
    """Start and end of the short text on the next line that is not blank, and that line's end."""
    for first, last in lines(folded, after + 1, after + 2 * _LONGEST_TITLE):
        start, end = _trim(folded, first, last)
        if start < end:
            words = end - start <= _LONGEST_CONTINUATION and not folded[start].isascii()
            alone = words and not _CELLS.search(folded, start, end) and not find_marker(folded, first, last)
            return (start, end, last) if alone else None
    return None


def _inside(folded: str, first: int, last: int) -> Iterator[Heading]:
    """Headings in the midst of a long line, made of known words only and not quoted in an enumeration."""
    for place in INSIDE.finditer(folded, first, last):
        marker = find_marker(folded, place.end(), last)
        if not marker:
            continue
        end = _known_end(folded, marker.end, last)
        fit = classify(folded[marker.end : end]) if end else None
        if fit and end and not folded.startswith((*load_sections().connectives, *_QUOTES), end):
            score = _score(fit.kind, fit.known, False, marker) - 0.5
            yield Heading(marker.start, end, fit.kind, score, marker.style)


def _title_ends(printed: str, start: int, line_end: int, stop: int | None) -> Iterator[int]:
    if line_end - start <= _LONGEST_TITLE:
        listed = _LEADERS.search(printed, start)
        yield listed.start() if listed else line_end
    if stop is not None:
        yield stop
    if end := _known_end(printed, start, line_end):
        yield end


def _known_end(folded: str, start: int, end: int) -> int | None:
    """Where known words first make a complete title: behind an ending that no connective follows."""
    known = load_sections()
    at = start
    for word in _patterns().run.finditer(folded, start, min(end, start + _LONGEST_TITLE)):
        if word.start() != at:
            return None
        at = word.end()
        complete = word[0].endswith(known.endings) and not folded.startswith(known.connectives, at)
        if complete and classify(folded[start:at]):
            return at
    return None


def _trim(folded: str, first: int, last: int) -> tuple[int, int]:
    """The line without indents, bullets, cell borders and marks of Markdown."""
    lead = LEAD.match(folded, first, last)
    start = lead.end() if lead else first
    return start, start + len(folded[start:last].rstrip(_TRAILING))


def _score(kind: int, known: float, whole: bool, marker: Marker) -> float:
    number = 1.5 if marker.ordinal == kind + 1 else -0.5
    style = 0.5 if marker.style in OUTER else -1.0
    return 4 * known + number + style + 0.5 * whole


@lru_cache(maxsize=4096)
def classify(title: str) -> _Fit | None:
    """Return the section whose heading ``title`` is, without its marker, and how much of it is known words."""
    compact = _compact(title)
    best: _Fit | None = None
    for place, kind in enumerate(load_sections().section):
        if not any(all(word in compact for word in line) for line in kind.require):
            continue
        if any(word in compact for word in kind.block):
            continue
        known = _known(_patterns().words[kind.id], compact)
        if known >= _LEAST_KNOWN and (best is None or known > best.known):
            best = _Fit(place, known)
    return best


def _classify_misprint(title: str, ordinal: int, style: str) -> _Fit | None:
    """A title with a misprint in a decisive word: numbered as the section is and almost one of its examples."""
    compact = _compact(title)
    if style not in OUTER or len(compact) < _SHORTEST_MISPRINT or not 1 <= ordinal <= len(load_sections().section):
        return None
    kind = load_sections().section[ordinal - 1]
    if any(word in compact for word in kind.block):
        return None
    if _known(_patterns().words[kind.id], compact) < _LEAST_KNOWN_MISPRINT:
        return None
    near = any(_is_near(compact, example) for example in _patterns().titles[kind.id])
    return _Fit(ordinal - 1, _LEAST_KNOWN) if near else None


def _is_near(title: str, example: str) -> bool:
    """At most one character in eight, and one in any case, is another; or most pairs of characters are the same."""
    if len(title) == len(example):
        return sum(map(str.__ne__, title, example)) <= max(1, len(title) // 8)
    if min(len(title), len(example)) < _SHORTEST_GAPPED:
        return False
    pairs, others = set(pairwise(title)), set(pairwise(example))
    return 2 * len(pairs & others) >= 0.75 * (len(pairs) + len(others))


def _compact(title: str) -> str:
    return _NOISE.sub("", title)


def _known(words: re.Pattern[str], compact: str) -> float:
    return sum(map(len, words.findall(compact))) / len(compact) if compact else 0.0


class _Patterns(NamedTuple):
    words: dict[str, re.Pattern[str]]  # by section: its words and those of any heading
    titles: dict[str, frozenset[str]]  # by section: its examples without number and punctuation
    signs: tuple[re.Pattern[str] | None, ...]
    ends: frozenset[str]  # the last characters of all endings
    required: re.Pattern[str]  # a first word of any line of `require`
    run: re.Pattern[str]  # a word of any section, or what may stand between two


@lru_cache(maxsize=1)
def _patterns() -> _Patterns:
    known = load_sections()
    own = {kind.id: {*known.filler, *kind.words, *chain.from_iterable(kind.require)} for kind in known.section}
    return _Patterns(
        words={name: alternation(words) for name, words in own.items()},
        titles={kind.id: frozenset(map(_without_marker, kind.examples)) for kind in known.section},
        signs=tuple(alternation(kind.signs) if kind.signs else None for kind in known.section),
        ends=frozenset(ending[-1] for ending in known.endings),
        required=alternation(line[0] for kind in known.section for line in kind.require),
        run=re.compile(alternation(set().union(*own.values())).pattern + r"|[、 ]|\d{4}"),
    )


def _without_marker(example: str) -> str:
    marker = find_marker(example, 0, len(example))
    return _compact(example[marker.end :] if marker else example)


def alternation(words: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern that matches any of ``words``, the longest first."""
    return re.compile("|".join(map(re.escape, sorted(set(words), key=lambda word: (-len(word), word)))))


def sign_of(kind: int) -> re.Pattern[str] | None:
    """Return the pattern of what opens a section whose heading is lost."""
    return _patterns().signs[kind]


def opening_line(folded: str, kind: int, lower: int, sign: int) -> int:
    """Return the start of the line of a sign, or of the lines before it with nothing but words of the table's head."""
    head = load_sections().section[kind].head
    start = max(folded.rfind("\n", lower, sign) + 1, lower)
    while start > lower:
        above = max(folded.rfind("\n", lower, start - 1) + 1, lower)
        if not all(word in head for word in _CELL.split(folded[above:start].strip()) if word):
            break
        start = above
    return start + len(folded[start:sign]) - len(folded[start:sign].lstrip())


def _weigh(folded: str, start: int, found: Sequence[Heading]) -> tuple[Heading, ...]:
    """Return the headings with what their surroundings say added to their scores."""
    kinds: dict[str, set[int]] = {}
    for heading in found:
        kinds.setdefault(heading.style, set()).add(heading.kind)
    main = max(kinds, key=lambda style: len(kinds[style]) + (0.5 if style in OUTER else 0.0), default="")
    signs = _Signs(folded, start)
    weighed = []
    for heading, following in zip_longest(found, found[1:]):
        listed = _is_listed(folded, heading, following)
        score = heading.score if listed else heading.score + 0.5
        score += signs.weigh(heading)
        # Headings are numbered in one style; what is numbered otherwise is probably a sub-heading.
        score -= 0.0 if heading.style == main else 1.5
        weighed.append(Heading(heading.start, heading.end, heading.kind, score, heading.style, listed))
    return tuple(weighed)


def _is_listed(folded: str, heading: Heading, following: Heading | None) -> bool:
    """A heading that another section's heading follows at once has no content: it may stand in a table of contents."""
    another = following is not None and following.kind != heading.kind
    if another and following is not None and is_blank(folded, heading.end, following.start):
        return True
    return _PAGE_NUMBER.match(folded, heading.end) is not None


def is_blank(folded: str, start: int, end: int) -> bool:
    """Whether only blanks, cell borders and marks of Markdown stand between two places near each other."""
    return end - start < _LONGEST_TITLE and not folded[start:end].strip(" \t\n#*>|:。")


class _Signs:
    """The heading of a section with a table stands shortly before the table, when the report prints it."""

    def __init__(self, folded: str, start: int) -> None:
        self._folded = folded
        self._start = start
        self._printed: dict[int, bool] = {}

    def weigh(self, heading: Heading) -> float:
        """Return what a table close by, or far away, says of a heading."""
        sign = _patterns().signs[heading.kind]
        if not load_sections().section[heading.kind].table or sign is None:
            return 0.0
        if sign.search(self._folded, heading.end, heading.end + _SIGN_REACH):
            return 1.0
        if heading.kind not in self._printed:
            self._printed[heading.kind] = sign.search(self._folded, self._start) is not None
        return -float(self._printed[heading.kind])
