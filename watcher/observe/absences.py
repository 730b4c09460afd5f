"""Studies that were not returned under their own number: merged, not found, or known to be absent."""

from __future__ import annotations

from datetime import datetime

from watcher.model import StudyFacts
from watcher.observe.findings import Findings, happening
from watcher.store.values import ABSENT, GONE, MERGED, MISSING, Known, Standing


def merged(before: Known, canonical: str, found: Findings, now: datetime, data_timestamp: str) -> None:
    """The number has become an alias of another one."""
    found.standings.append(Standing(before.nct_id, MERGED, merged_into=canonical))
    if before.state == MERGED and before.merged_into == canonical:
        return
    if before.version:
        told = {"told": f"{before.nct_id} was merged into {canonical}, which is watched in its place from now on"}
        occasion = f"merged:{canonical}:{data_timestamp}"
        found.events.append(happening("record.merged", occasion, facts_known(before), now, told))


def not_found(before: Known, found: Findings, now: datetime, data_timestamp: str) -> None:
    """Once is a suspicion; again on a later data refresh it is a fact. For a study never seen it is neither."""
    if before.version == 0:
        found.standings.append(Standing(before.nct_id, ABSENT))
    elif before.state == GONE:
        found.standings.append(unmoved(before))
    elif before.missing_since is None or before.missing_since == data_timestamp:
        found.standings.append(Standing(before.nct_id, MISSING, missing_since=before.missing_since or data_timestamp))
    else:
        found.standings.append(Standing(before.nct_id, GONE, missing_since=data_timestamp))
        words = {"first": before.missing_since[:10], "second": data_timestamp[:10]}
        occasion = f"not_found:{data_timestamp}"
        found.events.append(happening("record.not_found", occasion, facts_known(before), now, words))


def facts_known(before: Known) -> StudyFacts:
    """What its last version said of a study whose record is not at hand."""
    return before.facts or StudyFacts(before.nct_id)


def unmoved(before: Known) -> Standing:
    """A study stands as it stood."""
    return Standing(before.nct_id, before.state, before.missing_since, before.merged_into)
