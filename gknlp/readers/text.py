"""Plain text, the layout of tables kept in tabs, pipes and line ends."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet

import msgspec

from gknlp.errors import UnreadableInput, UnsupportedFormat
from gknlp.findings import report
from gknlp.model import Diagnostic, Document, Source
from gknlp.readers.encoding import decode
from gknlp.text.normalize import CONTROLS, fold, special_characters

MEDIA_TYPE = "text/plain"

_SURROGATE = re.compile("[\ud800-\udfff]")
_MARKS = "\0\ufeff\u200b\u200c\u200d\u2060"
_GARBAGE = 3
_GARBAGE_SHARE = 0.08


def read(data: bytes, source: Source) -> Document:
    """Return the document of a text file; :class:`UnsupportedFormat` when its bytes are no text in any encoding."""
    decoded = decode(data)
    special = special_characters(decoded.text)
    if decoded.lost or not special.isdisjoint(CONTROLS):
        _refuse_garbage(decoded.text, decoded.lost, source.path)
    source = msgspec.structs.replace(source, encoding=decoded.encoding)
    return _document(decoded.text, source, decoded.diagnostics, special)


def read_str(text: str, source: Source) -> Document:
    """Return the document of a string; half surrogate pairs, which no UTF-8 can hold, become U+FFFD."""
    found: tuple[Diagnostic, ...] = ()
    if broken := _SURROGATE.search(text):
        before = text.count("\ufffd")
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        if lost := text.count("\ufffd") - before:
            first = text.index("\ufffd", broken.start())
            found = (report("lone_surrogates", start=first, end=first + 1, count=lost, first=first),)
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return _document(text, source, found, special_characters(text))


def _document(text: str, source: Source, found: tuple[Diagnostic, ...], special: AbstractSet[str]) -> Document:
    if not text.strip().strip(_MARKS):
        raise UnreadableInput(f"{source.path} holds no text")
    if controls := CONTROLS.intersection(special):
        found = (*found, _control_characters(text, controls))
    return Document(source=source, text=text, folded=fold(text, special), diagnostics=found)


def _control_characters(text: str, present: AbstractSet[str]) -> Diagnostic:
    start = min(text.index(character) for character in present)
    count = sum(text.count(character) for character in present)
    code = f"U+{ord(text[start]):04X}"
    return report("control_characters", start=start, end=start + 1, count=count, first=start, character=code)


def _refuse_garbage(text: str, lost: int, path: str) -> None:
    """Zero bytes are padding and do not count: a text padded with them is still a text."""
    zeros = text.count("\0")
    length = len(text) - zeros
    garbage = sum(map(text.count, CONTROLS)) - zeros + lost
    if garbage > max(_GARBAGE, _GARBAGE_SHARE * length):
        raise UnsupportedFormat(
            f"{path} is no text: {garbage} of {length} characters are control characters or undecodable; "
            "save it as plain text in UTF-8 or GB 18030"
        )
