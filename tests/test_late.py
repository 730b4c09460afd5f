"""A poll that tells nobody anything opens no channel."""

from __future__ import annotations

from watcher.channels import Channel, open_channel
from watcher.late import LateChannels, LateTargets


def test_a_channel_is_opened_once_and_only_when_it_is_looked_at() -> None:
    opened: list[str] = []

    def opening(name: str) -> Channel:
        opened.append(name)
        return open_channel(name, "console://")

    channels = LateChannels(("desk", "ops"), opening)
    targets = LateTargets(channels, "desk")
    assert (list(channels), len(channels), opened) == (["desk", "ops"], 2, [])
    assert [target.channel for target in targets] == ["desk"]
    assert (targets[0], len(targets)) == (targets[:1][0], 1)
    assert channels["desk"] is channels["desk"]
    assert opened == ["desk"]
    assert channels.get("nobody") is None
