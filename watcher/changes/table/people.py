"""Sponsor, collaborators, responsible party, investigators and contacts."""

from __future__ import annotations

from watcher.changes.fields.members import Item, Members
from watcher.changes.fields.single import AnyField, EachField, Field, paths_of
from watcher.changes.language.words import label
from watcher.changes.people.organisations import LEAD, ORGANIZATION, Sponsor, organisation_key, same_organisation
from watcher.changes.people.persons import Contacts, Investigators, same_person
from watcher.changes.reading import Row, Verb
from watcher.changes.rules import When, rule, where
from watcher.model import Severity

NOISE, MINOR, MAJOR, CRITICAL = Severity

_SPONSORS = "protocolSection.sponsorCollaboratorsModule"
_PARTY = f"{_SPONSORS}.responsibleParty"
_PEOPLE = "protocolSection.contactsLocationsModule"

_CLASS = (Field(f"{LEAD}.class", "Class of the lead sponsor"),)
_RESPONSIBLE = (
    Field(f"{_PARTY}.type", "Responsible party"),
    Field(f"{_PARTY}.investigatorFullName", "Responsible investigator", coded=False, same=same_person),
    Field(f"{_PARTY}.investigatorTitle", "Title of the responsible investigator", coded=False),
    Field(
        f"{_PARTY}.investigatorAffiliation",
        "Affiliation of the responsible investigator",
        coded=False,
        same=same_organisation,
    ),
    Field(f"{_PARTY}.oldNameTitle", "Responsible person (older form)", coded=False),
    Field(f"{_PARTY}.oldOrganization", "Responsible organisation (older form)", coded=False, same=same_organisation),
)


def _collaborator(item: Item) -> str:
    kind = label(item.get("class"))
    return f"{item.get('name')} ({kind})" if kind else item.get("name")


ROWS: tuple[Row, ...] = (
    Row(
        name="sponsor",
        label="Lead sponsor",
        paths=(f"{LEAD}.name", f"{ORGANIZATION}.fullName"),
        compare=Sponsor(),
        rules={"changed": rule(CRITICAL), "renamed": rule(MINOR)},
    ),
    Row(
        name="sponsor",
        label="Class of the lead sponsor",
        paths=(*paths_of(_CLASS), f"{ORGANIZATION}.class"),
        compare=EachField("class_changed", "industry, NIH, other and so on", _CLASS),
        rules={"class_changed": rule(MINOR)},
    ),
    Row(
        name="collaborator",
        label="Collaborators",
        paths=(f"{_SPONSORS}.collaborators",),
        compare=Members(
            lists=(f"{_SPONSORS}.collaborators",),
            name=lambda item: item.get("name"),
            shown=_collaborator,
            keys=(lambda item: organisation_key(item.get("name")),),
            came=Verb("new collaborator; another legal form of a name is none", "Collaborator added: {new}."),
            left=Verb("collaborator gone", "Collaborator removed: {old}."),
            same=same_organisation,
        ),
        rules={"added": rule(MINOR), "removed": rule(MINOR)},
    ),
    Row(
        name="responsible_party",
        label="Responsible party",
        paths=paths_of(_RESPONSIBLE),
        compare=AnyField("changed", "its type, investigator, title or affiliation", _RESPONSIBLE),
        rules={"changed": rule(MINOR)},
    ),
    Row(
        name="investigator",
        label="Overall study officials",
        paths=(f"{_PEOPLE}.overallOfficials",),
        compare=Investigators(),
        rules={"changed": rule(MINOR, major=where(When.PRINCIPAL_INVESTIGATOR))},
    ),
    Row(
        name="contact",
        label="Central contacts",
        paths=(f"{_PEOPLE}.centralContacts",),
        compare=Contacts(),
        rules={"changed": rule(NOISE)},
    ),
)
