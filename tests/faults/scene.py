"""A polled database in front of a registry on whose wire anything can go wrong."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from tests.faults.wire import Registry
from tests.test_poll import EVERY, Days, day
from watcher.poll import Poller
from watcher.registry import client
from watcher.registry.transport import Transport
from watcher.store import Store, opened


@dataclass
class Scene(Days):
    """Days that are served by a registry which may fail, and which does not say that it is a rehearsal."""

    registry: Registry | None = None
    timeout: timedelta = timedelta(seconds=10)

    @property
    def wire(self) -> Registry:
        """The registry; there always is one in a test."""
        assert self.registry is not None
        return self.registry

    @contextmanager
    def poller(self, number: int, base_url: str = "") -> Iterator[tuple[Poller, Store]]:
        """A poller, as a process that has just been started would have it, with the registry on this day."""
        self.wire.day = day(number)
        with opened(self.database) as store:
            transport = Transport(base_url or self.wire.base_url, min_interval=timedelta(0), timeout=self.timeout)
            asked = client.Registry(transport)
            try:
                yield Poller(asked, store, self.audience, self.clock, every=EVERY), store
            finally:
                self.requests = asked.requests
                asked.close()
