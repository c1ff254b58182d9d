"""One profile for all property tests: the same examples on every run, so that a failure is always the change's."""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("steady", derandomize=True, deadline=None)
settings.register_profile("search", deadline=None)  # HYPOTHESIS_PROFILE=search looks for new failures
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))
