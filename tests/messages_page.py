"""docs/messages.md: each message as a picture and as the same text, from the code."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from tests.picture_alerts import weekly_digest
from watcher.alerts.messages.parcel import Parcel
from watcher.alerts.render import message_for
from watcher.cli.samples import sample
from watcher.model import Form, Message

LOOKED_AT = datetime(2026, 6, 15, 7, 30, tzinfo=UTC)


@dataclass(frozen=True)
class Shown:
    """One message of the page: a heading, what is to say of it, the message, its pictures."""

    heading: str
    text: str
    message: str
    pictures: tuple[tuple[str, str, int, int, str], ...] = ()
    formats: tuple[str, ...] = ("text",)


SHOWN = (
    Shown(
        "An alert",
        "One update of one study is one message. The subject says it already; in a list of mails the line behind the "
        "subject is the most important line of the message.",
        "alert",
        (("alert-700-light", "alert", 700, 980, "light"), ("alert-320-dark", "alert", 320, 1240, "dark")),
        ("text", "slack", "short"),
    ),
    Shown(
        "Dates and numbers",
        "What was there before is struck through, what is there now is bold. Severity is a word as well as a colour.",
        "dates",
        (("dates-700-dark", "dates", 700, 820, "dark"), ("dates-320-light", "dates", 320, 1300, "light")),
    ),
    Shown(
        "A digest",
        "By study, the study with the worst change first, each study in the order of time. Forty studies are shown, "
        "the rest is counted; the table that goes with the mail has every change. This one is of 47 studies that do "
        "not exist.",
        "digest",
        (("digest-700-light", "digest", 700, 1000, "light"), ("digest-320-dark", "digest", 320, 1200, "dark")),
        ("text", "slack", "short"),
    ),
    Shown(
        "An escalation",
        "A critical alert that nobody acknowledged in time, sent again to another channel.",
        "escalation",
        (("escalation-320-light", "escalation", 320, 900, "light"),),
        ("short",),
    ),
    Shown("Nothing changed", "Only where a route asks for it.", "nothing", (), ("text",)),
)


@cache
def message_of(name: str) -> Message:
    """The message of this name."""
    return message_for(_parcels()[name])


def messages_page(written_by: str) -> str:
    """The page; `written_by` says in it that it is made."""
    return "\n\n".join(filter(None, _parts(written_by))) + "\n"


@cache
def _parcels() -> Mapping[str, Parcel]:
    first = sample(Form.DIGEST).alerts[0]
    return {
        "alert": sample(Form.ALERT),
        "dates": Parcel("sample", (first,), Form.ALERT, first.route, rehearsal=True),
        "digest": weekly_digest(),
        "escalation": sample(Form.ESCALATION),
        "nothing": Parcel("sample", (), Form.DIGEST, "Monday digest", "2026-06-15", looked_at=LOOKED_AT),
    }


def _parts(written_by: str) -> Iterator[str]:
    yield "# Messages"
    yield written_by
    yield from INTRODUCTION
    for shown in SHOWN:
        yield f"## {shown.heading}"
        yield shown.text
        yield "\n".join(
            f'<img src="pictures/{name}.png" width="{width // 2 if width > 400 else width}" '
            f'alt="{shown.heading}, {width} pixels wide, {scheme}">'
            for name, _, width, _, scheme in shown.pictures
        )
        yield from (part for format in shown.formats for part in _as(format, message_of(shown.message)))
    yield from EPILOGUE


def _as(format: str, message: Message) -> Iterator[str]:
    if format == "text":
        yield f"Subject: `{message.subject}`"
        yield _block(_beginning(message.text))
    else:
        yield {"slack": "To Slack:", "short": "To a phone:"}[format]
        yield _block(_beginning(message.slack if format == "slack" else message.short))


def _beginning(text: str, longest: int = 70) -> str:
    """A long text up to a line of its own choice; the end of a digest is worth seeing, too."""
    lines = text.rstrip("\n").split("\n")
    if len(lines) <= longest:
        return "\n".join(lines)
    return "\n".join([*lines[: longest - 20], "", f"[... {len(lines) - longest + 4} lines ...]", "", *lines[-16:]])


def _block(text: str) -> str:
    return f"```text\n{text}\n```"


INTRODUCTION = (
    "What readers get. The texts below are made by the code; the pictures are the same messages in a browser, at the "
    "width of a telephone and of a desk, in the light and in the dark scheme. `make pictures` makes them again.",
    "An e-mail has a text part and an HTML part with the same content in the same order. It loads nothing: no picture, "
    "no font, no script. Mails about one study form a thread. Each has a stable Message-ID, `List-ID` and "
    "`List-Unsubscribe` name the route.",
    'With `[web] url = "https://watcher.example.org"`, the address under which readers reach the page, each alert in a '
    "message links to its own page there, which has buttons to acknowledge it or to say that it was noise. Following "
    "the link changes nothing by itself, so that mail filters that follow links answer nothing.",
)

EPILOGUE = (
    "## Which channel gets what",
    "| channel | what it gets |\n|---|---|\n"
    "| e-mail | text and HTML, under a digest the table of all changes (CSV) |\n"
    "| console, `json://` and the like | the text, with the evidence |\n"
    "| signed webhook | the event: every alert whole, as JSON; see webhook.md |\n"
    "| Slack | a text of its own, in one post of at most 2,900 characters |\n"
    "| other chats | the text without the evidence, at most 8,000 characters |\n"
    "| services that take at most 1,600 characters | at most 300 characters: severity, study, what matters most |",
    "Registry text cannot act in any of them: HTML is escaped, mentions, links and formats of chats are defused, "
    "controls and characters that turn the direction of text are removed, cells that a spreadsheet would take for a "
    "formula begin with an apostrophe.",
    "## Templates of your own",
    "Messages are Jinja2 templates in a sandbox. `watcher templates export templates` writes the built-in ones into a "
    'folder; name it in the configuration (`[templates] folder = "templates"`), change what you want and remove the '
    "rest: what is not in the folder is built in. `watcher config check` finds names that no template has and "
    "templates that do not compile. `watcher templates preview --sample` shows the demo's alert, `watcher templates "
    "preview 17 --format all --out previews` an alert of your database in every format.",
    "A template knows `subject`, `rehearsal`, `say` (the words all templates share), and one of `alert`, `digest`, "
    "`nothing`, `notice`; `short` is the text for phones. The built-in ones use all there is. Values are made fit for "
    "the format of the template, by its name: `*.html.j2` escapes, `*.slack.j2` defuses mrkdwn. A template that fails "
    "while a message is made costs no message: the built-in one is used, and the log says so.",
    "`style.css.j2` alone changes the looks of all e-mails. Its rules are written to the tags, since mail programs "
    "drop style sheets; only `@media` rules stay in the head.",
)
