"""What stays the same of an issuer from year to year, however its reports print its name."""

from __future__ import annotations

from typing import NamedTuple

from gknlp.issuer.organ import parse_organ
from gknlp.knowledge.renamings import load_renamings
from gknlp.model import Issuer
from gknlp.text.normalize import fold

TOWNSHIP = " "  # between a division and a township in a place


class IssuerKey(NamedTuple):
    """Division, kind and function of an issuer.

    ``place`` is the division code, with a township behind it where the issuer is below the divisions of the list;
    where no division is known, the region as printed, or nothing. ``function`` is the canonical word for what the organ
    does (教育局 for 教体局, too).
    """

    place: str
    kind: str
    function: str

    def __str__(self) -> str:
        return "/".join(self)


def issuer_key(issuer: Issuer) -> IssuerKey:
    """Return the key by which reports of one issuer are linked (DOMAIN.md 6.2).

    >>> from gknlp.model import Issuer
    >>> def made(name: str) -> Issuer:
    ...     return Issuer(name=name, full_name=name, kind="department", level="county", division_code="411526",
    ...                   division_path=(), start=None, end=None)
    >>> str(issuer_key(made("潢川县教体局")))
    '411526/department/教育局'
    >>> issuer_key(made("潢川县教体局")) == issuer_key(made("潢川县教育体育局"))
    True
    """
    organ = parse_organ(fold(issuer.full_name or issuer.name).replace(" ", ""))
    place = issuer.division_code or organ.unknown or organ.level_word
    if organ.township:
        place = f"{place}{TOWNSHIP}{organ.township}"
    core = organ.prefix + organ.core
    return IssuerKey(place, issuer.kind or "", load_renamings().get(core, core))
