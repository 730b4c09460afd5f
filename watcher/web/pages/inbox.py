"""The newest alerts, and what a reader answers to them."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import Response

from watcher.alerts.accounts import Asked
from watcher.requests import Request as Wish
from watcher.requests import request
from watcher.web.forms import Fields, Wished
from watcher.web.frame import shown
from watcher.web.site import Site
from watcher.web.visit import Show, Visit


def inbox(visit: Visit) -> Response:
    """The newest alerts."""
    found = visit.store.accounts.find(Asked())
    return shown(visit, "inbox.html.j2", "Inbox", accounts=found)


def acknowledge(_site: Site, fields: Fields) -> Wish:
    """Somebody has seen these alerts."""
    return request("acknowledge", alerts=fields.numbers("alert"))


PAGES: Mapping[str, Show] = {"/": inbox}
ACTIONS: Mapping[str, Wished] = {"/alerts/acknowledge": acknowledge}
