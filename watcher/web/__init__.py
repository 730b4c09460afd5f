"""The page that `watcher run` serves. Server and libraries are loaded only where it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from watcher.config.values import WebSettings

if TYPE_CHECKING:
    from watcher.metrics.gauges import Gauges
    from watcher.metrics.tally import Tally
    from watcher.web.health import Verdict
    from watcher.web.server import Served


@contextmanager
def page(
    settings: WebSettings | None, health: Callable[[], Verdict], tally: Tally, gauges: Gauges
) -> Iterator[Served | None]:
    """The page while the block lasts, listening from its first line on; None where none is asked for.

    Raises ConfigError where the address cannot be listened on.
    """
    if settings is None:
        yield None
        return
    from watcher.metrics.exposition import exposition
    from watcher.web.app import application
    from watcher.web.server import serve

    with serve(settings, application(settings, health, exposition(tally, gauges))) as served:
        yield served
