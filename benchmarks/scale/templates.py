"""Real records taken apart: pieces of JSON, of which made studies are put together by joining bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import orjson

Record = Mapping[str, Any]

EPOCH = date(1990, 1, 1).toordinal()
LAST = date(2079, 12, 31).toordinal()
DATES = tuple(date.fromordinal(day).isoformat().encode() for day in range(EPOCH, LAST))

# With these weights a made study is as large as the registry's own average, 17 KB, says.
WITH_RESULTS, HUGE, HUGE_FROM = 0.6, 0.05, 200_000

# What a date in a status module is to a made study: its own, or the template's, moved by so much.
FIRST_POSTED, FIRST_SENT, UPDATED, SENT, MOVED_BACK, MOVED = range(6)
_OWN = {
    "studyFirstSubmitDate": FIRST_SENT,
    "studyFirstSubmitQcDate": FIRST_SENT,
    "studyFirstPostDateStruct": FIRST_POSTED,
    "lastUpdateSubmitDate": SENT,
    "lastUpdatePostDateStruct": UPDATED,
}
_SPONSOR = ("sponsorCollaboratorsModule", "oversightModule")
_DESIGN = ("designModule", "armsInterventionsModule")
_REFERENCES = ("referencesModule", "ipdSharingStatementModule")
_OTHER_SECTIONS = ("resultsSection", "annotationSection", "documentSection")


@dataclass(frozen=True, slots=True)
class Moment:
    """A date in a status module: what it is, the template's own day, and how precise it is (4, 7 or 10 characters)."""

    meaning: int
    day: int
    length: int


@dataclass(frozen=True, slots=True)
class Template:
    """One record in pieces. Those that stand together depend on one another, and come from one template."""

    title: bytes
    status: bytes
    moments: tuple[Moment, ...]
    sections: bytes
    misc: bytes
    has_results: bytes
    sponsor: bytes
    references: bytes
    description: bytes
    conditions: bytes
    condition_terms: bytes
    design: bytes
    intervention_terms: bytes
    outcomes: bytes
    eligibility: bytes
    places: bytes
    words: str
    size: int

    @property
    def weight(self) -> float:
        """How often its status, and with it its results, are taken, against 1 for a template without results."""
        if self.size > HUGE_FROM:
            return HUGE
        return WITH_RESULTS if self.has_results == b"true" else 1.0


def templates_in(captures: Path, records: Path) -> tuple[Template, ...]:
    """A template of each record, and of the newest capture of each captured study."""
    return templates_of(newest_in(captures, records))


def newest_in(captures: Path, records: Path) -> Iterator[bytes]:
    """Each record, and the newest capture of each captured study, as they stand on the disk."""
    newest = [max(study.iterdir(), key=lambda path: path.stem) for study in sorted(captures.iterdir())]
    return (path.read_bytes() for path in (*sorted(records.iterdir()), *newest))


def templates_of(raws: Iterable[bytes]) -> tuple[Template, ...]:
    """A template of each of these records."""
    return tuple(template_of(orjson.loads(raw)) for raw in raws)


def template_of(record: Record) -> Template:
    """The pieces of one record."""
    protocol, derived = record["protocolSection"], record.get("derivedSection", {})
    status, moments = _status(protocol["statusModule"])
    misc = {name: value for name, value in derived.get("miscInfoModule", {}).items() if name != "versionHolder"}
    conditions = protocol.get("conditionsModule", {})
    return Template(
        title=_title(protocol["identificationModule"]),
        status=status,
        moments=moments,
        sections=_members(record, _OTHER_SECTIONS),
        misc=_members(misc, misc),
        has_results=orjson.dumps(bool(record.get("hasResults"))),
        sponsor=_members(protocol, _SPONSOR),
        references=_members(protocol, _REFERENCES),
        description=_members(protocol, ("descriptionModule",)),
        conditions=_members(protocol, ("conditionsModule",)),
        condition_terms=_members(derived, ("conditionBrowseModule",)),
        design=_members(protocol, _DESIGN),
        intervention_terms=_members(derived, ("interventionBrowseModule",)),
        outcomes=_members(protocol, ("outcomesModule",)),
        eligibility=_members(protocol, ("eligibilityModule",)),
        places=_members(protocol, ("contactsLocationsModule",)),
        words=" ".join([*conditions.get("conditions", ()), *conditions.get("keywords", ())]).lower(),
        size=len(orjson.dumps(record)),
    )


def _members(parent: Record, names: Iterable[str]) -> bytes:
    """These members, each with a comma before it; those that are not there are left out."""
    return b"".join(_member(name, parent[name]) for name in names if name in parent)


def _member(name: str, value: Any) -> bytes:
    return b',"' + name.encode() + b'":' + orjson.dumps(value)


def _title(module: Record) -> bytes:
    """The identification module with two places: for the number, and for what makes the title the study's own."""
    kept = {name: value for name, value in module.items() if name not in ("nctId", "nctIdAliases")}
    kept["briefTitle"] = f"{kept.get('briefTitle', '')} \x00"
    return b'{"nctId":"%b"' + _members(kept, kept).replace(b"%", b"%%").replace(rb"\u0000", b"%b") + b"}"


def _status(module: Record) -> tuple[bytes, tuple[Moment, ...]]:
    """The status module with a place for each date, and what stands there."""
    moments: list[Moment] = []
    marked = {name: _marked(name, value, moments) for name, value in module.items()}
    return b',"statusModule":' + orjson.dumps(marked).replace(b"%", b"%%").replace(rb"\u0000", b"%b"), tuple(moments)


def _marked(name: str, value: Any, moments: list[Moment]) -> Any:
    if isinstance(value, dict) and "date" in value:
        return {**value, "date": _marked_date(name, value["date"], value.get("type", ""), moments)}
    return _marked_date(name, value, "", moments) if name.endswith("Date") else value


def _marked_date(name: str, said: str, kind: str, moments: list[Moment]) -> str:
    day = date.fromisoformat(said + "-01-01"[len(said) - 10 :] if len(said) < 10 else said).toordinal()
    usual = MOVED if kind == "ESTIMATED" and name not in _OWN else MOVED_BACK
    moments.append(Moment(SENT if name == "statusVerifiedDate" else _OWN.get(name, usual), day - EPOCH, len(said)))
    return "\x00"


def matching(templates: Sequence[Template], condition: str) -> frozenset[int]:
    """The templates whose conditions or keywords hold every word of this."""
    wanted = condition.lower().split()
    return frozenset(number for number, each in enumerate(templates) if _holds(each.words, wanted))


def _holds(words: str, wanted: Sequence[str]) -> bool:
    found = set(words.replace(",", " ").replace(";", " ").split())
    return all(word in found for word in wanted)


def condition_for(templates: Sequence[Template], share: float) -> str:
    """The condition of one or two words that is found in about this share of the templates."""
    asked = sorted(set(_terms(templates)))
    return min(asked, key=lambda term: (abs(len(matching(templates, term)) / len(templates) - share), term))


def _terms(templates: Iterable[Template]) -> Iterator[str]:
    for each in templates:
        for said in orjson.loads(b"{" + each.conditions[1:] + b"}").get("conditionsModule", {}).get("conditions", ()):
            if said.replace(" ", "").isalpha() and said.count(" ") <= 1:
                yield said.lower()
