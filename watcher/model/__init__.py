"""The words of the project as frozen values: what passes between the layers."""

from watcher.model.listening import Escalation, Near, Quiet, Route, Rule, Scope, Silence, Timing, Watch, WatchedStudy
from watcher.model.planning import Milestone, Plan
from watcher.model.searching import EVERYTHING, Search, Term
from watcher.model.sending import Attachment, Form, Message, Target
from watcher.model.sweeping import Searched, Sweep, Swept
from watcher.model.telling import Alert, Change, Notice, Place, Raised, Severity, StudyFacts

__all__ = [
    "EVERYTHING",
    "Alert",
    "Attachment",
    "Change",
    "Escalation",
    "Form",
    "Message",
    "Milestone",
    "Near",
    "Notice",
    "Place",
    "Plan",
    "Quiet",
    "Raised",
    "Route",
    "Rule",
    "Scope",
    "Search",
    "Searched",
    "Severity",
    "Silence",
    "StudyFacts",
    "Sweep",
    "Swept",
    "Target",
    "Term",
    "Timing",
    "Watch",
    "WatchedStudy",
]
