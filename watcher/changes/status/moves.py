"""Overall recruitment status: the full table of transitions, and how each is told.

Statuses and their definitions: ClinicalTrials.gov study data structure (OverallStatus); UNKNOWN is computed
by the registry at display time, with no filing by the sponsor (registry glossary, "Last Verified").
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from watcher.changes.language.words import counted, status_label
from watcher.changes.reading import Finding, Pair, Row, Verb, Version
from watcher.changes.rules import When

OVERALL = "protocolSection.statusModule.overallStatus"
LAST_KNOWN = "protocolSection.statusModule.lastKnownStatus"
LOCATIONS = "protocolSection.contactsLocationsModule.locations"

OPEN = frozenset({"RECRUITING", "ENROLLING_BY_INVITATION"})
STOPPED = frozenset({"SUSPENDED", "TERMINATED", "WITHDRAWN"})
FINAL = frozenset({"COMPLETED", "TERMINATED", "WITHDRAWN"})

# Rows: from; columns: to. Read: a study that was ROW and is COLUMN now.
_STUDY = """
                         NOT_YET_RECRUITING RECRUITING  ENROLLING_BY_INVITATION ACTIVE_NOT_RECRUITING COMPLETED
NOT_YET_RECRUITING       -                  opened      opened                  enrollment_closed     completed
RECRUITING               stepped_back       -           invitation_only         enrollment_closed     completed
ENROLLING_BY_INVITATION  stepped_back       open_to_all -                       enrollment_closed     completed
ACTIVE_NOT_RECRUITING    stepped_back       reopened    reopened                -                     completed
COMPLETED                stepped_back       reopened    reopened                stepped_back          -
SUSPENDED                resumed            resumed     resumed                 resumed               completed
TERMINATED               stepped_back       reopened    reopened                stepped_back          relabelled
WITHDRAWN                stepped_back       reopened    reopened                stepped_back          relabelled
"""
_STOPS = {"SUSPENDED": "suspended", "TERMINATED": "terminated", "WITHDRAWN": "withdrawn"}
_EXPANDED_ACCESS = {
    "AVAILABLE": "available",
    "TEMPORARILY_NOT_AVAILABLE": "paused",
    "NO_LONGER_AVAILABLE": "ended",
    "APPROVED_FOR_MARKETING": "approved",
}


def _table(text: str) -> dict[tuple[str, str], str]:
    header, *lines = (line.split() for line in text.strip().splitlines())
    return {(line[0], to): verb for line in lines for to, verb in zip(header, line[1:], strict=True)}


_RUNNING = _table(_STUDY)


def kind_of_move(old: str, new: str) -> str:
    """The kind of the transition `old` -> `new`, of any two values; what no rule names is status.other."""
    if new == "WITHHELD":
        return "status.withheld"
    if old == "WITHHELD":
        return "status.restored"
    if new == "UNKNOWN":
        return "status.became_unknown"
    if old == "UNKNOWN":
        return "status.revived"
    if old in _EXPANDED_ACCESS and new in _EXPANDED_ACCESS:
        return f"expanded_access.{_EXPANDED_ACCESS[new]}"
    return f"status.{_study_move(old, new)}"


def _study_move(old: str, new: str) -> str:
    if new in _STOPS and (old, "COMPLETED") in _RUNNING:
        relabelled = old in FINAL and new != "SUSPENDED"
        return "relabelled" if relabelled else _STOPS[new]
    return _RUNNING.get((old, new), "other")


def circumstances(old: str, new: str) -> Mapping[str, float]:
    """What the severity rules of the status kinds ask about a transition."""
    said = {
        When.FROM_FINAL: old in FINAL,
        When.FROM_STOPPED: old in {"TERMINATED", "WITHDRAWN"},
        When.NOT_OPEN_YET: new not in OPEN,
        When.ENDS_STOPPED: new in {"TERMINATED", "WITHDRAWN"},
        When.IN_A_STOP: new in STOPPED,
    }
    return {str(name): float(holds) for name, holds in said.items()}


class StatusMoves:
    """Reports the move of the overall status, where its kind belongs to the row (a study's, or expanded access)."""

    def __init__(self, verbs: Mapping[str, Verb]) -> None:
        self.verbs = verbs

    def findings(self, row: Row, pair: Pair) -> Iterator[Finding]:
        """One finding for the move; two where a revived study comes back with another status than its last known."""
        old, new = pair.texts(OVERALL)
        if old == new:
            return
        for before in _starting_points(old, new, pair):
            noun, _, verb = kind_of_move(before, new).partition(".")
            if noun == row.name:
                yield _finding(verb, before, new, pair)


def _starting_points(old: str, new: str, pair: Pair) -> list[str]:
    """The statuses the move is told from: the old one, and behind UNKNOWN the last known one if that moved too."""
    last_known = pair.old.text(LAST_KNOWN)
    silent_move = old == "UNKNOWN" and last_known not in {"", "UNKNOWN", new} and new != "WITHHELD"
    return [old, last_known] if silent_move else [old]


def _finding(verb: str, old: str, new: str, pair: Pair) -> Finding:
    last_known = pair.new.text(LAST_KNOWN) if new == "UNKNOWN" else ""
    words = {
        "was": status_label(old),
        "now": status_label(new),
        "sites": _open_sites(pair.new),
        "after": _silence(verb, pair),
        "known": f", last known: {status_label(last_known)}" if last_known not in {"", old} else "",
    }
    return Finding(
        verb,
        paths=(OVERALL,) if not last_known else (OVERALL, LAST_KNOWN),
        old=old or None,
        new=f"{new} (last known {last_known})" if last_known else new or None,
        words=words,
        measures=circumstances(old, new),
        detail={"from": old, "to": new, "last_known": last_known or None},
        registry_side=verb == "became_unknown",
    )


def _open_sites(version: Version) -> str:
    """How many sites are open, where the record shows the status of any."""
    statuses = (site.get("status") for site in version.rows(LOCATIONS))
    shown = [status for status in statuses if status and isinstance(status, str)]
    still_open = sum(status in OPEN for status in shown)
    return f" {still_open} of {counted(len(shown), 'site')} open." if shown else ""


def _silence(verb: str, pair: Pair) -> str:
    """How long the previous status stood, where the history knows since when."""
    since = pair.history.status_since
    if since is None or verb not in {"resumed", "reopened", "revived"}:
        return ""
    return f" after {counted((pair.filed_on - since).days, 'day')}"
