"""The address of a webhook: what is taken, what is refused with which remedy, and that neither tells a token."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.channels import Wishes, open_channel
from watcher.channels.address import address_of
from watcher.errors import ConfigError

KEY = b"k" * 32


@pytest.mark.parametrize(
    ("url", "posted", "host"),
    [
        ("webhooks://example.org", "https://example.org/", "example.org"),
        ("webhooks://Example.ORG/Path?A=b", "https://example.org/Path?A=b", "example.org"),
        ("WEBHOOKS://example.org:8443/%2F?q=%20", "https://example.org:8443/%2F?q=%20", "example.org:8443"),
        ("webhooks://example.org?bare", "https://example.org/?bare", "example.org"),
        ("webhooks://10.1.2.3/x", "https://10.1.2.3/x", "10.1.2.3"),
        ("webhooks://[2001:DB8::1]:8443/x", "https://[2001:db8::1]:8443/x", "[2001:db8::1]:8443"),
        ("webhooks://xn--bcher-kva.example/x", "https://xn--bcher-kva.example/x", "xn--bcher-kva.example"),
        ("webhooks://my_service/x", "https://my_service/x", "my_service"),
        ("webhook://localhost:8080/x", "http://localhost:8080/x", "localhost:8080"),
        ("webhook://127.0.0.1/x", "http://127.0.0.1/x", "127.0.0.1"),
        ("webhook://[::1]:8080/x", "http://[::1]:8080/x", "[::1]:8080"),
        (" webhook://localhost/x\n", "http://localhost/x", "localhost"),
    ],
)
def test_an_address_is_read(url: str, posted: str, host: str) -> None:
    address = address_of("tracker", url)
    assert (address.url, address.host) == (posted, host)


UNFIT = "the address holds a space, a line break, a backslash or a letter outside ASCII"
NO_HOST = "it looks like webhooks://HOST/PATH"
LOOPBACK = "webhook:// goes out unencrypted and is for this machine only"


@pytest.mark.parametrize(
    ("url", "remedy"),
    [
        ("webhooks://user:T0ken@example.org/T0ken", "a token can stand in the path"),
        ("webhooks://T0ken@example.org/", "holds a user name or a password"),
        ("webhooks://example.org@evil.example/T0ken", "holds a user name or a password"),
        ("webhooks://example.org\\@evil.example/T0ken", UNFIT),
        ("webhooks://example.org/T0ken\r\nX-Evil: 1", UNFIT),
        ("webhooks://example.org/T0ken\tT0ken", UNFIT),
        ("webhooks://exam\nple.org/T0ken", UNFIT),
        ("webhooks://example.org/T0ken T0ken", UNFIT),
        ("webhooks://example.org/T0ken\x00", UNFIT),
        ("webhooks://example.org/T0ken\u2028T0ken", UNFIT),
        ("webhooks://example.org/T0ken\udc80", UNFIT),
        ("webhooks://bücher.example/T0ken", "a host in its xn-- form"),
        ("webhooks://\uff45xample.org/T0ken", "a host in its xn-- form"),
        ("webhooks://example.org:0/T0ken", "the port 0"),
        ("webhooks://example.org:65536/T0ken", NO_HOST),
        ("webhooks://example.org:T0ken/x", NO_HOST),
        ("webhooks://example.org/x#T0ken", "a fragment"),
        ("webhooks://", NO_HOST),
        ("webhooks:///T0ken", NO_HOST),
        ("webhooks://:8080/T0ken", NO_HOST),
        ("webhooks://?T0ken", NO_HOST),
        ("webhooks://a..b/T0ken", NO_HOST),
        ("webhooks://-a/T0ken", NO_HOST),
        ("webhooks://ex%61mple.org/T0ken", NO_HOST),
        (f"webhooks://{'a' * 64}.example/T0ken", NO_HOST),
        (f"webhooks://{'a.' * 130}example/T0ken", NO_HOST),
        ("webhooks://xn--zz--.example/T0ken", NO_HOST),
        ("webhooks://xn--zzzzzzzzzzzzz99.example/T0ken", "a host that is none"),
        ("webhooks://[::1/T0ken", NO_HOST),
        ("webhooks://[fe80::1%25eth0]/T0ken", NO_HOST),
        ("webhooks://[T0ken]/", NO_HOST),
        ("webhooks://[v1.T0ken]/", NO_HOST),
        ("webhook://example.org/T0ken", LOOPBACK),
        ("webhook://10.0.0.1/T0ken", LOOPBACK),
        ("webhook://0.0.0.0/T0ken", LOOPBACK),
        ("webhook://localhost.example.org/T0ken", LOOPBACK),
        ("webhook://127.0.0.1.example.org/T0ken", LOOPBACK),
        ("webhook://2130706433/T0ken", LOOPBACK),
        ("webhook://[2001:db8::1]/T0ken", LOOPBACK),
    ],
)
def test_a_hostile_or_mistaken_address_is_refused_with_its_remedy(url: str, remedy: str) -> None:
    with pytest.raises(ConfigError) as caught:
        open_channel("tracker", url, Wishes(keys=(KEY,)))
    (said,) = caught.value.mistakes
    assert said.startswith("channel 'tracker': ")
    assert remedy in said
    assert "T0ken" not in said
    assert said.isprintable()


def test_what_may_be_secret_in_an_address_is_known_in_every_spelling() -> None:
    address = address_of("tracker", "webhooks://example.org/hooks/T0k%2Ben?key=Se%20cret&source=Bare&L0ne")
    assert {"T0k%2Ben", "T0k+en", "Se cret", "Bare", "L0ne", "hooks"} <= address.secrets
    assert not {"example.org", "key", "source"} & address.secrets
    assert "T0k" not in repr(address)


@given(st.text(max_size=40), st.sampled_from(["webhook://", "webhooks://", "webhook://127.0.0.1"]))
def test_any_text_is_an_address_or_a_mistake_in_the_configuration(text: str, scheme: str) -> None:
    try:
        channel = open_channel("tracker", scheme + text, Wishes(keys=(KEY,)))
    except ConfigError:
        return
    (target,) = channel.targets()
    assert target.name.isascii()
    assert target.name.isprintable()
