"""What every page must be, however it is about: looked at as it is drawn, not as it is written."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.tour.browser import Tab
from tests.tour.report import Finding

_AXE = Axe()
_EVERYTHING = {"resultTypes": ["violations"]}
# What a dark scheme can break.
_COLOURS = {**_EVERYTHING, "runOnly": ["color-contrast", "link-in-text-block"]}
# The rows of a long table are alike: hundreds of them would take minutes.
_ROWS_ALIKE = {"exclude": [["tbody tr:nth-child(n+26)"]]}
# Keys pressed on one page, at most, in the search for a trap.
TABS = 40
# A field for a day is one element, whose parts take the focus in turn: month, day, year, and the calendar.
PARTS = 4

_LOOK = """() => {
  const page = document.documentElement, shown = (e) => e.getClientRects().length > 0;
  const over = [...document.querySelectorAll("body *")].filter(
    (e) => e.getBoundingClientRect().right > page.clientWidth + 1 && !e.closest(".wide, pre, .unseen, svg"));
  const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
  return {
    wide: page.scrollWidth - page.clientWidth,
    over: over.slice(0, 3).map((e) => e.outerHTML.slice(0, 120)),
    h1: [...document.querySelectorAll("h1")].filter(shown).length,
    title: document.title.trim(), lang: page.lang,
    main: (document.querySelector("main")?.innerText ?? "").trim().length,
    headings: [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].filter(shown).map((e) => Number(e.tagName[1])),
    doubled: ids.filter((id, at) => ids.indexOf(id) !== at),
    mute: [...document.forms].filter((f) => !f.querySelector("button, input[type=submit]")).map((f) => f.action),
    styled: document.querySelectorAll("main [style], main script, main style").length,
    small: [...document.querySelectorAll("main button, main input:not([type=hidden]), main select, main summary")]
      .filter(shown).filter((e) => { const r = e.getBoundingClientRect(); return r.height < 20 || r.width < 20; })
      .map((e) => e.outerHTML.slice(0, 120)),
  };
}"""

# The element that has the focus: what it is, and whether anything shows that it has it.
_FOCUS = """() => {
  const e = document.activeElement;
  if (e === null || e === document.body) return null;
  const s = getComputedStyle(e), r = e.getBoundingClientRect();
  window.tourSeen ??= new Map();
  if (!window.tourSeen.has(e)) window.tourSeen.set(e, window.tourSeen.size);
  return {
    number: window.tourSeen.get(e), what: e.outerHTML.slice(0, 100), skip: e.matches("a.skip"),
    shown: (s.outlineStyle !== "none" && parseFloat(s.outlineWidth) > 0) || s.boxShadow !== "none",
    inside: r.width > 0 && r.right > 0 && r.bottom > 0 && r.left < innerWidth && r.top < innerHeight,
  };
}"""


def look(page: Page) -> list[str]:
    """What is wrong with the page as it is drawn."""
    seen = page.evaluate(_LOOK)
    levels = seen["headings"]
    said = {
        f"scrolls sideways by {seen['wide']} px: {seen['over']}": seen["wide"] > 0,
        f"{seen['h1']} headings of the first level": seen["h1"] != 1,
        "no title": not seen["title"] or seen["title"].startswith("·"),
        "no language": not seen["lang"],
        "no content": seen["main"] < 20,
        f"a heading skips a level: {levels}": any(b > a + 1 for a, b in pairwise(levels)),
        f"the same id twice: {seen['doubled'][:3]}": bool(seen["doubled"]),
        f"a form without a button: {seen['mute']}": bool(seen["mute"]),
        "styles or scripts within the page": bool(seen["styled"]),
        f"too small to be met: {seen['small'][:3]}": bool(seen["small"]),
    }
    return [wrong for wrong, so in said.items() if so]


LOOKS = 10
"""How many things `look` looks at."""


def audited(page: Page, *, colours_only: bool = False) -> list[Finding]:
    """What axe-core finds."""
    options = _COLOURS if colours_only else _EVERYTHING
    response: dict[str, Any] = _AXE.run(page, context=_ROWS_ALIKE, options=options).response
    return [
        Finding(broken["id"], broken["impact"] or "minor", _where(node))
        for broken in response["violations"]
        for node in broken["nodes"][:3]
    ]


def _where(node: dict[str, Any]) -> str:
    return f"{node['target']} {node['html'][:140]}"


def keys(tab: Tab) -> list[str]:
    """What is wrong for whoever has only keys: the way to the content is first, and the focus is always seen."""
    return walked(tab.page) + _skipped(tab)


def walked(page: Page) -> list[str]:
    """What is wrong on the way through a page, key by key."""
    page.keyboard.press("Tab")
    first = page.evaluate(_FOCUS)
    wrong = [] if first and first["skip"] and first["inside"] else [f"the first key leads elsewhere: {first}"]
    return wrong + _walk(page, first)


def _walk(page: Page, now: dict[str, Any] | None) -> list[str]:
    last, stays = -1, 0
    for _ in range(TABS):
        if now is None or (last > 0 and now["number"] == 0):
            return []
        stays = stays + 1 if now["number"] == last else 0
        if stays > PARTS:
            return [f"the focus is trapped at {now['what']}"]
        if not (now["shown"] and now["inside"]):
            return [f"the focus is not to be seen at {now['what']}"]
        last = now["number"]
        page.keyboard.press("Tab")
        now = page.evaluate(_FOCUS)
    return []


def _skipped(tab: Tab) -> list[str]:
    """The link to the content leads there."""
    tab.page.evaluate("() => document.querySelector('a.skip')?.focus()")
    tab.page.keyboard.press("Enter")
    at = tab.page.evaluate("() => document.activeElement?.id")
    return [] if at == "main" else [f"the link to the content leads to {at!r}"]
