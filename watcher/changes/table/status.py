"""Overall recruitment status, expanded access, and the reason for stopping."""

from __future__ import annotations

from watcher.changes.reading import Row, Verb
from watcher.changes.rules import When, rule, where
from watcher.changes.status.expanded_access import EXPANDED_ACCESS, ExpandedAccess
from watcher.changes.status.moves import LAST_KNOWN, OVERALL, StatusMoves
from watcher.changes.status.statement import Statement
from watcher.model import Severity

NOISE, MINOR, MAJOR, CRITICAL = Severity

_STATUS_MODULE = "protocolSection.statusModule"

ROWS: tuple[Row, ...] = (
    Row(
        name="status",
        label="Overall recruitment status",
        paths=(OVERALL, LAST_KNOWN),
        compare=StatusMoves(
            {
                "opened": Verb(
                    "not yet recruiting -> recruiting or enrolling by invitation",
                    "Recruitment started: {was} -> {now}.{sites}",
                ),
                "enrollment_closed": Verb(
                    "recruiting, by invitation or not yet -> active, not recruiting",
                    "Enrolment closed: {was} -> {now}.",
                ),
                "completed": Verb("any running status -> completed", "Study completed: {was} -> {now}."),
                "suspended": Verb("-> suspended (may resume)", "Study suspended: {was} -> {now}."),
                "terminated": Verb("-> terminated (will not resume)", "Study terminated: {was} -> {now}."),
                "withdrawn": Verb(
                    "-> withdrawn (stopped before the first participant)", "Study withdrawn: {was} -> {now}."
                ),
                "resumed": Verb("suspended -> running again", "Study resumed{after}: {was} -> {now}.{sites}"),
                "reopened": Verb(
                    "active-not-recruiting or ended -> recruiting or by invitation",
                    "Study reopened{after}: {was} -> {now}.{sites}",
                ),
                "invitation_only": Verb(
                    "recruiting -> enrolling by invitation", "Enrolment now by invitation only: {was} -> {now}."
                ),
                "open_to_all": Verb(
                    "enrolling by invitation -> recruiting", "Enrolment now open to all: {was} -> {now}."
                ),
                "stepped_back": Verb("a backward correction", "Status stepped back: {was} -> {now}."),
                "relabelled": Verb("one final status replaced by another", "Final status relabelled: {was} -> {now}."),
                "became_unknown": Verb(
                    "the registry computed UNKNOWN; nobody filed anything",
                    "The registry now shows {now} (was {was}{known}). It computes this itself for a study past its "
                    "completion date that nobody has verified for two years; nobody filed anything.",
                ),
                "revived": Verb(
                    "UNKNOWN -> a real status; the ordinary kind too, where the last known status differs",
                    "The silent record was updated{after}: {was} -> {now}.",
                ),
                "withheld": Verb("-> withheld", "The record is withheld: {was} -> {now}."),
                "restored": Verb("withheld -> any other", "The record is no longer withheld: {was} -> {now}."),
                "other": Verb("a transition or value that no other kind names; shown raw", "Status: {was} -> {now}."),
            }
        ),
        rules={
            "opened": rule(MAJOR),
            "enrollment_closed": rule(MAJOR),
            "completed": rule(MAJOR),
            "suspended": rule(CRITICAL),
            "terminated": rule(CRITICAL),
            "withdrawn": rule(CRITICAL),
            "resumed": rule(CRITICAL, major=where(When.NOT_OPEN_YET)),
            "reopened": rule(MAJOR, critical=where(When.FROM_STOPPED)),
            "invitation_only": rule(MINOR),
            "open_to_all": rule(MINOR),
            "stepped_back": rule(MINOR, major=where(When.FROM_FINAL)),
            "relabelled": rule(MAJOR, critical=where(When.ENDS_STOPPED)),
            "became_unknown": rule(MAJOR),
            "revived": rule(MINOR, critical=where(When.IN_A_STOP)),
            "withheld": rule(CRITICAL),
            "restored": rule(MAJOR),
            "other": rule(MAJOR),
        },
    ),
    Row(
        name="expanded_access",
        label="Expanded access status",
        paths=(OVERALL, LAST_KNOWN),
        compare=StatusMoves(
            {
                "available": Verb("-> available", "Expanded access is available: {was} -> {now}."),
                "paused": Verb("-> temporarily not available", "Expanded access paused: {was} -> {now}."),
                "ended": Verb("-> no longer available", "Expanded access ended: {was} -> {now}."),
                "approved": Verb("-> approved for marketing", "Expanded access ended by approval: {was} -> {now}."),
            }
        ),
        rules={
            "available": rule(MAJOR),
            "paused": rule(CRITICAL),
            "ended": rule(CRITICAL),
            "approved": rule(CRITICAL),
        },
    ),
    Row(
        name="expanded_access",
        label="Expanded access of a study",
        paths=(EXPANDED_ACCESS,),
        compare=ExpandedAccess(),
        rules={"linked": rule(MAJOR), "unlinked": rule(MAJOR), "status_changed": rule(MINOR)},
    ),
    Row(
        name="why_stopped",
        label="Why study stopped",
        paths=(f"{_STATUS_MODULE}.whyStopped",),
        compare=Statement(),
        rules={"added": rule(MAJOR), "changed": rule(MAJOR), "removed": rule(MINOR)},
    ),
)
