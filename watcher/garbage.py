"""Memory: the collector of cycles is put to rest while records are read, and what was freed is given back."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager, suppress


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


def give_back() -> None:
    """Give the system back what was freed: the first look at many studies leaves a heap that is never needed again.

    Where the C library knows no such thing, nothing is done.
    """
    import ctypes

    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).malloc_trim(0)
