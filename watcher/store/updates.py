"""The newest updates: what happened to studies, step by step, for those who read along."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from watcher.alerts.routes import Step
from watcher.model import StudyFacts
from watcher.store.codec import Row, change_from, facts_from, json_of
from watcher.store.connection import Connection, moment
from watcher.store.telling import released

FEW = 5_000
"""Of so many studies every change is looked at; of more, the newest changes of all studies until enough are found."""


class Updates:
    """Verbs about what readers follow; nothing here writes."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def newest(self, nct_ids: Sequence[str] | None, limit: int) -> tuple[Step, ...]:
        """The newest steps of these studies (None: of all), newest first, each with what is more than noise in it.

        Left out are first sights, and what is held back; what was released comes as a step of the moment of its
        release. Of the study, the newest facts are told.
        """
        few = nct_ids is not None and len(nct_ids) <= FEW
        among = "" if nct_ids is None else "AND change.nct_id IN (SELECT value FROM json_each(:studies))"
        sql = _STEPS.format(candidates=(_OF_STUDIES if few else _OF_ALL).format(among=among))
        about = {"studies": json_of(list(nct_ids or ())), "limit": limit}
        with self._connection.reading() as db:
            rows = list(db.query(sql, about))
        return tuple(_step(list(alike)) for _, alike in groupby(rows, key=lambda row: row["place"]))


def _step(rows: Sequence[Row]) -> Step:
    first = rows[0]
    occasion = first["occasion"]
    return Step(
        nct_id=first["nct_id"],
        occasion=released(first["freed"], occasion) if first["freed"] else occasion,
        observed_at=moment(first["at"]),
        changes=tuple(map(change_from, rows)),
        study=facts_from(first["facts"]) or StudyFacts(first["nct_id"]),
        since=first["since"],
        version=first["version"],
    )


_OF_STUDIES = "SELECT id FROM change WHERE severity > 0 {among}"
_NEWEST = """
SELECT nct_id, occasion FROM (SELECT DISTINCT nct_id, occasion FROM change
WHERE severity = {} AND severity > 0 {{among}} ORDER BY observed_at DESC LIMIT :limit)
"""
_RELEASED = """
SELECT nct_id, occasion FROM (SELECT DISTINCT nct_id, occasion FROM hold JOIN change ON hold_id = hold.id
WHERE decision = 'approved' AND severity > 0 {among} ORDER BY decided_at DESC LIMIT :limit)
"""
# Of each severity the newest steps, by the index that has them in this order; then every change of those.
_CANDIDATES = " UNION ".join([*map(_NEWEST.format, (1, 2, 3)), _RELEASED])
_OF_ALL = f"SELECT id FROM change WHERE severity > 0 AND (nct_id, occasion) IN ({_CANDIDATES})"  # noqa: S608 - constants
# `freed` is the hold that was approved, whose changes are a step of their own; `place` counts the steps.
_STEPS = """
WITH told AS (
    SELECT change.id, change.nct_id, change.occasion, CASE WHEN decision = 'approved' THEN hold_id ELSE '' END AS freed,
        CASE WHEN decision = 'approved' THEN decided_at ELSE change.observed_at END AS at
    FROM ({candidates}) JOIN change USING (id) LEFT JOIN hold ON hold.id = hold_id
    WHERE (hold_id IS NULL OR decision = 'approved') AND (since IS NOT NULL OR version IS NULL)
), step AS (
    SELECT nct_id, occasion, freed, max(at) AS at, row_number() OVER (ORDER BY max(at) DESC, nct_id, occasion, freed)
        AS place
    FROM told GROUP BY nct_id, occasion, freed ORDER BY place LIMIT :limit
)
SELECT change.*, step.freed, step.at, step.place, facts FROM step JOIN told USING (nct_id, occasion, freed)
JOIN change USING (id) JOIN study ON study.nct_id = change.nct_id ORDER BY step.place, number
"""
