"""Mass changes: the same mutation in an unusual share of the studies of one page is the registry's doing, not news.

A mutation is a kind, the path without its indexes, and what was put in place of what (the words that differ; of a
country, its name). What tells a sweep of the registry from news is that nobody filed anything: the submission date of
the records has not moved. So the same mutation is held back

- in 5 studies and 10 % of the page that filed nothing (a country is spelt otherwise, a field is new), or
- in 20 studies and half of the page, whether they filed or not, or
- whatever its values, in 20 studies and 40 % of the page that filed nothing (texts are laid out otherwise).

A sponsor that stops five studies on one day has filed five times, and is told; so is what was filed in weeks in which
the service was off. A mutation that is held is held in every study of its data refresh, also on later pages, until the
operator decides; where nothing was filed, so is the same kind of change with other values.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b

from watcher.changes.language.words import clipped
from watcher.model import Change

FEW, SHARE = 5, 0.10
MANY, LARGE_SHARE, HALF = 20, 0.40, 0.50
LONGEST_VALUE = 60
EXAMPLES = 5

OPEN, APPROVED, DISMISSED = "open", "approved", "dismissed"

_INDEX = re.compile(r"\[\d+\]")
# A residual difference has no values of its own: there the path says what it is.
_RESIDUAL = "record.changed"
_NEVER_HELD = ("record.touched", "record.discovered", "record.merged", "clock.")
# The registry computes it for one study after another as days pass, with no filing: several on a day are news.
_COMPUTED = "status.became_unknown"
# That a site came or went says the same of every site: where something was filed, each is news of its own.
_OF_OWN = frozenset({"site.added", "site.removed"})


@dataclass(frozen=True, slots=True)
class Compared:
    """The changes of one study of a page; `filed`: its submission date moved with them."""

    nct_id: str
    changes: tuple[Change, ...]
    filed: bool


@dataclass(frozen=True, slots=True)
class Mass:
    """A mutation that is held back in one data refresh, as one page shows it."""

    id: str
    fingerprint: str
    studies: int
    sampled: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """What is held back of a page; `changes` names the mass of a change, by study and number."""

    masses: tuple[Mass, ...] = ()
    changes: Mapping[tuple[str, int], str] = field(default_factory=dict)

    def is_held(self, nct_id: str, change: Change) -> bool:
        """Whether this change waits for the operator."""
        return (nct_id, change.id) in self.changes


NOTHING_HELD = Held()


def held_back(page: Sequence[Compared], sampled: int, data_refresh: str, decided: Mapping[str, str]) -> Held:
    """What is held back of a page on which `sampled` studies could be compared with a version before.

    `decided` says of every mutation already held in this refresh whether it is open, approved or dismissed; what was
    approved is held no more.
    """
    page = _without(page, {mutation for mutation, decision in decided.items() if decision == APPROVED})
    held = {mutation for mutation, decision in decided.items() if decision != APPROVED} | _unusual(page, sampled)
    held |= _common(_without(page, held), sampled)
    shown = {(study.nct_id, number): name for study in page for number, name in _found(study, sorted(held)).items()}
    if not shown:
        return NOTHING_HELD
    names = {mutation: hold_id(mutation, data_refresh) for mutation in sorted(set(shown.values()))}
    masses = tuple(_mass(mutation, name, page, shown, sampled) for mutation, name in names.items())
    return Held(masses, {change: names[mutation] for change, mutation in shown.items()})


def hold_id(mutation: str, data_refresh: str) -> str:
    """A short name of one mutation in one data refresh, the same however often it is met."""
    return blake2b(f"{data_refresh}|{mutation}".encode(), digest_size=4).hexdigest()


# --- what is unusual --------------------------------------------------------------


def _unusual(page: Sequence[Compared], sampled: int) -> set[str]:
    """The mutations that too many studies share to the letter."""
    everywhere = _counted(page, _exact)
    unfiled = _counted((study for study in page if not study.filed), _exact)
    few, many = max(FEW, SHARE * sampled), max(MANY, HALF * sampled)
    return {
        mutation
        for mutation, studies in everywhere.items()
        if (unfiled[mutation] >= few and not mutation.startswith(_COMPUTED))
        or (studies >= many and not mutation.startswith(_RESIDUAL))
    }


def _common(page: Sequence[Compared], sampled: int) -> set[str]:
    """The kinds of change, whatever their values, that too many studies share without having filed anything."""
    unfiled = _counted((study for study in page if not study.filed), _whatever)
    return {mutation for mutation, studies in unfiled.items() if studies >= max(MANY, LARGE_SHARE * sampled)}


def _counted(page: Iterable[Compared], read: Callable[[Change, bool], Sequence[str]]) -> Counter[str]:
    """In how many studies each mutation stands."""
    return Counter(
        mutation
        for study in page
        for mutation in {found for change in study.changes for found in read(change, study.filed)}
    )


def _without(page: Sequence[Compared], mutations: set[str]) -> list[Compared]:
    """The page without the changes that show one of these."""
    known = sorted(mutations)
    return [
        Compared(study.nct_id, tuple(c for c in study.changes if c.id not in found), study.filed)
        for study in page
        for found in (_found(study, known),)
    ]


def _found(study: Compared, held: Sequence[str]) -> dict[int, str]:
    """The changes of a study that show one of these, each with the first of them, and what folds under them."""
    if not held:
        return {}
    shown = {change.id: mutation for change in study.changes if (mutation := _match(change, held, study.filed))}
    under = {change.id: shown[change.parent] for change in study.changes if change.parent in shown}
    return shown | under


def _match(change: Change, held: Sequence[str], filed: bool) -> str | None:
    for mutation in (*_exact(change, filed), *_whatever(change, filed)):
        if mutation in held:
            return mutation
    # The same sweep meets other values: a site that is listed otherwise was open here and closed there.
    alike = () if filed else tuple(f"{_alike(change.kind, path)}: " for path in _paths(change))
    return next((mutation for mutation in held if mutation.startswith(alike)), None)


# --- what a change is, apart from its study ------------------------------------------


def _exact(change: Change, filed: bool) -> Sequence[str]:
    if filed and change.kind in _OF_OWN:
        return ()
    values = _core(*_values(change))
    if change.kind == _RESIDUAL:
        return [_alike(change.kind, path) for path in _paths(change)]
    if values is None or not any(values):
        return ()
    told = " -> ".join(value or "nothing" for value in values)
    return [f"{_alike(change.kind, path)}: {told}" for path in _paths(change)]


def _values(change: Change) -> tuple[str, str]:
    """What stands in place of what; of a country its name, since how many sites it has is not what was put there."""
    if change.kind == "country.added":
        return "", change.subject
    if change.kind == "country.removed":
        return change.subject, ""
    return change.old or "", change.new or ""


def _whatever(change: Change, filed: bool) -> Sequence[str]:
    if change.kind == _RESIDUAL:
        return ()
    return [f"{_alike(change.kind, path)}, whatever the values" for path in _paths(change)]


def _alike(kind: str, path: str) -> str:
    return f"{kind} in {path}"


def _paths(change: Change) -> Sequence[str]:
    if change.kind.startswith(_NEVER_HELD):
        return ()
    return sorted({_INDEX.sub("[]", path) for path in change.paths})


def _core(old: str, new: str) -> tuple[str, str] | None:
    """The words in which the two differ; None where they are too long to be a code or a name."""
    before, after = old.split(), new.split()
    while before and after and before[0] == after[0]:
        before, after = before[1:], after[1:]
    while before and after and before[-1] == after[-1]:
        before, after = before[:-1], after[:-1]
    values = " ".join(before), " ".join(after)
    return values if max(map(len, values)) <= LONGEST_VALUE else None


def _mass(
    mutation: str, name: str, page: Sequence[Compared], shown: Mapping[tuple[str, int], str], sampled: int
) -> Mass:
    told = [
        (study.nct_id, change)
        for study in page
        for change in study.changes
        if shown.get((study.nct_id, change.id)) == mutation
    ]
    examples = {nct_id: clipped(" ".join(change.sentence.split()), 200) for nct_id, change in reversed(told)}
    listed = tuple(f"{nct_id}: {examples[nct_id]}" for nct_id in sorted(examples)[:EXAMPLES])
    return Mass(name, mutation, len(examples), sampled, listed)
