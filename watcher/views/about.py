"""What a study is, as its newest record says: title, sponsor, status, dates, numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from watcher.alerts.facts import facts_of
from watcher.changes.language.words import clipped, label, status_label
from watcher.changes.reading import Version
from watcher.model import StudyFacts
from watcher.store.values import Known
from watcher.views.life import Glimpse, Life

_P = "protocolSection"
_LONGEST = 300
_LONGEST_TITLE = 600
_MOST_CONDITIONS = 12


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that is known of a study: its name, its value, and what else is to be said of it."""

    name: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class About:
    """What a study is; `status` is the registry's word for it."""

    nct_id: str
    title: str
    acronym: str
    official_title: str
    status: str
    why_stopped: str
    facts: tuple[Fact, ...]


def about(known: Known, life: Life) -> About:
    """What a study is, by its newest readable record, or by what was noted of one that cannot be read."""
    side = Version(life.newest.record if life.newest else {})
    facts = facts_of(known.nct_id, life.newest.record) if life.newest else known.facts or StudyFacts(known.nct_id)
    now = life.glimpses[-1] if life.glimpses else None
    return About(
        nct_id=known.nct_id,
        title=clipped(facts.title, _LONGEST_TITLE),
        acronym=clipped(facts.acronym, 60),
        official_title=clipped(side.text(f"{_P}.identificationModule.officialTitle"), _LONGEST_TITLE),
        status=clipped(status_label(facts.status), 60) if facts.status else "",
        why_stopped=clipped(side.text(f"{_P}.statusModule.whyStopped"), _LONGEST_TITLE),
        facts=tuple(_facts(known, facts, side, now)),
    )


def _facts(known: Known, facts: StudyFacts, side: Version, now: Glimpse | None) -> Iterator[Fact]:
    if facts.status:
        yield Fact("Status", clipped(status_label(facts.status), 60), _since(known, facts.status))
    yield from _plan(now)
    yield from (
        Fact(name, clipped(value, _LONGEST))
        for name, value in (
            ("Sponsor", facts.sponsor),
            ("Phase", facts.phase),
            ("Study type", label(side.text(f"{_P}.designModule.studyType"))),
            ("Update submitted", facts.submitted),
            ("Update posted", facts.posted),
            ("First posted", side.text(f"{_P}.statusModule.studyFirstPostDateStruct.date")),
            ("Results posted", side.text(f"{_P}.statusModule.resultsFirstPostDateStruct.date")),
            ("Conditions", _conditions(facts)),
        )
        if value
    )


def _since(known: Known, status: str) -> str:
    if known.status_since:
        # The registry reckons this one status itself: nobody files it, and nothing is posted.
        how = "seen here" if status == "UNKNOWN" else "posted"
        return f"since {clipped(known.status_since, 40)}, as {how}"
    return f"since {known.first_seen_at:%Y-%m-%d} or earlier" if known.first_seen_at else ""


def _plan(now: Glimpse | None) -> Iterator[Fact]:
    """Enrolment and dates, each with whether it is what was, or what is expected."""
    if now is None:
        return
    if now.enrolment:
        count = f"{now.enrolment.count:,}"
        yield Fact("Enrolment", count, "actual" if now.enrolment.actual else "target, estimated")
    for name, dated in (
        ("Start", now.start),
        ("Primary completion", now.primary_completion),
        ("Study completion", now.completion),
    ):
        if dated:
            odd = "" if dated.day else "no date that can be read"
            yield Fact(name, clipped(dated.text, 40), odd or clipped(dated.type.lower(), 40))


def _conditions(facts: StudyFacts) -> str:
    shown = [clipped(condition, 80) for condition in facts.conditions[:_MOST_CONDITIONS]]
    rest = len(facts.conditions) - len(shown)
    return "; ".join(shown) + (f" and {rest} more" if rest else "")
