"""Many alerts told together: by study, worst first, and no longer than somebody reads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from watcher.alerts.messages import voice
from watcher.alerts.messages.lines import Line, lines_of
from watcher.alerts.messages.parcel import Parcel
from watcher.alerts.messages.views import Count, DigestView, Named, Step, StudyView, head_of, notes_of
from watcher.changes.language.words import clipped
from watcher.model import Alert, Severity


@dataclass(frozen=True, slots=True)
class Budget:
    """How much of a digest is shown: studies, lines in all, lines of one study, and characters of a line.

    `named` are further studies told in one line each, of `headline` characters at most.
    """

    studies: int
    lines: int
    each: int
    characters: int = 600
    named: int = 0
    headline: int = 0


FOR_MAIL = Budget(studies=40, lines=120, each=12)
# A mail program cuts a page beyond 102 KB: where the studies of a digest fill one, fewer are shown.
FOR_PAGE = (FOR_MAIL, Budget(studies=25, lines=70, each=10), Budget(studies=12, lines=30, each=6, characters=300))
# A chat shows little and every study of a batch: the more there are, the fewer in full. The first that fits is sent.
FOR_CHAT = (
    Budget(studies=12, lines=24, each=3, characters=160, named=40, headline=90),
    Budget(studies=4, lines=8, each=2, characters=120, named=40, headline=60),
    Budget(studies=0, lines=0, each=1, named=40, headline=60),
    Budget(studies=0, lines=0, each=1, named=20, headline=50),
)


@dataclass(frozen=True, slots=True)
class Group:
    """The alerts of one study, in the order of time."""

    alerts: tuple[Alert, ...]

    @property
    def severity(self) -> Severity:
        """That of its worst alert."""
        return max(alert.severity for alert in self.alerts)

    @property
    def nct_id(self) -> str:
        """Its study."""
        return self.alerts[0].nct_id

    def head(self) -> tuple[str, str]:
        """Its name, and the most important thing that is said of it."""
        worst = max(self.alerts, key=lambda alert: (alert.severity, alert.observed_at))
        lines = lines_of(worst.changes)
        return voice.name_of(worst), lines[0].text if lines else worst.notes[0]


@dataclass(frozen=True, slots=True)
class Digest:
    """The studies of a digest, worst first, and what is said of all of them."""

    parcel: Parcel
    groups: tuple[Group, ...]

    @property
    def alerts(self) -> tuple[Alert, ...]:
        """All alerts in the order they are told."""
        return tuple(alert for group in self.groups for alert in group.alerts)

    @property
    def tallied(self) -> str:
        """How many studies of each severity."""
        return voice.tally_text(group.severity for group in self.groups)

    def heads(self) -> tuple[tuple[str, str], ...]:
        """What stands in a subject: the first few studies with their worst lines."""
        return tuple(group.head() for group in self.groups[:4])


def digest_of(alerts: Sequence[Alert], parcel: Parcel) -> Digest:
    """The alerts by study, the study with the worst change first, each study in the order of time."""
    by_study: defaultdict[str, list[Alert]] = defaultdict(list)
    for alert in alerts:
        by_study[alert.nct_id].append(alert)
    groups = (Group(tuple(sorted(of, key=_in_time))) for of in by_study.values())
    return Digest(parcel, tuple(sorted(groups, key=lambda group: (-group.severity, group.nct_id))))


def _in_time(alert: Alert) -> tuple[object, ...]:
    return alert.observed_at, alert.version or 0, alert.key


def digest_view(digest: Digest, budget: Budget, subject: str, attached: str) -> DigestView:
    """What a digest shows within a budget; what it does not is counted."""
    shown = tuple(_within(digest, budget))
    named = digest.groups[len(shown) : len(shown) + budget.named]
    beyond = digest.groups[len(shown) + len(named) :]
    severities = [group.severity for group in digest.groups]
    return DigestView(
        heading=voice.digest_heading(digest.parcel),
        subject=subject,
        preview=clipped("; ".join(f"{name}: {line}" for name, line in digest.heads()), 200),
        changed=voice.changed(digest.tallied, len(digest.groups)),
        counts=tuple(Count(severity.name, number) for severity, number in voice.tally(severities)),
        studies=shown,
        named=tuple(_named(group, budget.headline) for group in named),
        folded=voice.more_studies([g.nct_id for g in beyond], [g.severity for g in beyond]) if beyond else "",
        attached=attached,
        why=voice.why(alert.reason for alert in digest.alerts),
        commands=voice.digest_commands(digest.alerts),
    )


def _named(group: Group, headline: int) -> Named:
    """A study in one line."""
    head = head_of(group.alerts[-1], group.severity)
    return Named(head.severity, head.nct_id, head.record, head.label, voice.headline(group.head()[1], headline))


def _within(digest: Digest, budget: Budget) -> Iterator[StudyView]:
    left = budget.lines
    # A digest of few studies has room for all of each; of many, none is left out for the length of those before it.
    each = max(budget.each, budget.lines // len(digest.groups))
    shown = digest.groups[: budget.studies]
    for behind, group in zip(reversed(range(len(shown))), shown, strict=True):
        view, used = _study(group, digest.parcel, budget, max(1, min(left - behind, each)))
        left -= used
        yield view


def _study(group: Group, parcel: Parcel, budget: Budget, room: int) -> tuple[StudyView, int]:
    """One study in at most about `room` lines: each alert keeps one line at least, its worst."""
    steps: list[Step] = []
    used = 0
    for alert in group.alerts:
        lines = [line.clipped(budget.characters) for line in lines_of(alert.changes)]
        kept = _fitting(lines, room - used)
        used += sum(line.length for line in kept) + len(alert.notes)
        rest = lines[len(kept) :]
        links = voice.links(parcel.links.get(alert.id, ()))
        more = voice.more_changes([line.severity for line in rest]) if rest else ""
        steps.append(Step(voice.seen_briefly(alert), tuple(kept), notes_of(alert), links, more))
    return StudyView(head_of(group.alerts[-1], group.severity), tuple(steps)), used


def _fitting(lines: Sequence[Line], room: int) -> list[Line]:
    kept: list[Line] = []
    for line in lines:
        if kept and sum(each.length for each in kept) + line.length > room:
            break
        kept.append(line)
    return kept
