"""What the registry's answers mean: the decisions of a poll, without its I/O.

Absence is never a removal by itself. Only the registry's own "not found" counts, for a study that was seen before,
and only when a later data refresh says it again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from watcher.alerts import notices
from watcher.alerts.routes import Step
from watcher.audience import Audience
from watcher.changes.mass import Held, held_back
from watcher.observe.absences import merged, not_found, unmoved
from watcher.observe.answers import Answers, News
from watcher.observe.findings import Findings
from watcher.observe.records import read_record, set_aside
from watcher.store.contracts import Past
from watcher.store.values import Known, Observation


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
    found = Findings(sampled=len(answers.unmoved), quiet=quiet)
    for snapshot in answers.snapshots:
        read_record(snapshot, known[snapshot.nct_id], past, found)
    for broken in answers.malformed:
        set_aside(broken, known, found)
    for asked, canonical in answers.merged.items():
        merged(known[asked], canonical, found, now, data_timestamp)
    for nct_id in answers.not_found:
        # Data that were refreshed in the middle of a sweep must not confirm what they said themselves.
        not_found(known[nct_id], found, now, max(answers.as_of, data_timestamp))
    for nct_id in answers.still_absent:
        found.standings.append(unmoved(known[nct_id]))
    for nct_id, told in (news or {}).items():
        add_news(nct_id, told, found, now)
    known_masses = decided or {}
    held = held_back(found.compared, found.sampled, data_timestamp, known_masses)
    found.notices += notices.all_held([m for m in held.masses if m.fingerprint not in known_masses], data_timestamp)
    return replace(_observation(found, held, audience, now, data_timestamp), unmoved=answers.unmoved)


def _observation(found: Findings, held: Held, audience: Audience, now: datetime, data_timestamp: str) -> Observation:
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


def add_news(nct_id: str, news: News, found: Findings, now: datetime) -> None:
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
