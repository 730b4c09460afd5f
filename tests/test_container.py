"""The image and the compose example, as far as they can be judged without an engine: what they say, line by line."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.audit import LIST

ROOT = Path(__file__).resolve().parents[1]
COMPOSE = ROOT / "docs" / "compose"
USER = "10001:10001"


@pytest.fixture(scope="module")
def dockerfile() -> list[tuple[str, str]]:
    """Every instruction with what follows it, continuation lines joined."""
    text = re.sub(r"(?m)^#.*\n", "", (ROOT / "Dockerfile").read_text(encoding="utf-8"))
    lines = re.sub(r"\\\n\s*", " ", text).splitlines()
    return [(line.split(" ", 1)[0], line.split(" ", 1)[1]) for line in lines if line.strip()]


@pytest.fixture(scope="module")
def watcher() -> dict[str, Any]:
    return dict(compose()["services"]["watcher"])


def compose() -> dict[str, Any]:
    said: dict[str, Any] = yaml.safe_load((COMPOSE / "compose.yaml").read_text(encoding="utf-8"))
    return said


def said(dockerfile: list[tuple[str, str]], instruction: str) -> list[str]:
    return [rest for name, rest in dockerfile if name == instruction]


def test_every_stage_has_the_one_base_that_can_be_named_by_digest(dockerfile: list[tuple[str, str]]) -> None:
    (base,) = said(dockerfile, "ARG")
    assert re.fullmatch(r"BASE=python:\d+\.\d+-slim", base)
    assert [rest.split()[0] for rest in said(dockerfile, "FROM")] == ["${BASE}", "${BASE}"]
    assert "@sha256:" in (ROOT / "Dockerfile").read_text(encoding="utf-8")


def test_process_1_is_the_watcher_itself_so_that_signals_reach_it(dockerfile: list[tuple[str, str]]) -> None:
    assert said(dockerfile, "ENTRYPOINT") == ['["watcher"]']
    (command,) = said(dockerfile, "CMD")
    assert command.startswith('["run", ')
    assert said(dockerfile, "STOPSIGNAL") == ["SIGTERM"]


def test_the_user_is_a_number_and_owns_the_state_alone(dockerfile: list[tuple[str, str]]) -> None:
    assert said(dockerfile, "USER") == [USER]
    instructions = [name for name, _ in dockerfile]
    assert "RUN" not in instructions[instructions.index("USER") :]
    assert said(dockerfile, "VOLUME") == ["/var/lib/nct-watcher"]


def test_the_health_check_runs_a_command_that_there_is_and_not_a_shell(dockerfile: list[tuple[str, str]]) -> None:
    (check,) = said(dockerfile, "HEALTHCHECK")
    words = re.findall(r'"([^"]+)"', check.partition("CMD ")[2])
    assert words[0] == "watcher"
    found = subprocess.run([sys.executable, "-m", "watcher", words[1], "--help"], capture_output=True, cwd=ROOT)
    assert found.returncode == 0


def test_what_is_installed_is_pinned_and_what_is_copied_is_in_the_context(dockerfile: list[tuple[str, str]]) -> None:
    installs = [rest for rest in said(dockerfile, "RUN") if "pip install" in rest]
    assert installs
    assert all("--constraint" in rest for rest in installs)
    copied = [word for rest in said(dockerfile, "COPY") for word in rest.split()[:-1] if not rest.startswith("--from")]
    context = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert "*" in context
    assert {f"!{word.removeprefix('./')}" for word in copied} <= set(context)
    assert all((ROOT / word).exists() for word in copied)
    assert LIST.relative_to(ROOT).as_posix() in copied


def test_everything_that_the_build_of_the_wheel_reads_is_copied(tmp_path: Path) -> None:
    for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines():
        if line.startswith("!"):
            source, target = ROOT / line[1:], tmp_path / line[1:]
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copytree(source, target) if source.is_dir() else shutil.copy(source, target)
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel"], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def test_the_watcher_of_the_example_may_write_its_state_and_nothing_else(watcher: dict[str, Any]) -> None:
    assert watcher["user"] == USER
    assert watcher["read_only"] is True
    assert watcher["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in watcher["security_opt"]
    assert [mount.split(":")[0] for mount in watcher["tmpfs"]] == ["/tmp"]  # noqa: S108 - of the container
    assert not {"ports", "privileged", "cap_add", "network_mode", "pid"} & set(watcher)
    writable = [mount for mount in watcher["volumes"] if not mount.endswith(":ro")]
    assert writable == ["state:/var/lib/nct-watcher"]


def test_the_example_starts_again_stops_politely_and_keeps_its_log_small(watcher: dict[str, Any]) -> None:
    assert watcher["restart"] == "unless-stopped"
    assert watcher["stop_grace_period"] == "3m"
    assert watcher["logging"]["options"] == {"max-size": "10m", "max-file": "5"}


def test_no_image_of_the_example_is_whatever_is_newest_today() -> None:
    for name, service in compose()["services"].items():
        assert "build" in service or re.search(r":[\w.]*\d[\w.]*$|@sha256:", service["image"]), name


def test_no_password_stands_in_the_example_and_every_secret_is_a_file() -> None:
    declared = compose()["secrets"]
    assert all(set(secret) == {"file"} for secret in declared.values())
    for service in compose()["services"].values():
        assert set(service["secrets"]) <= set(declared)
        assert not [key for key in service.get("environment", {}) if key.endswith(("PASSWORD", "TOKEN"))]


def test_what_was_handed_to_the_relay_outlives_it() -> None:
    assert "queue:/var/spool/postfix" in compose()["services"]["relay"]["volumes"]
    assert set(compose()["volumes"]) == {"state", "queue"}


def test_the_mounted_configuration_passes_its_check_and_keeps_its_database_in_the_volume(tmp_path: Path) -> None:
    text = (COMPOSE / "config" / "config.toml").read_text(encoding="utf-8")
    assert 'path = "/var/lib/nct-watcher/' in text
    secret = tmp_path / "chat.url"
    secret.touch(mode=0o600)
    secret.write_text("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/", encoding="utf-8")
    config = tmp_path / "config.toml"
    config.write_text(text.replace("/run/secrets/", f"{tmp_path}/"), encoding="utf-8")
    found = subprocess.run(
        [sys.executable, "-m", "watcher", "config", "check", "--config", str(config)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert found.returncode == 0, found.stderr
    assert found.stderr == ""
    relay = set(compose()["services"])
    assert set(re.findall(r"mailto://(\w+):587", text)) < relay
