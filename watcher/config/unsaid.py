"""What a file leaves unsaid about who hears what: without a channel, alerts stand in the inbox of the page."""

from __future__ import annotations

from watcher.channels.inbox import SCHEME
from watcher.config.mistakes import Report
from watcher.config.schema import ChannelTable, FileTable, RouteTable
from watcher.config.values import Config

INBOX = "inbox"
_CHANNEL = ChannelTable(name=INBOX, url=f"{SCHEME}://")


def completed(file: FileTable) -> FileTable:
    """The file with what goes without saying.

    Without a channel there is the inbox, to which routes send that name no other; without a route, too, everything that
    is minor or worse goes there. Beside channels of its own, the inbox is there for the routes that name it.
    """
    if not file.channel:
        routes = [route if route.to is not None else route.model_copy(update={"to": [INBOX]}) for route in file.route]
        usual = [RouteTable(name=INBOX, to=[INBOX])]
        return file.model_copy(update={"channel": [_CHANNEL], "route": routes or usual})
    declared = any(table.name == INBOX for table in file.channel)
    named = {name for route in file.route for name in (*(route.to or ()), *(route.escalate_to or ()))}
    if INBOX in named and not declared:
        return file.model_copy(update={"channel": [*file.channel, _CHANNEL]})
    return file


def check_inbox(config: Config, report: Report) -> None:
    """The inbox is of no use to the operator, and to nobody where no page is served."""
    inboxes = {channel.name for channel in config.channels if channel.scheme == SCHEME}
    if config.operator in inboxes:
        report.add(
            ("operator", "channel"),
            "the operator cannot hear on the inbox, which shows alerts alone: name another channel; without one, "
            "trouble shows on the page's Health, in the log and in `watcher status`",
        )
    if config.web is None and any(route.enabled and inboxes.issuperset(route.to) for route in config.routes):
        report.warn(
            ("web", "listen"),
            "no page is served, so what goes to the inbox alone reaches nobody but `watcher alerts`",
        )
