"""The watches, and each of them as a board."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.responses import Response

from watcher.audience import followed
from watcher.config.description import search_text
from watcher.garbage import uncollected
from watcher.model import Watch
from watcher.store import Store
from watcher.views.board import Line, lines
from watcher.views.choosing import ANY_CLOCK, Chosen, choices, chosen
from watcher.views.sheet import sheet
from watcher.views.sorting import BY_NAME, COLUMNS, USUAL, Column, in_order
from watcher.views.watches import Overview, labels_of, overview
from watcher.web.charts.lanes import lanes
from watcher.web.frame import shown
from watcher.web.parameters import number, one_of, page_of, watch_found, watch_named
from watcher.web.render import watch_url, with_query
from watcher.web.visit import Show, Visit

MOST_STUDIES = 5_000
"""A board of more would be read by nobody, and take seconds to make."""
A_PAGE = 200
_SHEET = "board.csv"
# The mark at the beginning tells a spreadsheet that this is UTF-8.
_MARK = "\ufeff"
_WITHIN = (("7", "7 days"), ("30", "30 days"), ("90", "90 days"), ("365", "a year"))


@dataclass(frozen=True, slots=True)
class Heading:
    """The head of a column: where a click on it leads, and how the board is sorted by it ("" for not)."""

    column: Column
    address: str
    sorted: str


@dataclass(frozen=True, slots=True)
class Scene:
    """What is on a board: `studies` are all that the watch has, `lines` those that it holds."""

    watch: Watch
    studies: int
    lines: tuple[Line, ...]


def watches(visit: Visit) -> Response:
    """Every watch of the configuration."""
    followers = followed(visit.config.watches, visit.store)
    found = [_overview(visit, watch) for watch in followers]
    return shown(visit, "watches.html.j2", "Watches", watches=found, search_text=search_text)


def board(visit: Visit) -> Response:
    """The studies of one watch."""
    scene = _scene(visit, visit.part("name"))
    wanted, column, down = _chosen(visit), *_sorting(visit)
    found = in_order(chosen(scene.lines, wanted), column, down=down)
    page, pages = page_of(visit, len(found), A_PAGE)
    part = found[(page - 1) * A_PAGE : page * A_PAGE]
    address = watch_url(scene.watch.name)
    asked = _asked(visit, "status", "phase", "sponsor", "changed", "clock", "q", "sort", "order")
    return shown(
        visit,
        "board.html.j2",
        scene.watch.name,
        scene=scene,
        over=scene.watch.is_over(visit.now.date()),
        asks=search_text(scene.watch.search) if scene.watch.search else "",
        choices=choices(scene.lines),
        within=_WITHIN,
        any_clock=ANY_CLOCK,
        wanted=wanted,
        asked=asked,
        headings=_headings(address, asked, column, down=down),
        sorted_by=column,
        down=down,
        found=len(found),
        lines=part,
        first=(page - 1) * A_PAGE,
        page=page,
        pages=pages,
        address=address,
        sheet=with_query(f"{address}/{_SHEET}", **asked),
        chart=lanes(part, visit.now.date()),
    )


def board_sheet(visit: Visit) -> Response:
    """All studies that were chosen, as CSV."""
    name = visit.part("name")
    # A watch may be called as a sheet is.
    if watch_found(visit, name) is None and watch_found(visit, f"{name}/{_SHEET}") is not None:
        visit.request.path_params["name"] = f"{name}/{_SHEET}"
        return board(visit)
    scene = _scene(visit, name)
    column, down = _sorting(visit)
    found = in_order(chosen(scene.lines, _chosen(visit)), column, down=down)
    headers = {"Content-Disposition": 'attachment; filename="board.csv"'}
    return Response(_MARK + sheet(found), media_type="text/csv", headers=headers)


def _overview(visit: Visit, watch: Watch) -> Overview:
    routes, today, store = visit.config.routes, visit.now.date(), visit.store
    studies = _count(store, watch)
    if studies > MOST_STUDIES:
        latest = store.boards.last_change(watch.name) if watch.search else None
        return overview(watch, studies, (), routes, today, counts=False, changed_at=latest)
    return overview(watch, studies, store.boards.standings(_numbers(store, watch)), routes, today)


def _scene(visit: Visit, name: str) -> Scene:
    (watch,) = followed([watch_named(visit, name)], visit.store)
    # Thousands of values and not one cycle.
    with uncollected():
        glances = visit.store.boards.glances(_numbers(visit.store, watch))
        return Scene(watch, _count(visit.store, watch), lines(glances, labels_of([watch]), visit.now.date()))


def _count(store: Store, watch: Watch) -> int:
    if watch.search is None:
        return len(watch.studies)
    return next((state.members for state in store.searches.all() if state.watch == watch.name), 0)


def _numbers(store: Store, watch: Watch) -> Sequence[str]:
    """The numbers that a board holds: of a search the highest, which are the newest studies."""
    if watch.search is not None:
        return store.boards.members(watch.name, MOST_STUDIES)
    return list(dict.fromkeys(study.nct_id for study in watch.studies))[:MOST_STUDIES]


def _chosen(visit: Visit) -> Chosen:
    return Chosen(
        status=visit.text("status"),
        phase=visit.text("phase"),
        sponsor=visit.text("sponsor"),
        within=number(visit, "changed", most=100_000),
        clock=visit.text("clock"),
        text=visit.text("q"),
    )


def _sorting(visit: Visit) -> tuple[Column, bool]:
    """The column that the board is sorted by, and whether downward; "" is the usual way."""
    column = BY_NAME[one_of(visit, "sort", BY_NAME, USUAL.name)]
    usual = "down" if column.largest_first else "up"
    return column, one_of(visit, "order", ("up", "down"), usual) == "down"


def _asked(visit: Visit, *names: str) -> dict[str, str]:
    return {name: visit.text(name) for name in names}


def _headings(address: str, asked: Mapping[str, str], by: Column, *, down: bool) -> list[Heading]:
    """Each column leads to the board sorted by it; the one it is sorted by, to the other way round."""
    found = []
    for column in COLUMNS:
        is_it = column == by
        turned = (not down) if is_it else column.largest_first
        order = "down" if turned else "up"
        where = with_query(address, **{**asked, "sort": column.name, "order": order})
        found.append(Heading(column, where, ("descending" if down else "ascending") if is_it else ""))
    return found


PAGES: Mapping[str, Show] = {
    "/watches": watches,
    f"/watches/{{name:path}}/{_SHEET}": board_sheet,
    "/watches/{name:path}": board,
}
