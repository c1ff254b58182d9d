"""The card of a model: what it was trained on and how good it is, as data, as Markdown and as a plot."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Literal

import msgspec

from gknlp.errors import GknlpError
from gknlp.issues.classify import IssueModel
from gknlp.knowledge.issue_types import IssueType, cue_labels
from gknlp.model import Record, Role
from gknlp.text.normalize import fold
from gknlp.train.candidates import Candidate
from gknlp.train.compare import ROLES
from gknlp.train.data import Data, Item
from gknlp.train.decide import FOLDS
from gknlp.train.fit import FEWEST, Trained, TrainingError, teachable, train
from gknlp.train.plot import reliability_plot
from gknlp.train.scores import Answer, Scores, answer, answer_of, score

DATA, TEXT, PLOT = "card.json", "card.md", "calibration.svg"
_SHARES = (0.1, 0.25, 0.5)
_PACKAGES = ("numpy", "scipy", "scikit-learn")
_SHOWN = 15


class CurvePoint(Record, frozen=True):
    """Scores on the held-out items of a model trained on a share of the documents; ``None`` where none could be."""

    share: float
    items: int
    problem_micro: float | None
    problem_macro: float | None
    measure_micro: float | None
    measure_macro: float | None


class Count(Record, frozen=True):
    """Items and documents of one split of one pass."""

    split: Literal["train", "heldout"]
    pass_: str
    documents: int
    items: int


class Card(Record, frozen=True):
    """Everything that ``card.md`` tells. Dictionaries are by role."""

    model: str
    digest: str
    data_digest: str
    versions: dict[str, str]
    counts: tuple[Count, ...]
    dropped: int
    untrained: tuple[str, ...]
    own_data: bool
    heldout: dict[Role, Scores]
    out_of_fold: dict[Role, Scores]
    cues_alone: dict[Role, Scores]
    curve: tuple[CurvePoint, ...]
    candidates: tuple[Candidate, ...]


def make_card(
    data: Data, trained: Trained, kinds: Sequence[IssueType], candidates: Sequence[Candidate], *, own_data: bool
) -> Card:
    """Measure a model on the held-out items of ``data``; ``own_data`` tells that all of them are the project's."""
    model = IssueModel(trained.weights)
    held = teachable(data.of_split("heldout"), kinds)
    order = [kind.id for kind in kinds]
    answers = answer(model, held)
    scores = {role: score(answers, role, order) for role in ROLES}
    folded = [answer_of(model, item, given) for item, given in zip(trained.items, trained.probabilities, strict=True)]
    return Card(
        model=model.id,
        digest=_digest(trained),
        data_digest=data.digest(),
        versions={"gknlp": model.header.version, **{name: version(name) for name in _PACKAGES}},
        counts=_counts(data),
        dropped=len(data.dropped),
        untrained=trained.untrained,
        own_data=own_data,
        heldout=scores,
        out_of_fold={role: score(folded, role, order) for role in ROLES},
        cues_alone={role: score(_by_cues(held, kinds), role, order) for role in ROLES},
        curve=(*_curve(trained.items, held, kinds), _point(1.0, len(trained.items), scores)),
        candidates=tuple(candidates),
    )


def _digest(trained: Trained) -> str:
    """Return the SHA-256 of the weights alone."""
    return hashlib.sha256(trained.weights.frequencies.tobytes() + trained.weights.rows).hexdigest()


def _counts(data: Data) -> tuple[Count, ...]:
    items = Counter((item.split, item.pass_) for item in data.items)
    documents = Counter((split, name) for split, name, _ in {(i.split, i.pass_, i.document) for i in data.items})
    order = sorted(items, key=lambda key: (key[0] != "train", key[1]))
    return tuple(Count(split=key[0], pass_=key[1], documents=documents[key], items=items[key]) for key in order)


def _by_cues(items: Sequence[Item], kinds: Sequence[IssueType]) -> list[Answer]:
    """The baseline: each label that has a cue in the item, and nothing else."""
    found = []
    for item in items:
        cued = set(cue_labels(fold(item.text), item.role, tuple(kinds)))
        labels = tuple(kind.id for kind in kinds if kind.id in cued)
        probabilities = {kind.id: float(kind.id in cued) for kind in kinds if kind.allows(item.role)}
        found.append(Answer(item, labels, probabilities))
    return found


def _curve(items: Sequence[Item], held: Sequence[Item], kinds: Sequence[IssueType]) -> list[CurvePoint]:
    """Train on growing shares of the documents, in an order that their names' digests give."""
    documents = sorted({item.document for item in items}, key=lambda name: hashlib.sha256(name.encode()).digest())
    points = []
    for share in _SHARES:
        chosen = set(documents[: round(len(documents) * share)])
        some = [item for item in items if item.document in chosen]
        points.append(_point(share, len(some), _scores_of(some, held, kinds)))
    return points


def _scores_of(items: Sequence[Item], held: Sequence[Item], kinds: Sequence[IssueType]) -> dict[Role, Scores] | None:
    try:
        model = IssueModel(train(items, kinds, "part").weights)
    except TrainingError:
        return None
    answers = answer(model, held)
    return {role: score(answers, role, [kind.id for kind in kinds]) for role in ROLES}


def _point(share: float, items: int, scores: dict[Role, Scores] | None) -> CurvePoint:
    problem, measure = (scores[role] for role in ROLES) if scores else (None, None)
    return CurvePoint(
        share=share,
        items=items,
        problem_micro=problem.micro_f1 if problem else None,
        problem_macro=problem.macro_f1 if problem else None,
        measure_micro=measure.micro_f1 if measure else None,
        measure_macro=measure.macro_f1 if measure else None,
    )


def write_card(card: Card, folder: Path) -> None:
    """Write ``card.json``, ``card.md`` and the calibration plot of the problems."""
    data = msgspec.json.format(msgspec.json.encode(card), indent=1)
    (folder / DATA).write_bytes(data + b"\n")
    (folder / TEXT).write_text(render_card(card), encoding="utf-8")
    (folder / PLOT).write_text(reliability_plot(card.heldout["problem"].calibration), encoding="utf-8")


class CardError(GknlpError):
    """A card cannot be read; the message names the file."""


def read_card(folder: Path) -> Card | None:
    """Return the card of a model's folder, ``None`` where there is none."""
    path = folder / DATA
    if not path.is_file():
        return None
    try:
        return msgspec.json.decode(path.read_bytes(), type=Card)
    except msgspec.DecodeError as error:
        raise CardError(f"{path}: {error}") from error


def render_card(card: Card) -> str:
    """Return the card as Markdown."""
    parts = [_opening(card), _data_part(card), _quality(card), _labels(card), _calibration(card), _curve_part(card)]
    if card.candidates:
        parts.append(_candidates(card))
    return "\n\n".join(parts) + "\n"


def _opening(card: Card) -> str:
    whose = (
        "Everything it was trained and measured on was written for this project: no sentence is from a real report.\n"
        "On real reports it may do better or worse than the figures below."
        if card.own_data
        else "It was trained on annotations of the user's own, with or without those of gknlp."
    )
    return f"""# {card.model}

Labels of the problems and measures in section five of annual reports on government information disclosure. One
logistic regression a label over TF-IDF of runs of one to three characters, concepts and pairs of concepts in a clause,
the cues of the taxonomy and the role makes a first guess, calibrated by a sigmoid. One regression a role, the same for
all labels but for a bias, then weighs the first guesses at the label, at the other labels of the item and at the items
around it: the measures for a problem, the problems for a measure, those at the same place of their list the most. An
item that stands alone has a regression of its own. Of an item of several sentences the one with the highest score of a
label speaks for it. Sigmoids, the second regressions and thresholds were fitted on answers of models that had not seen
the document ({FOLDS} folds, documents kept whole), to the labels that annotators agree on; in the first regressions a
label that only one of two annotators gave counts half. Where no label reaches its
threshold, the likeliest is given from a floor on that was chosen likewise, else the label for the rest.

In the figures below the items of a document are one section, as they are in a report.

{whose}

To make the same weights again, byte for byte, with {_list_versions(card)}:

    gknlp train annotations -o models/{card.model} --candidates

Weights `{card.digest[:16]}`, data `{card.data_digest[:16]}` (SHA-256)."""


def _list_versions(card: Card) -> str:
    return ", ".join(f"{name} {number}" for name, number in card.versions.items())


def _data_part(card: Card) -> str:
    rows = [f"| {one.split} | {one.pass_} | {one.documents} | {one.items} |" for one in card.counts]
    notes = [f"{card.dropped} training items were left out because they resemble a held-out one."]
    if card.untrained:
        few = ", ".join(card.untrained)
        notes.append(f"Fewer than {FEWEST} items, so that cues stand in: {few}.")
    return "\n".join(
        ["## Data", "", "| split | pass | documents | items |", "|---|---|---|---|", *rows, "", " ".join(notes)]
    )


def _quality(card: Card) -> str:
    head = "| answers | role | items | micro F1 (95 %) | macro F1 (95 %) | exact |\n|---|---|---|---|---|---|"
    rows = [
        _quality_row(name, role, scores[role])
        for name, scores in (
            ("held-out", card.heldout),
            ("cues alone, held-out", card.cues_alone),
            ("out of fold, training items", card.out_of_fold),
        )
        for role in ROLES
    ]
    return "\n".join(["## Quality", "", head, *rows, "", _beats_cues(card)])


def _quality_row(name: str, role: str, scores: Scores) -> str:
    micro, macro = scores.micro_interval, scores.macro_interval
    return (
        f"| {name} | {role} | {scores.items} | {scores.micro_f1:.3f} ({micro[0]:.3f}-{micro[1]:.3f}) "
        f"| {scores.macro_f1:.3f} ({macro[0]:.3f}-{macro[1]:.3f}) | {scores.exact:.3f} |"
    )


def _beats_cues(card: Card) -> str:
    """Say whether training was worth it: the intervals must not touch."""
    said = []
    for role in ROLES:
        model, cues = card.heldout[role].micro_interval, card.cues_alone[role].micro_interval
        verdict = "beats" if model[0] > cues[1] else "does not clearly beat"
        said.append(f"For {role}s the model {verdict} the cues alone.")
    return " ".join(said)


def _labels(card: Card) -> str:
    lines = ["## Labels, held-out"]
    for role in ROLES:
        lines += ["", f"### {role}s", "", "| label | precision | recall | F1 | support |", "|---|---|---|---|---|"]
        lines += [
            f"| {one.label} | {one.precision:.2f} | {one.recall:.2f} | {one.f1:.2f} | {one.support} |"
            for one in card.heldout[role].labels
        ]
        confusions = card.heldout[role].confusions[:_SHOWN]
        told = ", ".join(f"{one.label} → {one.instead} ({one.items})" for one in confusions)
        lines += ["", f"Most frequent confusions (missed → given instead): {told or 'none'}."]
    return "\n".join(lines)


def _calibration(card: Card) -> str:
    lines = ["## Calibration, held-out", "", f"![reliability of problem labels]({PLOT})"]
    for role in ROLES:
        found = card.heldout[role].calibration
        lines += [
            "",
            f"{role.capitalize()}s: expected calibration error {found.error:.3f} over all pairs of item and label, "
            f"{found.error_assigned:.3f} over assigned labels.",
            "",
            "| probability | labels | mean | right | assigned | mean | right |",
            "|---|---|---|---|---|---|---|",
        ]
        assigned = {one.low: one for one in found.bins_assigned}
        for one in found.bins:
            other = assigned.get(one.low)
            tail = f"{other.pairs} | {other.probability:.2f} | {other.right:.2f}" if other else "0 | |"
            lines.append(f"| {one.low:.1f} | {one.pairs} | {one.probability:.2f} | {one.right:.2f} | {tail} |")
    return "\n".join(lines)


def _curve_part(card: Card) -> str:
    head = [
        "| documents | items | problem micro | problem macro | measure micro | measure macro |",
        "|---|---|---|---|---|---|",
    ]
    rows = [
        f"| {one.share:.0%} | {one.items} | {_figure(one.problem_micro)} | {_figure(one.problem_macro)} "
        f"| {_figure(one.measure_micro)} | {_figure(one.measure_macro)} |"
        for one in card.curve
    ]
    return "\n".join(["## Learning curve, F1 on held-out items", "", *head, *rows])


def _candidates(card: Card) -> str:
    head = [
        "| features and learner | problem micro | problem macro | measure micro | measure macro |",
        "|---|---|---|---|---|",
    ]
    rows = [
        f"| {one.name} | {one.problem_micro:.4f} | {one.problem_macro:.4f} "
        f"| {one.measure_micro:.4f} | {one.measure_macro:.4f} |"
        for one in card.candidates
    ]
    return "\n".join(["## Candidates, F1 of agreed labels on training passes left out one by one", "", *head, *rows])


def _figure(value: float | None) -> str:
    return "too few" if value is None else f"{value:.3f}"
