"""Items as the numbers that scikit-learn trains on, made by the functions that prediction uses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from gknlp.issues.features import CueFinder, grams, squeeze
from gknlp.knowledge.issue_types import IssueType
from gknlp.text.normalize import fold
from gknlp.train.data import Item

if TYPE_CHECKING:
    import numpy as np
    from scipy.sparse import csr_matrix
    from sklearn.feature_extraction.text import TfidfVectorizer

# The value of a cue beside grams of length one altogether, from 0, 0.1, 0.15, 0.2, 0.3 and 0.6 by cross-validation:
# with more the cues overrule the words.
CUE_VALUE = 0.1
_LEAST_DOCUMENTS = 2
_MOST_GRAMS = 40_000


class Examples(NamedTuple):
    """One row an item; ``truth`` has one column a trained label, ``cues`` one a label of the taxonomy."""

    folded: list[str]
    problem: np.ndarray
    truth: np.ndarray
    documents: np.ndarray
    cues: csr_matrix

    def rows(self, rows: np.ndarray) -> Examples:
        """Return some of the rows."""
        folded = [self.folded[row] for row in rows]
        return Examples(folded, self.problem[rows], self.truth[rows], self.documents[rows], self.cues[rows])


def make_examples(items: Sequence[Item], trained: Sequence[str], kinds: Sequence[IssueType]) -> Examples:
    """Return the examples of items; documents are numbered in the order of their first items."""
    import numpy as np

    folded = [fold(item.text) for item in items]
    numbers = {document: number for number, document in enumerate(dict.fromkeys(item.document for item in items))}
    return Examples(
        folded=folded,
        problem=np.array([item.role == "problem" for item in items]),
        truth=np.array([[label in item.labels for label in trained] for item in items]),
        documents=np.array([numbers[item.document] for item in items]),
        cues=_cue_matrix(folded, [kind.cues for kind in kinds]),
    )


def _cue_matrix(folded: Sequence[str], cues: Sequence[tuple[str, ...]]) -> csr_matrix:
    from scipy.sparse import csr_matrix

    finder = CueFinder(cues)
    hits = [(row, hit) for row, text in enumerate(folded) for hit in finder.hits(text)]
    rows, columns = [row for row, _ in hits], [column for _, column in hits]
    return csr_matrix(([CUE_VALUE] * len(hits), (rows, columns)), shape=(len(folded), len(cues)))


def gram_vectorizer() -> TfidfVectorizer:
    """Return the TF-IDF of an item's grams; grams of one item alone are left out."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    return TfidfVectorizer(analyzer=gram_features, min_df=_LEAST_DOCUMENTS, max_features=_MOST_GRAMS, sublinear_tf=True)


def gram_features(folded: str) -> list[str]:
    """Return the grams of a folded text."""
    return grams(squeeze(folded))


def with_role(matrix: csr_matrix, examples: Examples) -> csr_matrix:
    """Return the matrix with cues and a column for the role at its right."""
    from scipy.sparse import csr_matrix, hstack

    role = csr_matrix(examples.problem[:, None].astype(float))
    return csr_matrix(hstack([matrix, examples.cues, role]))
