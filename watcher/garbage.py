"""The collector of cycles, put to rest while records are read."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """No cycles are looked for: a page of records is many thousand dictionaries and not one cycle.

    Looking through them again and again took a quarter of the time of a first load. What is in no cycle is freed as
    ever, and the collector goes on afterwards.
    """
    was_at_work = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_at_work:
            gc.enable()
