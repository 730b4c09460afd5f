"""Every page by its address, and every form: a page is a function from a visit to a response."""

from __future__ import annotations

from collections.abc import Mapping

from watcher.web.forms import Wished
from watcher.web.pages import alert, api, compare, feeds, inbox, studies, study, watches
from watcher.web.visit import Show

PAGES: Mapping[str, Show] = {
    **alert.PAGES,
    **api.PAGES,
    **compare.PAGES,
    **feeds.PAGES,
    **inbox.PAGES,
    **studies.PAGES,
    **study.PAGES,
    **watches.PAGES,
}
ACTIONS: Mapping[str, Wished] = {
    **inbox.ACTIONS,
}
