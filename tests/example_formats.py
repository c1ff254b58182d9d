"""One report in every format, for ``examples/formats``: written once, so that a user can open each.

python -m tests.example_formats
"""

from __future__ import annotations

from pathlib import Path

from tests.support.reports import ReportSource, report_sources
from tests.support.write_docx import write_docx
from tests.support.write_html import write_site_html
from tests.support.write_pdf import write_pdf
from tests.support.write_text import write_text

FOLDER = Path(__file__).parents[1] / "examples" / "formats"
STEM = "qinghe_county"
WRITERS = {"txt": write_text, "html": write_site_html, "docx": write_docx, "pdf": write_pdf}


def source() -> ReportSource:
    """Return the report that stands in the folder."""
    return report_sources()[0]


def main() -> None:
    """Write the files anew."""
    FOLDER.mkdir(exist_ok=True)
    for suffix, write in WRITERS.items():
        (FOLDER / f"{STEM}.{suffix}").write_bytes(write(source()))


if __name__ == "__main__":
    main()
