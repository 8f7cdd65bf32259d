"""What people answer by a link in a mail. GET and HEAD show a page with a button, which posts; nothing else writes."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from chalice import Chalice
from chalice.app import Request, Response

from chalicelib.domain.inquiry import MAX_WORDS
from chalicelib.domain.links import NO
from chalicelib.entrypoints.answers import FORM, answered, fields, link_token, page, the_request
from chalicelib.errors import Invalid
from chalicelib.ports import World
from chalicelib.usecases.answer_expectation import FIELD, answer_expectation, look_at_answer
from chalicelib.usecases.confirm_consent import confirm_consent, look_at_consent
from chalicelib.usecases.end_occasion import end_occasion, look_at_occasion
from chalicelib.usecases.pause import look_at_pause, pause_by_link
from chalicelib.usecases.say_welcome import look_at_welcome, say_welcome

Answering = Callable[[World, Request], Response]


class Way(NamedTuple):
    """One address: the page with the button, and what the button does."""

    show: Answering
    press: Answering


def register(app: Chalice, world: Callable[[], World]) -> None:
    """Adds the routes; API Gateway's stage puts /api in front of them."""
    for path, way in _WAYS.items():
        _route(app, world, path, way)


def _route(app: Chalice, world: Callable[[], World], path: str, way: Way) -> None:
    @app.route(path, methods=["GET", "HEAD"])
    def show() -> Response:
        return answered(world, lambda found: way.show(found, the_request(app)), as_json=False)

    @app.route(path, methods=["POST"], content_types=[FORM])
    def press() -> Response:
        return answered(world, lambda found: way.press(found, the_request(app)), as_json=False)


def _ask_expectation(world: World, request: Request) -> Response:
    token = link_token(request)
    said = look_at_answer(world, token).said
    return page(world, "expectation", token=token, unhappy=said == NO, errors=[], answers={FIELD: ""})


def _take_expectation(world: World, request: Request) -> Response:
    form = fields(request)
    token, words = link_token(request, form), str(form.get(FIELD, ""))
    unhappy = look_at_answer(world, token).said == NO
    try:
        answer_expectation(world, token, words)
    except Invalid as error:
        errors = [{"field": error.field, "message": str(error)}]
        kept = {FIELD: words[: MAX_WORDS * 2]}
        return page(world, "expectation", 422, token=token, unhappy=unhappy, errors=errors, answers=kept)
    return page(world, "answered", unhappy=unhappy)


def _ask_occasion(world: World, request: Request) -> Response:
    token = link_token(request)
    return page(world, "occasion", token=token, label=look_at_occasion(world, token).scope)


def _take_occasion(world: World, request: Request) -> Response:
    return page(world, "occasion-off", label=end_occasion(world, link_token(request, fields(request))).scope)


def _ask_welcome(world: World, request: Request) -> Response:
    token = link_token(request)
    look_at_welcome(world, token)
    return page(world, "welcome", token=token)


def _take_welcome(world: World, request: Request) -> Response:
    say_welcome(world, link_token(request, fields(request)))
    return page(world, "welcomed")


def _ask_pause(world: World, request: Request) -> Response:
    token = link_token(request)
    return page(world, "pause", token=token, paused=look_at_pause(world, token))


def _take_pause(world: World, request: Request) -> Response:
    pause_by_link(world, link_token(request, fields(request)))
    return page(world, "pause", token="", paused=True)


def _ask_consent(world: World, request: Request) -> Response:
    token = link_token(request)
    return page(world, "consent", token=token, wordings=look_at_consent(world, token))


def _take_consent(world: World, request: Request) -> Response:
    return page(world, "consented", wordings=confirm_consent(world, link_token(request, fields(request))))


_WAYS = {
    "/consent": Way(_ask_consent, _take_consent),
    "/expectation": Way(_ask_expectation, _take_expectation),
    "/occasion": Way(_ask_occasion, _take_occasion),
    "/welcome": Way(_ask_welcome, _take_welcome),
    "/pause": Way(_ask_pause, _take_pause),
}
