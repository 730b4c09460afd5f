"""Lines of a board, their order, what is chosen of them, and their table: pure, and held by laws."""

from __future__ import annotations

import csv
import io
import itertools
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import record
from watcher.alerts.plans import plan_of
from watcher.changes.reading import Version
from watcher.model import EVERYTHING, Milestone, Plan, Route, StudyFacts, Watch, WatchedStudy
from watcher.store.plans import plan_from, plan_json
from watcher.store.shown import Glance, Standing
from watcher.views.board import Line, lines
from watcher.views.choosing import Chosen, choices, chosen
from watcher.views.sheet import COLUMNS as CELLS
from watcher.views.sheet import sheet
from watcher.views.sorting import BY_NAME, COLUMNS, Column, in_order
from watcher.views.watches import overview

TODAY = date(2026, 6, 1)
NCT = "NCT00000001"
PLAN = Plan(
    start=Milestone("2026-01", "ACTUAL"),
    primary_completion=Milestone("2026-06", "ESTIMATED"),
    completion=Milestone("2027-12-31", "ESTIMATED"),
    enrollment=40,
)


def line(glance: Glance, label: str = "") -> Line:
    (made,) = lines([glance], {glance.nct_id: label}, TODAY)
    return made


def glance(plan: Plan | None = PLAN, **more: object) -> Glance:
    said: dict[str, object] = {"state": "listed", "version": 1, "facts": StudyFacts(NCT, status="RECRUITING"), **more}
    return Glance(NCT, plan=plan, **said)  # type: ignore[arg-type] # what a test says


# --- the plan ---------------------------------------------------------------------


def test_a_plan_is_read_with_types_and_the_day_on_which_results_appear_due() -> None:
    read = record(
        start="2024-01-15 actual", primary_completion="2025-06-30 actual", completion="2025-12", enrollment="80 actual",
        fda_drug=True, has_results=True,
    )  # fmt: skip
    assert plan_of(Version(read)) == Plan(
        Milestone("2024-01-15", "ACTUAL"),
        Milestone("2025-06-30", "ACTUAL"),
        Milestone("2025-12", "ESTIMATED"),
        80,
        "ACTUAL",
        Milestone(),
        has_results=True,
    )
    owed = plan_of(Version({**read, "hasResults": False}))
    assert owed.results_due == Milestone("2026-06-30", "ACTUAL")


@pytest.mark.parametrize("odd", [{"date": "soon"}, {"date": 7}, "2026-01-01", [], None, {"date": "2026-13-01"}])
def test_what_is_no_date_is_left_out(odd: object) -> None:
    read = record()
    read["protocolSection"]["statusModule"]["startDateStruct"] = odd
    assert plan_of(Version(read)).start == Milestone()


@pytest.mark.parametrize("count", [True, -1, "100", 1.5, None, 10**30])
def test_what_is_no_number_of_participants_is_left_out(count: object) -> None:
    read = record()
    read["protocolSection"]["designModule"]["enrollmentInfo"] = {"count": count, "type": "ACTUAL"}
    read_plan = plan_of(Version(read))
    assert (read_plan.enrollment, read_plan.enrollment_type) == (None, "")


TYPES = st.sampled_from(["ACTUAL", "ESTIMATED", ""])
DAYS = st.dates(date(1900, 1, 1), date(2100, 1, 1)).flatmap(lambda day: st.sampled_from([f"{day}", f"{day:%Y-%m}"]))
MILESTONES = st.just(Milestone()) | st.builds(Milestone, DAYS, TYPES)
COUNTED = st.tuples(st.none(), st.just("")) | st.tuples(st.integers(0, 10**9), TYPES)
PLANS = st.builds(
    lambda start, primary, completion, count, due, has: Plan(start, primary, completion, *count, due, has),
    *(MILESTONES, MILESTONES, MILESTONES, COUNTED, MILESTONES, st.booleans()),
)


@given(PLANS)
def test_a_plan_comes_back_as_it_was_stored(plan: Plan) -> None:
    assert plan_from(plan_json(plan)) == plan


# --- lines ------------------------------------------------------------------------


def test_the_next_date_is_the_first_that_lies_ahead_a_month_counted_as_its_last_day() -> None:
    ahead = line(glance()).ahead
    assert ahead is not None
    assert (ahead.name, ahead.day.text, ahead.days, ahead.estimated) == ("primary completion", "2026-06", 29, True)
    today = line(glance(Plan(start=Milestone("2026-06-01", "ESTIMATED")))).ahead
    assert today is not None
    assert today.days == 0
    assert line(glance(Plan(start=Milestone("2026-05-31", "ESTIMATED")))).ahead is None


@pytest.mark.parametrize(
    ("first", "slip"),
    [("2026-05-31", 30), ("2026-06", 0), ("2026-06-12", 0), ("2026-07-01", -1), ("", None), ("sometime", None)],
)
def test_the_slip_is_from_the_first_version_and_nothing_where_both_may_be_the_same_day(
    first: str, slip: int | None
) -> None:
    assert line(glance(first_completion=first)).slip == slip


def test_days_since_the_last_change_are_never_less_than_none() -> None:
    def quiet(at: datetime | None) -> int | None:
        return line(glance(changed_at=at)).quiet

    assert quiet(datetime(2026, 5, 30, 23, 59, tzinfo=UTC)) == 2
    assert quiet(datetime(2026, 6, 3, tzinfo=UTC)) == 0
    assert quiet(None) is None


@pytest.mark.parametrize(
    ("known", "trouble"),
    [
        (Glance(NCT, "absent", known=False), "never seen yet"),
        (Glance(NCT, "absent"), "the registry does not have it yet"),
        (glance(state="missing"), "not found at the last look"),
        (glance(state="gone"), "gone from the registry"),
        (glance(None, unread=True), "its dates are not read yet"),
        (glance(None), "its newest record cannot be read"),
        (glance(), ""),
    ],
)
def test_a_line_says_why_less_is_known_than_usual(known: Glance, trouble: str) -> None:
    assert line(known).trouble == trouble


def test_a_merged_study_names_its_heir_and_clocks_have_plain_names() -> None:
    merged = line(glance(None, state="merged", merged_into="NCT00000002", clocks=("results_overdue", "new_one")))
    assert (merged.heir, merged.trouble) == ("NCT00000002", "")
    assert merged.clocks == ("results appear overdue", "new_one")


# --- order ------------------------------------------------------------------------

WORDS = st.text(max_size=6)
LINES = st.lists(
    st.builds(
        lambda number, label, title, sponsor, plan, quiet, slip, clocks: Line(
            f"NCT{number:08}", label, StudyFacts("", title=title, sponsor=sponsor), plan,
            quiet=quiet, slip=slip, clocks=tuple(clocks),
        ),
        st.integers(1, 99_999_999), WORDS, WORDS, WORDS, PLANS, st.none() | st.integers(0, 3),
        st.none() | st.integers(-3, 3), st.lists(WORDS, max_size=2),
    ),
    max_size=12, unique_by=lambda made: made.nct_id,
)  # fmt: skip


@given(LINES, st.sampled_from(COLUMNS), st.booleans(), st.randoms())
def test_order_is_total_keeps_every_line_and_has_the_missing_last(
    made: list[Line], column: Column, down: bool, chance: object
) -> None:
    found = in_order(made, column, down=down)
    assert sorted(each.nct_id for each in found) == sorted(each.nct_id for each in made)
    shuffled = list(made)
    chance.shuffle(shuffled)  # type: ignore[attr-defined] # a random.Random
    assert in_order(shuffled, column, down=down) == found
    keys = [column.key(each) for each in found]
    present = [key for key in keys if key is not None]
    assert keys == present + [None] * (len(keys) - len(present))
    assert present == sorted(present, reverse=down)
    for before, after in itertools.pairwise(found):
        if column.key(before) == column.key(after):
            assert before.nct_id < after.nct_id


# --- choice -----------------------------------------------------------------------


def test_each_choice_takes_what_it_says_and_choices_are_counted() -> None:
    one = line(glance(facts=StudyFacts(NCT, "Asthma in Adults", "AIR", "Acme GmbH", "Phase 2", status="RECRUITING"),
                      changed_at=datetime(2026, 5, 25, tzinfo=UTC), clocks=("stale",)), "EX-1")  # fmt: skip
    other = line(Glance("NCT00000002", "absent"))
    for wanted in (
        Chosen(status="Recruiting"), Chosen(phase="Phase 2"), Chosen(sponsor="ACME"), Chosen(within=7),
        Chosen(clock="any"), Chosen(clock="not verified for months"), Chosen(text="adults ex-1"),
        Chosen(text="nct00000001"),
    ):  # fmt: skip
        assert chosen([one, other], wanted) == (one,), wanted
    assert chosen([one, other], Chosen(within=6)) == ()
    assert chosen([one, other], Chosen()) == (one, other)
    assert choices([one, other]).statuses == (("Recruiting", 1),)
    assert choices([one, other, one]).clocks == (("not verified for months", 2),)


# --- the table --------------------------------------------------------------------


@given(LINES)
def test_the_table_parses_back_and_no_text_in_it_is_a_formula(made: list[Line]) -> None:
    head, *rows = list(csv.reader(io.StringIO(sheet(made), newline="")))
    assert tuple(head) == CELLS
    assert [row[0] for row in rows] == [each.nct_id for each in made]
    numbers = {"enrollment", "days_until_next", "days_since_change", "slip_days"}
    for row, each in zip(rows, made, strict=True):
        cells = dict(zip(head, row, strict=True))
        assert cells["slip_days"] == ("" if each.slip is None else str(each.slip))
        assert cells["start"] == each.plan.start.date
        texts = [text for name, text in cells.items() if name not in numbers]
        assert not [text for text in texts if text.startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_a_hostile_label_is_defused() -> None:
    assert ",'=HYPERLINK(1)," in sheet([line(glance(), "=HYPERLINK(1)")])


# --- watches ----------------------------------------------------------------------


def test_an_overview_counts_by_status_and_names_who_hears_of_it() -> None:
    watch = Watch("a", (WatchedStudy(NCT),), until=date(2026, 5, 31))
    at = datetime(2026, 5, 1, tzinfo=UTC)
    standings = [Standing("listed", 1, "RECRUITING", at), Standing("gone", 2, "COMPLETED", None),
                 Standing("absent", 0, "", None)]  # fmt: skip
    routes = [Route("all", ()), Route("other", (), watches=("b",)), Route("off", (), enabled=False)]
    found = overview(watch, 4, standings, routes, TODAY)
    assert found.statuses == (("Never seen yet", 2), ("Gone from the registry", 1), ("Recruiting", 1))
    assert (found.routes, found.over, found.changed_at) == (("all",), True, at)
    large = overview(Watch("all", search=EVERYTHING), 600_000, (), routes, TODAY, counts=False, changed_at=at)
    assert (large.statuses, large.changed_at, large.over) == ((), at, False)


def test_every_column_is_known_by_its_name() -> None:
    assert len(BY_NAME) == len(COLUMNS)
