"""``python -m tests.golden --write``: write the golden files anew."""

from __future__ import annotations

import sys

from tests import golden

if sys.argv[1:] != ["--write"]:
    sys.exit(golden.__doc__)
golden.write()
