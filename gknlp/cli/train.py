"""``gknlp train``."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gknlp.cli.terminal import clean

if TYPE_CHECKING:
    from gknlp.issues.classify import IssueModel
    from gknlp.knowledge.issue_types import IssueType
    from gknlp.train.audit import Audit
    from gknlp.train.candidates import Candidate
    from gknlp.train.compare import Change, Comparison
    from gknlp.train.data import Data
    from gknlp.train.fit import Trained

_SHOWN = 20
_FOLDER = click.Path(file_okay=False, path_type=Path)
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("train")
@click.argument("annotations", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--out", "-o", type=_FOLDER, help="Folder of the model; its name is the model's.")
@click.option("--base", type=_FOLDER, help="Annotations to add yours to.")
@click.option("--knowledge", type=_FILE, help="Labels of your own, as TOML.")
@click.option("--allow-regression", is_flag=True, help="Replace the model in the folder even if it is better.")
@click.option("--audit", "with_audit", is_flag=True, help="List doubtful labels and how annotators agree.")
@click.option("--candidates", "with_candidates", is_flag=True, help="Compare other features and learners (minutes).")
@click.option("--all", "show_all", is_flag=True, help="List every doubt and every change, not the first 20.")
def command(
    annotations: tuple[Path, ...],
    out: Path | None,
    base: Path | None,
    knowledge: Path | None,
    allow_regression: bool,
    with_audit: bool,
    with_candidates: bool,
    show_all: bool,
) -> None:
    """Train the classifier of problems and measures.

    ANNOTATIONS are folders like gknlp's own, or files: JSON Lines of gknlp, CSV with the columns text and labels,
    exports of doccano, Label Studio, Prodigy and Argilla. Every span is verified. The new model is compared with the
    one in the folder (else with the shipped one) on the same held-out items, and never replaces a better one unless
    --allow-regression says so. Exit code 1: refused, or the annotations are wrong.

    \b
    gknlp train annotations -o models/issues-v1          the shipped model again
    gknlp train mine.jsonl --base annotations -o mymodel your annotations added
    gknlp train mine.csv --audit                         what to look at again; writes nothing
    """
    from gknlp.errors import GknlpError

    if out is None and not with_audit:
        raise click.UsageError("say where the model goes with --out, or ask for an --audit")
    limit = None if show_all else _SHOWN
    try:
        kinds, data, trained = _train(annotations, base, knowledge, out)
        click.echo("\n".join(_data_lines(data, trained)))
        if with_audit:
            from gknlp.train.audit import audit

            click.echo("\n".join(_audit_lines(audit(data, trained), limit)))
        if out is not None:
            _replace(out, kinds, data, trained, limit, allow_regression=allow_regression, candidates=with_candidates)
    except GknlpError as error:
        raise click.ClickException(clean(str(error))) from error


def _train(
    annotations: tuple[Path, ...], base: Path | None, knowledge: Path | None, out: Path | None
) -> tuple[tuple[IssueType, ...], Data, Trained]:
    from gknlp.knowledge.issue_types import load_issue_types
    from gknlp.train.data import read_data
    from gknlp.train.fit import train

    kinds = load_issue_types(knowledge)
    data = read_data(annotations, base, kinds)
    return kinds, data, train(data.of_split("train"), kinds, out.resolve().name if out else "audit")


def _replace(
    out: Path,
    kinds: tuple[IssueType, ...],
    data: Data,
    trained: Trained,
    limit: int | None,
    *,
    allow_regression: bool,
    candidates: bool,
) -> None:
    """Compare with the model that is there, then write the new one."""
    from gknlp.issues.classify import SHIPPED, IssueModel
    from gknlp.issues.weights import HEADER, write_weights
    from gknlp.train.card import make_card, write_card
    from gknlp.train.compare import compare
    from gknlp.train.fit import teachable

    old, replaces = _old_model(out), (out / HEADER).exists()
    held = teachable(data.of_split("heldout"), kinds)
    if old is not None and held:
        comparison = compare(old, IssueModel(trained.weights), held)
        click.echo("\n".join(_comparison_lines(old.id, comparison, limit)))
        if replaces and comparison.worse and not allow_regression:
            told = "; ".join(comparison.worse)
            raise click.ClickException(f"{out}: kept as it is, the new model is worse: {told} (--allow-regression)")
    elif old is not None and replaces and not allow_regression:
        raise click.ClickException(f"{out}: kept as it is: no held-out item to compare on (--allow-regression)")
    table = _candidates(out, kinds, data, run=candidates)
    card = make_card(data, trained, kinds, table, own_data=out.resolve().name == SHIPPED)
    try:
        write_weights(trained.weights, out)
        write_card(card, out)
    except OSError as error:
        click.echo(f"Error: {clean(str(error))}", err=True)
        raise SystemExit(3) from error
    click.echo(f"wrote {out}")


def _old_model(out: Path) -> IssueModel | None:
    """Return the model in the folder, else the shipped one; one that cannot be read is told and passed over."""
    from gknlp.issues.classify import load_model
    from gknlp.issues.weights import HEADER, ModelError

    for folder in (out,) if (out / HEADER).exists() else (None,):
        try:
            return load_model(folder)
        except ModelError as error:
            click.echo(f"no model to compare with: {clean(str(error))}", err=True)
    return None


def _candidates(out: Path, kinds: tuple[IssueType, ...], data: Data, *, run: bool) -> tuple[Candidate, ...]:
    """Return the table of candidates: made now, or that of an earlier card on the same data."""
    from gknlp.issues.classify import shipped_folder
    from gknlp.issues.weights import ModelError
    from gknlp.train.candidates import compare_candidates
    from gknlp.train.card import read_card

    if run:
        return compare_candidates(data.of_split("train"), kinds)
    folders = [out]
    with contextlib.suppress(ModelError):  # the shipped model itself may be being made
        folders.append(shipped_folder())
    cards = (read_card(folder) for folder in folders)
    return next((card.candidates for card in cards if card and card.data_digest == data.digest()), ())


def _data_lines(data: Data, trained: Trained) -> Iterator[str]:
    held = len(data.of_split("heldout"))
    yield f"{len(data.items)} items: {len(data.items) - held} to train on, {held} held out"
    if data.dropped:
        yield f"{len(data.dropped)} items left out because they resemble held-out ones, the first:"
        item, near = data.dropped[0]
        yield clean(f"  {item.place}: «{item.text[:40]}» is near «{near[:40]}»")
    if trained.untrained:
        yield f"too few items to train, cues stand in: {', '.join(trained.untrained)}"


def _comparison_lines(old: str, comparison: Comparison, limit: int | None) -> Iterator[str]:
    from gknlp.train.compare import ROLES

    yield f"old ({old}) and new on the held-out items, F1:"
    for role in ROLES:
        before, after = comparison.old[role], comparison.new[role]
        yield (
            f"  {role:<8} micro {before.micro_f1:.4f} -> {after.micro_f1:.4f}, macro {before.macro_f1:.4f} -> "
            f"{after.macro_f1:.4f} ({after.items} items)"
        )
        known = {one.label: one.f1 for one in before.labels}
        for one in after.labels:
            if one.f1 != known.get(one.label):
                yield f"    {one.label:<16} {known.get(one.label, 0.0):.2f} -> {one.f1:.2f} ({one.support} items)"
    better = sum(change.gain > 0 for change in comparison.changes)
    worse = sum(change.gain < 0 for change in comparison.changes)
    yield f"  {len(comparison.changes)} items change, {better} for the better, {worse} for the worse"
    yield from map(_change_line, comparison.changes[:limit])


def _change_line(change: Change) -> str:
    sign = "+" if change.gain > 0 else "-" if change.gain < 0 else "="
    item = change.item
    old, new, true = ",".join(change.old), ",".join(change.new), ",".join(item.labels)
    return clean(f"  {sign} {item.id} {old} -> {new} (annotated {true}) «{item.text[:40]}»")


def _audit_lines(found: Audit, limit: int | None) -> Iterator[str]:
    yield f"{len(found.doubts)} labels to look at again (probability by models that did not see the document):"
    for one in found.doubts[:limit]:
        what = "is given" if one.given else "is not given"
        told = f"{one.item.place}: {one.label} {what}, probability {one.probability:.2f}"
        yield clean(f"  {told} «{one.item.text[:40]}»")
    if found.alpha is None:
        yield "no passage has two annotators"
        return
    yield f"{found.passages} passages have several annotators: Krippendorff's alpha (MASI) {found.alpha:.3f}"
    for pair in found.agreements:
        yield f"  {pair.first}, {pair.second}: {pair.label:<16} kappa {pair.kappa:.3f} ({pair.items} passages)"
