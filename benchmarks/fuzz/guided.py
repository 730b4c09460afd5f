"""`make fuzz-guided`: one target under atheris, which keeps the inputs that reach new branches of the project.

    python -m benchmarks.fuzz.guided "record bytes" -max_total_time=60

What stands behind the target's name goes to atheris (libFuzzer). The bytes it makes are the target's chance, so the
same damage is done as in `make fuzz`, only chosen with a purpose.
"""

from __future__ import annotations

import sys
from random import Random
from typing import Any


class Dictated(Random):
    """Chance that reads what it does from bytes, and is zero behind their end."""

    def __init__(self, data: bytes) -> None:
        super().__init__(0)
        self._data = data
        self._at = 0

    def getrandbits(self, bits: int, /) -> int:
        """The next bits."""
        wanted = (bits + 7) // 8
        piece = self._data[self._at : self._at + wanted]
        self._at += wanted
        return int.from_bytes(piece, "little") & ((1 << bits) - 1)

    def random(self) -> float:
        """The next 53 bits as a fraction."""
        return self.getrandbits(53) / (1 << 53)


def main(arguments: list[str]) -> None:
    """Run until a failure, or for as long as the arguments say."""
    import atheris

    with atheris.instrument_imports(include=["watcher"]):
        from benchmarks.fuzz.targets import TARGETS
    attempt: Any = TARGETS[arguments[1]].attempt

    def one(data: bytes) -> None:
        attempt(Dictated(data))

    atheris.Setup([arguments[0], *arguments[2:]], one)
    atheris.Fuzz()


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(sys.argv)
