"""ZIP and gzip files of reports, opened with limits: no bomb fills the memory, no name leads out of the output."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from collections.abc import Iterator

from gknlp.corpus.containers.names import member_of
from gknlp.corpus.inputs import NOT_REPORTS, SUFFIXES, Input, read_input
from gknlp.errors import UnreadableInput

MAX_ENTRIES = 20_000
MAX_MEMBER = 100 << 20  # bytes, unpacked
MAX_TOTAL = 4 << 30
MAX_RATIO = 300  # unpacked to packed; text reaches 20
MAX_DEPTH = 3  # archives within archives
_RATIO_FLOOR = 1 << 20
_PACKED = (".zip", ".gz")
_UTF8 = 0x800  # the flag of a member whose name is UTF-8
_ENCRYPTED = 1


def documents(item: Input) -> Iterator[Input]:
    """Yield the reports of an archive: members with the suffix of a report, archives within it opened in turn."""
    try:
        yield from _opened(item, read_input(item), MAX_DEPTH, _Budget())
    except UnreadableInput as error:
        yield item._replace(problem=str(error))


class _Budget:
    """How much may still be unpacked of one archive."""

    def __init__(self) -> None:
        self._left = MAX_TOTAL

    def take(self, size: int, name: str) -> None:
        self._left -= size
        if self._left < 0:
            raise UnreadableInput(f"{name} unpacks to more than {MAX_TOTAL >> 30} GB: unpack it and name the folder")


def _opened(item: Input, data: bytes, depth: int, budget: _Budget) -> Iterator[Input]:
    if depth == 0:
        yield item._replace(problem=f"archives within archives, more than {MAX_DEPTH} deep: not opened")
    elif data.startswith(b"\x1f\x8b"):
        yield from _unzipped(item, data, depth, budget)
    elif data.startswith(b"PK"):
        yield from _members(item, data, depth, budget)
    else:
        yield item._replace(problem="is neither a ZIP nor a gzip file, whatever its name says")


def _unzipped(item: Input, data: bytes, depth: int, budget: _Budget) -> Iterator[Input]:
    """Yield what a gzip file holds, by the name that is left without its suffix."""
    limit = max(_RATIO_FLOOR, min(MAX_MEMBER, MAX_RATIO * len(data)))
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
            inner = stream.read(limit + 1)
    except (OSError, EOFError, zlib.error) as error:
        yield item._replace(problem=f"is a damaged or cut-off gzip file: {error}")
        return
    if len(inner) > limit:
        yield item._replace(problem=f"unpacks to more than {limit} bytes, which no report does: not read")
        return
    budget.take(len(inner), item.path)
    name = item.inside.rsplit("/", 1)[-1].removesuffix(".gz") or "document"
    yield from _member(member_of(item, name, inner), inner, depth, budget)


def _members(item: Input, data: bytes, depth: int, budget: _Budget) -> Iterator[Input]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    except (zipfile.BadZipFile, ValueError, OverflowError, EOFError, NotImplementedError) as error:
        yield item._replace(problem=f"is a damaged or cut-off ZIP file: {error}")
        return
    if len(entries) > MAX_ENTRIES:
        yield item._replace(
            problem=f"holds {len(entries)} files, more than {MAX_ENTRIES}: unpack it and name the folder"
        )
        return
    reports = [entry for entry in entries if _may_be_report(_name(entry))]
    if not reports:
        yield item._replace(problem="holds no report")
    for entry in sorted(reports, key=_name):
        found, inner = _read(item, archive, entry)
        if inner is None:
            yield found
        else:
            budget.take(len(inner), item.path)
            yield from _member(found, inner, depth, budget)


def _member(found: Input, data: bytes, depth: int, budget: _Budget) -> Iterator[Input]:
    if found.path.lower().endswith(_PACKED):
        yield from _opened(found._replace(data=None), data, depth - 1, budget)
    else:
        yield found


def _read(item: Input, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> tuple[Input, bytes | None]:
    """Return a member and its bytes, ``None`` with the problem that there is."""
    name = _name(entry)
    limit = max(_RATIO_FLOOR, min(MAX_MEMBER, MAX_RATIO * entry.compress_size))
    if entry.flag_bits & _ENCRYPTED:
        return member_of(item, name, problem="is encrypted: unpack the archive with its password first"), None
    try:
        with archive.open(entry) as stream:
            data = stream.read(limit + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OSError) as error:
        return member_of(item, name, problem=f"is damaged: {error}"), None
    if len(data) > limit:
        said = f"unpacks to more than {limit} bytes, which no report does: not read"
        return member_of(item, name, problem=said), None
    return member_of(item, name, data), data


def _name(entry: zipfile.ZipInfo) -> str:
    """Return the name of a member; archives made in China often hold GB 18030 without saying so."""
    if entry.flag_bits & _UTF8:
        return entry.filename
    try:
        return entry.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return entry.filename


def _may_be_report(name: str) -> bool:
    last = name.replace("\\", "/").rsplit("/", 1)[-1].lower()
    stem, dot, suffix = last.rpartition(".")
    hidden = last.startswith((".", "~$")) or "__macosx" in name.lower()
    return bool(dot) and not hidden and stem not in NOT_REPORTS and (f".{suffix}" in SUFFIXES or last.endswith(_PACKED))
