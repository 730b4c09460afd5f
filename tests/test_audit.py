"""The audit of the packages we run on: it passes, and it sees what it is there for."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests import audit
from tests.audit import OURS, Advisories, Package, closure, faults, listed, read

FINE = Package("fine", "1.2", "MIT", ((OURS, Requirement("fine>=1,<2")),))


def test_what_we_run_on_is_listed_in_range_and_under_a_licence_that_we_may_ship_beside_ours() -> None:
    packages = closure()
    assert list(faults(packages.values(), listed())) == []
    assert len(packages) > 30


def test_what_others_bring_along_is_audited_too() -> None:
    packages = closure()
    assert [by for by, _ in packages["certifi"].asked].count("httpx") == 1
    assert OURS not in {by for by, _ in packages["h11"].asked}


@pytest.mark.parametrize(
    ("package", "known", "said"),
    [
        (FINE, {"fine": "1.2"}, None),
        (FINE, {"fine": "1.1"}, None),
        (FINE, {}, "not listed"),
        (Package("fine", "2.0", "MIT", FINE.asked), {"fine": "2.0"}, "2.0: nct-watcher asks for fine<2,>=1"),
        (Package("fine", "", "MIT", FINE.asked), {"fine": "1.2"}, "is not installed"),
        (Package("fine", "1.2", "AGPL-3.0", FINE.asked), {"fine": "1.2"}, "its licence is 'AGPL-3.0'"),
        (Package("fine", "1.2", "", FINE.asked), {"fine": "1.2"}, "its licence is ''"),
    ],
)
def test_a_package_out_of_range_unlisted_or_under_another_licence_is_a_fault(
    package: Package, known: dict[str, str], said: str | None
) -> None:
    found = list(faults([package], known))
    assert len(found) == (said is not None)
    assert all(said in each for each in found if said)


def test_a_package_that_the_service_skipped_or_left_out_is_unanswered_and_not_clean() -> None:
    told = [
        {"name": "Clean", "version": "1", "vulns": []},
        {"name": "bad", "version": "1", "vulns": [{"id": "PYSEC-1"}, {"id": "GHSA-2"}]},
        {"name": "skipped", "skip_reason": "not found"},
    ]
    found = read(told, ["clean", "bad", "skipped", "absent"])
    assert found.vulnerable == {"bad": ("PYSEC-1", "GHSA-2")}
    assert found.unanswered == ("skipped", "absent")


@pytest.mark.parametrize(
    ("found", "arguments", "code"),
    [
        (Advisories({}, ()), [], 0),
        (Advisories({}, ("httpx",), "no network"), [], 0),
        (Advisories({}, ("httpx",), "no network"), ["--require-advisories"], 1),
        (Advisories({"httpx": ("PYSEC-1",)}, ()), [], 1),
    ],
)
def test_what_is_not_known_is_said_and_fails_where_it_must_be_known(
    found: Advisories,
    arguments: list[str],
    code: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(audit, "advisories", lambda names: found)
    assert audit.main(arguments) == code
    out, err = capsys.readouterr()
    told = json.loads(out.splitlines()[-1])
    assert told["advisories_answered"] + told["advisories_unanswered"] == told["packages"]
    assert ("NOT KNOWN" in err) is bool(found.unanswered)


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("print('no json'); import sys; print('no network', file=sys.stderr)", "no network"),
        ("import time; time.sleep(60)", "no answer within"),
    ],
)
def test_a_service_that_cannot_be_asked_leaves_everything_unanswered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, said: str
) -> None:
    program = tmp_path / "pip-audit"
    program.write_text(f"#!{sys.executable}\n{script}\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setattr(audit, "SECONDS", 1)
    monkeypatch.setattr(audit.sysconfig, "get_path", lambda name: str(tmp_path))
    found = audit.advisories(["httpx"])
    assert found.unanswered == ("httpx",)
    assert said in found.said
