"""What commands ask of the one process that writes to the database.

Where a daemon runs, a command leaves its request as a small file beside the database, and the daemon carries it out at
its next tick and records what came of it. A file that is found again after a crash asks for nothing twice.
"""

from __future__ import annotations

import logging
import os
import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import orjson

from watcher.alerts.notices import hold_decided
from watcher.audience import Audience, of_today, routed_with_members
from watcher.changes.language.words import counted, size_text
from watcher.errors import ConfigError, StoreError, UsageError
from watcher.model import Notice, Silence
from watcher.store import Store
from watcher.store.values import Outcome

log = logging.getLogger(__name__)

_LEFT = re.compile(r"\.request-(?P<id>[0-9a-f]{16})")
# What each part of a request is; the database would take some others as they are, and never find them again.
_TEXTS = frozenset({"reason", "until", "study", "kinds", "route"})
_MEMBERS: Mapping[str, type] = {"holds": str, "alerts": int, "deliveries": int}
# A request is a few words; anything larger was not left by us.
_LARGEST = 1_000_000
# Seconds between two looks at what came of a request.
_GLANCE = 0.1


Reload = Callable[[], str]


def nothing_to_reload() -> str:
    """What comes of a reload where no service works."""
    raise UsageError("no watcher is running on the database of this configuration: the next start reads it anyway")


@dataclass(frozen=True, slots=True)
class Request:
    """A verb with what it is about; `id` names the wish, so that carrying it out again changes nothing."""

    id: str
    verb: str
    about: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Desk:
    """What carrying out a request needs."""

    store: Store
    audience: Audience
    now: datetime
    reload: Reload = nothing_to_reload


def request(verb: str, **about: Any) -> Request:
    """A new request."""
    return Request(secrets.token_hex(8), verb, about)


def leave(database: Path, wish: Request) -> None:
    """Leave a request for the process that holds the database: whole, or not at all."""
    path = database.with_name(f"{database.name}.request-{wish.id}")
    part = path.with_suffix(path.suffix + ".part")
    try:
        part.write_bytes(orjson.dumps({"verb": wish.verb, "about": dict(wish.about)}))
        _as_readable_as(database, part)
        os.replace(part, path)  # noqa: PTH105 - the same call under the name that says it is atomic
    except OSError as error:
        # On a disk that is full each further try would leave another one behind.
        with suppress(OSError):
            part.unlink()
        raise StoreError(f"the request cannot be left for the running watcher at {path}") from error


def _as_readable_as(database: Path, part: Path) -> None:
    """Let the process that holds the database read the request, also where root left it."""
    kept = database.stat()
    part.chmod(kept.st_mode & 0o777)
    if os.geteuid() == 0:
        os.chown(part, kept.st_uid, kept.st_gid)


def awaited(store: Store, wish: Request, patience: float, sleep: Callable[[float], object]) -> Outcome | None:
    """What came of a request that was left, looked up again and again; None where `patience` (seconds) runs out."""
    for _ in range(max(round(patience / _GLANCE), 1)):
        if (outcome := store.requests.outcome(wish.id)) is not None:
            return outcome
        sleep(_GLANCE)
    return store.requests.outcome(wish.id)


def carry_out_all(desk: Desk) -> None:
    """Carry out every request that was left beside the database.

    Raises StoreError where the database does not do as asked: what is left stays for the next time.
    """
    for path, request_id in _left(desk.store.path):
        try:
            carry_out(desk, _read(path, request_id))
        except UsageError as error:
            log.warning("%s: %s", path.name, error)
        except StoreError:
            raise
        except Exception:
            # It stays for the next time; those behind it, and the start of the process, do not wait for it.
            log.exception("%s failed", path.name)
            continue
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            # It asks for nothing twice, so what cannot be removed does no harm.
            log.warning("%s cannot be removed: %s", path, error)


def carry_out(desk: Desk, wish: Request) -> Outcome:
    """Carry out a request and record what came of it; one that was carried out before is only looked up."""
    known = desk.store.requests.outcome(wish.id)
    if known is not None:
        return known
    try:
        _require_shape(wish.about)
        outcome = Outcome(_verb(wish)(desk, wish))
    except (ConfigError, UsageError) as error:
        outcome = Outcome(str(error), failed=True)
    except (KeyError, OverflowError, TypeError, ValueError) as error:
        outcome = Outcome(f"the request {wish.verb!r} lacks a part or has a wrong one: {error}", failed=True)
    log.info("%s: %s", wish.verb, outcome.said)
    desk.store.requests.settle(wish.id, wish.verb, outcome, desk.now)
    return outcome


def _require_shape(about: Mapping[str, Any]) -> None:
    for part, value in about.items():
        if part in _TEXTS and not isinstance(value, str):
            raise TypeError(f"{part} is no text")
        if part in _MEMBERS and not _are_all(value, _MEMBERS[part]):
            raise TypeError(f"{part} is no list of these")


def _are_all(value: object, kind: type) -> bool:
    return isinstance(value, list | tuple) and all(type(each) is kind for each in value)


def _read(path: Path, request_id: str) -> Request:
    try:
        # A device or a pipe has no size and may never end.
        if not path.is_file() or path.stat().st_size > _LARGEST:
            raise UsageError("not a request: no file, or too large")
        said = orjson.loads(path.read_bytes())
        return Request(request_id, str(said["verb"]), dict(said["about"]))
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise UsageError("not a request that can be read") from error


def _left(database: Path) -> Iterator[tuple[Path, str]]:
    for path in sorted(database.parent.glob(f"{database.name}.request-*")):
        shape = _LEFT.fullmatch(path.name.removeprefix(database.name))
        # A device or a pipe has no end, and a folder is nobody's request.
        if shape and path.is_file():
            yield path, shape["id"]


def _verb(wish: Request) -> Callable[[Desk, Request], str]:
    if wish.verb not in VERBS:
        raise UsageError(f"this watcher does not know how to {wish.verb!r}: is another version running?")
    return VERBS[wish.verb]


def _approve(desk: Desk, wish: Request) -> str:
    made = 0
    for hold_id in wish.about["holds"]:
        today = of_today(desk.audience, desk.store, desk.now)
        alerts = desk.store.holds.approve(hold_id, partial(routed_with_members, today, desk.store), desk.now)
        _tell(desk, hold_decided(hold_id, "approved", f"It makes {counted(alerts, 'alert')}."))
        made += alerts
    return f"approved {', '.join(wish.about['holds'])}: {counted(made, 'alert')}"


def _dismiss(desk: Desk, wish: Request) -> str:
    for hold_id in wish.about["holds"]:
        desk.store.holds.dismiss(hold_id, desk.now)
        _tell(desk, hold_decided(hold_id, "dismissed", "It stays in the history and reaches no reader."))
    return f"dismissed {', '.join(wish.about['holds'])}"


def _tell(desk: Desk, notice: Notice) -> None:
    desk.store.notices.tell(notice, desk.audience.operator, desk.now)


def _silence(desk: Desk, wish: Request) -> str:
    about = wish.about
    asked = Silence(
        id=0,
        reason=about["reason"],
        created_at=desk.now,
        until=datetime.fromisoformat(about["until"]),
        nct_id=about["study"],
        kinds=about["kinds"],
        route=about["route"],
    )
    added = desk.store.silences.add(wish.id, asked)
    return f"silence {added.id} holds until {added.until:%Y-%m-%d %H:%M} UTC"


def _end_silence(desk: Desk, wish: Request) -> str:
    ended = desk.store.silences.end(int(wish.about["silence"]), desk.now)
    return f"silence {ended.id} is over; what it kept back stays untold"


def _acknowledge(desk: Desk, wish: Request) -> str:
    desk.store.answers.acknowledge(wish.about["alerts"], desk.now)
    return f"acknowledged {', '.join(map(str, wish.about['alerts']))}"


def _noise(desk: Desk, wish: Request) -> str:
    desk.store.answers.mark_as_noise(wish.about["alerts"], desk.now)
    return f"recorded as noise: {', '.join(map(str, wish.about['alerts']))}"


def _retry(desk: Desk, wish: Request) -> str:
    numbers = desk.store.deliveries.retry(wish.about["deliveries"], desk.now)
    return f"{counted(len(numbers), 'delivery', 'deliveries')} to be sent again"


def _drop(desk: Desk, wish: Request) -> str:
    numbers = desk.store.deliveries.drop(wish.about["deliveries"], desk.now)
    return f"{counted(len(numbers), 'delivery', 'deliveries')} dropped"


def _reload(desk: Desk, wish: Request) -> str:
    return desk.reload()


def _prune(desk: Desk, wish: Request) -> str:
    gone = desk.store.pruning.prune(datetime.fromisoformat(wish.about["before"]), desk.now)
    return f"removed {gone}" if gone.total else "there was nothing to remove"


def _give_back(desk: Desk, wish: Request) -> str:
    return f"gave {size_text(desk.store.pruning.give_back())} back"


VERBS: Mapping[str, Callable[[Desk, Request], str]] = {
    "approve": _approve,
    "dismiss": _dismiss,
    "silence": _silence,
    "end silence": _end_silence,
    "acknowledge": _acknowledge,
    "mark as noise": _noise,
    "retry": _retry,
    "drop": _drop,
    "reload": _reload,
    "prune": _prune,
    "give back": _give_back,
}
"""What can be asked; each verb is harmless when it is carried out twice."""
