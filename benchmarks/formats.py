"""Time to read a report in each format, beside what the library behind it takes to parse and list the same file.

    python -m benchmarks.formats [--rounds N]

The library's own time is that of its plain use: for pages parsing with selectolax and taking the text of every
paragraph and cell; for Word documents unpacking with zipfile, parsing with ElementTree and listing the text of every
element. Both run in one process, in turn; a figure is the minimum of the rounds.
"""

from __future__ import annotations

import argparse
import io
import time
import zipfile
from collections.abc import Callable, Iterator
from xml.etree import ElementTree

from gknlp.readers import read_bytes
from tests.support.reports import ReportSource, report_sources
from tests.support.write_doc import write_doc
from tests.support.write_docx import write_docx
from tests.support.write_html import write_html, write_site_html, write_wps_html
from tests.support.write_mhtml import write_mhtml
from tests.support.write_odt import write_odt
from tests.support.write_rtf import write_rtf
from tests.support.write_text import write_text

AIM = 1.5  # of the library's time
Read = Callable[[bytes], object]


def page(data: bytes) -> object:
    """Parse a page and take the text of its paragraphs and cells."""
    from selectolax.lexbor import LexborHTMLParser

    return [node.text() for node in LexborHTMLParser(data).css("p, div, td, th, h1, h2, h3, li")]


def package(name: str) -> Read:
    """Return a function that unpacks and parses one part and lists its texts."""

    def parse(data: bytes) -> object:
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            root = ElementTree.fromstring(file.read(name))  # noqa: S314 - our own file
        return [element.text for element in root.iter() if element.text]

    return parse


FORMATS: dict[str, tuple[Callable[[ReportSource], bytes], Read | None]] = {
    "text": (write_text, None),
    "html": (write_html, page),
    "html, WPS": (write_wps_html, page),
    "html, site": (write_site_html, page),
    "mhtml": (write_mhtml, None),
    "docx": (write_docx, package("word/document.xml")),
    "odt": (write_odt, package("content.xml")),
    "doc": (write_doc, None),
    "rtf": (write_rtf, None),
}


def least(read: Read, files: list[bytes], rounds: int) -> float:
    """Return the least milliseconds a file."""
    taken = []
    for _ in range(rounds):
        began = time.process_time()
        for data in files:
            read(data)
        taken.append(time.process_time() - began)
    return 1000 * min(taken) / len(files)


def lines(rounds: int) -> Iterator[str]:
    """Yield a line for each format."""
    sources = report_sources()
    yield f"{len(sources)} reports; milliseconds of processor time a file, least of {rounds} rounds"
    yield f"{'':<11}{'kilobytes':>10}{'read':>8}{'library':>9}{'ratio':>7}"
    for name, (write, library) in FORMATS.items():
        files = [write(source) for source in sources]
        size = sum(map(len, files)) / len(files) / 1024
        ours = least(lambda data: read_bytes(data, name=""), files, rounds)
        theirs = least(library, files, rounds) if library else None
        tail = f"{theirs:9.2f}{ours / theirs:7.2f}" if theirs else ""
        yield f"{name:<11}{size:10.1f}{ours:8.2f}{tail}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=9)
    for line in lines(parser.parse_args().rounds):
        print(line, flush=True)


if __name__ == "__main__":
    main()
