"""Enrolment: the target while it is an estimate, the number of participants once it is actual."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from watcher.changes.reading import Finding, Pair, Row, Verb, Version

# The registry's way of saying that the number is not known.
UNKNOWN_COUNT = 99_999_999


@dataclass(frozen=True, slots=True)
class _Enrollment:
    count: int
    type: str

    def __str__(self) -> str:
        return f"{self.count} ({self.type.lower()})" if self.type else str(self.count)


class Enrollment:
    """What happened to the number of participants."""

    verbs: Mapping[str, Verb] = {
        "target_increased": Verb("estimated -> larger estimate", "Target enrolment raised: {was} -> {now}{rel}."),
        "target_decreased": Verb("estimated -> smaller estimate", "Target enrolment lowered: {was} -> {now}{rel}."),
        "actualized": Verb(
            "estimated -> actual; against the target, only a shortfall counts",
            "Actual enrolment reported: {now} (target {was}{off}).",
        ),
        "actual_corrected": Verb("actual -> another actual", "Actual enrolment corrected: {was} -> {now}{rel}."),
        "zeroed": Verb("-> 0 participants", "Enrolment set to 0; it was: {old}."),
        "type_reverted": Verb("actual -> estimated", "Enrolment is no longer actual: {old} -> {new}."),
        "added": Verb("absent -> present", "Enrolment given: {new}."),
        "removed": Verb("present -> absent", "Enrolment removed; it was: {old}."),
    }

    def findings(self, row: Row, pair: Pair) -> Iterator[Finding]:
        """At most one finding."""
        path = row.paths[0]
        if any(side.misshapen(path) or _no_count(side.at(f"{path}.count")) for side in (pair.old, pair.new)):
            return
        old, new = _read(pair.old, path), _read(pair.new, path)
        verb = _verb(old, new)
        if verb:
            yield Finding(
                verb,
                (path,),
                old=str(old) if old else None,
                new=str(new) if new else None,
                words=_words(old, new),
                measures=_measures(verb, old, new),
                detail={"from": old.count if old else None, "to": new.count if new else None},
            )


def _read(side: Version, path: str) -> _Enrollment | None:
    count = side.at(f"{path}.count")
    if count is None or count == UNKNOWN_COUNT:
        return None
    return _Enrollment(count, side.text(f"{path}.type"))


def _no_count(value: object) -> bool:
    """Whether a side holds a number that is none: that is for the residual to show, raw."""
    return value is not None and (not isinstance(value, int) or isinstance(value, bool))


def _verb(old: _Enrollment | None, new: _Enrollment | None) -> str:
    if old is None or new is None:
        return "added" if new else "removed" if old else ""
    if new.count == 0 and old.count != 0:
        return "zeroed"
    before, after = old.type or new.type, new.type or old.type
    if before != after:
        return "actualized" if after == "ACTUAL" else "type_reverted"
    if old.count == new.count:
        return ""
    if after == "ACTUAL":
        return "actual_corrected"
    return "target_increased" if new.count > old.count else "target_decreased"


def _relative(old: _Enrollment, new: _Enrollment) -> float:
    return (new.count - old.count) / old.count * 100 if old.count else 0.0


def _measures(verb: str, old: _Enrollment | None, new: _Enrollment | None) -> dict[str, float]:
    """Percent and participants moved; of an actual number against its target, only a shortfall counts."""
    if old is None or new is None:
        return {}
    relative = _relative(old, new)
    return {
        "%": max(-relative, 0) if verb == "actualized" else abs(relative),
        "participants": abs(new.count - old.count),
    }


def _words(old: _Enrollment | None, new: _Enrollment | None) -> dict[str, str]:
    if old is None or new is None:
        return {}
    relative = f"{_relative(old, new):+.0f} %".replace("-", "−") if old.count else ""
    off = f", {relative}" if relative and old.count != new.count else ""
    return {"was": str(old.count), "now": str(new.count), "rel": relative and f" ({relative})", "off": off}
