"""The laws as functions: what must hold of the changes between any two records, whatever stands in them."""

from __future__ import annotations

import contextlib
import json
import re
import signal
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from watcher.changes.table import KINDS
from watcher.model import Change

_INDEX = re.compile(r"\[\d+\]")


def hold(found: Sequence[Change]) -> None:
    """Assert what holds of every list of changes: kinds, sentences, paths, numbers, parents, JSON."""
    assert [change.id for change in found] == list(range(len(found)))
    assert json.loads(json.dumps([change.as_dict() for change in found], ensure_ascii=False))[: len(found)] is not None
    for change in found:
        rule = KINDS[change.kind].rule
        assert change.kind in KINDS
        assert change.severity in {rule.default, *(step for step, _ in rule.steps)}
        assert change.sentence.strip()
        assert change.paths
        assert len(change.subject) < 1000
        assert change.parent is None or (change.parent != change.id and found[change.parent].parent is None)


def meaning(found: Sequence[Change]) -> Counter[tuple[Any, ...]]:
    """Everything that is told, without the places at which it stands in its lists."""
    return Counter(
        (
            change.kind,
            change.severity,
            change.subject,
            change.old,
            change.new,
            change.sentence if change.kind != "record.changed" else "",  # it names places
            change.registry_side,
            None if change.parent is None else found[change.parent].kind,
            tuple(sorted({_INDEX.sub("[]", path) for path in change.paths})),
        )
        for change in found
    )


class TooSlow(AssertionError):
    """Something took longer than it may."""


@contextlib.contextmanager
def within(seconds: float) -> Iterator[None]:
    """End what hangs, and fail what took more processor time than this; five times as long may pass on the wall."""

    def ended(number: int, frame: object) -> None:
        raise TooSlow(f"hung for {5 * seconds} s")

    before = signal.signal(signal.SIGALRM, ended)
    signal.setitimer(signal.ITIMER_REAL, 5 * seconds)
    began = time.process_time()
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    taken = time.process_time() - began
    if taken > seconds:
        raise TooSlow(f"took {taken:.2f} s of at most {seconds} s")
