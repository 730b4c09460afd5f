"""Secrets of webhooks, and what is handed over by systemd."""

from __future__ import annotations

import dataclasses

import pytest

from watcher.config import describe

SECRET = "whsec_TUZLUTlyOEdLWXFyVHdqVVBEOElMUFpJbzJMYUxhU3c="
OTHER = "another secret, which is plain text".replace(",", ";")
HOOK = '[[channel]]\nname = "hook"\nurl = "webhooks://example.org/hook"\n'
MAIL = '[[channel]]\nname = "hook"\nurl = "console://"\n'


def secrets_of(config) -> list[str]:
    return [secret.reveal() for secret in config.channels[1].secrets]


@pytest.mark.parametrize(
    ("written", "files", "secrets"),
    [
        (f'secret = "{SECRET}"', {}, [SECRET]),
        (f'secret = " {SECRET} , {OTHER} "', {}, [SECRET, OTHER]),
        (f'secret = ["{SECRET}", "{OTHER}, with a comma"]', {}, [SECRET, f"{OTHER}, with a comma"]),
        ('secret_env = "HOLDER"', {}, [SECRET, OTHER]),
        ('secret_file = "hook.secret"', {"hook.secret": f"{SECRET}\n"}, [SECRET]),
        ('secret_file = "hook.secret"', {"hook.secret": f"{SECRET},\r\n{OTHER}\n\n"}, [SECRET, OTHER]),
    ],
)
def test_a_secret_is_read_from_where_it_is_kept(read, good, written, files, secrets):
    config = read(good + HOOK + written, files, HOLDER=f"{SECRET},{OTHER}\n")
    assert secrets_of(config) == secrets
    many = "1 secret" if len(secrets) == 1 else "2 secrets"
    said = describe(config)
    assert f'Channel "hook": webhooks, signed with {many}.' in said
    shown = [said, str(config), repr(config), str(dataclasses.asdict(config))]
    assert not [text for text in shown for hidden in (SECRET, OTHER, "example.org/hook") if hidden in text]


FRESH = "`watcher channels secret` prints a fresh one"


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        (HOOK, f"11: channel[1].secret: a webhook needs a secret to sign with: one of secret, secret_env or "
               f"secret_file; {FRESH}"),
        (f'{HOOK}secret = "short"', f"14: channel[1].secret: too short: it has 5 bytes and needs 24 at least; {FRESH}"),
        (f'{HOOK}secret = "whsec_c2hvcnQ="',
         f"14: channel[1].secret: too short: it has 5 bytes and needs 24 at least; {FRESH}"),
        (f'{HOOK}secret = "whsec_!"', f"14: channel[1].secret: what follows whsec_ is not base64; {FRESH}"),
        (f'{HOOK}secret = ""', f"14: channel[1].secret: too short: it has 0 bytes and needs 24 at least; {FRESH}"),
        (f"{HOOK}secret = []", "14: channel[1].secret: expected one secret, or two while it is exchanged for another"),
        (f'{HOOK}secret = "{SECRET},{SECRET},{SECRET}"',
         "14: channel[1].secret: expected one secret, or two while it is exchanged for another"),
        (f"{HOOK}secret = 5", '14: channel[1].secret: expected a secret in "quotes", or two in brackets'),
        (f'{HOOK}secret = ["{SECRET}", 5]', '14: channel[1].secret: expected a secret in "quotes", or two in brackets'),
        (f'{HOOK}secret_env = "NONE"', '14: channel[1].secret_env: the environment variable "NONE" is not set'),
        (f'{HOOK}secret_env = "{SECRET}"',
         "14: channel[1].secret_env: expected a name, found a secret; a secret goes into secret"),
        (f'{HOOK}secret_env = "a-b"',
         "14: channel[1].secret_env: expected the name of an environment variable, such as TEAM_SECRET; "
         "a secret goes into secret"),
        (f'{HOOK}secret_file = "{SECRET}"',
         "14: channel[1].secret_file: expected a name, found a secret; a secret goes into secret"),
        (f'{HOOK}secret_file = "none"', "14: channel[1].secret_file: none cannot be read: No such file or directory"),
        (f'{HOOK}secret_file = "empty"',
         "14: channel[1].secret_file: expected one secret, or two while it is exchanged for another"),
        (f'{HOOK}secret = "{SECRET}"\nsecret_env = "HOLDER"',
         "15: channel[1].secret_env: expected only one of secret, secret_env and secret_file, "
         "found secret and secret_env"),
        (f'{HOOK}secrt = "{SECRET}"', '14: channel[1].secrt: unknown key "secrt"; did you mean "secret"?'),
        (f'{HOOK}secret = "{SECRET}"\nformat = "short"',
         "15: channel[1].format: a webhook is sent JSON, which has both texts in it; leave format out"),
        (f'{HOOK}secret = "{SECRET}"\nformat = "webhooks://example.org/{SECRET}"',
         '15: channel[1].format: expected "text" or "short", or leave it out'),
        (f'{HOOK}secret = "{SECRET}"\n[[route]]\nname = "r"\nto = ["team"]\nwhen = "webhooks://example.org/{SECRET}"',
         '18: route[1].when: expected "now", "daily HH:MM" or "weekly mon HH:MM", found "webhooks://example.org/…"'),
        (f'{HOOK}secret = "{SECRET}"\n[[route]]\nname = "r"\nto = ["team"]\nwhen = "{SECRET}"',
         '18: route[1].when: expected "now", "daily HH:MM" or "weekly mon HH:MM", found "whsec_…"'),
        (f'{MAIL}secret = "{SECRET}"',
         "14: channel[1].secret: only webhooks are signed, whose address begins with webhooks://; leave it out"),
    ],
)  # fmt: skip
def test_a_mistaken_secret_is_told_with_its_line_and_never_repeated(mistakes_of, good, text, mistake):
    told = mistakes_of(good + text, {"empty": "\n"}, HOLDER=SECRET)
    assert told == [f"config.toml:{mistake}"]
    assert "TUZL" not in " ".join(told)


class TestWhatSystemdHandsOver:
    """LoadCredential= puts a file into a folder of its own."""

    @pytest.fixture
    def handed_over(self, tmp_path):
        folder = tmp_path / "credentials"
        folder.mkdir()
        (folder / "hook.secret").write_text(SECRET)
        (folder / "hook.url").write_text("webhooks://example.org/handed-over")
        return str(folder)

    def test_it_is_found_under_its_name(self, read, good, handed_over):
        text = good + '[[channel]]\nname = "hook"\nurl_file = "hook.url"\nsecret_file = "hook.secret"\n'
        config = read(text, CREDENTIALS_DIRECTORY=handed_over)
        assert secrets_of(config) == [SECRET]
        assert config.channels[1].url.reveal().endswith("/handed-over")

    def test_a_file_beside_the_configuration_comes_first(self, read, good, handed_over):
        text = good + HOOK + 'secret_file = "hook.secret"\n'
        config = read(text, {"hook.secret": OTHER}, CREDENTIALS_DIRECTORY=handed_over)
        assert secrets_of(config) == [OTHER]

    def test_a_name_in_full_is_not_looked_for_elsewhere(self, mistakes_of, good, handed_over):
        text = good + HOOK + 'secret_file = "/none/hook.secret"\n'
        (mistake,) = mistakes_of(text, CREDENTIALS_DIRECTORY=handed_over)
        assert mistake.endswith("/none/hook.secret cannot be read: No such file or directory")

    def test_what_is_in_neither_place_is_told_with_the_place_beside_the_configuration(
        self, mistakes_of, good, handed_over
    ):
        text = good + HOOK + 'secret_file = "other.secret"\n'
        (mistake,) = mistakes_of(text, CREDENTIALS_DIRECTORY=handed_over)
        assert mistake.endswith("secret_file: other.secret cannot be read: No such file or directory")


def test_a_file_that_never_ends_is_a_mistake_and_no_end_of_memory(mistakes_of, good):
    (mistake,) = mistakes_of(good + HOOK + 'secret_file = "/dev/zero"\n')
    assert "/dev/zero holds more than" in mistake
