"""A first configuration for `watcher init`: short, commented, and without mistakes."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path

from watcher.channels.inbox import SCHEME as INBOX
from watcher.channels.masking import scheme_of
from watcher.config.listening import USUAL
from watcher.config.loading import loads
from watcher.errors import UsageError
from watcher.model import WatchedStudy

_OWNER_ONLY = 0o600

_TEMPLATE = """\
# Configuration of nct-watcher. `watcher config check` says what it would do; every key: config.example.toml.

# The registry is asked every 30 minutes, one request a second at most.
[registry]
poll_every = "30m"
# contact = "you@example.org"   # lets the registry's people reach you

# What we have seen is kept here, next to this file.
[store]
path = "nct-watcher.db"

# The studies to watch, each with your own word for it (asset, protocol number).
[[watch]]
name = {watch}
studies = [
{studies}]
"""

_SENT = """
# Where alerts go. An address with a password in it is safer in a file of its own: url_file = "team.url"
[[channel]]
name = {channel}
url = {url}

# Who hears what, and when: "now", "daily 08:00" or "weekly mon 08:00".
[[route]]
name = "everything"
to = [{channel}]
min_severity = "minor"          # noise, minor, major or critical
when = "now"
timezone = "UTC"
# kinds = ["status.*", "results.*"]   # left out: every kind; `watcher kinds` lists them
"""

_ON_THE_PAGE = """
# Alerts stand on the page that `watcher run` serves: http://{page}. To have them sent
# as well, remove the "# " from these lines:
# [[channel]]
# name = "team"
# url = "mailtos://user:password@example.org?to=you@example.org"
#
# [[route]]
# name = "everything"
# to = ["team", "inbox"]
# min_severity = "minor"          # noise, minor, major or critical
# when = "now"                    # or "daily 08:00", "weekly mon 08:00"
"""

_OPERATOR = """
# Who hears when the registry or a channel is in trouble.
[operator]
channel = {channel}
"""


def starter(
    studies: Sequence[WatchedStudy],
    channel_url: str,
    watch_name: str,
    operator: bool = True,
    channel_name: str = "team",
) -> str:
    """The text of a first configuration. The inbox of the page needs neither channel nor route, and has no operator."""
    template = _TEMPLATE + _SENT + (_OPERATOR if operator else "")
    if scheme_of(channel_url) == INBOX:
        template = _TEMPLATE + _ON_THE_PAGE
    return template.format(
        page=USUAL,
        watch=toml_string(watch_name),
        studies="".join(f"  {_study(study)},\n" for study in studies),
        channel=toml_string(channel_name),
        url=toml_string(channel_url),
    )


def write_starter(
    path: Path,
    studies: Sequence[WatchedStudy],
    channel_url: str,
    watch_name: str,
    operator: bool = True,
    channel_name: str = "team",
) -> None:
    """Write a first configuration; ConfigError where the answers make none, UsageError rather than overwrite a file."""
    text = starter(studies, channel_url, watch_name, operator, channel_name)
    loads(text, path, environ={})
    try:
        # Readable by its owner only: the channel's address may hold a password.
        with open(path, "x", encoding="utf-8", opener=_private) as file:
            file.write(text)
    except FileExistsError:
        raise UsageError(f"{path} exists already and is left as it is; choose another place or remove it") from None
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror or error}") from None


def toml_string(text: str) -> str:
    """The text as a TOML string: JSON's escapes, and DEL, which TOML wants escaped too."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _study(study: WatchedStudy) -> str:
    if not study.label:
        return toml_string(study.nct_id)
    return f"{{ nct_id = {toml_string(study.nct_id)}, label = {toml_string(study.label)} }}"


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, _OWNER_ONLY)
