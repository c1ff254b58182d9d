"""The label guide, ``annotations/README.md``, made from the taxonomy: ``python -m gknlp.issues.guide FILE``."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

from gknlp.knowledge.issue_types import IssueType, load_issue_types

_HEAD = """\
# Label guide for section five

This file is made from `gknlp/knowledge/issues.toml` by `python -m gknlp.issues.guide annotations/README.md`; edit the
TOML, not this file. All texts in this folder were written for it; none is taken from a report.

## Files

`documents.jsonl` holds one whole section five a line: `document`, `pass`, `issuer_type`, `year`, `split`, `text`.
Every other `.jsonl` file holds the items of one pass, one a line: `id`, `document`, `pass`, `text`, `start`, `end`,
`role`, `labels`, `annotator`, `split`. `start` and `end` are half-open code-point offsets into the document's text,
and `text[start:end]` is the item's text; reading refuses a line for which this does not hold. A pass is one round of
writing with a brief of its own; those of the split `heldout` (h1, h2) were written apart and are never trained on.
Documents of the training passes that hold an item nearly equal to a held-out one (character 5-grams: Jaccard or
containment of 0.6 or more, items of at least eight characters) are left out. `agreement/` holds the labels that a
second annotator gave from the text alone, the disagreements and how they were resolved.

## What an item is

1. One item per list marker with its whole explanation: a title sentence and what explains it belong together. The
   marker and the last full stop or semicolon are left out. A heading over sub-items is no item, its sub-items are.
2. Without markers: one item per sentence or part between semicolons; at a comma only where a new subject brings its
   own fault. Clauses with a shared subject stay one item.
3. Lead-ins, headings, connectives and praise are no items.
4. The role follows from what the passage does: a `problem` says what is wrong, a `measure` what is or will be done.
5. A section that states no problem has one item `none_stated`: the sentence that says so, or the first achievement.

## How to label

1. Label the fault, not the praise before it.
2. A list of matters gets the labels of all of them.
3. A clause of examples refines the label of its main clause; label the refinement where it says more.
4. "Still short of what is asked for" alone is `other_issue`; with an object, use the object's label.
5. A title and its explanation share labels.
6. Measures: label words of content only.
7. Cause and fault are both labelled when both are stated.
"""


def render_guide(kinds: Sequence[IssueType]) -> str:
    """Return the guide as Markdown."""
    parts = [_HEAD, "## Labels\n", *_overview(kinds)]
    for kind in kinds:
        parts.extend(_entry(kind))
    return "\n".join(parts).rstrip("\n") + "\n"


def _overview(kinds: Sequence[IssueType]) -> Iterator[str]:
    yield "| id | name | | for | definition |"
    yield "|---|---|---|---|---|"
    for kind in kinds:
        alone = ", stands alone" if kind.exclusive else ""
        yield f"| `{kind.id}` | {kind.zh} | {kind.en} | {_roles(kind)}{alone} | {kind.definition} |"
    yield ""


def _roles(kind: IssueType) -> str:
    return "problems, measures" if kind.applies_to == "both" else f"{kind.applies_to}s"


def _entry(kind: IssueType) -> Iterator[str]:
    yield f"### `{kind.id}` {kind.zh}\n"
    yield f"{kind.definition}\n"
    yield f"- **Include**: {'; '.join(kind.include)}"
    yield from (f"- **Not here**: {other.what} → `{other.label}`" for other in kind.exclude)
    yield f"- **Easily confused with**: {_ids(kind.neighbours)}"
    yield from (f"- Example: {example}" for example in kind.examples)
    yield from (f"- Measure: {example}" for example in kind.measures)
    yield from (f"- But: {other.text} → {_ids(other.labels)} ({other.why})" for other in kind.counter_examples)
    yield ""


def _ids(labels: Sequence[str]) -> str:
    return ", ".join(f"`{label}`" for label in labels)


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the guide to the file that is given."""
    parser = argparse.ArgumentParser(prog="python -m gknlp.issues.guide", description="Write the label guide.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--labels", type=Path, help="a TOML file with labels of your own")
    options = parser.parse_args(arguments)
    options.file.write_text(render_guide(load_issue_types(options.labels)), encoding="utf-8")


if __name__ == "__main__":
    main()
