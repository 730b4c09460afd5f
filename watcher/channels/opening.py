"""From a name and a URL to a channel."""

from __future__ import annotations

import warnings

from watcher.channels.allowed import parameter_mistake, scheme_mistake
from watcher.channels.console import Console
from watcher.channels.contract import Channel
from watcher.channels.inbox import SCHEME as INBOX
from watcher.channels.inbox import Inbox
from watcher.channels.manner import MAIL_SCHEMES, NO_WISHES, SIGNED_SCHEMES, Wishes, manner_of
from watcher.channels.masking import mask_url, scheme_of
from watcher.errors import ConfigError

# A service's own web address is recognised, too: https://hooks.slack.com/...
_WEB_ADDRESSES = frozenset({"http", "https"})


def open_channel(name: str, url: str, wishes: Wishes = NO_WISHES) -> Channel:
    """The channel behind a URL; ConfigError, without the URL's secrets, if there is none."""
    scheme = scheme_of(url)
    if scheme == "console":
        return Console(name, manner=manner_of(scheme, wishes))
    if scheme == INBOX:
        return Inbox(name, manner_of(scheme, wishes))
    if scheme in SIGNED_SCHEMES:
        return _open_webhook(name, url, wishes)
    if not scheme:
        raise ConfigError((f"channel {name!r}: {mask_url(url)} is not a URL; it should begin like mailtos://",))
    if scheme not in _WEB_ADDRESSES:
        _require_allowed(name, scheme)
    return _open_with_apprise(name, url, wishes)


def _require_allowed(name: str, scheme: str) -> None:
    mistake = scheme_mistake(scheme)
    if mistake:
        raise ConfigError((f"channel {name!r}: {mistake}",))


def _open_webhook(name: str, url: str, wishes: Wishes) -> Channel:
    """Imported late: only a webhook needs the HTTP client here."""
    from watcher.channels.webhook import Webhook

    return Webhook(name, url, wishes.keys, manner_of(scheme_of(url), wishes))


def _open_with_apprise(name: str, url: str, wishes: Wishes) -> Channel:
    """Imported late: apprise costs a tenth of a second, which `watcher --help` should not pay."""
    with warnings.catch_warnings():
        # Apprise imports the deprecated imghdr for a PGP library that we do not use.
        warnings.simplefilter("ignore", DeprecationWarning)
        from watcher.channels.mail import Mail
        from watcher.channels.services import Service
        from watcher.channels.upstream import tokens_of

    tokens = tokens_of(name, url)
    _require_allowed(name, tokens["schema"])
    mistake = parameter_mistake(tokens["schema"], tokens.get("qsd") or {})
    if mistake:
        raise ConfigError((f"channel {name!r}: {mistake}",))
    manner = manner_of(tokens["schema"], wishes)
    return Mail(name, tokens, manner) if tokens["schema"] in MAIL_SCHEMES else Service(name, tokens, manner)
