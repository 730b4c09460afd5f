"""The HTTP client, imported here and nowhere else, so that another one takes its place in one line.

Without its command line, which it loads where the packages for it are at hand: nobody calls it here, and it would make
every start slower and every process larger.
"""

from __future__ import annotations

import sys

# An import of what stands as None fails as if it were not installed, which the client is made for.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]

import httpx  # noqa: E402 - only after the line above

__all__ = ["httpx"]
