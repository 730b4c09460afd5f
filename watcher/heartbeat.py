"""The dead man's switch: one request after each good cycle, so that somebody else notices when they stop."""

from __future__ import annotations

import logging
import re
import threading
import time
from collections.abc import Callable

from watcher import __version__
from watcher.channels.masking import mask_url, masked
from watcher.config.values import Secret
from watcher.deadline import Deadline
from watcher.http import httpx

# Both write every address they ask into the log, with its path.
for chatty in ("httpx", "httpcore"):
    logging.getLogger(chatty).setLevel(logging.ERROR)

log = logging.getLogger(__name__)

PACE_SECONDS = 60.0
WHOLE_SECONDS = 10.0
SHORTEST_SECRET = 4


class Heartbeat:
    """Asks for one address after each good cycle: a poll that succeeded, and after it a pass of deliveries.

    The jobs say what went well, from any thread; `beat` belongs into a job of its own, for it may take ten seconds.
    Without an address it asks for nothing.
    """

    def __init__(self, url: Secret | None, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._url = url.reveal() if url else ""
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._polled = False
        self._owed = False
        self._asked_at: float | None = None
        self._failing = False

    def polled(self) -> None:
        """A poll succeeded, or found nothing new."""
        with self._lock:
            self._polled = True

    def poll_failed(self) -> None:
        """A poll failed: what was good before is not told any more."""
        with self._lock:
            self._polled = self._owed = False

    def delivered(self) -> None:
        """A pass of deliveries came to its end, whatever became of single ones."""
        with self._lock:
            self._owed = self._owed or self._polled
            self._polled = False

    def beat(self) -> bool:
        """Tell of the last good cycle, if that is still owed and it is time; whether it was heard. Never raises."""
        if not self._begin():
            return False
        trouble = self._trouble()
        with self._lock:
            self._owed = self._owed or trouble is not None
        self._log(trouble)
        return trouble is None

    def _begin(self) -> bool:
        now = self._monotonic()
        with self._lock:
            early = self._asked_at is not None and now - self._asked_at < PACE_SECONDS
            if early or not self._owed or not self._url:
                return False
            self._asked_at, self._owed = now, False
            return True

    def _trouble(self) -> str | None:
        """Ask once; why that was in vain, without anything secret."""
        try:
            with Deadline(WHOLE_SECONDS) as deadline, _client() as client:
                request = client.stream("GET", self._url, extensions={"trace": deadline.watch})
                with request as response:
                    return _judged(response)
        except Exception as error:
            # Whatever it is, it must not hold up the watcher.
            return masked(f"{type(error).__name__}: {error}", {self._url, *_parts(self._url)})

    def _log(self, trouble: str | None) -> None:
        """Tell of the first failure and of its end; what is between is for who looks closely."""
        where = mask_url(self._url)
        if trouble is not None:
            level = logging.DEBUG if self._failing else logging.WARNING
            log.log(level, "the heartbeat to %s failed, and is tried again every minute: %s", where, trouble)
        elif self._failing:
            log.info("the heartbeat to %s arrives again", where)
        self._failing = trouble is not None


def _client() -> httpx.Client:
    return httpx.Client(
        headers={"User-Agent": f"nct-watcher/{__version__}"}, follow_redirects=False, timeout=WHOLE_SECONDS / 2
    )


def _judged(response: httpx.Response) -> str | None:
    """None where the beat was heard. The body is not read: nothing in it matters."""
    if response.is_success:
        return None
    moved = (
        ", a redirect, which is not followed: configure the address it leads to"
        if response.has_redirect_location
        else ""
    )
    return f"answered with {response.status_code}{moved}"


def _parts(url: str) -> list[str]:
    """The parts of an address that may be secret; very short ones would blot out ordinary words."""
    _, _, rest = url.partition("://")
    authority, _, path = rest.partition("/")
    user, at, _ = authority.rpartition("@")
    return [
        piece for piece in re.split(r"[/?&=#:]+", f"{user}/{path}" if at else path) if len(piece) >= SHORTEST_SECRET
    ]
