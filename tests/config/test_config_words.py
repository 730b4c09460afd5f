"""What a configuration would do, in plain words."""

from __future__ import annotations

from datetime import timedelta

import pytest

from watcher.config import describe
from watcher.config.description import duration_text


def test_the_shortest_configuration(read, good, tmp_path):
    assert describe(read(good)).split("\n") == [
        'Watch "pipeline": 1 study (NCT04150497).',
        "Checked every 30 minutes at https://clinicaltrials.gov/api/v2, at most 1 request a second; "
        "an answer may take 30 seconds.",
        'Route "route 1": minor changes or worse, of every kind, from every watch -> channel "team", at once.',
        'Channel "team": console.',
        "Operator: nobody; trouble with the registry or a channel shows in the log and in `watcher status` only.",
        "Web: the page, its feeds, /healthz and /metrics at 127.0.0.1:8765, reached from this machine only, "
        "without a token.",
        f"Database: {tmp_path}/nct-watcher.db.",
    ]


def test_every_choice_has_its_words(read, good, tmp_path):
    numbers = ", ".join(f'"NCT0000000{number}"' for number in range(1, 8))
    text = f"""\
[registry]
poll_every = "1h"
min_interval = 2.5
contact = "you@example.org"
tls_max = "1.2"
[operator]
channel = "team"
[[watch]]
name = "many"
studies = [{{ nct_id = "NCT04150497", label = "BALLI-01" }}, {numbers}]
[[channel]]
name = "spare"
url = "JSON://secret@example.org"
[[route]]
name = "digest"
watches = ["pipeline", "many"]
kinds = ["site.*", "country.added"]
min_severity = "critical"
to = ["team"]
when = "weekly thu 18:30"
timezone = "Europe/Berlin"
[[route]]
min_severity = "noise"
watches = ["many"]
to = ["team"]
when = "daily 07:00"
"""
    said = describe(read(text + good)).split("\n")
    assert said[0] == (
        'Watch "many": 8 studies (NCT04150497 BALLI-01, NCT00000001, NCT00000002, NCT00000003, NCT00000004 and 3 more).'
    )
    assert said[2:] == [
        "Checked every hour at https://clinicaltrials.gov/api/v2, at most 1 request in 2.5 seconds; "
        "an answer may take 30 seconds; introduced with you@example.org; with TLS 1.2 at most.",
        'Route "digest": critical changes only, of the kinds site.*, country.added, from watches "pipeline", "many" '
        '-> channel "team", collected, every Thursday at 18:30 (Europe/Berlin).',
        'Route "route 2": changes of every severity, even noise, of every kind, from watch "many" '
        '-> channel "team", collected, every day at 07:00 (UTC).',
        'Route "route 3": minor changes or worse, of every kind, from every watch -> channel "team", at once.',
        'Channel "spare": json.',
        'Channel "team": console.',
        'Operator: hears of trouble with the registry or a channel on channel "team", and when 2 data refreshes '
        "passed without a good poll, a message has waited for 6 hours, or less than 500 MB are free on the disk.",
        "Web: the page, its feeds, /healthz and /metrics at 127.0.0.1:8765, reached from this machine only, "
        "without a token.",
        f"Database: {tmp_path}/nct-watcher.db.",
        f'Warning: {tmp_path}/config.toml:11: channel[0]: no route sends to "spare".',
    ]


def test_what_is_asked_of_a_channel_is_said(read, good):
    text = good.replace('url = "console://"', 'url = "console://"\nper_minute = 1\nbatch_from = 5\nformat = "short"')
    said = describe(read(text)).split("\n")
    assert (
        'Channel "team": console, at most 1 message a minute, 5 or more messages due at once as one, '
        "in the short form for telephones."
    ) in said
    plain = describe(read(text.replace("= 5", "= 0").replace("= 1", "= 30").replace('"short"', '"text"')))
    assert 'Channel "team": console, at most 30 messages a minute, every message by itself, as plain text.' in plain


def test_a_registry_on_this_machine_may_be_asked_without_a_pause(read, good):
    text = '[registry]\nbase_url = "http://localhost"\nmin_interval = 0\n'
    assert "at http://localhost, without a pause between requests" in describe(read(text + good))


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (timedelta(seconds=1), "1 second"),
        (timedelta(minutes=90), "1 hour 30 minutes"),
        (timedelta(days=2, seconds=5), "2 days 5 seconds"),
    ],
)
def test_durations_in_words(span, text):
    assert duration_text(span) == text
