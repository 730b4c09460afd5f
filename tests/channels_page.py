"""docs/channels.md: which services a channel may be, and which not, from the lists in the code."""

from __future__ import annotations

from collections.abc import Iterator

from watcher.channels.allowed import FILE_TEMPLATES, REFUSED, SERVICES

_OWN = (
    ("E-mail", "`mailto://` `mailtos://`"),
    ("Signed webhook", "`webhook://` (this machine only) `webhooks://`"),
    ("The inbox of the page", "`inbox://`"),
    ("Standard output", "`console://`"),
)


def channels_page(written_by: str) -> str:
    """The whole page."""
    parts = [
        "# Channels",
        written_by,
        "The address of a channel begins with the scheme of its service. These schemes are allowed, and no others: "
        "an upgrade of apprise, which speaks to most of them, adds none unseen. How each address is made up stands in "
        "[apprise's own pages](https://github.com/caronc/apprise/wiki); `watcher config check` says what is wrong with "
        "yours, and `watcher channels test NAME` sends a test message.",
        "`inbox://` is the page that `watcher run` serves: every alert stands there, whatever channels its route has. "
        "It is what a configuration without a `[[channel]]` has; beside channels of your own, a route may name `inbox` "
        "without declaring it. Nothing is sent, so it takes any number of alerts; it cannot be the operator's channel.",
        _table(("service", "schemes"), _allowed()),
        "## What is refused, and why",
        _table(("service", "schemes", "it"), _refused()),
        "## Parameters that are refused",
        "`attach=`, `keyfile=`, `subfile=`, `pgp=`, `pgppub=`, `pgpprv=` and `wkd=`; `template=` of "
        f"{', '.join(f'`{scheme}://`' for scheme in sorted(FILE_TEMPLATES))}. Each would read a file of this machine, "
        "or ask an address that is not the service's own. `redirect=`, `retry=`, `wait=`, `format=`, `emojis=` and "
        "`optional=` have no effect: no redirect is followed, and the outbox alone tries again.",
        "`verify=no` turns the check of the service's certificate off. It is allowed, for a relay of your own with a "
        "certificate of its own, and `watcher doctor` warns of it; better name the authority with `SSL_CERT_FILE` "
        "(e-mail and webhooks) or `REQUESTS_CA_BUNDLE` (all others).",
    ]
    return "\n\n".join(parts) + "\n"


def _allowed() -> Iterator[tuple[str, ...]]:
    yield from _OWN
    yield from ((service, _schemes(schemes)) for service, schemes in SERVICES.items())


def _refused() -> Iterator[tuple[str, ...]]:
    for group in REFUSED.values():
        for service, schemes in group.services.items():
            yield service, _schemes(schemes), group.why


def _schemes(text: str) -> str:
    return " ".join(f"`{scheme}://`" for scheme in text.split())


def _table(header: tuple[str, ...], lines: Iterator[tuple[str, ...]]) -> str:
    rows = (header, tuple("---" for _ in header), *lines)
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)
