"""Edits of eligibility: criteria, and who may take part."""

from __future__ import annotations

import re
from random import Random

from benchmarks.semantics.edits.protocol import replaced
from benchmarks.semantics.edits.shape import EM, Doing, Edit, Record, at, drop, edits_in, put

_CRITERIA = f"{EM}.eligibilityCriteria"
_HEADINGS = re.compile(
    r"(?is)\A\s*(?:key |main )?inclusion criteria:?\s*\n(.*?)\n\s*(?:key |main )?exclusion criteria:?\s*\n(.*)\Z"
)
_NUMBER = re.compile(r"(?<![\d.])(\d{2,3})(?![\d.])")


def _sections(record: Record) -> tuple[list[str], list[str]] | None:
    """The bullets under both headings; None where the text is laid out otherwise."""
    found = _HEADINGS.match(at(record, _CRITERIA) or "")
    if found is None:
        return None
    sections = [[line.strip() for line in part.splitlines() if line.strip()] for part in found.groups()]
    bulleted = all(line.startswith("* ") for part in sections for line in part)
    return (sections[0], sections[1]) if bulleted and all(len(part) > 2 for part in sections) else None


def _rewritten(record: Record, inclusion: list[str], exclusion: list[str]) -> bool:
    text = "\n".join(("Inclusion Criteria:", "", *inclusion, "", "Exclusion Criteria:", "", *exclusion))
    return put(record, _CRITERIA, text)


def _new_criterion(line: str, part: int) -> Doing:
    def do(record: Record, chance: Random) -> bool:
        sections = _sections(record)
        if sections is None:
            return False
        sections[part].insert(chance.randint(1, len(sections[part])), f"* {line}")
        return _rewritten(record, *sections)

    return do


def _criterion_gone(record: Record, chance: Random) -> bool:
    sections = _sections(record)
    if sections is None:
        return False
    part = chance.choice(sections)
    part.pop(chance.randrange(len(part)))
    return _rewritten(record, *sections)


def _number_moved(record: Record, chance: Random) -> bool:
    sections = _sections(record)
    places = [
        (part, place)
        for part in sections or ()
        for place, line in enumerate(part)
        if len(_NUMBER.findall(line)) == 1 and len(line) > 25
    ]
    if not sections or not places:
        return False
    part, place = chance.choice(places)
    part[place] = _NUMBER.sub(lambda found: str(int(found[1]) + 7), part[place])
    return _rewritten(record, *sections)


def _criterion_moved(record: Record, chance: Random) -> bool:
    sections = _sections(record)
    if sections is None:
        return False
    line = sections[0].pop(chance.randrange(len(sections[0])))
    sections[1].append(line)
    return len(line) > 25 and _rewritten(record, *sections)


def _criteria_in_order(record: Record, chance: Random) -> bool:
    sections = _sections(record)
    return sections is not None and _rewritten(record, sections[0][::-1], sections[1][::-1])


CRITERIA = (
    Edit(
        "a new inclusion",
        ("eligibility.criterion_added",),
        _new_criterion("Willing to keep a diary of meals", 0),
        "minor",
    ),
    Edit(
        "a new threshold",
        ("eligibility.criterion_added",),
        _new_criterion("Haemoglobin of at least 9 g/dL at screening", 0),
        "major",
    ),
    Edit(
        "a new exclusion",
        ("eligibility.criterion_added",),
        _new_criterion("Known allergy to any excipient of the study drug", 1),
        "major",
    ),
    Edit("a criterion removed", ("eligibility.criterion_removed",), _criterion_gone),
    Edit("a criterion added", ("eligibility.criterion_added",), _criterion_gone, "", (), True),
    Edit("a number of a criterion", ("eligibility.criterion_changed",), _number_moved, "major"),
    Edit("a criterion moved to the other list", ("eligibility.criterion_moved",), _criterion_moved, "major"),
    Edit("criteria in another order", ("eligibility.reformatted",), _criteria_in_order, "noise"),
)


def _age(field: str, value: str) -> Doing:
    return lambda record, chance: (
        at(record, f"{EM}.{field}") not in (None, value) and put(record, f"{EM}.{field}", value)
    )


WHO = (
    Edit("another minimum age", ("eligibility.age_changed",), _age("minimumAge", "21 Years"), "major"),
    Edit("another maximum age", ("eligibility.age_changed",), _age("maximumAge", "79 Years"), "major"),
    Edit("no maximum age any more", ("eligibility.age_changed",), lambda r, _: drop(r, f"{EM}.maximumAge"), "major"),
    Edit("a maximum age", ("eligibility.age_changed",), lambda r, _: drop(r, f"{EM}.maximumAge"), "major", (), True),
    Edit("another sex", ("eligibility.sex_changed",), replaced(f"{EM}.sex", "FEMALE", "ALL"), "major"),
    Edit(
        "healthy volunteers",
        ("eligibility.healthy_volunteers_changed",),
        replaced(f"{EM}.healthyVolunteers", True, False),
        "major",
    ),
    Edit(
        "another population",
        ("eligibility.population_changed",),
        replaced(f"{EM}.studyPopulation", "Adults seen at two rural clinics."),
        "minor",
    ),
    Edit(
        "another sampling method",
        ("eligibility.population_changed",),
        replaced(f"{EM}.samplingMethod", "PROBABILITY_SAMPLE", "NON_PROBABILITY_SAMPLE"),
        "minor",
    ),
)

EDITS = edits_in(globals())
