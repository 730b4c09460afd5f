"""One message as an e-mail to one recipient."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import format_datetime
from hashlib import blake2b
from typing import Any
from urllib.parse import quote

from watcher.channels.wording import one_line, plain
from watcher.model import Message


class _OneLine(UnstructuredHeader, BaseHeader):
    """A header whose value is an address in <>: cut in two or encoded, it would be none."""

    def fold(self, *, policy: Policy[Any]) -> str:
        """The header on one line; it is ASCII and shorter than the 998 characters that a line may have."""
        return f"{self.name}: {self}{policy.linesep}"


def _headers() -> HeaderRegistry:
    registry = HeaderRegistry()
    for name in ("list-id", "list-unsubscribe"):
        registry.map_to_type(name, _OneLine)
    return registry


# Not every relay announces 8BITMIME, and smtplib does not ask: the bytes stay within ASCII.
_POLICY = SMTP.clone(cte_type="7bit", header_factory=_headers())
# A line of a header has at most 998 characters, and a letter takes up to nine of them in an address.
_LONGEST_ROUTE = 60

_DOT_ATOM = re.compile(r"[A-Za-z0-9_+-]+(\.[A-Za-z0-9_+-]+)*")

# The letter sets these itself; a second one from the URL would contradict it or reveal a recipient.
OWN_HEADERS = frozenset(
    {
        "auto-submitted",
        "bcc",
        "cc",
        "content-transfer-encoding",
        "content-type",
        "date",
        "from",
        "in-reply-to",
        "message-id",
        "mime-version",
        "references",
        "reply-to",
        "subject",
        "to",
        "x-severity",
    }
)


@dataclass(frozen=True, slots=True)
class Envelope:
    """From whom and to whom; `headers` are the user's own."""

    sender: Address
    recipient: Address
    reply_to: tuple[Address, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)


def address(name: object, email: str) -> Address:
    """An address with its display name; apprise says False where there is none."""
    return Address(display_name=one_line(str(name)) if name else "", addr_spec=email)


def letter(message: Message, envelope: Envelope, now: datetime) -> EmailMessage:
    """Our text and our HTML, under headers that let mail programs thread and de-duplicate."""
    mail = EmailMessage(policy=_POLICY)
    mail["Message-ID"] = message_id(message.id, envelope.sender)
    mail["Date"] = format_datetime(now)
    mail["From"] = envelope.sender
    mail["To"] = envelope.recipient
    if envelope.reply_to:
        mail["Reply-To"] = envelope.reply_to
    mail["Subject"] = one_line(message.subject)
    _thread(mail, message, envelope.sender)
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Severity"] = message.severity.word
    for name, value in _list_headers(message, envelope).items():
        mail[name] = value
    _add_headers(mail, envelope.headers.items())
    mail.set_content(plain(message.text))
    if message.html:
        mail.add_alternative(plain(message.html), subtype="html")
    for attachment in message.attachments:
        main, _, sub = attachment.media_type.partition("/")
        name, coding = one_line(attachment.name), {"charset": "utf-8"} if main == "text" else None
        mail.add_attachment(attachment.content, maintype=main, subtype=sub, filename=name, params=coding)
    return mail


def message_id(stable_id: str, sender: Address) -> str:
    """The same for every recipient, attempt and process; in the sender's domain, as spam filters expect."""
    local = stable_id if _DOT_ATOM.fullmatch(stable_id) else blake2b(stable_id.encode(), digest_size=16).hexdigest()
    return f"<{local}@{sender.domain}>"


def _thread(mail: EmailMessage, message: Message, sender: Address) -> None:
    """Hang the letter under its study's thread, unless it is the one that opens it."""
    if message.thread and message.thread != message.id:
        root = message_id(message.thread, sender)
        mail["In-Reply-To"] = root
        mail["References"] = root


def _list_headers(message: Message, envelope: Envelope) -> Mapping[str, str]:
    """What mail programs sort by, and whom to write to for being left out (RFC 2919, RFC 2369)."""
    if not message.route:
        return {}
    given = {name.lower() for name in envelope.headers}
    return {name: value for name, value in _of_route(message.route, envelope).items() if name.lower() not in given}


def _of_route(route: str, envelope: Envelope) -> Mapping[str, str]:
    person = quote((envelope.reply_to or (envelope.sender,))[0].addr_spec, safe="@")
    subject = quote(f"Unsubscribe route {one_line(route)[:_LONGEST_ROUTE]}", safe="")
    return {
        "List-ID": f"<{_list_name(route)}.nct-watcher.{envelope.sender.domain}>",
        "List-Unsubscribe": f"<mailto:{person}?subject={subject}>",
    }


def _list_name(route: str) -> str:
    """A route as a part of a list's name; one that has no Latin letters becomes a digest."""
    slug = re.sub(r"[^a-z0-9]+", "-", route.lower()).strip("-")[:60].strip("-")
    exact = slug == route.lower().replace(" ", "-")
    return slug if exact else f"{slug}-{blake2b(one_line(route).encode(), digest_size=4).hexdigest()}".strip("-")


def _add_headers(mail: EmailMessage, headers: Iterable[tuple[str, str]]) -> None:
    for name, value in headers:
        mail[name] = one_line(value)
