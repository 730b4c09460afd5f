"""Channels that are opened when somebody is owed a message: a poll that finds nothing to tell opens none."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import overload

from watcher.channels import Channel
from watcher.model import Target


class LateChannels(Mapping[str, Channel]):
    """The channels by name, each opened when it is asked for."""

    def __init__(self, names: Sequence[str], opening: Callable[[str], Channel]) -> None:
        self._names = tuple(names)
        self._opening = opening
        self._opened: dict[str, Channel] = {}

    def __getitem__(self, name: str) -> Channel:
        if name not in self._names:
            raise KeyError(name)
        if name not in self._opened:
            self._opened[name] = self._opening(name)
        return self._opened[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


class LateTargets(Sequence[Target]):
    """The recipients of a channel, asked for when somebody looks at them."""

    def __init__(self, channels: Mapping[str, Channel], name: str) -> None:
        self._channels = channels
        self._name = name

    @cached_property
    def _targets(self) -> tuple[Target, ...]:
        return self._channels[self._name].targets()

    @overload
    def __getitem__(self, at: int) -> Target: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Target]: ...
    def __getitem__(self, at: int | slice) -> Target | Sequence[Target]:
        return self._targets[at]

    def __len__(self) -> int:
        return len(self._targets)
