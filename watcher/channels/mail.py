"""E-mail, at apprise's own seam: its URL, its SMTP connection; our message, and the relay's reply in full."""

from __future__ import annotations

import re
import smtplib
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import reduce
from typing import Any, Self

from apprise.exception import AppriseImproperlyConfigured
from apprise.plugins.email import NotifyEmail
from apprise.plugins.email.smtp import AppriseSMTPController
from apprise.utils.parse import is_email, parse_emails

from watcher.channels.contract import stranger
from watcher.channels.letter import OWN_HEADERS, Envelope, address, letter
from watcher.channels.manner import USUAL, Manner
from watcher.channels.masking import credentials_in, mask_url, masked
from watcher.channels.upstream import Tokens, asset, dispatch, unanswered
from watcher.channels.wording import one_line
from watcher.errors import ConfigError, DeliveryError
from watcher.model import Message, Target

# "Authentication required", "... too weak", "... failed", "encryption required": the operator can repair a password,
# so what is owed must not be given up meanwhile.
_LOGIN_CODES = frozenset({530, 534, 535, 538})


class Mail:
    """One mailto or mailtos URL; everyone in to, cc and bcc gets a letter of their own."""

    def __init__(self, name: str, tokens: Tokens, manner: Manner = USUAL) -> None:
        self.name = name
        self.pace = manner.pace
        self._manner = manner
        self._tokens = {key: value for key, value in tokens.items() if key != "overflow"}
        _check(name, tokens)
        self._people = _people_of(self._fresh())

    def targets(self) -> tuple[Target, ...]:
        """One target per address."""
        return tuple(Target(self.name, email) for email in self._people)

    def send(self, target: Target, message: Message) -> None:
        """Hand one letter for this address to the relay."""
        if target.name not in self._people:
            raise stranger(target)
        post = self._fresh()
        post.addressed(self._people[target.name], self._manner.formed(message))
        # Apprise passes title and body through and insists on a body; the letter is built from the message.
        result = dispatch(post, title=message.subject, body=message.text or "-", severity=message.severity)
        if post.refusal is not None:
            raise post.refusal
        if not post.accepted:
            raise DeliveryError(f"mail to {target.name}: {unanswered(result) or 'not sent, for no stated reason'}")

    def knock(self) -> str:
        """Greet the relay, with STARTTLS and login where the address asks for them; no letter is sent."""
        post = self._fresh()
        relay = f"{post.smtp_host}:{post.port}"
        try:
            with post.connection() as connection:
                connection.greet()
        except Exception as error:  # smtplib, ssl and socket each have their own
            said = one_line(masked(_reply(error), credentials_in(vars(post))))
            raise DeliveryError(f"the relay {relay}: {said}", permanent=_is_permanent(error)) from None
        return f"the relay {relay} answers" + (" and takes the login" if post.user and post.password else "")

    def _fresh(self) -> _Post:
        """A plugin of its own for each send: one that timed out may still be at work in another thread."""
        try:
            return _Post(**{**self._tokens, "asset": asset()})  # type: ignore[no-untyped-call]  # upstream's __init__
        except AppriseImproperlyConfigured as error:
            reason = masked(str(error), credentials_in(self._tokens))
            where = f"channel {self.name!r}: {mask_url(self._tokens['url'])}"
            raise ConfigError((f"{where}: {reason}; is there a from=you@example.org?",)) from None


class _TellingController(AppriseSMTPController):
    """Apprise's SMTP connection, except that an error is raised: upstream turns it into a line in the debug log."""

    _socket: Any

    def __enter__(self) -> Self:
        """Greet, and log in."""
        super().__enter__()
        return self

    def greet(self) -> None:
        """EHLO and NOOP: whether the relay talks to us at all."""
        self._socket.ehlo_or_helo_if_needed()
        self._socket.noop()

    def sendmail(self, from_addr: str, to_addrs: list[str], message: str | bytes) -> bool:
        """True; with one recipient, smtplib raises whenever anything is refused."""
        self._socket.sendmail(from_addr, to_addrs, message)
        return True


class _Post(NotifyEmail):  # type: ignore[no-untyped-call]  # upstream's __init_subclass__ is not annotated
    """Apprise's e-mail plugin, with one message for one person and the answer kept on the instance."""

    def addressed(self, person: tuple[str, str], message: Message) -> None:
        """Set what the next `send` is about."""
        self.targets, self.cc, self.bcc = [person], set(), set()
        self.message = message
        self.refusal: DeliveryError | None = None
        self.accepted = False

    def send(self, *_: Any, **__: Any) -> bool:
        """Build the letter and hand it over; never raises, since apprise would swallow it.

        Upstream would pause 5.5 s between mails (nine minutes for a hundred) and is not asked to: a relay that finds
        us too fast says so with a 4xx, upon which the outbox backs off.
        """
        try:
            self._hand_over(letter(self.message, self._envelope(), datetime.now(UTC)).as_bytes())
        except Exception as error:  # whatever it is, the outbox must hear of it
            self.refusal = verdict(self.targets[0][1], error, credentials_in(vars(self)))
        else:
            self.accepted = True
        return self.accepted

    @property
    def _from(self) -> str:
        """The sender's bare address."""
        return str(self.from_addr[1])

    def _envelope(self) -> Envelope:
        """The parties, as the URL has them."""
        name, email = self.targets[0]
        return Envelope(
            sender=address(self.from_addr[0], self._from),
            recipient=address(name, email),
            reply_to=tuple(address(self.names.get(each), each) for each in sorted(self.reply_to)),
            headers=self.headers,
        )

    def _hand_over(self, letter: bytes) -> None:
        """One connection per letter, as upstream has it."""
        with self.connection() as connection:
            connection.sendmail(self._from, [self.targets[0][1]], letter)

    def connection(self) -> _TellingController:
        """A connection to the relay, which greets and logs in when it is entered."""
        return _TellingController(
            host=self.smtp_host,
            port=int(self.port or 0),
            secure_mode=str(self.secure_mode),
            user=self.user,
            password=self.password,
            verify_certificate=self.verify_certificate,
            # A time limit may be a fraction of a second, whatever the annotation upstream says.
            socket_connect_timeout=self.socket_connect_timeout,  # type: ignore[arg-type]
        )


def verdict(recipient: str, error: Exception, secrets: frozenset[str]) -> DeliveryError:
    """The error as the outbox understands it: what was said, and whether trying again can help."""
    said = one_line(masked(_reply(error), secrets))
    return DeliveryError(f"mail to {recipient.lower()}: {said}", permanent=_is_permanent(error))


def _is_permanent(error: Exception) -> bool:
    """A letter that cannot be written, or a 5xx about sender, recipient or content.

    Refused logins and greetings are about us, not about this message: the operator can repair them, and the outbox
    gives up in its own time.
    """
    if isinstance(error, smtplib.SMTPAuthenticationError | smtplib.SMTPConnectError | smtplib.SMTPHeloError):
        return False
    if isinstance(error, smtplib.SMTPRecipientsRefused | smtplib.SMTPResponseException):
        code, _ = _code_and_text(error)
        return 500 <= code < 600 and code not in _LOGIN_CODES
    # Raised by the e-mail package alone; UnicodeError is one. SSL certificates are OSErrors and ValueErrors at once.
    return isinstance(error, ValueError) and not isinstance(error, OSError)


def _reply(error: Exception) -> str:
    """The relay's words, or the system's."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return f"the relay refused the login: {error.smtp_code} {_text(error.smtp_error)}"
    if isinstance(error, smtplib.SMTPRecipientsRefused | smtplib.SMTPResponseException):
        code, text = _code_and_text(error)
        return f"{code} {text}"
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def _code_and_text(error: smtplib.SMTPRecipientsRefused | smtplib.SMTPResponseException) -> tuple[int, str]:
    """One recipient was asked for, so one was refused."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, text = next(iter(error.recipients.values()))
        return code, _text(text)
    return error.smtp_code, _text(error.smtp_error)


def _text(reply: bytes | str) -> str:
    return reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply


def _people_of(post: NotifyEmail) -> dict[str, tuple[str, str]]:
    """Display name and address of everyone, by lower-case address; cc and bcc are sets, so they are sorted."""
    copies = [(post.names.get(email) or "", email) for email in (*sorted(post.cc), *sorted(post.bcc))]
    people: dict[str, tuple[str, str]] = {}
    for name, email in [*post.targets, *copies]:
        people.setdefault(email.lower(), (str(name or ""), email))
    return people


def _check(name: str, tokens: Tokens) -> None:
    """What apprise would drop with a log line, or do behind our back, is a mistake in the configuration."""
    asked = [each for field in ("targets", "cc", "bcc", "reply_to") for each in _listed(tokens.get(field) or ())]
    mistakes = [f"channel {name!r}: {bad!r} is not an e-mail address" for bad in asked if not _is_address(bad)]
    for header in tokens.get("headers") or {}:
        if header.lower() in OWN_HEADERS or not re.fullmatch(r"[!-9;-~]+", header):
            mistakes.append(f"channel {name!r}: the header {header!r} cannot be set with +{header}=")
    if tokens.get("use_wkd") or tokens.get("pgp_mode") not in (None, "", "no"):
        mistakes.append(f"channel {name!r}: PGP is not supported; leave out pgp= and wkd=")
    if mistakes:
        raise ConfigError(tuple(mistakes))


def _listed(recipients: str | Sequence[str]) -> list[str]:
    """The list as apprise reads it (it knows names, commas and quotes), then whatever it would pass over."""
    listed: list[str] = []
    for text in [recipients] if isinstance(recipients, str) else recipients:
        found = parse_emails(text)  # type: ignore[no-untyped-call]  # not annotated upstream
        rest = reduce(lambda left, address: left.replace(address, " ", 1), found, text)
        listed += [*found, *filter(None, re.split(r"[\s,;]+", rest))]
    return listed


def _is_address(text: str) -> bool:
    return bool(is_email(text))  # type: ignore[no-untyped-call]  # not annotated upstream
