"""Which services a channel may be: the list is closed, and every plugin that apprise has is on one side of it."""

from __future__ import annotations

import inspect
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers import WebhookServer
from watcher.channels import open_channel
from watcher.channels.allowed import ALLOWED_SCHEMES, FILE_TEMPLATES, REFUSED, REFUSED_SCHEMES, scheme_mistake
from watcher.channels.upstream import asset
from watcher.errors import ConfigError


def plugins() -> Iterator[tuple[type, frozenset[str]]]:
    """Every plugin that the installed apprise has, with its schemes; those that lack a library, too."""
    from apprise.plugins import N_MGR

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        N_MGR.load_modules()
    for plugin in {id(each): each for each in N_MGR.plugins(include_disabled=True)}.values():
        yield plugin, frozenset().union(*map(_as_set, (plugin.protocol, plugin.secure_protocol)))


def _as_set(schemes: str | tuple[str, ...] | None) -> frozenset[str]:
    return frozenset({schemes} if isinstance(schemes, str) else schemes or ())


def mistake(url: str) -> str:
    with pytest.raises(ConfigError) as caught:
        open_channel("chat", url)
    (said,) = caught.value.mistakes
    return said


def test_every_plugin_of_apprise_is_allowed_or_refused_on_purpose() -> None:
    undecided = {scheme for _, schemes in plugins() for scheme in schemes} - ALLOWED_SCHEMES - set(REFUSED_SCHEMES)
    assert not undecided, "apprise has new services: put them on one of the lists of watcher/channels/allowed.py"
    assert sum(1 for _ in plugins()) > 100


def test_no_scheme_is_on_both_lists() -> None:
    assert not ALLOWED_SCHEMES & set(REFUSED_SCHEMES)


@pytest.mark.parametrize("scheme", sorted(REFUSED_SCHEMES))
def test_a_refused_service_is_refused_in_words(scheme: str) -> None:
    said = mistake(f"{scheme.upper()}://host/S3CR3TS3CR3T")
    assert said == f"channel 'chat': {scheme}:// {REFUSED_SCHEMES[scheme]}"
    assert "; " in said
    assert "S3CR3T" not in said


@pytest.mark.parametrize("scheme", sorted({*REFUSED["desktop"].services["DBus Notification"].split(), "syslog"}))
def test_what_acts_on_this_machine_is_refused(scheme: str) -> None:
    assert "a daemon must not do" in mistake(f"{scheme}://")


def test_a_scheme_on_no_list_is_refused_with_the_nearest_that_is_allowed() -> None:
    assert mistake("slakc://a/b") == "channel 'chat': no service has the scheme slakc://; did you mean slack://?"
    assert mistake("exec://rm").endswith("; docs/channels.md lists them all") or "did you mean" in mistake("exec://rm")


@pytest.mark.parametrize("scheme", ["exec", "file", "script", "python", "ftp", "include"])
def test_nothing_that_runs_or_reads_is_a_channel(scheme: str) -> None:
    assert scheme_mistake(scheme) is not None


def test_apprise_loads_no_plugin_from_a_folder() -> None:
    assert list(asset().plugin_paths) == []


@pytest.mark.parametrize(
    "url",
    [
        "ntfy://127.0.0.1:{port}/topic?attach=http://127.0.0.1:{port}/S3CR3T",
        "ntfy://127.0.0.1:{port}/topic?ATTACH=/etc/passwd",
        "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/?template=http://127.0.0.1:{port}/S3CR3T",
        "discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js?template=file:///etc/S3CR3T",
        "https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ?template=/etc/S3CR3T",
        "mailto://127.0.0.1?from=a@example.org&to=b@example.org&pgp=encrypt&pgppub=/etc/S3CR3T",
        "mailto://127.0.0.1?from=a@example.org&to=b@example.org&pgpprv=http://127.0.0.1:{port}/S3CR3T",
        "mailto://127.0.0.1?from=a@example.org&to=b@example.org&wkd=yes",
    ],
)
def test_a_parameter_that_reads_files_or_asks_other_hosts_is_refused(url: str) -> None:
    with WebhookServer() as elsewhere:
        said = mistake(url.format(port=elsewhere.port))
        assert "leave it out" in said or "leave out" in said
        assert "S3CR3T" not in said
        assert elsewhere.requests == []


def test_every_allowed_service_that_reads_a_template_file_is_known() -> None:
    """Apprise reads such files through its attachments; a service that begins to is found here."""
    reading = {
        scheme
        for plugin, schemes in plugins()
        for scheme in schemes & ALLOWED_SCHEMES
        if any("AppriseAttachment(asset" in source for source in _sources(plugin))
    }
    assert reading <= FILE_TEMPLATES


def _sources(plugin: type) -> Iterator[str]:
    for kind in plugin.__mro__:
        module = sys.modules[kind.__module__]
        if module.__name__.startswith("apprise.plugins.") and module.__name__ != "apprise.plugins.base":
            yield Path(inspect.getfile(module)).read_text(encoding="utf-8")


def test_an_allowed_service_that_lacks_its_library_says_which() -> None:
    lacking = {scheme for plugin, schemes in plugins() if not plugin.enabled for scheme in schemes & ALLOWED_SCHEMES}  # type: ignore[attr-defined]
    for scheme in lacking:
        assert "which is not installed" in mistake(f"{scheme}://user:S3CR3T@localhost/topic")
