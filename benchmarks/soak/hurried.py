"""The `watcher` command with shorter ticks: `python -m benchmarks.soak.hurried run --config PATH`.

Nothing else differs: the same command line, the same service. In a month that has to fit into minutes, a tick of five
seconds would be most of it.
"""

from __future__ import annotations

import ctypes
import os
import signal
from datetime import timedelta
from typing import Any

from watcher import service
from watcher.cli import main

TICK_SECONDS = "WATCHER_SOAK_TICK"
PR_SET_PDEATHSIG = 1


class HurriedService(service.Service):
    """The service, asking what is due more often."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        named["tick"] = timedelta(seconds=float(os.environ.get(TICK_SECONDS, "5")))
        super().__init__(*arguments, **named)


def _die_with_parent() -> None:
    """Where the soak is cut off, no daemon stays behind."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


if __name__ == "__main__":
    _die_with_parent()
    # The command looks its service up when it runs.
    service.Service = HurriedService  # type: ignore[misc]
    main()
