"""The buyer's own page: how an order stands, and what they would like to hear of. GET and HEAD never write."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from chalice import Chalice
from chalice.app import Request, Response

from chalicelib.entrypoints.answers import FORM, answered, fields, link_token, page, the_request
from chalicelib.errors import Conflict, Invalid
from chalicelib.ports import World
from chalicelib.usecases.look_at_order import PURPOSES, look_at_order
from chalicelib.usecases.opt_in_by_order import opt_in_by_order


def register(app: Chalice, world: Callable[[], World]) -> None:
    """Adds the routes; API Gateway's stage puts /api in front of them."""

    @app.route("/order", methods=["GET", "HEAD"])
    def show() -> Response:
        return answered(world, lambda found: _show(found, link_token(the_request(app))), as_json=False)

    @app.route("/order", methods=["POST"], content_types=[FORM])
    def agree() -> Response:
        return answered(world, lambda found: _agree(found, the_request(app)), as_json=False)


def _show(world: World, token: str, status: int = 200, **changes: object) -> Response:
    told = {"token": token, "order": look_at_order(world, token), "field": field_of, "errors": [], "ticked": ()}
    return page(world, "order", status, **{**told, **changes})


def _agree(world: World, request: Request) -> Response:
    form = fields(request)
    token, ticked = link_token(request, form), _ticked(form)
    try:
        words = opt_in_by_order(world, token, ticked)
    except (Invalid, Conflict) as error:
        return _show(world, token, 422, errors=[{"field": "", "message": str(error)}], ticked=tuple(ticked.values()))
    return page(world, "opted-in", words=words)


def _ticked(form: Mapping[str, Any]) -> dict[str, str]:
    return {purpose: str(form[field_of(purpose)]) for purpose in PURPOSES if form.get(field_of(purpose))}


def field_of(purpose: str) -> str:
    """The name of a purpose's box in the form."""
    return purpose.replace(" ", "-")
