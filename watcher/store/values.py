"""What goes into the store and comes out of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from watcher.alerts.owing import Owed
from watcher.alerts.routes import Step
from watcher.changes.mass import NOTHING_HELD, Held
from watcher.model import Alert, Form, Notice, Plan, Raised, StudyFacts, Swept, Target
from watcher.record import Snapshot

ABSENT, LISTED, MISSING, GONE, MERGED = "absent", "listed", "missing", "gone", "merged"


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a study before this poll. `version` is 0 where it was never seen.

    `first_completion` is the primary completion date of version 1, "" where it had none, None where nobody noted it.
    """

    nct_id: str
    state: str = ABSENT
    version: int = 0
    raw_digest: str | None = None
    data_version: str = ""
    checked_at: str | None = None
    missing_since: str | None = None
    merged_into: str | None = None
    first_seen_at: datetime | None = None
    status_since: str | None = None
    facts: StudyFacts | None = None
    first_completion: str | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a study stands after an answer that covered it."""

    nct_id: str
    state: str
    missing_since: str | None = None
    merged_into: str | None = None


@dataclass(frozen=True, slots=True)
class FirstLook:
    """The silent baseline of a study's clocks: those that stand already, and the day of the next look (None: none)."""

    raised: tuple[Raised, ...] = ()
    next_day: date | None = None


@dataclass(frozen=True, slots=True)
class NewVersion:
    """A step together with the snapshot that brought it, and the identifiers of its sites in their order.

    Those of a first version are made from its record. `look` is taken at first sight, while the record is at hand.
    `plan` is None where nobody has read it: then that is done later.
    """

    snapshot: Snapshot
    step: Step
    site_ids: tuple[str, ...] = ()
    look: FirstLook | None = None
    plan: Plan | None = None


@dataclass(frozen=True, slots=True)
class Malformed:
    """A record that could not be read."""

    digest: str
    nct_id: str | None
    reason: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Observation:
    """All that one page of answers taught: committed in one transaction, or not at all.

    `standings` covers every study the answers concluded anything about, but for those that are `unmoved`: listed as
    before, with the same bytes; `refreshed` are snapshots whose bytes moved
    while their content did not; `versions` bring new content; `events` are life-cycle steps without a snapshot;
    `notices` are owed to the `operator` targets; what is `held` is in the steps and not in the alerts. `swept` is a
    page of a search that was read, `joined` and `left` name a watch and the studies that its search has found or lost.
    """

    at: datetime
    data_timestamp: str
    unmoved: tuple[str, ...] = ()
    standings: tuple[Standing, ...] = ()
    refreshed: tuple[Snapshot, ...] = ()
    versions: tuple[NewVersion, ...] = ()
    events: tuple[Step, ...] = ()
    malformed: tuple[Malformed, ...] = ()
    alerts: tuple[Alert, ...] = ()
    owed: tuple[Owed, ...] = ()
    notices: tuple[Notice, ...] = ()
    operator: Sequence[Target] = ()
    held: Held = NOTHING_HELD
    swept: Swept | None = None
    joined: tuple[str, tuple[str, ...]] | None = None
    left: tuple[str, tuple[str, ...]] | None = None

    @property
    def steps(self) -> tuple[Step, ...]:
        """Every step, with or without a snapshot."""
        return (*(version.step for version in self.versions), *self.events)


@dataclass(frozen=True, slots=True)
class Due:
    """A study whose clocks are to be looked at: its newest version, and what was raised before.

    `snapshot` is None where the stored body is damaged; `new`: the clocks were never looked at.
    """

    nct_id: str
    snapshot: Snapshot | None
    raised: tuple[Raised, ...] = ()
    new: bool = False


@dataclass(frozen=True, slots=True)
class DayBrought:
    """What a day brought to some studies: committed in one transaction, or not at all.

    `looked_at` are the studies with the day of their next look (None: no day brings anything while the version lasts).
    """

    at: datetime
    looked_at: tuple[tuple[str, date | None], ...] = ()
    raised: tuple[tuple[str, Raised], ...] = ()
    closed: tuple[tuple[str, Raised], ...] = ()
    steps: tuple[Step, ...] = ()
    alerts: tuple[Alert, ...] = ()
    owed: tuple[Owed, ...] = ()
    unreadable: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Overdue:
    """What readers should have had by now: how many, and the targets that fail, with their error."""

    since: datetime | None
    messages: int
    failing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery that this process holds until its lease ends: alerts, or a notice, for one target.

    The alerts hold what this target is to be told and nothing else; `silenced` counts those of which nothing is told.
    `window` names the window of a digest. `stuck`: it has failed for hours while its target took others. `retried_at`
    is when the operator had it sent again.
    """

    id: int
    key: str
    target: Target
    message_id: str
    attempts: int
    first_due_at: datetime
    form: Form = Form.ALERT
    route: str = ""
    window: str = ""
    alerts: tuple[Alert, ...] = ()
    notice: Notice | None = None
    stuck: bool = False
    silenced: int = 0
    retried_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Hold:
    """A mass change that is held back, or was: `decision` is open, approved or dismissed."""

    id: str
    fingerprint: str
    data_refresh: str
    opened_at: str
    decision: str
    decided_at: str | None
    studies: int
    changes: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a request, in a sentence."""

    said: str
    failed: bool = False


@dataclass(frozen=True, slots=True)
class PollState:
    """How polling stands: when the next poll is due, and how the last ones went."""

    due_at: datetime | None = None
    failures: int = 0
    last_error: str = ""
    last_success_at: datetime | None = None
    data_timestamp: str = ""
