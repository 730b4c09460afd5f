"""Every page is looked at: all that can be reached over the wire, some of each kind in the browser."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from playwright.sync_api import Browser

from tests.tour.browser import WIDTHS, Tab, tab
from tests.tour.checks import LOOKS, audited, keys, look
from tests.tour.contents import unreadable
from tests.tour.places import Place, broken_anchors, everywhere
from tests.tour.report import Report
from tests.tour.scenes import Scene

# The registry's own lower end: WCAG asks that a page can be read at 320 px, which is 1280 px at 400 %.
NARROWEST = 320


def all_places(scene: Scene, report: Report, needed: Iterable[str] = ()) -> list[Place]:
    """Every address that can be reached, each of them as it should be; and `needed`, the kinds that must be there."""
    found = list(everywhere(scene.url, ("/", "/healthz", "/metrics")))
    for place in found:
        wrong = _wrong(place)
        report.checks += 3
        report.slowest = max(report.slowest, place.wait)
        for each in wrong:
            report.fail(f"{scene.name} {place.path}", f"{each} (linked from {place.came_from or 'nowhere'})")
    missing = sorted(set(needed) - {place.kind for place in found if place.status == 200})
    for kind in missing:
        report.fail(scene.name, f"no link leads to: {kind}")
    _tell_waits(scene, found, report)
    return found


def _wrong(place: Place) -> list[str]:
    if place.status != 200 and place.kind != "probe":
        return [f"answers {place.status}"]
    anchors = [f"no such place in the page: {anchor}" for anchor in broken_anchors(place)]
    said = unreadable(place)
    return [*anchors, said] if said else anchors


def _tell_waits(scene: Scene, found: Sequence[Place], report: Report) -> None:
    """The time to the first byte of each kind of page: the slowest, and how many there are."""
    kinds: dict[str, list[Place]] = defaultdict(list)
    for place in found:
        kinds[place.kind].append(place)
    for kind, places in kinds.items():
        slowest = max(places, key=lambda place: place.wait)
        report.line(
            f"     {scene.name}: {kind}: {len(places)} of them, first byte within {slowest.wait * 1000:.0f} ms, "
            f"{len(slowest.body) / 1000:.0f} kB at {slowest.path}"
        )


def chosen(found: Iterable[Place], of_each: int = 2) -> list[Place]:
    """Some pages of each kind for the browser: the largest, and the smallest; and one for each way to ask for it."""
    kinds: dict[tuple[str, bool], list[Place]] = defaultdict(list)
    for place in found:
        if place.is_page and place.status == 200:
            kinds[place.kind, bool(urlsplit(place.path).query)].append(place)
    some: list[Place] = []
    for (_, asks), places in kinds.items():
        by_size = sorted(places, key=lambda place: -len(place.body))
        some += by_size[:1] if asks or of_each == 1 or len(by_size) == 1 else [by_size[0], by_size[-1]]
    return some


def looked_at(browser: Browser, scene: Scene, places: Iterable[Place], report: Report) -> None:
    """Each of these in the browser: at both widths, in both schemes, with keys alone and without scripts."""
    for place in places:
        for width in WIDTHS:
            with tab(browser, scene.url, width) as here:
                wrong = _seen(here, place, width, report)
                report.errors += here.errors
            report.page(f"{scene.name} {place.path} {width} px", 2 * LOOKS, wrong)
        _without_scripts(browser, scene, place, report)


def _seen(here: Tab, place: Place, width: int, report: Report) -> list[str]:
    where = f"{place.path} {width} px"
    here.go(place.path)
    wrong = [*look(here.page), *report.found(where, audited(here.page))]
    here.page.emulate_media(color_scheme="dark")
    wrong += [f"dark: {each}" for each in report.found(where, audited(here.page, colours_only=True))]
    if width == WIDTHS[-1]:
        wrong += keys(here)
    else:
        here.page.set_viewport_size({"width": NARROWEST, "height": 800})
        wrong += [f"at {NARROWEST} px: {each}" for each in look(here.page)[:1]]
    return wrong + here.taken()


def _without_scripts(browser: Browser, scene: Scene, place: Place, report: Report) -> None:
    with tab(browser, scene.url, WIDTHS[0], script=False) as here:
        here.go(place.path)
        wrong = [f"without scripts: {each}" for each in [*look(here.page), *here.taken()]]
    report.page(f"{scene.name} {place.path} without scripts", LOOKS, wrong)
