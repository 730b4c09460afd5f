"""Secrets in every place where one can be, channels that fail and echo them: nothing that comes out holds one."""

from __future__ import annotations

import base64
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import quote

import pytest
from typer.main import get_command

from tests.builders import NCT, record
from tests.generated_docs import subcommands
from tests.servers import MailServer, ReceivedRequest, WebhookServer, _Answer, free_port
from tests.steered import watcher
from watcher.channels.signing import key_of, spellings_of
from watcher.cli.app import app
from watcher.config.schema import FileTable
from watcher.registry.rehearsal import Captures, RehearsalServer

# One word in every place, so that a leak says where it came from.
SECRETS = {
    "mail password": "Relay/Passw0rd+kept",
    "mail header": "headerw0rd-kept",
    "json user": "jsonuserw0rd",
    "json password": "jsonpassw0rd",
    "json path": "jsonpathw0rd",
    "json query": "jsonqueryw0rd",
    "chat token": "k3ptchattokenw0rdk3ptchat1",
    "hook path": "hookpathw0rd",
    "hook query": "hookqueryw0rd",
    "hook secret": "whsec_" + base64.b64encode(b"hook secret kept well, 32 bytes!").decode(),
    "hook secret in a file": "whsec_" + base64.b64encode(b"another secret kept in a file, !").decode(),
    "proxy password": "proxypassw0rd",
    "heartbeat": "heartbeatw0rd",
    "web token": "webtokenw0rd-0123456789-0123456789",
}


def spellings() -> Mapping[str, str]:
    """Each secret as it may come out: as it is, in a URL, in Base64, as a login."""
    found = {}
    logins = (f"{SECRETS['json user']}:{SECRETS['json password']}", f"user:{SECRETS['proxy password']}")
    for place, secret in SECRETS.items():
        shapes = {secret, quote(secret, safe=""), repr(secret)[1:-1], base64.b64encode(secret.encode()).decode()}
        if secret.startswith("whsec_"):
            shapes |= {secret.removeprefix("whsec_"), *spellings_of(key_of(secret))}
        found |= dict.fromkeys(shapes, place)
    return found | {base64.b64encode(login.encode()).decode(): "login" for login in logins}


def leaks(text: str | bytes) -> set[str]:
    """Which secrets stand in it."""
    data = text.encode() if isinstance(text, str) else text
    return {place for spelling, place in spellings().items() if spelling.encode() in data}


class Echo(WebhookServer):
    """Fails, and says in its answer everything that it was told."""

    def __init__(self, status: int) -> None:
        super().__init__()
        self.status = status

    def take(self, request: ReceivedRequest) -> _Answer:
        super().take(request)
        told = f"cannot take {request.path} with {request.headers} and {request.body!r}"
        return _Answer(self.status, {"X-Told": request.path}, told.encode())


class Gossip(MailServer):
    """A relay that repeats the password in its refusal."""

    def _authenticate(self, *given: object) -> object:
        from aiosmtpd.smtp import AuthResult

        data: object = given[-1]
        password = data.password.decode()  # type: ignore[attr-defined]
        return AuthResult(success=False, handled=False, message=f"535 5.7.8 {password} is wrong for {data.login!r}")  # type: ignore[attr-defined]


@dataclass(frozen=True)
class House:
    """A configured watcher whose channels all fail, and what its processes printed."""

    config: Path
    database: Path
    registry: RehearsalServer
    environ: Mapping[str, str]

    def run(self, *arguments: str, **more: str) -> str:
        """What the command prints on both streams, at the most talkative level."""
        done = subprocess.run(
            [sys.executable, "-m", "watcher", *arguments, "--config", str(self.config), "--log-level", "debug"],
            env={**os.environ, **self.environ, **more},
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert "Traceback" not in done.stderr.splitlines()[:1], done.stderr
        return done.stdout + done.stderr


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    for day, status in (("2026-02-05", "RECRUITING"), ("2026-02-06", "SUSPENDED")):
        path = tmp_path / "captures" / NCT / f"{day}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(record(status=status)))
    with (
        RehearsalServer(Captures(tmp_path / "captures")) as registry,
        Gossip(login=("user", "another password")) as relay,
        Echo(500) as broken,
        Echo(404) as gone,
    ):
        registry.set_date(date(2026, 2, 5))
        yield _house(tmp_path, registry, relay, broken, gone)


def _house(folder: Path, registry: RehearsalServer, relay: MailServer, broken: Echo, gone: Echo) -> House:
    said = SECRETS
    login = f"{said['json user']}:{said['json password']}"
    password, header = quote(said["mail password"], safe=""), said["mail header"]
    (folder / "hook.secret").write_text(said["hook secret in a file"])
    (folder / "hook.secret").chmod(0o600)
    (folder / "mail.url").write_text(
        f"mailto://user:{password}@127.0.0.1:{relay.port}?from=w@example.org&to=you@example.org"
        f"&mode=insecure&%2BX-Token={header}\n"
    )
    hook = f"{said['hook path']}?key={said['hook query']}"
    channels = {
        "mail": 'url_file = "mail.url"',
        "json": f'url = "json://{login}@{broken.host}/{said["json path"]}?token={said["json query"]}"',
        "gone": f'url = "json://{login}@{gone.host}/{said["json path"]}?token={said["json query"]}"',
        "chat": 'url_env = "CHAT_URL"',
        "hook": f'url = "webhook://{broken.host}/{hook}"\nsecret = "{said["hook secret"]}"',
        "lost": f'url = "webhook://{gone.host}/{hook}"\nsecret_file = "hook.secret"',
    }
    tables = "".join(f'[[channel]]\nname = "{name}"\n{rest}\n' for name, rest in channels.items())
    config = folder / "config.toml"
    config.touch(0o600)
    config.write_text(
        f'[registry]\nbase_url = "{registry.base_url}"\nmin_interval = 0.0\n[store]\npath = "watcher.db"\n'
        f'[[watch]]\nname = "w"\nstudies = ["{NCT}", "NCT00000002"]\n{tables}'
        f'[[route]]\nname = "all"\nto = {json.dumps(list(channels))}\n{_operator(broken)}'
    )
    environ = {"CHAT_URL": f"mmost://{gone.host}/{said['chat token']}", "NO_COLOR": "1"}
    return House(config, folder / "watcher.db", registry, environ)


def _operator(broken: Echo) -> str:
    """[operator], and [web] where this version has one, with their secrets."""
    known = FileTable.model_fields
    keys = FileTable().operator.__class__.model_fields
    beat = f'heartbeat = "http://{broken.host}/{SECRETS["heartbeat"]}"\n' if "heartbeat" in keys else ""
    web = f'[web]\nlisten = "127.0.0.1:{free_port()}"\ntoken = "{SECRETS["web token"]}"\n' if "web" in known else ""
    return f'[operator]\nchannel = "gone"\n{beat}{web}'


# What to ask each command about; a new one that prints JSON must be added here.
READING: Mapping[str, Sequence[str]] = {
    "status": (),
    "studies": (),
    "history": (NCT,),
    "changes": (),
    "kinds": (),
    "alerts": (),
    "why": ("1",),
    "doctor": ("--send",),
    "mass list": (),
    "deliveries list": (),
    "deliveries show": ("1",),
    "silence list": (),
    "routes list": (),
    "routes test": ("--since", "2026-01-01"),
    "routes presets": (),
}
# They work, or decide, or need what this house does not have; their output is what the others' is made of.
NOT_READING = frozenset(
    {
        "poll", "deliver", "ack", "noise", "diff", "mass show", "mass approve", "mass dismiss", "deliveries retry",
        "deliveries drop", "silence add", "silence end", "reload", "rehearse", "export", "db backup", "db restore",
        "db check", "db prune", "searches list", "searches members", "searches try",
    }
)  # fmt: skip
NO_CONFIG = frozenset({"kinds", "routes presets"})


def commands_with_json(command: object = None, name: str = "") -> Iterator[str]:
    """Every command that prints JSON, as it is typed."""
    command = command or get_command(app)
    if any("--json" in parameter.opts for parameter in command.params):  # type: ignore[attr-defined]
        yield name
    for word, child in subcommands(command).items():
        yield from commands_with_json(child, f"{name} {word}".strip())


def test_every_command_that_prints_json_is_read_for_secrets() -> None:
    assert set(commands_with_json()) - set(READING) <= NOT_READING


def test_no_secret_comes_out_of_a_watcher_whose_channels_fail_and_echo(house: House) -> None:
    printed = {}
    printed["first poll"] = house.run("poll")
    house.registry.set_date(date(2026, 2, 6))
    printed["second poll"] = house.run("poll", "--json", "--log-format", "json")
    for attempt in ("first", "second"):
        printed[f"{attempt} delivery"] = house.run("deliver", "--json")
    with Echo(407) as proxy:
        login = f"user:{SECRETS['proxy password']}"
        printed["poll by proxy"] = house.run(
            "poll", HTTP_PROXY=f"http://{login}@{proxy.host}", NO_PROXY="", no_proxy=""
        )
        assert proxy.requests
    for command, about in READING.items():
        printed[command] = _read(house, command, about)
    printed["config check"] = _typed(house, "config check")

    errors = printed["deliveries list"]
    # What is masked was there to be masked: the answers that echo were read.
    assert "535" in errors
    assert errors.count("cannot take") == 2
    found = {name: leaks(text) for name, text in printed.items() if leaks(text)}
    assert not found
    kept = {file.name: leaks(file.read_bytes()) for file in _files(house)}
    assert len(kept) >= 2
    assert not {name: found for name, found in kept.items() if found}


def test_a_secret_would_be_found_in_every_spelling() -> None:
    for spelling, place in spellings().items():
        assert place in leaks(f"before {spelling} behind"), place
    assert leaks("nothing of it") == set()


def _read(house: House, command: str, about: Sequence[str]) -> str:
    if command == "doctor":
        return house.run("doctor", "--json", *about)
    return _typed(house, f"{command} --json", *about)


def _typed(house: House, command: str, *about: str) -> str:
    with pytest.MonkeyPatch.context() as patched:
        for name, value in house.environ.items():
            patched.setenv(name, value)
        if command.removesuffix(" --json") in NO_CONFIG:
            return _without_config(command)
        return watcher(house.config, *command.split(), *about)


def _without_config(command: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "watcher", *command.split()], capture_output=True, text=True, timeout=60, check=True
    )
    return done.stdout


def _files(house: House) -> Iterator[Path]:
    """The database, what lies beside it, and a backup."""
    backup = house.database.with_name("backup.db")
    with closing(sqlite3.connect(house.database)) as db:
        db.execute("VACUUM INTO ?", (str(backup),))
    yield from sorted(house.database.parent.glob("watcher.db*"))
    yield backup
