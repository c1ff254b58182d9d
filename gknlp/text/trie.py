"""Many literal words as one regular expression shaped like a trie: its cost does not grow with their number."""

from __future__ import annotations

import re
from collections.abc import Iterable

_Node = dict[str, "_Node"]
_END = ""


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
