"""The endpoints for programs, as people read them: from the table that describes them to programs."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import Response

from watcher.web.api.table import ENDPOINTS
from watcher.web.frame import shown
from watcher.web.visit import Show, Visit


def api(visit: Visit) -> Response:
    """Every endpoint with its parameters."""
    return shown(visit, "api.html.j2", "API", endpoints=ENDPOINTS)


PAGES: Mapping[str, Show] = {"/api": api}
