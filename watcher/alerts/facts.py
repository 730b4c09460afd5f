"""What a message says about the study itself, read from its newest record."""

from __future__ import annotations

from typing import Any

from watcher.changes.language.words import phase_label
from watcher.changes.reading import Version
from watcher.model import StudyFacts
from watcher.record import tidy

_P = "protocolSection"


def facts_of(nct_id: str, record: dict[str, Any]) -> StudyFacts:
    """Title, sponsor, phase, conditions, status and filing dates; empty strings where the record has none."""
    side = Version(record)
    return StudyFacts(
        nct_id=nct_id,
        title=tidy(side.text(f"{_P}.identificationModule.briefTitle")),
        acronym=tidy(side.text(f"{_P}.identificationModule.acronym")),
        sponsor=tidy(side.text(f"{_P}.sponsorCollaboratorsModule.leadSponsor.name")),
        phase=phase_label(_texts(side.at(f"{_P}.designModule.phases"))),
        conditions=tuple(tidy(condition) for condition in _texts(side.at(f"{_P}.conditionsModule.conditions"))),
        status=side.text(f"{_P}.statusModule.overallStatus"),
        submitted=side.text(f"{_P}.statusModule.lastUpdateSubmitDate"),
        posted=side.text(f"{_P}.statusModule.lastUpdatePostDateStruct.date"),
    )


def _texts(value: object) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
