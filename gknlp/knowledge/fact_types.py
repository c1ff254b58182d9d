"""The fact types, their rules and the words they need: read from ``facts/*.toml`` and ``context.toml``.

A file holds named sets of units, words by class and fact types with rules, examples and counter-examples::

    [units]
    items = ["条", "篇"]

    [terms]
    "obj.training" = ["培训班", "业务培训"]

    [[type]]
    id = "gov.trainings"
    label = "培训"
    english = "training courses held"
    units = ["次", "场", "期"]
    rules = [{own = ["obj.training"], maybe = ["verb.hold"]}]
    examples = [{text = "组织业务培训3场。", value = 3}]
    counter = ["培训230人。"]

A group such as ``"obj.training|讲座"`` names classes, prefixes of classes (``"topic"`` is any ``topic.*``) or words.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import msgspec

from gknlp.errors import KnowledgeError
from gknlp.knowledge.fact_rules import Also, Attribute, Rule, RuleIndex, ZeroRule
from gknlp.model import Number, Record
from gknlp.text.normalize import fold
from gknlp.text.words import WordScanner

_FOLDER = Path(__file__).with_name("facts")
_CONTEXT = Path(__file__).with_name("context.toml")


# Classes that the engine sets from the shape of a sentence, not from its words.
SHAPES = ("shape.part", "shape.bracket", "shape.bare", "shape.modified", "shape.zero", "shape.whole")
_NOUNS = ("obj", "topic", "channel", "form", "outcome", "applicant", "rate", "result", "route")
# Classes without which nothing speaks against a number being a fact (see :mod:`gknlp.facts.exclude`).
_DOUBTS = ("plan", "duty", "period.per", "oth.never", "cmp.base", "cmp.change", "cmp.share")
_ASCII_CLASS = re.compile(r"[a-z_0-9]+(?:\.[a-z_0-9]+)*")


class _Also(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    type: str
    own: list[str] = []


class _Rule(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    own: list[str] = []
    near: list[str] = []
    context: list[str] = []
    carried: list[str] = []
    maybe: list[str] = []
    no: list[str] = []
    no_near: list[str] = []
    no_context: list[str] = []
    units: list[str] = []
    priority: float = 0.0
    set: dict[str, str] = {}
    also: list[_Also] = []


class _Zero(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    own: list[str]
    no: list[str] = []
    set: dict[str, str] = {}


class Example(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A text, and the value that it must give for the type of its entry (``None``: a number is missing)."""

    text: str
    value: Number | None = None
    attributes: dict[str, str] = {}


class TakenFrom(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The count that another one, told right behind it, was taken from; of the same type with these ``kind``."""

    type: str
    kinds: tuple[str, str] | None = None


class _Type(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    id: str
    label: str
    english: str
    units: list[str]
    rules: list[_Rule] = []
    zeros: list[_Zero] = []
    parts: str = ""
    taken_from: TakenFrom | None = None
    stock: bool = False
    shares: bool = False
    ordinals: bool = False
    examples: list[Example] = []
    counter: list[str] = []


class _File(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    units: dict[str, list[str]] = {}
    aliases: dict[str, str] = {}
    terms: dict[str, list[str]] = {}
    patterns: dict[str, str] = {}
    part_groups: dict[str, list[str]] = {}
    type: list[_Type] = []


class FactType(Record, frozen=True, kw_only=True):
    """One fact type.

    ``parts`` is the type of otherwise unknown parts of a list under it, ``taken_from`` the count before it that it is
    taken from; a ``stock`` is told of a point in time; only types with ``shares`` take a share of a whole for a fact,
    only types with ``ordinals`` a rank. ``bit`` is the class that its facts are seen as by the numbers behind them.
    """

    id: str
    bit: int
    label: str
    english: str
    units: frozenset[str]
    parts: str
    taken_from: TakenFrom | None
    stock: bool
    shares: bool
    ordinals: bool
    examples: tuple[Example, ...]
    counter: tuple[str, ...]


class FactKnowledge(Record, frozen=True, kw_only=True):
    """Everything the facts engine knows.

    ``words`` finds the words, ``word_masks`` are the class bits of each by its number there. ``masks`` maps a word to
    its class bits, ``bits`` a class or a prefix of classes to its bits, ``classes`` the
    position of a bit to its class. ``unlike_verbs`` are all classes that are no verb, ``doubts`` those that may speak
    against a number being a fact. ``part_groups`` maps a group to what the types of its parts may begin with.
    """

    types: Mapping[str, FactType]
    rules: RuleIndex
    zeros: tuple[ZeroRule, ...]
    words: WordScanner
    word_masks: tuple[int, ...]
    masks: Mapping[str, int]
    classes: tuple[str, ...]
    bits: Mapping[str, int]
    nouns: int
    verbs: int
    unlike_verbs: int
    doubts: int
    patterns: Mapping[str, re.Pattern[str]]
    aliases: Mapping[str, str]
    part_groups: Mapping[str, tuple[str, ...]]

    def plain_unit(self, unit: str) -> str:
        """Return the unit without an alternative in brackets, or the plainer unit that it is an alias of."""
        return self.aliases.get(unit) or unit.partition("(")[0]

    def mask(self, group: str) -> int:
        """Return the class bits of a group such as ``"verb.publish|verb.issue"``; unknown classes have none."""
        return _group_mask(group, self.bits)


@lru_cache(maxsize=8)
def load_fact_types(extra_dir: Path | None = None) -> FactKnowledge:
    """Return the shipped knowledge, with the files of ``extra_dir`` added.

    A type of ``extra_dir`` replaces the shipped type of the same id; its words are added to the shipped ones.
    :class:`KnowledgeError` names the file and the key that is wrong.
    """
    paths = [_CONTEXT, *sorted(_FOLDER.glob("*.toml"))]
    if extra_dir is not None:
        if not extra_dir.is_dir():
            raise KnowledgeError(f"{extra_dir}: no such folder of fact types")
        paths.extend(sorted(extra_dir.glob("*.toml")))
    return _compile([(path, _read(path)) for path in paths])


class FactName(NamedTuple):
    """What a fact type is called, in Chinese and English."""

    id: str
    zh: str
    en: str


def fact_type_names() -> tuple[FactName, ...]:
    """Return the names of the shipped types; their rules, which take a second, are not made."""
    files = map(_read, sorted(_FOLDER.glob("*.toml")))
    return tuple(FactName(entry.id, entry.label, entry.english) for file in files for entry in file.type)


def _read(path: Path) -> _File:
    try:
        with path.open("rb") as stream:
            return msgspec.convert(tomllib.load(stream), _File)
    except tomllib.TOMLDecodeError as error:
        raise KnowledgeError(f"{path.name}: {error}") from error
    except msgspec.ValidationError as error:
        raise KnowledgeError(f"{path.name}: {error}") from error
    except UnicodeDecodeError as error:
        raise KnowledgeError(f"{path.name}: not UTF-8 ({error.reason})") from error


class _Shared(NamedTuple):
    """What all files say together, besides words and types."""

    units: dict[str, list[str]]
    aliases: dict[str, str]
    patterns: dict[str, re.Pattern[str]]
    part_groups: dict[str, tuple[str, ...]]


def _compile(files: list[tuple[Path, _File]]) -> FactKnowledge:
    words: dict[str, set[str]] = {name: set() for name in SHAPES}
    words.update({f"type.{entry.id}": set() for _, file in files for entry in file.type})
    entries: dict[str, tuple[Path, _Type]] = {}
    shared = _Shared({}, {}, {}, {})
    for path, file in files:
        _share(path, file, shared)
        for name, terms in file.terms.items():
            _check_class(path, name)
            words.setdefault(name, set()).update(map(fold, terms))
        for entry in file.type:
            entries[entry.id] = (path, entry)
    for _, entry in entries.values():
        for literal in _literals(entry):
            words.setdefault(f"={literal}", set()).add(literal)
    classes = tuple(words)
    bits = {name: 1 << index for index, name in enumerate(classes)}
    masks: dict[str, int] = {}
    for name, terms_of in words.items():
        for word in terms_of:
            masks[word] = masks.get(word, 0) | bits[name]
    return _knowledge(entries, shared, _with_prefixes(bits), masks, classes)


def _share(path: Path, file: _File, shared: _Shared) -> None:
    shared.units.update(file.units)
    shared.aliases.update({fold(unit): fold(other) for unit, other in file.aliases.items()})
    shared.patterns.update({name: _pattern(path, name, source) for name, source in file.patterns.items()})
    shared.part_groups.update({group: tuple(others) for group, others in file.part_groups.items()})


def _knowledge(
    entries: Mapping[str, tuple[Path, _Type]],
    shared: _Shared,
    bits: Mapping[str, int],
    masks: Mapping[str, int],
    classes: tuple[str, ...],
) -> FactKnowledge:
    types: dict[str, FactType] = {}
    rules: list[Rule] = []
    allowed: dict[str, int] = {}
    zeros: list[ZeroRule] = []
    verbs = bits.get("verb", 0)
    for path, entry in entries.values():
        types[entry.id] = _fact_type(path, entry, shared.units, bits[f"type.{entry.id}"], entries)
        for number, raw in enumerate(entry.rules, 1):
            for unit in _unit_set(path, raw.units, shared.units) or types[entry.id].units:
                allowed[unit] = allowed.get(unit, 0) | 1 << len(rules)
            rules.append(_rule(path, entry, number, raw, bits, entries))
        for number, zero in enumerate(entry.zeros, 1):
            zeros.append(_zero(path, entry, number, zero, bits))
    return FactKnowledge(
        types=types,
        rules=RuleIndex(rules, allowed),
        zeros=tuple(zeros),
        words=WordScanner(masks),
        word_masks=tuple(masks.values()),
        masks=masks,
        classes=classes,
        bits=bits,
        nouns=_any(bits.get(name, 0) for name in _NOUNS),
        verbs=verbs,
        unlike_verbs=((1 << len(classes)) - 1) ^ verbs,
        doubts=_any(bits.get(name, 0) for name in _DOUBTS),
        patterns=shared.patterns,
        aliases=shared.aliases,
        part_groups=shared.part_groups,
    )


def _fact_type(
    path: Path, entry: _Type, units: Mapping[str, list[str]], bit: int, known: Mapping[str, object]
) -> FactType:
    if not re.fullmatch(r"[a-z]+\.[a-z_0-9]+", entry.id):
        raise KnowledgeError(f"{path.name}: type id {entry.id!r} is not of the form group.name")
    if entry.taken_from is not None and entry.taken_from.type not in known:
        raise KnowledgeError(f"{path.name}: {entry.id}: taken_from names the unknown type {entry.taken_from.type!r}")
    return FactType(
        id=entry.id,
        bit=bit,
        label=entry.label,
        english=entry.english,
        units=_unit_set(path, entry.units, units),
        parts=entry.parts,
        taken_from=entry.taken_from,
        stock=entry.stock,
        shares=entry.shares,
        ordinals=entry.ordinals,
        examples=tuple(entry.examples),
        counter=tuple(entry.counter),
    )


def _rule(
    path: Path, entry: _Type, number: int, raw: _Rule, bits: Mapping[str, int], known: Mapping[str, object]
) -> Rule:
    where = f"{entry.id}#{number}"
    if not (raw.own or raw.near or raw.context):
        raise KnowledgeError(f"{path.name}: {where} asks for nothing (own, near or context)")
    for also in raw.also:
        if also.type not in known:
            raise KnowledgeError(f"{path.name}: {where}: also names the unknown type {also.type!r}")
    return Rule(
        id=where,
        type_id=entry.id,
        own=_groups(path, where, raw.own, bits),
        near=_groups(path, where, raw.near, bits),
        context=_groups(path, where, raw.context, bits),
        carried=_groups(path, where, raw.carried, bits),
        maybe=_groups(path, where, raw.maybe, bits),
        no=_any(_groups(path, where, raw.no, bits)),
        no_near=_any(_groups(path, where, raw.no_near, bits)),
        no_context=_any(_groups(path, where, raw.no_context, bits)),
        priority=raw.priority,
        attributes=tuple(_attribute(name, source, bits) for name, source in raw.set.items()),
        also=tuple(Also(also.type, _groups(path, where, also.own, bits)) for also in raw.also),
    )


def _attribute(name: str, source: str, bits: Mapping[str, int]) -> Attribute:
    """``@topic`` is the class below ``topic`` of the nearest word, ``=obj.doc`` that word itself, else the value."""
    if source[:1] not in ("@", "="):
        return Attribute(name, source)
    return Attribute(name, "", bits.get(source[1:], 0), verbatim=source[0] == "=")


def _zero(path: Path, entry: _Type, number: int, raw: _Zero, bits: Mapping[str, int]) -> ZeroRule:
    where = f"{entry.id}#zero{number}"
    own = _groups(path, where, raw.own, bits)
    attributes = tuple((name, value) for name, value in raw.set.items() if value[:1] not in "@=")
    return ZeroRule(where, entry.id, own, _any(_groups(path, where, raw.no, bits)), attributes)


def _unit_set(path: Path, names: Iterable[str], units: Mapping[str, list[str]]) -> frozenset[str]:
    found: set[str] = set()
    for name in names:
        if not name.startswith("@"):
            found.add(fold(name))
        elif name[1:] in units:
            found.update(map(fold, units[name[1:]]))
        else:
            raise KnowledgeError(f"{path.name}: unknown set of units {name!r}")
    return frozenset(found)


def _groups(path: Path, where: str, groups: Iterable[str], bits: Mapping[str, int]) -> tuple[int, ...]:
    masks = []
    for group in groups:
        for part in group.split("|"):
            if not _group_mask(part, bits):
                raise KnowledgeError(f"{path.name}: {where}: unknown class {part!r}")
        masks.append(_group_mask(group, bits))
    return tuple(masks)


def _group_mask(group: str, bits: Mapping[str, int]) -> int:
    mask = 0
    for part in group.split("|"):
        mask |= bits.get(part if part.isascii() else f"={fold(part)}", 0)
    return mask


def _with_prefixes(bits: Mapping[str, int]) -> dict[str, int]:
    """Class bits by class and by every prefix of classes: ``topic`` has the bits of all ``topic.*``."""
    found = dict(bits)
    for name, bit in bits.items():
        while "." in name and not name.startswith("="):
            name = name.rpartition(".")[0]
            found[name] = found.get(name, 0) | bit
    return found


def _any(masks: Iterable[int]) -> int:
    union = 0
    for mask in masks:
        union |= mask
    return union


def _literals(entry: _Type) -> Iterable[str]:
    groups = [g for zero in entry.zeros for g in (*zero.own, *zero.no)]
    for rule in entry.rules:
        groups += [*rule.own, *rule.near, *rule.context, *rule.carried, *rule.maybe]
        groups += [*rule.no, *rule.no_near, *rule.no_context]
        groups += [g for also in rule.also for g in also.own]
    return {fold(part) for group in groups for part in group.split("|") if not part.isascii()}


def _check_class(path: Path, name: str) -> None:
    if not _ASCII_CLASS.fullmatch(name):
        raise KnowledgeError(f"{path.name}: terms.{name!r} is not a class name")


def _pattern(path: Path, name: str, source: str) -> re.Pattern[str]:
    try:
        return re.compile(fold(source), re.VERBOSE)
    except re.error as error:
        raise KnowledgeError(f"{path.name}: patterns.{name}: {error}") from error
