"""Secrets and signatures, against the specification's own numbers and library."""

from __future__ import annotations

import base64

import pytest
import standardwebhooks
from hypothesis import given
from hypothesis import strategies as st

from watcher.channels import Wishes
from watcher.channels.signing import fresh_secret, key_of, signatures, spellings_of


def test_the_example_of_the_specification_comes_out() -> None:
    body = b'{"test": 2432232314}'
    key = key_of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    signed = signatures([key], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@given(st.binary(min_size=24, max_size=64), st.text(max_size=50))
def test_every_signature_is_the_librarys(key: bytes, body: str) -> None:
    from datetime import UTC, datetime

    library = standardwebhooks.Webhook(key).sign("m1", datetime.fromtimestamp(1_700_000_000, UTC), body)
    assert signatures([key], "m1", 1_700_000_000, body.encode()) == library
    secret = "whsec_" + base64.b64encode(key).decode()
    assert key_of(secret) == key_of(secret.rstrip("=")) == key


def test_a_fresh_secret_is_long_enough_and_never_the_same() -> None:
    secrets = {fresh_secret() for _ in range(50)}
    assert len(secrets) == 50
    assert all(secret.startswith("whsec_") and len(key_of(secret)) == 32 for secret in secrets)


@pytest.mark.parametrize(
    ("secret", "said"),
    [
        ("whsec_" + base64.b64encode(b"k" * 23).decode(), "it has 23 bytes and needs 24 at least"),
        ("whsec_", "it has 0 bytes"),
        ("k" * 23, "it has 23 bytes"),
        ("", "it has 0 bytes"),
        ("whsec_" + "ä" * 40, "what follows whsec_ is not base64"),
        ("whsec_" + "k" * 33, "what follows whsec_ is not base64"),
        ("whsec_" + "kk-_" * 10, "what follows whsec_ is not base64"),
        ("whsec_ " + "kkkk" * 10, "what follows whsec_ is not base64"),
    ],
)
def test_a_secret_that_is_none_is_refused_with_the_remedy(secret: str, said: str) -> None:
    with pytest.raises(ValueError, match=said) as caught:
        key_of(secret)
    assert str(caught.value).endswith("`watcher channels secret` prints a fresh one")
    assert "kkk" not in str(caught.value)


def test_24_bytes_are_enough() -> None:
    assert key_of("k" * 24) == b"k" * 24
    assert key_of("ä" * 12) == ("ä" * 12).encode()


def test_keys_do_not_show_themselves() -> None:
    assert "kkk" not in repr(Wishes(keys=(b"k" * 32,)))
    assert {"a2tr" * 8, "k" * 24} == spellings_of(b"k" * 24)
