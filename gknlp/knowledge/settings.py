"""A user's own settings (``gknlp.toml``): which rules are not to be applied."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path

import msgspec

from gknlp.errors import KnowledgeError
from gknlp.knowledge.rules import rule_ids
from gknlp.model import Record


class CheckSettings(Record, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``ignore`` are the ids of rules that are not applied."""

    ignore: tuple[str, ...] = ()


class Settings(Record, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The tables of the file; a key that is not known is an error, so that a slip of the pen does not pass."""

    checks: CheckSettings = CheckSettings()


def load_settings(path: Path) -> Settings:
    """Return the settings in a file.

    Raises:
        KnowledgeError: the file cannot be read, is no TOML, or has a key or a rule that there is not; the message
            names the file and the key.
    """
    try:
        settings = msgspec.toml.decode(path.read_bytes(), type=Settings)
    except (OSError, UnicodeDecodeError, msgspec.ValidationError, msgspec.DecodeError) as error:
        raise KnowledgeError(f"{path}: {error}") from error
    ignored_rules(settings.checks.ignore, place=f"{path}: checks.ignore")
    return settings


def ignored_rules(ids: Iterable[str], *, place: str) -> frozenset[str]:
    """Return ``ids`` as a set; :class:`KnowledgeError` names ``place`` and an id that is no rule's.

    >>> sorted(ignored_rules(["T3_WIDTH"], place="--ignore"))
    ['T3_WIDTH']
    """
    wanted = frozenset(ids)
    known = rule_ids() if wanted else wanted
    for rule in sorted(wanted):
        if rule not in known:
            close = get_close_matches(rule, sorted(known), n=1)
            hint = f"; is it {close[0]}?" if close else ""
            raise KnowledgeError(f"{place}: there is no rule {rule}{hint}")
    return wanted
