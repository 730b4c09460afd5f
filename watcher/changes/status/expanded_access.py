"""Expanded access as a study's record tells it: whether there is any, under which number, and how it stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from watcher.changes.language.words import clipped, status_label
from watcher.changes.reading import MISSHAPEN, Finding, Pair, Row, Verb, Version

EXPANDED_ACCESS = "protocolSection.statusModule.expandedAccessInfo"
_SHAPES = {"hasExpandedAccess": bool, "nctId": str, "statusForNctId": str}


class ExpandedAccess:
    """The link to expanded access; "no" and nothing stated are the same."""

    verbs: Mapping[str, Verb] = {
        "linked": Verb(
            "expanded access exists where there was none, or under another NCT number",
            "Expanded access stated: {old} -> {new}.",
        ),
        "unlinked": Verb("expanded access is no longer stated", "Expanded access no longer stated: {old} -> {new}."),
        "status_changed": Verb(
            "the status of the linked expanded access record",
            "Status of expanded access {subject} changed: {old} -> {new}.",
        ),
    }

    def findings(self, row: Row, pair: Pair) -> Iterator[Finding]:
        """At most one finding."""
        shapes = ((f"{EXPANDED_ACCESS}.{name}", shape) for name, shape in _SHAPES.items())
        if any(side.value(path, shape) is MISSHAPEN for path, shape in shapes for side in (pair.old, pair.new)):
            return
        (had, old_number), (has, new_number) = (_link(side) for side in (pair.old, pair.new))
        if (had, old_number) == (has, new_number):
            yield from self._status(pair, new_number)
            return
        verb = "linked" if has and (new_number or not had) else "unlinked"
        shown = (_shown(had, old_number), _shown(has, new_number))
        yield Finding(verb, (EXPANDED_ACCESS,), new_number or old_number, *shown)

    def _status(self, pair: Pair, number: str) -> Iterator[Finding]:
        path = f"{EXPANDED_ACCESS}.statusForNctId"
        old, new = pair.texts(path)
        if old != new:
            yield Finding("status_changed", (path,), number, clipped(status_label(old)), clipped(status_label(new)))


def _link(side: Version) -> tuple[bool, str]:
    number = clipped(side.text(f"{EXPANDED_ACCESS}.nctId"))
    return bool(number) or side.at(f"{EXPANDED_ACCESS}.hasExpandedAccess") is True, number


def _shown(stated: bool, number: str) -> str:
    return number or ("yes" if stated else "none")
