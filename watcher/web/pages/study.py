"""A study: what it is, and its life: versions, dates, enrolment, sites, outcomes; and any version as it was sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.responses import Response

from watcher.audience import followed, with_members
from watcher.changes.reading import Version
from watcher.errors import UsageError
from watcher.record.snapshot import NCT_ID
from watcher.store.values import Known
from watcher.views.about import about
from watcher.views.life import Life, life_of
from watcher.views.outcomes_over_time import outcomes_life
from watcher.views.plan_over_time import enrolment_life, primary_completion_life
from watcher.views.sites_over_time import sites_life
from watcher.views.standing import standing_told, standing_word
from watcher.views.timeline import entries_of, told
from watcher.web.charts.lives import date_chart, enrolment_chart, sites_chart
from watcher.web.frame import shown
from watcher.web.parameters import page_of
from watcher.web.visit import BadQuestion, Show, Visit

# Steps of the timeline on one page.
ENTRIES = 25
# A database keeps no larger number.
_LONGEST_NUMBER = 9


@dataclass(frozen=True, slots=True)
class OnWatch:
    """That a study is on a watch, under the user's own word for it."""

    name: str
    label: str


def study(visit: Visit) -> Response:
    """What a study is, and its life."""
    nct_id = study_in(visit)
    known = visit.store.observing.latest([nct_id])[nct_id]
    watches = _watches(visit, nct_id)
    _require_known(visit, nct_id, watches)
    life = life_of(visit.store.lives.versions(nct_id))
    what = about(known, life)
    return shown(
        visit,
        "study.html.j2",
        f"{nct_id} {what.acronym or what.title}"[:120],
        study=what,
        known=known,
        watches=watches,
        standing=standing_word(known),
        standing_told=standing_told(known),
        life=life,
        **_timeline(visit, nct_id, life),
        **_over_time(visit, known, life),
    )


def raw_version(visit: Visit) -> Response:
    """One version, byte for byte as the registry sent it."""
    nct_id = study_in(visit)
    version = version_in(visit, nct_id, visit.part("version"))
    return Response(visit.store.observing.snapshot(nct_id, version).raw, media_type="application/json")


def study_in(visit: Visit) -> str:
    """The study that an address names; UsageError where that is no NCT number."""
    nct_id = visit.part("nct").strip().upper()
    if not NCT_ID.fullmatch(nct_id):
        raise UsageError("A study is known by its NCT number: NCT and eight digits, as in NCT04150497.")
    return nct_id


def version_in(visit: Visit, nct_id: str, text: str) -> int:
    """The version that is asked for; BadQuestion for what is no number, UsageError where there is none such."""
    newest = visit.store.reports.study(nct_id).version
    if not (text.isascii() and text.isdecimal()):
        raise BadQuestion(f"A version is a number from 1 to {newest}, not {text[:40]!r}.")
    if len(text) > _LONGEST_NUMBER or not 1 <= int(text) <= newest:
        many = f"its versions are 1 to {newest}" if newest else "no version of it was ever seen"
        raise UsageError(f"There is no version {text[:40]} of {nct_id}: {many}.")
    return int(text)


def _require_known(visit: Visit, nct_id: str, watches: tuple[OnWatch, ...]) -> None:
    try:
        visit.store.reports.study(nct_id)
    except UsageError:
        if watches:
            raise UsageError(f"{nct_id} is on a watch, and no poll has asked for it yet: look again later.") from None
        raise UsageError(f"{nct_id} is on no watch, and was never asked for: nothing is known of it here.") from None


def _watches(visit: Visit, nct_id: str) -> tuple[OnWatch, ...]:
    """The watches of today that a study is on."""
    today = visit.now.date()
    lasting = tuple(watch for watch in visit.config.watches if not watch.is_over(today))
    known = with_members(followed(lasting, visit.store), visit.store, [nct_id])
    labels = ((watch.name, watch.label_of(nct_id)) for watch in known)
    return tuple(OnWatch(name, label) for name, label in labels if label is not None)


def _timeline(visit: Visit, nct_id: str, life: Life) -> dict[str, object]:
    """The page of the timeline that is asked for."""
    entries = entries_of(life.seen, visit.store.lives.occasions(nct_id))
    page, pages = page_of(visit, len(entries), ENTRIES)
    here = entries[(page - 1) * ENTRIES : page * ENTRIES]
    changes = visit.store.lives.changes(nct_id, [entry.name for entry in here])
    return {"entries": tuple(told(here, changes)), "page": page, "pages": pages}


def _over_time(visit: Visit, known: Known, life: Life) -> dict[str, object]:
    """Dates, enrolment, sites and outcomes over the versions, with their charts."""
    today = visit.now.date()
    dates = primary_completion_life(life.glimpses, visit.store.observing.slips(known.nct_id))
    enrolment, sites = enrolment_life(life.glimpses), sites_life(life.glimpses)
    outcomes = visit.store.lives.changes_of(known.nct_id, "outcome")
    return {
        "dates": dates,
        "enrolment": enrolment,
        "sites": sites,
        "outcomes": outcomes_life(Version(life.newest.content if life.newest else {}), outcomes),
        "date_chart": date_chart(dates, today),
        "enrolment_chart": enrolment_chart(enrolment, today),
        "sites_chart": sites_chart(sites, today),
    }


PAGES: Mapping[str, Show] = {
    "/studies/{nct}": study,
    "/studies/{nct}/versions/{version}.json": raw_version,
}
