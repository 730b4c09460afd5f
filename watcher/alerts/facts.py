"""What a message says about the study itself and where its sites are, read from its newest record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from watcher.changes.language.words import phase_label
from watcher.changes.reading import Version
from watcher.model import Place, StudyFacts
from watcher.record import tidy

if TYPE_CHECKING:
    from watcher.changes.sites.site import Site

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


def places_of(record: dict[str, Any]) -> tuple[Place, ...]:
    """Where the study's sites are, in the order of its list."""
    # Loaded with the first record: most commands read none.
    from watcher.changes.sites.site import Site

    rows = Version(record).rows(f"{_P}.contactsLocationsModule.locations")
    return tuple(_place(Site(index, row)) for index, row in enumerate(rows))


def _place(site: Site) -> Place:
    address = (site.text(key) for key in ("facility", "city", "state", "zip", "country"))
    return Place(" ".join(filter(None, address)), site.country_name, site.point)


def _texts(value: object) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
