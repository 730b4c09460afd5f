"""The daemon on a small disk of its own, which fills up and empties again when files beside it say so.

Started as `unshare -Urm python -m tests.faults.daemon FOLDER`: FOLDER/disk becomes a file system of four megabytes.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

import watcher.distress
import watcher.service
import watcher.work
from watcher.cli import main

# Room for a notice or a date, and for no page of studies.
LEFT = 200_000


def obey(folder: Path) -> None:
    """Fill the disk when `fill` appears, `nearly` where that does, free it when `free` does; then take that away."""
    filler = folder / "disk" / "filler"
    while True:
        time.sleep(0.02)
        if (folder / "fill").exists():
            _fill(filler)
            (folder / "fill").unlink()
        if (folder / "nearly").exists():
            _fill(filler)
            os.truncate(filler, filler.stat().st_size - LEFT)
            (folder / "nearly").unlink()
        if (folder / "free").exists():
            filler.unlink()
            (folder / "free").unlink()


def _fill(filler: Path) -> None:
    with filler.open("ab", buffering=0) as file:
        try:
            while True:
                file.write(bytes(512))
        except OSError:
            pass


def run(folder: Path) -> None:
    """The command itself, but for its patience."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder / "disk")], check=True)
    threading.Thread(target=obey, args=(folder,), daemon=True).start()
    watcher.service.Service.__init__.__kwdefaults__["tick"] = timedelta(seconds=0.2)
    watcher.work.VIGIL_TICK = timedelta(seconds=0.2)
    watcher.distress.PATIENCE = timedelta(seconds=0.5)
    sys.argv = ["watcher", "run", "--config", str(folder / "config.toml")]
    try:
        main()
    finally:
        # The file system is gone with this process.
        shutil.copytree(folder / "disk", folder / "after")


if __name__ == "__main__":
    run(Path(sys.argv[1]))
