"""gknlp: Chinese annual reports on government information disclosure as checked, citable data.

>>> import gknlp
>>> report = gknlp.extract_text("青原县人民政府2021年政府信息公开工作年度报告\\n一、总体情况\\n……")
>>> report.year
2021
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from gknlp.errors import GknlpError, KnowledgeError, MissingExtra, UnreadableInput, UnsupportedFormat
    from gknlp.export.tables import Tables
    from gknlp.model import (
        Cell,
        Check,
        Diagnostic,
        Document,
        ErrorRecord,
        Fact,
        Issue,
        Issuer,
        Label,
        Period,
        Producer,
        Repair,
        Report,
        Section,
        Source,
        Table,
    )

__version__ = "0.1.0"

__all__ = [
    "Cell",
    "Check",
    "Diagnostic",
    "Document",
    "ErrorRecord",
    "Fact",
    "GknlpError",
    "Issue",
    "Issuer",
    "KnowledgeError",
    "Label",
    "MissingExtra",
    "Period",
    "Producer",
    "Repair",
    "Report",
    "Section",
    "Source",
    "Table",
    "UnreadableInput",
    "UnsupportedFormat",
    "__version__",
    "extract",
    "extract_bytes",
    "extract_text",
    "load",
]

_ERRORS = {"GknlpError", "KnowledgeError", "MissingExtra", "UnreadableInput", "UnsupportedFormat"}


def __getattr__(name: str) -> object:
    """Import a public name at its first use, so that ``import gknlp`` costs next to nothing."""
    if name not in __all__:
        raise AttributeError(f"module 'gknlp' has no attribute {name!r}")
    return getattr(importlib.import_module("gknlp.errors" if name in _ERRORS else "gknlp.model"), name)


def extract(path: str | Path, *, knowledge: Path | None = None) -> Report:
    """Read one report from a file; ``knowledge`` is a folder of fact types added to the shipped ones.

    Returns:
        The report; what could not be read is null there and named in :attr:`Report.diagnostics`.

    Raises:
        UnreadableInput: the file cannot be opened or holds no text.
        UnsupportedFormat: the content is in no format that gknlp reads.
        KnowledgeError: a file of ``knowledge`` is wrong.
    """
    from gknlp.pipeline import Options
    from gknlp.pipeline import extract as run
    from gknlp.readers import read_path

    return run(read_path(path), Options(knowledge=knowledge))


def extract_bytes(data: bytes, *, name: str) -> Report:
    """Read one report from the bytes of a file; ``name`` becomes ``source.path``. Raises as :func:`extract` does."""
    from gknlp.pipeline import extract as run
    from gknlp.readers import read_bytes

    return run(read_bytes(data, name=name))


def extract_text(text: str, *, name: str = "") -> Report:
    """Read one report from text that is already decoded. Raises as :func:`extract` does."""
    from gknlp.pipeline import extract as run
    from gknlp.readers import read_text

    return run(read_text(text, name=name))


def load(path: str | Path) -> Tables:
    """Return the tables of an output of ``gknlp extract``: ``load("out").cells`` is a pandas data frame.

    Raises:
        MissingExtra: pyarrow is not installed (``pip install 'gknlp[export]'``).
        UnreadableInput: there is no such output.
    """
    from gknlp.export.tables import load as run

    return run(path)
