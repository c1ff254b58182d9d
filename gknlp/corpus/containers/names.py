"""Names of documents within containers: what they are called, and where their output may go."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from gknlp.corpus.inputs import Input

SEPARATOR = "!"
_NO_NAME = re.compile(r'[\x00-\x1f<>:"|?*]')
_LONGEST = 200  # characters of a name that comes from an address


def member_of(item: Input, name: str, data: bytes | None = None, problem: str | None = None) -> Input:
    """Return the input of one member; its output stays beneath that of its container, whatever it is called.

    >>> member_of(Input("a.zip", "a.zip"), "../../etc/passwd").inside
    'a.zip/etc/passwd'
    """
    parts = [part for part in PurePosixPath(name.replace("\\", "/")).parts if part not in ("/", "..", ".")]
    safe = [_NO_NAME.sub("_", part)[:_LONGEST] for part in parts] or ["document"]
    return Input(f"{item.path}{SEPARATOR}{name}", "/".join([item.inside, *safe]), problem=problem, data=data)
