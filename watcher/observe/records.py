"""Reading the records of a batch: first sights, new versions, and what cannot be read."""

from __future__ import annotations

from collections.abc import Mapping

# What compares is loaded with the first record that has moved, as `changes` does: on most polls none has.
from watcher import changes
from watcher.alerts import notices
from watcher.alerts.facts import facts_of, places_of
from watcher.alerts.routes import Step
from watcher.changes.mass import Compared
from watcher.changes.reading import ODD, Version
from watcher.errors import MalformedRecord
from watcher.model import Change, Plan, StudyFacts
from watcher.observe.absences import unmoved
from watcher.observe.answers import malformed
from watcher.observe.findings import Findings, happening
from watcher.record import PartialDate, Snapshot, primary_completion
from watcher.record.enumerations import STATUSES, unknown_values
from watcher.store.contracts import Past
from watcher.store.values import ABSENT, GONE, LISTED, FirstLook, Known, Malformed, NewVersion, Standing

# A record that holds more values of its own making than this is told by the first of them.
MOST_UNKNOWN = 20


def read_record(snapshot: Snapshot, before: Known, past: Past, found: Findings) -> None:
    """What one record teaches; one that is no record, or an older copy, teaches nothing."""
    if _is_stale(snapshot, before):
        return
    try:
        _seen(snapshot, before, past, found)
    except MalformedRecord as error:
        set_aside(malformed(snapshot.raw, before.nct_id, str(error)), {before.nct_id: before}, found)
    except ODD as error:
        # A record that our own reading trips over must not keep the rest of the page from its readers.
        reason = f"it cannot be compared: {type(error).__name__}: {error}"
        set_aside(malformed(snapshot.raw, before.nct_id, reason), {before.nct_id: before}, found)


def _is_stale(snapshot: Snapshot, before: Known) -> bool:
    """Whether a lagging replica sent an older copy than we have: nothing may be concluded from it."""
    return bool(snapshot.data_version) and snapshot.data_version < before.data_version


def _seen(snapshot: Snapshot, before: Known, past: Past, found: Findings) -> None:
    standing = Standing(snapshot.nct_id, LISTED)
    if snapshot.raw_digest != before.raw_digest:
        unknown = unknown_values(snapshot.record)[:MOST_UNKNOWN]
        found.notices.extend(notices.unknown_value(snapshot.nct_id, path, value) for path, value in unknown)
    if before.version == 0:
        step = _first_sight(snapshot, found.quiet)
        found.versions.append(NewVersion(snapshot, step, look=_first_look(snapshot), plan=_plan(snapshot)))
        if before.state == ABSENT and before.checked_at is not None:
            found.notices.append(notices.appeared(snapshot.nct_id))
    else:
        found.sampled += 1
    if before.version and snapshot.raw_digest != before.raw_digest:
        _moved(snapshot, before, past, found)
    if before.state == GONE:
        facts = facts_of(snapshot.nct_id, snapshot.record)
        occasion = f"restored:{before.missing_since}"
        found.events.append(happening("record.restored", occasion, facts, snapshot.seen_at))
    found.standings.append(standing)


def _moved(snapshot: Snapshot, before: Known, past: Past, found: Findings) -> None:
    """The bytes moved: a new version where the content did, else only a new digest for the quick gate."""
    previous = past.snapshot(snapshot.nct_id, before.version)
    if previous.content == snapshot.content:
        found.refreshed.append(snapshot)
        return
    history = _history(before, past)
    found_now = changes.changes_between(previous, snapshot, history=history)
    found.notices.extend(notices.odd_status(change) for change in found_now if _is_odd(change))
    ids = changes.site_ids_after(previous, snapshot, history.site_ids)
    step = _version_step(snapshot, before.version, found_now)
    found.versions.append(NewVersion(snapshot, step, ids, plan=_plan(snapshot)))
    found.compared.append(Compared(snapshot.nct_id, found_now, filed=_submitted(previous) != _submitted(snapshot)))


def _is_odd(change: Change) -> bool:
    """Whether a status moved as no study's does, between values that the registry's lists have."""
    return change.kind == "status.other" and {change.detail["from"], change.detail["to"]} <= STATUSES


def _submitted(snapshot: Snapshot) -> object:
    """When the record was last filed, as it says itself."""
    return facts_of(snapshot.nct_id, snapshot.record).submitted


def _history(before: Known, past: Past) -> changes.History:
    # The posted date is the registry's text: a partial or odd one must not cost the study its changes.
    since = PartialDate.parse(before.status_since)
    return changes.History(
        first_seen=before.first_seen_at.date() if before.first_seen_at else None,
        first_primary_completion=_first_completion(before, past) or None,
        slips=past.slips(before.nct_id),
        status_since=since.last if since else None,
        earlier=past.earlier(before.nct_id),
        site_ids=past.site_ids(before.nct_id, before.version),
    )


def _first_completion(before: Known, past: Past) -> str | None:
    """The primary completion date of the first version: older databases have not noted it."""
    if before.first_completion is not None:
        return before.first_completion
    return primary_completion(past.snapshot(before.nct_id, 1).record)


def _first_sight(snapshot: Snapshot, quiet: bool) -> Step:
    facts = facts_of(snapshot.nct_id, snapshot.record)
    seen = () if quiet else (_discovered(facts),)
    return Step(snapshot.nct_id, "version:1", snapshot.seen_at, seen, facts, None, 1)


def _discovered(facts: StudyFacts) -> Change:
    return changes.event("record.discovered", facts.nct_id, words={"title": facts.title or facts.nct_id})


def _first_look(snapshot: Snapshot) -> FirstLook | None:
    """The baseline of the clocks; None where they cannot be read: the passing of days tries again, and tells."""
    from watcher.changes.clocks.ringing import ringing

    try:
        rung = ringing(Version(snapshot.content), snapshot.nct_id, (), snapshot.seen_at.date(), baseline=True)
        return FirstLook(rung.raised, rung.next_day)
    except (MalformedRecord, *ODD):
        return None


def _plan(snapshot: Snapshot) -> Plan | None:
    """The plan; None where our reading trips over it: that must not cost the study its version."""
    from watcher.alerts.plans import plan_of

    try:
        return plan_of(Version(snapshot.content))
    except (MalformedRecord, *ODD):
        return None


def _version_step(snapshot: Snapshot, since: int, changes: tuple[Change, ...]) -> Step:
    version = since + 1
    facts = facts_of(snapshot.nct_id, snapshot.record)
    places = places_of(snapshot.record)
    return Step(snapshot.nct_id, f"version:{version}", snapshot.seen_at, changes, facts, since, version, places)


def set_aside(broken: Malformed, known: Mapping[str, Known], found: Findings) -> None:
    """Keep what cannot be read, and tell the operator; the study stands as it stood."""
    found.malformed.append(broken)
    found.notices.append(notices.unreadable(broken.nct_id, broken.digest, broken.reason))
    if broken.nct_id is not None and broken.nct_id in known:
        found.standings.append(unmoved(known[broken.nct_id]))
