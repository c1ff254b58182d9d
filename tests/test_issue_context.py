"""What the items around an item say about its labels."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gknlp.issues.context import ALONE, BESIDE, LEAST, Guess, alone, clues
from gknlp.model import Role

ROLES: tuple[Role, Role] = ("problem", "measure")
LABELS = ("late", "site", "few")
GUESSES = st.builds(
    Guess,
    st.sampled_from(ROLES),
    st.integers(0, 80),
    st.fixed_dictionaries({label: st.floats(0, 1) for label in LABELS}),
)


def guess(role: Role, **probabilities: float) -> Guess:
    return Guess(role, 10, {label: probabilities.get(label, 0.0) for label in LABELS})


def named(values: tuple[float, ...]) -> dict[str, float]:
    return dict(zip(BESIDE if len(values) == len(BESIDE) else ALONE, values, strict=True))


def test_an_item_alone() -> None:
    found = alone(guess("problem", late=0.8, site=0.3, few=0.01))
    assert found.keys() == {"late", "site"}  # what is very unlikely stays so
    late, site = named(found["late"]), named(found["site"])
    assert late["own"] == pytest.approx(math.log(4))
    assert (late["is first"], site["is first"]) == (1, 0)
    assert late["strongest other"] == pytest.approx(math.log(0.3 / 0.7))
    assert site["strongest other"] == pytest.approx(math.log(4))
    assert late["sum of others"] == pytest.approx(0.31)
    assert late["length"] == pytest.approx(math.log(10))


def test_what_stands_at_the_same_place_counts_most() -> None:
    section = [
        guess("problem", late=0.5),
        guess("problem", late=0.5, few=0.4),
        guess("measure", late=0.9),
        guess("measure", few=0.9),
    ]
    first, second = (named(found["late"]) for found in clues(section)[:2])
    assert first["opposite"] > second["opposite"] > 0
    assert first["log odds of the most opposite"] == second["log odds of the most opposite"]
    assert first["same role"] == 0.5
    assert named(clues(section)[1]["few"])["opposite"] > 0.45


def test_without_items_of_the_other_role_each_is_alone() -> None:
    section = [guess("problem", late=0.5), guess("problem", site=0.5)]
    assert clues(section) == [alone(one) for one in section]


def test_the_only_one_of_its_role_is_told() -> None:
    (first, second) = clues([guess("problem", late=0.5), guess("measure", late=0.5)])
    assert named(first["late"])["only of its role"] == named(second["late"])["only of its role"] == 1


@given(st.lists(GUESSES, max_size=8))
def test_clues_are_finite_and_of_the_likely_labels(section: list[Guess]) -> None:
    for one, found in zip(section, clues(section), strict=True):
        assert found.keys() == {label for label, own in one.probabilities.items() if own >= LEAST}
        assert all(math.isfinite(value) for values in found.values() for value in values)
        both = {other.role for other in section} == set(ROLES)
        assert all(len(values) == len(BESIDE if both else ALONE) for values in found.values())
