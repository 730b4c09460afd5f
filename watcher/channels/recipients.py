"""Who a service would write to, taken apart: one recipient at a time, under a lasting name (law 6)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from watcher.channels.masking import is_public_host
from watcher.channels.upstream import Plugin

# Under one of these names apprise's plugins keep the list that they loop over.
_LISTS = (
    "targets",
    "channels",
    "channel_ids",
    "topics",
    "rooms",
    "users",
    "dm_users",
    "members",
    "groups",
    "phone",
    "devices",
    "events",
    "subreddits",
    "target_phones",
    "target_groups",
    "target_contacts",
)


@dataclass(frozen=True, slots=True)
class Recipient:
    """One recipient: `attribute` of a fresh plugin is set to `only`. Neither is set where a service is one whole."""

    name: str
    attribute: str = ""
    only: Any = None

    def narrow(self, service: Plugin) -> Plugin:
        """The service, now writing to this recipient alone."""
        if self.attribute:
            setattr(service, self.attribute, self.only)
        return service


def recipients_of(scheme: str, build: Callable[[], Plugin]) -> tuple[Recipient, ...]:
    """Each recipient of a service, or the service as one where its recipients cannot be told apart."""
    service = build()
    lists = [name for name in _LISTS if _elements(service, name)]
    if len(lists) != 1:
        return (_whole(scheme, service),)
    apart = _taken_apart(scheme, service, lists[0])
    countable = len(service) == len(_elements(service, lists[0])) or getattr(service, "batch", False)
    # Apprise's own count of messages is the check that the list was the right one.
    safe = countable and all(len(recipient.narrow(build())) == 1 for recipient in apart)
    return apart if safe else (_whole(scheme, service),)


def _elements(service: Plugin, attribute: str) -> list[Any]:
    """The recipients in this list, in an order that does not change; a lone None is a service's own default."""
    held = getattr(service, attribute, None)
    if not isinstance(held, list | set | tuple) or list(held) == [None]:
        return []
    return sorted(held, key=str) if isinstance(held, set) else list(held)


def _taken_apart(scheme: str, service: Plugin, attribute: str) -> tuple[Recipient, ...]:
    """One recipient per element; the same one listed twice is one."""
    container = type(getattr(service, attribute))
    named = {
        _name_of(scheme, element): Recipient(_name_of(scheme, element), attribute, container([element]))
        for element in _elements(service, attribute)
    }
    return tuple(named.values())


def _name_of(scheme: str, element: Any) -> str:
    """A Slack channel is called by its name; other recipients may be phone numbers or keys and become a digest."""
    if scheme == "slack":
        return element if element[0] in "#@+" or "@" in element else f"#{element}"
    text = "\x1f".join(map(str, element)) if isinstance(element, list | tuple) else str(element)
    return f"{scheme}:{blake2b(text.encode(), digest_size=5).hexdigest()}"


def _whole(scheme: str, service: Plugin) -> Recipient:
    """Named without any token, so that renewing one does not orphan what is still owed."""
    host, port = service.host or "", service.port
    if not is_public_host(host.lower()):
        return Recipient(scheme)
    return Recipient(f"{scheme}:{host.lower()}" + (f":{port}" if port else ""))
