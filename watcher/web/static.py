"""Styles and scripts: ours alone, sent as they are."""

from __future__ import annotations

from pathlib import PurePosixPath

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from watcher.web.render import static_files

_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
# Their addresses change with their content.
_KEPT = "public, max-age=31536000, immutable"


async def static(request: Request) -> Response:
    """One file by its name."""
    name = str(request.path_params["name"])
    content = static_files().get(name)
    if content is None:
        return PlainTextResponse("Not Found", 404)
    kind = _TYPES[PurePosixPath(name).suffix]
    return Response(content, headers={"Content-Type": f"{kind}; charset=utf-8", "Cache-Control": _KEPT})


async def icon(_request: Request) -> Response:
    """Our sign, which browsers ask for beside what is no page of ours, such as raw JSON."""
    return Response(static_files()["icon.svg"], media_type=_TYPES[".svg"])
