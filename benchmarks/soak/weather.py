"""What can go wrong between the registry and the daemon, and what of it meets the next request."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter, deque
from enum import StrEnum

from benchmarks.soak.plan import Deck


class Wind(StrEnum):
    """What meets one request."""

    FAIR = "answered"
    BLOCKED = "registry_403"
    TOO_MANY = "registry_429"
    TOO_MANY_UNTIL = "registry_429_retry_after"
    ERROR = "registry_500"
    BAD_GATEWAY = "registry_502"
    UNAVAILABLE = "registry_503"
    HTML = "registry_html_with_200"
    TRUNCATED = "registry_truncated_json"
    EMPTY = "registry_empty_body"
    WRONG_TYPE = "registry_wrong_content_type"
    DRIP = "registry_slow_drip"
    DRIP_ON = "registry_endless_drip"
    HANG = "registry_hang"
    RESET = "registry_reset_before_answer"
    RESET_IN_BODY = "registry_reset_in_body"
    STALE = "registry_stale_replica"
    MISSING_IDS = "registry_ids_missing_from_batch"
    TWICE = "registry_ids_twice_in_batch"
    UNASKED = "registry_study_nobody_asked_for"
    SAME_TOKEN = "registry_page_token_repeated"  # noqa: S105 - of pages


STATUSES = {
    Wind.BLOCKED: 403,
    Wind.TOO_MANY: 429,
    Wind.TOO_MANY_UNTIL: 429,
    Wind.ERROR: 500,
    Wind.BAD_GATEWAY: 502,
    Wind.UNAVAILABLE: 503,
}
OF_VERSION = (Wind.STALE,)
OF_PAGES = (Wind.MISSING_IDS, Wind.TWICE, Wind.UNASKED, Wind.SAME_TOKEN)
OF_ANY = tuple(wind for wind in Wind if wind not in {Wind.FAIR, *OF_VERSION, *OF_PAGES})


class Weather:
    """Decides what meets the next request, and counts what did; shared by threads."""

    def __init__(self, seed: int) -> None:
        chance = random.Random(seed)  # noqa: S311 - reproducible, not secret
        # What can only go wrong with pages must not wait behind what any request can meet.
        self._any = Deck((*OF_ANY, *OF_VERSION), chance)
        self._pages = Deck((*OF_ANY, *OF_PAGES, *OF_PAGES), chance)
        self._next_any: deque[Wind] = deque()
        self._next_pages: deque[Wind] = deque()
        self._spell: tuple[Wind, float] = (Wind.FAIR, 0.0)
        self._lock = threading.Lock()
        self.met: Counter[Wind] = Counter()

    def brew(self, pages: int, any: int) -> None:
        """So many requests for pages, and so many others, will meet something."""
        with self._lock:
            self._next_pages.extend(self._pages.several(pages))
            self._next_any.extend(self._any.several(any))

    def settle_in(self, wind: Wind, seconds: float) -> None:
        """For so long, every request meets this."""
        with self._lock:
            self._spell = (wind, time.monotonic() + seconds)

    def calm(self) -> None:
        """From now on, every request is answered."""
        with self._lock:
            self._next_any.clear()
            self._next_pages.clear()
            self._spell = (Wind.FAIR, 0.0)

    def draw(self, *, page: bool, version: bool) -> Wind:
        """What meets this request."""
        with self._lock:
            wind = self._drawn(page=page, version=version)
            if wind is not Wind.FAIR:
                self.met[wind] += 1
            return wind

    def _drawn(self, *, page: bool, version: bool) -> Wind:
        wind, until = self._spell
        if time.monotonic() < until:
            return wind
        waiting = self._next_pages if page else self._next_any
        if not waiting or (waiting[0] in OF_VERSION and not version):
            return Wind.FAIR
        return waiting.popleft()
