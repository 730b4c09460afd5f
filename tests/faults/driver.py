"""One cycle of the watcher, as the daemon does it, in a process that dies at the step it is told.

A process without threads that reads commands on stdin, one JSON object a line, and forks for each: a fork costs
milliseconds, a new interpreter a second. The child counts the steps of poll and deliver, names each in a file, and
kills itself at the one it was asked to.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import stamina

import watcher.requests
import watcher.store.meta
from watcher.assembly import assembled
from watcher.channels import open_channel
from watcher.config import load
from watcher.config.loading import loads
from watcher.errors import RegistryError
from watcher.registry.transport import Transport
from watcher.store import Store
from watcher.store.connection import Connection

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    from watcher.channels.mail import Mail
from watcher.alerts.messages.engine import prepare
from watcher.alerts.render import BUILT_IN
from watcher.channels.webhook import Webhook, _tls

SMALL = """
[[watch]]
name = "one"
studies = ["NCT00000001"]
[[channel]]
name = "team"
url = "mailto://127.0.0.1:1?from=a@example.org&to=b@example.org"
[[route]]
to = ["team"]
"""


@dataclass(frozen=True)
class Standing:
    """A clock that stands."""

    moment: datetime

    def now(self) -> datetime:
        return self.moment

    def follow(self, timestamp: datetime) -> None:
        """The registry here is no rehearsal."""


class Steps:
    """Counts the steps, and ends the process, without a goodbye, at the one where it is to die."""

    def __init__(self, out: Path, die_at: int) -> None:
        self._out = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        self._die_at = die_at
        self._taken = 0

    def __call__(self, name: str) -> None:
        self._taken += 1
        os.write(self._out, f"{name}\n".encode())
        if self._taken == self._die_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def around(self, owner: Any, name: str, label: str) -> None:
        """A step before and a step after each call of this function."""
        honest = getattr(owner, name)

        def stepped(*args: Any, **kwargs: Any) -> Any:
            self(f"before {label}")
            result = honest(*args, **kwargs)
            self(f"after {label}")
            return result

        setattr(owner, name, stepped)

    def around_transactions(self) -> None:
        """A step before BEGIN, after it, before the commit and after it."""
        honest = Connection.writing

        @contextmanager
        def writing(connection: Connection) -> Iterator[Any]:
            who = _caller()
            self(f"before BEGIN of {who}")
            with honest(connection) as db:
                self(f"after BEGIN of {who}")
                yield db
                self(f"before COMMIT of {who}")
            self(f"after COMMIT of {who}")

        Connection.writing = writing  # type: ignore[method-assign]


def _caller() -> str:
    """The verb of the store that opened a transaction: the first function outside of contextlib and this module."""
    frame = sys._getframe(1)
    while frame.f_code.co_filename == __file__ or frame.f_code.co_filename.endswith("contextlib.py"):
        assert frame.f_back is not None
        frame = frame.f_back
    return frame.f_code.co_qualname if sys.version_info >= (3, 11) else frame.f_code.co_name


def cycle(config: Path, now: datetime, step: Steps) -> None:
    """What the daemon does between two looks at the clock; poll and deliver one after the other, so steps repeat."""
    step.around_transactions()
    step.around(Store, "__init__", "opening the database")
    step.around(Transport, "_ask", "a question to the registry")
    step.around(Mail, "send", "a mail")
    step.around(Webhook, "send", "a webhook")
    step.around(watcher.requests, "carry_out", "a request")
    step.around(Path, "unlink", "removing a file")
    with assembled(load(config, environ={}), Standing(now), lambda seconds: None) as made:
        # As the service has it: the poll has told the operator, and what is owed goes out all the same.
        with suppress(RegistryError):
            made.poller.poll()
        made.carry_out_requests()
        made.announce_digests()
        made.deliverer.deliver()
        made.vigil.keep()
        made.deliverer.deliver()


def _child(command: dict[str, Any]) -> int:
    log = os.open(command["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 2)
    # The same database id in every run, or no two would be alike.
    watcher.store.meta.secrets.token_hex = lambda count: "ab" * count  # type: ignore[attr-defined]
    stamina.set_testing(True, attempts=1, cap=True)
    try:
        steps = Steps(Path(command["steps"]), command["die_at"])
        cycle(Path(command["config"]), datetime.fromisoformat(command["now"]), steps)
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


def serve(commands: Iterator[str], answer: Callable[[str], object]) -> None:
    """Carry out commands until there are no more."""
    for line in commands:
        pid = os.fork()
        if pid == 0:
            os._exit(_child(json.loads(line)))
        _, status = os.waitpid(pid, 0)
        answer(json.dumps({"status": os.waitstatus_to_exitcode(status)}))


def warm() -> None:
    """Load what a process loads once, so that no child has to."""
    prepare(BUILT_IN)
    _tls()
    open_channel("warm", "mailto://127.0.0.1:1?from=a@example.org&to=b@example.org")
    loads(SMALL, Path("config.toml"), environ={})


if __name__ == "__main__":
    warm()
    serve(iter(sys.stdin.readline, ""), lambda said: print(said, flush=True))
