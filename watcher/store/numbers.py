"""Many NCT numbers in little room: four bytes each on the disk, a bit each in memory."""

from __future__ import annotations

from array import array
from collections.abc import Iterable


def packed_numbers(nct_ids: Iterable[str]) -> bytes:
    """The numbers, four bytes each."""
    return array("I", (int(nct_id[3:]) for nct_id in nct_ids)).tobytes()


class Numbers:
    """A set of NCT numbers: one bit for each number up to the highest, so 600,000 studies take a megabyte."""

    def __init__(self) -> None:
        self._bits = bytearray()

    def add(self, packed: bytes) -> None:
        """Add what `packed_numbers` gave."""
        numbers = array("I", packed)
        self._reach(max(numbers, default=0))
        for number in numbers:
            self._bits[number >> 3] |= 1 << (number & 7)

    def __contains__(self, nct_id: str) -> bool:
        number = int(nct_id[3:])
        return number >> 3 < len(self._bits) and bool(self._bits[number >> 3] >> (number & 7) & 1)

    def __len__(self) -> int:
        return int.from_bytes(self._bits).bit_count()

    def _reach(self, number: int) -> None:
        self._bits.extend(bytes(max(0, (number >> 3) + 1 - len(self._bits))))
