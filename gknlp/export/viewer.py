"""The evidence viewer: one page without any outside request, for one report or thousands.

Reports are in the page itself up to :data:`EMBEDDED`; more of them are data files in a folder beside it, of which the
page loads those that are looked at.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from importlib import resources
from pathlib import Path

import msgspec

from gknlp.export.pages import render
from gknlp.knowledge.forms import load_forms
from gknlp.knowledge.issue_types import load_issue_types
from gknlp.model import Record, Report

EMBEDDED = 50  # reports; a page with more of them opens slowly
WEAK = 0.5  # a label less likely than that is to be looked at
_FOUND = 400  # characters of the items of a report that the search looks through


class Entry(Record, frozen=True, kw_only=True):
    """One line of the list of reports. ``find`` is what the search looks through, ``file`` the data file."""

    name: str
    year: int | None
    path: str
    failed: int
    warned: int
    unsure: int
    weak: int
    repairs: int
    find: str
    file: str

    @property
    def order(self) -> tuple[int, int, int, int, str]:
        """What is to be looked at first: failed identities, then unsure cells, weak labels, warnings."""
        return -self.failed, -self.unsure, -self.weak, -self.warned, self.path


class _Choice(Record, frozen=True, kw_only=True):
    """A label that an issue may be given."""

    id: str
    zh: str
    definition: str
    roles: tuple[str, ...]


class _Setup(Record, frozen=True, kw_only=True):
    """What the page knows before a report is opened.

    ``key`` keeps the decisions of one set of reports apart; ``names`` are the labels of the forms by form/table/id.
    """

    key: str
    folder: str
    weak: float
    labels: tuple[_Choice, ...]
    names: dict[str, str]
    index: tuple[Entry, ...]


def entry_of(report: Report, file: str) -> Entry:
    """Return the line of one report."""
    failed = [check for check in report.checks if check.status == "fail"]
    cells = [cell for table in report.tables for cell in table.cells]
    issuer = report.issuer
    name = (issuer.full_name or issuer.name) if issuer else report.title or ""
    said = " ".join(issue.text for issue in report.issues)[:_FOUND]
    return Entry(
        name=name,
        year=report.year,
        path=report.source.path,
        failed=sum(check.severity == "E" for check in failed),
        warned=sum(check.severity == "W" for check in failed),
        unsure=sum(cell.state == "unreadable" for cell in cells),
        weak=sum(any(label.probability < WEAK for label in issue.labels) for issue in report.issues),
        repairs=sum(cell.repair is not None for cell in cells),
        find=f"{name} {report.year or ''} {report.title or ''} {report.source.path} {said}".lower(),
        file=file,
    )


def write_viewer(reports: Iterable[Report], page: Path) -> int:
    """Write the page, and where needed its folder of data files; return how many reports it shows.

    One report at a time is in memory beyond the first :data:`EMBEDDED`.

    Raises:
        OSError: something cannot be written.
    """
    folder = page.with_name(f"{page.stem}_data")
    entries: list[Entry] = []
    kept: list[bytes] = []
    for number, report in enumerate(reports):
        entries.append(entry_of(report, f"{number // 1000:03d}/{number:06d}.js"))
        data = msgspec.json.encode(report)
        if number < EMBEDDED:
            kept.append(data)
            continue
        if number == EMBEDDED:
            for entry, old in zip(entries, kept, strict=False):
                _write_data(folder, entry.file, old)
        _write_data(folder, entries[number].file, data)
    embedded = kept if len(entries) <= EMBEDDED else []
    page.write_text(_page(page.stem, folder.name, entries, embedded), encoding="utf-8")
    return len(entries)


def _write_data(folder: Path, file: str, data: bytes) -> None:
    path = folder / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'gknlpReport("{file}",{_inert(data)});\n', encoding="utf-8")


def _page(title: str, folder: str, entries: Sequence[Entry], embedded: Sequence[bytes]) -> str:
    """Return the page; its list begins with what is to be looked at first."""
    listed = sorted(entries, key=lambda entry: entry.order)
    key = hashlib.sha256("\n".join(entry.path for entry in entries).encode("utf-8", "replace")).hexdigest()[:16]
    setup = _Setup(key=key, folder=folder, weak=WEAK, labels=_choices(), names=_names(), index=tuple(listed))
    templates = resources.files("gknlp.export") / "templates"
    return render(
        "viewer.html.j2",
        title=title,
        css=(templates / "viewer.css").read_text(encoding="utf-8"),
        script=(templates / "viewer.js").read_text(encoding="utf-8"),
        setup=_inert(msgspec.json.encode(setup)),
        embedded=[(entry.file, _inert(data)) for entry, data in zip(entries, embedded, strict=False)],
    )


def _choices() -> tuple[_Choice, ...]:
    return tuple(
        _Choice(
            id=kind.id,
            zh=kind.zh,
            definition=kind.definition,
            roles=tuple(role for role in ("problem", "measure") if kind.applies_to in ("both", role)),
        )
        for kind in load_issue_types()
    )


def _names() -> dict[str, str]:
    return {
        f"{form.id}/{table.id}/{entry.id}": entry.label
        for form in load_forms()
        for table in form.table
        for entries in (table.rows, table.columns)
        for entry in entries
    }


def _inert(data: bytes) -> str:
    """Return JSON that cannot end the script it stands in, nor begin a tag."""
    text = data.decode().replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
    return text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
