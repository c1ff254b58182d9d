"""Items as the numbers that scikit-learn trains on, made by the functions that prediction uses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from gknlp.issues.features import WordFinder, grams, squeeze
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
_LEAST_DOCUMENTS = 2
_LEAST_SIGNS = 3
_MOST_GRAMS = 40_000


class Examples(NamedTuple):
    """One row an item; ``truth`` has one column a trained label, ``cues`` one a label of the taxonomy.

    ``signs`` are each item's concepts and pairs of concepts, ``passes`` the rounds of writing that it comes from.
    """

    folded: list[str]
    signs: list[list[str]]
    problem: np.ndarray
    truth: np.ndarray
    documents: np.ndarray
    passes: np.ndarray
    cues: csr_matrix

    def rows(self, rows: np.ndarray) -> Examples:
        """Return some of the rows."""
        return Examples(
            folded=[self.folded[row] for row in rows],
            signs=[self.signs[row] for row in rows],
            problem=self.problem[rows],
            truth=self.truth[rows],
            documents=self.documents[rows],
            passes=self.passes[rows],
            cues=self.cues[rows],
        )


def make_examples(items: Sequence[Item], trained: Sequence[str], kinds: Sequence[IssueType]) -> Examples:
    """Return the examples of items; documents are numbered in the order of their first items."""
    import numpy as np

    folded = [fold(item.text) for item in items]
    finder = WordFinder([kind.cues for kind in kinds], concept_words())
    found = [finder.find(text) for text in folded]
    return Examples(
        folded=folded,
        signs=[one.signs for one in found],
        problem=np.array([item.role == "problem" for item in items]),
        truth=np.array([[label in item.labels for label in trained] for item in items]),
        documents=_numbered([item.document for item in items]),
        passes=_numbered([item.pass_ for item in items]),
        cues=_cue_matrix([one.cues for one in found], len(kinds)),
    )


def concept_words() -> dict[str, tuple[str, ...]]:
    """Return the wordings of each concept by its id."""
    return {concept.id: concept.words for concept in load_concepts()}


def _numbered(names: Sequence[str]) -> np.ndarray:
    import numpy as np

    numbers = {name: number for number, name in enumerate(dict.fromkeys(names))}
    return np.array([numbers[name] for name in names])


def _cue_matrix(found: Sequence[Sequence[int]], width: int) -> csr_matrix:
    from scipy.sparse import csr_matrix

    rows = [row for row, hits in enumerate(found) for _ in hits]
    columns = [hit for hits in found for hit in hits]
    return csr_matrix(([CUE_VALUE] * len(rows), (rows, columns)), shape=(len(found), width))


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


def joined(grams: csr_matrix, signs: csr_matrix, examples: Examples) -> csr_matrix:
    """Return the matrix of grams, signs, cues and, last, the role."""
    from scipy.sparse import csr_matrix, hstack

    role = csr_matrix(examples.problem[:, None].astype(float))
    return csr_matrix(hstack([grams, signs * SIGN_VALUE, examples.cues, role]))
