"""From a name and a URL to a channel."""

from __future__ import annotations

import warnings

from watcher.channels.console import Console
from watcher.channels.contract import Channel
from watcher.channels.manner import MAIL_SCHEMES, NO_WISHES, SIGNED_SCHEMES, Wishes, manner_of
from watcher.channels.masking import mask_url, scheme_of
from watcher.errors import ConfigError

# These pop something up on the desktop of the machine the daemon runs on, where nobody sits.
DESKTOP_SCHEMES = frozenset({"dbus", "gio", "glib", "gnome", "growl", "kde", "macosx", "qt", "windows"})
# These act on the machine itself (its log, its USB light) with the daemon's rights.
HOST_SCHEMES = frozenset({"blink1", "syslog"})
REFUSED_SCHEMES = DESKTOP_SCHEMES | HOST_SCHEMES


def open_channel(name: str, url: str, wishes: Wishes = NO_WISHES) -> Channel:
    """The channel behind a URL; ConfigError, without the URL's secrets, if there is none."""
    scheme = scheme_of(url)
    if scheme == "console":
        return Console(name, manner=manner_of(scheme, wishes))
    if scheme in SIGNED_SCHEMES:
        return _open_webhook(name, url, wishes)
    if scheme in REFUSED_SCHEMES:
        raise ConfigError((_refusal(name, scheme),))
    if not scheme:
        raise ConfigError((f"channel {name!r}: {mask_url(url)} is not a URL; it should begin like mailtos://",))
    return _open_with_apprise(name, url, wishes)


def _refusal(name: str, scheme: str) -> str:
    """Why this scheme is not available, and what is."""
    what = "the desktop of the machine it runs on" if scheme in DESKTOP_SCHEMES else "the machine it runs on"
    return (
        f"channel {name!r}: {scheme}:// would act on {what}, which a daemon must not do; "
        "use console:// to see messages locally"
    )


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
    # A service's own web address (https://hooks.slack.com/...) is recognised too, so the scheme counts as parsed.
    if tokens["schema"] in REFUSED_SCHEMES:
        raise ConfigError((_refusal(name, tokens["schema"]),))
    manner = manner_of(tokens["schema"], wishes)
    return Mail(name, tokens, manner) if tokens["schema"] in MAIL_SCHEMES else Service(name, tokens, manner)
