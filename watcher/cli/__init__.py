"""The commands. Everything heavy is imported when a command runs, so that --help answers at once."""

from watcher.cli.app import main

__all__ = ["main"]
