"""The story of one study, held to its expected changes exactly: parents, severities, arithmetic, what must not be."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from fnmatch import fnmatchcase
from typing import Any

from benchmarks.messages import near
from benchmarks.semantics.material import said
from benchmarks.truth import shared
from watcher.model import Change, Severity

FOLDER = "nct04150497"
ALIKE = 0.5
_FINER = ("subject_not", "unless_child_of", "if_child_of")

Wanted = Mapping[str, Any]


def deviations() -> list[str]:
    """Everything in which the engine's reading of the story differs from the expected one."""
    steps = json.loads(shared(f"{FOLDER}/expected.json").read_text(encoding="utf-8"))
    return [f"{step['id']}: {deviation}" for step in steps for deviation in deviations_of(step, _heard(step))]


def _heard(step: Wanted) -> tuple[Change, ...]:
    old, new = (shared(f"{FOLDER}/{step[name]}.json").read_bytes() for name in ("prev", "id"))
    return said(old, new, date.fromisoformat(step["to"]))


def deviations_of(step: Wanted, heard: Sequence[Change]) -> Iterator[str]:
    """What is missing, extra, forbidden or told otherwise in one step."""
    matches = _matched(step["changes"], heard)
    for number, wanted in enumerate(step["changes"]):
        if number in matches:
            yield from _told_otherwise(wanted, matches[number], heard, step["acceptable"])
        elif not _excused(wanted, heard, step["acceptable"]):
            yield f"missing {wanted['kind']} {wanted['subject']}"
    hits = {change.id for change in matches.values()}
    for change in heard:
        if change.id not in hits and not _is_acceptable(change, step["acceptable"]):
            yield f"extra {change.kind} ({change.severity.word}) {change.subject}"
    for change in heard:
        yield from _forbidden(change, heard, step["must_not"], hit=change.id in hits)


def _matched(wanted: Sequence[Wanted], heard: Sequence[Change]) -> dict[int, Change]:
    """Which change tells which wanted one, closest first, each used once."""
    scored = (
        (_closeness(want, change), number, change)
        for number, want in enumerate(wanted)
        for change in heard
        if change.kind == want["kind"]
    )
    found: dict[int, Change] = {}
    for closeness, number, change in sorted(scored, key=lambda entry: (-entry[0], entry[1], entry[2].id)):
        if (
            number not in found
            and change not in found.values()
            and (closeness >= ALIKE or not wanted[number]["subject"])
        ):
            found[number] = change
    return found


def _closeness(want: Wanted, change: Change) -> float:
    if want["subject"] == change.subject:
        return 2.0
    return near(want["subject"], change.subject)


def _told_otherwise(
    want: Wanted, change: Change, heard: Sequence[Change], acceptable: Sequence[Wanted]
) -> Iterator[str]:
    about = f"{change.kind} {change.subject}".strip()
    if change.severity is not Severity.of(want["severity"]) and not _is_acceptable(change, acceptable):
        yield f"{about} is {change.severity.word}, not {want['severity']}"
    parent = _parent(change, heard)
    if parent != want.get("child_of", ""):
        yield f"{about} is told under {parent or 'nothing'}, not under {want.get('child_of', 'nothing')}"
    if "delta_days" in want and change.detail.get("days") != want["delta_days"]:
        yield f"{about} moved by {change.detail.get('days')} days, not {want['delta_days']}"
    if "delta" in want and str(want["delta"]).replace("-", "−") not in change.sentence:
        yield f"{about} does not say {want['delta']}: {change.sentence}"
    if missing := _unsaid(want, change):
        yield f"{about} says nothing like {missing!r}"


def _unsaid(want: Wanted, change: Change) -> str:
    """The old or new value that the change does not tell, "" where it tells both, loosely."""
    told = " ".join((change.subject, change.old or "", change.new or "", change.sentence))
    values = (str(want.get(side) or "") for side in ("old", "new"))
    return next((value for value in values if value and near(value, told) < ALIKE), "")


def _parent(change: Change, heard: Sequence[Change]) -> str:
    return heard[change.parent].kind if change.parent is not None else ""


def _is_acceptable(change: Change, acceptable: Sequence[Wanted]) -> bool:
    return any(
        change.kind == entry["kind"]
        and change.severity.word == entry["severity"]
        and (not entry.get("subject") or near(entry["subject"], change.subject) >= ALIKE)
        for entry in acceptable
    )


def _excused(want: Wanted, heard: Sequence[Change], acceptable: Sequence[Wanted]) -> bool:
    """Whether another honest reading of it was told instead."""
    instead = [entry for entry in acceptable if want["kind"] in entry.get("instead_of", "").split()]
    return any(_is_acceptable(change, instead) for change in heard)


def _forbidden(change: Change, heard: Sequence[Change], rules: Sequence[Wanted], *, hit: bool) -> Iterator[str]:
    for rule in rules:
        exempt = hit and not any(key in rule for key in _FINER)
        if not exempt and _is_forbidden(rule, change, _parent(change, heard)):
            yield f"must not say {change.kind} {change.subject}: {rule['why']}"


def _is_forbidden(rule: Wanted, change: Change, parent: str) -> bool:
    if not fnmatchcase(change.kind, rule["kind"]):
        return False
    return (
        rule.get("subject", change.subject) == change.subject
        and rule.get("subject_not") != change.subject
        and ("unless_child_of" not in rule or rule["unless_child_of"] != parent)
        and ("if_child_of" not in rule or rule["if_child_of"] == parent)
    )
