"""Who else can read or change what holds a secret."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.config.conftest import GOOD
from watcher.config.keeping import Kept, exposure, holds_secret

SECRET = "whsec_TUZLUTlyOEdLWXFyVHdqVVBEOElMUFpJbzJMYUxhU3c="
HOOK = '[[channel]]\nname = "hook"\nurl = "webhooks://example.org/hook"\n'
MAIL = '[[channel]]\nname = "mail"\n'
ALICE, BOB = 1000, 1001


def kept(mode: int, owner: int = ALICE, user: int = ALICE) -> Kept:
    return Kept(Path("/etc/nct-watcher/team.url"), mode, owner, user)


@pytest.mark.parametrize(
    ("mode", "owner", "user"),
    [
        (0o600, ALICE, ALICE),
        (0o400, ALICE, ALICE),
        (0o600, 0, 0),
        (0o640, 0, 0),
        (0o640, 0, ALICE),
        (0o440, 0, ALICE),
    ],
)
def test_what_only_we_and_roots_group_can_read_is_well_kept(mode: int, owner: int, user: int) -> None:
    assert exposure(kept(mode, owner, user)) is None


@pytest.mark.parametrize(
    ("mode", "owner", "user", "said", "grave"),
    [
        (0o644, ALICE, ALICE, "can be read by everybody on this machine", False),
        (0o604, 0, ALICE, "can be read by everybody on this machine", False),
        (0o640, ALICE, ALICE, "can be read by its group", False),
        (0o620, ALICE, ALICE, "can be changed by its group", False),
        (0o660, 0, ALICE, "can be changed by its group", False),
        (0o602, ALICE, ALICE, "can be changed by everybody on this machine", True),
        (0o666, 0, 0, "can be changed by everybody on this machine", True),
        (0o600, BOB, ALICE, "belongs to user 1001, who can change it", True),
        (0o644, BOB, 0, "belongs to user 1001, who can change it", True),
    ],
)
def test_what_others_reach_is_told_with_the_command_that_ends_it(
    mode: int, owner: int, user: int, said: str, grave: bool
) -> None:
    found = exposure(kept(mode, owner, user))
    assert found is not None
    assert (found.said, found.grave) == (said, grave)
    assert found.remedy.startswith("chown root /etc" if "belongs" in said else "chmod 600 /etc")


@pytest.mark.parametrize(
    ("url", "secret"),
    [
        ("console://", False),
        ("mailto://relay.example.org?from=a@example.org", False),
        ("mailto://user:password@relay.example.org", True),
        ("mailtos://relay.example.org?user=a&pass=b", True),
        ("webhooks://example.org/hook", False),
        ("json://user:password@example.org/", True),
        ("json://example.org/a@b:c", False),
        ("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ", True),
        ("https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/x", True),
    ],
)
def test_an_address_that_lets_somebody_in_is_a_secret(url: str, secret: bool) -> None:
    assert holds_secret(url) is secret


@pytest.mark.parametrize(
    ("key", "text", "content"),
    [
        ("url_file", GOOD + MAIL + 'url_file = "held"\n', "mailto://user:password@relay.example.org\n"),
        ("secret_file", GOOD + HOOK + 'secret_file = "held"\n', SECRET),
    ],
)
def test_a_file_with_a_secret_that_everybody_can_read_is_warned_of(
    read, tmp_path: Path, key: str, text: str, content: str
) -> None:
    held = tmp_path / "held"
    held.write_text(content)
    for mode, warned in ((0o600, False), (0o644, True)):
        held.chmod(mode)
        config = read(text)
        said = f"channel[1].{key}: {held} can be read by everybody on this machine; chmod 600 {held}"
        assert any(said in warning for warning in config.warnings) is warned
        assert [secret.path for secret in config.secret_files] == [held]
        assert not [warning for warning in config.warnings if content.strip() in warning or "password" in warning]


@pytest.mark.parametrize(
    ("text", "warned"),
    [
        (GOOD, False),
        (GOOD + MAIL + 'url = "mailto://user:password@relay.example.org"\n', True),
        (GOOD + HOOK + f'secret = "{SECRET}"\n', True),
        (GOOD + MAIL + 'url = "mailto://relay.example.org?from=a@example.org&to=b@example.org"\n', False),
    ],
)
def test_a_configuration_that_everybody_can_read_is_warned_of_where_it_holds_a_secret(
    read, tmp_path: Path, text: str, warned: bool
) -> None:
    file = tmp_path / "config.toml"
    file.write_text(text)
    file.chmod(0o644)
    warnings = read(text).warnings
    said = f"the configuration holds a secret and can be read by everybody on this machine; chmod 600 {file}"
    assert any(said in warning for warning in warnings) is warned
    file.chmod(0o600)
    assert not [warning for warning in read(text).warnings if "holds a secret" in warning]


def test_what_systemd_hands_over_is_as_it_is(read, tmp_path: Path) -> None:
    folder = tmp_path / "credentials"
    folder.mkdir()
    (folder / "hook.secret").write_text(SECRET)
    (folder / "hook.secret").chmod(0o444)
    config = read(GOOD + HOOK + 'secret_file = "hook.secret"\n', CREDENTIALS_DIRECTORY=str(folder))
    assert not [warning for warning in config.warnings if "hook.secret" in warning]
    assert [secret.path for secret in config.secret_files] == [folder / "hook.secret"]


def test_a_list_of_studies_is_no_secret(read, tmp_path: Path) -> None:
    text = GOOD.replace('studies = ["NCT04150497"]', 'studies_file = "list.txt"')
    config = read(text, {"list.txt": "NCT04150497\n"})
    os.chmod(tmp_path / "list.txt", 0o644)  # noqa: PTH101 - the mode is the point
    assert config.secret_files == ()
