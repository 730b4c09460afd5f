"""The filter of the inbox: what may be chosen, and what the address asks for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property

from watcher.alerts.accounts import Shelf, State
from watcher.audience import followed
from watcher.config.kinds import kinds_matching, known_kinds
from watcher.config.mistakes import unknown
from watcher.model import Severity, Watch
from watcher.views.numbers import row_number
from watcher.web.visit import BadQuestion, Visit

NAMES = ("watch", "severity", "kind", "study", "route", "since", "until", "state")
_NUMBER = re.compile(r"NCT\d{8}", re.ASCII)
_SEVERITIES = tuple(severity.word for severity in sorted(Severity, reverse=True))
_STATES = {
    State.ANY: "all",
    State.UNREAD: "unread",
    State.READ: "acknowledged",
    State.NOISE: "marked as noise",
    State.SILENCED: "silenced",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice of a list, in `group` of it where it has groups."""

    value: str
    name: str
    group: str = ""


class Filter:
    """What the address of the inbox asks for; BadQuestion, when it is read, for what cannot be understood."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self.asked: Mapping[str, str] = {name: value for name in NAMES if (value := visit.text(name))}

    @property
    def is_narrowed(self) -> bool:
        """Whether it leaves anything out."""
        return any(name != "state" or value != State.ANY for name, value in self.asked.items())

    @property
    def is_sifted(self) -> bool:
        """Whether it asks for more than a state."""
        return any(name != "state" for name in self.asked)

    def chosen(self, name: str) -> str:
        """What is chosen of a list, "" for nothing."""
        return self.asked.get(name, "")

    def but(self, **other: str) -> dict[str, str]:
        """The same with something else chosen."""
        return {**self.asked, **other}

    def shelf(self) -> Shelf:
        """The same as the store is asked."""
        until = self._day("until")
        return Shelf(
            studies=self._studies(),
            search=self._watch.name if self._watch and self._is_searched else "",
            route=self.chosen("route"),
            kinds=self._kinds(),
            min_severity=self._severity(),
            since=self._day("since"),
            until=until + timedelta(days=1) if until else None,
            state=self._state(),
            before=self._number("before"),
            after=self._number("after"),
        )

    def choices(self) -> Mapping[str, Sequence[Choice]]:
        """What may be chosen, by the name of the list."""
        config = self._visit.config
        # Alerts outlive their route.
        routes = dict.fromkeys([*(route.name for route in config.routes), *filter(None, [self.chosen("route")])])
        return {
            "watch": [Choice(watch.name, watch.name) for watch in config.watches],
            "severity": [Choice(word, word if word == "critical" else f"{word} or worse") for word in _SEVERITIES[:-1]],
            "kind": list(_kinds()),
            "route": [Choice(name, name) for name in routes],
            "state": [Choice(state.value, name) for state, name in _STATES.items()],
        }

    # --- what single parameters mean ------------------------------------------------

    @cached_property
    def _watch(self) -> Watch | None:
        name = self.chosen("watch")
        watches = {watch.name: watch for watch in self._visit.config.watches}
        if name and name not in watches:
            raise BadQuestion(f"watch: {unknown('watch', name, tuple(watches))}")
        return watches.get(name)

    @property
    def _is_searched(self) -> bool:
        """Whether the watch is a search that leaves any study out."""
        return bool(self._watch and self._watch.search and not self._watch.search.is_everything)

    def _studies(self) -> tuple[str, ...] | None:
        """The studies that are asked for by their numbers; None where any will do."""
        listed = self._listed()
        named = self._named()
        if named is None or listed is None:
            return listed if named is None else named
        return tuple(number for number in named if number in set(listed))

    def _listed(self) -> tuple[str, ...] | None:
        if self._watch is None or self._watch.search is not None:
            return None
        (watch,) = followed((self._watch,), self._visit.store)
        return tuple(study.nct_id for study in watch.studies)

    def _named(self) -> tuple[str, ...] | None:
        """The studies that the field "study" means: one by its number, or all with such a label."""
        text = self.chosen("study")
        if not text:
            return None
        if _NUMBER.fullmatch(text.upper()):
            return (text.upper(),)
        studies = (
            study for watch in followed(self._visit.config.watches, self._visit.store) for study in watch.studies
        )
        return tuple(dict.fromkeys(study.nct_id for study in studies if text.casefold() in study.label.casefold()))

    def _kinds(self) -> tuple[str, ...]:
        glob = self.chosen("kind")
        found = kinds_matching((glob,)) if glob else ()
        if glob and not found:
            raise BadQuestion(f"kind: {unknown('kind', glob, tuple(known_kinds()))}")
        return found

    def _severity(self) -> Severity:
        word = self.chosen("severity") or Severity.NOISE.word
        if word not in _SEVERITIES:
            raise BadQuestion(f"severity: {unknown('severity', word, _SEVERITIES)}")
        return Severity.of(word)

    def _state(self) -> State:
        word = self.chosen("state") or State.ANY.value
        if word not in {state.value for state in State}:
            raise BadQuestion(f"state: {unknown('state', word, tuple(state.value for state in State))}")
        return State(word)

    def _day(self, name: str) -> datetime | None:
        text = self.chosen(name)
        if not text:
            return None
        try:
            day = date.fromisoformat(text)
            return datetime(day.year, day.month, day.day, tzinfo=UTC) if day.year < 9999 else None
        except ValueError:
            raise BadQuestion(f"{name}: expected a day such as 2026-12-24.") from None

    def _number(self, name: str) -> int | None:
        text = self._visit.text(name)
        if not text:
            return None
        if (said := row_number(text)) is None:
            raise BadQuestion(f"{name}: expected the number of an alert.")
        return said


def _kinds() -> Iterator[Choice]:
    """Every kind in the group of its noun, each group begun by what stands for all of it."""
    groups: dict[str, list[str]] = {}
    for kind in known_kinds():
        groups.setdefault(kind.partition(".")[0], []).append(kind)
    for noun, kinds in sorted(groups.items()):
        if len(kinds) > 1:
            yield Choice(f"{noun}.*", f"{noun}: all of these", noun)
        yield from (Choice(kind, kind, noun) for kind in sorted(kinds))
