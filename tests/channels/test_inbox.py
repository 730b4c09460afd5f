"""The inbox as a channel: one target, nothing sent, nothing loaded that only others need."""

from __future__ import annotations

import subprocess
import sys

from tests.channels.examples import MESSAGE, names, target_of
from watcher.channels import Wishes, open_channel
from watcher.channels.contract import Knocking


def test_it_has_one_target_and_takes_everything_at_any_pace() -> None:
    channel = open_channel("inbox", "inbox://")
    assert names(channel) == ["inbox"]
    assert target_of(channel).key == "inbox/inbox"
    assert (channel.pace.per_minute, channel.pace.batch_from) == (None, 0)
    channel.send(target_of(channel), MESSAGE)


def test_it_may_be_slowed_down_and_batched_like_any_other() -> None:
    pace = open_channel("page", "inbox://", Wishes(per_minute=5, batch_from=3)).pace
    assert (pace.per_minute, pace.batch_from) == (5, 3)


def test_there_is_nothing_to_greet() -> None:
    assert not isinstance(open_channel("inbox", "inbox://"), Knocking)


def test_opening_it_loads_neither_apprise_nor_the_http_client() -> None:
    code = (
        "import sys; from watcher.channels import open_channel; open_channel('inbox', 'inbox://'); "
        "sys.exit(bool({'apprise', 'httpx', 'smtplib'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
