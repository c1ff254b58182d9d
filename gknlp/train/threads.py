"""One thread for numeric libraries: small matrices are faster with one, and the last digits do not depend on cores."""

from __future__ import annotations

from contextlib import AbstractContextManager
from importlib import import_module

# What the learners compute with. A library that is loaded later would not be held to one thread.
_COMPUTING = ("numpy.linalg", "scipy.linalg", "scipy.sparse.linalg", "sklearn.linear_model", "sklearn.svm")


def one_thread() -> AbstractContextManager[object]:
    """Return a context in which numeric libraries use one thread."""
    from threadpoolctl import threadpool_limits

    for name in _COMPUTING:
        import_module(name)
    limits: AbstractContextManager[object] = threadpool_limits(1)
    return limits
