"""Apprise as it is used here: quiet, forgetful, and without retries or redirects of its own."""

from __future__ import annotations

import logging
from copy import deepcopy
from functools import cache
from typing import Any

from apprise import Apprise, AppriseAsset, NotifyFormat, NotifyType
from apprise.plugins import N_MGR, url_to_dict
from apprise.result import AppriseResult, AppriseResultStatus

from watcher.channels.masking import mask_url, scheme_of
from watcher.errors import ConfigError
from watcher.model import Severity

Tokens = dict[str, Any]
# Each of apprise's plugins has attributes of its own, most of them without annotations.
Plugin = Any

# Sleep and sockets included; what has not answered by then counts as undelivered although it may still arrive.
SERVICE_TIMEOUT = 60.0

# Parameters that would undermine the outbox: it retries, it must hear of every failure (`optional` hides them), it
# vouches for the destination (redirects) and for the text, which is plain and ours.
_NOT_FOR_USERS = ("emojis", "format", "optional", "redirect", "retry", "wait")

_COLOURS = {
    Severity.CRITICAL: NotifyType.FAILURE,
    Severity.MAJOR: NotifyType.WARNING,
}


def _hush() -> None:
    """Keep the lines of apprise and its HTTP library out of our logs: they hold tokens, paths and payloads.

    What went wrong comes back in the result, and leaves here masked.
    """
    upstream = logging.getLogger("apprise")
    upstream.setLevel(logging.WARNING)
    upstream.addHandler(logging.NullHandler())
    upstream.propagate = False
    logging.getLogger("urllib3").setLevel(logging.WARNING)


_hush()


@cache
def asset() -> AppriseAsset:
    """The settings that every service shares."""
    return AppriseAsset(
        app_id="nct-watcher",
        app_desc="ClinicalTrials.gov watcher",
        app_url="",
        http_redirects=False,
        secure_logging=True,
        interpret_emojis=False,
        interpret_escapes=False,
        storage_mode="memory",
        service_timeout=SERVICE_TIMEOUT,
    )


def tokens_of(name: str, url: str) -> Tokens:
    """The URL taken apart by the plugin it belongs to, without the parameters that are not the user's."""
    tokens: Tokens | None = url_to_dict(url.strip())  # type: ignore[no-untyped-call]  # not annotated upstream
    if not tokens:
        raise ConfigError((f"channel {name!r}: {mask_url(url)} is not understood{_expected(scheme_of(url))}",))
    for parameter in _NOT_FOR_USERS:
        tokens.pop(parameter, None)
    return tokens


def instance_of(name: str, tokens: Tokens) -> Plugin:
    """A fresh plugin, so that no two sends share state; apprise says nothing of what is wrong, so we show the form."""
    try:
        # `instantiate` and the plugins write into what they are given; it would log all of it if it caught the error.
        service = Apprise.instantiate(deepcopy(tokens), asset=asset(), suppress_exceptions=False)
    except Exception:  # upstream's is a TypeError, and constructors raise others
        service = None
    if service is None:
        what = f"channel {name!r}: {mask_url(tokens['url'])} lacks a part or has a wrong one"
        raise ConfigError((what + _expected(tokens["schema"]),))
    return service


def _expected(scheme: str) -> str:
    """The form that this scheme's URLs have, if there is such a scheme."""
    if scheme not in N_MGR:
        return f"; no service has the scheme {scheme}://"
    if not N_MGR[scheme].enabled:
        needed = N_MGR[scheme].requirements.get("packages_required") or "a library"
        named = needed if isinstance(needed, str) else ", ".join(needed)
        return f"; {scheme}:// needs {named}, which is not installed"
    form = N_MGR[scheme].templates[0].replace("{schema}", scheme)
    return f"; such a URL looks like {form}"


def unanswered(result: AppriseResult) -> str:
    """What to say of a send that ran out of time; nothing of any other."""
    if result.status is not AppriseResultStatus.TIMEOUT:
        return ""
    return f"no answer within {SERVICE_TIMEOUT:.0f} s; the message may still have arrived"


def slack_as_is(service: Plugin, preview: str) -> Plugin:
    """The Slack plugin, sending mrkdwn as it stands instead of making it from CommonMark.

    `preview` is what a telephone's lock screen shows; upstream leaves it out where there is no title.
    """
    post = service._send

    def previewed(url: str, payload: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        for attachment in payload.get("attachments", ()):
            attachment["fallback"] = preview
        return post(url, payload, *args, **kwargs)

    service.dialect_convert = lambda body, *_, **__: body
    service._send = previewed
    return service


def dispatch(service: Plugin, *, title: str, body: str, severity: Severity, marked_up: bool = False) -> AppriseResult:
    """Send through apprise, which keeps the time limit and collects what the service logs."""
    post = Apprise(asset=asset())
    post.add(service)
    form = NotifyFormat.MARKDOWN if marked_up else NotifyFormat.TEXT
    colour = _COLOURS.get(severity, NotifyType.INFO)
    return post.notify(body=body, title=title, notify_type=colour, body_format=form)
