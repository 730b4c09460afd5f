"""Pages of studies, compressed as the registry compresses them; those of the whole listing are kept on the disk."""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from benchmarks.scale.asked import LARGEST_PAGE, Page, token_for
from benchmarks.scale.kept import Asked, Kept

# What the registry's answers look as if they were made with; 31: with the header of a gzip file.
LEVEL, GZIP = 5, 31


def packed(body: bytes) -> bytes:
    """The body of an answer as it goes over the line."""
    compressor = zlib.compressobj(LEVEL, zlib.DEFLATED, GZIP)
    return compressor.compress(body) + compressor.flush()


class Pages:
    """The answers to /studies."""

    def __init__(self, kept: Kept, cache: Path) -> None:
        self._kept = kept
        self._cache = cache
        self._folder: tuple[int, Path] | None = None

    def answer(self, page: Page) -> bytes:
        """The page, compressed."""
        if not page.asked.is_everything or page.size != LARGEST_PAGE:
            return packed(self.body(page))
        place = self._place(page)
        with suppress(FileNotFoundError):
            return place.read_bytes()
        return _stored(place, packed(self.body(page)))

    def prepare(self) -> int:
        """Make every page of the whole listing ahead of time, on all cores; how many there are."""
        pages = list(self._whole())
        with ThreadPoolExecutor(os.cpu_count()) as workers:
            # Compressing needs no interpreter, so threads do.
            for _ in workers.map(self._ready, pages):
                pass
        return len(pages)

    def body(self, page: Page) -> bytes:
        """The page as JSON, every study in a line of its own."""
        found = self._kept.found(page.asked)
        here = found[page.start : page.start + page.size]
        count = b'"totalCount":%d,' % len(found) if page.counted else b""
        upto = page.start + len(here)
        more = b',"nextPageToken":"%b"' % token_for(upto).encode() if upto < len(found) else b""
        studies = b",\n".join(self._kept.written(index) for index in here)
        return b"{" + count + b'"studies":[\n' + studies + b"\n]" + more + b"}"

    def _ready(self, page: Page) -> None:
        if not self._place(page).exists():
            self.answer(page)

    def _whole(self) -> Iterator[Page]:
        total = len(self._kept.found(Asked()))
        yield Page(Asked(), 0, LARGEST_PAGE, counted=True)
        for start in range(LARGEST_PAGE, total, LARGEST_PAGE):
            yield Page(Asked(), start, LARGEST_PAGE, counted=False)

    def _place(self, page: Page) -> Path:
        return self._of_today() / f"{page.start}{'-counted' if page.counted else ''}.gz"

    def _of_today(self) -> Path:
        days = len(self._kept.days)
        if self._folder is None or self._folder[0] != days:
            folder = self._cache / self._kept.mark
            folder.mkdir(parents=True, exist_ok=True)
            self._folder = (days, folder)
        return self._folder[1]


def _stored(place: Path, said: bytes) -> bytes:
    unfinished = place.with_suffix(f".{os.getpid()}-{id(said)}")
    unfinished.write_bytes(said)
    unfinished.replace(place)
    return said
