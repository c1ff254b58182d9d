"""Sentences of a stretch of text, across line ends where a line is broken inside a sentence."""

from __future__ import annotations

import re

from gknlp.text.outline import BULLETS, find_marker

# A line of this length that ends without punctuation was broken by the width of a page, not by its author.
_BROKEN = 20
_LONGEST_QUOTE = 60

_OPEN = {"(": ")", "“": "”", "《": "》", "「": "」", "『": "』", "〔": "〕", "[": "]", "【": "】"}
_CLOSING = "".join(_OPEN.values()) + "\"'’"
_FULL_STOPS = "。!?;"
# Line ends behind a full stop, and blank lines behind a line end, belong to it: they end a sentence in any case.
_TOKEN = re.compile(f"[{_FULL_STOPS}\n" + re.escape("".join(_OPEN)) + f"](?:(?<=[{_FULL_STOPS}\n])\n++)?+")
_LINE_STOPS = "。!?;:|"
_HALF_STOPS = ",、"
_NEW_ITEM = re.compile(f"[ \t]{{2}}|\t| ?[{BULLETS}]")


def sentence_spans(folded: str, start: int, end: int) -> list[tuple[int, int]]:
    """Return the sentences of ``folded[start:end]`` as half-open spans, trimmed of white space, none empty.

    A sentence ends at 。！？； and at a line end; not inside a short quotation or bracket, and not where a long line
    without punctuation goes on in the next one. The spans hold their closing punctuation.

    >>> text = "公开文件3件;答复申请(含上年结转;共2件)5件。\\n无"
    >>> [text[a:b] for a, b in sentence_spans(text, 0, len(text))]
    ['公开文件3件;', '答复申请(含上年结转;共2件)5件。', '无']
    """
    spans: list[tuple[int, int]] = []
    first, at, line = start, start, start
    search = _TOKEN.search
    while found := search(folded, at, end):
        opening, at = found.span()
        sign = folded[opening]
        if sign in _OPEN:
            at = _behind_quote(folded, opening, end)
            continue
        if sign == "\n":
            broken, line = at == opening + 1 and _is_broken(folded, line, opening, end), at
            if broken:
                continue
        elif at > opening + 1:
            line = at
        elif at < end and folded[at] in _CLOSING:
            at = _behind_closing(folded, at, end)
        _add_trimmed(spans, folded, first, at)
        first = at
    _add_trimmed(spans, folded, first, end)
    return spans


def _behind_quote(folded: str, opening: int, end: int) -> int:
    """Behind a short quotation without line ends, else right behind its opening sign."""
    closing = folded.find(_OPEN[folded[opening]], opening + 1, min(end, opening + _LONGEST_QUOTE))
    if closing < 0 or "\n" in folded[opening:closing]:
        return opening + 1
    return closing + 1


def _behind_closing(folded: str, at: int, end: int) -> int:
    """Quotation marks and brackets that close right behind the full stop belong to the sentence."""
    while at < end and folded[at] in _CLOSING:
        at += 1
    return at


def _is_broken(folded: str, line: int, at: int, end: int) -> bool:
    """Whether the line ``folded[line:at]`` goes on in the next: long or ending in a comma, and no new item follows."""
    text = folded[line:at].strip(" ")
    if not text or "\t" in text or text[-1] in _LINE_STOPS or (len(text) < _BROKEN and text[-1] not in _HALF_STOPS):
        return False
    following = at + 1
    if following >= end or folded[following] == "\n" or _NEW_ITEM.match(folded, following, end):
        return False
    stop = folded.find("\n", following, end)
    stop = end if stop < 0 else stop
    return "\t" not in folded[following:stop] and find_marker(folded, following, stop) is None


def _add_trimmed(spans: list[tuple[int, int]], folded: str, first: int, last: int) -> None:
    """Add the stretch without the white space around it, unless it is nothing else."""
    text = folded[first:last].lstrip()
    if text:
        start = last - len(text)
        spans.append((start, start + len(text.rstrip())))
