"""Two versions of a study side by side: what changed, and every field that differs, word by word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from starlette.responses import Response

from watcher.changes import History, changes_between
from watcher.changes.reading import ODD
from watcher.errors import MalformedRecord, UsageError
from watcher.model import Change
from watcher.record import Snapshot
from watcher.record.snapshot import MASK
from watcher.views.compare import Comparison, comparison
from watcher.views.life import known_site_ids
from watcher.views.timeline import lines_between
from watcher.web.frame import shown
from watcher.web.pages.study import study_in, version_in
from watcher.web.visit import BadQuestion, Show, Visit

# Of many changes of one kind so many are listed.
_MOST_ALIKE = 1_000


def compare(visit: Visit) -> Response:
    """Two versions: those that are asked for, else the newest and the one before."""
    nct_id = study_in(visit)
    versions = visit.store.reports.versions(nct_id)
    newest = visit.store.reports.study(nct_id)
    title = f"{nct_id}: versions compared"
    if len(versions) < 2:
        return shown(visit, "compare.html.j2", title, nct_id=nct_id, study=newest, versions=versions, found=None)
    old, new = _asked(visit, nct_id, newest.version)
    before, after = (visit.store.observing.snapshot(nct_id, version) for version in (old, new))
    ids = [visit.store.observing.site_ids(nct_id, version) for version in (old, new)]
    changes = _changes(before, after, History(site_ids=ids[0]))
    return shown(
        visit,
        "compare.html.j2",
        title,
        nct_id=nct_id,
        study=newest,
        versions=versions,
        old=old,
        new=new,
        lines=None if changes is None else lines_between(changes, _MOST_ALIKE),
        found=_fields(before, after, ids),
        masked=[".".join(path) for path in MASK],
    )


def _asked(visit: Visit, nct_id: str, newest: int) -> tuple[int, int]:
    new = version_in(visit, nct_id, visit.text("new") or str(newest))
    old = version_in(visit, nct_id, visit.text("old") or str(new - 1 or new + 1))
    if old == new:
        raise BadQuestion(f"That is version {old} twice: choose two different versions of {nct_id}.")
    return old, new


def _changes(old: Snapshot, new: Snapshot, history: History) -> tuple[Change, ...] | None:
    """What changed, read with today's table; None where our own reading trips over one of the records."""
    try:
        return changes_between(old, new, history=history)
    except (MalformedRecord, *ODD):
        return None


def _fields(old: Snapshot, new: Snapshot, ids: Sequence[tuple[str, ...]]) -> Comparison:
    try:
        sites = [known_site_ids(snapshot, known) for snapshot, known in zip((old, new), ids, strict=True)]
        return comparison(old.content, new.content, (sites[0], sites[1]))
    except MalformedRecord as error:
        raise UsageError(f"One of these versions cannot be read: {error}.") from error


PAGES: Mapping[str, Show] = {"/studies/{nct}/compare": compare}
