"""What arrived at the targets, read from the messages themselves."""

from __future__ import annotations

import csv
import datetime
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.stage import READERS, Targets
from benchmarks.truth import Step

HOOK = "webhook"
TARGETS = (*READERS, HOOK)
NEAR = 0.5

_HEAD = re.compile(r"^(?:CRITICAL|MAJOR|MINOR|NOISE) +(NCT[0-9]{8})\b", re.MULTILINE)
_SEEN = re.compile(r"\b[Ss]een\s+([0-9]{4}-[0-9]{2}-[0-9]{2})")
_RULE = re.compile(r"^[-=]{60,}$", re.MULTILINE)
_DIGEST = re.compile(r"^[0-9]+ stud(?:y|ies) changed: ", re.MULTILINE)
# Evidence is wrapped: what stands further in goes on with the line above it.
_WRAPPED = re.compile(r"\n {4,}")


@dataclass(frozen=True)
class Evidence:
    """One line of an alert's evidence."""

    kind: str
    severity: str
    text: str


@dataclass(frozen=True)
class Told:
    """One alert as one message told it to one target."""

    target: str
    id: str
    step: Step
    evidence: tuple[Evidence, ...]


def told(to: Targets) -> list[Told]:
    """Every alert about a version that arrived, repeats included; the labels know nothing of clocks."""
    return of_versions(alert for arrival in _arrivals(to) for alert in alerts_in(*arrival))


def of_versions(alerts: Iterable[Told]) -> list[Told]:
    """Those that tell of more than a clock."""
    return [alert for alert in alerts if not all(line.kind.startswith("clock.") for line in alert.evidence)]


def once(alerts: Iterable[Told]) -> list[Told]:
    """Each message once at each target: what a mail program or a webhook that de-duplicates keeps."""
    return list({(alert.target, alert.id, alert.step): alert for alert in alerts}.values())


def near(one: str, other: str) -> float:
    """0..1: how much of the shorter text's words is in the longer one."""
    left, right = _words(one), _words(other)
    shorter = min(left.total(), right.total())
    return (left & right).total() / shorter if shorter else 0.0


def matched(wanted: Sequence[dict[str, Any]], lines: Sequence[Evidence]) -> set[int]:
    """Which of the wanted changes are in the evidence, each line used for one of them."""
    scored = (
        (_closeness(change, line), number, place)
        for number, change in enumerate(wanted)
        for place, line in enumerate(lines)
        if change["kind"] == line.kind
    )
    kinds = Counter(change["kind"] for change in wanted), Counter(line.kind for line in lines)
    found: set[int] = set()
    used: set[int] = set()
    for score, number, place in sorted(scored, key=lambda entry: (-entry[0], entry[1], entry[2])):
        alone = all(kind[wanted[number]["kind"]] == 1 for kind in kinds)
        if number not in found and place not in used and (score >= NEAR or alone):
            found.add(number)
            used.add(place)
    return found


def _closeness(change: dict[str, Any], line: Evidence) -> float:
    """By the subject; a change may also be told in the words of its values."""
    values = " ".join(str(change.get(name) or "") for name in ("subject", "old", "new"))
    return max(near(str(change.get("subject") or ""), line.text), near(values, line.text))


def _words(text: str) -> Counter[str]:
    plain = unicodedata.normalize("NFKD", text).casefold()
    return Counter(re.findall(r"[a-z0-9]+", "".join(sign for sign in plain if not unicodedata.combining(sign))))


def _arrivals(to: Targets) -> Iterator[tuple[str, str, str, str]]:
    """Target, message id, text and table of changes ("" for none) of everything that came for readers."""
    for reader in READERS:
        for mail in to.mail.mails_to(reader):
            tables = [part for part in mail.message.iter_attachments() if part.get_content_type() == "text/csv"]
            table = str(tables[0].get_content()) if tables else ""
            yield reader, str(mail.message["Message-ID"]), mail.part("plain"), table
    for request in list(to.hook.requests):
        yield HOOK, request.header("Idempotency-Key") or "", str(request.json()["message"]), ""


def alerts_in(target: str, number: str, text: str, table: str) -> Iterator[Told]:
    """The alerts of one message: its text, and the table beside it ("" for none)."""
    beside = _in_table(table)
    first, *parts = _RULE.split(text)
    # A digest begins with what it is and ends with what can be done; a study stands between two rules.
    studies = parts[:-1] if parts and _DIGEST.search(first) else [first, *parts]
    for part in studies:
        head, seen = _HEAD.search(part), _SEEN.findall(part)
        if head is None or not seen:
            raise ValueError(f"not an alert, or not one that says what it is about: {part[:200]!r}")
        for day in map(datetime.date.fromisoformat, seen):
            step = head[1], day
            yield Told(target, number, step, beside.get(step) or tuple(_evidence(part)))


def _in_table(table: str) -> dict[Step, tuple[Evidence, ...]]:
    """The evidence of a digest, which stands in the table beside it."""
    found: dict[Step, tuple[Evidence, ...]] = {}
    for row in csv.DictReader(io.StringIO(table.lstrip("\ufeff"), newline="")):
        step = row["nct_id"], datetime.date.fromisoformat(row["observed"][:10])
        told = " | ".join(row[name] for name in ("subject", "old", "new"))
        found[step] = (*found.get(step, ()), Evidence(row["kind"], row["severity"], told))
    return found


def _evidence(part: str) -> Iterator[Evidence]:
    _, _, block = part.partition("\nEvidence:\n")
    for line in filter(None, map(str.strip, _WRAPPED.sub(" ", block).splitlines())):
        kind, separator, rest = line.partition(" | ")
        severity, _, text = rest.partition(" | ")
        if separator:
            yield Evidence(kind, severity, text)
