"""What the study calls itself and says of itself: titles, texts, conditions, keywords and identifiers."""

from __future__ import annotations

from watcher.changes.descriptions.texts import Descriptions
from watcher.changes.fields.members import Item, Members
from watcher.changes.fields.single import AnyField, Field, paths_of
from watcher.changes.language.normal import normal, singular, unabbreviated
from watcher.changes.language.words import label
from watcher.changes.reading import Row, Verb
from watcher.changes.rules import When, rule, where
from watcher.model import Severity

NOISE, MINOR, MAJOR, CRITICAL = Severity

_IDENTIFICATION = "protocolSection.identificationModule"
_CONDITIONS = "protocolSection.conditionsModule"
_DESCRIPTION = "protocolSection.descriptionModule"

_TITLES = (
    Field(f"{_IDENTIFICATION}.briefTitle", "Brief title", coded=False),
    Field(f"{_IDENTIFICATION}.officialTitle", "Official title", coded=False),
    Field(f"{_IDENTIFICATION}.acronym", "Acronym", coded=False),
)
_KEYWORDS = (Field(f"{_CONDITIONS}.keywords", "Keywords", list, coded=False),)
_IDENTIFIERS = (f"{_IDENTIFICATION}.orgStudyIdInfo", f"{_IDENTIFICATION}.secondaryIdInfos")


def _itself(item: Item) -> str:
    return str(item.value).strip()


def _identifier(item: Item) -> str:
    of = ", ".join(filter(None, (label(item.get("type")), item.get("domain"))))
    return f"{item.get('id')} ({of})" if of else item.get("id")


ROWS: tuple[Row, ...] = (
    Row(
        name="title",
        label="Titles",
        paths=paths_of(_TITLES),
        compare=AnyField("changed", "brief title, official title or acronym; one change, whichever moved", _TITLES),
        rules={"changed": rule(MINOR)},
    ),
    Row(
        name="condition",
        label="Conditions",
        paths=(f"{_CONDITIONS}.conditions",),
        compare=Members(
            lists=(f"{_CONDITIONS}.conditions",),
            name=_itself,
            shown=_itself,
            keys=(lambda item: singular(_itself(item)), lambda item: singular(unabbreviated(_itself(item)))),
            came=Verb("new condition; another spelling is none", "Condition added: {new}."),
            left=Verb("condition gone", "Condition removed: {old}."),
            shape=str,
        ),
        rules={"added": rule(MINOR), "removed": rule(MINOR)},
    ),
    Row(
        name="keyword",
        label="Keywords",
        paths=paths_of(_KEYWORDS),
        compare=AnyField("changed", "keywords that came or went", _KEYWORDS),
        rules={"changed": rule(NOISE)},
    ),
    Row(
        name="description",
        label="Brief summary and detailed description",
        paths=(f"{_DESCRIPTION}.briefSummary", f"{_DESCRIPTION}.detailedDescription"),
        compare=Descriptions(),
        rules={"changed": rule(MINOR, noise=where(When.FEW_WORDS))},
        each=True,
    ),
    Row(
        name="identifier",
        label="Identifiers",
        paths=_IDENTIFIERS,
        compare=Members(
            lists=_IDENTIFIERS,
            name=lambda item: item.get("id"),
            shown=_identifier,
            keys=(lambda item: normal(item.get("id")).replace(" ", ""),),
            came=Verb("an organisation's or secondary number, such as an EU CT number", "Identifier added: {new}."),
            left=Verb("a number gone, or replaced by another", "Identifier removed: {old}."),
        ),
        rules={"added": rule(MINOR), "removed": rule(MINOR)},
    ),
)
