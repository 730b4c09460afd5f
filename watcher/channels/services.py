"""Every service but e-mail, through apprise: chats, text messages, webhooks."""

from __future__ import annotations

import re
import socket
import threading
from typing import Any

from apprise import OverflowMode
from apprise.result import AppriseResult

from watcher.alerts.messages.safe import slack_text
from watcher.channels.contract import stranger
from watcher.channels.manner import PROGRAM_SCHEMES, USUAL, WEBHOOK_SCHEMES, Manner
from watcher.channels.masking import is_public_host, masked, secrets_in
from watcher.channels.recipients import recipients_of
from watcher.channels.upstream import Plugin, Tokens, dispatch, instance_of, slack_as_is, unanswered
from watcher.channels.wording import CHAT_LIMIT, MOST_PIECES, capped, defused, one_line, plain
from watcher.errors import ConfigError, DeliveryError
from watcher.model import Message, Target

# Trying again cannot help: the address, the token or the message is wrong.
PERMANENT_STATUSES = frozenset({400, 401, 403, 404, 410})

# A service that takes no more than this in one piece is a phone, or a pager: it gets the short text.
PHONE_LIMIT = 1_600

# Pictures from elsewhere and a footer are upstream's defaults; the URL may ask for them.
_QUIET_DEFAULTS = {"include_image": "image", "include_footer": "footer", "avatar": "avatar"}

# Their address is the host that is asked, by HTTP.
_AT_THEIR_HOST = WEBHOOK_SCHEMES | {
    "gotify", "gotifys", "hassio", "hassios", "matrix", "matrixs", "mmost", "mmosts", "ncloud", "nclouds", "nctalk",
    "nctalks", "ntfy", "ntfys", "rocket", "rockets", "signal", "signals", "synology", "synologys",
}  # fmt: skip
KNOCK_TIMEOUT = 10.0

_HTTP_STATUS = re.compile(r"\berror=(\d{3})\b")


class Service:
    """One apprise URL."""

    def __init__(self, name: str, tokens: Tokens, manner: Manner = USUAL) -> None:
        self.name = name
        self.pace = manner.pace
        self._manner = manner
        self._scheme: str = tokens["schema"]
        self._tokens = _with_our_defaults(tokens)
        self._template = self._fresh()
        _refuse_copies(name, self._template)
        self._recipients = {each.name: each for each in recipients_of(self._scheme, self._fresh)}
        self._turn = threading.Lock()

    def targets(self) -> tuple[Target, ...]:
        """One target per recipient."""
        return tuple(Target(self.name, name) for name in self._recipients)

    def send(self, target: Target, message: Message) -> None:
        """Write to this one recipient."""
        if target.name not in self._recipients:
            raise stranger(target)
        message = self._manner.formed(message)
        service = self._addressed(target, message)
        title, body = self._worded(message)
        if self._speaks_mrkdwn(message):
            slack_as_is(service, slack_text(title))
            result = dispatch(service, title="", body=body, severity=message.severity, marked_up=True)
        else:
            result = dispatch(service, title=title, body=body, severity=message.severity)
        if not result:
            raise failure(f"{service.service_name} ({target.name})", result, secrets_in(self._tokens))

    def knock(self) -> str:
        """Greet the port, where the address names a host; others know theirs themselves and are left alone."""
        host, port = str(self._template.host or "").lower(), self._template.port
        if not is_public_host(host) or self._scheme not in _AT_THEIR_HOST:
            return "whether it takes messages shows only a test: --send"
        end = (host, int(port or (443 if self._tokens.get("secure") else 80)))
        try:
            with socket.create_connection(end, timeout=KNOCK_TIMEOUT):
                return f"{host}:{end[1]} answers"
        except OSError as error:
            raise DeliveryError(f"{self._scheme}:{host}:{end[1]}: {one_line(error.strerror or str(error))}") from None

    def _fresh(self) -> Plugin:
        """A plugin of its own for each send: one that timed out may still be at work in another thread."""
        return instance_of(self.name, self._tokens)

    def _addressed(self, target: Target, message: Message) -> Plugin:
        """A plugin that knows one recipient, keeps the channel's pace and carries the message's headers."""
        service = self._recipients[target.name].narrow(self._fresh())
        # Instances are new, the service's rate limit is not: all of them wait at one gate.
        service.throttle = self._take_turn
        if self._scheme in WEBHOOK_SCHEMES:
            service.headers = {
                **service.headers,
                "Idempotency-Key": message.id,
                "X-Severity": message.severity.word,
            }
        return service

    def _take_turn(self, *args: Any, **kwargs: Any) -> None:
        """Wait as long as upstream asks for between two requests to this service."""
        with self._turn:
            self._template.throttle(*args, **kwargs)

    def _worded(self, message: Message) -> tuple[str, str]:
        """Title and body as this service may have them."""
        title, body = one_line(message.subject), plain(message.text) or one_line(message.subject)
        if self._scheme in PROGRAM_SCHEMES:
            return title, capped(body, self._template.body_maxlen)
        if self._speaks_mrkdwn(message):
            return title, plain(message.slack)
        if message.short and self._template.body_maxlen <= PHONE_LIMIT:
            return "", defused(capped(one_line(message.short), self._chat_limit()))
        return defused(title), defused(capped(plain(message.chat) or body, self._chat_limit()))

    def _speaks_mrkdwn(self, message: Message) -> bool:
        """Whether the message's own Slack text goes out: it is escaped already, and as short as Slack wants it."""
        return self._scheme == "slack" and bool(message.slack)

    def _chat_limit(self) -> int:
        """What a reader will bear, in as few posts as the service's own limit allows."""
        pieces = 1 if self._template.overflow_mode == OverflowMode.TRUNCATE else MOST_PIECES
        return min(CHAT_LIMIT, pieces * int(self._template.body_maxlen))


def _with_our_defaults(tokens: Tokens) -> Tokens:
    """The parsed URL, with our preferences where its author has none."""
    preferred = dict(tokens)
    asked = tokens.get("qsd") or {}
    for token, parameter in _QUIET_DEFAULTS.items():
        if token in tokens and parameter not in asked:
            preferred[token] = False
    if tokens["schema"] not in PROGRAM_SCHEMES:
        preferred.setdefault("overflow", OverflowMode.SPLIT.value)
    return preferred


def _refuse_copies(name: str, service: Plugin) -> None:
    """Upstream sends a copy along with every recipient, so one refused recipient would repeat it."""
    if getattr(service, "cc", None) or getattr(service, "bcc", None):
        raise ConfigError(
            (f"channel {name!r}: {service.service_name} takes no cc or bcc here; name every recipient as a target",)
        )


def failure(service: str, result: AppriseResult, secrets: frozenset[str]) -> DeliveryError:
    """What the result says, for the operator: apprise tells it in log lines only."""
    lines = [entry.message for entry in result.logs()]
    said = unanswered(result) or masked("; ".join(lines), secrets)
    reason = one_line(said) or "no reason given"
    return DeliveryError(f"{service}: {reason}", permanent=_is_permanent(lines))


def _is_permanent(lines: list[str]) -> bool:
    """Only if every status that was logged is one of those; a time-out has none."""
    statuses = {int(status) for line in lines for status in _HTTP_STATUS.findall(line)}
    return bool(statuses) and statuses <= PERMANENT_STATUSES
