"""Catalogue of diagnostic codes: what each says, how serious it is and what a user can do about it.

``report("cells_absent", table="requests", count=3)`` makes the diagnostic; a code or a value that the
catalogue does not know is a programming error and raises at once.
"""

from __future__ import annotations

from typing import NamedTuple

from gknlp.model import Diagnostic, Severity, TableId


class Finding(NamedTuple):
    """Severity and message template of one code."""

    severity: Severity
    message: str


CATALOGUE: dict[str, Finding] = {
    "mixed_encoding": Finding(
        "warning",
        "{lines} lines are {other}, the others {encoding}; each was decoded as what it is",
    ),
    "undecodable_bytes": Finding(
        "warning", "{count} places that are no {encoding} became U+FFFD, the first at character {first}"
    ),
    "replacement_characters": Finding(
        "warning",
        "the input itself holds U+FFFD {count} times, the first at character {first}: an earlier conversion lost text",
    ),
    "lone_surrogates": Finding(
        "warning", "{count} halves of surrogate pairs became U+FFFD, the first at character {first}"
    ),
    "control_characters": Finding(
        "warning", "{count} control characters stand in the text, the first ({character}) at character {first}"
    ),
    "cut_off": Finding("warning", "the file ends before it should ({sign}); what followed is missing"),
    "section_heading_lost": Finding(
        "warning", "the heading of section {section} is not printed; the section was found by what stands in it"
    ),
    "section_out_of_order": Finding(
        "warning",
        "section {section} does not stand at its place in the order of the form",
    ),
    "sections_absent": Finding("warning", "no trace of these sections: {sections}"),
    "section_empty": Finding("warning", "the heading of section {section} is printed, but nothing under it"),
    "heading_without_table": Finding(
        "warning", "the heading of this section is printed, but no table under it that could be read"
    ),
    "overview_parts_missing": Finding("info", "section one does not speak of what the form asks for: {parts}"),
    "fee_statement_missing": Finding(
        "info", "neither section six nor any other says whether fees for information were charged, as the form asks"
    ),
    "problems_not_stated": Finding("info", "section five states no problem"),
    "measures_not_stated": Finding("info", "section five states no measure"),
    "number_missing": Finding("warning", "a statement ({type}) has a unit and no number before it"),
    "number_masked": Finding("warning", "the number of a statement ({type}) is masked"),
    "table_absent": Finding("warning", "this table is not printed; a missing table is not a table of zeros"),
    "table_is_image": Finding(
        "warning", "a picture stands where this table is due; what it shows is not read: save it as text first"
    ),
    "pdf_cut_off": Finding("warning", "the end of the file is missing: pages or parts of them may be lost"),
    "pdf_parts_damaged": Finding(
        "warning", "{count} parts of the file are damaged: text may be missing; download the file again"
    ),
    "pages_damaged": Finding("warning", "pages {pages} are damaged and were not read: download the file again"),
    "no_text_layer": Finding(
        "warning",
        "pages {pages} are pictures without text and were not read: install an engine that recognises characters"
        " (pip install 'gknlp[ocr]')",
    ),
    "text_recognised": Finding(
        "warning",
        "the text of pages {pages} was recognised in pictures ({engine}), not typed: any character may be wrong",
    ),
    "text_layer_garbled": Finding(
        "warning",
        "{count} of {total} characters have no meaning in the file's fonts: text is wrong or missing; print the file to"
        " a new PDF, or have its characters recognised",
    ),
    "form_close": Finding("info", "read as {form}; its labels fit only {lead} better than those of the next form"),
    "header_unclear": Finding("warning", "the header does not name all columns; the form's column order was assumed"),
    "column_order_unclear": Finding(
        "warning",
        "the columns stand in another order that cannot be made out; values left null",
    ),
    "rows_absent": Finding("warning", "{count} rows are not printed: {rows}"),
    "cells_blank": Finding("warning", "{count} cells are printed empty in rows that hold numbers"),
    "rows_blank": Finding("warning", "{count} rows are printed without numbers: {rows}"),
    "row_guessed": Finding("info", "row {row} was recognised by a label that differs from the form's: {label}"),
    "row_repeated": Finding("info", "row {row} is printed {count} times"),
    "row_conflict": Finding("warning", "row {row} is printed with different numbers; its values are left null"),
    "row_too_long": Finding(
        "warning",
        "row {row} prints {count} numbers for {width} columns; its values are left null",
    ),
    "row_short": Finding(
        "warning",
        "row {row} prints {count} numbers for {width} columns and no equation places them; left null",
    ),
    "row_displaced": Finding(
        "warning",
        "the numbers after row {row} stand on a line of their own behind empty rows; they may belong to any of them",
    ),
    "row_malformed": Finding("warning", "row {row} prints something that is no number where a number is due: {raw}"),
    "stray_numbers": Finding("warning", "{count} numbers after row {row} belong to no column"),
    "rows_solved": Finding(
        "warning",
        "{count} rows print fewer numbers than the form has columns; {solutions}"
        " placement(s) of them satisfy {equations};"
        " {unknown} cells differ between them and are left null",
    ),
    "rows_unsolved": Finding(
        "warning",
        "{count} short rows could not be placed: {reason}; their unsettled cells are left null",
    ),
    "rows_misread": Finding(
        "warning",
        "{count} rows satisfy the identities only when their numbers stand at other places than they were read at:"
        " {rows}; the values at the other places are proposed as repairs",
    ),
    "culprits": Finding(
        "warning", "every identity holds when {count} cell(s) change, and no other so few would do: {changes}"
    ),
    "culprits_ambiguous": Finding(
        "warning", "{count} different smallest changes would make every identity hold, among them: {shown}"
    ),
    "culprits_not_found": Finding("warning", "the search for the cells behind the failed identities was stopped"),
    "repairs_ambiguous": Finding(
        "info",
        "{count} cells without a value could have several ({solutions} solutions), among them: {cells}",
    ),
    "amount_converted": Finding("info", "{raw} was converted to {value} (10,000 yuan), the unit of the column"),
    "table_at_end_of_text": Finding("warning", "the text ends with this table: its last number or rows may be cut off"),
    "year_conflict": Finding("warning", "the year is {year} by {source}, but {other} by {other_source}"),
    "year_missing": Finding("warning", "neither title, period, section one nor a date tells the year"),
    "issuer_missing": Finding("warning", "neither title nor text names the organ that filed the report"),
    "issuer_from_text": Finding("info", "the title names no organ; {name} is named elsewhere in the text"),
    "issuer_ambiguous": Finding("warning", "the region of {name} is open between {candidates}"),
    "division_unknown": Finding("warning", "the region of {name} is not named, or is not in the list of divisions"),
}


def report(
    code: str,
    *,
    table: TableId | None = None,
    start: int | None = None,
    end: int | None = None,
    **values: object,
) -> Diagnostic:
    """Return the diagnostic ``code`` with ``values`` filled into its message."""
    finding = CATALOGUE[code]
    message = finding.message.format(**values)
    return Diagnostic(code=code, severity=finding.severity, message=message, table=table, start=start, end=end)
