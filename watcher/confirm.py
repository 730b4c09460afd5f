"""What the operator is told about a watch after its first poll."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from watcher.changes.language.words import counted
from watcher.model import Notice, Searched, Target, Watch
from watcher.store.contracts import StoreContract
from watcher.store.values import ABSENT, GONE, MERGED, MISSING, Known
from watcher.store.watches import fingerprint

NAMES_SHOWN = 40


def confirm_watches(
    store: StoreContract, watches: tuple[Watch, ...], operator: Sequence[Target], now: datetime
) -> None:
    """Tell the operator, once, what each new or changed watch found."""
    for watch in store.watches.unconfirmed(watches):
        if notice := _confirmation(store, watch):
            store.notices.tell(notice, operator, now)
            store.watches.confirm(watch, now)


def _confirmation(store: StoreContract, watch: Watch) -> Notice | None:
    """What the operator is told of a watch; None while the registry has not answered for all of it."""
    if watch.search is not None:
        state = store.searches.stand(watch.name, watch.search)
        return search_confirmation(watch, state, fingerprint(watch)) if state.begun else None
    known = store.observing.latest([study.nct_id for study in watch.studies])
    return confirmation(watch, known, fingerprint(watch)) if answered(watch, known) else None


def confirmation(watch: Watch, known: Mapping[str, Known], fingerprint: str) -> Notice:
    """What the first poll of this list of studies found: how many, and which are not there."""
    states = {study.nct_id: known[study.nct_id] for study in watch.studies}
    absent = [nct_id for nct_id, study in states.items() if study.state in {ABSENT, MISSING, GONE}]
    merged = [f"{nct_id} is now {study.merged_into}" for nct_id, study in states.items() if study.state == MERGED]
    parts = [counted(len(states), "study", "studies")]
    parts += [f"{len(absent)} not found"] if absent else []
    parts += [f"{len(merged)} merged"] if merged else []
    lists = [f"Not found: {_listed(absent)}."] if absent else []
    lists += [f"Merged: {_listed(merged)}."] if merged else []
    return Notice(
        key=f"watch:{watch.name}:{fingerprint}",
        subject=f'Watch "{watch.name}": {", ".join(parts)}',
        body="\n".join([*lists, _remedy(bool(absent))]),
        event=True,
    )


def search_confirmation(watch: Watch, state: Searched, fingerprint: str) -> Notice:
    """What the first whole sweep of a search found."""
    found = counted(state.members, "study", "studies")
    if state.members:
        remedy = "They are the baseline; who enters or leaves the search is told from the next data refresh on."
    else:
        remedy = "Check what it asks for: `watcher config check` shows it. A study that enters it will be told."
    return Notice(f"watch:{watch.name}:{fingerprint}", f'Search "{watch.name}": {found}', remedy, event=True)


def answered(watch: Watch, known: Mapping[str, Known]) -> bool:
    """Whether the registry has answered for every study of the watch."""
    return all(known[study.nct_id].checked_at is not None for study in watch.studies)


def _remedy(absent: bool) -> str:
    baseline = "What was found is the baseline; changes are reported from the next version on."
    if not absent:
        return baseline
    return f"{baseline} Check the numbers that were not found; a new study will be told when it appears."


def _listed(names: list[str]) -> str:
    rest = f" and {len(names) - NAMES_SHOWN} more" if len(names) > NAMES_SHOWN else ""
    return ", ".join(names[:NAMES_SHOWN]) + rest
