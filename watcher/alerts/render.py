"""Messages: the one place where what a delivery carries becomes subject, text, HTML, chat and phone texts, event."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from watcher.alerts.messages import voice
from watcher.alerts.messages.attached import table_of
from watcher.alerts.messages.digests import FOR_CHAT, FOR_MAIL, FOR_PAGE, Digest, digest_of, digest_view
from watcher.alerts.messages.engine import Press
from watcher.alerts.messages.event import event_of
from watcher.alerts.messages.lines import lines_of
from watcher.alerts.messages.parcel import Link, Parcel
from watcher.alerts.messages.safe import one_line, plain
from watcher.alerts.messages.sources import BUILT_IN, Templates
from watcher.alerts.messages.views import NothingView, NoticeView, alert_view, for_chat, for_page
from watcher.alerts.reversals import collapsed
from watcher.changes.language.words import clipped
from watcher.model import Alert, Attachment, Form, Message, Notice, Severity

__all__ = [
    "BUILT_IN", "Link", "Parcel", "Rendered", "Templates", "message_for", "notice_message", "rendered",
]  # fmt: skip

# Gmail cuts a page at 102 KB.
PAGE_LIMIT = 100_000
# Slack cuts a section at 3,000 characters, and a chat scrolls away.
SLACK_LIMIT = 2_900
# Four posts of any chat hold this much.
CHAT_LIMIT = 6_000


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message, and which of the user's templates failed while it was made."""

    message: Message
    failures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Sheet:
    """What is to be printed in one format: the template's name without its ending, and what it knows."""

    name: str
    context: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class _Formats:
    """The same content as each format shows it."""

    subject: str
    mail: _Sheet
    pages: tuple[_Sheet, ...]
    chats: tuple[_Sheet, ...]
    short: str
    severity: Severity
    thread: str = ""
    attachments: tuple[Attachment, ...] = ()


def message_for(parcel: Parcel, templates: Templates = BUILT_IN) -> Message:
    """The message that tells what a delivery carries."""
    return rendered(parcel, templates).message


def notice_message(notice: Notice, *, id: str, rehearsal: bool = False) -> Message:
    """One message to the operator."""
    return message_for(Parcel(id, form=Form.NOTICE, rehearsal=rehearsal, notice=notice))


def rendered(parcel: Parcel, templates: Templates = BUILT_IN) -> Rendered:
    """The message in every format; a template of the user's that fails gives way to the built-in one."""
    press = Press(templates)
    formats = _formats(parcel)
    text = _print(press, formats.mail, "txt")
    message = Message(
        id=parcel.id,
        subject=formats.subject,
        text=text,
        html=_first_within(press, formats.pages, "html", PAGE_LIMIT),
        severity=formats.severity,
        thread=formats.thread,
        slack=_up_to(_first_within(press, formats.chats, "slack", SLACK_LIMIT).strip(), SLACK_LIMIT),
        chat=_first_within(press, formats.chats, "txt", CHAT_LIMIT),
        short=clipped(one_line(_print(press, _phone(formats), "short")), voice.SHORT_LIMIT),
        route=_route(parcel),
        event=event_of(parcel, subject=formats.subject, text=text),
        attachments=formats.attachments,
    )
    return Rendered(message, tuple(press.failures.values()))


def _formats(parcel: Parcel) -> _Formats:
    if parcel.notice is not None:
        return _notice(parcel, parcel.notice)
    told = tuple(alert for alert in collapsed(parcel.alerts) if alert.changes or alert.notes)
    if not told:
        return _nothing(parcel)
    return _digest(parcel, told) if parcel.is_collected else _alert(parcel, told[0])


def _alert(parcel: Parcel, alert: Alert) -> _Formats:
    view = alert_view(alert, parcel)
    if parcel.form is Form.ESCALATION:
        view = replace(view, late=voice.not_acknowledged(alert))
    context = {"alert": view, "with_evidence": True, **_common(parcel, view.subject, view.preview)}
    return _Formats(
        subject=view.subject,
        mail=_Sheet("alert", context),
        pages=(_Sheet("alert", {**context, "alert": for_page(view, alert)}),),
        chats=(_Sheet("alert", {**context, "alert": for_chat(view), "with_evidence": False}),),
        short=voice.short_alert(alert, lines_of(alert.changes), parcel),
        severity=alert.severity,
        thread=alert.nct_id,
    )


def _digest(parcel: Parcel, alerts: Sequence[Alert]) -> _Formats:
    digest = digest_of(alerts, parcel)
    subject = voice.subject(_digest_subject(digest), parcel)
    changes = sum(len(alert.changes) for alert in parcel.alerts)
    table = table_of(parcel.alerts, parcel)
    attached = voice.attached(table.name, changes)
    view = partial(digest_view, digest, subject=subject)
    whole = view(FOR_MAIL, attached=attached)
    context = {"digest": whole, **_common(parcel, subject, whole.preview)}
    return _Formats(
        subject=subject,
        mail=_Sheet("digest", context),
        pages=tuple(_Sheet("digest", {**context, "digest": view(budget, attached=attached)}) for budget in FOR_PAGE),
        chats=tuple(_Sheet("digest", {**context, "digest": view(budget, attached="")}) for budget in FOR_CHAT),
        short=voice.short_digest(digest.tallied, len(digest.groups), digest.heads(), parcel),
        severity=max(group.severity for group in digest.groups),
        attachments=(table,),
    )


def _digest_subject(digest: Digest) -> str:
    """Of one study what an alert of it would say; of several how many, and of which what."""
    if len(digest.groups) > 1:
        return voice.digest_subject(digest.tallied, len(digest.groups), digest.heads())
    worst = max(digest.alerts, key=lambda alert: (alert.severity, alert.observed_at))
    return voice.alert_subject(worst, lines_of(worst.changes))


def _nothing(parcel: Parcel) -> _Formats:
    view = NothingView(voice.nothing_changed(parcel), voice.how_far_we_saw(parcel), voice.why_nothing(parcel))
    subject = voice.subject(voice.nothing_subject(parcel), parcel)
    sheet = _Sheet("nothing", {"nothing": view, **_common(parcel, subject, view.told)})
    return _Formats(subject, sheet, (sheet,), (sheet,), voice.short_line(view.told, parcel), Severity.NOISE)


def _notice(parcel: Parcel, notice: Notice) -> _Formats:
    view = NoticeView(one_line(notice.subject), plain(notice.body))
    subject = voice.subject(voice.notice_subject(notice.subject), parcel)
    sheet = _Sheet("notice", {"notice": view, **_common(parcel, subject, view.body)})
    short = voice.short_line(voice.notice_subject(f"{notice.subject}: {notice.body}"), parcel)
    return _Formats(subject, sheet, (sheet,), (sheet,), short, Severity.MAJOR, thread=notice.key)


def _common(parcel: Parcel, subject: str, preview: str) -> Mapping[str, object]:
    """What every template knows."""
    return {"rehearsal": parcel.rehearsal, "subject": subject, "preview": one_line(preview)[:200]}


def _first_within(press: Press, sheets: Sequence[_Sheet], ending: str, limit: int) -> str:
    """The first of these that its reader's program shows whole, or the last."""
    for sheet in sheets:
        printed = _print(press, sheet, ending)
        if len(printed.encode()) <= limit:
            break
    return printed


def _phone(formats: _Formats) -> _Sheet:
    return _Sheet(formats.mail.name, {**formats.mail.context, "short": formats.short})


def _print(press: Press, sheet: _Sheet, ending: str) -> str:
    return press.printed(f"{sheet.name}.{ending}.j2", sheet.context)


def _route(parcel: Parcel) -> str:
    """The route a message is for; of a batch, the one that all its alerts are of."""
    routes = {parcel.route} if parcel.route else {alert.route for alert in parcel.alerts}
    return routes.pop() if len(routes) == 1 else ""


def _up_to(text: str, limit: int) -> str:
    """As many whole lines as fit: a link or an entity that is cut in two would be garbage."""
    if len(text) <= limit:
        return text
    kept: list[str] = []
    for line in text.split("\n"):
        if sum(len(each) + 1 for each in kept) + len(line) > limit - 2:
            break
        kept.append(line)
    return "\n".join([*kept, "…"])
