"""The figures of the soak: the last line, and the table before it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

from benchmarks.soak.gauges import Sample, slope
from benchmarks.soak.labels import against_labels, versions_apart
from benchmarks.soak.lived import Lived
from benchmarks.soak.plan import Play
from benchmarks.soak.verdict import Judged, judge

MUST_BE_ZERO = (
    "lost", "doubled", "false", "database_damaged", "unresolved", "out_of_order", "digests_wrong", "too_early",
    "versions_wrong", "labels_lost", "labels_doubled", "labels_false", "notices_wrong", "wrong",
)  # fmt: skip
SHOWN = 20


def figures(calm: Lived, bad: Sequence[Lived], play: Play) -> dict[str, Any]:
    """What the last line says, but for the time and the seed."""
    verdicts = [judge(life, calm, play.acts) for life in bad]
    counts = [against_labels(life, play) for life in bad]
    faults = sum((life.faults for life in bad), Counter())
    samples = [sample for life in bad for sample in numbered(bad, life)]
    return {
        "polls": sum(life.polls for life in bad),
        "faults": dict(sorted(faults.items())),
        "faults_total": faults.total(),
        "kills": faults["process_sigkill"],
        "starts": sum(life.starts for life in bad),
        "alerts_expected": sum(verdict.expected for verdict in verdicts),
        "delivered": sum(verdict.delivered for verdict in verdicts),
        "lost": sum(len(verdict.lost) for verdict in verdicts),
        "doubled": sum(len(verdict.doubled) for verdict in verdicts),
        "repeated": sum(verdict.repeats.excused for verdict in verdicts),
        "false": sum(len(verdict.false) for verdict in verdicts),
        "notices": sum(verdict.notices.told for verdict in verdicts),
        "unresolved": sum(len(verdict.notices.unresolved) for verdict in verdicts),
        "database_checks": sum(life.checks for life in bad),
        "database_damaged": sum(len(life.damaged) for life in bad),
        "peak_rss_mb": round(max(life.peak_kb for life in bad) / 1024, 1),
        "rss_slope_mb_per_1000_polls": rounded(slope(samples, lambda sample: sample.memory_mb)),
        "fds_slope": rounded(slope(samples, lambda sample: sample.files)),
        "threads_slope": rounded(slope(samples, lambda sample: sample.threads)),
        "out_of_order": sum(len(verdict.messages.out_of_order) for verdict in verdicts),
        "digests_wrong": sum(len(verdict.messages.digests_wrong) for verdict in verdicts),
        "too_early": sum(len(verdict.messages.too_early) for verdict in verdicts),
        "versions_wrong": sum(len(versions_apart(life, play)) for life in bad),
        "labels_expected": sum(count.alerts_expected for count in counts),
        "labels_lost": sum(len(count.alerts_lost) + len(count.changes_lost) for count in counts),
        "labels_doubled": sum(count.doubled for count in counts),
        "labels_false": sum(count.false_alerts for count in counts),
        "notices_wrong": sum(len(verdict.notices.wrong) for verdict in verdicts),
        "dead": sum(life.deliveries.get("dead", 0) for life in bad),
        "wrong": sum(len(life.wrong) for life in bad),
        "days": len({act.day for act in play.acts if act.day <= min(life.last for life in bad)}),
        "studies": len(play.captures.studies),
    }


def numbered(bad: Sequence[Lived], life: Lived) -> Iterable[Sample]:
    """Its samples, with incarnations that no other life has."""
    place = 1000 * bad.index(life)
    return (
        Sample(sample.incarnation + place, sample.polls, sample.memory_mb, sample.files, sample.threads)
        for sample in life.samples
    )


def rounded(value: float | None) -> float | None:
    """Two digits; None where there was too little to measure."""
    return None if value is None else round(value, 2)


def is_good(said: Mapping[str, Any]) -> bool:
    """Whether everything holds that has to."""
    return not any(said[name] for name in MUST_BE_ZERO)


# --- for people ---------------------------------------------------------------------


def print_all(calm: Lived, bad: Sequence[Lived], play: Play, said: Mapping[str, Any]) -> None:
    """The table, and everything that must not be."""
    for name, value in said.items():
        if name != "faults":
            print(f"{name.replace('_', ' '):36} {value}")
    print("--- faults injected")
    for name, number in said["faults"].items():
        print(f"{name.replace('_', ' '):36} {number}")
    print(f"--- the calm life: {calm.polls} polls, {len(calm.messages)} messages, {calm.seconds:.0f} s")
    for life in bad:
        _print_life(life, judge(life, calm, play.acts), play)


def _print_life(life: Lived, verdict: Judged, play: Play) -> None:
    print(f"--- the {life.name} life: to {life.last}, {life.polls} polls, {life.starts} starts, {life.seconds:.0f} s")
    print(f"{'deliveries':36} {', '.join(f'{number} {word}' for word, number in sorted(life.deliveries.items()))}")
    print(f"{'messages, excused repeats':36} {len(life.messages)}, {verdict.repeats.excused}")
    print(f"{'clocks and news of one day':36} {verdict.left_open}")
    count = against_labels(life, play)
    kinds: tuple[tuple[str, Iterable[object]], ...] = (
        ("lost", verdict.lost),
        ("doubled", verdict.doubled),
        ("false", verdict.false),
        ("order", chain(verdict.messages.out_of_order, verdict.messages.digests_wrong, verdict.messages.too_early)),
        ("notice", chain(verdict.notices.wrong, verdict.notices.unresolved)),
        ("version", versions_apart(life, play)),
        ("label", chain(count.alerts_lost, count.changes_lost)),
        ("damage", life.damaged),
        ("wrong", life.wrong),
    )
    for what, found in kinds:
        _print_some(what, list(found))


def _print_some(what: str, found: Sequence[object]) -> None:
    for each in found[:SHOWN]:
        print(f"{what}: {each}")
    if len(found) > SHOWN:
        print(f"and {len(found) - SHOWN} more")
