"""Problems as SARIF 2.1.0, the format in which editors and code-review tools take findings.

Source: OASIS, Static Analysis Results Interchange Format (SARIF) Version 2.1.0, sections 3.13 to 3.30 and 3.49.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import quote

import msgspec

import gknlp
from gknlp.export.problems import Problem, Spot
from gknlp.findings import CATALOGUE
from gknlp.knowledge.rules import Language, load_rules
from gknlp.model import Number, Record

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {"E": "error", "W": "warning", "I": "note", "error": "error", "warning": "warning", "info": "note"}


class Camel(Record, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """A record whose names are those of SARIF; what is not set is left out."""


class Message(Camel, frozen=True, kw_only=True):
    """A message in plain text."""

    text: str


class Artifact(Camel, frozen=True, kw_only=True):
    """The file that a result is about; ``index`` numbers the artifacts of the run."""

    uri: str
    index: int | None = None


class Region(Camel, frozen=True, kw_only=True):
    """A place: lines and columns from 1, the end column behind the last character; offsets in code points."""

    start_line: int
    start_column: int
    end_line: int
    end_column: int
    char_offset: int | None = None
    char_length: int | None = None


class Physical(Camel, frozen=True, kw_only=True):
    """A file and a place in it, which a file that is no text does not have."""

    artifact_location: Artifact
    region: Region | None = None


class Logical(Camel, frozen=True, kw_only=True):
    """A cell of a form or a fact by its name."""

    fully_qualified_name: str
    kind: str


class Location(Camel, frozen=True, kw_only=True):
    """Where a result is."""

    physical_location: Physical
    logical_locations: tuple[Logical, ...] = ()
    id: int | None = None


class Properties(Camel, frozen=True, kw_only=True):
    """What SARIF has no field for."""

    table: str | None = None
    where: dict[str, str] = msgspec.field(default_factory=dict)
    left: Number | None = None
    right: Number | None = None
    cause: str | None = None


class Result(Camel, frozen=True, kw_only=True):
    """One problem."""

    rule_id: str
    rule_index: int
    level: str
    message: Message
    locations: tuple[Location, ...]
    related_locations: tuple[Location, ...] = ()
    properties: Properties | None = None


class Configuration(Camel, frozen=True, kw_only=True):
    """How serious a rule is."""

    level: str


class Descriptor(Camel, frozen=True, kw_only=True):
    """A rule of the catalogue, or a code of the diagnostics."""

    id: str
    short_description: Message
    default_configuration: Configuration
    full_description: Message | None = None


class Driver(Camel, frozen=True, kw_only=True):
    """The program that found the problems."""

    name: str
    version: str
    rules: tuple[Descriptor, ...]


class Tool(Camel, frozen=True, kw_only=True):
    """See :class:`Driver`."""

    driver: Driver


class Checked(Camel, frozen=True, kw_only=True):
    """A file that was looked at, with problems or without."""

    location: Artifact


class Run(Camel, frozen=True, kw_only=True):
    """One run over all files."""

    tool: Tool
    artifacts: tuple[Checked, ...]
    column_kind: str
    results: tuple[Result, ...] = msgspec.field(name="results")


class Log(Camel, frozen=True, kw_only=True):
    """The whole file."""

    schema: str = msgspec.field(name="$schema")
    version: str
    runs: tuple[Run, ...]


def sarif(found: Sequence[Problem], texts: Mapping[str, bool], language: Language = "en") -> str:
    """Return problems as one SARIF log, indented.

    ``texts`` has the path of every report that was looked at and whether its file is plain text, so that lines and
    offsets in the report's text are lines and offsets in the file (but for a byte order mark and CR before LF, which
    the text leaves out). Results about other files name cells and facts, but no region.
    """
    rules = (*_rules(language), *_codes())
    numbers = {rule.id: index for index, rule in enumerate(rules)}
    files = {path: index for index, path in enumerate(texts)}
    driver = Driver(name="gknlp", version=gknlp.__version__, rules=rules)
    run = Run(
        tool=Tool(driver=driver),
        artifacts=tuple(Checked(location=Artifact(uri=_uri(path))) for path in files),
        column_kind="unicodeCodePoints",
        results=tuple(
            _result(problem, numbers[problem.rule], files[problem.path], is_text=texts[problem.path])
            for problem in found
        ),
    )
    log = Log(schema=SCHEMA, version="2.1.0", runs=(run,))
    return msgspec.json.format(msgspec.json.encode(log), indent=2).decode()


def _rules(language: Language) -> tuple[Descriptor, ...]:
    return tuple(
        Descriptor(
            id=rule.id,
            short_description=Message(text=rule.title_zh if language == "zh" else rule.title),
            full_description=Message(text=rule.formula),
            default_configuration=Configuration(level=_LEVELS[rule.severity]),
        )
        for rule in load_rules()
    )


def _codes() -> tuple[Descriptor, ...]:
    return tuple(
        Descriptor(
            id=code,
            short_description=Message(text=finding.message),
            default_configuration=Configuration(level=_LEVELS[finding.severity]),
        )
        for code, finding in CATALOGUE.items()
    )


def _uri(path: str) -> str:
    return quote(path.replace("\\", "/"), safe="/:!")


def _result(problem: Problem, number: int, file: int, *, is_text: bool) -> Result:
    artifact = Artifact(uri=_uri(problem.path), index=file)
    spots = problem.spots if is_text else ()
    names = [Logical(fully_qualified_name=name, kind="cell") for name in problem.cells]
    names += [Logical(fully_qualified_name=name, kind="fact") for name in problem.facts]
    first = Physical(artifact_location=artifact, region=_region(spots[0]) if spots else None)
    related = tuple(
        Location(id=index, physical_location=Physical(artifact_location=artifact, region=_region(spot)))
        for index, spot in enumerate(spots[1:], start=1)
    )
    properties = Properties(
        table=problem.table, where=problem.where, left=problem.left, right=problem.right, cause=problem.cause
    )
    return Result(
        rule_id=problem.rule,
        rule_index=number,
        level=_LEVELS[problem.severity],
        message=Message(text=problem.message),
        locations=(Location(physical_location=first, logical_locations=tuple(names)),),
        related_locations=related,
        properties=properties if problem.kind == "check" else None,
    )


def _region(spot: Spot) -> Region:
    return Region(
        start_line=spot.line,
        start_column=spot.column,
        end_line=spot.end_line,
        end_column=spot.end_column,
        char_offset=spot.start,
        char_length=spot.end - spot.start,
    )
