"""What a page says about its text among its lines - 发布机构、索引号、发布日期 - and lines that belong to the page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from gknlp.knowledge.pages import Pages, load_pages
from gknlp.knowledge.sections import load_sections
from gknlp.model import Metadata
from gknlp.readers.layout import Block, TextGrid, cell_text
from gknlp.text.normalize import fold

_LONGEST_LINE = 200
_LONGEST_VALUE = 100
_OPENING = 800  # characters in which the title of a report stands
_MOST_LABELLED = 80  # cells of a table that only says things about the text
_OTHER = "other"
_EDGES = " \t\u3000|·>»›《》【】[]"
_NO_WORD = re.compile(r"\W+")


def page_labels(blocks: Sequence[Block]) -> tuple[list[Block], tuple[Metadata, ...]]:
    """Return the blocks without the lines and tables that belong to the page, and what these say as metadata.

    >>> blocks, said = page_labels(["发布机构：云岭县财政局  发布日期：2022-01-20", "一、总体情况", "【打印】【关闭】"])
    >>> blocks, [(entry.name, entry.value) for entry in said]
    (['一、总体情况'], [('publisher', '云岭县财政局'), ('published', '2022-01-20')])
    """
    known = load_pages()
    kept: list[Block] = []
    said: dict[Metadata, None] = {}
    for block in blocks:
        if isinstance(block, str):
            lines = [line for line in block.split("\n") if not _is_aside(line, known, said)]
            if lines:
                kept.append("\n".join(lines))
        elif not (isinstance(block, TextGrid) and _is_form_of_labels(block, known, said)):
            kept.append(block)
    return kept, tuple(said)


def _is_aside(line: str, known: Pages, said: dict[Metadata, None]) -> bool:
    """Whether a line belongs to the page; what it says is added to ``said``."""
    stripped = line.strip(_EDGES)
    if not stripped or len(stripped) > _LONGEST_LINE:
        return False
    found = list(known.label.finditer(stripped))
    if found and not stripped[: found[0].start()].strip(_EDGES):
        ends = [*(match.start() for match in found[1:]), len(stripped)]
        pairs = [(match[1], stripped[match.end() : end].strip(_EDGES)) for match, end in zip(found, ends, strict=True)]
        if all(len(value) <= _LONGEST_VALUE and "。" not in value for _, value in pairs):
            _add(pairs, known, said)
            return True
    return known.aside_line.fullmatch(stripped) is not None


def _is_form_of_labels(grid: TextGrid, known: Pages, said: dict[Metadata, None]) -> bool:
    """Whether a table says things about the text only: its cells are labels and their values."""
    if len(grid.cells) > _MOST_LABELLED:
        return False
    cells = [cell_text(cell.text).strip(_EDGES) for cell in grid.cells]
    pairs: list[tuple[str, str]] = []
    taken = 0
    for cell, following in zip(cells, [*cells[1:], ""], strict=True):
        label = cell.rstrip(" :：")
        if (match := known.label.match(cell)) and (value := cell[match.end() :].strip(_EDGES)):
            pairs.append((match[1], value))
            taken += 1
        elif label in known.fields:
            pairs.append((label, "" if following.rstrip(" :：") in known.fields else following))
            taken += 2
    if len(pairs) < 2 or taken < len([cell for cell in cells if cell]) - 1:
        return False
    _add(pairs, known, said)
    return True


def _add(pairs: Iterable[tuple[str, str]], known: Pages, said: dict[Metadata, None]) -> None:
    for label, value in pairs:
        field = known.fields[label]
        if value and field != _OTHER:
            said.setdefault(Metadata(name=field, value=value))


def with_title(blocks: Sequence[Block], metadata: Iterable[Metadata]) -> list[Block]:
    """Return the blocks behind the title that the page states, where they do not begin with one.

    Pages often print the title outside the text, or in a picture.
    """
    opening = _bare("".join(block for block in blocks[:20] if isinstance(block, str))[:_OPENING])
    words = load_sections().title
    if any(subject in opening for subject in words.subjects) and any(ending in opening for ending in words.endings):
        return list(blocks)
    titles = [entry.value for entry in metadata if entry.name in ("title", "page_title")]
    for title in titles:
        own = re.split(r"[-_|–—]", title)[0].strip()
        folded = fold(own)
        if any(s in folded for s in words.subjects) and any(e in folded for e in words.endings):
            return [own, *blocks]
    return list(blocks)


def _bare(text: str) -> str:
    return _NO_WORD.sub("", fold(text))
