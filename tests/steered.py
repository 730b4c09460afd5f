"""A folder with a configuration beside a polled database, and the command run on it, alone or beside a watcher."""

from __future__ import annotations

import io
import json
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import pytest

from tests.test_poll import Days
from watcher.audience import Audience
from watcher.cli import main
from watcher.config import load
from watcher.model import Target
from watcher.requests import Desk, carry_out_all
from watcher.store import opened
from watcher.store.lock import single_instance

ROUTE = '[[route]]\nname = "everything"\nto = ["team"]\n'
CHANNELS = '[[channel]]\nname = "team"\nurl = "console://"\n[[channel]]\nname = "chat"\nurl = "console://"\n'


def configured(days: Days, routes: str = ROUTE, watches: str = "") -> Path:
    """The configuration of the database of `days`, with these routes over the studies it watches."""
    studies = ", ".join(f'{{ nct_id = "{study.nct_id}", label = "{study.label}" }}' for study in days.studies)
    config = days.database.with_name("config.toml")
    watched = watches or f'[[watch]]\nname = "pipeline"\nstudies = [{studies}]\n'
    config.write_text(f'[store]\npath = "{days.database.name}"\n{watched}{CHANNELS}{routes}')
    return config


def audience(config: Path) -> Audience:
    """The audience of a configuration, with one recipient for each channel, as a poll has it."""
    loaded = load(config, environ={})
    targets = {channel.name: (Target(channel.name, "console:stdout"),) for channel in loaded.channels}
    return Audience(loaded.watches, loaded.routes, targets)


def watcher(config: Path, *arguments: object, expect: int = 0) -> str:
    """What a finished run of the command printed: on stderr where it was expected to fail.

    In this process: a process of its own for each of a hundred runs would cost minutes (tests/test_cli.py has those).
    """
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patched, redirect_stdout(out), redirect_stderr(err):
        patched.setattr(sys, "argv", ["watcher", *map(str, arguments), "--config", str(config)])
        patched.setenv("NO_COLOR", "1")
        with pytest.raises(SystemExit) as done:
            main()
    assert (done.value.code or 0) == expect, (out.getvalue(), err.getvalue())
    return err.getvalue() if expect else out.getvalue()


def said(config: Path, *arguments: object) -> Any:
    """What the command prints with --json."""
    return json.loads(watcher(config, *arguments, "--json"))


def beside_a_watcher(days: Days, config: Path, *arguments: object) -> str:
    """The same while a watcher holds the database and carries out what is left for it."""
    with single_instance(days.database), ThreadPoolExecutor(1) as pool:
        asked = pool.submit(watcher, config, *arguments)
        with opened(days.database) as store:
            until = time.monotonic() + 30
            while not asked.done() and time.monotonic() < until:
                carry_out_all(Desk(store, audience(config), days.clock.now()))
                time.sleep(0.05)
    return asked.result()


def polled(days: Days, config: Path, numbers: Sequence[int]) -> None:
    """Poll these days with the routes of the configuration."""
    for number in numbers:
        with days.poller(number) as (poller, _):
            poller._audience = audience(config)
            poller.poll()
