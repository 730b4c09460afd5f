"""The page that `watcher run` serves. Server and libraries are loaded only where it is asked for."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from watcher.config.values import WebSettings
from watcher.errors import ConfigError

if TYPE_CHECKING:
    from watcher.web.server import Served
    from watcher.web.site import Site

log = logging.getLogger(__name__)


@contextmanager
def page(settings: WebSettings | None, site: Callable[[], Site]) -> Iterator[Served | None]:
    """The page while the block lasts, listening from its first line on; None where none is asked for.

    Raises ConfigError where the address cannot be listened on; one that nobody chose is done without.
    """
    if settings is None:
        yield None
        return
    from watcher.web.app import application
    from watcher.web.server import serve

    with ExitStack() as stack:
        try:
            served = stack.enter_context(serve(settings, application(settings, site())))
        except ConfigError as error:
            if settings.chosen:
                raise
            log.warning("no page is served: %s", error)
            served = None
        yield served
