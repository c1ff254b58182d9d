"""What stands before a sentence: earlier sentences of its paragraph, its heading, the paragraph before."""

from __future__ import annotations

from collections.abc import Sequence

from gknlp.facts.clauses import Hit
from gknlp.knowledge.fact_types import FactKnowledge

Seen = tuple[int, float]  # class bits, weight

_HEADING_LENGTH = 36
_SENTENCES = 3  # that are looked back at in the paragraph, and in the one before
_BEFORE, _PARAGRAPH, _HEADING, _EARLIER = 2.0, 1.8, 1.6, 1.0
STRONGEST = _BEFORE


def scan_words(folded: str, start: int, end: int, knowledge: FactKnowledge) -> list[Hit]:
    """Return the known words of ``folded[start:end]`` with their places and class bits.

    White space inside a word (a line end, spaced print) does not hide it.
    """
    masks = knowledge.word_masks
    text = folded[start:end]
    if len(text.split(None, 1)) < 2:
        return [(start + first, start + last, masks[word]) for word, first, last in knowledge.words.longest(text)]
    places = [place for place in range(start, end) if not folded[place].isspace()]
    found = knowledge.words.longest("".join(text.split()))
    return [(places[first], places[last - 1] + 1, masks[word]) for word, first, last in found]


def union_of(hits: Sequence[Hit]) -> int:
    """Return the class bits of all ``hits`` together."""
    bits = 0
    for hit in hits:
        bits |= hit[2]
    return bits


def scan_classes(folded: str, start: int, end: int, knowledge: FactKnowledge) -> int:
    """Return the class bits of the known words of ``folded[start:end]`` together, without their places."""
    masks = knowledge.word_masks
    bits = 0
    for word, _, _ in knowledge.words.longest("".join(folded[start:end].split())):
        bits |= masks[word]
    return bits


class Surroundings:
    """Follows the sentences of a stretch; they and their words are looked at only when a later sentence asks."""

    def __init__(self, folded: str, knowledge: FactKnowledge) -> None:
        self._folded = folded
        self._knowledge = knowledge
        self._added: list[tuple[int, int, int | None, bool]] = []  # sentences that are not yet looked at
        self._paragraph: list[tuple[int, int]] = []
        self._previous: list[tuple[int, int]] = []
        self._heading: tuple[int, int] | None = None
        self._known: dict[tuple[int, int], int] = {}
        self._seen: list[Seen] | None = None

    def add(self, start: int, end: int, bits: int | None, numbers: bool) -> None:
        """Take in a sentence, with the classes of its words where they are known, and whether it has numbers."""
        self._added.append((start, end, bits, numbers))
        self._seen = None

    def seen(self, start: int) -> list[Seen]:
        """Return the class bits of what stands before the sentence at ``start``, nearest first, with their weights."""
        if self._seen is None:
            for added in self._added:
                self._follow(*added)
            self._added.clear()
            self._open(start)
            self._seen = self._look()
        return self._seen

    def _follow(self, start: int, end: int, bits: int | None, numbers: bool) -> None:
        """Go on by a sentence; a short one without numbers that opens a line is a heading."""
        self._open(start)
        if bits is not None:
            self._known[start, end] = bits
        if not numbers and not self._paragraph and end - start <= _HEADING_LENGTH:
            self._heading = (start, end)
        self._paragraph.append((start, end))

    def _open(self, start: int) -> None:
        """When the sentence at ``start`` opens a line, what came before is the paragraph before."""
        if not self._paragraph or self._folded.find("\n", self._paragraph[-1][1], start) < 0:
            return
        if len(self._paragraph) > 1 or self._paragraph[0] != self._heading:
            self._previous = self._paragraph
        self._paragraph = []

    def _look(self) -> list[Seen]:
        found: list[Seen] = []
        if self._paragraph:
            found.append((self._bits(self._paragraph[-1]), _BEFORE))
        found += [(self._bits(span), _PARAGRAPH) for span in reversed(self._paragraph[-1 - _SENTENCES : -1])]
        if self._heading is not None:
            found.append((self._bits(self._heading), _HEADING))
        nouns = self._knowledge.nouns
        found += [(self._bits(span) & nouns, _EARLIER) for span in reversed(self._previous[-_SENTENCES:])]
        return found

    def _bits(self, span: tuple[int, int]) -> int:
        if span not in self._known:
            self._known[span] = scan_classes(self._folded, span[0], span[1], self._knowledge)
        return self._known[span]
