"""The competition: entering it, the click that makes an entry count, and what is published of each draw. GET and HEAD never write."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from chalice import Chalice
from chalice.app import Request, Response

from chalicelib.domain import retention
from chalicelib.domain.calendar import clock_time
from chalicelib.domain.competition import (
    COUNTER,
    MAX_COUNTY,
    SITE,
    Entered,
    awaited,
    before,
    called,
    is_round,
    open_round,
    parse_county,
)
from chalicelib.domain.consent import WORDS_CHANGED, wording_hash
from chalicelib.domain.draw import Published, list_of, ordered
from chalicelib.domain.identity import MAX_ADDRESS, MAX_NAME, parse_address, parse_name
from chalicelib.domain.shop import Shop, entry_wordings, wording_of_tick
from chalicelib.entrypoints.answers import (
    FORM,
    JSON,
    answer_json,
    answered,
    content_type,
    fields,
    link_token,
    page,
    plain_text,
    see_other,
    the_request,
    viewer_ip,
)
from chalicelib.entrypoints.forms import BOT_FIELD, LOOK_IN_INBOX, Checked, errors_as_json, taken
from chalicelib.errors import NotFound
from chalicelib.ports import World
from chalicelib.usecases.confirm_entry import confirm_entry, look_at_entry
from chalicelib.usecases.enter_competition import enter_competition, held
from chalicelib.usecases.look_at_draw import look_at_draw

FORM_PAGE, INBOX_PAGE, COUNTER_DONE = "/competition/", "/inbox/", "/counter/entered/"
_READ = ["GET", "HEAD"]


def register(app: Chalice, world: Callable[[], World]) -> None:
    """Adds the routes; API Gateway's stage puts /api in front of them."""

    @app.route("/entries", methods=["POST"], content_types=[FORM, JSON])
    def enter() -> Response:
        as_json = content_type(the_request(app)) == JSON
        return answered(world, lambda found: _enter(found, the_request(app), as_json=as_json), as_json=as_json)

    @app.route("/entries", methods=_READ)
    def form() -> Response:
        return see_other(FORM_PAGE)  # where a reloaded error page, or its address, leads

    @app.route("/enter", methods=_READ)
    def confirm_page() -> Response:
        return answered(world, lambda found: _confirm_page(found, the_request(app)), as_json=False)

    @app.route("/enter", methods=["POST"], content_types=[FORM])
    def confirm() -> Response:
        return answered(world, lambda found: _confirm(found, the_request(app)), as_json=False)

    @app.route("/draws", methods=_READ)
    def draw_page() -> Response:
        return answered(world, lambda found: _draw_page(found, the_request(app)), as_json=False)

    @app.route("/draws/{round_}", methods=_READ)
    def draw(round_: str) -> Response:
        return answered(world, lambda found: _draw(found, round_), as_json=True)

    @app.route("/draws/{round_}/list", methods=_READ)
    def draw_list(round_: str) -> Response:
        return answered(world, lambda found: plain_text(list_of(look_at_draw(found, round_).hashes)), as_json=False)


def empty_form(shop: Shop) -> dict[str, object]:
    """What the form's template is told before anybody typed into it."""
    answers: dict[str, object] = {"name": "", "email": "", "county": "", "objects": False, BOT_FIELD: ""}
    return {
        "wordings": entry_wordings(shop),
        "errors": [],
        "answers": {**answers, "ticked": []},
        "kept_days": retention.ENTRY_AFTER_DRAW.days,
    }


def _enter(world: World, request: Request, *, as_json: bool) -> Response:
    held(world)
    raw = fields(request)
    form = Checked(raw)
    name, address, county = form.read("name", parse_name), form.read("email", parse_address), form.read("county", parse_county)
    ticked = _ticked(world.shop, raw, form)
    form.by_a_person()
    counter = raw.get("source") == COUNTER
    if form.errors or name is None or address is None or county is None:
        if as_json:
            return errors_as_json(form)
        return page(world, "counter" if counter else "competition", 422, **_shown_again(world.shop, raw, form, ticked))
    objects = raw.get("objects", "") not in ("", False)
    entered = Entered(name, address, county, objects, ticked, COUNTER if counter else SITE)
    enter_competition(world, entered, viewer_ip(request, world))
    return taken(LOOK_IN_INBOX, COUNTER_DONE if counter else INBOX_PAGE, as_json=as_json)


def _ticked(shop: Shop, raw: Mapping[str, Any], form: Checked) -> dict[str, str]:
    """Purpose → hash of the words that were ticked. A bare yes means the newest."""
    found = {}
    for newest in entry_wordings(shop):
        value = raw.get(newest.purpose, "")
        if value in ("", False):
            continue
        seen = wording_of_tick(shop, newest, value)
        if seen is None:
            form.wrong(newest.purpose, WORDS_CHANGED)
        else:
            found[newest.purpose] = wording_hash(seen.text)
    return found


def _shown_again(shop: Shop, raw: Mapping[str, Any], form: Checked, said: Mapping[str, str]) -> dict[str, object]:
    """`said`: of _ticked. A box whose words are others now is not ticked for anybody."""
    kept = form.kept(name=MAX_NAME, email=MAX_ADDRESS, county=MAX_COUNTY)
    ticked = [one.purpose for one in entry_wordings(shop) if said.get(one.purpose) == wording_hash(one.text)]
    answers = {**kept, "objects": bool(raw.get("objects")), "ticked": ticked}
    return {**empty_form(shop), "errors": form.errors, "answers": answers}


def _confirm_page(world: World, request: Request) -> Response:
    token = link_token(request)
    waiting = look_at_entry(world, token)
    return page(world, "enter", token=token, draw=waiting.draw, prize=waiting.prize, wordings=waiting.wordings)


def _confirm(world: World, request: Request) -> Response:
    found = confirm_entry(world, link_token(request, fields(request)))
    return page(
        world,
        "entered",
        draw=found.draw,
        round=found.round,
        entry=found.entry,
        closes=found.closes,
        seed=held(world).seed,
        wordings=found.wordings,
    )


def _draw_page(world: World, request: Request) -> Response:
    competition = held(world)
    now = world.clock.now()
    last = before(open_round(now, competition.closes_hour, world.shop.zone))
    query: Mapping[str, Any] = request.query_params or {}
    round_ = str(query.get("round") or last)
    try:
        found = look_at_draw(world, round_)
    except NotFound:
        closes = awaited(round_, now, competition.closes_hour, world.shop.zone) if is_round(round_) else None
        if closes is None:
            raise
        when = clock_time(closes, world.shop.zone)
        return page(world, "draw-awaited", draw=called(round_), closes=when, closed=closes <= now, seed=competition.seed)
    return page(
        world,
        "draw",
        draw=called(found.round),
        told=found,
        closed=clock_time(found.closed_at, world.shop.zone),
        fixed=clock_time(found.fixed_at, world.shop.zone) if found.fixed_at is not None else "",
        drawn=clock_time(found.drawn_at, world.shop.zone) if found.drawn_at is not None else "",
        place=_places(found),
    )


def _places(found: Published) -> dict[str, int]:
    """Hash → its place in the order, none before the draw."""
    return {one: at for at, one in enumerate(ordered(found.hashes, found.value), start=1)} if found.value else {}


def _draw(world: World, round_: str) -> Response:
    return answer_json(200, _public(world, look_at_draw(world, round_)))


def _public(world: World, found: Published) -> dict[str, object]:
    told: dict[str, object] = msgspec.to_builtins(found)
    return {**told, "how": f"{world.shop.url}/competition/rules/#how", "list": f"{world.shop.url}/api/draws/{found.round}/list"}
