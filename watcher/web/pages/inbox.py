"""The newest alerts, and what a reader answers to them."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import Response

from watcher.alerts.accounts import Found
from watcher.requests import Request as Wish
from watcher.requests import request
from watcher.store.inbox import COUNTED_TO
from watcher.views.inbox import entry_of
from watcher.web.forms import Fields, Wished
from watcher.web.frame import shown
from watcher.web.pages.filtering import Filter
from watcher.web.render import with_query
from watcher.web.site import Site
from watcher.web.visit import Show, Visit


def inbox(visit: Visit) -> Response:
    """The newest alerts that the filter lets through, and where the older and the newer are."""
    chosen = Filter(visit)
    found = visit.store.inbox.page(chosen.shelf())
    entries = [entry_of(accounts) for accounts in found.entries]
    return shown(
        visit,
        "inbox.html.j2",
        "Inbox",
        entries=entries,
        unread=visit.store.inbox.unread(),
        counted_to=COUNTED_TO,
        choices=chosen.choices(),
        filter=chosen,
        older=_turned(chosen, before=found.older),
        newer="" if found.is_newest or not entries else _turned(chosen, after=max(entries[0].numbers)),
        looked_to=found.looked_to,
        standing=_standing(visit, found, chosen),
    )


def _turned(chosen: Filter, **to: int | None) -> str:
    return with_query("/", **chosen.asked, **to) if all(to.values()) else ""


def _standing(visit: Visit, found: Found, chosen: Filter) -> Mapping[str, object] | None:
    """What is said where there is nothing to show; None where there is something."""
    if found.entries:
        return None
    poll, health = visit.store.meta.poll_state(), visit.store.reports.health()
    return {
        "filtered": chosen.is_narrowed,
        "any": health.alerts > 0,
        "studies": health.studies.get("listed", 0),
        "watches": len(visit.config.watches),
        "poll": poll,
    }


def acknowledge(_site: Site, fields: Fields) -> Wish:
    """Somebody has seen these alerts."""
    return request("acknowledge", alerts=_alerts(fields))


def noise(_site: Site, fields: Fields) -> Wish:
    """These alerts were noise to their reader."""
    return request("mark as noise", alerts=_alerts(fields))


def _alerts(fields: Fields) -> list[int]:
    """The numbers of alerts; those of one entry stand together in one field."""
    parts = [number for text in fields.all("alert") for number in text.split()]
    return list(dict.fromkeys(Fields({"alert": parts}).numbers("alert")))


PAGES: Mapping[str, Show] = {"/": inbox}
ACTIONS: Mapping[str, Wished] = {"/alerts/acknowledge": acknowledge, "/alerts/noise": noise}
