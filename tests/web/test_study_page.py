"""The page of a study, its comparisons and its raw versions, as a browser gets them."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from html.parser import HTMLParser
from typing import Any

import pytest

from tests.builders import ABSENT, ENROLLMENT, LOCATIONS, NCT, PRIMARY, P, record, site
from tests.realdata import captures_folder
from tests.web.lived import FIRST, WEEK, live, say_merged, say_not_found, see
from tests.web.serving import Reader, serving_database
from watcher import demo
from watcher.record.snapshot import MASK
from watcher.store import opened

DEMO = "NCT04150497"
CONFIG = """
[[watch]]
name = "mine/all"
studies = [{ nct_id = "NCT00000001", label = "BALLI & Co" }, { nct_id = "NCT00000077" }]
[[channel]]
name = "console"
url = "console://"
[[route]]
name = "all"
to = ["console"]
"""
ROWS = [site("Alpha Hospital"), site("Beta Clinic", "Lyon", "France")]
LIFE = (
    record(sites=ROWS, primary_outcomes=[{"measure": "Survival", "timeFrame": "2 years"}]),
    record(sites=[{**ROWS[0], "status": "COMPLETED"}, ROWS[1]], primary_completion="2027-12", enrollment="80"),
    record(
        sites=[ROWS[0]],
        primary_completion="2028-01-31",
        primary_outcomes=[{"measure": "Pain", "timeFrame": "1 year"}],
        status="SUSPENDED",
        why_stopped="Money & time",
    ),
)
VOID = {"meta", "link", "input", "br", "hr", "img"}


class _Outline(HTMLParser):
    """The headings and the ids of a page, and whether its tags are closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.levels: list[int] = []
        self.ids: list[str] = []
        self.tags: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.ids += [value or "" for name, value in attrs if name == "id"]
        if re.fullmatch("h[1-6]", tag):
            self.levels.append(int(tag[1]))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        # The parser closes what optional end tags leave open: we leave none open.
        assert self.open.pop() == tag, tag


def outline(html: str) -> _Outline:
    """The outline of a page that is well formed, whose headings are in order, and whose ids are its own."""
    read = _Outline()
    read.feed(html)
    assert read.open == []
    assert read.levels[0] == 1
    assert read.levels.count(1) == 1
    assert all(after <= before + 1 for before, after in zip(read.levels, read.levels[1:], strict=False))
    assert len(read.ids) == len(set(read.ids))
    assert not read.attributes & {"style", "onclick", "onload", "onerror"}
    return read


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    database = tmp_path_factory.mktemp("lived") / "watcher.db"
    live(database, LIFE)
    with opened(database) as store:
        see(store, record(nct_id="NCT00000002"), FIRST)
        for week in (1, 2):
            say_not_found(store, "NCT00000002", FIRST + week * WEEK)
        say_not_found(store, "NCT00000003", FIRST)
        see(store, record(nct_id="NCT00000004"), FIRST)
        say_merged(store, "NCT00000004", NCT, FIRST + WEEK)
    with serving_database(database, CONFIG, now=lambda: FIRST + 3 * WEEK) as reader:
        yield reader


def page(reader: Reader, path: str) -> str:
    """A page that is shown, and well formed."""
    answer = reader.get(path)
    assert answer.status_code == 200, answer.text
    outline(answer.text)
    return answer.text


def plain(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_it_says_what_the_study_is(lived):
    said = plain(page(lived, f"/studies/{NCT}"))
    for told in (
        "Examplinib in Exemplary Disease", "BALLI &amp; Co", "mine/all", "Suspended", "Example Pharma", "Phase 2",
        "Money &amp; time", "Primary completion 2028-01-31 estimated", "Start 2024-01-15 actual",
        "Enrolment 100 target, estimated", "Update submitted 2026-01-12", "Exemplary Disease",
    ):  # fmt: skip
        assert told in said, told


def test_it_leads_to_the_registry_the_feeds_its_watch_and_its_comparisons(lived):
    html = page(lived, f"/studies/{NCT}")
    for address in (
        f"https://clinicaltrials.gov/study/{NCT}",
        f"https://clinicaltrials.gov/study/{NCT}?tab=history",
        f"/feeds/study/{NCT}/atom.xml",
        f"/feeds/study/{NCT}/dates.ics",
        "/watches/mine/all",
        f"/studies/{NCT}/compare",
        f"/studies/{NCT}/compare?old=2&amp;new=3",
        f"/studies/{NCT}/versions/1.json",
    ):
        assert f'href="{address}"' in html, address


def test_its_life_is_told_and_drawn_and_stands_in_tables(lived):
    html = page(lived, f"/studies/{NCT}")
    said = plain(html)
    assert said.index("Version 3 Seen") < said.index("Version 2 Seen") < said.index("Version 1, first seen")
    assert "slips +215 d since first seen, 2 slips" in said
    assert "Study suspended: Recruiting -&gt; Suspended" in said
    assert html.count("<svg") == 3 == html.count('role="img"')
    assert html.count('class="hollow"') == 6
    assert "today" in said
    for key in ("slips", "enrolment", "sites"):
        assert f'aria-labelledby="{key}-title {key}-told"' in html
    assert "2 2024-01-15 2027-12 (estimated) +184 d" in said
    assert "2 2024-01-15 80 (estimated)" in said


def test_sites_have_their_histories_and_outcomes_what_became_of_them(lived):
    said = plain(page(lived, f"/studies/{NCT}"))
    assert "Completed 7 d; Recruiting at least 7 d" in said
    assert "no longer listed since 2024-01-22, was Recruiting" in said
    assert "Pain [1 year] added in version 3, 2024-01-22" in said
    assert "dropped Primary outcome" in said


def test_a_study_in_one_version_is_told_without_charts(lived):
    html = page(lived, "/studies/NCT00000002")
    assert "<svg" not in html
    assert "One version so far" in html
    assert "Only one version of it was seen so far" in page(lived, "/studies/NCT00000002/compare")


def test_lower_case_is_understood(lived):
    assert "Version 3" in page(lived, f"/studies/{NCT.lower()}")


@pytest.mark.parametrize(
    ("nct_id", "told"),
    [
        ("NCT00000002", "The registry no longer has this record"),
        ("NCT00000003", "The registry has no record under this number"),
        ("NCT00000004", f"This number became an alias of {NCT}"),
    ],
)
def test_a_study_that_is_not_listed_says_where_it_stands(lived, nct_id, told):
    assert told in plain(page(lived, f"/studies/{nct_id}"))


@pytest.mark.parametrize(
    ("path", "status", "told"),
    [
        ("/studies/NCT99999999", 404, "is on no watch, and was never asked for"),
        ("/studies/NCT00000077", 404, "is on a watch, and no poll has asked for it yet"),
        ("/studies/NCT1", 404, "A study is known by its NCT number"),
        ("/studies/%3Cscript%3E", 404, "A study is known by its NCT number"),
        (f"/studies/{NCT}?page=0", 400, "page: expected a number from 1 to"),
        (f"/studies/{NCT}?page=x", 400, "page: expected a number from 1 to"),
        (f"/studies/{NCT}/compare?old=2&new=2", 400, "version 2 twice"),
        (f"/studies/{NCT}/compare?old=2&new=9", 404, "There is no version 9"),
        (f"/studies/{NCT}/compare?old=0&new=2", 404, "There is no version 0"),
        (f"/studies/{NCT}/compare?old=a&new=2", 400, "A version is a number from 1 to 3"),
        (f"/studies/{NCT}/compare?old=-1", 400, "A version is a number from 1 to 3"),
        (f"/studies/{NCT}/versions/4.json", 404, "There is no version 4"),
        (f"/studies/{NCT}/versions/{'9' * 40}.json", 404, "There is no version 9"),
        (f"/studies/{NCT}/versions/²2.json", 400, "A version is a number"),
        ("/studies/NCT99999999/versions/1.json", 404, "not in the database"),
        ("/studies/NCT99999999/compare", 404, "not in the database"),
        ("/studies/NCT00000003/versions/1.json", 404, "no version of it was ever seen"),
    ],
)
def test_what_is_not_there_or_not_understood_says_so(lived, path, status, told):
    answer = lived.get(path)
    assert answer.status_code == status
    assert told in answer.text


def test_the_raw_version_is_what_the_registry_sent_byte_for_byte(tmp_path):
    raw = [path.read_bytes() for path in sorted((demo.FOLDER / DEMO).glob("*.json"))]
    live(tmp_path / "watcher.db", raw)
    with serving_database(tmp_path / "watcher.db", CONFIG) as reader:
        for number, sent in enumerate(raw, start=1):
            answer = reader.get(f"/studies/{DEMO}/versions/{number}.json")
            assert (answer.content, answer.headers["content-type"]) == (sent, "application/json")
        assert "Institut Gustave Roussy" in page(reader, f"/studies/{DEMO}")
        assert "CLLS52" in page(reader, f"/studies/{DEMO}/compare?old=1&new=7")


def test_two_versions_stand_side_by_side_with_what_differs_marked(lived):
    html = page(lived, f"/studies/{NCT}/compare?old=1&new=3")
    assert '<option value="1" selected>' in html
    assert "<del>2027-06-30</del>" in html
    assert "<ins>2028-01-31</ins>" in html
    assert "protocolSection.statusModule.primaryCompletionDateStruct.date" in html
    assert "Study suspended" in html
    assert "not in this version" in html


def test_a_comparison_says_what_it_leaves_out(lived):
    html = page(lived, f"/studies/{NCT}/compare")
    assert all(f"<code>{'.'.join(path)}</code>" in html for path in MASK)


def test_without_a_choice_the_newest_is_compared_with_the_one_before(lived):
    html = page(lived, f"/studies/{NCT}/compare")
    assert '<option value="2" selected>' in html
    assert '<option value="3" selected>' in html


def test_backwards_is_said_to_be_backwards(lived):
    assert "read backwards" in page(lived, f"/studies/{NCT}/compare?old=3&new=1")


def test_a_damaged_database_shows_what_can_be_read(tmp_path):
    database = tmp_path / "watcher.db"
    live(database, LIFE)
    with closing(sqlite3.connect(database)) as db, db:
        db.execute("UPDATE snapshot SET body = zeroblob(20) WHERE version = 3")
        db.execute("UPDATE snapshot SET base = NULL, body = zeroblob(9) WHERE version = 2")
    with serving_database(database, CONFIG) as reader:
        assert "No stored version of it can be read" in page(reader, f"/studies/{NCT}")
        assert reader.get(f"/studies/{NCT}/compare").status_code == 503


def test_a_long_life_comes_in_pages(tmp_path):
    live(tmp_path / "watcher.db", (record(title=f"Title {number}") for number in range(1, 31)))
    with serving_database(tmp_path / "watcher.db", CONFIG) as reader:
        first, second = page(reader, f"/studies/{NCT}"), page(reader, f"/studies/{NCT}?page=2")
        assert (first.count('id="version-'), second.count('id="version-')) == (25, 5)
        assert "Version 1, first seen" in second


SCRIPT = '<script>alert("x")</script>\u202e\x1b[31m&amp;'
HOSTILE: list[dict[str, Any]] = [
    {f"{P}.identificationModule.briefTitle": SCRIPT * 2_000, f"{P}.conditionsModule.conditions": [SCRIPT] * 500},
    {f"{PRIMARY}.date": SCRIPT, f"{PRIMARY}.type": SCRIPT},
    {PRIMARY: [3], ENROLLMENT: {"count": SCRIPT, "type": ["x"]}},
    {f"{PRIMARY}.date": "9999-12-31", f"{ENROLLMENT}.count": 9_999_999_999, f"{ENROLLMENT}.type": SCRIPT},
    {f"{PRIMARY}.date": "0001-01", f"{ENROLLMENT}.count": 0},
    {LOCATIONS: SCRIPT},
    {LOCATIONS: [SCRIPT, None, 7, {"facility": SCRIPT, "status": SCRIPT, "country": SCRIPT, "city": ["x"]}]},
    {LOCATIONS: [{"facility": {}, "status": 3, "country": None}] * 3},
    {f"{P}.outcomesModule": {"primaryOutcomes": [{"measure": SCRIPT, "timeFrame": SCRIPT}, 3, {"measure": 9}]}},
    {f"{P}.statusModule": "none", f"{P}.designModule": [], f"{P}.outcomesModule": 3},
    {f"{P}.descriptionModule.detailedDescription": SCRIPT * 3_000},
    {f"{P}.descriptionModule.detailedDescription": f"{SCRIPT} other words " * 2_500, SCRIPT: {SCRIPT: SCRIPT}},
]


def test_hostile_records_are_shown_escaped_and_without_an_error(tmp_path):
    database = tmp_path / "watcher.db"
    live(database, [record(), *(record(put=put) for put in HOSTILE)])
    with serving_database(database, CONFIG) as reader:
        html = page(reader, f"/studies/{NCT}")
        assert "cannot be shown" not in html
        versions = html.count('id="version-')
        assert versions >= len(HOSTILE)
        for number in range(2, versions + 1):
            for old in {1, number - 1}:
                html += page(reader, f"/studies/{NCT}/compare?old={old}&new={number}")
    assert "<script>alert" not in html
    assert not set("\u202e\x1b") & set(html)
    assert "&lt;script&gt;" in html


def test_a_newest_version_that_is_all_odd_is_shown(tmp_path):
    for number, put in enumerate(HOSTILE):
        database = tmp_path / f"{number}.db"
        live(database, [record(primary_completion=ABSENT), record(put=put)])
        with serving_database(database, CONFIG) as reader:
            assert "Version 2" in page(reader, f"/studies/{NCT}")


def test_real_studies_are_shown_and_compared(tmp_path):
    folders = sorted(captures_folder().iterdir())
    chosen = folders[:: max(len(folders) // 30, 1)][:30]
    database = tmp_path / "watcher.db"
    for folder in chosen:
        live(database, [path.read_bytes() for path in sorted(folder.glob("*.json"))])
    with serving_database(database, CONFIG) as reader:
        for folder in chosen:
            html = page(reader, f"/studies/{folder.name}")
            versions = html.count('id="version-')
            assert versions
            page(reader, f"/studies/{folder.name}/compare" + (f"?old=1&new={versions}" if versions > 1 else ""))


def test_the_address_of_a_version_is_no_way_to_other_files(lived):
    assert lived.get(f"/studies/{NCT}/versions/..%2f..%2fconfig.json").status_code in {400, 404}
