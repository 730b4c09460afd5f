"""The database that is looked at: made records, read and committed as a poll does, and kept for the next time."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from pathlib import Path

from benchmarks.page.made import FIRST, VERSIONS, Studies, nct
from watcher.audience import Audience, knowing
from watcher.config import loads
from watcher.model import EVERYTHING, Target
from watcher.observe import Answers, observe
from watcher.record import snapshot_of
from watcher.store import Store, opened
from watcher.store.schema import SCHEMA_VERSION
from watcher.store.values import PollState

WATCH, LARGE_WATCH, REGISTRY = "pipeline", "large", "registry"
A_PAGE = 1_000
EDITIONS = 2
_BEGAN = datetime(FIRST.year, FIRST.month, FIRST.day, 9, tzinfo=UTC)
_CONFIG = """
[store]
path = "{database}"

[[watch]]
name = "{registry}"
everything = true

[[watch]]
name = "{watch}"
studies = [{studies}]

[[watch]]
name = "{large_watch}"
studies = ["{large}"]

[[channel]]
name = "desk"
url = "console://"

[[route]]
name = "everything"
to = ["desk"]
"""


@dataclass(frozen=True, slots=True)
class Built:
    """A database with its configuration; `large` is the study with the many sites and versions."""

    config: Path
    database: Path
    studies: int
    watched: int
    large: str


def built(cache: Path, studies: int, watched: int) -> Built:
    """The database of so many studies, of which so many are on one watch: made unless it is there already."""
    folder = cache / f"{studies}-{watched}-{_mark()}"
    made = Built(folder / "config.toml", folder / "watcher.db", studies, watched, nct(studies))
    if not made.config.exists():
        _make(made, folder)
    return made


def _mark() -> str:
    """Another one for other records, another schema, or another way to make them."""
    code = b"".join(Path(__file__).with_name(f"{name}.py").read_bytes() for name in ("built", "made"))
    return blake2b(code + str(SCHEMA_VERSION).encode(), digest_size=6).hexdigest()


def _make(made: Built, folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    text = _configured(made)
    config = loads(text, made.config, environ={})
    audience = Audience(config.watches, config.routes, {"desk": (Target("desk", "console:stdout"),)})
    with opened(made.database) as store:
        store.meta.decide_rehearsal(False)
        _Filling(store, audience, Studies()).fill(made)
    # Last: what has a configuration is whole.
    made.config.write_text(text, encoding="utf-8")


def _configured(made: Built) -> str:
    listed = ", ".join(f'{{ nct_id = "{nct(n)}", label = "EX-{n:05}" }}' for n in _watched(made))
    return _CONFIG.format(
        database=made.database,
        registry=REGISTRY,
        watch=WATCH,
        large_watch=LARGE_WATCH,
        studies=listed,
        large=made.large,
    )


def _watched(made: Built) -> Sequence[int]:
    """The places of the watched studies, all over the database."""
    step = max((made.studies - 1) // made.watched, 1)
    return range(1, made.studies, step)[: made.watched]


class _Filling:
    """Commits what a registry would have answered, day after day."""

    def __init__(self, store: Store, audience: Audience, studies: Studies) -> None:
        self._store = store
        self._audience = audience
        self._studies = studies

    def fill(self, made: Built) -> None:
        """Everything is seen; then what is watched is filed anew, and one study again and again."""
        self._store.searches.stand(REGISTRY, EVERYTHING)
        for page in _pages(range(1, made.studies)):
            self._commit([self._studies.record(n) for n in page], _BEGAN, joins=True)
        for edition in range(1, EDITIONS + 1):
            for page in _pages(_watched(made)):
                at = _BEGAN + timedelta(days=300 * edition)
                self._commit([self._studies.record(n, edition) for n in page], at)
        for number, raw in enumerate(self._studies.large(made.studies)):
            self._commit([raw], _BEGAN + timedelta(days=15 * number), joins=not number)
        last = _BEGAN + timedelta(days=15 * VERSIONS)
        self._store.meta.set_poll_state(
            PollState(last + timedelta(hours=1), last_success_at=last, data_timestamp=_timestamp(last))
        )

    def _commit(self, records: Iterable[bytes], at: datetime, *, joins: bool = False) -> None:
        snapshots = tuple(snapshot_of(raw, seen_at=at) for raw in records)
        numbers = [snapshot.nct_id for snapshot in snapshots]
        observed = observe(
            Answers(snapshots),
            self._store.observing.latest(numbers),
            self._store.observing,
            knowing(self._audience, self._store, numbers),
            now=at,
            data_timestamp=_timestamp(at),
            quiet=joins,
        )
        self._store.observing.commit(replace(observed, joined=(REGISTRY, tuple(numbers)) if joins else None))


def _pages(places: Sequence[int]) -> Iterator[Sequence[int]]:
    return (places[first : first + A_PAGE] for first in range(0, len(places), A_PAGE))


def _timestamp(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S}"
