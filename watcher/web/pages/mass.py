"""Mass changes: the same change in many studies at once, held back until the operator decides."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import Response

from watcher.audience import Audience, of_today, routed_with_members
from watcher.changes.mass import APPROVED, DISMISSED, OPEN
from watcher.model import Target
from watcher.requests import Request as Wish
from watcher.requests import request
from watcher.views.mass import would_send
from watcher.web.forms import Fields, Wished, whole_numbers
from watcher.web.frame import shown
from watcher.web.render import with_query
from watcher.web.site import Site
from watcher.web.visit import BadQuestion, Show, Visit

PAGE = 50
DECISIONS = {OPEN: "waits for a decision", APPROVED: "approved", DISMISSED: "dismissed"}


def masses(visit: Visit) -> Response:
    """Every mass change there was, newest first."""
    found = visit.store.holds.all()
    return shown(visit, "masses.html.j2", "Mass changes", holds=found, decisions=DECISIONS)


def mass(visit: Visit) -> Response:
    """One mass change, with the changes that it holds back."""
    hold = visit.store.holds.get(visit.part("hold"))
    after = _after(visit)
    held = visit.store.holds.held(hold.id, after, PAGE + 1)
    title = f"Mass change {hold.id}"
    return shown(
        visit,
        "mass.html.j2",
        title,
        hold=hold,
        decision=DECISIONS.get(hold.decision, hold.decision),
        held=held[:PAGE],
        further=_further(visit, held[PAGE - 1].place) if len(held) > PAGE else "",
        first=f"/mass/{hold.id}" if after != ("", 0) else "",
    )


def _after(visit: Visit) -> tuple[str, int]:
    """Where the list goes on: behind a change of a study."""
    study, number = visit.text("study"), visit.text("after")
    return (study, whole_numbers("after", [number])[0]) if study and number else ("", 0)


def _further(visit: Visit, place: tuple[str, int]) -> str:
    return with_query(visit.request.url.path, study=place[0], after=place[1])


def approval(visit: Visit) -> Response:
    """What an approval would send, and to whom, before it is given."""
    hold = visit.store.holds.get(visit.part("hold"))
    # One recipient for each channel: which there are is known to the process that delivers.
    targets = {channel.name: (Target(channel.name, "recipients"),) for channel in visit.config.channels}
    today = of_today(Audience(visit.config.watches, visit.config.routes, targets), visit.store, visit.now)
    alerts, owed = routed_with_members(today, visit.store, visit.store.holds.steps(hold.id, visit.now))
    return shown(
        visit,
        "mass_approve.html.j2",
        f"Approve mass change {hold.id}?",
        hold=hold,
        decided=hold.decision == APPROVED,
        sent=would_send(alerts, owed),
        alerts=len(alerts),
    )


def approve(_site: Site, fields: Fields) -> Wish:
    """Send what is held back to its readers."""
    return request("approve", holds=_holds(fields))


def dismiss(_site: Site, fields: Fields) -> Wish:
    """Send nothing of it."""
    return request("dismiss", holds=_holds(fields))


def _holds(fields: Fields) -> list[str]:
    found = [name for name in dict.fromkeys(fields.all("hold")) if name]
    if not found:
        raise BadQuestion("hold: expected the mass change, as the page names it.")
    return found


PAGES: Mapping[str, Show] = {"/mass": masses, "/mass/{hold}": mass, "/mass/{hold}/approve": approval}
ACTIONS: Mapping[str, Wished] = {"/mass/approve": approve, "/mass/dismiss": dismiss}
