"""A page is recorded whole or not at all, and comes back as it went in."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from tests.builders import NCT, change, snapshot
from tests.store.contract.looking import picture
from tests.store.pages import DATA, INBOX, NOW, TROUBLE, page, seen, version
from watcher.alerts.routes import Step
from watcher.errors import StoreError, UsageError
from watcher.model import Search, Severity, StudyFacts, Sweep, Swept
from watcher.store.contracts import StoreContract
from watcher.store.values import GONE, LISTED, MERGED, Malformed, Observation, Standing

SECOND, THIRD, UNKNOWN = "NCT00000002", "NCT00000003", "NCT00000009"
RECRUITING = Search((("filter.overallStatus", "RECRUITING"),))
SWEEP = Sweep("open", True, {"filter.overallStatus": "RECRUITING"}, DATA)


def test_a_page_is_committed_whole(store: StoreContract) -> None:
    store.observing.commit(page())
    health = store.reports.health()
    assert (health.studies, health.versions, health.alerts, health.deliveries) == ({LISTED: 1}, 1, 1, {"pending": 1})
    known = store.observing.latest([NCT, "NCT00000002"])
    assert (known[NCT].version, known[NCT].checked_at) == (1, DATA)
    assert (known["NCT00000002"].state, known["NCT00000002"].checked_at) == ("absent", None)


def test_a_version_that_moved_meanwhile_is_refused_whole(store: StoreContract) -> None:
    store.observing.commit(page(1))
    before = picture(store)
    with pytest.raises(StoreError, match="moved while it was being read"):
        store.observing.commit(page(1))
    with pytest.raises(StoreError, match="moved while it was being read"):
        store.observing.commit(page(3))
    assert picture(store) == before


def test_a_snapshot_comes_back_byte_for_byte(store: StoreContract) -> None:
    head = b'{"nctId" : "NCT00000001",\t"briefTitle":"\\u00fc \xc3\xbc"}'
    spaced = b' { "protocolSection" : {"identificationModule":' + head + b" } } \n"
    store.observing.commit(page(seen=snapshot(spaced)))
    back = store.observing.snapshot(NCT, 1)
    assert back.raw == spaced
    assert back == snapshot(spaced)


def test_a_version_that_is_not_there_is_a_clear_error(store: StoreContract) -> None:
    with pytest.raises(StoreError, match=f"no version 4 of {NCT}"):
        store.observing.snapshot(NCT, 4)


def test_a_study_that_was_never_asked_for_is_the_users_mistake(store: StoreContract) -> None:
    with pytest.raises(UsageError, match=NCT):
        store.reports.study(NCT)


def test_a_malformed_record_is_kept_once(store: StoreContract) -> None:
    broken = Malformed("digest", NCT, "no reason", b"{")
    for _ in range(2):
        store.observing.commit(Observation(NOW, DATA, malformed=(broken,)))
    assert store.reports.health().malformed == ((NCT, "no reason"),)


def posted(number: int, day: str, at: str) -> Observation:
    """A version whose status moved, with the day on which its record was posted, seen on another day."""
    new = version(number, replace(seen(), seen_at=datetime.fromisoformat(at)))
    return Observation(NOW, DATA, versions=(replace(new, step=replace(new.step, study=StudyFacts(NCT, posted=day))),))


def test_a_status_stands_since_it_was_posted_or_since_it_was_seen_where_nothing_was(store: StoreContract) -> None:
    def since() -> str | None:
        return store.observing.latest([NCT])[NCT].status_since

    store.observing.commit(page())
    store.observing.commit(posted(2, "2024-02-05", "2024-02-06T09:00:00+00:00"))
    assert since() == "2024-02-05"
    store.observing.commit(posted(3, "2024-02-05", "2026-03-03T09:00:00+00:00"))
    assert since() == "2026-03-03"
    store.observing.commit(posted(4, "", "2026-03-09T09:00:00+00:00"))
    assert since() == "2026-03-09"


# --- whole or not at all ----------------------------------------------------------


def everything() -> Observation:
    """A page that records something of every sort about two studies; the second one is a version too far."""
    one = page(1, nct_id=SECOND, malformed=(Malformed("d", None, "no reason", b"{"),))
    two = version(3, seen(NCT, "Another title"))
    return replace(
        one,
        standings=(*one.standings, Standing(THIRD, MERGED, merged_into=NCT)),
        versions=(*one.versions, two),
        notices=(TROUBLE,),
        operator=(INBOX,),
        joined=("open", (SECOND,)),
        swept=Swept(replace(SWEEP, token="next", pages=1, found=1, total=2), (SECOND,)),
    )


def test_a_commit_that_fails_leaves_nothing_of_any_sort(store: StoreContract) -> None:
    store.observing.commit(page(1))
    store.searches.stand("open", RECRUITING)
    store.searches.begin(SWEEP)
    before = picture(store)
    with pytest.raises(StoreError):
        store.observing.commit(everything())
    assert picture(store) == before
    whole = everything()
    store.observing.commit(replace(whole, versions=whole.versions[:1]))
    assert store.searches.members("open") == (SECOND,)
    assert [notice.key for notice in store.reports.health().notices] == [TROUBLE.key]
    assert {study.nct_id for study in store.reports.studies()} == {NCT, SECOND, THIRD}


def test_an_alert_whose_key_is_taken_changes_nothing_and_takes_its_page_with_it(store: StoreContract) -> None:
    store.observing.commit(page(1))
    before = picture(store)
    again = replace(page(2), alerts=page(1).alerts, owed=page(1).owed)
    with pytest.raises(StoreError):
        store.observing.commit(again)
    assert picture(store) == before


def test_an_event_that_is_committed_twice_is_recorded_once(store: StoreContract) -> None:
    step = Step(NCT, "not_found:1", NOW, (change("record.removed"),), StudyFacts(NCT))
    event = Observation(NOW, DATA, standings=(Standing(NCT, GONE),), events=(step,))
    store.observing.commit(event)
    before = picture(store)
    with pytest.raises(StoreError):
        store.observing.commit(event)
    assert picture(store) == before


def test_an_alert_about_a_study_that_is_not_there_is_refused(store: StoreContract) -> None:
    with pytest.raises(StoreError):
        store.observing.commit(replace(page(), standings=()))
    assert store.reports.health().alerts == 0


# --- what is known ----------------------------------------------------------------


def test_a_study_is_unanswered_until_its_build_has_answered_and_a_merged_one_never(store: StoreContract) -> None:
    asked = [THIRD, NCT, SECOND, UNKNOWN]
    standings = (Standing(NCT, LISTED), Standing(SECOND, GONE), Standing(THIRD, MERGED, merged_into=SECOND))
    store.observing.commit(Observation(NOW, DATA, standings=standings))
    assert store.observing.unanswered(asked, DATA) == [UNKNOWN]
    assert store.observing.unanswered(asked, "2026-06-02T09:00:00") == [NCT, SECOND, UNKNOWN]
    assert store.observing.unanswered(asked, "") == [NCT, SECOND, UNKNOWN]
    assert store.observing.heirs(asked) == {THIRD: SECOND}


def test_what_has_not_moved_is_marked_and_nothing_else(store: StoreContract) -> None:
    store.observing.commit(page(1))
    before = store.observing.latest([NCT])[NCT]
    store.observing.commit(Observation(NOW, "2026-06-02T09:00:00", unmoved=(NCT,)))
    assert store.observing.latest([NCT])[NCT] == replace(before, checked_at="2026-06-02T09:00:00")


def test_digests_are_those_of_listed_studies_and_follow_their_bytes(store: StoreContract) -> None:
    for nct_id in (NCT, SECOND):
        store.observing.commit(page(1, nct_id=nct_id))
    respelt = snapshot(seen(NCT).raw + b"\n")
    gone = (Standing(SECOND, GONE),)
    store.observing.commit(Observation(NOW, DATA, standings=gone, refreshed=(respelt,)))
    assert store.observing.digests([NCT, SECOND, UNKNOWN]) == {NCT: respelt.raw_digest}
    assert store.reports.study(NCT).version == 1


def test_every_version_and_its_sites_come_back(store: StoreContract) -> None:
    told = [seen(NCT, f"Title {number}") for number in range(1, 6)]
    for number, snapshot_of_it in enumerate(told, start=1):
        new = replace(version(number, snapshot_of_it), site_ids=(f"s{number}", "s"))
        store.observing.commit(Observation(NOW, DATA, standings=(Standing(NCT, LISTED),), versions=(new,)))
    assert [store.observing.snapshot(NCT, number) for number in range(1, 6)] == told
    assert store.observing.site_ids(NCT, 3) == ("s3", "s")
    assert store.observing.site_ids(NCT, 9) == ()
    assert [one.version for one in store.reports.versions(NCT)] == [1, 2, 3, 4, 5]


def test_the_changes_of_a_study_are_remembered_newest_first_without_noise(store: StoreContract) -> None:
    told = [change(), change("date.primary_completion.slipped", "major"), change("record.touched", "noise")]
    for number, found in enumerate(told, start=1):
        new = version(number, seen(NCT, f"Title {number}"), found)
        store.observing.commit(Observation(NOW, DATA, standings=(Standing(NCT, LISTED),), versions=(new,)))
    assert [(one.version, one.change.kind) for one in store.observing.earlier(NCT)] == [
        (2, "date.primary_completion.slipped"),
        (1, "status.suspended"),
    ]
    assert (store.observing.slips(NCT), store.observing.slips(SECOND)) == (1, 0)
    kinds = [recorded.said["kind"] for recorded in store.reports.changes(nct_id=NCT, min_severity=Severity.CRITICAL)]
    assert kinds == ["status.suspended"]


def test_reports_go_through_the_studies_by_number(store: StoreContract) -> None:
    for nct_id in (SECOND, NCT):
        store.observing.commit(page(1, nct_id=nct_id))
    assert [study.nct_id for study in store.reports.studies(limit=1)] == [NCT]
    assert [study.nct_id for study in store.reports.studies(after=NCT)] == [SECOND]
    assert store.reports.study_count() == 2
    newest = store.reports.alert(store.reports.newest_alert())
    assert (newest.nct_id, newest.changes) == (NCT, page(1).alerts[0].changes)
    with pytest.raises(UsageError):
        store.reports.alert(newest.id + 1)


def test_a_store_without_an_alert_has_no_newest_one(store: StoreContract) -> None:
    with pytest.raises(UsageError):
        store.reports.newest_alert()
