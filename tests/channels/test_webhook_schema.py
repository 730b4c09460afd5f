"""docs/webhook.md and docs/webhook.schema.json: what they promise of an event is true of what is posted."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from copy import deepcopy
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError

from tests.builders import SEEN_AT, change
from tests.channels.examples import message, target_of
from tests.servers import WebhookServer
from watcher.alerts.facts import facts_of
from watcher.alerts.messages.parcel import Parcel
from watcher.alerts.render import message_for, notice_message
from watcher.changes import changes_between
from watcher.channels.signing import fresh_secret, key_of
from watcher.channels.webhook import Webhook
from watcher.demo import FOLDER
from watcher.model import Alert, Change, Form, Message, Notice, Severity
from watcher.record import snapshot_of

DOCS = Path(__file__).parents[2] / "docs"
SCHEMA = json.loads((DOCS / "webhook.schema.json").read_text(encoding="utf-8"))
PAGE = (DOCS / "webhook.md").read_text(encoding="utf-8")


def check(event: object) -> None:
    Draft202012Validator(SCHEMA, format_checker=FormatChecker()).validate(event)


def block(language: str) -> str:
    """The one example in this language on the page."""
    (found,) = re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    return str(found)


def said(form: Form, *alerts: Alert, **more: Any) -> Message:
    """The message that a delivery of these alerts becomes."""
    return message_for(Parcel(id="20261124", form=form, **{"alerts": alerts, "route": "tracker", **more}))


def story() -> Iterator[Alert]:
    """Every step in the life of the study that is shipped: its real and rehearsed changes."""
    captures = sorted(FOLDER.glob("NCT*/*.json"))
    seen = [snapshot_of(each.read_bytes(), seen_at=SEEN_AT + timedelta(days=n)) for n, each in enumerate(captures)]
    for number, (old, new) in enumerate(pairwise(seen), 1):
        found = changes_between(old, new)
        if found:
            yield alert(*found, study=facts_of(new.nct_id, new.record), since=number, version=number + 1)


def alert(*found: Change, **more: Any) -> Alert:
    said: dict[str, Any] = {
        "key": "tracker|NCT04150497|version:2", "route": "tracker", "nct_id": "NCT04150497", "occasion": "version:2",
        "observed_at": SEEN_AT, "severity": max((each.severity for each in found), default=Severity.MINOR),
        "changes": found, "reason": "route tracker", **more,
    }  # fmt: skip
    return Alert(**said)


ALERTS = tuple(story())
MESSAGES = {
    **{f"alert {each.version}": said(Form.ALERT, each) for each in ALERTS},
    "digest": said(Form.DIGEST, *ALERTS, window="2026-06-01"),
    "nothing changed": said(Form.DIGEST, window="2026-06-01"),
    "batch": said(Form.BATCH, *ALERTS, route=""),
    "escalation": said(Form.ESCALATION, ALERTS[0], rehearsal=True),
    "life cycle": said(Form.ALERT, alert(change(), study=ALERTS[0].study, notes=("Taken back.",))),
    "notice": notice_message(Notice("poll", "The registry is silent", "Since noon."), id="20261124"),
    "event": notice_message(Notice("watch", "Found", "All of them.", event=True), id="20261124", rehearsal=True),
}
DIGEST = json.loads(json.dumps(MESSAGES["digest"].event))


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_the_story_has_alerts_with_many_kinds() -> None:
    assert len(ALERTS) >= 4
    assert len({each.kind for found in ALERTS for each in found.changes}) >= 5


@pytest.mark.parametrize("name", MESSAGES)
def test_what_is_posted_is_what_the_schema_says(sink: WebhookServer, name: str) -> None:
    channel = Webhook("tracker", f"webhook://{sink.host}/", (b"k" * 32,))
    channel.send(target_of(channel), MESSAGES[name])
    posted = sink.requests[-1].json()
    check(posted)
    assert posted == json.loads(json.dumps(MESSAGES[name].event))
    assert posted["id"] == sink.requests[-1].header("webhook-id")
    assert not list(unsaid(posted, SCHEMA))


def test_a_message_without_an_event_is_what_the_schema_says(sink: WebhookServer) -> None:
    channel = Webhook("tracker", f"webhook://{sink.host}/", (b"k" * 32,))
    channel.send(target_of(channel), message())
    check(sink.requests[-1].json())


def unsaid(value: object, schema: dict[str, Any], at: str = "") -> Iterator[str]:
    """Keys of an event that the schema does not speak of; `detail` belongs to its kind."""
    schema = SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    if isinstance(value, list):
        for each in value:
            yield from unsaid(each, schema["items"], at)
    elif isinstance(value, dict) and not at.endswith(".detail"):
        schema = SCHEMA["$defs"]["notice"] if at == ".notice" else schema
        for key, inner in value.items():
            if key in schema["properties"]:
                yield from unsaid(inner, schema["properties"][key], f"{at}.{key}")
            else:
                yield f"{at}.{key}"


def paths_into(value: object, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where every key of an event stands, but for what belongs to a kind or may be left out."""
    if isinstance(value, dict) and path[-1:] != ("detail",):
        for key, inner in value.items():
            yield (*path, key)
            yield from paths_into(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value[:1]):
            yield from paths_into(inner, (*path, index))


@pytest.mark.parametrize("path", list(paths_into(DIGEST)), ids=str)
def test_no_key_of_an_event_may_be_missing_or_of_another_type(path: tuple[Any, ...]) -> None:
    for spoilt in (None, object()):
        event = deepcopy(DIGEST)
        holder = event
        for step in path[:-1]:
            holder = holder[step]
        if spoilt is None:
            del holder[path[-1]]
        else:
            holder[path[-1]] = 1.5
        with pytest.raises(ValidationError):
            check(event)


def test_the_schemas_closed_lists_are_the_codes() -> None:
    assert SCHEMA["properties"]["type"]["enum"] == [form.value for form in Form]
    assert SCHEMA["$defs"]["severity"]["enum"] == [each.word for each in sorted(Severity, reverse=True)]
    assert set(SCHEMA["$defs"]["change"]["required"]) == set(change().as_dict())
    assert set(SCHEMA["$defs"]["study"]["required"]) == set(ALERTS[0].study.__dataclass_fields__)


# --- the page ---------------------------------------------------------------------


def test_the_example_on_the_page_is_an_event() -> None:
    example = json.loads(block("json"))
    check(example)
    assert not list(unsaid(example, SCHEMA))


def posted(sink: WebhookServer, *secrets: str) -> tuple[dict[str, str], bytes]:
    channel = Webhook("tracker", f"webhook://{sink.host}/", tuple(key_of(secret) for secret in secrets))
    channel.send(target_of(channel), MESSAGES["digest"])
    request = sink.requests[-1]
    return {name.lower(): value for name, value in request.headers.items()}, request.body


def test_the_ten_lines_of_python_on_the_page_verify(sink: WebhookServer) -> None:
    told: dict[str, Any] = {}
    exec(block("python"), told)  # noqa: S102 - our own page
    is_genuine = told["is_genuine"]
    old, new = fresh_secret(), fresh_secret()
    headers, body = posted(sink, old, new)
    assert is_genuine(headers, body, old)
    assert is_genuine(headers, body, new)
    assert not is_genuine(headers, body, fresh_secret())
    assert not is_genuine(headers, body + b" ", old)
    assert not is_genuine({**headers, "webhook-id": "other"}, body, old)
    assert not is_genuine({**headers, "webhook-timestamp": str(int(headers["webhook-timestamp"]) - 400)}, body, old)


def test_the_eight_lines_of_node_on_the_page_verify(sink: WebhookServer) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("there is no node on this machine")
    old, new = fresh_secret(), fresh_secret()
    headers, body = posted(sink, old, new)
    tried = [(body, old), (body, new), (body, fresh_secret()), (body + b" ", old)]
    asked = json.dumps([[headers, each.decode("latin-1"), secret] for each, secret in tried])
    script = block("js") + (
        "const asked = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));"
        "console.log(asked.map(([h, b, s]) => isGenuine(h, Buffer.from(b, 'latin1'), s)).join(' '));"
    )
    said = subprocess.run([node, "-e", script], input=asked, capture_output=True, text=True, check=True)
    assert said.stdout.split() == ["true", "true", "false", "false"]
