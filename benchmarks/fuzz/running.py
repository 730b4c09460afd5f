"""Runs targets over many inputs, each with a source of chance of its own, and counts what came of them."""

from __future__ import annotations

import faulthandler
import time
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from random import Random

from benchmarks.fuzz.verdict import Hang, Silent, within

# An input may take this long on a busy machine. What hangs out of reach ends the process after three times that.
LONGEST = 20.0


@dataclass(slots=True)
class Tally:
    """What came of the inputs of one target; `shown` are the failures, each with how to see it again."""

    inputs: int = 0
    accepted: int = 0
    crashes: int = 0
    hangs: int = 0
    silent: int = 0
    slowest: float = 0.0
    shown: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Count the other's inputs, too."""
        self.inputs += other.inputs
        self.accepted += other.accepted
        self.crashes += other.crashes
        self.hangs += other.hangs
        self.silent += other.silent
        self.slowest = max(self.slowest, other.slowest)
        self.shown += other.shown

    @property
    def failures(self) -> int:
        """How many inputs came to no good."""
        return self.crashes + self.hangs + self.silent


def chance_of(seed: int, name: str, number: int) -> Random:
    """The source of chance of one input: the same on every machine."""
    return Random(f"{seed}:{name}:{number}")  # noqa: S311 - not a secret


def ran(
    name: str, attempt: Callable[[Random], bool], seed: int, numbers: Iterable[int], longest: float = LONGEST
) -> Tally:
    """What came of these inputs."""
    tally = Tally()
    for number in numbers:
        began = time.monotonic()
        faulthandler.dump_traceback_later(3 * longest, exit=True)
        try:
            with within(longest):
                tally.accepted += attempt(chance_of(seed, name, number))
        except Silent as error:
            tally.silent += 1
            tally.shown.append(_shown("SILENT", name, seed, number, error))
        except Hang as error:
            tally.hangs += 1
            tally.shown.append(_shown("HANG", name, seed, number, error))
        except Exception as error:
            tally.crashes += 1
            tally.shown.append(_shown("CRASH", name, seed, number, error))
        finally:
            faulthandler.cancel_dump_traceback_later()
        tally.inputs += 1
        tally.slowest = max(tally.slowest, time.monotonic() - began)
    return tally


def _shown(what: str, name: str, seed: int, number: int, error: BaseException) -> str:
    place = traceback.extract_tb(error.__traceback__)[-1]
    said = f"{type(error).__name__}: {str(error)[:200]} ({place.filename.rpartition('/')[2]}:{place.lineno})"
    return f'{what} {name}: {said}\n    python -m benchmarks.fuzz --seed {seed} --again "{name}" {number}'
