"""What must be true of the tables beyond what their columns say; each rule finds the rows that break it."""

from __future__ import annotations

from dataclasses import dataclass

from watcher.store.troubles import COUNT_AGAIN, RESTORE

_NEWEST = 1_000_000


@dataclass(frozen=True, slots=True)
class Rule:
    """Rows that break a rule, and what to say of each; it holds in the schemas from `since` to `until`."""

    about: str
    sql: str
    what: str
    since: int = 1
    until: int = _NEWEST
    remedy: str = RESTORE

    def holds_in(self, schema: int) -> bool:
        """Whether a database of this schema has what the rule is about."""
        return self.since <= schema <= self.until


_NOTHING_IN_IT = "notice_id IS NULL AND NOT EXISTS (SELECT 1 FROM delivery_alert WHERE delivery_id = delivery.id)"
# Which studies an unsettled delivery tells: what the triggers of `waiting` keep.
_SHOULD_WAIT = """
SELECT DISTINCT delivery.id AS delivery_id, channel, target, nct_id
FROM delivery JOIN delivery_alert ON delivery_id = delivery.id JOIN alert ON alert.id = alert_id
WHERE status IN ('pending', 'claimed')
"""
_WAITS = "SELECT delivery_id, channel, target, nct_id FROM waiting"
COUNTED = """
SELECT 'study:' || state AS name, count(*) AS count FROM study GROUP BY state
UNION ALL SELECT 'version', count(*) FROM snapshot
UNION ALL SELECT 'change:' || severity, count(*) FROM change GROUP BY severity
UNION ALL SELECT 'alert', count(*) FROM alert
UNION ALL SELECT 'delivery:' || status || ':' || channel, count(*) FROM delivery GROUP BY status, channel
"""
"""The counts that triggers keep in `tally`, counted from the tables themselves."""

RULES = (
    Rule(
        "studies",
        """
        SELECT study.nct_id, study.version AS said, count(snapshot.version) AS stored,
            coalesce(max(snapshot.version), 0) AS newest
        FROM study LEFT JOIN snapshot USING (nct_id) GROUP BY nct_id HAVING stored != newest OR newest != said
        """,
        "{nct_id} should have the versions 1 to {said}: {stored} are stored, the newest is {newest}",
    ),
    Rule(
        "changes",
        """
        SELECT id, nct_id, version FROM change
        WHERE version IS NOT NULL AND (nct_id, version) NOT IN (SELECT nct_id, version FROM snapshot)
        """,
        "change {id} of {nct_id} belongs to version {version}, which is not stored",
    ),
    Rule("changes", "SELECT id, nct_id FROM change WHERE NOT json_valid(body)", "change {id} of {nct_id} is no JSON"),
    Rule("alerts", "SELECT id, nct_id FROM alert WHERE NOT json_valid(facts)", "alert {id} of {nct_id} is no JSON"),
    Rule(
        "studies",
        "SELECT nct_id FROM study WHERE facts IS NOT NULL AND NOT json_valid(facts)",
        "the facts of {nct_id} are no JSON",
    ),
    Rule(
        "alerts",
        """
        SELECT id, nct_id FROM alert WHERE NOT EXISTS (SELECT 1 FROM alert_change WHERE alert_id = alert.id)
        """,
        "alert {id} of {nct_id} has lost its changes",
    ),
    Rule(
        "deliveries",
        f"SELECT id, channel, target FROM delivery WHERE {_NOTHING_IN_IT}",  # noqa: S608 - a constant of this module
        "delivery {id} to {channel}/{target} has lost its alerts",
        until=5,
    ),
    Rule(
        "deliveries",
        f"SELECT id, channel, target FROM delivery WHERE announced = 0 AND {_NOTHING_IN_IT}",  # noqa: S608 - see above
        "delivery {id} to {channel}/{target} has lost its alerts",
        since=6,
    ),
    Rule(
        "deliveries",
        "SELECT id, form FROM delivery WHERE (form = 'notice') != (notice_id IS NOT NULL)",
        "delivery {id} is called {form} and is not one",
        since=5,
    ),
    Rule(
        "deliveries",
        "SELECT id FROM delivery WHERE status = 'batched' AND batch_id IS NULL",
        "delivery {id} is told together with others, in none",
        since=5,
    ),
    Rule(
        "deliveries",
        "SELECT id FROM delivery WHERE status = 'claimed' AND lease_until IS NULL",
        "delivery {id} is being sent without an end: it would not be sent again",
    ),
    Rule(
        "entries of the order of deliveries",
        f"{_SHOULD_WAIT} EXCEPT {_WAITS}",
        "delivery {delivery_id} tells {nct_id} and has lost its place in the order of what waits",
        since=6,
    ),
    Rule(
        "entries of the order of deliveries",
        f"{_WAITS} EXCEPT {_SHOULD_WAIT}",
        "delivery {delivery_id} holds up the news of {nct_id} and has none of it",
        since=6,
    ),
    Rule(
        "counts",
        f"""
        SELECT name, sum(said) AS said, sum(there) AS there FROM (
            SELECT name, count AS said, 0 AS there FROM tally UNION ALL SELECT name, 0, count FROM ({COUNTED})
        ) GROUP BY name HAVING sum(said) != sum(there)
        """,  # noqa: S608 - a constant of this module
        "the count {name} says {said}, and there are {there}",
        since=7,
        remedy=COUNT_AGAIN,
    ),
)
"""What is true of every whole database."""
