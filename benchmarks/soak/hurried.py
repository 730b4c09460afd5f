"""The `watcher` command with shorter ticks: `python -m benchmarks.soak.hurried run --config PATH`.

Nothing else differs: the same command line, the same service. In a month that has to fit into minutes, a tick of five
seconds would be most of it.
"""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Any

from watcher import service
from watcher.cli import main

TICK_SECONDS = "WATCHER_SOAK_TICK"


class HurriedService(service.Service):
    """The service, asking what is due more often."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        named["tick"] = timedelta(seconds=float(os.environ.get(TICK_SECONDS, "5")))
        super().__init__(*arguments, **named)


if __name__ == "__main__":
    # The command looks its service up when it runs.
    service.Service = HurriedService  # type: ignore[misc]
    main()
