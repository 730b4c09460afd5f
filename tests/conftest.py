"""One profile for every property: the same examples on every run, so that what is red is red for everybody.

`HYPOTHESIS_PROFILE=search pytest ...` looks for new ones; `make fuzz` does so for hostile input.
"""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("suite", derandomize=True)
settings.register_profile("search", derandomize=False)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))
