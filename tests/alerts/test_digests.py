"""Digests: what they say first, by study, worst first, and still readable at two hundred changes."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.alerts.examples import FACTS, NOW, OTHER, alert
from tests.builders import NCT, change
from watcher.alerts.messages.attached import COLUMNS
from watcher.alerts.render import Parcel, message_for
from watcher.model import Alert, Change, Form, Message, Severity


def of(nct_id: str, severity: str, *, days: int = 0, sentence: str = "", changes: tuple[Change, ...] = ()) -> Alert:
    said = sentence or f"{severity} thing of {nct_id}."
    told = changes or (change("title.changed", severity, said, nct_id=nct_id),)
    return alert(
        *told,
        nct_id=nct_id,
        key=f"desk|{nct_id}|version:{3 + days}",
        occasion=f"version:{3 + days}",
        version=3 + days,
        observed_at=NOW + timedelta(days=days),
        study=replace(FACTS, nct_id=nct_id, acronym=""),
        id=days + 1,
    )


LOOKED_AT = datetime(2026, 6, 8, 5, 30, tzinfo=UTC)


def digest(*alerts: Alert, **more: Any) -> Message:
    said = {"form": Form.DIGEST, "route": "Monday digest", "window": "2026-06-08", **more}
    return message_for(Parcel("d1", alerts, **said))


def many(number: int, severity: str = "minor") -> tuple[Alert, ...]:
    return tuple(of(f"NCT{place:08}", severity) for place in range(100, 100 + number))


def heads(message: Message) -> list[tuple[str, str]]:
    return re.findall(r"(?m)^(CRITICAL|MAJOR|MINOR|NOISE)  (NCT\d{8})", message.text)


def rows_of(message: Message) -> list[dict[str, str]]:
    (table,) = message.attachments
    return list(csv.DictReader(io.StringIO(table.content.decode("utf-8-sig"))))


# --- what it says first -------------------------------------------------------------


def test_a_digest_begins_with_what_it_is_and_how_much_of_what():
    message = digest(of("NCT00000003", "minor"), of(OTHER, "critical"), of(NCT, "minor"))
    first, second = message.text.splitlines()[:2]
    assert first == "3 studies changed: 1 critical, 2 minor."
    assert second == 'Digest of route "Monday digest", window of 2026-06-08'
    assert message.severity is Severity.CRITICAL
    assert message.thread == ""
    assert message.route == "Monday digest"


def test_what_quiet_hours_kept_says_so():
    heading = digest(of(NCT, "minor"), route="desk", window="quiet 2026-06-08").text.splitlines()[1]
    assert heading == 'What came in the quiet hours of route "desk" until 2026-06-08'


def test_the_subject_of_a_digest_says_the_thing_itself():
    message = digest(of(NCT, "minor"), of(OTHER, "critical", sentence="Study terminated: Recruiting -> Terminated."))
    assert message.subject.startswith(
        f"1 critical, 1 minor in 2 studies: {OTHER}: Study terminated: Recruiting -> Terminated; {NCT}: minor thing"
    )


def test_a_digest_of_one_study_has_the_subject_of_an_alert():
    assert digest(of(NCT, "major")).subject == f"[MAJOR] {NCT}: major thing of {NCT}"


def test_the_subject_of_a_large_digest_is_one_short_line():
    message = digest(*many(200))
    assert message.subject.startswith("200 minor in 200 studies: NCT00000100: ")
    assert len(message.subject) <= 180


# --- order --------------------------------------------------------------------------


def test_studies_stand_worst_first_and_then_by_number():
    message = digest(of("NCT00000003", "minor"), of(OTHER, "critical"), of(NCT, "minor"))
    assert heads(message) == [("CRITICAL", OTHER), ("MINOR", NCT), ("MINOR", "NCT00000003")]


def test_alerts_of_one_study_stand_under_one_heading_in_the_order_of_time():
    message = digest(
        of(NCT, "critical", days=2), of(OTHER, "major"), of(NCT, "minor", days=0), of(NCT, "major", days=1)
    )
    assert heads(message) == [("CRITICAL", NCT), ("MAJOR", OTHER)]
    told = re.findall(r"(?m)^(?:Seen (\S+) .* alert (\d)|\* (\w+) )", message.text)
    assert told == [
        ("2026-06-01", "1", ""), ("", "", "MINOR"),
        ("2026-06-02", "2", ""), ("", "", "MAJOR"),
        ("2026-06-03", "3", ""), ("", "", "CRITICAL"),
        ("2026-06-01", "1", ""), ("", "", "MAJOR"),
    ]  # fmt: skip
    assert message.text.startswith("2 studies changed: 1 critical, 1 major.")


def test_a_digest_is_the_same_in_whatever_order_its_alerts_come():
    alerts = [of("NCT00000003", "minor"), of(OTHER, "major"), of(NCT, "minor"), of(NCT, "major", days=1)]
    forth, back = digest(*alerts), digest(*reversed(alerts))
    assert (forth.subject, forth.text, forth.html, forth.slack, forth.short) == (
        back.subject, back.text, back.html, back.slack, back.short,
    )  # fmt: skip


# --- length -------------------------------------------------------------------------


def test_two_hundred_studies_fold_to_forty_and_a_count():
    message = digest(*many(199), of(NCT, "critical"))
    assert len(heads(message)) == 40
    assert heads(message)[0] == ("CRITICAL", NCT)
    assert "and 160 more studies (160 minor): NCT00000139, NCT00000140," in message.text
    assert " and 148 others" in " ".join(message.text.split())
    assert len(message.text.splitlines()) < 500
    assert len(message.html) < 102_000


def test_a_study_with_two_hundred_changes_is_told_in_a_few_lines():
    told = tuple(
        change("outcome.primary_measurement_changed", "major", f"Outcome {n} changed.", subject=f"O{n}", id=n)
        for n in range(100)
    ) + tuple(change("site.withdrawn", "major", "x", subject=f"S{n}", id=100 + n) for n in range(100))
    message = digest(of(NCT, "major", changes=told), of(OTHER, "minor"))
    assert "100 sites withdrawn: S0; S1; S10 and 97 more." in message.text
    assert len(message.text.splitlines()) < 60


def test_what_of_a_study_is_not_shown_is_counted():
    kinds = ("phase.changed", "sponsor.renamed", "title.changed", "design.other_changed")
    told = tuple(change(kinds[n // 12], "major", f"{n}.", subject=f"{n}", id=n) for n in range(48))
    message = digest(of(NCT, "major", changes=told), *many(30))
    assert "and 36 more changes (36 major)" in message.text


def test_lines_run_out_and_still_every_study_says_something():
    told = tuple(change("phase.changed", "major", f"Change {n}.", subject=f"{n}", id=n) for n in range(10))
    message = digest(*(of(f"NCT{n:08}", "major", changes=told) for n in range(30)))
    assert len(heads(message)) == 30
    assert message.text.count("\n* MAJOR") <= 120
    assert "more studies" not in message.text


def test_the_slack_text_of_a_large_digest_is_one_post():
    message = digest(*many(200))
    assert len(message.slack) <= 2_900
    assert "more studies" in message.slack


# --- the table ----------------------------------------------------------------------


def test_every_change_is_in_the_table_also_what_is_folded():
    message = digest(*many(200))
    rows = rows_of(message)
    assert tuple(rows[0]) == COLUMNS
    assert {row["nct_id"] for row in rows} == {f"NCT{n:08}" for n in range(100, 300)}
    assert rows[0]["record"] == f"https://clinicaltrials.gov/study/{rows[0]['nct_id']}"
    assert "All 200 changes" in message.text


def test_a_row_says_what_was_and_what_is():
    found = change(
        "phase.changed", "major", "Phase changed.", subject="s", old="Phase 1", new="Phase 2", paths=("a.b",)
    )
    (row,) = rows_of(digest(alert(found, label="BALLI-01", id=7)))
    assert row == {
        "observed": "2026-06-01 06:30", "nct_id": NCT, "label": "BALLI-01", "sponsor": "Example Pharma",
        "phase": "Phase 2", "severity": "major", "kind": "phase.changed", "subject": "s", "old": "Phase 1",
        "new": "Phase 2", "sentence": "Phase changed.", "record": f"https://clinicaltrials.gov/study/{NCT}",
        "alert": "7", "paths": "a.b",
    }  # fmt: skip


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t=", "＝", "\u202e=", "\x00=", "=\r\n"])
def test_no_cell_of_the_table_is_a_formula(begin: str):
    words = f'{begin}HYPERLINK("http://evil.example")'
    found = change("phase.changed", "major", words, subject=words, old=words, new=words, paths=(words,))
    study = replace(FACTS, sponsor=words, phase=words)
    (row,) = rows_of(digest(alert(found, label=words, study=study)))
    for column in ("label", "sponsor", "phase", "subject", "old", "new", "sentence", "paths"):
        assert row[column].startswith("'"), column
        assert "\n" not in row[column]


def test_the_table_is_named_for_route_and_window():
    (table,) = digest(of(NCT, "minor"), route="../../Über CON", window="2026-06-08").attachments
    assert (table.name, table.media_type) == ("changes-ber-con-2026-06-08.csv", "text/csv")


def test_an_alert_alone_has_no_table():
    assert message_for(Parcel("a", (of(NCT, "minor"),))).attachments == ()


# --- other forms --------------------------------------------------------------------


def test_nothing_changed_holds_until_the_last_look_at_the_registry():
    said = digest(looked_at=LOOKED_AT)
    assert "The registry was last read on 2026-06-08 05:30 UTC." in said.text
    assert "The registry was last read on 2026-06-08 05:30 UTC." in said.html


def test_where_the_registry_could_not_be_read_nothing_is_claimed_of_it():
    said = digest(looked_at=LOOKED_AT, blind=True)
    told = " ".join(said.text.split())
    assert "is known to have changed in the window" in told
    assert "could not be read since 2026-06-08 05:30 UTC" in told


def test_nothing_changed_names_what_was_silenced():
    told = " ".join(digest(silenced=2).text.split())
    assert 'Nothing that route "Monday digest" asks for and is not silenced (2 alerts silenced) changed' in told


def test_nothing_changed_is_said_with_route_and_window():
    message = digest()
    assert message.subject == "Nothing changed: Monday digest, 2026-06-08"
    assert 'Nothing that route "Monday digest" asks for changed in the window that' in message.text
    assert message.severity is Severity.NOISE
    assert message.attachments == ()
    assert message.slack.startswith("*Nothing that route")
    assert message.short.startswith("Nothing that route")


def test_a_batch_says_that_its_alerts_were_due_at_once():
    message = digest(of(NCT, "minor"), of(OTHER, "major"), form=Form.BATCH, route="", window="")
    assert "2 alerts that were due at once" in message.text
    assert message.route == "desk"


def test_a_batch_of_several_routes_is_of_none():
    other = replace(of(OTHER, "major"), route="urgent")
    assert digest(of(NCT, "minor"), other, form=Form.BATCH, route="", window="").route == ""


def test_an_escalation_begins_with_since_when_nobody_has_acknowledged_it():
    message = digest(of(NCT, "critical"), form=Form.ESCALATION, window="")
    assert message.text.startswith("Not acknowledged since 2026-06-01 06:30 UTC:\n")
    assert message.subject.startswith(f"[ESCALATED] [CRITICAL] {NCT}")
    assert message.short.startswith("ESCALATED CRITICAL")
    assert message.slack.startswith("*Not acknowledged since")
    assert message.thread == NCT


def test_a_digest_names_each_reason_once():
    message = digest(*many(5), replace(of(NCT, "major"), reason="rule 2"))
    assert " ".join(message.text.split()).count('route "desk" (minor or worse; every kind)') == 1
    assert "rule 2" in message.text
