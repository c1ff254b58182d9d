"""Reports for the commands that look at them: from JSON, from JSON Lines, or read anew from their source."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from gknlp.model import Report

JSON_OBJECT = re.compile(rb'\s*\{\s*(?:["}]|\Z)')  # not the brace that begins an RTF document


def read_reports(path: str) -> list[Report]:
    """Return the reports of a file: JSON, JSON Lines, or a source file, which is extracted.

    Raises:
        click.ClickException: the file cannot be read or is not in the contract's shape; the message names the line.
    """
    from gknlp.errors import GknlpError
    from gknlp.pipeline import extract
    from gknlp.readers import read_bytes

    data = _bytes(path)
    try:
        if JSON_OBJECT.match(data) or path.endswith((".json", ".jsonl")):
            return _decode(data)
        return [extract(read_bytes(data, name=path))]
    except GknlpError as error:
        raise click.ClickException(f"{path}: {error}") from error
    except ValueError as error:
        raise click.ClickException(f"{path}: not a report of gknlp: {error}") from error


def one_report(path: str) -> Report:
    """Return the single report of a file, as :func:`read_reports` does."""
    reports = read_reports(path)
    if len(reports) != 1:
        raise click.ClickException(f"{path} holds {len(reports)} reports; give a file of one")
    return reports[0]


def _bytes(path: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
    except OSError as error:
        raise click.ClickException(f"{path}: {error.strerror or error}") from error


def _decode(data: bytes) -> list[Report]:
    """Return the reports of indented JSON or of JSON Lines; both are objects one after the other."""
    import msgspec

    from gknlp.model import Report

    try:
        return [Report.from_json(data)]
    except msgspec.ValidationError:
        raise
    except msgspec.DecodeError:
        lines = [line for line in data.splitlines() if line.strip()]
        if len(lines) < 2 or not lines[0].rstrip().endswith(b"}"):
            raise
    reports = []
    for number, line in enumerate(lines, start=1):
        try:
            reports.append(Report.from_json(line))
        except msgspec.DecodeError as error:
            raise ValueError(f"line {number}: {error}") from error
    return reports
