"""A request with a part that no command would leave: refused in words, once."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from watcher.audience import Audience
from watcher.requests import Desk, Request, carry_out_all, leave
from watcher.store import opened

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def test_a_silence_without_its_kinds_is_refused_and_not_tried_at_every_tick(tmp_path: Path) -> None:
    about = {"study": "", "kinds": None, "route": "", "reason": "audit", "until": "2026-07-01T00:00:00+00:00"}
    with opened(tmp_path / "watcher.db") as store:
        leave(store.path, Request("0" * 16, "silence", about))
        carry_out_all(Desk(store, Audience((), (), {}), NOW))
        outcome = store.requests.outcome("0" * 16)
        assert outcome is not None
        assert outcome.failed
    assert not list(tmp_path.glob("*.request-*"))
