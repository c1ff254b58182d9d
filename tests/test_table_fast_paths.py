"""What is read at a glance is what is read closely: the short ways through the tables give what the long ways give."""

from __future__ import annotations

import re
from pathlib import Path
from random import Random

import pytest

from gknlp.readers import read_path
from gknlp.tables import labels, lexer, solve
from gknlp.tables.lexer import Fragment
from gknlp.tables.lines import Value
from gknlp.tables.solve import Candidate, Known, Roles, candidates
from gknlp.text.normalize import fold
from gknlp.text.trie import trie_pattern
from tests.mutation import mutations
from tests.support.filled import fill
from tests.support.noise import LINE_NOISE, SHEET_NOISE
from tests.support.render import LAYOUTS, render

EXAMPLES = Path(__file__).parent.parent / "examples"
# Whatever depends on the words around it: signs, units, ordinals, marks, zeros that lost their separators.
PIECES = (
    *("0", "00", "016", "12", "3.5", "1,204", "-3", "+7", "123456789012345", "５"),
    *("增加", "减", "本年增", "件", "万元", "无", "空", "其他", "总计", "公开", "属于国家秘密", "第", "三到位"),
    *("1.", "3、", "(2)", "(一)", "一、", "-", "/", "——", "”", "、", "(", "%", "a1", "第3条", "3件", "增加5", "其他3"),
    *("\t", "\t\t", " ", "  ", "\n", "|", " | ", "\x1c", "\u3000"),
)


def closely(folded: str, start: int, end: int) -> tuple[list[Fragment], list[Value]]:
    fragments: list[Fragment] = []
    values: list[Value] = []
    lexer._scan_closely(folded, start, end, end, fragments, values)
    return fragments, values


def at_a_glance(folded: str, start: int, end: int) -> tuple[list[Fragment], list[Value]]:
    fragments: list[Fragment] = []
    values: list[Value] = []
    lexer._scan(folded, start, end, fragments, values)
    return fragments, values


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.txt")), ids=lambda path: path.stem)
def test_words_of_damaged_examples(path: Path) -> None:
    random = Random(path.stem)
    text = read_path(path).text
    for mutation in random.sample(list(mutations(text, random)), 12):
        folded = fold(mutation.apply(text))
        assert at_a_glance(folded, 0, len(folded)) == closely(folded, 0, len(folded)), mutation


@pytest.mark.parametrize("layout", LAYOUTS)
def test_words_of_every_layout(layout: str) -> None:
    for seed in range(4):
        random = Random(seed)
        noise = random.sample([*SHEET_NOISE, *LINE_NOISE], 3)
        folded = fold(render(fill(random.choice(("F2019", "F2021")), random), layout, noise, seed=seed))
        assert at_a_glance(folded, 0, len(folded)) == closely(folded, 0, len(folded)), seed


def test_words_that_depend_on_their_neighbours() -> None:
    for seed in range(3000):
        random = Random(seed)
        folded = fold("".join(random.choices(PIECES, k=random.randint(1, 14))))
        start = random.randrange(len(folded)) if seed % 3 == 0 else 0
        end = random.randint(start, len(folded)) if seed % 5 == 0 else len(folded)
        if start < end:
            assert at_a_glance(folded, start, end) == closely(folded, start, end), (folded, start, end)


def test_labels_are_the_longest_of_those_that_begin_first() -> None:
    """The automaton finds what a search from left to right with the longest label first finds."""
    finder, readings = labels._vocabulary()
    keys = [reading.key for reading in readings]
    pattern = re.compile(trie_pattern(keys))
    for seed in range(1000):
        random = Random(seed)
        pieces = [key[random.randint(0, 1) : random.choice((None, -1, 3))] for key in random.choices(keys, k=8)]
        text = "".join(pieces)
        found = [(keys[which], start, end) for which, start, end in finder.longest(text)]
        assert found == [(match[0], *match.span()) for match in pattern.finditer(text)], text


def test_few_choices_are_listed_to_the_same_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """The search for the candidates that stand in a solution and the list of all solutions leave the same ones."""
    roles = Roles(("a", "b", "c"), "new", "in", "total", "out")
    tried = 0
    for seed in range(400):
        short, known = damaged_table(Random(seed))
        if not short or any(not options for options in short.values()):
            continue
        tried += 1
        monkeypatch.setattr(solve, "MAX_LISTED", 10**9)
        listed = solve.solve(short, known, roles)
        monkeypatch.setattr(solve, "MAX_LISTED", 0)
        searched = solve.solve(short, known, roles)
        assert searched.stopped or listed._replace(solutions=searched.solutions) == searched, seed
        assert listed.solutions == searched.solutions or searched.solutions == solve.MAX_COUNTED, seed
    assert tried > 200


def damaged_table(random: Random) -> tuple[dict[str, tuple[Candidate, ...]], dict[str, Known]]:
    """Return a small table with rows that lost a number, at times with a slip in another row."""
    width = 4
    parts = {name: [random.choice((0, 0, 0, 1, 2, 5)) for _ in range(width - 1)] for name in "abc"}
    rows = {name: [*row, sum(row)] for name, row in parts.items()}
    rows["total"] = [sum(rows[name][column] for name in "abc") for column in range(width)]
    rows["in"], rows["out"] = [0] * width, [0] * width
    rows["new"] = list(rows["total"])
    if random.random() < 0.3:
        rows[random.choice(("total", "new", "out"))][random.randrange(width)] += 1
    lost = random.sample(sorted(rows), random.randint(1, 3))
    short: dict[str, tuple[Candidate, ...]] = {}
    for name in lost:
        numbers = list(rows.pop(name))
        del numbers[random.randrange(width)]
        short[name] = candidates(numbers, width, (6,) * width) or ()
    return short, {name: tuple(row) for name, row in rows.items()}
