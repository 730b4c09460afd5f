"""The registry's API v2 as the poll needs it: its data version, batches of studies, single studies.

Facts of the API: https://clinicaltrials.gov/data-api/api (data refresh, errors, paging).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import msgspec

from watcher.errors import RegistryFault
from watcher.model import EVERYTHING, Search
from watcher.registry.transport import Answer, Transport

T = TypeVar("T")

BATCH = 100
PAGE = 1000
"""More the registry does not give at once: https://clinicaltrials.gov/data-api/api, `pageSize`."""

_FORMAT = {"format": "json", "markupFormat": "markdown"}
_NCT_ID = re.compile(r"NCT[0-9]{8}(?![0-9])")
# As the registry writes it; a fraction or a Z behind it would not change the order in which builds are compared.
_STAMP = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?Z?")
# Unsorted order is not stable between calls, and only dates and numbers can be sorted by. The day on which a study was
# first posted never moves, so that a study cannot slip from a page that is still to come into one that was read.
_SORT = "StudyFirstPostDate:asc,LastUpdatePostDate:asc"


class _Version(msgspec.Struct, rename="camel"):
    data_timestamp: str = ""


class _Page(msgspec.Struct, rename="camel"):
    studies: list[msgspec.Raw]
    next_page_token: str | None = None
    total_count: int | None = None


_version_of = msgspec.json.Decoder(_Version)
_page_of = msgspec.json.Decoder(_Page)


@dataclass(frozen=True, slots=True)
class DataVersion:
    """Which build of its data the registry serves; `timestamp` is "" where it does not say."""

    timestamp: str
    rehearsal: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """The record of the study that was asked for, as sent."""

    raw: bytes


@dataclass(frozen=True, slots=True)
class Moved:
    """The number is an alias: the record stands under another one."""

    nct_id: str


@dataclass(frozen=True, slots=True)
class NotFound:
    """The registry's own 'NCT number ... not found'."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page: records as sent, each a view into it (`bytes` copies one out); "" as token where it is the last."""

    records: tuple[bytes, ...]
    next_token: str = ""
    total: int | None = None


class Registry:
    """ClinicalTrials.gov, or a rehearsal of it."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self.data_timestamp = ""
        """The dataTimestamp that was told last, also where nothing came of it."""

    @property
    def requests(self) -> int:
        """How many requests were made so far."""
        return self._transport.requests

    def data_version(self) -> DataVersion:
        """Which build of the data is served: the cheap gate before any fetching."""
        data = self._transport.fetch("/version", {}, _read_version)
        self.data_timestamp = data.timestamp
        return data

    def studies(self, nct_ids: Sequence[str], search: Search = EVERYTHING) -> Iterator[tuple[bytes, ...]]:
        """The records of these studies, page by page, in no meaningful order; absent ones are simply not there.

        At most `BATCH` numbers, all well-formed: one malformed number fails a whole batch. With a `search`, those of
        them that it returns.
        """
        asked = {**dict(search.parameters), "filter.ids": "|".join(nct_ids)}
        seen: set[str] = set()
        token = ""
        while True:
            page = self.page(asked, token, size=max(len(nct_ids), 1))
            yield tuple(map(bytes, page.records))
            token = page.next_token
            if not token:
                return
            if token in seen:
                raise RegistryFault("the registry repeats a page token")
            seen.add(token)

    def page(self, asked: Mapping[str, str], token: str = "", *, size: int = PAGE, total: bool = False) -> Page:
        """One page of what a query (`query.*` and `filter.*`) returns, the longest listed first.

        `token` is that of the page before, of the same query: the registry does not notice another one's, and answers
        with rows of neither. `total` asks the first page how many there are.
        """
        place = {"pageToken": token} if token else {"countTotal": "true"} if total else {}
        params = {**_FORMAT, **asked, "pageSize": str(size), "sort": _SORT, **place}
        page = self._transport.fetch("/studies", params, _read_page)
        return Page(tuple(page.studies), page.next_page_token or "", page.total_count)

    def study(self, nct_id: str) -> Found | Moved | NotFound:
        """What the registry says of one study. A 404 counts only in the registry's own words."""
        return self._transport.fetch(f"/studies/{nct_id}", _FORMAT, lambda answer: _read_study(answer, nct_id))

    def close(self) -> None:
        """Close the connection."""
        self._transport.close()


def _read_version(answer: Answer) -> DataVersion:
    said = _decoded(_version_of, answer)
    # Every later build is compared with it: an odd one, once stored, would make all of them look old.
    if said.data_timestamp and not _is_moment(said.data_timestamp):
        raise RegistryFault(f"the registry dates its data {said.data_timestamp[:40]!r}, which is no moment")
    return DataVersion(said.data_timestamp, answer.headers.get("x-rehearsal") == "1")


def _is_moment(stamp: str) -> bool:
    try:
        return bool(_STAMP.fullmatch(stamp) and datetime.fromisoformat(stamp))
    except ValueError:
        return False


def _read_page(answer: Answer) -> _Page:
    return _decoded(_page_of, answer)


def _read_study(answer: Answer, nct_id: str) -> Found | Moved | NotFound:
    if answer.status == 301:
        return Moved(_alias_target(answer.headers.get("location", "")))
    if answer.status == 404 and answer.text == f"NCT number {nct_id} not found":
        return NotFound()
    _require_ok(answer)
    return Found(bytes(answer.body))


def _decoded(decoder: msgspec.json.Decoder[T], answer: Answer) -> T:
    _require_ok(answer)
    try:
        return decoder.decode(answer.body)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise RegistryFault("the registry answered with JSON of another shape, or cut short") from error


def _require_ok(answer: Answer) -> None:
    if answer.status != 200:
        raise RegistryFault(f"the registry answered {answer.status}: {answer.text[:200]}", transient=False)


def _alias_target(location: str) -> str:
    found = _NCT_ID.findall(location)
    if not found:
        raise RegistryFault("the registry redirected an alias to nowhere we know", transient=False)
    return str(found[-1])
