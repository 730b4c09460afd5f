"""What goes without saying: the inbox of the page, where no channel is named, and beside others that are."""

from __future__ import annotations

import pytest

from watcher.config import ChannelSettings, Secret, describe, load, starter, write_starter
from watcher.model import Route, Severity, WatchedStudy

WATCH = '[[watch]]\nname = "x"\nstudies = ["NCT04150497"]\n'
TEAM = '[[channel]]\nname = "team"\nurl = "console://"\n'
INBOX = ChannelSettings("inbox", Secret("inbox://"))
OFF = '[web]\nlisten = "off"\n'
STUDIES = (WatchedStudy("NCT04150497", "BALLI-01"),)


def test_a_watch_is_enough(read):
    config = read(WATCH)
    assert config.channels == (INBOX,)
    assert config.routes == (Route("inbox", to=("inbox",), min_severity=Severity.MINOR, when="now"),)
    assert (config.operator, config.warnings) == (None, ())
    assert config.web is not None


def test_it_is_described(read):
    said = describe(read(WATCH)).splitlines()
    assert 'Route "inbox": minor changes or worse, of every kind, from every watch -> channel "inbox", at once.' in said
    assert 'Channel "inbox": the page of this watcher.' in said


def test_routes_without_a_channel_lead_to_the_inbox(read):
    config = read(f'{WATCH}[[route]]\npreset = "patient"\n[[route]]\nname = "b"\nto = ["inbox"]\n')
    assert config.channels == (INBOX,)
    assert [route.to for route in config.routes] == [("inbox",), ("inbox",)]


def test_a_route_that_names_a_channel_that_is_nowhere_is_a_mistake(mistakes_of):
    (said,) = mistakes_of(f'{WATCH}[[route]]\nto = ["team"]\n')
    assert said == 'config.toml:5: route[0].to[0]: unknown channel "team"; known: "inbox"'


def test_beside_other_channels_it_is_there_for_who_names_it(read):
    config = read(f'{WATCH}{TEAM}[[route]]\nto = ["team", "inbox"]\n')
    assert [channel.name for channel in config.channels] == ["team", "inbox"]
    assert [channel.name for channel in read(f'{WATCH}{TEAM}[[route]]\nto = ["team"]\n').channels] == ["team"]


def test_a_channel_of_that_name_is_what_it_says(read):
    config = read(f'{WATCH}[[channel]]\nname = "inbox"\nurl = "console://"\n[[route]]\nto = ["inbox"]\n')
    assert config.channels == (ChannelSettings("inbox", Secret("console://")),)


def test_it_may_be_declared_under_any_name(read):
    config = read(f'{WATCH}[[channel]]\nname = "page"\nurl = "inbox://"\n[[route]]\nto = ["page"]\n')
    assert config.channels == (ChannelSettings("page", Secret("inbox://")),)
    assert 'Channel "page": the page of this watcher.' in describe(config)


def test_channels_without_a_route_are_a_mistake(mistakes_of):
    assert mistakes_of(WATCH + TEAM) == ["config.toml:1: route: no [[route]]: nobody would hear of anything"]


def test_a_route_beside_channels_needs_to_say_where(mistakes_of):
    (said,) = mistakes_of(f'{WATCH}{TEAM}[[route]]\nname = "a"\n')
    assert "a route needs channels" in said


@pytest.mark.parametrize(
    "rest",
    [
        '[operator]\nchannel = "inbox"\n',
        '[[channel]]\nname = "page"\nurl = "inbox://"\n[[route]]\nto = ["page"]\n[operator]\nchannel = "page"\n',
    ],
)
def test_the_operator_cannot_hear_there(mistakes_of, rest):
    (said,) = mistakes_of(WATCH + rest)
    assert "operator.channel: the operator cannot hear on the inbox" in said


def test_without_a_page_it_reaches_nobody_which_is_told(read):
    assert "reaches nobody but `watcher alerts`" in read(WATCH + OFF).warnings[0]
    beside = read(f'{WATCH}{TEAM}[[route]]\nto = ["team", "inbox"]\n{OFF}')
    assert beside.warnings == ()
    asleep = f'{WATCH}{TEAM}[[route]]\nto = ["team"]\n[[route]]\nname = "b"\nto = ["inbox"]\nenabled = false\n{OFF}'
    assert not [said for said in read(asleep).warnings if "nobody but" in said]


def test_the_first_configuration_of_who_presses_enter_has_nothing_but_studies(tmp_path):
    path = tmp_path / "config.toml"
    write_starter(path, STUDIES, "inbox://", "pipeline")
    config = load(path, environ={})
    assert (config.channels, config.operator, config.warnings) == ((INBOX,), None, ())
    assert "http://127.0.0.1:8765" in path.read_text()


def test_what_it_leaves_commented_out_is_right_too(tmp_path):
    text = starter(STUDIES, "inbox://", "pipeline")
    begin = text.index("# [[channel]]")
    lines = [line.removeprefix("# ").removeprefix("#") for line in text[begin:].splitlines()]
    path = tmp_path / "config.toml"
    path.write_text(text[:begin] + "\n".join(lines))
    path.chmod(0o600)
    assert load(path, environ={}).routes == (Route("everything", to=("team", "inbox")),)
