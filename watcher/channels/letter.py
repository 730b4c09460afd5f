"""One message as an e-mail to one recipient."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import blake2b

from watcher.channels.wording import one_line, plain
from watcher.model import Message

# Not every relay announces 8BITMIME, and smtplib does not ask: the bytes stay within ASCII.
_POLICY = SMTP.clone(cte_type="7bit")

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
    _add_headers(mail, envelope.headers.items())
    mail.set_content(plain(message.text))
    if message.html:
        mail.add_alternative(plain(message.html), subtype="html")
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


def _add_headers(mail: EmailMessage, headers: Iterable[tuple[str, str]]) -> None:
    for name, value in headers:
        mail[name] = one_line(value)
