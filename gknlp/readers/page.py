"""What of a web page is no content, and what its head says about it.

A part of a page goes when its tag, its class or its make - links, or the words of a page's foot - tell it from text
(``knowledge/pages.toml``). A part that holds a word of a report, sentences or cells with numbers always stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from gknlp.knowledge.pages import Pages, load_pages
from gknlp.model import Metadata

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

_CONTAINERS = frozenset(
    {"div", "ul", "ol", "dl", "section", "article", "main", "center", "header", "footer", "nav", "aside", "form"}
    | {"table", "tbody", "tr", "td"}
)
_NAME_WORD = re.compile("[A-Z]?[a-z]+|[A-Z]+")
_NUMBER = re.compile(r"[\s\d.,%+-]*\d[\s\d.,%+-]*")
_HAN_OR_WORD = re.compile(r"[\w]")
_LINKED = 0.4  # of its text; a part with more of it in links is navigation
# Most pages have none of these, and need not be searched for the elements.
_HIDING = ("hidden", "display:none", "display: none", "mso-hide")
_LEAST_NUMBERS = 3
_LEAST_FOOT_WORDS = 2
_LEAST_LINKS = 3
_MOST_PARTS = 3000  # of a page that are looked at; what is left is taken for content
_DEEPEST = 60  # levels; the text of a page does not lie deeper
_STOP = "。"
_LONGEST_VALUE = 300


def without_asides(tree: LexborHTMLParser, html: str) -> None:
    """Take out of a page's tree what is never text, what a browser does not show, and what is no content."""
    known = load_pages()
    body = tree.body
    if body is None:
        return
    asides: list[LexborNode] = []
    for node in body.css(", ".join((*known.never, *known.aside_tags))):
        if node.tag in known.aside_tags:
            asides.append(node)
        else:
            node.replace_with("")
    small = html.lower()
    if any(word in small for word in _HIDING):
        _drop_hidden(body, known)
    for node in asides:
        if not _is_content(node, node.text(), known):
            node.replace_with("")
    _prune(body, known)


def _drop_hidden(body: LexborNode, known: Pages) -> None:
    """Drop what is not shown, but not the report itself: a script of the page may be what shows it."""
    hidden = body.css(_hidden_selector())
    if not hidden:
        return
    words = len(known.report.findall(body.text()))
    for node in hidden:
        inside = len(known.report.findall(node.text()))
        if 2 * inside <= words or not inside:
            node.replace_with("")


@lru_cache(maxsize=1)
def _hidden_selector() -> str:
    return ", ".join(load_pages().hidden)


def _prune(body: LexborNode, known: Pages) -> None:
    """Drop parts that are no content, from the outside inwards; no part of a part that is dropped is looked at."""
    left = [(body, 0)]
    seen = 0
    while left and seen < _MOST_PARTS:
        outer, depth = left.pop()
        for part in outer.iter(include_text=False):
            if part.tag not in _CONTAINERS:
                continue
            seen += 1
            text = part.text()
            if _is_aside(part, text, known):
                part.replace_with("")
            elif depth < _DEEPEST and (part.tag != "table" or _arranges(part)):
                left.append((part, depth + 1))


def _arranges(table: LexborNode) -> bool:
    """Whether a table may hold parts of the page."""
    return len(table.css("table")) > 1 or table.css_first("div, ul") is not None


def _is_aside(part: LexborNode, text: str, known: Pages) -> bool:
    """Whether a part of a page belongs to the site and not to the text."""
    stripped = text.strip()
    if not stripped:
        return False  # it may hold a picture
    names = part.attributes
    if _is_named(f"{names.get('class') or ''} {names.get('id') or ''}", known):
        return not _is_content(part, text, known)
    if _STOP in text or len(stripped) > known.longest_aside or _is_content(part, text, known):
        return part.tag not in ("td", "tr", "tbody") and _is_list_of_links(part, text, known)
    if len(set(known.foot.findall(text))) >= _LEAST_FOOT_WORDS:
        return True
    # A heading or a sentence may hold a link or two.
    return len(part.css("a[href]")) >= _LEAST_LINKS and _linked(part, text) > _LINKED


@lru_cache(maxsize=512)
def _words_of(names: str) -> frozenset[str]:
    return frozenset(word.lower() for word in _NAME_WORD.findall(names))


def _is_named(names: str, known: Pages) -> bool:
    return not names.isspace() and not _words_of(names).isdisjoint(known.aside_words)


def _is_content(part: LexborNode, text: str, known: Pages) -> bool:
    """Whether a part holds words of a report, much text that is no link, or cells with numbers."""
    if known.report.search(text):
        return _linked(part, text) <= _LINKED
    if _STOP in text and len(text) * (1 - _linked(part, text)) > known.longest_aside:
        return True
    numbers = 0
    for cell in part.css("td"):
        numbers += _NUMBER.fullmatch(cell.text()) is not None
        if numbers >= _LEAST_NUMBERS:
            return True
    return False


def _is_list_of_links(part: LexborNode, text: str, known: Pages) -> bool:
    """Whether a part is a list of other texts, whose titles may hold any word."""
    return not known.report.search(text) and _linked(part, text) > 2 * _LINKED


def _linked(part: LexborNode, text: str) -> float:
    """Return which share of a part's characters stands in links to other pages."""
    links = sum(len(_HAN_OR_WORD.findall(link.text())) for link in part.css("a[href]") if _leads_away(link))
    return links / max(len(_HAN_OR_WORD.findall(text)), 1)


def _leads_away(link: LexborNode) -> bool:
    return not (link.attributes.get("href") or "#").startswith("#")


def meta_elements(tree: LexborHTMLParser, url: str | None) -> tuple[Metadata, ...]:
    """Return what the head of a page says about it: its title, address, host, site, publisher, date."""
    return tuple(dict.fromkeys(_meta_elements(tree, url)))


def _meta_elements(tree: LexborHTMLParser, url: str | None) -> Iterator[Metadata]:
    if title := tree.css_first("title"):
        yield from _said("page_title", title.text())
    address = url
    for link in tree.css("link[rel=canonical], base[href]"):
        address = address or link.attributes.get("href")
    if address:
        yield from _said("url", address)
        yield from _said("host", host_of(address) or "")
    known = load_pages()
    for meta in tree.css("meta[content]"):
        name = (meta.attributes.get("name") or meta.attributes.get("property") or "").strip().lower()
        if field := known.meta.get(name):
            value = meta.attributes.get("content") or ""
            yield from _said(field, host_of(value) or value if field == "host" else value)


def _said(name: str, value: str) -> Iterator[Metadata]:
    if value := " ".join(value.split())[:_LONGEST_VALUE]:
        yield Metadata(name=name, value=value)


def host_of(url: str) -> str | None:
    """Return the host of an address, ``None`` when it has none.

    >>> host_of("http://www.yunling.gov.cn:8080/a.html")
    'www.yunling.gov.cn'
    """
    found = re.match(r"(?:https?:)?//(?:[^/@?#]*@)?([^/:?#\s]+)", url.strip(), re.IGNORECASE)
    return found[1].lower() if found else None
