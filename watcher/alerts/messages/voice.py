"""Every word that messages say besides what the registry and the table of changes say: one place, one voice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, timedelta

from watcher.alerts.messages.lines import Line
from watcher.alerts.messages.parcel import Link, Parcel
from watcher.alerts.messages.safe import one_line
from watcher.alerts.schedule import QUIET
from watcher.changes.language.words import clipped, counted
from watcher.model import Alert, Form, Severity

REHEARSAL = "REHEARSAL"
REHEARSAL_BANNER = f"{REHEARSAL}: recorded and invented data. Do not read this as news."
ESCALATED = "ESCALATED"
SUBJECT_LIMIT = 180
SHORT_LIMIT = 300
# An offer to be silent reaches so far; the reader may write another day.
SILENCE_FOR = timedelta(days=30)
NUMBERS_SHOWN = 12

# The words that templates use as they are.
WORDS = {
    "rehearsal": REHEARSAL_BANNER,
    "record": "Record",
    "compare": "Compare versions at the registry",
    "compare_briefly": "compare versions",
    "evidence": "Evidence",
    "note": "NOTE",
    "was": "Was",
    "now": "Now",
    "operator": "You get this as the operator ([operator] in the configuration).",
}


@dataclass(frozen=True, slots=True)
class Command:
    """What the reader can do: a command, and what it does."""

    text: str
    does: str = ""


# --- counting -------------------------------------------------------------------


def studies(number: int) -> str:
    """As in: 1 study, 12 studies."""
    return counted(number, "study", "studies")


def tally(severities: Iterable[Severity]) -> tuple[tuple[Severity, int], ...]:
    """How many there are of each severity, worst first."""
    return tuple(sorted(Counter(severities).items(), reverse=True))


def tally_text(severities: Iterable[Severity]) -> str:
    """As in: 1 critical, 4 major, 7 minor."""
    return ", ".join(f"{number} {severity.word}" for severity, number in tally(severities))


def more_changes(severities: Sequence[Severity]) -> str:
    """What of one study a digest does not show."""
    return f"and {counted(len(severities), 'more change')} ({tally_text(severities)})"


def more_studies(nct_ids: Sequence[str], severities: Sequence[Severity]) -> str:
    """Which studies a digest does not show."""
    named = ", ".join(nct_ids[:NUMBERS_SHOWN])
    beyond = f" and {len(nct_ids) - NUMBERS_SHOWN} others" if len(nct_ids) > NUMBERS_SHOWN else ""
    more = counted(len(nct_ids), "more study", "more studies")
    return f"and {more} ({tally_text(severities)}): {named}{beyond}"


def more_evidence(number: int, nct_id: str) -> str:
    """How much evidence is not shown, and where it is."""
    return f"and {number} more: watcher history {nct_id}"


# --- subjects -------------------------------------------------------------------


def subject(text: str, parcel: Parcel) -> str:
    """A subject: one line of bounded length that says what kind of message it is."""
    marks = [REHEARSAL] if parcel.rehearsal else []
    marks += [f"[{ESCALATED}]"] if parcel.form is Form.ESCALATION else []
    return clipped(" ".join([*marks, one_line(text)]), SUBJECT_LIMIT)


def name_of(alert: Alert) -> str:
    """A study as a subject calls it: its number, and the user's word for it or its acronym."""
    return " ".join(filter(None, (alert.nct_id, clipped(one_line(alert.label or alert.study.acronym), 60))))


def alert_subject(alert: Alert, lines: Sequence[Line]) -> str:
    """As in: [CRITICAL] NCT04150497 BALLI-01: Study suspended: Recruiting -> Suspended (+2 more)."""
    if not lines:
        return f"{alert.nct_id}: {headline(alert.notes[0])}"
    return f"[{alert.severity.name}] {name_of(alert)}: {headline(lines[0].text)}{_others(len(lines), ' (+{} more)')}"


def digest_subject(tallied: str, number: int, heads: Sequence[tuple[str, str]]) -> str:
    """As in: 3 critical, 5 major in 8 studies: NCT04150497 BALLI-01: Study suspended; NCT..."""
    told = [f"{name}: {headline(line, 70)}" for name, line in heads[:4]]
    return f"{tallied} in {studies(number)}: {'; '.join(told)}"


def nothing_subject(parcel: Parcel) -> str:
    """As in: Nothing changed: Monday digest, 2026-06-08."""
    return ": ".join(filter(None, ("Nothing changed", ", ".join(filter(None, (parcel.route, parcel.window))))))


def notice_subject(text: str) -> str:
    """The subject of what the operator is told."""
    return f"[watcher] {text}"


def headline(sentence: str, longest: int = 90) -> str:
    """A sentence short enough for a subject line: where it is long, what stands before its first colon."""
    plain_end = one_line(sentence).rstrip(".")
    if len(plain_end) <= longest:
        return plain_end
    said = plain_end.split(": ")[0].removesuffix(", because")
    if said.count("(") > said.count(")"):
        said = said[: said.rindex("(")].rstrip()
    # A single word before the colon ("Status") tells nothing.
    return clipped(said if " " in said else plain_end, longest)


# --- short texts ----------------------------------------------------------------


def short_alert(alert: Alert, lines: Sequence[Line], parcel: Parcel) -> str:
    """An alert for a phone: CRITICAL NCT04150497 BALLI-01: Study suspended ... +2 more."""
    head = f"{_short_marks(parcel)}{alert.severity.name} {name_of(alert)}: "
    others = _others(len(lines), " +{} more")
    room = SHORT_LIMIT - len(head) - len(others)
    told = lines[0].text if lines else one_line(alert.notes[0])
    # What follows from it first (a sponsor's reason), where that fits.
    reason = " ".join([told, *(lines[0].under[:1] if lines else ())])
    return f"{head}{reason if len(reason) <= room else clipped(told, room)}{others}"


def short_digest(tallied: str, number: int, heads: Sequence[tuple[str, str]], parcel: Parcel) -> str:
    """A digest for a phone: 12 studies changed: 1 critical, 11 minor. NCT04150497 BALLI-01: Study suspended; ..."""
    told = "; ".join(f"{name}: {headline(line, 70)}" for name, line in heads[:4])
    return clipped(f"{_short_marks(parcel)}{changed(tallied, number)} {told}", SHORT_LIMIT)


def short_line(text: str, parcel: Parcel) -> str:
    """Anything else for a phone."""
    return clipped(f"{_short_marks(parcel)}{one_line(text)}", SHORT_LIMIT)


def _short_marks(parcel: Parcel) -> str:
    marks = [REHEARSAL] if parcel.rehearsal else []
    marks += [ESCALATED] if parcel.form is Form.ESCALATION else []
    return "".join(f"{mark} " for mark in marks)


def _others(lines: int, shape: str) -> str:
    return shape.format(lines - 1) if lines > 1 else ""


# --- headings -------------------------------------------------------------------


def digest_heading(parcel: Parcel) -> str:
    """What a digest is."""
    if parcel.form is not Form.DIGEST:
        many = f"{counted(len(parcel.alerts), 'alert')} that were due at once"
        return f"{many}, of {_route(parcel)}" if parcel.route else many
    if parcel.window.startswith(QUIET):
        return f"What came in the quiet hours of {_route(parcel)} until {parcel.window.removeprefix(QUIET)}"
    return f"Digest of {_route(parcel)}" + (f", window of {parcel.window}" if parcel.window else "")


def changed(tallied: str, number: int) -> str:
    """As in: 12 studies changed: 1 critical, 4 major, 7 minor."""
    return f"{studies(number)} changed: {tallied}."


def nothing_changed(parcel: Parcel) -> str:
    """What a digest without an alert says."""
    route = f" that {_route(parcel)} asks for" if parcel.route else ""
    until = f" in the window that closed on {parcel.window}" if parcel.window else ""
    changed = "is known to have changed" if parcel.blind else "changed"
    silenced = f" and is not silenced ({counted(parcel.silenced, 'alert')} silenced)" if parcel.silenced else ""
    return f"Nothing{route}{silenced} {changed}{until}."


def how_far_we_saw(parcel: Parcel) -> str:
    """Until when "nothing changed" holds; "" where that is not known."""
    if parcel.looked_at is None:
        return ""
    looked_at = f"{parcel.looked_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    if parcel.blind:
        return (
            f"The registry could not be read since {looked_at}: what changed meanwhile is told when it answers again."
        )
    return f"The registry was last read on {looked_at}."


def why_nothing(parcel: Parcel) -> str:
    """Why somebody hears that nothing changed."""
    return f"Why you get this: {_route(parcel)} asks to be told when nothing changed."


def _route(parcel: Parcel) -> str:
    return f'route "{clipped(one_line(parcel.route), 80)}"'


def not_acknowledged(alert: Alert) -> str:
    """How an escalation begins."""
    return f"Not acknowledged since {alert.observed_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC:"


# --- beneath an alert -----------------------------------------------------------


def seen(alert: Alert) -> str:
    """When the registry published it, when we saw it, and between which of our versions."""
    filed = ", ".join(
        f"{word} {clipped(one_line(day), 20)}"
        for word, day in (("submitted", alert.study.submitted), ("posted", alert.study.posted))
        if day
    )
    versions = f"; our version {alert.version}, compared with {alert.since}" if alert.version and alert.since else ""
    told = f"Registry update {filed}; seen" if filed else "Seen"
    if alert.occasion.startswith("clock:"):
        told = f"No new registry update, the last {filed}; seen" if filed else "No new registry update; seen"
    return one_line(f"{told} {alert.observed_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC{versions}.")


def seen_briefly(alert: Alert) -> str:
    """The same for a digest, with the alert's number."""
    number = f", alert {alert.id}" if alert.id else ""
    return f"Seen {alert.observed_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC{number}"


def why(reasons: Iterable[str]) -> str:
    """Which route and rule chose it."""
    told = list(dict.fromkeys(clipped(one_line(reason), 400) for reason in reasons))
    more = f"; and {len(told) - 5} other reasons" if len(told) > 5 else ""
    return f"Why you get this: {'; '.join(told[:5])}{more}."


def can_do(alert: Alert) -> str:
    """The line above the commands."""
    return f"Alert {alert.id}. What you can do:" if alert.id else "What you can do:"


def commands(alert: Alert) -> tuple[Command, ...]:
    """The exact commands about one alert; only the last where it has no number yet."""
    numbered = (
        Command(f"watcher ack {alert.id}", "acknowledge it"),
        Command(f"watcher noise {alert.id}", "say that it was noise to you"),
        Command(f"watcher why {alert.id}", "ask why you got it"),
    )
    return (*(numbered if alert.id else ()), Command(_silence(alert.nct_id, alert)))


def digest_commands(alerts: Sequence[Alert]) -> tuple[Command, ...]:
    """The commands about the alerts of a digest, by the first of them."""
    number = next((alert.id for alert in alerts if alert.id), 0)
    numbered = (
        Command(f"watcher ack {number}", "acknowledge an alert, by its number"),
        Command(f"watcher noise {number}", "say that it was noise to you"),
        Command(f"watcher why {number}", "ask why you got it"),
    )
    last = max(alerts, key=lambda alert: alert.observed_at)
    return (*(numbered if number else ()), Command(_silence(alerts[0].nct_id, last)))


def _silence(nct_id: str, alert: Alert) -> str:
    until = alert.observed_at.astimezone(UTC).date() + SILENCE_FOR
    return f'watcher silence add --study {nct_id} --until {until} --reason "..."'


def to_page(page: str, alerts: Iterable[Alert]) -> dict[int, tuple[Link, ...]]:
    """Where each of these alerts can be answered: a page with buttons, so that following a link answers nothing."""
    return {alert.id: (Link("Open in your inbox, to acknowledge it", f"{page}/alerts/{alert.id}"),) for alert in alerts}


def links(found: Sequence[Link]) -> tuple[Link, ...]:
    """What can be done on the local page; nothing but addresses of pages is a link."""
    return tuple(Link(one_line(link.name), link.url) for link in found if link.url.startswith(("https://", "http://")))


def attached(name: str, changes: int) -> str:
    """What the table beside a digest holds."""
    return f"All {counted(changes, 'change')} with values and paths: {name}, attached to the e-mail."
