"""What changes something: only forms of our own pages do, each once, and they lead back to a page of ours."""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import Headers

from tests.office import Office
from tests.web.conftest import CONFIG, TOKEN
from tests.web.serving import serving_database
from tests.web.test_pages import BEARER
from watcher.errors import ConfigError, StoreError, UsageError
from watcher.web.forms import MOST_BYTES, back_with, is_own

ACT = "/alerts/acknowledge"
ONE = {"alert": "7"}
HERE = "127.0.0.1:8765"


def own(host: str = HERE, **headers: str | tuple[str, ...]) -> bool:
    """Whether a request with these headers, each once or several times, is taken for one of our own pages."""
    raw = [(b"host", host.encode())]
    for name, values in headers.items():
        given = (values,) if isinstance(values, str) else values
        raw += [(name.replace("_", "-").encode(), value.encode()) for value in given]
    return is_own(Headers(raw=raw))


@pytest.mark.parametrize(
    ("host", "headers"),
    [
        (HERE, {"origin": f"http://{HERE}"}),
        (HERE, {"origin": f"http://{HERE}", "sec_fetch_site": "same-origin"}),
        ("LOCALHOST:8765", {"origin": "http://localhost:8765"}),
        ("[::1]:8765", {"origin": "http://[::1]:8765"}),
        # Behind a proxy that speaks TLS, and behind one that names us by our own address.
        ("watcher.example.org", {"origin": "https://watcher.example.org"}),
        (HERE, {"origin": "https://watcher.example.org:8443", "sec_fetch_site": "same-origin"}),
    ],
)
def test_a_form_of_our_own_page_is_known(host, headers):
    assert own(host, **headers)


@pytest.mark.parametrize(
    ("host", "headers"),
    [
        (HERE, {}),
        (HERE, {"origin": "null"}),
        ("", {"origin": "null"}),
        ("", {"origin": ""}),
        ("", {"origin": "http://"}),
        (HERE, {"origin": "http://evil.example.org"}),
        (HERE, {"origin": f"http://{HERE}@evil.example.org"}),
        (HERE, {"origin": f"http://evil@{HERE}"}),
        (HERE, {"origin": "http://127.0.0.1:3000"}),
        (HERE, {"origin": "http://127.0.0.1"}),
        (HERE, {"origin": "http://[::1"}),
        (HERE, {"origin": f"file://{HERE}"}),
        (HERE, {"origin": f"http://{HERE}", "sec_fetch_site": "same-site"}),
        (HERE, {"origin": f"http://{HERE}", "sec_fetch_site": "cross-site"}),
        (HERE, {"origin": f"http://{HERE}", "sec_fetch_site": "none"}),
        (HERE, {"origin": f"http://{HERE}", "sec_fetch_site": ("same-origin", "cross-site")}),
        (HERE, {"origin": (f"http://{HERE}", "http://evil.example.org")}),
        (HERE, {"referer": f"http://{HERE}/"}),
    ],
)
def test_what_another_site_sends_is_known_as_such(host, headers):
    assert not own(host, **headers)


def test_another_site_changes_nothing_although_it_may_have_the_token(site):
    page = site()
    for origin in ("http://evil.example.org", "null", f"{page.url}0"):
        refused = page.post(ACT, ONE, Origin=origin)
        assert refused.status_code == 403
        assert "Only forms of this page itself" in refused.text
    assert page.asked == []


@pytest.mark.parametrize("token", ["", "x", "\xe9"])
def test_without_the_token_of_this_process_nothing_is_changed_and_it_is_said_what_to_do(site, token):
    page = site()
    refused = page.post(ACT, {**ONE, "token": token})
    assert refused.status_code == 403
    assert "load it again, and repeat" in refused.text
    assert page.token not in refused.text
    assert page.asked == []


@pytest.mark.parametrize("kind", ["text/plain", "application/json", "multipart/form-data; boundary=x", ""])
def test_what_is_no_form_is_refused_although_it_reads_like_one(site, kind):
    page = site()
    sent = f"token={page.token}&alert=7"
    headers = {"Origin": page.url, "Content-Type": kind}
    assert page.ask("POST", ACT, content=sent, headers=headers).status_code == 415
    assert page.asked == []
    headers["Content-Type"] = "Application/X-WWW-Form-Urlencoded; charset=UTF-8"
    assert page.ask("POST", ACT, content=sent, headers=headers).status_code == 303


@pytest.mark.parametrize(
    "sent",
    [b"\xff\xfe=1", b"alert", b"alert=7&&", b"x=1&" * 1001 + b"x=1", b"a=" + b"x" * MOST_BYTES],
    ids=["bytes", "no value", "empty field", "many", "large"],
)
def test_a_form_that_cannot_be_read_is_refused(site, sent):
    page = site()
    body = f"token={page.token}&".encode() + sent
    headers = {"Origin": page.url, "Content-Type": "application/x-www-form-urlencoded"}
    assert page.ask("POST", ACT, content=body, headers=headers).status_code == 400
    assert page.asked == []


@pytest.mark.parametrize("number", ["", "x", "-1", "1.5", "9" * 19, "\u0661"])
def test_a_field_that_is_no_number_is_told(site, number):
    page = site()
    assert page.post(ACT, {"alert": number}).status_code == 400
    assert page.post(ACT).status_code == 400
    assert page.asked == []


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH"])
def test_nothing_but_a_form_that_is_sent_changes_anything(site, method):
    page = site()
    assert page.ask(method, f"{ACT}?token={page.token}&alert=7", headers={"Origin": page.url}).status_code == 405
    assert page.asked == []


def test_the_same_form_sent_twice_is_one_wish_and_another_one_a_second(site):
    page = site()
    for fields in ({"sheet": "s1"}, {"sheet": "s1"}, {"sheet": "s2"}, {"sheet": "s1", "alert": "8"}, {}, {}):
        assert page.post(ACT, {**ONE, **fields}).status_code == 303
    first, again, *others = [wish.id for wish in page.asked]
    assert first == again
    assert len({first, *others}) == 5
    assert all(len(one) == 16 and set(one) <= set("0123456789abcdef") for one in (first, *others))


def test_every_look_at_a_page_has_forms_of_its_own(tmp_path):
    office = Office(tmp_path / "watcher.db")
    with office.store(), serving_database(office.database, CONFIG) as reader:
        seen = [re.findall(r'name="sheet" value="([0-9a-f]{16})"', reader.get("/silences").text) for _ in range(2)]
    assert [len(sheets) for sheets in seen] == [1, 1]
    assert seen[0] != seen[1]


def test_a_number_is_asked_for_once_however_often_it_is_chosen(site):
    page = site()
    page.post(ACT, {"alert": ["7", "8", "7"]})
    assert page.asked[0].about == {"alerts": [7, 8]}


def test_the_way_back_names_the_wish_and_tells_that_it_is_not_done_yet(site):
    page = site()
    done = page.post(ACT, ONE, back="/?severity=major&done=old")
    assert done.headers["location"] == f"/?severity=major&done={page.asked[0].id}"
    assert "noted and not done yet" in page.get(done.headers["location"]).text


@pytest.mark.parametrize(
    "back",
    [
        "", "https://evil.example.org/", "//evil.example.org", "////evil.example.org",
        "/\\evil.example.org", "\\\\evil.example.org", "javascript:alert(1)", "evil", "//[", "http://[",
        "/\t/evil.example.org", "\n//evil.example.org", "?x", "#x",
    ],
)  # fmt: skip
def test_the_way_back_leads_to_no_other_site(site, back):
    page = site()
    location = page.post(ACT, ONE, back=back).headers["location"]
    assert location == f"/?done={page.asked[0].id}"


def test_no_header_can_be_put_into_the_way_back(site):
    page = site()
    answer = page.post(ACT, ONE, back="/x\r\nSet-Cookie: a=b\r\n\r\n<script>")
    assert "set-cookie" not in answer.headers
    assert answer.headers["location"].startswith("/xSet-Cookie:%20a=b%3Cscript%3E?done=")


@given(st.text(st.characters(codec="utf-8"), max_size=40))
def test_the_way_back_is_always_a_page_of_ours(given_back):
    there = back_with(given_back, "0123456789abcdef")
    assert there.endswith("done=0123456789abcdef")
    assert urlsplit(urljoin("http://127.0.0.1:1/", there)).netloc == "127.0.0.1:1"


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (UsageError("nothing has it"), 409, "Nothing has it."),
        (StoreError("the disk is full"), 503, "The disk is full."),
        (ConfigError(("channel 'hook': no such service",)), 503, "Channel &#39;hook&#39;: no such service."),
        (RuntimeError("inner-word"), 500, "the log has the details"),
    ],
)
def test_what_cannot_be_done_is_a_page_that_says_why_and_nothing_of_the_program(site, error, code, said):
    page = site()
    page.error = error
    answer = page.post(ACT, ONE)
    assert answer.status_code == code
    assert said in answer.text
    assert "inner-word" not in answer.text
    page.error = None
    assert page.post(ACT, ONE).status_code == 303


def test_with_a_token_for_others_a_form_needs_both(site):
    page = site(TOKEN)
    assert page.post(ACT, ONE).status_code == 401
    assert page.post(ACT, ONE, **BEARER).status_code == 303
