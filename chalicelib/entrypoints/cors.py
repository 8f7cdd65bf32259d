"""Pages of other origins that may claim by our API: those that the owner lists (`[widget]` in shop.toml), no other, and never with cookies.

A browser sends `Origin` with what a page asks of another origin, and no page can forge it. Programs send what they like, or nothing: this keeps
other people's pages out, not programs; the limits of `usecases.admit` do that.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from chalice.app import Request, Response

from chalicelib.entrypoints.answers import answer_json
from chalicelib.entrypoints.guard import API
from chalicelib.ports import World

FOREIGN = "This page may not send that form. Please use the form on our own site."
_PREFLIGHT = {
    "Access-Control-Allow-Methods": "POST",
    "Access-Control-Allow-Headers": "content-type",
    "Access-Control-Max-Age": "7200",
}


def listed(world: World, request: Request) -> str:
    """The origin that asks, where the owner lists it; else ""."""
    origin = _origin(request)
    return origin if origin in world.shop.widget.origins else ""


def is_foreign(world: World, request: Request) -> bool:
    """Whether a page asks that is neither the site's own nor listed. Without an `Origin` no page of another origin asks."""
    origin, site = _origin(request), urlsplit(world.shop.url)
    host = str(request.headers.get("host", ""))
    own = (f"{site.scheme}://{site.netloc}", f"https://{host}", f"http://{host}")
    return bool(origin) and origin not in own and not listed(world, request)


def shared(world: Callable[[], World], request: Request, response: Response) -> Response:
    """The answer, also of an error, as a listed origin may read it."""
    response.headers["Vary"] = "Origin"
    try:
        origin = listed(world(), request)
    except Exception:  # noqa: BLE001 - the shop cannot be read, which the answer tells already
        return response
    if origin:
        response.headers["Access-Control-Allow-Origin"] = origin
    return response


def preflight(world: Callable[[], World], request: Request) -> Response:
    """What a browser asks before it sends JSON to another origin."""
    found = shared(world, request, Response("", status_code=204, headers=dict(API)))
    if "Access-Control-Allow-Origin" in found.headers:
        found.headers |= _PREFLIGHT
    return found


def refused() -> Response:
    """To a page that may not."""
    return answer_json(403, {"message": FOREIGN})


def _origin(request: Request) -> str:
    return str(request.headers.get("origin", ""))
