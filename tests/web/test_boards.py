"""Watches, boards and the list of studies, asked for over HTTP from a real database."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import change, record
from tests.web.serving import Reader, serving_database
from watcher.alerts.facts import facts_of
from watcher.alerts.plans import plan_of
from watcher.alerts.routes import Step
from watcher.changes.reading import Version
from watcher.model import Milestone, Plan, Raised, Search, StudyFacts
from watcher.record import snapshot_of
from watcher.store import Store, opened
from watcher.store.values import GONE, LISTED, MERGED, FirstLook, NewVersion, Observation, PollState, Standing
from watcher.views.board import Line
from watcher.web.charts.lanes import lanes
from watcher.web.pages import watches as pages

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
BAD = "a/b?c#<script>alert(1)</script>"
BAD_URL = "/watches/a/b%3Fc%23%3Cscript%3Ealert%281%29%3C/script%3E"
MARKUP = '<img src=x onerror="alert(1)">'
CONFIG = f"""
[[watch]]
name = "pipeline"
studies = [{{ nct_id = "NCT00000001", label = "EX-1" }}, {{ nct_id = "NCT00000002", label = "=EX-2" }},
    "NCT00000003", "NCT00000004", "NCT00000005", "NCT00000009"]

[[watch]]
name = '{BAD}'
until = 2026-05-31
studies = [{{ nct_id = "NCT00000001", label = '{MARKUP}' }}]

[[watch]]
name = "lung"
search = {{ condition = ["lung cancer"] }}

[[watch]]
name = "odd/board.csv"
studies = ["NCT00000002"]

[[watch]]
name = "odd/../pipeline"
studies = ["NCT00000002"]

[[channel]]
name = "team"
url = "console://"

[[route]]
name = "desk"
watches = ["pipeline", "lung"]
to = ["team"]
"""


def study(nct_id: str, at: datetime = NOW, clock: str = "", severity: str = "noise", **said: object) -> Observation:
    """A page that brings one study, as a poll commits it."""
    seen = snapshot_of(record(nct_id=nct_id, **said), seen_at=at)
    step = Step(nct_id, "version:1", at, (change(severity=severity, nct_id=nct_id),), facts_of(nct_id, seen.record))
    look = FirstLook((Raised(clock, 0, "2026-05-01"),) if clock else ())
    new = NewVersion(seen, replace(step, version=1), look=look, plan=plan_of(Version(seen.content)))
    return Observation(at, "2026-06-01T09:00:00", standings=(Standing(nct_id, LISTED),), versions=(new,))


def fill(store: Store) -> None:
    observing, numbers = store.observing, [f"NCT0000000{number}" for number in range(6)]
    observing.commit(study(numbers[1], NOW - timedelta(days=3), "stale", "major", title=f"Asthma {MARKUP}",
                           sponsor="Acme", primary_completion="2026-08-31"))  # fmt: skip
    observing.commit(study(numbers[2], title="Lung Cancer", status="COMPLETED", phases=["PHASE3"],
                           primary_completion="2025-01-31 actual", completion="2025-02 actual"))  # fmt: skip
    for number, state in ((numbers[3], GONE), (numbers[4], MERGED)):
        observing.commit(study(number, status="TERMINATED"))
        heir = numbers[5] if state == MERGED else None
        observing.commit(Observation(NOW, "d", standings=(Standing(number, state, merged_into=heir),)))
    observing.commit(study(numbers[5], NOW - timedelta(days=40), severity="minor", title="Sepsis"))
    store.searches.stand("lung", Search((("query.cond", "lung cancer"),)))
    observing.commit(Observation(NOW, "d", joined=("lung", (numbers[2],))))
    store.meta.set_poll_state(PollState(last_success_at=NOW, data_timestamp="2026-06-01T09:00:00"))
    store.meta.decide_rehearsal(False)


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("boards") / "watcher.db"
    with opened(path) as store:
        fill(store)
    return path


@pytest.fixture(scope="module")
def reader(database: Path) -> Iterator[Reader]:
    with serving_database(database, CONFIG, now=lambda: NOW) as served:
        yield served


def order(page: str) -> list[str]:
    """The studies of the table, in its order."""
    return re.findall(r'<th scope="row">\s*<a href="/studies/(NCT\d+)"', page)


def row(page: str, nct_id: str) -> str:
    """The line of one study, without its markup."""
    (found,) = [part for part in page.split("<tr data-item>") if f'href="/studies/{nct_id}" class' in part]
    return " ".join(re.sub(r"<[^>]+>", " ", found.split("</tr>")[0]).split())


# --- the watches ------------------------------------------------------------------


def test_every_watch_says_what_it_asks_until_when_who_hears_of_it_and_how_its_studies_stand(reader: Reader) -> None:
    answer = reader.get("/watches")
    assert answer.status_code == 200
    first, second, third, *_ = answer.text.split("<article")[1:]
    words = " ".join(re.sub(r"<[^>]+>", " ", first).split())
    assert "a list of NCT numbers Studies 6 Until without end Last change of a study 2026-05-29 12:00 UTC" in words
    assert "Routes that tell of it desk" in words
    for status in (
        "Completed 1",
        "Gone from the registry 1",
        "Merged into another 1",
        "Never seen yet 1",
        "Recruiting 2",
    ):
        assert status in words
    assert 'href="/feeds/watch/pipeline/atom.xml"' in first
    assert "ended on 2026-05-31" in second
    assert "none: nobody is told" in second
    assert 'href="/feeds/watch/a/b%3Fc%23%3Cscript%3Ealert%281%29%3C/script%3E/dates.ics"' in second
    assert "condition &#34;lung cancer&#34;" in third
    assert "<script>alert" not in answer.text


def test_a_watch_of_more_than_a_board_holds_is_not_counted(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "MOST_STUDIES", 3)
    assert "So many are not counted" in reader.get("/watches").text
    board = reader.get("/watches/pipeline").text
    assert "here are 3 of 6, the first of its list" in board
    assert sorted(order(board)) == ["NCT00000001", "NCT00000002", "NCT00000003"]


# --- a board ----------------------------------------------------------------------


def test_a_board_has_a_line_for_each_study_also_for_those_that_are_not_there(reader: Reader) -> None:
    page = reader.get("/watches/pipeline").text
    assert sorted(order(page)) == [f"NCT0000000{number}" for number in (1, 2, 3, 4, 5, 9)]
    assert row(page, "NCT00000001").split(" – ")[0].startswith("NCT00000001 EX-1 Asthma &lt;img")
    for part in ("2026-08-31 primary completion in 91 days, estimated", "3 days ago", "not verified for months"):
        assert part in row(page, "NCT00000001")
    assert "gone from the registry" in row(page, "NCT00000003")
    assert "merged into NCT00000005" in row(page, "NCT00000004")
    assert "never seen yet" in row(page, "NCT00000009")
    assert MARKUP not in page


@pytest.mark.parametrize(
    ("query", "first", "sort"),
    [
        ("", "NCT00000001", "ascending"),
        ("?sort=label", "NCT00000002", "ascending"),
        ("?sort=label&order=down", "NCT00000001", "descending"),
        ("?sort=changed", "NCT00000001", "ascending"),
        ("?sort=changed&order=down", "NCT00000005", "descending"),
        ("?sort=clocks", "NCT00000001", "descending"),
        ("?sort=study&order=down", "NCT00000009", "descending"),
    ],
)
def test_a_board_is_sorted_by_any_column_and_says_so(reader: Reader, query: str, first: str, sort: str) -> None:
    page = reader.get(f"/watches/pipeline{query}").text
    assert order(page)[0] == first
    assert re.findall(r'aria-sort="(\w+)"', page) == [sort]


def test_a_heading_sorts_and_once_more_the_other_way_round_and_keeps_the_filter(reader: Reader) -> None:
    page = reader.get("/watches/pipeline?q=nct").text
    for _ in range(2):
        (link,) = re.findall(r'<a href="([^"]+)">Title</a>', page)
        page = reader.get(link.replace("&amp;", "&")).text
    assert 'aria-sort="descending"' in page
    assert order(page)[0] == "NCT00000005"
    assert 'value="nct"' in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("status=Completed", [2]),
        ("phase=Phase+3", [2]),
        ("sponsor=acme", [1]),
        ("changed=7", [1]),
        ("changed=60", [1, 5]),
        ("clock=any", [1]),
        ("clock=not+verified+for+months", [1]),
        ("q=cancer+lung", [2]),
        ("q=nothing+like+it", []),
    ],
)
def test_a_board_is_filtered(reader: Reader, query: str, found: list[int]) -> None:
    page = reader.get(f"/watches/pipeline?{query}").text
    assert sorted(order(page)) == [f"NCT0000000{number}" for number in found]
    assert f"{len(found)} of 6 studies" in page


@pytest.mark.parametrize("query", ["sort=x", "order=left", "page=0", "page=x", "changed=-1", "changed=soon"])
def test_what_cannot_be_understood_is_told(reader: Reader, query: str) -> None:
    answer = reader.get(f"/watches/pipeline?{query}")
    assert answer.status_code == 400
    assert "expected" in answer.text


def test_a_board_has_pages_and_one_too_far_is_the_last(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "A_PAGE", 4)
    first = reader.get("/watches/pipeline?sort=study").text
    assert order(first) == ["NCT00000001", "NCT00000002", "NCT00000003", "NCT00000004"]
    assert "1 to 4 shown" in first
    (link,) = re.findall(r'href="([^"]+)" rel="next"', first)
    assert order(reader.get(link.replace("&amp;", "&")).text) == ["NCT00000005", "NCT00000009"]
    assert order(reader.get("/watches/pipeline?sort=study&page=99").text) == ["NCT00000005", "NCT00000009"]


def test_the_board_of_a_search_has_what_it_has_found(reader: Reader) -> None:
    page = reader.get("/watches/lung").text
    assert order(page) == ["NCT00000002"]
    assert "What the search condition &#34;lung cancer&#34; returns" in page


def test_a_hostile_name_is_a_watch_like_any_other(reader: Reader) -> None:
    answer = reader.get(BAD_URL)
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text
    assert MARKUP not in answer.text
    assert "this watch is over" in answer.text
    for link in re.findall(r'href="(/watches/[^"]+)"', answer.text):
        assert reader.get(link.replace("&amp;", "&")).status_code == 200, link


def test_dots_in_a_name_lead_to_no_other_watch(reader: Reader) -> None:
    """Browsers, and the reader here, take them for a way up where they stand between two strokes."""
    page = reader.get("/watches").text
    (link,) = re.findall(r'href="(/watches/[^"]+)">odd/../pipeline<', page)
    board = reader.get(link)
    assert "<h1>odd/../pipeline</h1>" in board.text
    for further in re.findall(r'href="((?:/feeds)?/watch[^"?]+)', board.text):
        assert reader.get(further).status_code == 200, further


def test_a_watch_that_is_not_configured_is_not_here(reader: Reader) -> None:
    answer = reader.get("/watches/%3Cb%3E")
    assert answer.status_code == 404
    assert "&lt;b&gt;" in answer.text


# --- CSV --------------------------------------------------------------------------


def test_the_sheet_has_every_line_that_was_chosen_and_no_formula(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "A_PAGE", 1)
    answer = reader.get("/watches/pipeline/board.csv?sort=study")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer.headers["content-disposition"]
    assert answer.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    assert [each["nct_id"][-1] for each in rows] == ["1", "2", "3", "4", "5", "9"]
    assert rows[0] | {"title": ""} == rows[0] | {
        "title": "", "label": "EX-1", "next": "primary completion", "days_until_next": "91", "days_since_change": "3",
        "clocks": "not verified for months", "slip_days": "0", "primary_completion_type": "estimated",
    }  # fmt: skip
    assert rows[1]["label"] == "'=EX-2"
    assert (rows[3]["merged_into"], rows[5]["standing"]) == ("NCT00000005", "never seen yet")
    only = reader.get("/watches/pipeline/board.csv?status=Completed").content.decode("utf-8-sig")
    assert [each["nct_id"] for each in csv.DictReader(io.StringIO(only))] == ["NCT00000002"]


def test_a_watch_may_be_called_as_a_sheet_is(reader: Reader) -> None:
    assert order(reader.get("/watches/odd/board.csv").text) == ["NCT00000002"]
    assert reader.get("/watches/odd/board.csv/board.csv").headers["content-type"].startswith("text/csv")
    assert reader.get("/watches/nothing/board.csv").status_code == 404


# --- studies ----------------------------------------------------------------------


def test_without_a_question_the_newest_changes_come_first(reader: Reader) -> None:
    assert order(reader.get("/studies").text) == [f"NCT0000000{number}" for number in (1, 5, 4, 3, 2)]
    assert order(reader.get("/studies?page=2").text) == []


@pytest.mark.parametrize("asked", ["NCT00000002", "nct00000002", "00000002", "NCT 00000002"])
def test_a_whole_number_leads_to_its_study(reader: Reader, asked: str) -> None:
    answer = reader.get(f"/studies?q={asked}")
    assert (answer.status_code, answer.headers["location"]) == (303, "/studies/NCT00000002")


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("NCT0000000", [1, 2, 3, 4, 5]),
        ("ex-1", [1]),
        ("cancer", [2]),
        ("sepsis", [5]),
        ("acme+asthma", [1]),
        ("NCT77777777", []),
        ("%25", []),
        ("_", []),
    ],
)
def test_studies_are_found_by_the_beginning_of_a_number_by_label_title_and_sponsor(
    reader: Reader, asked: str, found: list[int]
) -> None:
    answer = reader.get(f"/studies?q={asked}")
    assert answer.status_code == 200
    assert order(answer.text) == [f"NCT0000000{number}" for number in found]
    assert "of all studies" in answer.text


def test_a_hostile_question_is_shown_and_does_nothing(reader: Reader) -> None:
    answer = reader.ask("GET", "/studies", params={"q": f'"{MARKUP}'})
    assert answer.status_code == 200
    assert MARKUP not in answer.text
    assert reader.ask("GET", "/studies", params={"q": "x" * 201}).status_code == 400
    assert reader.get("/studies?page=0").status_code == 400


# --- the chart --------------------------------------------------------------------

DAYS = st.dates(date(1900, 1, 1), date(2200, 1, 1)).map(str) | st.just("")
MILESTONES = st.builds(Milestone, DAYS, st.sampled_from(["ACTUAL", "ESTIMATED", ""]))


@given(
    st.lists(st.tuples(st.text(max_size=5), MILESTONES, MILESTONES, MILESTONES, DAYS, st.integers(-9, 9)), max_size=5)
)
def test_the_lanes_are_a_picture_whatever_stands_in_a_study(studies: list[tuple[object, ...]]) -> None:
    made = [
        Line(f"NCT{n:08}", label, StudyFacts(""), Plan(start, primary, completion), first_completion=first, slip=slip)  # type: ignore[arg-type] # as drawn
        for n, (label, start, primary, completion, first, slip) in enumerate(studies)
    ]
    chart = lanes(made, NOW.date())
    dated = [
        each
        for each in made
        if any((each.plan.start.date, each.plan.primary_completion.date, each.plan.completion.date))
    ]
    assert (chart is None) == (not dated)
    if chart is not None:
        drawn = ET.fromstring(str(chart))  # noqa: S314 - made here
        assert sum(1 for each in drawn.iter("text") if each.get("class") == "lane") == len(dated)


def test_the_lanes_show_what_is_estimated_and_slipped_without_colour(reader: Reader) -> None:
    def drawn(first: str, now: str, slip: int, kind: str) -> str:
        plan = Plan(Milestone("2025-01-01", "ACTUAL"), Milestone(now, kind), Milestone("2027-06-30", kind))
        line = Line("NCT00000001", "EX-1", StudyFacts(""), plan, first_completion=first, slip=slip)
        return str(lanes([line], NOW.date()))

    late = drawn("2026-07-31", "2026-09-30", 61, "ESTIMATED")
    assert "Primary completion 61 days later than first seen: 2026-07-31 -&gt; 2026-09-30" in late
    assert 'class="span planned"' in late
    assert 'class="hollow"' in late.split("NCT00000001")[1]
    assert ">today<" in late
    reached = drawn("2026-05-31", "2026-05-31", 0, "ACTUAL")
    assert 'class="span"' in reached
    assert 'class="hollow"' not in reached.split("NCT00000001")[1]
    assert "later than first seen:" not in reached
    assert 'aria-labelledby="lanes-title lanes-told"' in reader.get("/watches/pipeline").text
