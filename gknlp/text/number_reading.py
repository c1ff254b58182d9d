"""What a printed number says: its value, the ends of a range, what the words around it bound."""

from __future__ import annotations

import re
from typing import NamedTuple

from gknlp.model import Number, Qualifier
from gknlp.text.numerals import magnitude, parse_han, parse_han_pair

# A longer print is no number of a report.
_LONGEST_PRINT = 24


class Reading(NamedTuple):
    """A number as printed: its value or the ends of a range, neither for a vague numeral.

    A ``bare`` one is a magnitude without digits (近百次), a number only with a word on it.
    """

    value: Number | None
    ends: tuple[Number, Number] | None = None
    bare: bool = False


def read_number(printed: str) -> Reading | None:
    """Return what digits or a Chinese numeral say; ``None`` for a code or what is no numeral."""
    if printed[0] in "0123456789":
        if len(printed) > _LONGEST_PRINT:
            return None
        return Reading(scale_printed(printed, 1))
    value = parse_han(printed)
    if value is not None:
        return Reading(value)
    pair = parse_han_pair(printed)
    if pair is not None:
        return Reading(None, pair)
    factor = magnitude(printed)
    return Reading(factor, bare=True) if factor > 1 else None


def scale_printed(printed: str, factor: int) -> Number:
    """Return printed digits times ``factor``, whole where it is whole: 144.44 times 10000 is 1444400."""
    if not printed.isdigit():
        printed = re.sub("[, \n]", "", printed)
    whole, _, fraction = printed.partition(".")
    scaled, divisor = int(whole + fraction) * factor, int("1" + "0" * len(fraction))
    return scaled // divisor if scaled % divisor == 0 else scaled / divisor


def read_range(low: Number | None, high: Reading | None, mag: str | None, high_mag: str | None) -> Reading | None:
    """Return a range; a magnitude after its second end holds for both (3—5万)."""
    if low is None or high is None or high.value is None:
        return None
    ends = (low * magnitude(mag or high_mag or ""), high.value * magnitude(high_mag or ""))
    return Reading(None, ends) if ends[0] < ends[1] else None


def bounds_of(value: Number | None, qualifier: Qualifier) -> tuple[Number | None, Number | None]:
    """Return the least and the greatest value that a qualifier leaves open, ``None`` where it bounds nothing."""
    if qualifier == "exact":
        return value, value
    if qualifier in ("more_than", "at_least"):
        return value, None
    if qualifier in ("less_than", "at_most"):
        return None, value
    return None, None
