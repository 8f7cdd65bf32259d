"""What a person's own pages share: their addresses, which carry the link's token, and how their forms are read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from chalice.app import Request, Response

from chalicelib.entrypoints.answers import page
from chalicelib.ports import World

PAGE = "/api/preferences"
MOST_FIELDS = 300
TICK = "yes:"
"""What the name of a consent's box begins with."""


def nothing_kept(world: World) -> Response:
    """The link is good, and nothing is left of whom it was made for."""
    return page(world, "nothing-kept", offer=world.shop.offer)


def own_url(token: str, path: str = "", **more: str) -> str:
    """An address of these pages."""
    rest = "".join(f"&{name}={quote(value)}" for name, value in more.items())
    return f"{PAGE}{path}?t={quote(token)}{rest}"


def asked(request: Request, name: str) -> str:
    """A value in the address; "" where it is not there."""
    query: Mapping[str, Any] = request.query_params or {}
    return str(query.get(name) or "")


def ticked_in(form: Mapping[str, Any]) -> dict[str, str]:
    """Purpose/channel → hash of the words that were seen."""
    return {name.removeprefix(TICK): value for name, value in form.items() if name.startswith(TICK) and isinstance(value, str)}


def text_in(form: Mapping[str, Any], name: str) -> str:
    """A field of the form; "" where it is not there, or no text."""
    value = form.get(name, "")
    return value if isinstance(value, str) else ""
