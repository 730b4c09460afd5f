"""Templates: the built-in ones, those that a user puts in their place, and rendering that never loses a message."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from watcher.alerts.messages.safe import one_line, plain, slack_text, wrapped
from watcher.alerts.messages.sources import BUILT_IN, Templates
from watcher.alerts.messages.voice import WORDS
from watcher.changes.language.words import clipped

if TYPE_CHECKING:
    from jinja2.sandbox import ImmutableSandboxedEnvironment

FOLDER = Path(__file__).parents[1] / "templates"
SUFFIX = ".j2"


@dataclass(frozen=True, slots=True)
class Press:
    """Renders one message; where a user's template fails, the built-in one serves and `failures` says so."""

    templates: Templates = BUILT_IN
    failures: dict[str, str] = field(default_factory=dict)

    def printed(self, name: str, context: Mapping[str, object]) -> str:
        """The text of a template, fit for its format."""
        if self.templates.own:
            try:
                return _printed(self.templates, name, context)
            except Exception as error:  # whatever a user's template does, the alert must go out
                said = clipped(one_line(f"{type(error).__name__}: {error}"), 300)
                self.failures.setdefault(name, f"template {name} failed, the built-in one was used: {said}")
        return _printed(BUILT_IN, name, context)


def built_in_names() -> tuple[str, ...]:
    """The names of all built-in templates."""
    return tuple(sorted(path.name for path in FOLDER.glob(f"*{SUFFIX}")))


def built_in_source(name: str) -> str:
    """The source of a built-in template."""
    return (FOLDER / name).read_text(encoding="utf-8")


@cache
def built_in_sources() -> Mapping[str, str]:
    """Every built-in template, read once: a package that is exchanged under a running process must not mix in."""
    return {name: built_in_source(name) for name in built_in_names()}


def prepare(templates: Templates) -> None:
    """Compile every template now, for a process that is to run for months."""
    for name in built_in_names():
        environment_for(name, templates).get_template(name)


def flaw_in(name: str, source: str) -> tuple[int, str] | None:
    """The line and the words of what keeps a template from being compiled; None where nothing does."""
    from jinja2 import TemplateSyntaxError

    try:
        environment_for(name, BUILT_IN).compile(source, name)
    except TemplateSyntaxError as error:
        return error.lineno, str(error.message)
    return None


def environment_for(name: str, templates: Templates) -> ImmutableSandboxedEnvironment:
    """The sandbox in which a template of this name is rendered: every value is made fit for the template's format."""
    dialects = {".html.j2": "html", ".slack.j2": "slack"}
    return _environment(next((dialects[end] for end in dialects if name.endswith(end)), "text"), templates)


@cache
def _environment(dialect: str, templates: Templates) -> ImmutableSandboxedEnvironment:
    from jinja2 import DictLoader, StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment = ImmutableSandboxedEnvironment(
        loader=DictLoader({**built_in_sources(), **dict(templates.own)}),
        autoescape=dialect != "text",
        finalize=_FINALIZE[dialect],
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals["say"] = WORDS
    return environment


def _plain(value: object) -> object:
    return plain(value) if type(value) is str else value


def _mrkdwn(value: object) -> object:
    """Registry text cannot format, link or mention; what a template's own mark-up made is left alone."""
    from markupsafe import Markup

    return value if hasattr(value, "__html__") else Markup(slack_text(str(value)))  # noqa: S704 - just escaped


_FINALIZE: Mapping[str, Callable[[object], object]] = {"text": _plain, "html": _plain, "slack": _mrkdwn}


def _printed(templates: Templates, name: str, context: Mapping[str, object]) -> str:
    text = plain(environment_for(name, templates).get_template(name).render(context))
    if not text.strip():
        raise ValueError("it renders nothing")
    if name.endswith(".html.j2"):
        return _inlined(text)
    return wrapped(text) if name.endswith(".txt.j2") else text


def _inlined(html: str) -> str:
    """The page with its styles at the tags, where mail programs keep them; only what a tag cannot carry stays."""
    return _inliner()(html)


@cache
def _inliner() -> Callable[[str], str]:
    from css_inline import CSSInliner

    return CSSInliner(keep_style_tags=False, keep_at_rules=True, load_remote_stylesheets=False, minify_css=True).inline
