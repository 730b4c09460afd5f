"""Every page by its address, and every form: a page is a function from a visit to a response."""

from __future__ import annotations

from collections.abc import Mapping

from watcher.web.forms import Wished
from watcher.web.pages import (
    alert,
    api,
    compare,
    deliveries,
    feeds,
    health,
    inbox,
    mass,
    silences,
    studies,
    study,
    watches,
)
from watcher.web.visit import Show

PAGES: Mapping[str, Show] = {
    **alert.PAGES,
    **api.PAGES,
    **compare.PAGES,
    **deliveries.PAGES,
    **feeds.PAGES,
    **health.PAGES,
    **inbox.PAGES,
    **mass.PAGES,
    **silences.PAGES,
    **studies.PAGES,
    **study.PAGES,
    **watches.PAGES,
}
ACTIONS: Mapping[str, Wished] = {
    **deliveries.ACTIONS,
    **inbox.ACTIONS,
    **mass.ACTIONS,
    **silences.ACTIONS,
}
