"""One bad configuration per mistake, and its sentence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.config import load, loads
from watcher.config.schema import TABLES
from watcher.config.shape import known_keys
from watcher.errors import ConfigError

ROUTE_KEYS = "; config.example.toml shows every key"

# What is put behind a good configuration of 10 lines, and the mistakes that follow from it.
ADDED = [
    ("[[route]]\nto = []", ["12: route[1].to: empty: name at least one channel"]),
    ('[[route]]\nto = "team"', ['12: route[1].to: expected a list in brackets: to = ["..."]']),
    ("[[route]]", ['11: route[1].to: a route needs channels, such as to = ["team"]']),
    ('[[route]]\nto = ["taem"]', ['12: route[1].to[0]: unknown channel "taem"; did you mean "team"?']),
    ('[[route]]\nto = ["x"]', ['12: route[1].to[0]: unknown channel "x"; known: "team"']),
    (
        '[[route]]\nto = ["team",\n"team"]',
        ["13: route[1].to[1]: stands twice in this list: every alert would be sent twice; keep one"],
    ),
    ('kinds = ["sites.*"]', ['11: route[0].kinds[0]: unknown kind glob "sites.*"; did you mean "site.*"?']),
    (
        'kinds = [\n"status.*", # [\n"stauts.opened"]',
        ['13: route[0].kinds[1]: unknown kind "stauts.opened"; did you mean "status.opened"?'],
    ),
    ('kinds = ["Status.*"]', ['11: route[0].kinds[0]: unknown kind glob "Status.*"; did you mean "status.*"?']),
    (
        'kinds = ["date.strat.*"]',
        ['11: route[0].kinds[0]: unknown kind glob "date.strat.*"; did you mean "date.start.*"?'],
    ),
    ('kinds = ["zzz"]', ['11: route[0].kinds[0]: unknown kind "zzz"']),
    ("kinds = [5]", ['11: route[0].kinds[0]: expected text in "quotes"']),
    ("kinds = []", ["11: route[0].kinds: empty: the route would select nothing; leave kinds out for every kind"]),
    (
        "watches = []",
        ["11: route[0].watches: empty: the route would select nothing; leave watches out for every watch"],
    ),
    ('watches = ["pipline"]', ['11: route[0].watches[0]: unknown watch "pipline"; did you mean "pipeline"?']),
    ('min_severity = "majr"', ['11: route[0].min_severity: unknown severity "majr"; did you mean "major"?']),
    (
        'min_severity = "huge"',
        ['11: route[0].min_severity: unknown severity "huge"; known: "noise", "minor", "major", "critical"'],
    ),
    (
        "min_severity = 2",
        ['11: route[0].min_severity: expected text in quotes, one of "noise", "minor", "major", "critical"'],
    ),
    ('when = "dialy 08:00"', ['11: route[0].when: expected "daily HH:MM", found "dialy 08:00"']),
    ('when = "daily"', ['11: route[0].when: expected "daily HH:MM", found "daily"']),
    (
        'when = ""',
        ['11: route[0].when: expected "now", "daily HH:MM" or "weekly mon HH:MM", found ""'],
    ),
    ('when = "daily 24:00"', ['11: route[0].when: expected a time from 00:00 to 23:59, found "24:00"']),
    ('when = "weekly mo 08:00"', ['11: route[0].when: unknown weekday "mo"; did you mean "mon"?']),
    (
        'when = "weekly 1 08:00"',
        ['11: route[0].when: unknown weekday "1"; known: "mon", "tue", "wed", "thu", "fri", "sat", "sun"'],
    ),
    ("when = 08:00:00", ['11: route[0].when: expected text in "quotes"']),
    (
        'timezone = "Europe/Berln"',
        ['11: route[0].timezone: unknown time zone "Europe/Berln"; did you mean "Europe/Berlin"?'],
    ),
    ('timezone = "berlin"', ['11: route[0].timezone: unknown time zone "berlin"; did you mean "Europe/Berlin"?']),
    (
        'timezone = "New York"',
        ['11: route[0].timezone: unknown time zone "New York"; did you mean "America/New_York"?'],
    ),
    (
        'timezone = "/etc/passwd"',
        ['11: route[0].timezone: unknown time zone "/etc/passwd"; expected a name such as "Europe/Berlin"'],
    ),
    ('timzone = "UTC"', ['11: route[0].timzone: unknown key "timzone"; did you mean "timezone"?']),
    ('poll_every = "1h"', ['11: route[0].poll_every: unknown key "poll_every"; it belongs into [registry]']),
    ('name = ""', ["11: route[0].name: empty; expected a name"]),
    (
        'name = ".."',
        ["11: route[0].name: expected a name; addresses of the page have a meaning of their own for dots alone"],
    ),
    ('name = "a\\nb"', ["11: route[0].name: holds a line break or a control character; write it on one line"]),
    (
        '[[route]]\nname = "route 1"\nto = ["team"]',
        ['12: route[1].name: another route is called "route 1" already, at config.toml:9'],
    ),
    ('[operator]\nchannel = "Team"', ['12: operator.channel: unknown channel "Team"; did you mean "team"?']),
    ('[oprator]\nchannel = "team"', ['11: oprator: unknown table "oprator"; did you mean "operator"?']),
    ("[operator]\nchanel = 1", ['12: operator.chanel: unknown key "chanel"; did you mean "channel"?']),
    ("[[operator]]", ["11: operator: expected a table [operator], once, with one bracket on each side"]),
    ('[[channel]]\nurl = "console://"', ['11: channel[1].name: a channel needs a name, such as name = "team"']),
    ('[[channel]]\nname = "a/b"\nurl = "console://"', ['12: channel[1].name: a channel\'s name must not hold "/"']),
    (
        '[[channel]]\nname = "team"\nurl = "console://"',
        ['12: channel[1].name: another channel is called "team" already, at config.toml:6'],
    ),
    ('[[channel]]\nname = "x"', ["11: channel[1].url: a channel needs an address: one of url, url_env or url_file"]),
    ('[[channel]]\nname = "x"\nulr = "console://"', ['13: channel[1].ulr: unknown key "ulr"; did you mean "url"?']),
    ('[[channel]]\nname = "x"\nurl = 5', ['13: channel[1].url: expected text in "quotes"']),
    (
        '[[channel]]\nname = "x"\nurl = "console://"\nurl_env = "PATH"',
        ["14: channel[1].url_env: expected only one of url, url_env and url_file, found url and url_env"],
    ),
    (
        '[[channel]]\nname = "x"\nurl_env = "TEAM_URL"',
        ['13: channel[1].url_env: the environment variable "TEAM_URL" is not set'],
    ),
    (
        '[[channel]]\nname = "x"\nurl_file = "team.url"',
        ["13: channel[1].url_file: team.url cannot be read: No such file or directory"],
    ),
    *(
        (
            f'[[channel]]\nname = "x"\nurl = "console://"\nper_minute = {value}',
            ["14: channel[1].per_minute: expected a whole number of messages a minute, from 1 to 600"],
        )
        for value in ("0", "601", "1.5", "true", '"20"', "-1")
    ),
    *(
        (
            f'[[channel]]\nname = "x"\nurl = "console://"\nbatch_from = {value}',
            [
                "14: channel[1].batch_from: expected a number of messages, at least 2; or 0, "
                "so that each is always sent by itself"
            ],
        )
        for value in ("1", "-2", "false", "2.0", '"10"')
    ),
    (
        '[[channel]]\nname = "x"\nurl = "console://"\nformat = "html"',
        ['14: channel[1].format: expected "text" or "short", or leave it out'],
    ),
    ('[[watch]]\nstudies = ["NCT04150497"]', ['11: watch[1].name: a watch needs a name, such as name = "pipeline"']),
    (
        '[[watch]]\nname = "pipeline"\nstudies = ["NCT04150497"]',
        ['12: watch[1].name: another watch is called "pipeline" already, at config.toml:2'],
    ),
    (
        '[[watch]]\nname = "x"',
        ["11: watch[1].studies: a watch needs studies = [...] or a studies_file, with one study at least, or a search"],
    ),
    (
        '[[watch]]\nname = "x"\nstudies = []',
        ["13: watch[1].studies: a watch needs studies = [...] or a studies_file, with one study at least, or a search"],
    ),
    (
        '[[watch]]\nname = "x"\nstudys = ["NCT04150497"]',
        ['13: watch[1].studys: unknown key "studys"; did you mean "studies"?'],
    ),
    (
        '[[watch]]\nname = "x"\nstudies = "NCT04150497"',
        ['13: watch[1].studies: expected a list in brackets: studies = ["..."]'],
    ),
    (
        '[[watch]]\nname = "x"\nstudies = [4150497]',
        ['13: watch[1].studies[0]: expected "NCT01234567" or {nct_id = "NCT01234567", label = "..."}'],
    ),
    (
        '[[watch]]\nname = "x"\nstudies = [{nct_id = "NCT04150497", lable = "a"}]',
        ['13: watch[1].studies[0].lable: unknown key "lable"; did you mean "label"?'],
    ),
    (
        '[[watch]]\nname = "x"\nstudies = [\n"NCT04150497",\n"NCT04150497"]',
        ["15: watch[1].studies[1]: NCT04150497 stands twice in this watch, first at config.toml:14; keep one"],
    ),
    (
        '[[watch]]\nname = "x"\nstudies_file = "list.txt"',
        ["13: watch[1].studies_file: list.txt cannot be read: No such file or directory"],
    ),
    (
        '[[watch]]\nname = "x"\nstudies_file = "~/a"',
        ['13: watch[1].studies_file: write the path in full; "~" is not understood here'],
    ),
    (
        '[store]\npath = "webhooks://example.org/x"',
        ["12: store.path: expected the name of a file, not an address"],
    ),
    ("[store]\npath = 5", ['12: store.path: expected text in "quotes"']),
    ('[store]\npath = "."', ["12: store.path: expected the name of a file for the database, found a folder"]),
    ('[store]\npath = ""', ["12: store.path: expected the name of a file for the database, found a folder"]),
    (
        "[registry]\ntimeout = 30",
        ['12: registry.timeout: expected a duration in quotes such as "30s", "30m", "1h30m" or "1d"'],
    ),
    (
        '[registry]\ntimeout = "0s"',
        ['12: registry.timeout: expected a duration in quotes such as "30s", "30m", "1h30m" or "1d", found "0s"'],
    ),
    (
        '[registry]\npoll_every = "4m"',
        ['12: registry.poll_every: expected at least "5m": the registry refreshes once a working day'],
    ),
    (
        "[registry]\nmin_interval = 0.5",
        ["12: registry.min_interval: expected at least 1.0: never more than one request a second"],
    ),
    ("[registry]\nmin_interval = nan", ["12: registry.min_interval: expected a number of seconds from 0 to 3600"]),
    ("[registry]\nmin_interval = -1", ["12: registry.min_interval: expected a number of seconds from 0 to 3600"]),
    ('[registry]\nmin_interval = "1"', ["12: registry.min_interval: expected a number of seconds from 0 to 3600"]),
    ("[registry]\nmin_interval = true", ["12: registry.min_interval: expected a number of seconds from 0 to 3600"]),
    ('[registry]\ntls_max = "1.1"', ['12: registry.tls_max: expected "1.2", or leave it out']),
    (
        '[registry]\ncontact = "Mozilla/5.0"',
        ["12: registry.contact: must not look like a browser: the registry answers 403 to that"],
    ),
    ('[registry]\ncontact = "Zoë"', ["12: registry.contact: expected plain ASCII letters, such as an e-mail address"]),
    (
        '[registry]\nbase_url = "http://example.org"',
        [
            "12: registry.base_url: expected https:// "
            "(plain http:// only for an address on this machine, such as 127.0.0.1)"
        ],
    ),
    (
        '[registry]\nbase_url = "https://a:b@example.org"',
        ["12: registry.base_url: expected an address without user name, query or fragment"],
    ),
    ("colour = 1\n[registry]\n", [f'11: route[0].colour: unknown key "colour"{ROUTE_KEYS}']),
]

WHOLE = [
    (
        "",
        ["1: watch: no [[watch]]: nothing would be watched; name at least one study"],
    ),
    ("a = " + "[" * 5000, ["1: brackets are nested too deeply"]),
    ("\n\na = '\xe9'".encode("latin-1"), ["3: not UTF-8 text; save the file as UTF-8"]),
    ("[store]".encode("utf-16"), ["1: not UTF-8 text; save the file as UTF-8"]),
]

# The words in between are tomllib's own and differ between versions of Python.
SYNTAX = [
    ("[store]\npath = nct.db", 2, '; text must stand in "quotes"'),
    ("[store]\npath = 'a'\npath = 'b'\n\n", 3, "; this key is set twice"),
    ("\n[store", 2, ""),
    ('a = "C:\\db"', 1, "; put text with backslashes into 'single quotes'"),
    ("[route]\n[route]", 2, "has two brackets on each side: [[watch]], [[channel]], [[route]]"),
]


def placed(mistakes: list[str]) -> list[str]:
    return [f"config.toml:{mistake}" for mistake in mistakes]


@pytest.mark.parametrize(("added", "mistakes"), ADDED, ids=[added for added, _ in ADDED])
def test_a_mistake_is_told_with_its_line_and_remedy(mistakes_of, good, added, mistakes):
    assert mistakes_of(good + added) == placed(mistakes)


@pytest.mark.parametrize(("content", "mistakes"), WHOLE, ids=range(len(WHOLE)))
def test_a_whole_file_that_is_wrong(mistakes_of, content, mistakes):
    assert mistakes_of("", {"config.toml": content}) == placed(mistakes)


@pytest.mark.parametrize(("content", "line", "remedy"), SYNTAX)
def test_bad_toml_is_told_with_its_line_and_remedy(mistakes_of, content, line, remedy):
    (mistake,) = mistakes_of(content)
    assert mistake.startswith(f"config.toml:{line}: not valid TOML: ")
    assert mistake.endswith(remedy)


def test_one_bracket_instead_of_two(mistakes_of, good):
    assert mistakes_of(good.replace("[[watch]]", "[watch]")) == placed(
        ["1: watch: expected a table with two brackets on each side: [[watch]]"]
    )


def test_a_byte_order_mark_hides_no_other_mistake(mistakes_of, good):
    assert mistakes_of("\ufeff" + good + "colour = 1") == placed(
        [
            "1: the file begins with a byte order mark; save it as UTF-8 without BOM",
            f'11: route[0].colour: unknown key "colour"{ROUTE_KEYS}',
        ]
    )


def test_an_integer_of_thousands_of_digits(mistakes_of):
    (mistake,) = mistakes_of("a = " + "9" * 5000)
    assert mistake.startswith("config.toml:1: a value cannot be read: ")


def test_a_missing_file(tmp_path):
    with pytest.raises(ConfigError, match=r"none\.toml: cannot be read: No such file"):
        load(tmp_path / "none.toml", environ={})
    with pytest.raises(ConfigError, match="cannot be read: Is a directory"):
        load(tmp_path, environ={})


def test_every_mistake_is_told_at_once(mistakes_of):
    text = """\
[registry]
timeot = "30s"
poll_every = "soon"
[[watch]]
name = 5
studies = ["nct 4150497", 7, "NCT1"]
colour = "red"
[[channel]]
nme = "team"
[[route]]
to = ["team", 5, "team"]
kinds = ["sites.*"]
too = 1
"""
    assert [mistake.split(": ")[0:2] for mistake in mistakes_of(text)] == [
        ["config.toml:2", "registry.timeot"],
        ["config.toml:3", "registry.poll_every"],
        ["config.toml:5", "watch[0].name"],
        ["config.toml:6", "watch[0].studies[0]"],
        ["config.toml:6", "watch[0].studies[1]"],
        ["config.toml:6", "watch[0].studies[2]"],
        ["config.toml:7", "watch[0].colour"],
        ["config.toml:8", "channel[0].url"],
        ["config.toml:9", "channel[0].nme"],
        ["config.toml:11", "route[0].to[0]"],
        ["config.toml:11", "route[0].to[1]"],
        ["config.toml:11", "route[0].to[2]"],
        ["config.toml:12", "route[0].kinds[0]"],
        ["config.toml:13", "route[0].too"],
    ]


def test_a_misspelt_table_is_told_once_and_not_as_missing_too(mistakes_of, good):
    assert mistakes_of(good.replace("[[channel]]", "[[chanel]]")) == placed(
        ['5: chanel: unknown table "chanel"; did you mean "channel"?']
    )


SECRET = "slack://TokenA/TokenB"
BARE_SECRET = "TokenA/TokenB"


@pytest.mark.parametrize(
    "text",
    [
        f'[[channel]]\nname = "x"\nurl = "{BARE_SECRET}"',
        f'[[channel]]\nname = "x"\nurl = "{SECRET}"\nurl_env = "HOLDER"',
        f'[[channel]]\nname = "x"\nurl = "{SECRET} {SECRET}"',
        f'[[channel]]\nname = "x"\nurl = ["{SECRET}"]',
        f'[[channel]]\nname = "x"\nurl = {{a = "{SECRET}"}}',
        f'[[channel]]\nname = "x"\naddress = "{SECRET}"',
        f'[[channel]]\nname = "{SECRET}"\nurl = "console://"',
        f'[[channel]]\nname = "x"\nurl_env = "{SECRET}"',
        '[[channel]]\nname = "x"\nurl_env = "HOLDER"',
        f'[[channel]]\nname = "x"\nurl_file = "{SECRET}"',
        '[[channel]]\nname = "x"\nurl_file = "secret.url"',
        f'[[route]]\nto = ["{SECRET}"]',
        f'[[route]]\nto = "{SECRET}"',
        f'[operator]\nchannel = "{SECRET}"',
        f'operator = "{SECRET}"',
    ],
)
def test_no_message_repeats_an_address(mistakes_of, good, text):
    told = mistakes_of(good + text, {"secret.url": BARE_SECRET}, HOLDER=BARE_SECRET)
    assert told
    assert "Token" not in " ".join(told)


names = st.sampled_from([*TABLES, *{key for table in TABLES for key in known_keys((table,))}, "nct_id", "label", "x"])
scalars = st.one_of(st.integers(), st.booleans(), st.floats(), st.sampled_from(["", "team", "NCT04150497", "now", "~"]))
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=4), max_leaves=12
)


def as_toml(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case dict():
            return "{" + ", ".join(f"{key} = {as_toml(inner)}" for key, inner in value.items()) + "}"
        case list():
            return "[" + ", ".join(as_toml(inner) for inner in value) + "]"
        case str():
            return f'"{value}"'
    return str(value)


@given(st.dictionaries(names, values, max_size=5))
def test_any_toml_either_loads_or_has_mistakes_with_lines(tmp_path_factory, raw):
    path = tmp_path_factory.getbasetemp() / "config.toml"
    text = "".join(f"{key} = {as_toml(value)}\n" for key, value in raw.items())
    try:
        loads(text, path, environ={})
    except ConfigError as error:
        lines = [int(mistake.removeprefix(f"{path}:").partition(":")[0]) for mistake in error.mistakes]
        assert lines == sorted(lines)
        assert set(lines) <= set(range(1, text.count("\n") + 2))
