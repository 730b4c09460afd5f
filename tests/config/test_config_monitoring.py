"""`[web]` and the heartbeat: how others see that the watcher is well."""

from __future__ import annotations

import dataclasses

import pytest

from watcher.config import describe
from watcher.config.values import Address, WebSettings

TOKEN = "0123456789abcdef"
PING = "https://hc-ping.com/b2f7c9a0-secret-uuid"
WEB = '[web]\nlisten = "127.0.0.1:8765"\n'
OPEN = '[web]\nlisten = "0.0.0.0:8765"\n'
EXPECTED = 'expected an address and a port, such as "127.0.0.1:8765", or "off"'


@pytest.mark.parametrize("text", ["", "[web]\n"])
def test_left_out_the_page_is_served_to_this_machine_alone_and_no_heartbeat_sent(read, good, text):
    config = read(good + text)
    assert config.web == WebSettings(Address("127.0.0.1", 8765), None, chosen=False)
    assert config.web.address.is_loopback
    assert config.heartbeat is None
    assert "Heartbeat" not in describe(config)
    assert "Web: the page, its feeds, /healthz and /metrics at 127.0.0.1:8765, reached from this" in describe(config)


def test_an_address_that_is_written_was_chosen_also_where_it_is_the_usual_one(read, good):
    assert read(good + WEB).web == WebSettings(Address("127.0.0.1", 8765), None, chosen=True)


@pytest.mark.parametrize("text", ['[web]\nlisten = "off"\n', '[web]\nlisten = " off "\n'])
def test_a_page_is_off_with_one_line(read, good, text):
    config = read(good + text)
    assert config.web is None
    assert config.warnings == ()
    assert "Web: no page is served." in describe(config)


@pytest.mark.parametrize(
    ("written", "address", "loopback"),
    [
        ("127.0.0.1:8765", Address("127.0.0.1", 8765), True),
        ("127.0.0.2:0", Address("127.0.0.2", 0), True),
        ("localhost:65535", Address("localhost", 65535), True),
        ("LocalHost:80", Address("localhost", 80), True),
        ("[::1]:8765", Address("::1", 8765), True),
        ("[0:0:0:0:0:0:0:1]:8765", Address("::1", 8765), True),
        ("0.0.0.0:8765", Address("0.0.0.0", 8765), False),  # noqa: S104
        ("[::]:8765", Address("::", 8765), False),
        ("10.0.0.1:8765", Address("10.0.0.1", 8765), False),
        ("watcher.example.org:80", Address("watcher.example.org", 80), False),
        ("localhost.example.org:80", Address("localhost.example.org", 80), False),
        ("127.0.0.1.example.org:80", Address("127.0.0.1.example.org", 80), False),
        ("[::ffff:10.0.0.1]:80", Address("::ffff:a00:1", 80), False),
    ],
)
def test_an_address_is_read_and_known_as_ours_alone_or_not(read, good, written, address, loopback):
    web = read(f'{good}[web]\nlisten = "{written}"\ntoken = "{TOKEN}"\n').web
    assert web.address == address
    assert web.address.is_loopback is loopback
    assert web.token.reveal() == TOKEN


def test_an_address_is_written_as_it_is_read(read, good):
    for written in ("127.0.0.1:8765", "[::1]:8765"):
        assert str(read(f'{good}[web]\nlisten = "{written}"\n').web.address) == written


@pytest.mark.parametrize(
    ("written", "files", "environ"),
    [
        (f'token = "{TOKEN}"', {}, {}),
        (f'token = " {TOKEN} "', {}, {}),
        ('token_env = "HOLDER"', {}, {"HOLDER": f"{TOKEN}\n"}),
        ('token_file = "web.token"', {"web.token": f"{TOKEN}\n"}, {}),
    ],
)
def test_a_token_is_read_from_where_it_is_kept_and_never_shown(read, good, written, files, environ):
    config = read(good + OPEN + written, files, **environ)
    assert config.web.token.reveal() == TOKEN
    shown = [describe(config), str(config), repr(config), str(dataclasses.asdict(config))]
    assert not [text for text in shown if TOKEN in text]
    assert "at 0.0.0.0:8765, reached from other machines, with a token" in describe(config)


def test_a_token_is_found_among_what_systemd_hands_over(read, good, tmp_path):
    (tmp_path / "credentials").mkdir()
    (tmp_path / "credentials" / "web.token").write_text(TOKEN)
    handed = str(tmp_path / "credentials")
    assert read(f'{good}{OPEN}token_file = "web.token"', CREDENTIALS_DIRECTORY=handed).web.token.reveal() == TOKEN


@pytest.mark.parametrize(
    ("written", "files", "environ"),
    [
        (f'heartbeat = "{PING}"', {}, {}),
        ('heartbeat_env = "HOLDER"', {}, {"HOLDER": f" {PING}\n"}),
        ('heartbeat_file = "heartbeat.url"', {"heartbeat.url": f"{PING}\r\n"}, {}),
    ],
)
def test_the_heartbeat_is_a_secret_of_which_the_host_is_shown(read, good, written, files, environ):
    config = read(f"{good}[operator]\n{written}\n", files, **environ)
    assert config.heartbeat.reveal() == PING
    said = describe(config)
    assert "Heartbeat: https://hc-ping.com/… is asked for after each good cycle, at most once a minute." in said
    assert not [text for text in (said, repr(config), str(dataclasses.asdict(config))) if "uuid" in text]


@pytest.mark.parametrize("url", ["http://[::1]:80/x", "http://kuma.lan:3001/api/push/x?status=up", "https://u:p@h/x"])
def test_any_address_of_http_may_be_a_heartbeat(read, good, url):
    assert read(f'{good}[operator]\nheartbeat = "{url}"\n').heartbeat.reveal() == url


def test_a_token_without_an_address_is_asked_for_at_the_usual_one(read, good):
    config = read(f'{good}[web]\ntoken = "{TOKEN}"\n')
    assert (config.web.token.reveal(), str(config.web.address), config.web.chosen) == (TOKEN, "127.0.0.1:8765", False)
    assert config.warnings == ()
    assert read(f'{good}[web]\nlisten = "off"\ntoken = "{TOKEN}"\n').warnings == ()


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ('[web]\nlisten = "8765"', f"12: web.listen: {EXPECTED}"),
        ("[web]\nlisten = 8765", f"12: web.listen: {EXPECTED}"),
        ("[web]\nlisten = true", f"12: web.listen: {EXPECTED}"),
        ('[web]\nlisten = ""', f"12: web.listen: {EXPECTED}"),
        ('[web]\nlisten = "no"', f"12: web.listen: {EXPECTED}"),
        ('[web]\nlisten = "127.0.0.1"', f"12: web.listen: {EXPECTED}"),
        ('[web]\nlisten = "127.0.0.1:"', f"12: web.listen: {EXPECTED}"),
        ('[web]\nlisten = "127.0.0.1:65536"', f"12: web.listen: {EXPECTED}"),
        ('[web]\nlisten = "127.0.0.1:-1"', f"12: web.listen: {EXPECTED}"),
        ('[web]\nlisten = "127.0.0.1:٨"', f"12: web.listen: {EXPECTED}"),
        ('[web]\nlisten = "a b:80"', f"12: web.listen: {EXPECTED}"),
        ('[web]\nlisten = "[127.0.0.1]:80"', f"12: web.listen: {EXPECTED}"),
        ('[web]\nlisten = "http://127.0.0.1:8765"', f"12: web.listen: {EXPECTED}; without http://"),
        ('[web]\nlisten = ":8765"',
         f'12: web.listen: {EXPECTED}; "0.0.0.0" stands for every address of this machine'),
        ('[web]\nlisten = "::1:8765"',
         f'12: web.listen: {EXPECTED}; an address of IPv6 stands in brackets: "[::1]:8765"'),
        (OPEN,
         "12: web.listen: others than this machine can reach this address, so it needs a token: one of token, "
         'token_env or token_file; or listen on "127.0.0.1:8765"'),
        (f'{WEB}token = "short"',
         "13: web.token: too short: it has 5 characters and needs 16 at least; `watcher channels secret` prints one "
         "that will do"),
        (f'{WEB}token = "with a space in it, and more"',
         "13: web.token: expected letters, digits and . _ ~ + / - only (not shown here); `watcher channels secret` "
         "prints one that will do"),
        (f'{OPEN}token_env = "NONE"', '13: web.token_env: the environment variable "NONE" is not set'),
        (f'{OPEN}token_file = "none"', "13: web.token_file: none cannot be read: No such file or directory"),
        (f'{OPEN}tokn = "{TOKEN}"', '13: web.tokn: unknown key "tokn"; did you mean "token"?'),
        (f'{WEB}token = "{TOKEN}"\ntoken_env = "HOLDER"',
         "14: web.token_env: expected only one of token, token_env and token_file, found token and token_env"),
        ('[[web]]\nlisten = "off"', "11: web: expected a table [web], once, with one bracket on each side"),
        (f'[web]\nheartbeat = "{PING}"', '12: web.heartbeat: unknown key "heartbeat"; it belongs into [operator]'),
        ('[operator]\nheartbeat = "hc-ping.com/uuid"',
         "12: operator.heartbeat: expected one address, such as https://example.org/ping/... (not shown here)"),
        ('[operator]\nheartbeat = "ftp://example.org/uuid"',
         "12: operator.heartbeat: expected one address, such as https://example.org/ping/... (not shown here)"),
        ('[operator]\nheartbeat = "https://[broken/uuid"',
         "12: operator.heartbeat: expected one address, such as https://example.org/ping/... (not shown here)"),
        ('[operator]\nheartbeat = "https://example.org:99999/uuid"',
         "12: operator.heartbeat: expected one address, such as https://example.org/ping/... (not shown here)"),
        ('[operator]\nheartbeat = "https://a.org/uuid https://b.org"',
         "12: operator.heartbeat: expected one address, such as https://example.org/ping/... (not shown here)"),
        (f'[operator]\nheartbeat_file = "{PING}"',
         "12: operator.heartbeat_file: expected the name of a file, not an address"),
        (f'[operator]\nheartbeat_env = "{PING}"',
         "12: operator.heartbeat_env: expected the name of an environment variable, such as WATCHER_HEARTBEAT; "
         "the heartbeat itself goes into heartbeat"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_once_with_its_remedy_and_without_the_secret(mistakes_of, good, text, mistake):
    said = mistakes_of(good + text, HOLDER=TOKEN)
    assert said == [f"config.toml:{mistake}"]
    assert "uuid" not in said[0]


def test_the_secret_that_the_remedy_prints_will_do(read, good):
    from watcher.channels.signing import fresh_secret

    secret = fresh_secret()
    assert read(f'{good}{OPEN}token = "{secret}"').web.token.reveal() == secret
