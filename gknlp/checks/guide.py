"""The page of all rules, ``docs/rules.md``, made from the catalogue: ``python -m gknlp.checks.guide FILE``."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

from gknlp.knowledge.rules import PROSE_KINDS, TABLE_KINDS, Rule, RuleExample, load_rules

_HEAD = """\
# Rules

This page is made from `gknlp/knowledge/rules.toml` by `python -m gknlp.checks.guide docs/rules.md`; edit the TOML, not
this file.

A rule gives one record in `checks` for each place where it can be tested. `status` is `pass`, `fail`,
`not_assessable` (a value that it needs is not there, or the prose leaves open what is counted) or `not_applicable` (the
form has no such cells). Filed values are never changed by a rule.

| severity | meaning |
|---|---|
| E | an identity that the form implies: one of its numbers is wrong, or was read wrong |
| W | normally true; lawful exceptions exist |
| I | a diagnostic: something to look at |

A number in prose is tried in every sense that it may have (new requests; new and carried in; closed; …). A rule holds
when one fits, and `where.reading` says which; when none does, the record names the statement and the cells of all.
Statements of a part of the year or of other units, and approximate ones that fit nothing, are `not_assessable`.

Rules are switched off by `--ignore RULE`, or in a file given by `--config`:

```toml
[checks]
ignore = ["T3_WIDTH", "N_FEE"]
```
"""
_PARTS = {
    "2.1": "Requests (section three)",
    "2.2": "Reviews and suits (section four)",
    "2.3": "Disclosure (section two)",
    "2.4": "Statistics of 2014 to 2018",
    "2.5": "Across years and units",
    "2.6": "Prose against table, and inside prose",
}


def render_guide(rules: Sequence[Rule]) -> str:
    """Return the page as Markdown."""
    parts = [_HEAD]
    for section, title in _PARTS.items():
        chosen = [rule for rule in rules if rule.section == section]
        if chosen:
            parts += [f"## {title}\n", *_overview(chosen)]
            for rule in chosen:
                parts += _entry(rule)
    return "\n".join(parts).rstrip("\n") + "\n"


def _overview(rules: Sequence[Rule]) -> Iterator[str]:
    yield "| rule | severity | what it says |"
    yield "|---|---|---|"
    yield from (f"| [`{rule.id}`](#{rule.id.lower()}) | {rule.severity} | {rule.title} |" for rule in rules)
    yield ""


def _entry(rule: Rule) -> Iterator[str]:
    yield f"### {rule.id}\n"
    yield f"{rule.title}. {rule.title_zh}。\n"
    yield f"- Formula: {rule.formula}"
    yield f"- Severity {rule.severity}; looks at {describe_scope(rule)}; forms: {describe_forms(rule)}"
    if rule.tolerance:
        yield f"- Tolerance: {rule.tolerance}"
    yield f"- Message: `{rule.message}`"
    yield f"- Chinese: `{rule.message_zh}`"
    yield f"- Holds: {describe_example(rule.holds)}"
    yield f"- Breaks: {describe_example(rule.breaks)}"
    yield ""


def describe_scope(rule: Rule) -> str:
    """Return in words what a rule looks at."""
    table = f"the table {rule.table}" if rule.table else "the tables"
    if rule.kind in TABLE_KINDS:
        return table
    if rule.kind in PROSE_KINDS:
        return f"the prose and {table}" if rule.kind in ("stated", "none") else "the prose"
    if rule.kind == "rollup":
        return "the reports of an area and of its units"
    return "the report" if rule.kind in ("stale_year", "stale_form") else "the reports of one issuer, year after year"


def describe_forms(rule: Rule) -> str:
    """Return the forms that a rule speaks of."""
    return ", ".join(rule.forms) or "every form that has the cells"


def describe_example(example: RuleExample) -> str:
    """Return an example in words: its prose, then its cells."""
    parts = [f"“{example.text}”"] if example.text else []
    parts += [f"{key} = {value}" for key, value in example.cells.items()]
    parts += [f"{key} empty" for key in example.blank]
    parts += [f"issuer of level {example.level}"] if example.level else []
    if example.before is not None:
        parts.append(f"the year before: {describe_example(example.before)}")
    parts += [f"a unit: {describe_example(unit)}" for unit in example.units]
    return "; ".join(parts) or f"{example.form}, every cell 0, {example.year}"


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the page to the file that is given."""
    parser = argparse.ArgumentParser(prog="python -m gknlp.checks.guide", description="Write the page of all rules.")
    parser.add_argument("file", type=Path)
    options = parser.parse_args(arguments)
    options.file.parent.mkdir(parents=True, exist_ok=True)
    options.file.write_text(render_guide(load_rules()), encoding="utf-8")


if __name__ == "__main__":
    main()
