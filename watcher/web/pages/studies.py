"""Finding a study: by its number, the user's label, or words of its title and sponsor."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from starlette.responses import RedirectResponse, Response

from watcher.audience import followed
from watcher.model import WatchedStudy
from watcher.views.board import lines
from watcher.views.watches import labels_of
from watcher.web.frame import shown
from watcher.web.parameters import number
from watcher.web.render import study_url
from watcher.web.visit import BadQuestion, Show, Visit

A_PAGE = 50
MOST_FOUND = 200
MOST_SEARCHED = 10_000
"""Titles and sponsors are no index: of so many studies they are looked through while somebody waits."""
_LONGEST = 200
_NUMBER = re.compile(r"(?i)(?:NCT)?[\s-]*(\d{1,8})")


def studies(visit: Visit) -> Response:
    """What is asked for; the newest changes where nothing is."""
    asked = visit.text("q")
    if len(asked) > _LONGEST:
        raise BadQuestion(f"q: expected at most {_LONGEST} characters.")
    return _found(visit, asked) if asked else _newest(visit)


def _newest(visit: Visit) -> Response:
    page = number(visit, "page", least=1, most=100_000) or 1
    found = visit.store.boards.newest(A_PAGE + 1, (page - 1) * A_PAGE)
    return _shown(visit, [glance.nct_id for glance in found[:A_PAGE]], page=page, more=len(found) > A_PAGE)


def _found(visit: Visit, asked: str) -> Response:
    said = _NUMBER.fullmatch(asked)
    whole = f"NCT{said[1]}" if said else ""
    if len(whole) == 11 and visit.store.boards.glances([whole], most_read=0)[0].known:
        return RedirectResponse(study_url(whole), 303)
    found = dict.fromkeys(_numbers(visit, asked, whole))
    return _shown(visit, list(found)[:MOST_FOUND], asked=asked, more=len(found) > MOST_FOUND)


def _numbers(visit: Visit, asked: str, beginning: str) -> Iterator[str]:
    """What fits, the surest first: numbers that begin so, labels of the configuration, titles and sponsors."""
    boards, watched = visit.store.boards, list(_watched(visit))
    words = asked.split()
    if beginning:
        yield from (glance.nct_id for glance in boards.numbered(beginning, MOST_FOUND + 1))
    wanted = [word.casefold() for word in words]
    yield from (study.nct_id for study in watched if all(word in study.label.casefold() for word in wanted))
    numbers = list(dict.fromkeys(study.nct_id for study in watched))
    yield from boards.naming(words, numbers, MOST_SEARCHED)


def _watched(visit: Visit) -> Iterator[WatchedStudy]:
    for watch in followed(visit.config.watches, visit.store):
        yield from watch.studies


def _shown(visit: Visit, numbers: list[str], *, asked: str = "", page: int = 1, more: bool) -> Response:
    labels = labels_of(followed(visit.config.watches, visit.store))
    count = visit.store.reports.study_count()
    return shown(
        visit,
        "studies.html.j2",
        f"Studies: {asked}" if asked else "Studies",
        asked=asked,
        lines=lines(visit.store.boards.glances(numbers), labels, visit.now.date()),
        page=page,
        more=more,
        most=MOST_FOUND,
        count=count,
        searched=min(count, MOST_SEARCHED),
    )


PAGES: Mapping[str, Show] = {"/studies": studies}
