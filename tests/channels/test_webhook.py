"""Signed webhooks against a real receiver: what it is sent, and what each of its answers means."""

from __future__ import annotations

import http.server
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import standardwebhooks
from standardwebhooks import WebhookVerificationError

from tests.channels.examples import everything_logged, message, refusal, target_of
from tests.servers import CERTIFICATE, ReceivedRequest, WebhookServer, free_port
from watcher import __version__
from watcher.channels import Wishes, open_channel
from watcher.channels.signing import fresh_secret, key_of
from watcher.channels.webhook import MOST_BYTES, Limits, Webhook, _tls
from watcher.errors import ConfigError
from watcher.model import Target

SECRET = "whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER = fresh_secret()
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
QUICK = Limits(connect=2.0, whole=0.6)
EVENT = {"type": "notice", "id": "20261124", "subject": "Stopped — now", "text": "…", "alerts": [], "route": ""}


def hook(sink: WebhookServer, path: str = "/hook", *secrets: str, **how: Any) -> Webhook:
    keys = tuple(key_of(secret) for secret in secrets or (SECRET,))
    return Webhook("tracker", f"webhook://{sink.host}{path}", keys, **how)


def sent(channel: Webhook, sink: WebhookServer, **what: Any) -> ReceivedRequest:
    channel.send(target_of(channel), message(event=EVENT, **what))
    return sink.requests[-1]


# --- what is sent -----------------------------------------------------------------


def test_the_event_is_posted_with_its_headers(sink: WebhookServer) -> None:
    request = sent(hook(sink, "/hooks/nct?team=7"), sink, id="20261124")
    assert (request.method, request.path) == ("POST", "/hooks/nct?team=7")
    assert request.json() == EVENT
    assert request.header("Content-Type") == "application/json"
    assert request.header("User-Agent") == f"nct-watcher/{__version__}"
    assert request.header("Idempotency-Key") == request.header("webhook-id") == "20261124"


@pytest.mark.parametrize("secret", [SECRET, SECRET.rstrip("="), OTHER])
def test_the_library_of_the_specification_accepts_the_signature(sink: WebhookServer, secret: str) -> None:
    request = sent(hook(sink, "/", secret), sink)
    assert standardwebhooks.Webhook(secret).verify(request.body, request.headers) == EVENT


def test_another_secret_another_body_or_another_id_is_not_accepted(sink: WebhookServer) -> None:
    request = sent(hook(sink), sink)
    for secret, body, headers in (
        (OTHER, request.body, {}),
        (SECRET, request.body.replace(b"now", b"not"), {}),
        (SECRET, request.body, {"webhook-id": "another"}),
    ):
        with pytest.raises(WebhookVerificationError, match="No matching signature"):
            standardwebhooks.Webhook(secret).verify(body, {**request.headers, **headers})


def test_a_secret_of_plain_text_signs_with_its_bytes(sink: WebhookServer) -> None:
    text = "a sentence that nobody guesses, ä"
    request = sent(hook(sink, "/", text), sink)
    assert standardwebhooks.Webhook(text.encode()).verify(request.body, request.headers) == EVENT


def test_while_a_secret_is_exchanged_either_of_them_verifies(sink: WebhookServer) -> None:
    request = sent(hook(sink, "/", SECRET, OTHER), sink)
    assert len((request.header("webhook-signature") or "").split(" ")) == 2
    for secret in (SECRET, OTHER):
        assert standardwebhooks.Webhook(secret).verify(request.body, request.headers) == EVENT


def test_every_attempt_sends_the_same_bytes_and_id_under_a_signature_of_its_own(sink: WebhookServer) -> None:
    moments = iter([NOW, NOW, NOW + timedelta(minutes=1), NOW + timedelta(minutes=1)])
    channel = hook(sink, now=lambda: next(moments))
    first = sent(channel, sink)
    channel.send(target_of(channel), message(event=dict(reversed(EVENT.items()))))
    second = sink.requests[-1]
    assert first.body == second.body
    assert first.header("webhook-id") == second.header("webhook-id") == message().id
    assert first.header("webhook-timestamp") == str(int(NOW.timestamp()))
    assert second.header("webhook-timestamp") == str(int(NOW.timestamp()) + 60)
    assert first.header("webhook-signature") != second.header("webhook-signature")


def test_a_message_without_an_event_is_sent_as_a_notice(sink: WebhookServer) -> None:
    channel = hook(sink)
    channel.send(target_of(channel), message())
    sample = message()
    assert sink.requests[-1].json() == {
        "type": "notice", "id": sample.id, "subject": sample.subject, "text": sample.text,
    }  # fmt: skip


def test_its_target_is_the_host_without_path_or_query(sink: WebhookServer) -> None:
    assert hook(sink, "/token?key=token").targets() == (Target("tracker", f"webhook:{sink.host}"),)


def test_somebody_who_left_the_configuration_is_given_up(sink: WebhookServer) -> None:
    assert refusal(hook(sink), Target("tracker", "webhook:former.example.org")).permanent
    assert not sink.requests


def test_a_webhook_without_a_secret_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"needs a secret to sign with.*`watcher channels secret`"):
        open_channel("tracker", "webhooks://example.org/hook")


def test_it_is_opened_with_its_pace_and_its_keys(sink: WebhookServer) -> None:
    channel = open_channel("tracker", f"webhook://{sink.host}/", Wishes(keys=(key_of(SECRET),)))
    assert (channel.pace.per_minute, channel.pace.batch_from) == (120, 0)
    channel.send(target_of(channel), message(event=EVENT))
    assert standardwebhooks.Webhook(SECRET).verify(sink.requests[-1].body, sink.requests[-1].headers)


# --- what it is answered ----------------------------------------------------------


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_any_2xx_is_delivered(sink: WebhookServer, status: int) -> None:
    sink.answer(status, body=b"" if status == 204 else b"fine")
    assert sent(hook(sink), sink)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 410, 413, 422])
def test_what_cannot_get_better_is_permanent(sink: WebhookServer, status: int) -> None:
    sink.answer(status, body=b"no such hook", Retry_After="5")
    error = refusal(hook(sink))
    assert error.permanent
    assert error.retry_after is None
    assert str(error).startswith(f"webhook:{sink.host} answers {status}: no such ")


@pytest.mark.parametrize("status", [402, 408, 409, 418, 425, 429, 431, 500, 502, 503, 504, 599])
def test_what_may_get_better_is_transient(sink: WebhookServer, status: int) -> None:
    sink.answer(status, body=b"")
    error = refusal(hook(sink))
    assert not error.permanent
    assert error.retry_after is None
    assert str(error) == f"webhook:{sink.host} answers {status}"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed_and_refused_for_good(sink: WebhookServer, status: int) -> None:
    sink.answer(status, Location=f"http://{sink.host}/elsewhere?token=secret")
    error = refusal(hook(sink))
    assert error.permanent
    assert str(error) == (
        f"webhook:{sink.host} answers with a redirect, which is not followed: put the new address into the "
        "configuration"
    )
    assert [request.path for request in sink.requests] == ["/hook"]


@pytest.mark.parametrize("location", ["http:x", "https://xn--zz/", "https://[::1", "https://x:99999999/"])
def test_a_redirect_that_no_client_can_read_is_a_failure_like_any_other(sink: WebhookServer, location: str) -> None:
    sink.answer(302, Location=location)
    assert "hook" not in str(refusal(hook(sink))).removeprefix("webhook:")


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        ("120", timedelta(minutes=2)),
        (" 0 ", timedelta()),
        ("86401", timedelta(days=1)),
        ("9" * 5000, timedelta(days=1)),
        ("Tue, 24 Nov 2026 12:30:00 GMT", timedelta(minutes=30)),
        ("Tue, 24 Nov 2026 12:30:00 -0000", timedelta(minutes=30)),
        ("Tue, 24 Nov 2026 11:00:00 GMT", timedelta()),
        ("Sun, 01 Jan 2090 00:00:00 GMT", timedelta(days=1)),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("", None),
        ("Tue, 99 Nov 2026 12:30:00 GMT", None),
        ("Tue, 24 Nov 99999 12:30:00 GMT", None),
        (f"Tue, 24 Nov {'9' * 30} 12:30:00 GMT", None),
    ],
)
def test_retry_after_is_honoured_in_both_forms_up_to_a_day(
    sink: WebhookServer, header: str, wait: timedelta | None
) -> None:
    sink.answer(503, Retry_After=header)
    assert refusal(hook(sink, now=lambda: NOW)).retry_after == wait


def test_cookies_are_not_kept(sink: WebhookServer) -> None:
    channel = hook(sink)
    sink.answer(200, Set_Cookie="replica=7; Path=/")
    assert sent(channel, sink).header("Cookie") is None
    assert sent(channel, sink).header("Cookie") is None


def test_the_environment_adds_neither_proxy_nor_password(
    sink: WebhookServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login ann password invented\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    for variable in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(variable, f"http://127.0.0.1:{free_port()}")
    assert sent(hook(sink), sink).header("Authorization") is None


# --- receivers that misbehave -----------------------------------------------------


def seconds_of(channel: Webhook) -> tuple[float, str]:
    begun = time.monotonic()
    error = refusal(channel)
    assert not error.permanent
    return time.monotonic() - begun, str(error)


def test_an_answer_whose_headers_drip_is_given_up_in_time(sink: WebhookServer) -> None:
    sink.drip(0.05)
    took, said = seconds_of(hook(sink, limits=QUICK))
    assert 0.5 < took < 2
    assert said == f"webhook:{sink.host}: no answer within 0.6 s; the message may still have arrived"


def test_no_answer_at_all_is_given_up_in_time(sink: WebhookServer) -> None:
    sink.answer(200, delay=20)
    took, said = seconds_of(hook(sink, limits=QUICK))
    assert took < 2
    assert "no answer within 0.6 s" in said


@pytest.mark.parametrize(("status", "delivered"), [(200, True), (500, False)])
def test_the_first_line_is_the_verdict_however_slowly_the_rest_drips(
    sink: WebhookServer, status: int, delivered: bool
) -> None:
    sink.drip(0.05, status=status, after=b"\r\n\r\n")
    channel, begun = hook(sink, limits=QUICK), time.monotonic()
    if delivered:
        sent(channel, sink)
    else:
        assert f"answers {status}" in str(refusal(channel))
    assert time.monotonic() - begun < 2


def test_of_a_huge_answer_little_is_read_and_less_is_told(sink: WebhookServer) -> None:
    sink.answer(500, body=b"x" * 40_000_000)
    said = str(refusal(hook(sink)))
    assert len(said) < 300
    assert said.endswith("x…")
    assert sink.cut_off.wait(5)
    sink.cut_off.clear()
    sink.answer(200, body=b"x" * 40_000_000)
    assert sent(hook(sink), sink)
    assert sink.cut_off.wait(5)


def test_an_answer_that_claims_more_than_it_sends_is_judged_by_its_first_line(sink: WebhookServer) -> None:
    sink.answer(200, body=b"short", Content_Length=str(MOST_BYTES * 2))
    assert sent(hook(sink), sink)
    sink.answer(503, body=b"short", Content_Length=str(MOST_BYTES * 2))
    assert str(refusal(hook(sink))) == f"webhook:{sink.host} answers 503: short"


def test_a_compressed_answer_is_not_unpacked(sink: WebhookServer) -> None:
    sink.answer(500, body=b"\x1f\x8b\x08\x00bomb", Content_Encoding="gzip")
    assert str(refusal(hook(sink))) == f"webhook:{sink.host} answers 500"


def test_the_answer_is_told_on_one_line_without_controls(sink: WebhookServer) -> None:
    sink.answer(500, body=b"first\r\n\x1b[31msecond\x00\xff " + b"word " * 100)
    said = str(refusal(hook(sink)))
    assert said.startswith(f"webhook:{sink.host} answers 500: first [31msecond\ufffd word word")
    assert len(said.partition("500: ")[2]) == 200


def test_a_dropped_connection_is_transient(sink: WebhookServer) -> None:
    sink.drop()
    error = refusal(hook(sink))
    assert not error.permanent
    assert "RemoteProtocolError" in str(error)
    assert len(sink.requests) == 1


def test_a_closed_port_is_transient() -> None:
    channel = Webhook("tracker", f"webhook://127.0.0.1:{free_port()}/token", (key_of(SECRET),))
    error = refusal(channel)
    assert not error.permanent
    assert "ConnectError" in str(error)
    assert "token" not in str(error)


def test_something_that_is_not_http_is_transient(sink: WebhookServer, relay: Any) -> None:
    error = refusal(Webhook("tracker", f"webhook://127.0.0.1:{relay.port}/token", (key_of(SECRET),)))
    assert not error.permanent


# --- TLS --------------------------------------------------------------------------


@pytest.fixture
def secure_sink(monkeypatch: pytest.MonkeyPatch) -> Iterator[WebhookServer]:
    """A receiver with a certificate that nobody vouches for, and which does not complain on stderr."""
    monkeypatch.setattr(http.server.ThreadingHTTPServer, "handle_error", lambda *_: None)
    _tls.cache_clear()
    with WebhookServer(tls=True) as server:
        yield server
    _tls.cache_clear()


def secure(sink: WebhookServer, **how: Any) -> Webhook:
    return Webhook("tracker", f"webhooks://{sink.host}/token-in-path", (key_of(SECRET),), **how)


def test_a_certificate_that_is_not_accepted_is_told_and_transient(secure_sink: WebhookServer) -> None:
    error = refusal(secure(secure_sink))
    assert not error.permanent
    assert str(error) == f"webhook:{secure_sink.host}: its certificate is not accepted: self-signed certificate"
    assert not secure_sink.requests


def test_an_authority_of_ones_own_can_be_named(secure_sink: WebhookServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    channel = secure(secure_sink)
    request = sent(channel, secure_sink)
    assert request.path == "/token-in-path"
    assert standardwebhooks.Webhook(SECRET).verify(request.body, request.headers) == EVENT


def test_a_drip_inside_tls_is_given_up_in_time(secure_sink: WebhookServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    secure_sink.drip(0.05)
    took, said = seconds_of(secure(secure_sink, limits=QUICK))
    assert took < 2
    assert "no answer within 0.6 s" in said


def test_a_receiver_that_does_not_speak_tls_is_transient(sink: WebhookServer) -> None:
    error = refusal(Webhook("tracker", f"webhooks://{sink.host}/token", (key_of(SECRET),)))
    assert not error.permanent
    assert "token" not in str(error)


# --- nothing secret is told -------------------------------------------------------

HIDDEN = ("T0kenInPath", "T0kenInQuery", "BareT0ken", SECRET.removeprefix("whsec_"), "%2Bx", "+x")
FULL = "/hooks/T0kenInPath%2Bx?key=T0kenInQuery&BareT0ken"


@pytest.mark.parametrize("status", [200, 302, 404, 500])
def test_neither_log_nor_error_nor_repr_holds_a_secret(sink: WebhookServer, status: int) -> None:
    echo = f"no {FULL} for http://{sink.host}{FULL} T0kenInPath+x {SECRET}"
    sink.answer(status, body=echo.encode(), Location=FULL)
    channel = hook(sink, FULL)
    told = [repr(channel), str(vars(channel)["_address"]), repr(channel.targets())]
    with everything_logged() as lines:
        if status == 200:
            sent(channel, sink)
        else:
            error = refusal(channel)
            told += [str(error), repr(error), str(error.__cause__)]
    for hidden in HIDDEN:
        assert not [text for text in (*lines, *told) if hidden in text]


def test_no_error_of_the_client_is_told_with_the_address() -> None:
    with everything_logged() as lines:
        error = refusal(Webhook("tracker", f"webhook://127.0.0.1:{free_port()}{FULL}", (key_of(SECRET),)))
    assert error.__cause__ is None
    for hidden in HIDDEN:
        assert not [text for text in (*lines, str(error)) if hidden in text]


def test_several_threads_may_send_at_once(sink: WebhookServer) -> None:
    channel = hook(sink)
    threads = [threading.Thread(target=sent, args=(channel, sink), kwargs={"id": f"m{n}"}) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(request.header("webhook-id") or "" for request in sink.requests) == [f"m{n}" for n in range(8)]
    for request in sink.requests:
        standardwebhooks.Webhook(SECRET).verify(request.body, request.headers)
