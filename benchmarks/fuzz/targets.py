"""Every target with how many inputs of it a run makes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random

from benchmarks.fuzz import answers, configs, messages, records, wishes


@dataclass(frozen=True, slots=True)
class Target:
    """`attempt` makes one input and says whether it was accepted; a few seconds are enough for `quick` of them."""

    attempt: Callable[[Random], bool]
    inputs: int
    quick: int


TARGETS: Mapping[str, Target] = {
    "record bytes": Target(records.record_bytes, 30_000, 600),
    "record pairs": Target(records.record_pairs, 8_000, 120),
    "answers": Target(answers.answers, 30_000, 600),
    "answers on the wire": Target(answers.wire, 6_000, 150),
    "configurations": Target(configs.config, 2_000, 30),
    "configurations in bytes": Target(configs.config_bytes, 1_000, 20),
    "words of a configuration": Target(configs.words, 15_000, 400),
    "lists of studies": Target(configs.studies, 6_000, 150),
    "addresses of webhooks": Target(configs.addresses, 20_000, 500),
    "secrets of webhooks": Target(configs.secrets, 5_000, 200),
    "messages": Target(messages.messages, 1_000, 15),
    "messages of records": Target(messages.told_records, 1_200, 15),
    "templates": Target(messages.templates, 600, 10),
    "requests": Target(wishes.wishes, 1_500, 30),
}
