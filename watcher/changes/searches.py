"""What is said of a study that comes to a saved search, or leaves it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from watcher.changes.between import told
from watcher.changes.language.words import counted, phase_label, status_label
from watcher.changes.matching import Match, matches
from watcher.changes.reading import Finding, Version
from watcher.changes.table import ROWS
from watcher.model import Change, Search, Severity
from watcher.record import tidy

MERGED = "it was merged into {into}"
GONE = "the registry no longer has it"
NO_REASON = "the registry no longer returns it; its record says no reason"

_P = "protocolSection"
_SEARCH = next(row for row in ROWS if row.name == "search")
_REASONS_TOLD = 3
_OUTSIDE, _INSIDE = "outside the search", "in the search"
# What may take a study out of a search, by the beginnings of kinds, the most telling first.
_EDITED: tuple[tuple[str, str], ...] = (
    ("study_type.", "its study type was changed"),
    ("phase.", "its phase was changed"),
    ("condition.", "its conditions were edited"),
    ("intervention.", "its interventions were edited"),
    ("arm.", "its arms were edited"),
    ("sponsor.", "its lead sponsor was changed"),
    ("collaborator.", "its collaborators were edited"),
    ("country.", "its countries changed"),
    ("site.", "its sites changed"),
    ("title.", "its titles were edited"),
    ("keyword.", "its keywords were edited"),
    ("eligibility.", "its eligibility criteria were edited"),
    ("outcome.", "its outcomes were edited"),
    ("description.", "its description was edited"),
    ("identifier.", "its numbers were edited"),
    ("results.", "its results moved"),
    ("date.", "its dates moved"),
)


def entered(watch: str, search: Search, nct_id: str, record: Mapping[str, Any]) -> Change:
    """The change of a study that the search of a watch returns for the first time: what it is, and what matched."""
    side = Version(record)
    found = matches(search.terms, side)
    why = "; ".join(filter(None, (", ".join(_facts(side)), _how(search, found)))) or "the registry returns it now"
    finding = Finding(
        "entered",
        tuple(dict.fromkeys(match.path for match in found if match.path)),
        watch,
        old=_OUTSIDE,
        new=_INSIDE,
        words={"search": f' "{watch}"', "why": why},
        detail={"watch": watch, "matched": [_detail(match) for match in found]},
    )
    return told(_SEARCH, finding, nct_id)


def left(watch: str, nct_id: str, why: str) -> Change:
    """The change of a study that the search of a watch returns no longer; `why` is `why_left`, MERGED or GONE."""
    words = {"search": f' "{watch}"', "why": why}
    finding = Finding("left", (), watch, old=_INSIDE, new=_OUTSIDE, words=words, detail={"watch": watch})
    return told(_SEARCH, finding, nct_id)


def why_left(changes: Sequence[Change]) -> str:
    """Why a study is no longer returned, as far as what last changed in its record tells."""
    # Other words for the same thing are a reason only where nothing weightier moved.
    weighty = [change for change in changes if change.severity > Severity.NOISE]
    reasons = list(dict.fromkeys(_reasons(weighty))) or list(_reasons(changes))
    return " and ".join(reasons[:_REASONS_TOLD]) or NO_REASON


def _reasons(changes: Sequence[Change]) -> Iterator[str]:
    for change in changes:
        if change.kind.startswith("status.") and {"from", "to"} <= set(change.detail):
            before, after = (status_label(str(change.detail[side] or "")) for side in ("from", "to"))
            yield f"its status went from {before} to {after}"
    for beginning, said in _EDITED:
        if any(change.kind.startswith(beginning) for change in changes):
            yield said


def _facts(record: Version) -> Iterator[str]:
    """Sponsor, phase, number of sites and start, as far as the record has them."""
    coded = record.at(f"{_P}.designModule.phases")
    phases = [code for code in coded if isinstance(code, str) and code != "NA"] if isinstance(coded, list) else []
    sites = len(record.rows(f"{_P}.contactsLocationsModule.locations"))
    start = record.text(f"{_P}.statusModule.startDateStruct.date")
    yield from filter(None, (
        tidy(record.text(f"{_P}.sponsorCollaboratorsModule.leadSponsor.name")),
        phase_label(phases).replace("/Phase ", "/"),
        counted(sites, "site") if sites else "",
        f"start {start}" if start else "",
    ))  # fmt: skip


def _how(search: Search, found: Sequence[Match]) -> str:
    if search.is_everything:
        return "newly in the registry"
    return f"matched on {' and '.join(match.words for match in found)}" if found else ""


def _detail(match: Match) -> dict[str, str]:
    return {"area": match.term.area, "text": match.term.text, "part": match.part}
