"""What was owed against what arrived: lost, doubled, out of order, and the digests of every window."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import combinations

from benchmarks.storm.arrived import UNKNOWN, Told
from benchmarks.storm.owed import DIGEST, Digest, Due, Expected, Seen, Step

LATEST = datetime.max.replace(tzinfo=UTC)

Place = tuple[str, tuple[str, str]]
"""A target, and the step as messages name it."""


# Messages name the moment of a step to the minute, so two steps of one minute cannot be told apart by it.
A_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing that must not be, named so that it can be looked for."""

    what: str
    target: str
    nct_id: str
    step: str
    more: str = ""

    def __str__(self) -> str:
        return f"{self.what}: {self.target} {self.nct_id} {self.step} {self.more}".rstrip()


@dataclass(frozen=True, slots=True)
class Verdict:
    """The figures of one run."""

    alerts_expected: int
    delivered: int
    lost: tuple[Violation, ...]
    doubled: tuple[Violation, ...]
    out_of_order: tuple[Violation, ...]
    digests_expected: int
    digests_sent: int
    digests_wrong: tuple[Violation, ...]
    too_early: tuple[Violation, ...]
    unknown: tuple[Violation, ...]
    repeated: int
    taken_back: int

    @property
    def counts(self) -> str:
        """Lost, doubled, out of order."""
        return f"{len(self.lost)}, {len(self.doubled)}, {len(self.out_of_order)}"

    @property
    def violations(self) -> tuple[Violation, ...]:
        """All of them."""
        return (*self.lost, *self.doubled, *self.out_of_order, *self.digests_wrong, *self.too_early, *self.unknown)


Clock = Callable[[float], datetime]
"""What the daemon's clock showed at most at a moment of ours."""


def judged(expected: Expected, messages: Sequence[Told], clock: Clock = lambda _: LATEST) -> Verdict:
    """The verdict on everything that arrived, each message counted once."""
    owed, came = _by_place(expected.dues), _arrivals(messages)
    lost, doubled, taken_back = _compared(owed, came)
    sent = Counter((message.target, message.route, message.window) for message in messages if message.form == DIGEST)
    return Verdict(
        alerts_expected=len(expected.dues),
        delivered=sum(min(len(owed[place]), len(came[place])) for place in owed),
        lost=tuple(lost),
        doubled=tuple(doubled),
        out_of_order=tuple(_out_of_order(expected.dues, messages)),
        digests_expected=len(expected.digests),
        digests_sent=sent.total(),
        digests_wrong=tuple(_wrong_digests(expected.digests, sent)),
        too_early=tuple(_too_early(expected.dues, messages, clock)),
        unknown=tuple(
            Violation("a message that nobody owes", message.target, "", message.id)
            for message in messages
            if message.form == UNKNOWN
        ),
        repeated=sum(message.repeats for message in messages),
        taken_back=taken_back,
    )


def _by_place(dues: Iterable[Due]) -> dict[Place, list[Due]]:
    found: dict[Place, list[Due]] = defaultdict(list)
    for due in dues:
        found[due.target, due.step.key].append(due)
    return found


def _arrivals(messages: Iterable[Told]) -> dict[Place, list[tuple[str, ...] | None]]:
    """For each target and step, the changes that each entry about it tells."""
    found: dict[Place, list[tuple[str, ...] | None]] = defaultdict(list)
    for message in messages:
        for entry in message.entries:
            found[message.target, entry.step].append(entry.told)
    return found


def _compared(
    owed: Mapping[Place, Sequence[Due]], came: Mapping[Place, Sequence[tuple[str, ...] | None]]
) -> tuple[list[Violation], list[Violation], int]:
    """Entry by entry where a format only names the step, change by change where it numbers them."""
    lost: list[Violation] = []
    doubled: list[Violation] = []
    taken_back = 0
    excused = _taken_back(owed)
    for place in sorted({*owed, *came}):
        target, (nct_id, step) = place
        missing, surplus = _difference(owed.get(place, ()), came.get(place, ()))
        kept = [each for each in missing if not each.ids <= excused.get(place, frozenset())]
        taken_back += len(missing) - len(kept)
        lost += [Violation("lost", target, nct_id, step, each.what) for each in kept]
        doubled += [Violation("doubled", target, nct_id, step, each.what) for each in surplus]
    return lost, doubled, taken_back


@dataclass(frozen=True, slots=True)
class _Part:
    """A change or a whole alert that is missing, or there too often."""

    what: str
    ids: frozenset[int]


def _difference(dues: Sequence[Due], entries: Sequence[tuple[str, ...] | None]) -> tuple[list[_Part], list[_Part]]:
    """What is missing, and what is there too often."""
    if not entries:
        return [_Part(f"route {due.route}, {due.form}, {len(due.ids)} changes", due.ids) for due in dues], []
    if any(told is None for told in entries):
        return _by_number(dues, len(entries))
    there = Counter(token for told in entries for token in told or ())
    numbered = all(token.isdigit() for token in there)
    # Two steps of one minute go by one name, and each numbers its changes from 0.
    owed = [(due, change) for due in dues for change in due.step.changes if change.id in due.ids]
    names = [str(change.id) if numbered else change.kind for _, change in owed]
    kinds = {name: change.kind for name, (_, change) in zip(names, owed, strict=True)}
    ids = {name: frozenset({change.id}) for name, (_, change) in zip(names, owed, strict=True)}
    wanted = Counter(names)

    def parts(tokens: Counter[str]) -> list[_Part]:
        return [_Part(_named(each, kinds), ids.get(each, frozenset())) for each in tokens.elements()]

    return parts(wanted - there), parts(there - wanted)


def _named(token: str, kinds: Mapping[str, str]) -> str:
    return f"change {token} {kinds.get(token, '')}".rstrip() if token.isdigit() else token


def _by_number(dues: Sequence[Due], entries: int) -> tuple[list[_Part], list[_Part]]:
    """Of a format that names only the step: how many alerts about it there are."""
    every = frozenset(number for due in dues for number in due.ids)
    missing = [_Part(f"one of {len(dues)} alerts", every)] * max(len(dues) - entries, 0)
    return missing, [_Part(f"{entries} alerts instead of {len(dues)}", every)] * max(entries - len(dues), 0)


def _taken_back(owed: Mapping[Place, Sequence[Due]]) -> dict[Place, frozenset[int]]:
    """The changes that a later change of the same digest takes back, and those that take back, with their children."""
    together: dict[tuple[str, str, str, str], list[Due]] = defaultdict(list)
    for (target, (nct_id, _)), dues in owed.items():
        for due in dues:
            if due.form == DIGEST:
                together[target, nct_id, due.route, due.window].append(due)
    found: dict[Place, set[int]] = defaultdict(set)
    for (target, *_), dues in together.items():
        for step, number in _pairs(sorted(dues, key=lambda due: due.step.at)):
            family = {change.id for change in step.changes if number in {change.id, change.parent}}
            found[target, step.key] |= family
    return {place: frozenset(ids) for place, ids in found.items()}


def _pairs(dues: Sequence[Due]) -> Iterable[tuple[Step, int]]:
    for earlier in dues:
        for later in dues:
            if earlier.step.at < later.step.at:
                for one in _of(earlier):
                    for other in _of(later):
                        if _takes_back(one, other):
                            yield earlier.step, one.id
                            yield later.step, other.id


def _of(due: Due) -> list[Seen]:
    return [change for change in due.step.changes if change.id in due.ids]


def _takes_back(one: Seen, other: Seen) -> bool:
    same = one.kind.partition(".")[0] == other.kind.partition(".")[0] and one.subject == other.subject
    return same and (one.old, one.new) == (other.new, other.old)


# --- order --------------------------------------------------------------------------


def _out_of_order(dues: Sequence[Due], messages: Sequence[Told]) -> Iterable[Violation]:
    """Where of two alerts about a study the earlier one, due no later, arrived after the other."""
    first = _first_arrivals(messages)
    series: dict[tuple[str, str], list[tuple[Due, float]]] = defaultdict(list)
    for due in dues:
        at = first.get((due.target, due.route, due.form, due.window, due.step.key))
        at = first.get((due.target, "", "", "", due.step.key)) if at is None else at
        if at is not None:
            series[due.target, due.step.nct_id].append((due, at))
    for (target, nct_id), found in sorted(series.items()):
        found.sort(key=lambda each: (each[0].step.at, each[0].at))
        for (one, came), (other, overtook) in combinations(found, 2):
            if one.at <= other.at and one.step.at < other.step.at and overtook < came:
                more = (
                    f"after {other.step.key[1]}, which is due {other.at:%Y-%m-%d %H:%M}, {came - overtook:.1f} s late"
                )
                yield Violation("out of order", target, nct_id, one.step.key[1], more)


def _first_arrivals(messages: Sequence[Told]) -> dict[tuple[str, str, str, str, tuple[str, str]], float]:
    """When each alert first arrived: by route, form and window; and in whatever message it stands."""
    found: dict[tuple[str, str, str, str, tuple[str, str]], float] = {}
    for message in messages:
        for entry in message.entries:
            for key in ((message.route, message.form, message.window), ("", "", "")):
                found.setdefault((message.target, *key, entry.step), message.at)
    return found


def _too_early(dues: Iterable[Due], messages: Sequence[Told], clock: Clock) -> Iterable[Violation]:
    """What was told before its window closed, its quiet hours ended or its repetition was due."""
    first = _first_arrivals(messages)
    for due in dues:
        at = first.get((due.target, due.route, due.form, due.window, due.step.key))
        if at is not None and due.at - clock(at) >= A_MINUTE:
            more = (
                f"{due.route} {due.form} {due.window}, due {due.at:%Y-%m-%d %H:%M}, told by {clock(at):%Y-%m-%d %H:%M}"
            )
            yield Violation("too early", due.target, *due.step.key, more)


# --- digests ------------------------------------------------------------------------


def _wrong_digests(wanted: frozenset[Digest], sent: Counter[Digest]) -> Iterable[Violation]:
    for target, route, window in sorted(wanted | set(sent)):
        number = sent[target, route, window]
        if number != 1 or (target, route, window) not in wanted:
            what = "digest nobody asked for" if (target, route, window) not in wanted else f"{number} digests"
            yield Violation(what, target, "", f"{route} {window}")
