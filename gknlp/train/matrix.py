"""Items as the numbers that scikit-learn trains on, made by the functions that prediction uses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from gknlp.issues.features import Found, WordFinder, grams, parts, squeeze
from gknlp.knowledge.concepts import load_concepts
from gknlp.knowledge.issue_types import IssueType
from gknlp.text.normalize import fold
from gknlp.train.data import Item

if TYPE_CHECKING:
    import numpy as np
    from scipy.sparse import csr_matrix
    from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer

# The value of a cue beside grams of length one altogether, from 0, 0.1, 0.15, 0.2, 0.3 and 0.6 by cross-validation:
# with more the cues overrule the words.
CUE_VALUE = 0.1
SIGN_VALUE = 0.1  # of a concept or a pair of concepts, from 0.05, 0.1, 0.2 and 0.3 on passes left out
# What a label counts in learning that one annotator gave and another did not: annotators who settle such labels are not
# all equally strict.
_DISPUTED = 0.5
_LEAST_DOCUMENTS = 2
_LEAST_SIGNS = 3
_MOST_GRAMS = 40_000


class Part(NamedTuple):
    """A sentence of an item, folded, and the cues and concepts in it."""

    folded: str
    found: Found


_STOP = Part("\u3002", Found([], []))


class Examples(NamedTuple):
    """One row an item: its parts, of which the one with the highest score of a label decides.

    ``truth`` and ``weights``, what each of its answers counts, have one column a trained label; ``labels`` is the
    number of labels of the taxonomy; ``passes`` are the rounds of writing that items come from.
    """

    parts: list[list[Part]]
    labels: int
    problem: np.ndarray
    truth: np.ndarray
    weights: np.ndarray
    documents: np.ndarray
    passes: np.ndarray

    def rows(self, rows: np.ndarray) -> Examples:
        """Return some of the rows."""
        return Examples(
            parts=[self.parts[row] for row in rows],
            labels=self.labels,
            problem=self.problem[rows],
            truth=self.truth[rows],
            weights=self.weights[rows],
            documents=self.documents[rows],
            passes=self.passes[rows],
        )

    def wholes(self) -> Lines:
        """Return one line an item, what learners learn from."""
        return Lines(["".join(part.folded for part in parts) for parts in self.parts], self._found(), self.problem)

    def single(self) -> Lines:
        """Return one line a part, what is scored."""
        parts = [part for own in self.parts for part in own]
        counts = [len(own) for own in self.parts]
        return Lines([part.folded for part in parts], [part.found for part in parts], self.problem.repeat(counts))

    def highest(self, scores: np.ndarray) -> np.ndarray:
        """Return the highest score of each item's parts, from those of :meth:`single`."""
        import numpy as np

        starts = np.cumsum([0, *(len(own) for own in self.parts[:-1])])
        return np.maximum.reduceat(scores, starts) if len(scores) else scores

    def with_pairs(self) -> Examples:
        """Return the rows and, behind them, neighbours of one document and role as one item.

        Reports have longer items with more labels than annotations have.
        """
        import numpy as np

        pairs: list[int] = []
        for row in range(len(self.parts) - 1):
            alike = self.documents[row] == self.documents[row + 1] and self.problem[row] == self.problem[row + 1]
            if alike and (not pairs or pairs[-1] < row - 1):
                pairs.append(row)
        first = np.array(pairs, dtype=int)
        more, second = self.rows(first), self.rows(first + 1)
        truth = more.truth | second.truth
        surer = np.maximum(more.truth * more.weights, second.truth * second.weights)
        return Examples(
            parts=[*self.parts, *([*self.parts[row], _STOP, *self.parts[row + 1]] for row in pairs)],
            labels=self.labels,
            problem=np.concatenate([self.problem, more.problem]),
            truth=np.concatenate([self.truth, truth]),
            weights=np.concatenate([self.weights, np.where(truth, surer, 1.0)]),
            documents=np.concatenate([self.documents, more.documents]),
            passes=np.concatenate([self.passes, more.passes]),
        )

    def _found(self) -> list[Found]:
        return [
            Found(
                cues=sorted({cue for part in parts for cue in part.found.cues}),
                signs=sorted({sign for part in parts for sign in part.found.signs}),
            )
            for parts in self.parts
        ]


class Lines(NamedTuple):
    """Texts with what was found in them and whether they are of problems."""

    folded: list[str]
    found: list[Found]
    problem: np.ndarray

    def signs(self) -> list[list[str]]:
        """Return each line's concepts and pairs of concepts."""
        return [one.signs for one in self.found]


def make_examples(items: Sequence[Item], trained: Sequence[str], kinds: Sequence[IssueType]) -> Examples:
    """Return the examples of items; documents are numbered in the order of their first items."""
    import numpy as np

    finder = WordFinder([kind.cues for kind in kinds], concept_words())
    return Examples(
        parts=[_parts(fold(item.text), finder) for item in items],
        labels=len(kinds),
        problem=np.array([item.role == "problem" for item in items]),
        truth=np.array([[label in item.labels for label in trained] for item in items]),
        weights=np.array([[_DISPUTED if label in item.disputed else 1.0 for label in trained] for item in items]),
        documents=_numbered([item.document for item in items]),
        passes=_numbered([item.pass_ for item in items]),
    )


def _parts(folded: str, finder: WordFinder) -> list[Part]:
    return [Part(folded[start:end], finder.find(folded[start:end])) for start, end in parts(folded)]


def concept_words() -> dict[str, tuple[str, ...]]:
    """Return the wordings of each concept by its id."""
    return {concept.id: concept.words for concept in load_concepts()}


def _numbered(names: Sequence[str]) -> np.ndarray:
    import numpy as np

    numbers = {name: number for number, name in enumerate(dict.fromkeys(names))}
    return np.array([numbers[name] for name in names])


def cue_matrix(lines: Lines, width: int) -> csr_matrix:
    """Return the cues of ``width`` labels."""
    from scipy.sparse import csr_matrix

    rows = [row for row, one in enumerate(lines.found) for _ in one.cues]
    columns = [cue for one in lines.found for cue in one.cues]
    return csr_matrix(([CUE_VALUE] * len(rows), (rows, columns)), shape=(len(lines.found), width))


def role_matrix(lines: Lines) -> csr_matrix:
    """Return the column of the role."""
    from scipy.sparse import csr_matrix

    return csr_matrix(lines.problem[:, None].astype(float))


def gram_vectorizer() -> TfidfVectorizer:
    """Return the TF-IDF of an item's grams; grams of one item alone are left out."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    return TfidfVectorizer(analyzer=gram_features, min_df=_LEAST_DOCUMENTS, max_features=_MOST_GRAMS, sublinear_tf=True)


def gram_features(folded: str) -> list[str]:
    """Return the grams of a folded text."""
    return grams(squeeze(folded))


def sign_vectorizer() -> CountVectorizer:
    """Return the columns of concepts and pairs; those of one or two items are left out."""
    from sklearn.feature_extraction.text import CountVectorizer

    return CountVectorizer(analyzer=list, min_df=_LEAST_SIGNS, binary=True, dtype=float)
