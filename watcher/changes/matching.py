"""Where the texts of a saved search stand in a record, word for word.

The registry looks for more than that: its synonyms, other forms of a word. What is not found here it found so. Where it
looks for a text of which label is its own list ("Search areas").
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from watcher.changes.reading import Version
from watcher.model import Term
from watcher.record import folded

_P = "protocolSection"
_IDS, _PEOPLE = f"{_P}.identificationModule", f"{_P}.sponsorCollaboratorsModule"
_ARMS, _SITES = f"{_P}.armsInterventionsModule", f"{_P}.contactsLocationsModule.locations[]"
_OUTCOMES = f"{_P}.outcomesModule"

# The parts of a record by the names that readers know, the most telling first. "[]" stands for every item of a list.
_PARTS: tuple[tuple[str, str], ...] = (
    ("condition", f"{_P}.conditionsModule.conditions[]"),
    ("intervention", f"{_ARMS}.interventions[].name"),
    ("intervention's other name", f"{_ARMS}.interventions[].otherNames[]"),
    ("title", f"{_IDS}.briefTitle"),
    ("official title", f"{_IDS}.officialTitle"),
    ("acronym", f"{_IDS}.acronym"),
    ("keyword", f"{_P}.conditionsModule.keywords[]"),
    ("sponsor", f"{_PEOPLE}.leadSponsor.name"),
    ("collaborator", f"{_PEOPLE}.collaborators[].name"),
    ("organisation", f"{_IDS}.organization.fullName"),
    ("country", f"{_SITES}.country"),
    ("state", f"{_SITES}.state"),
    ("city", f"{_SITES}.city"),
    ("facility", f"{_SITES}.facility"),
    ("number", f"{_IDS}.orgStudyIdInfo.id"),
    ("other number", f"{_IDS}.secondaryIdInfos[].id"),
    ("arm", f"{_ARMS}.armGroups[].label"),
    ("primary outcome", f"{_OUTCOMES}.primaryOutcomes[].measure"),
    ("secondary outcome", f"{_OUTCOMES}.secondaryOutcomes[].measure"),
    ("description of an intervention", f"{_ARMS}.interventions[].description"),
    ("description of an arm", f"{_ARMS}.armGroups[].description"),
    ("brief summary", f"{_P}.descriptionModule.briefSummary"),
    ("detailed description", f"{_P}.descriptionModule.detailedDescription"),
    ("eligibility criteria", f"{_P}.eligibilityModule.eligibilityCriteria"),
)
_TITLES = ("title", "official title", "acronym")
_ANYWHERE = tuple(name for name, _ in _PARTS)
# Where the registry looks for a text of each label; labels that are not here (status, phase, dates) hold no text.
_LOOKED_INTO: dict[str, tuple[str, ...]] = {
    "Condition": ("condition", "keyword", *_TITLES),
    "Intervention": (
        "intervention", "intervention's other name", "keyword", *_TITLES, "arm", "description of an intervention",
        "description of an arm",
    ),
    "Sponsor": ("sponsor", "collaborator", "organisation"),
    "Lead sponsor": ("sponsor",),
    "Location": ("country", "state", "city", "facility"),
    "Facility": ("facility",),
    "Title": _TITLES,
    "Outcome measure": ("primary outcome", "secondary outcome"),
    "Study ID": ("number", "other number", "acronym"),
    "Other terms": _ANYWHERE,
    "Patient": _ANYWHERE,
}  # fmt: skip
_EXPRESSION = re.compile(r"[\[\]()]|\b(?:AND|OR|NOT)\b")


@dataclass(frozen=True, slots=True)
class Match:
    """A text of a search with the part of the record that holds it; no part: the registry found it in its own way."""

    term: Term
    part: str = ""
    path: str = ""

    @property
    def words(self) -> str:
        """As in: intervention "KRAS G12D" (official title)."""
        label = self.term.area[0].lower() + self.term.area[1:]
        said = f'{label} "{self.term.text}"'
        if self.part:
            return said if self.part == label else f"{said} ({self.part})"
        is_expression = _EXPRESSION.search(self.term.text)
        return f"{said} as the registry reads it" if is_expression else f"{said} by the registry's own synonyms"


def matches(terms: Iterable[Term], record: Version) -> tuple[Match, ...]:
    """Which texts the record meets, and where: of several under one label those that are found, if any is."""
    asked: dict[str, list[Term]] = {}
    for term in terms:
        if term.area in _LOOKED_INTO:
            asked.setdefault(term.area, []).append(term)
    return tuple(match for alike in asked.values() for match in _of_label(alike, record))


def _of_label(terms: list[Term], record: Version) -> Iterator[Match]:
    found = [match for term in terms if (match := _found(term, record)) is not None]
    yield from found or [Match(Term(terms[0].area, '" or "'.join(term.text for term in terms)))]


def _found(term: Term, record: Version) -> Match | None:
    """The first part that holds all words of the text in their order; else None."""
    wanted = f" {folded(term.text)} "
    looked_into = _LOOKED_INTO[term.area]
    for name in sorted(looked_into, key=lambda name: name != term.area.lower()):
        for path, text in _texts(record.record, dict(_PARTS)[name].split("."), ""):
            if wanted.strip() and wanted in f" {folded(text)} ":
                return Match(term, name, path)
    return None


def _texts(node: object, steps: list[str], at: str) -> Iterator[tuple[str, str]]:
    """Every text at the end of the steps, with its path."""
    if not steps:
        if isinstance(node, str):
            yield at, node
        return
    key, several = steps[0].removesuffix("[]"), steps[0].endswith("[]")
    child = node.get(key) if isinstance(node, dict) else None
    path = f"{at}.{key}".lstrip(".")
    if not several:
        yield from _texts(child, steps[1:], path)
    elif isinstance(child, list):
        for index, item in enumerate(child):
            yield from _texts(item, steps[1:], f"{path}[{index}]")
