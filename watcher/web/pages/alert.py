"""One alert: what it told, to whom, why, and the evidence."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import Response

from watcher.alerts.messages.voice import commands
from watcher.views.inbox import changes_of, entry_of
from watcher.views.whys import why_of
from watcher.web.frame import shown
from watcher.web.parameters import number_in_path
from watcher.web.visit import Show, Visit


def alert(visit: Visit) -> Response:
    """An alert by its number, with what other routes made of the same step."""
    account = visit.store.accounts.of(number_in_path(visit, "alert"))
    step = visit.store.inbox.step_of(account)
    silences = {entry.silence.id: entry.silence for entry in visit.store.silences.all()}
    # First the alert that was asked for.
    accounts = sorted(step, key=lambda other: other.alert.id != account.alert.id)
    whys = [
        why_of(each, [other for other in step if other is not each], visit.config.routes, silences) for each in accounts
    ]
    entry = entry_of(accounts)
    return shown(
        visit,
        "alert.html.j2",
        f"Alert {account.alert.id}",
        number=account.alert.id,
        entry=entry,
        whys=whys,
        evidence=changes_of(accounts),
        commands=commands(account.alert),
    )


PAGES: Mapping[str, Show] = {"/alerts/{number:digits}": alert}
