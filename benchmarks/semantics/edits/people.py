"""Edits of who runs a study, and of what it calls itself."""

from __future__ import annotations

from random import Random

from benchmarks.semantics.edits.shape import (
    CLM,
    Doing,
    Edit,
    P,
    Record,
    append,
    at,
    drop,
    edit,
    edits_in,
    one,
    put,
    rows,
    without,
)

SCM, IM, CM = f"{P}.sponsorCollaboratorsModule", f"{P}.identificationModule", f"{P}.conditionsModule"
OFFICIALS, COLLABORATORS, CONTACTS = f"{CLM}.overallOfficials", f"{SCM}.collaborators", f"{CLM}.centralContacts"


# --- sponsor and collaborators -----------------------------------------------------------------


def _sponsor(name: str) -> Doing:
    """Another name of the sponsor, also where the record names its organisation; `{}` stands for the old one."""

    def do(record: Record, chance: Random) -> bool:
        old = at(record, f"{SCM}.leadSponsor.name")
        if at(record, f"{IM}.organization.fullName") == old:
            put(record, f"{IM}.organization.fullName", name.format(old))
        return put(record, f"{SCM}.leadSponsor.name", name.format(old))

    return do


def _sponsor_class(record: Record, chance: Random) -> bool:
    old = at(record, f"{SCM}.leadSponsor.class")
    return put(record, f"{SCM}.leadSponsor.class", "OTHER" if old != "OTHER" else "INDUSTRY")


def _gone(path: str) -> Doing:
    def do(record: Record, chance: Random) -> bool:
        item = one(record, path, chance)
        return item is not None and without(record, path, item)

    return do


SPONSORS = (
    Edit("another sponsor", ("sponsor.changed",), _sponsor("Northern Example Therapeutics"), "critical"),
    Edit("a legal form behind the sponsor", ("sponsor.renamed",), _sponsor("{}, Inc."), "minor"),
    Edit("another class of sponsor", ("sponsor.class_changed",), _sponsor_class, "minor"),
    Edit("a collaborator removed", ("collaborator.removed",), _gone(COLLABORATORS), "minor"),
    Edit("a collaborator added", ("collaborator.added",), _gone(COLLABORATORS), "minor", (), True),
    Edit(
        "a new collaborator",
        ("collaborator.added",),
        lambda r, _: append(r, COLLABORATORS, {"name": "Example Cancer Alliance", "class": "NETWORK"}),
        "minor",
    ),
)


# --- people -----------------------------------------------------------------------------------------


def _party(field: str, value: str) -> Doing:
    path = f"{SCM}.responsibleParty.{field}"
    return lambda record, chance: bool(at(record, path)) and put(record, path, value)


def _official(field: str, value: str, role: str = "PRINCIPAL_INVESTIGATOR") -> Doing:
    def do(record: Record, chance: Random) -> bool:
        found = [person for person in rows(record, OFFICIALS) if person.get("role") == role and person.get(field)]
        return bool(found) and put(chance.choice(found), field, value)

    return do


def _lone_leader(record: Record, chance: Random) -> bool:
    found = [person for person in rows(record, OFFICIALS) if person.get("role") == "PRINCIPAL_INVESTIGATOR"]
    return len(found) == 1 and without(record, OFFICIALS, found[0])


def _contact(field: str, value: str) -> Doing:
    def do(record: Record, chance: Random) -> bool:
        person = one(record, CONTACTS, chance)
        return bool(person) and put(person or {}, field, value)

    return do


PEOPLE = (
    Edit(
        "a responsible investigator's title",
        ("responsible_party.changed",),
        _party("investigatorTitle", "Chair of Example Medicine"),
        "minor",
    ),
    Edit(
        "another responsible investigator",
        ("responsible_party.changed",),
        _party("investigatorFullName", "Robin Sample"),
        "minor",
    ),
    Edit(
        "another type of responsible party",
        ("responsible_party.changed",),
        _party("type", "SPONSOR_INVESTIGATOR"),
        "minor",
    ),
    Edit("another principal investigator", ("investigator.changed",), _official("name", "Robin Q Sample, MD"), "major"),
    Edit(
        "an affiliation",
        ("investigator.changed",),
        _official("affiliation", "Institute of Examples, Sampleton"),
        "major",
    ),
    Edit(
        "another study director",
        ("investigator.changed",),
        _official("name", "Kim Instance", "STUDY_DIRECTOR"),
        "minor",
    ),
    Edit("an investigator removed", ("investigator.changed",), _lone_leader, "major"),
    Edit("an investigator added", ("investigator.changed",), _lone_leader, "major", (), True),
    Edit("a central contact's telephone", ("contact.changed",), _contact("phone", "+1 555 0101"), "noise"),
    Edit("another central contact", ("contact.changed",), _contact("name", "Central Example Desk"), "noise"),
)


# --- titles, conditions, numbers --------------------------------------------------------------------


def _title(field: str) -> Doing:
    path = f"{IM}.{field}"
    return lambda record, chance: bool(at(record, path)) and put(record, path, f"{at(record, path)} in Rural Clinics")


def _listed(path: str, *items: str) -> Doing:
    def do(record: Record, chance: Random) -> bool:
        old = at(record, path)
        return bool(old) and put(record, path, [*old, *items])

    return do


def _word_gone(path: str) -> Doing:
    def do(record: Record, chance: Random) -> bool:
        old = at(record, path) or []
        gone = chance.choice(old) if len(set(map(str.casefold, old))) == len(old) > 1 else None
        return gone is not None and put(record, path, [word for word in old if word != gone])

    return do


TITLES = (
    Edit("another brief title", ("title.changed",), _title("briefTitle"), "minor"),
    Edit("another official title", ("title.changed",), _title("officialTitle"), "minor"),
    Edit("an acronym added", ("title.changed",), lambda r, _: drop(r, f"{IM}.acronym"), "minor", (), True),
    Edit("a condition added", ("condition.added",), _listed(f"{CM}.conditions", "Exemplary Neuropathy"), "minor"),
    Edit("a condition removed", ("condition.removed",), _word_gone(f"{CM}.conditions"), "minor"),
    Edit("a keyword added", ("keyword.changed",), _listed(f"{CM}.keywords", "rural health"), "noise"),
    Edit("a keyword removed", ("keyword.changed",), _word_gone(f"{CM}.keywords"), "noise"),
    Edit(
        "a secondary number added",
        ("identifier.added",),
        lambda r, _: append(r, f"{IM}.secondaryIdInfos", {"id": "2026-512345-12-00", "type": "CTIS"}),
        "minor",
    ),
    Edit("a secondary number removed", ("identifier.removed",), _gone(f"{IM}.secondaryIdInfos"), "minor"),
)


@edit(
    "another organisation's number",
    "identifier.removed identifier.added",
    "minor",
    beside="identifier.removed identifier.added",
)
def other_number(record: Record, chance: Random) -> bool:
    """The sponsor's own number of the study is replaced."""
    return put(record, f"{IM}.orgStudyIdInfo", {"id": "EX-2026-77"})


def _longer(field: str, share: float) -> Doing:
    """So many more words, in part of the number there are."""
    path = f"{P}.descriptionModule.{field}"

    def do(record: Record, chance: Random) -> bool:
        words = (at(record, path) or "").split()
        more = [f"word{number}" for number in range(max(round(len(words) * share), 1))]
        return len(words) > 40 and put(record, path, " ".join((*words, *more)))

    return do


DESCRIPTIONS = (
    Edit("a brief summary by half", ("description.changed",), _longer("briefSummary", 1.0), "minor"),
    Edit("a detailed description by half", ("description.changed",), _longer("detailedDescription", 1.0), "minor"),
    Edit("a brief summary by a word or two", ("description.changed",), _longer("briefSummary", 0.02), "noise"),
    Edit(
        "a detailed description gone",
        ("description.changed",),
        lambda r, _: drop(r, f"{P}.descriptionModule.detailedDescription"),
        "minor",
    ),
)

EDITS = edits_in(globals())
