"""Every endpoint of `/api`: this table routes, validates and describes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from watcher.alerts.schedule import DeliveryStatus
from watcher.model import Severity
from watcher.store.shown import Study
from watcher.views.kinds import KindObject
from watcher.views.objects import AlertObject, EntryObject, RecordedObject, WholeAlertObject
from watcher.views.operating import (
    DeliveryObject,
    HoldObject,
    SilencingObject,
    StatusObject,
    WatchObject,
    WholeHoldObject,
)
from watcher.web.api import answers
from watcher.web.api.parameters import BIGGEST, Asked, Day, Flag, Number, Parameter, StudyNumber, Text, Word
from watcher.web.visit import Visit

MOST = 1_000
_SEVERITIES = tuple(severity.word for severity in Severity)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An address, what it answers (`gives` is the type of it), and what may be asked of it."""

    path: str
    summary: str
    answer: Callable[[Visit, Asked], Any]
    gives: Any
    parameters: tuple[Parameter, ...] = ()

    @property
    def name(self) -> str:
        """What programs made from the description call it."""
        return self.answer.__name__

    def said(self, parameter: Parameter) -> str:
        """What a parameter may be, where it stands, and what holds without it."""
        words = f"{parameter.shape.words[:1].upper()}{parameter.shape.words[1:]}"
        if self.is_in_path(parameter):
            return f"{words}; in the path"
        usual = parameter.shape.schema.get("default")
        return f"{words}; ?{parameter.name}={parameter.example}" + (
            f"; else {usual}".lower() if usual is not None else ""
        )

    def is_in_path(self, parameter: Parameter) -> bool:
        """Whether a parameter is a part of the path."""
        return f"{{{parameter.name}}}" in self.path


def _limit(usual: int) -> Parameter:
    return Parameter("limit", Number(1, MOST, usual), "At most so many.", usual)


def _least(usual: str) -> Parameter:
    return Parameter("min_severity", Word(_SEVERITIES, usual), "Only from this severity on.", "major")


_NCT = Parameter("nct", StudyNumber(), "The study's NCT number.", "NCT04150497")
_STUDY = Parameter("study", StudyNumber(), "Only this NCT number.", "NCT04150497")
_SINCE = Parameter("since", Day(), "Only from this day on (UTC).", "2022-10-01")

ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint("/api/status", "How the watcher is.", answers.status, StatusObject),
    Endpoint(
        "/api/studies",
        "The studies that were ever asked for, by number, and where they stand.",
        answers.studies,
        list[Study],
        (
            Parameter("after", StudyNumber(), "Only those after this NCT number: the next page.", "NCT04000000"),
            _limit(200),
        ),
    ),
    Endpoint("/api/studies/{nct}", "One study, and where it stands.", answers.study, Study, (_NCT,)),
    Endpoint(
        "/api/studies/{nct}/history",
        "The versions of a study and what changed in each, and what happened without a new one; oldest first.",
        answers.history,
        list[EntryObject],
        (_NCT,),
    ),
    Endpoint(
        "/api/studies/{nct}/versions/{version}",
        "The record of a study as the registry sent it.",
        answers.version,
        dict[str, Any],
        (_NCT, Parameter("version", Number(1, BIGGEST), "Which version; the first is 1.", 1)),
    ),
    Endpoint(
        "/api/changes",
        "Stored changes, newest first.",
        answers.changes,
        list[RecordedObject],
        (_STUDY, _SINCE, _least("minor"), _limit(200)),
    ),
    Endpoint(
        "/api/alerts",
        "What was told, newest first, and what became of it.",
        answers.alerts,
        list[AlertObject],
        (
            _STUDY,
            Parameter("route", Text(), "Only this route.", "everything"),
            _SINCE,
            Parameter("unacknowledged", Flag(), "Only those nobody acknowledged.", "true"),
            _least("noise"),
            _limit(50),
        ),
    ),
    Endpoint(
        "/api/alerts/{number}",
        "One alert with its changes.",
        answers.alert,
        WholeAlertObject,
        (Parameter("number", Number(1, BIGGEST), "The number that its messages show.", 1),),
    ),
    Endpoint(
        "/api/deliveries",
        "What waits to be sent and what could not be delivered, newest first.",
        answers.deliveries,
        list[DeliveryObject],
        (
            Parameter(
                "status",
                Word((*(status.value for status in DeliveryStatus), "all")),
                "Only these; else pending, claimed and dead.",
                "all",
            ),
            Parameter("channel", Text(), "Only those of this channel.", "console"),
            _limit(50),
        ),
    ),
    Endpoint(
        "/api/silences",
        "What nobody is to hear for a while, and how much of it was kept back.",
        answers.silences,
        list[SilencingObject],
        (Parameter("all", Flag(), "Also those that are over.", "true"),),
    ),
    Endpoint(
        "/api/mass",
        "Mass changes that are held back.",
        answers.holds,
        list[HoldObject],
        (Parameter("all", Flag(), "Also those that are decided.", "true"),),
    ),
    Endpoint(
        "/api/mass/{id}",
        "One mass change, with the changes it holds back.",
        answers.hold,
        WholeHoldObject,
        (Parameter("id", Text(), "As the list names it.", "3f9a2c1e"), _limit(50)),
    ),
    Endpoint("/api/kinds", "Every kind of change with its severity and meaning.", answers.kinds, list[KindObject]),
    Endpoint("/api/watches", "What is watched: listed studies, or a search.", answers.watches, list[WatchObject]),
)
