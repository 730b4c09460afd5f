"""Single fields: coded values, flags, short texts and plain lists; reformatting is nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from watcher.changes.language.excerpts import differing
from watcher.changes.language.normal import alike, normal
from watcher.changes.language.words import clipped, label, quoted
from watcher.changes.reading import MISSHAPEN, Finding, Pair, Row, Verb, Version
from watcher.changes.rules import Measures

Values = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the record: where it stands, what it is called, what shape it has.

    `coded` values are shown with the registry's labels, others in quotes; `nothing` is as good as absent, and `same`
    says of two texts that they mean one thing.
    """

    path: str
    label: str
    shape: type = str
    coded: bool = True
    nothing: frozenset[str] = frozenset()
    same: Callable[[str, str], bool] = alike

    @property
    def name(self) -> str:
        """The field's own name in the record."""
        return self.path.rpartition(".")[2]

    def read(self, side: Version) -> Values | None:
        """What is stated, sorted; None where the value has another shape, which is left to the residual."""
        value = side.value(self.path, self.shape)
        return () if value is None else None if value is MISSHAPEN else self._stated(value)

    def _stated(self, value: object) -> Values | None:
        if isinstance(value, list):
            texts = [item for item in value if isinstance(item, str)]
            stated = sorted({item.strip() for item in texts}) if len(texts) == len(value) else None
        elif isinstance(value, bool):
            stated = ["YES" if value else "NO"]
        else:
            stated = [str(value).strip()]
        return None if stated is None else tuple(text for text in stated if normal(text))

    def _compared(self, stated: Values) -> set[str]:
        return {normal(text) for text in stated if text not in self.nothing}

    def moved(self, pair: Pair) -> Moved | None:
        """The difference between both sides, None where there is none worth telling."""
        if pair.old.at(self.path) == pair.new.at(self.path):
            return None
        old, new = self.read(pair.old), self.read(pair.new)
        if old is None or new is None or self._compared(old) == self._compared(new):
            return None
        return None if len(old) == len(new) == 1 and self.same(old[0], new[0]) else Moved(self, old, new)


@dataclass(frozen=True, slots=True)
class Moved:
    """A field that differs, with what either side states."""

    field: Field
    old: Values
    new: Values

    @property
    def restated(self) -> bool:
        """Whether both sides state something: neither first stated nor taken out."""
        return bool(self.old and self.new)

    def texts(self) -> tuple[str, str]:
        """Both sides in full; of a list that grew or shrank in part, what is only on one side."""
        sides = self.old, self.new
        if self.field.shape is list and not self.field.coded:
            known = tuple({normal(value) for value in side} for side in sides)
            sides = (
                tuple(value for value in self.old if normal(value) not in known[1]),
                tuple(value for value in self.new if normal(value) not in known[0]),
            )
        show = label if self.field.coded else str
        old, new = (", ".join(map(show, side)) for side in sides)
        return old, new

    def told(self) -> str:
        """The sentence: what it was and what it is."""
        shown = self.texts() if self.field.coded else differing(*self.texts())
        old, new = (self._shown(text) for text in shown)
        return f"{self.field.label} changed: {old} -> {new}."

    def _shown(self, text: str) -> str:
        if self.field.coded:
            return clipped(text) or "not stated"
        return quoted(text)


Measuring = Callable[[Pair, Sequence[Moved]], Measures]


def unmeasured(pair: Pair, moved: Sequence[Moved]) -> Measures:
    """No circumstance counts."""
    return {}


def paths_of(fields: Sequence[Field]) -> tuple[str, ...]:
    """Where these fields stand."""
    return tuple(field.path for field in fields)


@dataclass(frozen=True, slots=True)
class EachField:
    """Fields that are told one by one."""

    verb: str
    meaning: str
    fields: Sequence[Field]
    measure: Measuring = unmeasured
    verbs: Mapping[str, Verb] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "verbs", {self.verb: Verb(self.meaning, "{told}")})

    def findings(self, row: Row, pair: Pair) -> Iterator[Finding]:
        """One finding for what is told together; its subject names the fields that moved where the row has several."""
        found = [difference for one in self.fields if (difference := one.moved(pair))]
        for moved in self.told_together(found):
            subject = ", ".join(one.field.name for one in moved) if len(self.fields) > 1 else ""
            yield _finding(self.verb, moved, subject, self.measure(pair, moved))

    def told_together(self, moved: Sequence[Moved]) -> list[Sequence[Moved]]:
        """Each field by itself."""
        return [[one] for one in moved]


@dataclass(frozen=True, slots=True)
class AnyField(EachField):
    """Fields that are told as one change, whichever of them moved."""

    def told_together(self, moved: Sequence[Moved]) -> list[Sequence[Moved]]:
        """All that moved, if any did."""
        return [moved] if moved else []


def _finding(verb: str, moved: Sequence[Moved], subject: str, measures: Measures) -> Finding:
    old, new = ("; ".join(filter(None, side)) for side in zip(*(one.texts() for one in moved), strict=True))
    return Finding(
        verb,
        tuple(one.field.path for one in moved),
        subject,
        old or None,
        new or None,
        {"told": " ".join(one.told() for one in moved)},
        measures,
    )
