"""Many words as one regular expression shaped like a trie: its cost does not grow with their number."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

_Node = dict[str, "_Node"]
_END = ""
_BRANCHES, _LEAF = 4, 12  # of the pattern of very many words; measured
_PARTS = re.compile(r"\\.|\[\^?\]?[^]]*\]|[()|]", re.DOTALL)  # of a pattern: what is no part of a word, or cuts
_OPTIONAL = re.compile(r"([^-\\.^$*+?{}\[\]|()])\?(?![+?])")
# What an alternative begins with: a character or one of a class, once, perhaps at the beginning of the text only.
_HEAD = re.compile(r"(\^?)(?:\[([^]\\^-](?:[^]\\]*[^]\\-])?)\]|([^-\\.^$*+?{}\[\]|()]))(?![*+?{])")

_DEPTHS = {"(": 1, ")": -1}


def trie_pattern(words: Iterable[str]) -> str:
    """Return a pattern that matches exactly the longest of ``words`` at a place.

    >>> import re
    >>> re.findall(trie_pattern(["ab", "abc", "x"]), "abcx ab")
    ['abc', 'x', 'ab']
    """
    root: _Node = {}
    for word in words:
        node = root
        for char in word:
            node = node.setdefault(char, {})
        node[_END] = {}
    return _render(root)


def many_pattern(words: Iterable[str]) -> str:
    """Return a pattern that matches as that of :func:`trie_pattern`, made for thousands of words.

    An alternation tries its branches one by one; with a thousand first characters that costs more than all the rest.
    So these stand in branches of branches, each behind a look at its first characters.

    >>> import re
    >>> re.findall(many_pattern(["ab", "abc", "x"]), "abcx ab")
    ['abc', 'x', 'ab']
    """
    by_first: dict[str, list[str]] = {}
    for word in words:
        by_first.setdefault(word[0], []).append(word)
    # Branches are tried in order: what most words begin with comes first.
    firsts = sorted(by_first, key=lambda first: (-len(by_first[first]), first))
    return _look(firsts) + _branched(firsts, by_first)


def grouped_pattern(pattern: str) -> str:
    """Return a pattern that matches as an alternation of others, with those of one first character put together.

    So the alternatives of other characters are not tried one by one. Where some begin with a class of characters, the
    search is for the class of all first characters. The pattern is returned as it is when an alternative begins with
    anything else.

    >>> grouped_pattern("ab+|c|a[d|e]")
    'a(?:b+|[d|e])|c'
    >>> grouped_pattern("[ab]c|d")
    '[abd](?:(?<=[ab])c|(?<=[d]))'
    """
    parts = [part for whole in _cut(pattern) for part in _spread(whole)]
    heads = [found for found in map(_HEAD.match, parts) if found]
    if len(heads) < len(parts):
        return pattern
    if any(head[1] or head[2] for head in heads):
        firsts = [head[2] or head[3] for head in heads]
        ways = [
            f"(?<={head[1]}[{first}]){part[head.end() :]}"
            for head, first, part in zip(heads, firsts, parts, strict=True)
        ]
        return f"[{''.join(firsts)}](?:{'|'.join(ways)})"
    by_first: dict[str, list[str]] = {}
    for part in parts:
        by_first.setdefault(part[0], []).append(part[1:])
    return "|".join(
        first + (rests[0] if len(rests) == 1 else f"(?:{'|'.join(rests)})") for first, rests in by_first.items()
    )


def _cut(pattern: str) -> Iterator[str]:
    """The alternatives of a pattern."""
    start = depth = 0
    for found in _PARTS.finditer(pattern):
        depth += _DEPTHS.get(found[0], 0)
        if found[0] == "|" and not depth:
            yield pattern[start : found.start()]
            start = found.end()
    yield pattern[start:]


def _spread(part: str) -> Iterator[str]:
    """The alternatives that one is which begins with a group of others, or with what may be missing."""
    begin, part = ("^", part[1:]) if part.startswith("^") else ("", part)
    inner, rest = _opening(part)
    if optional := _OPTIONAL.match(part):
        yield begin + optional[1] + part[2:]
        yield from _spread(begin + part[2:])
    elif inner and not rest.startswith(("*", "+", "{", "??", "?+")):
        for head in _cut(inner):
            yield from _spread(begin + head + rest.removeprefix("?"))
        if rest.startswith("?"):
            yield from _spread(begin + rest[1:])
    else:
        yield begin + part


def _opening(part: str) -> tuple[str, str]:
    """What stands in the group that begins a pattern, and behind it."""
    depth = 0
    for found in _PARTS.finditer(part if part.startswith("(?:") else ""):
        depth += _DEPTHS.get(found[0], 0)
        if not depth:
            return part[3 : found.start()], part[found.end() :]
    return "", part


def _branched(firsts: list[str], words: Mapping[str, list[str]]) -> str:
    if len(firsts) <= _LEAF:
        return trie_pattern(word for first in firsts for word in words[first])
    size = max(_LEAF, -(-len(firsts) // _BRANCHES))
    parts = [firsts[start : start + size] for start in range(0, len(firsts), size)]
    return f"(?:{'|'.join(_look(part) + _branched(part, words) for part in parts)})"


def _look(firsts: Iterable[str]) -> str:
    return f"(?=[{''.join(map(re.escape, firsts))}])"


def _render(node: _Node) -> str:
    """Return the pattern of a node's branches; a node that ends a word makes its branches optional."""
    branches = [(char, child) for char, child in sorted(node.items()) if char != _END]
    leaves = [re.escape(char) for char, child in branches if set(child) == {_END}]
    parts = [re.escape(char) + _render(child) for char, child in branches if set(child) != {_END}]
    if leaves:
        parts.append(leaves[0] if len(leaves) == 1 else f"[{''.join(leaves)}]")
    if not parts:
        return ""
    body = parts[0] if len(parts) == 1 and _END not in node else f"(?:{'|'.join(parts)})"
    return f"{body}?" if _END in node else body
