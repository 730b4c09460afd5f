"""What the registry's answers mean: the decisions of a poll, without its I/O.

Absence is never a removal by itself. Only the registry's own "not found" counts, for a study that was seen before,
and only when a later data refresh says it again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import blake2b

from watcher.alerts import notices
from watcher.alerts.facts import facts_of, places_of
from watcher.alerts.routes import Step
from watcher.audience import Audience
from watcher.changes import History, changes_between, event, site_ids_after
from watcher.changes.clocks.ringing import ringing
from watcher.changes.mass import Compared, Held, held_back
from watcher.changes.reading import Version
from watcher.errors import MalformedRecord
from watcher.model import Change, Notice, Place, StudyFacts
from watcher.record import PartialDate, Snapshot, primary_completion
from watcher.record.enumerations import STATUSES, unknown_values
from watcher.store.contracts import Past
from watcher.store.values import (
    ABSENT,
    GONE,
    LISTED,
    MERGED,
    MISSING,
    FirstLook,
    Known,
    Malformed,
    NewVersion,
    Observation,
    Standing,
)

# What our own reading of a record may trip over.
ODD = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, RecursionError)
# A record that holds more values of its own making than this is told by the first of them.
MOST_UNKNOWN = 20


@dataclass(frozen=True, slots=True)
class Answers:
    """What the registry said about one batch of studies.

    `merged` maps a number asked for to the one it stands under; `not_found` were refused in the registry's own
    words; `still_absent` were known to be absent and are so again; `malformed` could not even be told apart.
    `unmoved` are listed as before, with the bytes we have. `as_of` is the build of the data that was served
    afterwards, where that matters.
    """

    snapshots: tuple[Snapshot, ...] = ()
    unmoved: tuple[str, ...] = ()
    malformed: tuple[Malformed, ...] = ()
    merged: Mapping[str, str] = field(default_factory=dict)
    not_found: tuple[str, ...] = ()
    still_absent: tuple[str, ...] = ()
    as_of: str = ""

    @property
    def to_recall(self) -> tuple[str, ...]:
        """The studies of which `observe` must know what is known."""
        named = (snapshot.nct_id for snapshot in self.snapshots)
        broken = (one.nct_id for one in self.malformed if one.nct_id is not None)
        return tuple(dict.fromkeys([*named, *broken, *self.merged, *self.not_found, *self.still_absent]))


@dataclass(frozen=True, slots=True)
class News:
    """What a search tells of a study: `told` makes the change from those of its new version, () where it has none.

    It stands in the step of that version, or of what else happened to the record; else under an `occasion` of its own.
    """

    occasion: str
    told: Callable[[Sequence[Change]], Change]
    study: StudyFacts
    places: tuple[Place, ...] | None = None


@dataclass(slots=True)
class _Findings:
    """What is gathered from one batch before it becomes an Observation."""

    standings: list[Standing] = field(default_factory=list)
    refreshed: list[Snapshot] = field(default_factory=list)
    versions: list[NewVersion] = field(default_factory=list)
    events: list[Step] = field(default_factory=list)
    malformed: list[Malformed] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    compared: list[Compared] = field(default_factory=list)
    sampled: int = 0
    quiet: bool = False


def observe(
    answers: Answers,
    known: Mapping[str, Known],
    past: Past,
    audience: Audience,
    *,
    now: datetime,
    data_timestamp: str,
    decided: Mapping[str, str] | None = None,
    news: Mapping[str, News] | None = None,
    quiet: bool = False,
) -> Observation:
    """Everything that one batch of answers teaches, ready to be committed in one transaction.

    `decided` are the mass changes already held in this data refresh, and what the operator decided of them. `news` is
    what a search tells of some of the studies. `quiet`: first sights are recorded without a change, because a search
    that has only just begun brings thousands of them.
    """
    found = _Findings(sampled=len(answers.unmoved), quiet=quiet)
    for snapshot in answers.snapshots:
        _record(snapshot, known[snapshot.nct_id], past, found)
    for broken in answers.malformed:
        _set_aside(broken, known, found)
    for asked, canonical in answers.merged.items():
        _merged(known[asked], canonical, found, now, data_timestamp)
    for nct_id in answers.not_found:
        # Data that were refreshed in the middle of a sweep must not confirm what they said themselves.
        _not_found(known[nct_id], found, now, max(answers.as_of, data_timestamp))
    for nct_id in answers.still_absent:
        found.standings.append(_unmoved(known[nct_id]))
    for nct_id, told in (news or {}).items():
        _add_news(nct_id, told, found, now)
    known_masses = decided or {}
    held = held_back(found.compared, found.sampled, data_timestamp, known_masses)
    found.notices += notices.all_held([m for m in held.masses if m.fingerprint not in known_masses], data_timestamp)
    return replace(_observation(found, held, audience, now, data_timestamp), unmoved=answers.unmoved)


def _observation(found: _Findings, held: Held, audience: Audience, now: datetime, data_timestamp: str) -> Observation:
    steps = [*(_without(new.step, held) for new in found.versions), *found.events]
    alerts, due = audience.routed(step for step in steps if not step.is_baseline)
    return Observation(
        at=now,
        data_timestamp=data_timestamp,
        standings=tuple(found.standings),
        refreshed=tuple(found.refreshed),
        versions=tuple(found.versions),
        events=tuple(found.events),
        malformed=tuple(found.malformed),
        alerts=alerts,
        owed=due,
        notices=tuple(found.notices),
        operator=audience.operator,
        held=held,
    )


def _add_news(nct_id: str, news: News, found: _Findings, now: datetime) -> None:
    """One update of one study is one message: the news joins what else happened to it, if anything did."""
    for at, version in enumerate(found.versions):
        if version.step.nct_id == nct_id and not version.step.is_baseline:
            found.versions[at] = replace(version, step=_with(version.step, news))
            return
    for at, step in enumerate(found.events):
        if step.nct_id == nct_id:
            found.events[at] = _with(step, news)
            return
    step = Step(nct_id, news.occasion, now, (), news.study, places=news.places)
    found.events.append(_with(step, news))


def _with(step: Step, news: News) -> Step:
    told = news.told(step.changes)
    return replace(step, changes=(*step.changes, replace(told, id=len(step.changes))))


def _without(step: Step, held: Held) -> Step:
    """A step without what waits for the operator; the rest of it goes out as usual."""
    return replace(step, changes=tuple(c for c in step.changes if not held.is_held(step.nct_id, c)))


def _record(snapshot: Snapshot, before: Known, past: Past, found: _Findings) -> None:
    if _is_stale(snapshot, before):
        return
    try:
        _seen(snapshot, before, past, found)
    except MalformedRecord as error:
        _set_aside(malformed(snapshot.raw, before.nct_id, str(error)), {before.nct_id: before}, found)
    except ODD as error:
        # A record that our own reading trips over must not keep the rest of the page from its readers.
        reason = f"it cannot be compared: {type(error).__name__}: {error}"
        _set_aside(malformed(snapshot.raw, before.nct_id, reason), {before.nct_id: before}, found)


def _is_stale(snapshot: Snapshot, before: Known) -> bool:
    """Whether a lagging replica sent an older copy than we have: nothing may be concluded from it."""
    return bool(snapshot.data_version) and snapshot.data_version < before.data_version


def _seen(snapshot: Snapshot, before: Known, past: Past, found: _Findings) -> None:
    standing = Standing(snapshot.nct_id, LISTED)
    if snapshot.raw_digest != before.raw_digest:
        unknown = unknown_values(snapshot.record)[:MOST_UNKNOWN]
        found.notices.extend(notices.unknown_value(snapshot.nct_id, path, value) for path, value in unknown)
    if before.version == 0:
        found.versions.append(NewVersion(snapshot, _first_sight(snapshot, found.quiet), look=_first_look(snapshot)))
        if before.state == ABSENT and before.checked_at is not None:
            found.notices.append(notices.appeared(snapshot.nct_id))
    else:
        found.sampled += 1
    if before.version and snapshot.raw_digest != before.raw_digest:
        _moved(snapshot, before, past, found)
    if before.state == GONE:
        facts = facts_of(snapshot.nct_id, snapshot.record)
        occasion = f"restored:{before.missing_since}"
        found.events.append(_event("record.restored", occasion, facts, snapshot.seen_at))
    found.standings.append(standing)


def _moved(snapshot: Snapshot, before: Known, past: Past, found: _Findings) -> None:
    """The bytes moved: a new version where the content did, else only a new digest for the quick gate."""
    previous = past.snapshot(snapshot.nct_id, before.version)
    if previous.content == snapshot.content:
        found.refreshed.append(snapshot)
        return
    history = _history(before, past)
    changes = changes_between(previous, snapshot, history=history)
    found.notices.extend(notices.odd_status(change) for change in changes if _is_odd(change))
    ids = site_ids_after(previous, snapshot, history.site_ids)
    found.versions.append(NewVersion(snapshot, _version_step(snapshot, before.version, changes), ids))
    found.compared.append(Compared(snapshot.nct_id, changes, filed=_submitted(previous) != _submitted(snapshot)))


def _is_odd(change: Change) -> bool:
    """Whether a status moved as no study's does, between values that the registry's lists have."""
    return change.kind == "status.other" and {change.detail["from"], change.detail["to"]} <= STATUSES


def _submitted(snapshot: Snapshot) -> object:
    """When the record was last filed, as it says itself."""
    return facts_of(snapshot.nct_id, snapshot.record).submitted


def _history(before: Known, past: Past) -> History:
    # The posted date is the registry's text: a partial or odd one must not cost the study its changes.
    since = PartialDate.parse(before.status_since)
    return History(
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
    return event("record.discovered", facts.nct_id, words={"title": facts.title or facts.nct_id})


def _first_look(snapshot: Snapshot) -> FirstLook | None:
    """The baseline of the clocks; None where they cannot be read: the passing of days tries again, and tells."""
    try:
        rung = ringing(Version(snapshot.content), snapshot.nct_id, (), snapshot.seen_at.date(), baseline=True)
        return FirstLook(rung.raised, rung.next_day)
    except (MalformedRecord, *ODD):
        return None


def _version_step(snapshot: Snapshot, since: int, changes: tuple[Change, ...]) -> Step:
    version = since + 1
    facts = facts_of(snapshot.nct_id, snapshot.record)
    places = places_of(snapshot.record)
    return Step(snapshot.nct_id, f"version:{version}", snapshot.seen_at, changes, facts, since, version, places)


def _event(kind: str, occasion: str, facts: StudyFacts, at: datetime, words: Mapping[str, str] | None = None) -> Step:
    return Step(facts.nct_id, occasion, at, (event(kind, facts.nct_id, words=words),), facts)


def _merged(before: Known, canonical: str, found: _Findings, now: datetime, data_timestamp: str) -> None:
    found.standings.append(Standing(before.nct_id, MERGED, merged_into=canonical))
    if before.state == MERGED and before.merged_into == canonical:
        return
    if before.version:
        told = {"told": f"{before.nct_id} was merged into {canonical}, which is watched in its place from now on"}
        occasion = f"merged:{canonical}:{data_timestamp}"
        found.events.append(_event("record.merged", occasion, _facts_known(before), now, told))


def _not_found(before: Known, found: _Findings, now: datetime, data_timestamp: str) -> None:
    """Once is a suspicion; again on a later data refresh it is a fact. For a study never seen it is neither."""
    if before.version == 0:
        found.standings.append(Standing(before.nct_id, ABSENT))
    elif before.state == GONE:
        found.standings.append(_unmoved(before))
    elif before.missing_since is None or before.missing_since == data_timestamp:
        found.standings.append(Standing(before.nct_id, MISSING, missing_since=before.missing_since or data_timestamp))
    else:
        found.standings.append(Standing(before.nct_id, GONE, missing_since=data_timestamp))
        words = {"first": before.missing_since[:10], "second": data_timestamp[:10]}
        occasion = f"not_found:{data_timestamp}"
        found.events.append(_event("record.not_found", occasion, _facts_known(before), now, words))


def _facts_known(before: Known) -> StudyFacts:
    """What its last version said of a study whose record is not at hand."""
    return before.facts or StudyFacts(before.nct_id)


def _unmoved(before: Known) -> Standing:
    return Standing(before.nct_id, before.state, before.missing_since, before.merged_into)


def malformed(raw: bytes, nct_id: str | None, reason: str) -> Malformed:
    """A record to be set aside; `nct_id` is None where not even that can be read."""
    return Malformed(blake2b(raw, digest_size=16).hexdigest(), nct_id, reason, raw)


def _set_aside(broken: Malformed, known: Mapping[str, Known], found: _Findings) -> None:
    found.malformed.append(broken)
    found.notices.append(notices.unreadable(broken.nct_id, broken.digest, broken.reason))
    if broken.nct_id is not None and broken.nct_id in known:
        found.standings.append(_unmoved(known[broken.nct_id]))
