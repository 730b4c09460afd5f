"""The outbox: what waits and why, what failed, what arrived; and what the operator does about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from starlette.responses import Response

from watcher.alerts.schedule import DeliveryStatus
from watcher.errors import UsageError
from watcher.requests import Request as Wish
from watcher.requests import request
from watcher.store import opened
from watcher.store.deliveries import NEWEST, OPEN
from watcher.views import deliveries as views
from watcher.web.forms import Fields, Wished, whole_numbers
from watcher.web.frame import shown
from watcher.web.parameters import number_in_path
from watcher.web.render import with_query
from watcher.web.site import Site
from watcher.web.visit import BadQuestion, Show, Visit

PAGE = 50


def deliveries(visit: Visit) -> Response:
    """What is in the outbox, newest first."""
    status, channel = visit.text("status"), visit.text("channel")
    before = _before(visit.text("before"))
    found = visit.store.deliveries.listed(_statuses(status), channel=channel, before=before, limit=PAGE + 1)
    outages = visit.store.deliveries.outages()
    channels = views.by_channel(visit.store.deliveries.counts(), [one.name for one in visit.config.channels])
    more = {"before": found[PAGE - 1].id} if len(found) > PAGE else {}
    return shown(
        visit,
        "deliveries.html.j2",
        "Deliveries",
        entries=[views.entry(info, outages, visit.now) for info in found[:PAGE]],
        failing=views.failing(outages, visit.now),
        channels=channels,
        filters=views.filters(),
        status=status,
        channel=channel,
        older=with_query("/deliveries", status=status, channel=channel, **more) if more else "",
        newest=with_query("/deliveries", status=status, channel=channel) if before != NEWEST else "",
    )


def _statuses(word: str) -> Sequence[DeliveryStatus]:
    if word in {"", "all"}:
        return tuple(DeliveryStatus) if word else OPEN
    if word not in set(DeliveryStatus):
        raise BadQuestion(f"status {word!r}: expected one of {', '.join(DeliveryStatus)}, or all.")
    return (DeliveryStatus(word),)


def _before(said: str) -> int:
    return whole_numbers("before", [said])[0] if said else NEWEST


def delivery(visit: Visit) -> Response:
    """One delivery, with the alerts that it tells."""
    number = number_in_path(visit, "delivery")
    found = views.entry(visit.store.deliveries.get(number), visit.store.deliveries.outages(), visit.now)
    alerts = visit.store.deliveries.alerts(number)
    return shown(visit, "delivery.html.j2", f"Delivery {number}", entry=found, alerts=alerts)


def chosen(visit: Visit) -> Response:
    """What was chosen from the list, once more, before anything is done about it."""
    numbers = whole_numbers("delivery", visit.request.query_params.getlist("delivery"))
    outages = visit.store.deliveries.outages()
    entries = [views.entry(info, outages, visit.now) for info in visit.store.deliveries.some(numbers)]
    title = "Retry or drop deliveries"
    return shown(visit, "deliveries_chosen.html.j2", title, entries=entries, way_back=_way_back(visit))


def _way_back(visit: Visit) -> str:
    return with_query("/deliveries", status=visit.text("status"), channel=visit.text("channel"))


def retry(site: Site, fields: Fields) -> Wish:
    """Send these again, or every dead letter of a channel."""
    return request("retry", deliveries=_named(site, fields))


def drop(site: Site, fields: Fields) -> Wish:
    """Never send these."""
    return request("drop", deliveries=_named(site, fields))


def _named(site: Site, fields: Fields) -> list[int]:
    """The deliveries that a form names, one by one or as all dead letters of a channel."""
    channel = fields.one("dead")
    if not channel:
        return fields.numbers("delivery")
    with opened(site.database, read_only=True) as store:
        found = store.deliveries.dead(channel)
    if not found:
        raise UsageError(f"There is no dead letter of channel {channel}.")
    return list(found)


PAGES: Mapping[str, Show] = {
    "/deliveries": deliveries,
    "/deliveries/chosen": chosen,
    "/deliveries/{number:digits}": delivery,
}
ACTIONS: Mapping[str, Wished] = {"/deliveries/retry": retry, "/deliveries/drop": drop}
