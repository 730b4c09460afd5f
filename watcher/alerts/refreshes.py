"""The registry's data refreshes, counted: on working days, generally by nine in the morning of Bethesda.

Source: https://clinicaltrials.gov/data-api/api, "data refresh". Public holidays are not known here, so a count may be
one too high around them.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

# A build is stamped about 09:00 UTC; by this time it is served, in winter as in summer.
SERVED_BY = time(14, 0, tzinfo=UTC)
_FROM_STAMP = timedelta(hours=5)
_WORKING_DAYS = 5
# Beyond this nobody counts: a clock that was years off must not cost a loop over all of them.
_COUNTED = 400


def refreshes_between(after: datetime, until: datetime) -> int:
    """How many data refreshes were to be served later than `after` and not later than `until`; 400 at most."""
    first = after.astimezone(UTC).date()
    days = min((until.astimezone(UTC).date() - first).days, _COUNTED * 2)
    moments = (_served_on(first + timedelta(days=number)) for number in range(days + 1))
    return min(sum(moment is not None and after < moment <= until for moment in moments), _COUNTED)


def refreshes_since(data_timestamp: str, until: datetime) -> int:
    """How many data refreshes came after the build `data_timestamp` (UTC without a zone); 0 where it names no time."""
    built = data_moment(data_timestamp)
    return refreshes_between(built + _FROM_STAMP, until) if built else 0


def data_moment(data_timestamp: str) -> datetime | None:
    """When a build was made, by its dataTimestamp (UTC without a zone); None where it names no time."""
    try:
        said = datetime.fromisoformat(data_timestamp)
    except ValueError:
        return None
    return said if said.tzinfo else said.replace(tzinfo=UTC)


def _served_on(day: date) -> datetime | None:
    return datetime.combine(day, SERVED_BY) if day.weekday() < _WORKING_DAYS else None
