"""The steps of one report, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import gknlp
from gknlp.checks import Prose, run_checks
from gknlp.checks.attribute import attribute
from gknlp.checks.silence import find_silence
from gknlp.facts import find_facts
from gknlp.issuer import find_issuer, find_title, find_year
from gknlp.issues.classify import load_model
from gknlp.issues.label import find_issues
from gknlp.knowledge.fact_types import load_fact_types
from gknlp.model import SCHEMA, Document, Producer, Record, Report, Section
from gknlp.sections import split_sections
from gknlp.tables import read_tables

ID_LENGTH = 16


class Options(Record, frozen=True, kw_only=True):
    """What a user may choose.

    ``knowledge`` is a folder of TOML files with fact types added to the shipped ones. ``ignore`` are the ids of rules
    that are not applied (``gknlp rules`` lists them).
    """

    knowledge: Path | None = None
    ignore: frozenset[str] = frozenset()


DEFAULTS = Options()


def extract(document: Document, options: Options = DEFAULTS) -> Report:
    """Return everything that can be read from one document.

    Nothing in the document's content raises: what is unknown is ``None``, and ``diagnostics`` say why.

    Raises:
        KnowledgeError: a file of ``options.knowledge`` is wrong; the message names it and the key.
    """
    sections = split_sections(document)
    title = find_title(document)
    year = find_year(document, title, _overview(sections.sections))
    issuer, doubts = find_issuer(document, title, year.year)
    tables = read_tables(document, sections.sections)
    known = load_fact_types(options.knowledge)
    facts = find_facts(document, sections.sections, tables.tables, year.year, known)
    model = load_model()
    issues = find_issues(document, sections.sections, model)
    checks = run_checks(
        tables.tables,
        form=tables.form,
        level=issuer.level if issuer else None,
        prose=Prose(document.text, document.folded, facts.facts, year.year),
        ignore=options.ignore,
    )
    attributed = attribute(tables.tables, checks)
    silence = find_silence(document.folded, sections.sections, tables.tables, facts.facts, issues, year.year)
    return Report(
        schema=SCHEMA,
        id=document.source.sha256[:ID_LENGTH],
        source=document.source,
        gknlp=Producer(version=gknlp.__version__, model=model.id),
        title=title.text if title else None,
        year=year.year,
        form=tables.form,
        issuer=issuer,
        text=document.text,
        sections=sections.sections,
        tables=attributed.tables,
        facts=facts.facts,
        issues=issues,
        checks=attributed.checks,
        diagnostics=(
            *document.diagnostics,
            *sections.diagnostics,
            *year.diagnostics,
            *doubts,
            *tables.diagnostics,
            *facts.diagnostics,
            *attributed.diagnostics,
            *silence,
        ),
    )


def _overview(sections: Iterable[Section]) -> tuple[int, int] | None:
    """Return the span of section one, where the year is told again."""
    return next(((section.start, section.end) for section in sections if section.id == "overview"), None)
