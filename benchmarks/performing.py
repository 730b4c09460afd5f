"""What every play has around it: a folder for its databases and logs, and errors that become exit codes."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.stage import StageError
from benchmarks.truth import NoData


def parser(name: str, about: str | None, last: str) -> argparse.ArgumentParser:
    """The command line of a play: what it is `about`, and what its `last` line and its exit codes say."""
    return argparse.ArgumentParser(
        prog=f"python -m benchmarks.{name}",
        description=about,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog=f"The last line is one JSON object. {last}",
    )


def performed(name: str, play: Callable[[Path], int], *, keep: bool = False) -> int:
    """Play in a folder of its own; the play's exit code, 1 where it stopped in the middle, 2 without its data."""
    try:
        with _folder(name, keep=keep) as folder:
            return play(folder)
    except NoData as reason:
        print(f"error: {reason}", file=sys.stderr)
        return 2
    except StageError as reason:
        print(f"error: the {name} stopped: {reason}", file=sys.stderr)
        return 1


@contextmanager
def _folder(name: str, *, keep: bool) -> Iterator[Path]:
    """A folder for databases and logs; where it is is told if it is kept."""
    folder = Path(tempfile.mkdtemp(prefix=f"nct-watcher-{name}-"))
    try:
        yield folder
    finally:
        if keep:
            print(f"kept in {folder}", file=sys.stderr)
        else:
            shutil.rmtree(folder, ignore_errors=True)
