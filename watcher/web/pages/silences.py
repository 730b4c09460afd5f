"""Silences: what nobody is to hear for a while, added and ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from starlette.responses import Response

from watcher.config.kinds import known_kinds
from watcher.requests import Request as Wish
from watcher.requests import request
from watcher.steering import LONGEST_REASON, Asked, silencing
from watcher.store import opened
from watcher.views.silences import about_text, families, shown_silences
from watcher.web.forms import Fields, Wished
from watcher.web.frame import shown
from watcher.web.site import Site
from watcher.web.visit import Show, Visit

# What is over stays to be looked up; so many of them are shown.
PAST_SHOWN = 100


def silences(visit: Visit) -> Response:
    """What is silenced, what was, and the form for another one; parameters of the address fill that in."""
    entries = shown_silences(visit.store.silences.all(), visit.now)
    return shown(
        visit,
        "silences.html.j2",
        "Silences",
        holding=[entry for entry in entries if entry.holds],
        past=[entry for entry in entries if not entry.holds][:PAST_SHOWN],
        about_text=about_text,
        families=families({name: kind.meaning for name, kind in known_kinds().items()}),
        routes=_routes(visit),
        given={name: visit.text(name) for name in ("study", "kind", "route", "until", "reason")},
        longest=LONGEST_REASON,
    )


def _routes(visit: Visit) -> Sequence[str]:
    return [route.name for route in visit.config.routes]


def add(site: Site, fields: Fields) -> Wish:
    """A silence, read and checked as the command does."""
    study = fields.one("study")
    asked = Asked(
        until=fields.one("until"),
        reason=fields.one("reason"),
        studies=(study,) if study else (),
        kind=fields.one("kind"),
        route=fields.one("route"),
        everything=bool(fields.one("everything")),
    )
    asked.require_sense()
    with opened(site.database, read_only=True) as store:
        (wish,) = silencing(asked, site.config(), store, store.meta.present(site.now()))
    return wish


def end(_site: Site, fields: Fields) -> Wish:
    """A silence is over."""
    return request("end silence", silence=fields.numbers("silence")[0])


PAGES: Mapping[str, Show] = {"/silences": silences}
ACTIONS: Mapping[str, Wished] = {"/silences/add": add, "/silences/end": end}
