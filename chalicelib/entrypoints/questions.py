"""Ask us: a question to the shop, from its own page or from an order's. GET and HEAD never write."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from chalice import Chalice
from chalice.app import Request, Response

from chalicelib.domain.identity import MAX_ADDRESS, MAX_NAME, parse_address, parse_name, parse_words, tidy
from chalicelib.domain.inquiry import MAX_WORDS, Question
from chalicelib.entrypoints.answers import (
    FORM,
    JSON,
    answered,
    content_type,
    fields,
    page,
    the_request,
    viewer_ip,
)
from chalicelib.entrypoints.forms import BOT_FIELD, Checked, errors_as_json, taken
from chalicelib.errors import Invalid
from chalicelib.ports import World
from chalicelib.usecases.ask_question import ask_question

ASKED_PAGE = "/asked/"
MAX_ORDER = 40
_THANKS = "Thank you. A person reads it and answers you within five working days."
EMPTY = {"name": "", "email": "", "order": "", "question": "", BOT_FIELD: ""}
"""The form before anybody typed into it."""


def register(app: Chalice, world: Callable[[], World]) -> None:
    """Adds the routes; API Gateway's stage puts /api in front of them."""

    @app.route("/questions", methods=["GET", "HEAD"])
    def form() -> Response:
        return answered(world, lambda found: _form(found, the_request(app)), as_json=False)

    @app.route("/questions", methods=["POST"], content_types=[FORM, JSON])
    def ask() -> Response:
        as_json = content_type(the_request(app)) == JSON
        return answered(world, lambda found: _ask(found, the_request(app), as_json=as_json), as_json=as_json)


def _form(world: World, request: Request) -> Response:
    query: Mapping[str, Any] = request.query_params or {}
    order = tidy(query.get("order", ""), MAX_ORDER)
    return page(world, "ask", errors=[], answers={**EMPTY, "order": order})


def _ask(world: World, request: Request, *, as_json: bool) -> Response:
    form = Checked(fields(request))
    name, address = form.read("name", parse_name), form.read("email", parse_address)
    order, words = form.read("order", _order), form.read("question", _words)
    form.by_a_person()
    if form.errors or name is None or address is None or order is None or words is None:
        if as_json:
            return errors_as_json(form)
        kept = form.kept(name=MAX_NAME, email=MAX_ADDRESS, order=MAX_ORDER, question=MAX_WORDS * 2)
        return page(world, "ask", 422, errors=form.errors, answers=kept)
    ask_question(world, Question(name, address, order, words), viewer_ip(request, world))
    return taken(_THANKS, ASKED_PAGE, as_json=as_json)


def _order(text: str) -> str:
    return " ".join(parse_words(text, MAX_ORDER, "order").split())


def _words(text: str) -> str:
    words = parse_words(text, MAX_WORDS, "question")
    if not words:
        raise Invalid("Write what you would like to know.", "question")
    return words
