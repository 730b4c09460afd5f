"""The object that a signed webhook posts: the same for every attempt, so it holds nothing of the moment of sending."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC
from typing import Any

from watcher.alerts.messages.parcel import Parcel
from watcher.alerts.messages.safe import encodable
from watcher.alerts.messages.views import STUDY_PAGE
from watcher.model import Alert, Form, Notice


def event_of(parcel: Parcel, *, subject: str, text: str) -> Mapping[str, Any]:
    """The parcel as JSON-able values: every alert whole, as it was recorded, also where the text folds it."""
    said: dict[str, Any] = {
        "type": (Form.NOTICE if parcel.notice else parcel.form).value,
        "id": parcel.id,
        "route": parcel.route,
        "window": parcel.window,
        "rehearsal": parcel.rehearsal,
        "subject": subject,
        "text": text,
        "alerts": [_alert(alert) for alert in parcel.alerts],
        "notice": _notice(parcel.notice) if parcel.notice else None,
    }
    return {key: encodable(value) for key, value in said.items()}


def _alert(alert: Alert) -> dict[str, Any]:
    return {
        "id": alert.id,
        "key": alert.key,
        "nct_id": alert.nct_id,
        "label": alert.label,
        "occasion": alert.occasion,
        "observed_at": alert.observed_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "severity": alert.severity.word,
        "study": {**asdict(alert.study), "conditions": list(alert.study.conditions)},
        "since": alert.since,
        "version": alert.version,
        "reason": alert.reason,
        "record": f"{STUDY_PAGE}{alert.nct_id}",
        "compare": f"{STUDY_PAGE}{alert.nct_id}?tab=history",
        "notes": list(alert.notes),
        "changes": [change.as_dict() for change in alert.changes],
    }


def _notice(notice: Notice) -> dict[str, Any]:
    return {"key": notice.key, "subject": notice.subject, "body": notice.body, "event": notice.event}
