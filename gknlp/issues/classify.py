"""Labels of problem and measure items by a trained linear model, and the reasons for each label.

A label's score is a sum: the weights of the runs of characters in the item, of its concepts, of the cues of the
taxonomy and of the role; that of an item of several sentences is the highest of its sentences. A sigmoid makes a first
guess of it; what the other items of the section say (see :mod:`gknlp.issues.context`) makes the probability.
:func:`load_model` reads the numbers; of the libraries that training needs only numpy is loaded.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache
from importlib import resources
from operator import mul
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

import msgspec

from gknlp.issues.context import ALONE, BESIDE, Clues, Guess, clues
from gknlp.issues.features import Found, WordFinder, grams, parts, places, spans, squeeze
from gknlp.issues.sums import Sums
from gknlp.issues.weights import HEADER, LabelWeights, ModelError, RoleWeights, Sigmoid, Weights, read_weights
from gknlp.model import Label, Record, Role
from gknlp.text.normalize import fold

if TYPE_CHECKING:
    from gknlp.issues.sums import Floats

SHIPPED = "issues-v1"
# How far a cue can lift a label that has no annotations: more likely right than wrong, nothing finer is known.
CUE_PROBABILITY = 0.5
_DIGITS = 4


class Reason(Record, frozen=True):
    """A part of a label's score. ``spans`` are half-open offsets into the item's text, empty for what has no place."""

    kind: Literal["ngram", "concept", "cue", "role", "section", "bias"]
    text: str
    weight: float
    spans: tuple[tuple[int, int], ...]

    def moved(self, start: int) -> Reason:
        """Return the reason with its spans counted from ``start`` characters before."""
        return msgspec.structs.replace(self, spans=tuple((first + start, last + start) for first, last in self.spans))


class _Slopes(NamedTuple):
    """What makes first guesses for one role.

    Of each trained label the column and the sigmoid's numbers, of each other one the index of its cues.
    """

    trained: list[tuple[str, int, float, float]]
    told_by_cues: list[tuple[str, int]]


class IssueModel:
    """A model that was read by :func:`load_model`."""

    def __init__(self, weights: Weights) -> None:
        import numpy as np

        self.header = weights.header
        self.labels = weights.header.labels
        self._trained = [label for label in self.labels if label.trained]
        self._sums = Sums(weights)
        self._scales = np.array([label.scale for label in self._trained])
        self._biases = np.array([label.bias for label in self._trained])
        self._cue_weights = np.array([label.cue_weights for label in self._trained]).T
        self._role_weights = np.array([label.role_weight for label in self._trained])
        self._finder = WordFinder([label.cues for label in self.labels], weights.header.concepts)

    @property
    def id(self) -> str:
        """The name of the model, as reports give it."""
        return self.header.id

    @cached_property
    def trained(self) -> frozenset[str]:
        """The labels that have weights; the others are told by their cues."""
        return frozenset(label.id for label in self._trained)

    def predict(self, items: Iterable[tuple[str, Role]]) -> list[tuple[Label, ...]]:
        """Return the labels of each item of a section, in the order of the text; of each the likeliest first.

        They are never none unless the taxonomy has no label for the item.
        """
        section = list(items)
        given = self.probabilities(section)
        return [self.decide(own, role) for own, (_, role) in zip(given, section, strict=True)]

    def probabilities(self, items: Sequence[tuple[str, Role]]) -> list[dict[str, float]]:
        """Return the probability of every label that applies to the role, for each item of a section."""
        guesses = self.guesses(items)
        return [self._weighed(guess, told) for guess, told in zip(guesses, clues(guesses), strict=True)]

    def guesses(self, items: Sequence[tuple[str, Role]]) -> list[Guess]:
        """Return what each item says without the others of its section."""
        highest, hits = self._read(items)
        return [
            Guess(role, len(text), self._calibrated(scores, role, own))
            for (text, role), scores, own in zip(items, highest, hits, strict=True)
        ]

    def guess(self, text: str, role: Role) -> Guess:
        """Return what an item says without the others of its section."""
        return self.guesses([(text, role)])[0]

    def scores(self, text: str, role: Role) -> dict[str, float]:
        """Return the score of every trained label before calibration."""
        (scores,), _ = self._read([(text, role)])
        return {label.id: score for label, score in zip(self._trained, scores, strict=True)}

    def _read(self, items: Sequence[tuple[str, Role]]) -> tuple[list[list[float]], list[set[int]]]:
        """Return for each item the highest score of any part for each trained label, and the labels with a cue."""
        texts: list[str] = []
        roles: list[Role] = []
        starts: list[int] = []
        for text, role in items:
            folded = fold(text)
            starts.append(len(texts))
            texts += [folded[start:end] for start, end in parts(folded)]
            roles += [role] * (len(texts) - starts[-1])
        if not texts:
            return [], []
        found = [self._finder.find(text) for text in texts]
        highest = _highest(self._scores(texts, roles, found), starts)
        ends = [*starts[1:], len(texts)]
        hits = [{hit for one in found[start:end] for hit in one.cues} for start, end in zip(starts, ends, strict=True)]
        return highest, hits

    def explain(self, text: str, role: Role, label: str) -> tuple[Reason, ...]:
        """Return the parts of a label's score, the strongest first; their weights sum up to :meth:`scores`.

        Of an item of several sentences they are those of the sentence that decides.
        :class:`KeyError` for a label that the model does not know or that has no weights of its own.
        """
        column, _ = self._column(label)
        folded = fold(text)
        sentences = parts(folded)
        texts = [folded[start:end] for start, end in sentences]
        scores = self._scores(texts, [role] * len(texts), [self._finder.find(text) for text in texts])
        start, end = sentences[int(scores[:, column].argmax())]
        return _strongest_first(reason.moved(start) for reason in self._reasons(folded[start:end], role, label))

    def _reasons(self, folded: str, role: Role, label: str) -> list[Reason]:
        column, known = self._column(label)
        found = self._finder.find(folded)
        reasons = self._word_reasons(folded, found.signs, column)
        for hit in found.cues:
            label_hit, where = self.labels[hit], spans(folded, self.labels[hit].cues)
            reasons.append(Reason(kind="cue", text=label_hit.id, weight=known.cue_weights[hit], spans=where))
        if role == "problem":
            reasons.append(Reason(kind="role", text=role, weight=known.role_weight, spans=()))
        reasons.append(Reason(kind="bias", text="", weight=known.bias, spans=()))
        return reasons

    def explain_beside(self, items: Sequence[tuple[str, Role]], place: int, label: str) -> tuple[Reason, ...]:
        """Return what made the probability of a label of an item out of the first guesses at all items of its section.

        The weights sum up to the log odds of the probability. There is no reason for a label that the item alone makes
        very unlikely; :class:`KeyError` as for :meth:`explain`.
        """
        self._column(label)
        guesses = self.guesses(items)
        told = clues(guesses)[place].get(label)
        if told is None:
            return ()
        weights, bias = self._clue_weights(guesses[place].role, label, len(told))
        reasons = [
            Reason(kind="section", text=name, weight=weight * clue, spans=())
            for name, weight, clue in zip(BESIDE if len(told) == len(BESIDE) else ALONE, weights, told, strict=True)
        ]
        return _strongest_first([*reasons, Reason(kind="bias", text="", weight=bias, spans=())])

    def _word_reasons(self, folded: str, signs: list[str], column: int) -> list[Reason]:
        values = self._sums.values(grams(squeeze(folded)), signs)
        stands: dict[str, list[tuple[int, int]]] = {}
        for place in places(folded):
            stands.setdefault(place.gram, []).append((place.start, place.end))
        reasons: list[Reason] = []
        for name, value in values.items():
            weight = value * self._sums.weight(name, column) * self._trained[column].scale
            if name in stands:
                reasons.append(Reason(kind="ngram", text=name, weight=weight, spans=tuple(stands[name])))
            else:
                where = self._finder.sign_spans(folded, name)
                reasons.append(Reason(kind="concept", text=name, weight=weight, spans=where))
        return reasons

    def _scores(self, texts: Sequence[str], roles: Sequence[Role], found: Sequence[Found]) -> Floats:
        """Return the score of each text for each trained label."""
        sums = self._sums.sums([squeeze(text) for text in texts], [one.signs for one in found])
        scores: Floats = sums * self._scales + self._biases
        for place, (role, one) in enumerate(zip(roles, found, strict=True)):
            for hit in one.cues:
                scores[place] += self._cue_weights[hit]
            if role == "problem":
                scores[place] += self._role_weights
        return scores

    def _weighed(self, guess: Guess, told: Clues) -> dict[str, float]:
        """Return the first guesses with those that there are clues for weighed anew."""
        found = dict(guess.probabilities)
        for label, values in told.items():
            if label in self.trained:
                weights, bias = self._clue_weights(guess.role, label, len(values))
                found[label] = _logistic(sum(map(mul, weights, values)) + bias)
        return found

    def _clue_weights(self, role: Role, label: str, count: int) -> tuple[tuple[float, ...], float]:
        """Return the weights of ``count`` clues and the label's bias."""
        shared, own = self.header.of_role(role), self._sigmoids[role][label]
        return (shared.beside, own.beside) if count == len(BESIDE) else (shared.alone, own.alone)

    def _calibrated(self, scores: list[float], role: Role, hits: set[int]) -> dict[str, float]:
        slopes = self._slopes[role]
        found = {label: _logistic(slope * scores[column] + shift) for label, column, slope, shift in slopes.trained}
        for label, index in slopes.told_by_cues:
            found[label] = CUE_PROBABILITY if index in hits else 0.0
        return found

    def decide(self, probabilities: dict[str, float], role: Role) -> tuple[Label, ...]:
        """Return the labels that reach their thresholds; where none does, the likeliest or the one for the rest."""
        known = self._sigmoids[role]
        chosen = [label for label, probability in probabilities.items() if probability >= known[label].threshold]
        chosen = chosen or _rest(probabilities, self.header.of_role(role))
        if len(chosen) > 1:
            chosen.sort(key=probabilities.__getitem__, reverse=True)
        return tuple(Label(id=label, probability=round(probabilities[label], _DIGITS)) for label in chosen)

    @cached_property
    def _slopes(self) -> dict[Role, _Slopes]:
        columns = {label.id: column for column, label in enumerate(self._trained)}
        return {
            role: _Slopes(
                trained=[(label, columns[label], own.a, own.b) for label, own in known.items() if label in columns],
                told_by_cues=[
                    (label.id, index)
                    for index, label in enumerate(self.labels)
                    if label.id in known and label.id not in columns
                ],
            )
            for role, known in self._sigmoids.items()
        }

    @cached_property
    def _sigmoids(self) -> dict[Role, dict[str, Sigmoid]]:
        roles: tuple[Role, Role] = ("problem", "measure")
        return {
            role: {label.id: known for label in self.labels if (known := label.of_role(role)) is not None}
            for role in roles
        }

    def _column(self, label: str) -> tuple[int, LabelWeights]:
        for column, known in enumerate(self._trained):
            if known.id == label:
                return column, known
        raise KeyError(f"the model {self.id} was not trained on a label {label!r}")


def _highest(scores: Floats, starts: Sequence[int]) -> list[list[float]]:
    import numpy as np

    highest: list[list[float]] = np.maximum.reduceat(scores, starts).tolist()
    return highest


def _rest(probabilities: dict[str, float], shared: RoleWeights) -> list[str]:
    """Return the one label of an item that no label fits well."""
    likeliest = max(probabilities, key=probabilities.__getitem__, default=None)
    if likeliest is not None and probabilities[likeliest] < shared.floor and shared.rest in probabilities:
        likeliest = shared.rest
    return [] if likeliest is None else [likeliest]


def _strongest_first(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    return tuple(sorted(reasons, key=lambda reason: (-abs(reason.weight), reason.kind, reason.text)))


def _logistic(score: float) -> float:
    """Return ``1 / (1 + exp(-score))`` without overflow."""
    if score < 0:
        small = math.exp(score)
        return small / (1 + small)
    return 1 / (1 + math.exp(-score))


@lru_cache(maxsize=4)
def load_model(path: Path | None = None) -> IssueModel:
    """Return the model of a folder, the shipped one without ``path``; it is read once.

    :class:`~gknlp.issues.weights.ModelError` names a file that is missing, cut off, edited or of another version.
    """
    return IssueModel(read_weights(shipped_folder() if path is None else path))


def shipped_folder() -> Path:
    """Return where the shipped model is: in the installed package, in a source checkout beside it."""
    package = Path(str(resources.files("gknlp")))
    for folder in (package / "models" / SHIPPED, package.parent / "models" / SHIPPED):
        if (folder / HEADER).is_file():
            return folder
    raise ModelError(f"{package / 'models' / SHIPPED}: no model; the installation is not complete")
