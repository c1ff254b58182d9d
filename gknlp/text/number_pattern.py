"""The pattern of the scanner: one first character, then a masked passage, an ordinal or a number with its unit.

Its groups, in the order of a match: ``plain_mag``, ``plain_inner``, ``plain_unit``, ``plain_after`` (digits with a
unit right after them), ``mask``, ``ordinal`` and ``rank``, then for all other numbers ``share`` (after 百分之),
``hidden``, ``digits``, ``han``, ``vague``, ``inner`` (余 inside a magnitude), ``mag``,
``middle`` and ``middle_mag`` (1千余万), ``low`` and ``low_mag`` (3亿5000万),
``low_unit``, ``high``, ``high_mag``, ``number`` (the end of the printed number), ``outer`` (余), ``unit``, ``after``.
Only possessive or bounded repetitions stand in it, so its cost is linear in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from gknlp.knowledge.quantities import Marker, QuantityKnowledge
from gknlp.text.masks import NUMERALS, first_characters, mask_pattern
from gknlp.text.numerals import HAN_NUMERALS, MAGNITUDES, POINT
from gknlp.text.trie import trie_pattern

_HAN = f"[{HAN_NUMERALS}]"
_HAN_NUMBER = f"{_HAN}*+(?:{POINT}{_HAN}++)?"
_DECIMALS = "(?:[.][0-9]++)?"


def number_pattern(knowledge: QuantityKnowledge) -> re.Pattern[str]:
    """Return the compiled pattern of one pass over a text."""
    unit = trie_pattern(name for group in knowledge.unit for name in group.names)
    first = (
        NUMERALS + first_characters(knowledge) + knowledge.masked.signs + "".join(w[0] for w in knowledge.vague.words)
    )
    ordinal = f"(?<=第)[ ]?(?P<ordinal>[0-9]++|{_HAN}++)(?:[ ]?(?P<rank>{trie_pattern(knowledge.ordinal.units)}))?"
    number = f"(?:{'|'.join(_heads(knowledge, unit))}){_tail(knowledge, unit)}"
    parts = (_plain(knowledge, unit), f"(?P<mask>{mask_pattern(knowledge, unit)})", ordinal, number)
    return re.compile(f"[{re.escape(''.join(sorted(set(first))))}](?:{'|'.join(parts)})", re.ASCII)


def missing_pattern(knowledge: QuantityKnowledge) -> re.Pattern[str]:
    """Return the pattern of a place where a unit may stand without its number: its last character before a stop."""
    last = "".join(sorted({unit[-1] for unit in knowledge.missing.units}))
    digits = re.escape(NUMERALS + "".join(_words(knowledge.inside)))
    return re.compile(f"[{re.escape(last)}](?=[,。;、)\\n])(?<![{digits}].)")


def _plain(knowledge: QuantityKnowledge, unit: str) -> str:
    """The ordinary case, tried first: digits with a unit right after them. No masked passage looks like that."""
    separators = trie_pattern(knowledge.range.separators)
    return (
        f"(?<=[0-9])(?<![{re.escape(knowledge.plain.not_after)}][0-9])[0-9]*+{_DECIMALS}"
        f"(?P<plain_mag>{knowledge.magnitude.pattern})?(?P<plain_inner>{trie_pattern(_words(knowledge.inside))})?"
        f"(?P<plain_unit>{unit})(?![ ]?{separators}[ ]?[0-9])(?P<plain_after>{trie_pattern(_words(knowledge.after))})?"
    )


def _heads(knowledge: QuantityKnowledge, unit: str) -> tuple[str, ...]:
    """The numbers themselves: after 百分之, hidden by signs, digits, Chinese numerals, vague ones."""
    signs = re.escape(knowledge.masked.signs)
    fraction = "|".join(f"(?<={entry.word[0]}){entry.word[1:]}" for entry in knowledge.fraction)
    vague = "|".join(f"(?<={word[0]}){word[1:]}" for word in knowledge.vague.words)
    vague = f"(?<![{knowledge.vague.not_after}].)(?:{vague})[{''.join(MAGNITUDES)}]*+(?P<vague>)"
    # Not inside a longer run of signs, and not the opening of bold print (**项目**).
    stars = f"(?<=[{signs}])(?<![{signs}][{signs}])(?:(?<=[*])|(?=[{signs}0-9]))[{signs}0-9]*+"
    hidden = f"(?:{stars}|(?<=[0-9])[0-9]*+[*]++[0-9*]*+)(?P<hidden>)(?=[ ]?{unit})"
    return (
        f"(?:{fraction})(?P<share>[0-9]++{_DECIMALS}|{_HAN}{_HAN_NUMBER})",
        f"{hidden}(?![ ]?{unit}[^*\\n,。;、]{{1,30}}[*][*])",
        _digits(unit, knowledge.magnitude.pattern),
        f"(?<={_HAN})(?P<han>{_HAN_NUMBER})",
        vague,
    )


def _digits(unit: str, mag: str) -> str:
    """Digits with separators: thousands, and spaces or a line break only where a unit shows that it is one number."""
    alone, counted = "(?<![0-9][ ][0-9])", f"(?![0-9])(?=[ ]?{unit}|[ \\n]?(?:{mag}){unit})"
    grouped = "[0-9]{0,2}+(?:,[0-9]{3}){1,4}+(?![0-9])"
    spaced = f"(?:[0-9]{{0,2}}+(?:[ ][0-9]{{3}}){{1,3}}+{_DECIMALS}|(?:[ ][0-9]){{1,8}}+){counted}"
    # A line that ends in the middle of a sentence is at least this long.
    wrapped = f"(?<=[^\\n\\t]{{11}}[\\u4e00-\\u9fff][0-9])[0-9]*+[.]?\\n[0-9]++{counted}"
    return f"(?<=[0-9])(?P<digits>{wrapped}|(?<=[1-9]){alone}{spaced}|(?:{grouped}|[0-9]*+){_DECIMALS})"


def _tail(knowledge: QuantityKnowledge, unit: str) -> str:
    """What may follow a number: 余, a magnitude, the other end of a range, the unit, 以上."""
    inside, mag = trie_pattern(_words(knowledge.inside)), knowledge.magnitude.pattern
    punctuation = re.escape(knowledge.unitless.followed_by)
    scale = f"(?:(?P<inner>{inside})?(?:[ ]?|\\n(?=(?:{mag}){unit}))(?P<mag>{mag})"
    scale += f"(?:(?P<middle>{inside})(?P<middle_mag>{mag})|(?P<low>[0-9]{{1,4}}+)(?P<low_mag>{mag})?)?)?"
    high = (
        f"[ ]?{trie_pattern(knowledge.range.separators)}[ ]?(?P<high>[0-9]++{_DECIMALS}|{_HAN}++)(?P<high_mag>{mag})?"
    )
    ranged = f"(?:(?P<low_unit>{unit})?{high}(?=[ ]?(?(low_unit)(?P=low_unit)|{unit})))?"
    outer = f"(?:(?P<outer>{inside})(?=[ ]?{unit}|[{punctuation}]|$))?"
    counted = f"(?:(?:[ ]{{0,2}}|\\n(?={unit}[,。;、)]))(?P<unit>{unit}))?"
    return f"{scale}{ranged}(?P<number>){outer}{counted}(?:[ ]?(?P<after>{trie_pattern(_words(knowledge.after))}))?"


def _words(markers: Iterable[Marker]) -> list[str]:
    return [word for marker in markers for word in marker.words]
