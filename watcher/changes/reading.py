"""What the table and its comparers are made of: two versions read side by side, rows, and findings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Protocol

from watcher.changes.rules import Rule
from watcher.model import Change
from watcher.record import PartialDate

# What our own reading of a record may trip over.
ODD = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, RecursionError)
# What `Version.value` gives where something of another shape stands: that is for the residual to show, raw.
MISSHAPEN = object()


def as_text(value: object) -> str:
    """A value of the record as a text without blanks around it, "" where it is none."""
    return value.strip() if isinstance(value, str) else ""


@dataclass(frozen=True, slots=True)
class Version:
    """One side of a comparison: forgiving access to a record by dotted path."""

    record: Mapping[str, Any]

    def at(self, path: str) -> Any:
        """The value at `path`, None where any step is missing or of another shape."""
        node: Any = self.record
        for key in path.split("."):
            node = node.get(key) if isinstance(node, dict) else None
        return node

    def text(self, path: str) -> str:
        """The text at `path`, "" where there is none."""
        return as_text(self.at(path))

    def value(self, path: str, *shapes: type) -> Any:
        """The value at `path` if it is of these shapes, None where it is absent, MISSHAPEN where any step is odd."""
        node: Any = self.record
        for key in path.split("."):
            if node is None:
                return None
            if not isinstance(node, dict):
                return MISSHAPEN
            node = node.get(key)
        fits = node is None or (isinstance(node, shapes) and (bool in shapes or not isinstance(node, bool)))
        return node if fits else MISSHAPEN

    def misshapen(self, path: str) -> bool:
        """Whether something other than an object stands at `path`: that is for the residual to show, raw."""
        value = self.at(path)
        return value is not None and not isinstance(value, dict)

    def rows(self, path: str) -> list[dict[str, Any]]:
        """The objects of the list at `path`; whatever else stands in it is left to the residual."""
        value = self.at(path)
        return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


@dataclass(frozen=True, slots=True)
class Earlier:
    """A change that was seen before: on which day, and in which version."""

    change: Change
    seen_on: date
    version: int


@dataclass(frozen=True, slots=True)
class History:
    """What two versions cannot know; every clause built on it is left out where it is None or empty.

    `slips` counts the earlier slips of the primary completion date; `earlier` are the changes so far, newest first.
    """

    first_seen: date | None = None
    first_primary_completion: str | None = None
    slips: int = 0
    status_since: date | None = None
    earlier: tuple[Earlier, ...] = ()
    # The identifiers of the older version's sites, in the order of its list; () where they are unknown.
    site_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pair:
    """The older and the newer version of one study, with the day they are read on."""

    old: Version
    new: Version
    today: date
    history: History = field(default_factory=History)

    def texts(self, path: str) -> tuple[str, str]:
        """The text at `path` on both sides."""
        return self.old.text(path), self.new.text(path)

    @property
    def started(self) -> bool:
        """Whether the newer version shows the study as started: its actual start date is reached."""
        return _reached(self.new, "startDateStruct", self.today, before=("NOT_YET_RECRUITING", "WITHDRAWN"))

    @property
    def primary_completed(self) -> bool:
        """Whether the newer version shows primary completion as reached: an actual date, not in the future."""
        return _reached(self.new, "primaryCompletionDateStruct", self.today, before=None)

    @property
    def filed_on(self) -> date:
        """The day the newer version was posted, as far as the record tells; else the day it is read on."""
        posted = PartialDate.parse(self.new.text("protocolSection.statusModule.lastUpdatePostDateStruct.date"))
        return posted.last if posted else self.today


def _reached(side: Version, name: str, today: date, *, before: tuple[str, ...] | None) -> bool:
    """Whether an actual date has come. Old records state no type, some no date: then the day or the status tells."""
    struct = f"protocolSection.statusModule.{name}"
    day, kind = PartialDate.parse(side.text(f"{struct}.date")), side.text(f"{struct}.type")
    if day is not None:
        return kind != "ESTIMATED" and day.first <= today
    return before is not None and side.text("protocolSection.statusModule.overallStatus") not in (*before, "")


@dataclass(frozen=True, slots=True)
class Finding:
    """One difference as a comparer tells it: the verb, both values in words, and what the severity rule may ask.

    A finding without a verb answers for its paths and tells nothing: what differs there has no meaning.
    """

    verb: str
    paths: tuple[str, ...]
    subject: str = ""
    old: str | None = None
    new: str | None = None
    words: Mapping[str, str] = field(default_factory=dict)
    measures: Mapping[str, float] = field(default_factory=dict)
    detail: Mapping[str, Any] = field(default_factory=dict)
    registry_side: bool = False
    claims: tuple[str, ...] = ()


def distinct(findings: Iterable[Finding]) -> Iterator[Finding]:
    """The findings, those of the same verb and subject numbered from the second on: no two may look like one."""
    seen: Counter[tuple[str, str]] = Counter()
    for finding in findings:
        key = finding.verb, finding.subject
        seen[key] += 1
        yield finding if seen[key] == 1 else replace(finding, subject=f"{finding.subject} ({seen[key]})".strip())


@dataclass(frozen=True, slots=True)
class Verb:
    """What a comparer can say: its meaning for the docs, and the sentence for the reader.

    The sentence is a format string over label, subject, old, new and the finding's own words.
    """

    meaning: str
    sentence: str = ""


class Comparer(Protocol):
    """One way in which a field can differ; `verbs` is everything it can say."""

    @property
    def verbs(self) -> Mapping[str, Verb]:
        """Every verb this comparer can say."""
        ...

    def findings(self, row: Row, pair: Pair) -> Iterable[Finding]:
        """The differences that `row` shows between the two versions."""
        ...


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: a noun, its label, where it stands in the record, how it is compared, how much it matters.

    A kind is the row's name and a verb. A row that finds something answers for all of its `paths`: the residual shows
    none of them. With `each`, a finding answers for its own paths alone.
    """

    name: str
    label: str
    paths: tuple[str, ...]
    compare: Comparer
    rules: Mapping[str, Rule]
    each: bool = False
