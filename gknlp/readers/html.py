"""Web pages, as sites publish them and as Word and WPS export them.

Stages, each callable alone: bytes -> text by the page's own encoding, text -> tree (selectolax), tree without what is
no content (:mod:`gknlp.readers.page`), tree -> paragraphs and tables (:mod:`gknlp.readers.markup`), and what the page
says about the text, which is metadata (:mod:`gknlp.readers.labels`).
"""

from __future__ import annotations

import codecs
import re
from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec

from gknlp.errors import UnreadableInput
from gknlp.findings import report
from gknlp.model import Document, Source
from gknlp.readers.encoding import Decoded, decode
from gknlp.readers.labels import page_labels, with_title
from gknlp.readers.layout import make_document
from gknlp.readers.markup import read_markup
from gknlp.readers.page import meta_elements, without_asides

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser

MAX_BYTES = 32 << 20
MAX_DEPTH = 1000  # levels of elements
_MANY_TAGS = 20_000  # with fewer the time that depth takes is below a second

_DECLARED = re.compile(rb"""<meta[^>]{1,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_:.-]{2,20})""", re.IGNORECASE)
_HEAD = 4096
# A browser reads what is declared as GB 2312 or GBK as their superset, and so on.
_SUPERSETS = {"gb2312": "gb18030", "gbk": "gb18030", "hz": "gb18030", "big5": "big5hkscs"}
# Elements that change nothing but the look. As plain spans they cannot multiply: what stays open at the end of a
# paragraph is opened again in each one after it, a thousand times in a page of a few kilobytes.
_LOOKS = "b|i|u|s|em|tt|big|font|code|nobr|small|strong|strike"
# Spelt out in both cases: a pattern that ignores case has no first character to look for.
_ANY_CASE = re.sub("[a-z]", lambda letter: f"[{letter[0]}{letter[0].upper()}]", _LOOKS)
_LOOKS_BEGIN = re.compile(rf"<(?:{_ANY_CASE})(?=[\s/>])")
_LOOKS_END = re.compile(rf"</(?:{_ANY_CASE})(?=[\s/>])")
_CONTROL = dict.fromkeys((*range(9), 11, *range(14, 32), 127))
_ANY_CONTROL = re.compile("[\0-\x08\x0b\x0e-\x1f\x7f]")
_WHOLE = re.compile("<[hH][tT][mM][lL][\\s>]")
_WHOLE_END = re.compile("</(?:[hH][tT][mM][lL]|[bB][oO][dD][yY])\\s*>")
_SAVED_FROM = re.compile(r"<!-- saved from url=\(\d+\)(\S{8,500}) -->")
_TAG_PART = re.compile("""[>"']""")
_NO_END = "area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr|p|li|td|th|tr|tbody|thead|tfoot|option"
_TAG_NAME = re.compile(rf"/?(?!(?:{_NO_END})[\s/>])[a-z][^\s/>]*", re.IGNORECASE)


def read(data: bytes, source: Source) -> Document:
    """Return the document of a page; see :func:`read_page`."""
    return read_page(data, source)


def read_page(data: bytes, source: Source, *, charset: str | None = None, url: str | None = None) -> Document:
    """Return the document of a page: its report without navigation, its tables as grids.

    ``charset`` is what the server declared, ``url`` where the page was fetched; both come with saved pages and crawls.
    The source's ``encoding`` becomes the codec that decoded the page.

    Raises:
        UnreadableInput: the page holds no text, is too large, or nests its elements deeper than any page for people.
    """
    if len(data) > MAX_BYTES:
        raise UnreadableInput(f"{source.path} has {len(data)} bytes, more than any page of a report")
    decoded = decode_page(data, charset)
    tree = parse_page(decoded.text, source.path)
    said = meta_elements(tree, url or _saved_from(decoded.text))
    without_asides(tree, decoded.text)
    markup = read_markup(tree.body, source.path) if tree.body else []
    blocks, labelled = page_labels(markup)
    metadata = (*said, *labelled)
    source = msgspec.structs.replace(source, encoding=decoded.encoding)
    notes = [msgspec.structs.replace(note, start=None, end=None) for note in decoded.diagnostics]
    if _is_cut_off(decoded.text):
        notes.append(report("cut_off", sign="the page has no end tag"))
    return make_document(source, with_title(blocks, metadata), metadata=metadata, diagnostics=notes)


def _is_cut_off(html: str) -> bool:
    """Whether a page that begins as a whole one does not end as one."""
    return _WHOLE.search(html, 0, _HEAD) is not None and _WHOLE_END.search(html) is None


def _saved_from(html: str) -> str | None:
    found = _SAVED_FROM.search(html, 0, _HEAD)
    return found[1] if found else None


def decode_page(data: bytes, charset: str | None = None) -> Decoded:
    """Decode a page: by its byte order mark, as UTF-8 when it is, else as the server or the page itself declares.

    >>> decode_page("<meta charset=gb2312>镕".encode("gbk")).encoding
    'gb18030'
    """
    if not data.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        with suppress(UnicodeDecodeError):
            return Decoded(_line_feeds(data.decode("utf-8")), "utf-8", 0, ())
        found = _DECLARED.search(data, 0, _HEAD)
        for name in (charset, found[1].decode("ascii") if found else None):
            with suppress(UnicodeDecodeError, LookupError):
                if name and not (codec := _codec(name)).startswith("utf"):
                    return Decoded(_line_feeds(data.decode(codec)), codec, 0, ())
    return decode(data)


def _codec(name: str) -> str:
    """Return the codec for a declared character set; :class:`LookupError` when there is none."""
    codec = codecs.lookup(name.strip()).name
    if not codec.startswith(("gb", "hz", "big5", "utf")):
        raise LookupError(codec)  # what Chinese pages declare otherwise, latin 1 above all, is not meant
    return _SUPERSETS.get(codec, codec)


def _line_feeds(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def parse_page(html: str, path: str) -> LexborHTMLParser:
    """Return the tree of a page; :class:`UnreadableInput` when its elements nest beyond :data:`MAX_DEPTH`."""
    from selectolax.lexbor import LexborHTMLParser

    if html.count("<") > _MANY_TAGS and _depth(html) > MAX_DEPTH:
        raise UnreadableInput(
            f"{path} nests its elements more than {MAX_DEPTH} levels deep, as no page for people does"
        )
    if _ANY_CONTROL.search(html):
        html = html.translate(_CONTROL)
    html = html.replace("<font ", "<span ").replace("</font>", "</span>")  # most of them, at a fraction of the time
    return LexborHTMLParser(_LOOKS_END.sub("</span", _LOOKS_BEGIN.sub("<span", html)))


def _depth(html: str) -> int:
    """Return how deep elements nest at most, those that need no end tag left aside; linear in the page's length."""
    depth = deepest = 0
    at = html.find("<")
    while at >= 0:
        name = _TAG_NAME.match(html, at + 1)
        if name:
            depth = max(depth - 1, 0) if name[0][0] == "/" else depth + 1
            deepest = max(deepest, depth)
        at = html.find("<", _tag_end(html, at + 1) if name else at + 1)
    return deepest


def _tag_end(html: str, at: int) -> int:
    """Return where a tag ends, with regard to quoted values of its attributes."""
    while part := _TAG_PART.search(html, at):
        if part[0] == ">":
            return part.end()
        closing = html.find(part[0], part.end())
        if closing < 0:
            break
        at = closing + 1
    return len(html)
