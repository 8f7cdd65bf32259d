"""The site's API: claim, confirm, stop, thank. It may read, put and enqueue; it never sends. GET and HEAD never write."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chalice import Chalice
from chalice.app import Request, Response

from chalicelib.domain import retention
from chalicelib.domain.calendar import long_date
from chalicelib.domain.claim import SITE_FORM, STOREFRONT, Asked
from chalicelib.domain.consent import WORDS_CHANGED
from chalicelib.domain.identity import MAX_ADDRESS, MAX_NAME, parse_address, parse_name
from chalicelib.domain.shop import Shop, newsletter_wording, wording_of_tick
from chalicelib.entrypoints.answers import (
    FORM,
    JSON,
    MULTIPART,
    answered,
    content_type,
    fields,
    link_token,
    page,
    see_other,
    the_request,
    viewer_ip,
)
from chalicelib.entrypoints.cors import is_foreign, listed, preflight, refused, shared
from chalicelib.entrypoints.forms import BOT_FIELD, LOOK_IN_INBOX, Checked, errors_as_json, taken
from chalicelib.entrypoints.profile import offer_profile
from chalicelib.errors import Invalid
from chalicelib.ports import Opened, World
from chalicelib.usecases.claim_voucher import claim_voucher
from chalicelib.usecases.confirm_claim import confirm_claim, look_at_claim
from chalicelib.usecases.stop import GIFT_SCOPE, look_at_stop, stop
from chalicelib.usecases.write_thanks import MAX_MESSAGE, look_at_card, write_thanks

CLAIMED_PAGE, FORM_PAGE = "/claimed/", "/voucher/"
_READ = ["GET", "HEAD"]


def register(app: Chalice, world: Callable[[], World]) -> None:
    """Adds the routes; API Gateway's stage puts /api in front of them."""

    @app.route("/claims", methods=["POST"], content_types=[FORM, JSON])
    def claims() -> Response:
        request = the_request(app)
        as_json = content_type(request) == JSON
        return shared(world, request, answered(world, lambda found: _claim(found, request, as_json=as_json), as_json=as_json))

    @app.route("/claims", methods=["OPTIONS"])
    def claims_preflight() -> Response:
        return preflight(world, the_request(app))

    @app.route("/claims", methods=_READ)
    def claims_page() -> Response:
        return see_other(FORM_PAGE)  # where a reloaded error page, or its address, leads

    @app.route("/confirm", methods=_READ)
    def confirm_page() -> Response:
        return answered(world, lambda found: _confirm_page(found, the_request(app)), as_json=False)

    @app.route("/confirm", methods=["POST"], content_types=[FORM])
    def confirm() -> Response:
        return answered(world, lambda found: _confirm(found, the_request(app)), as_json=False)

    @app.route("/stop", methods=_READ)
    def stop_page() -> Response:
        return answered(world, lambda found: _stop_page(found, the_request(app)), as_json=False)

    @app.route("/stop", methods=["POST"], content_types=[FORM, MULTIPART])
    def stop_now() -> Response:
        return answered(world, lambda found: _stop(found, the_request(app)), as_json=False)

    @app.route("/thanks", methods=_READ)
    def thanks_page() -> Response:
        return answered(world, lambda found: _thanks_page(found, the_request(app)), as_json=False)

    @app.route("/thanks", methods=["POST"], content_types=[FORM])
    def thanks() -> Response:
        return answered(world, lambda found: _thanks(found, the_request(app)), as_json=False)


def empty_claim(shop: Shop) -> dict[str, object]:
    """What the form's template is told before anybody typed into it."""
    newest = newsletter_wording(shop)
    return {
        "offer": shop.offer,
        "newsletter_wording": newest.text,
        "newsletter_version": newest.version,
        "errors": [],
        "answers": {"name": "", "email": "", "newsletter": False, BOT_FIELD: ""},
        "kept_days": retention.AFTER_REASON.days,
    }


def _claim(world: World, request: Request, *, as_json: bool) -> Response:
    if as_json and is_foreign(world, request):
        return refused()
    form = Checked(fields(request))
    asked = _asked(world, form, request)
    if asked is None:
        if as_json:
            return errors_as_json(form)
        ticked = (
            _ticked(world, form.said("newsletter")) == newsletter_wording(world.shop).version
        )  # other words are for them to tick
        answers = {**form.kept(name=MAX_NAME, email=MAX_ADDRESS), "newsletter": ticked}
        return page(world, "voucher", 422, **{**empty_claim(world.shop), "errors": form.errors, "answers": answers})
    claim_voucher(world, asked, viewer_ip(request, world))
    return taken(LOOK_IN_INBOX, CLAIMED_PAGE, as_json=as_json)


def _asked(world: World, form: Checked, request: Request) -> Asked | None:
    """The form checked; None with every error in it noted."""
    name, address = form.read("name", parse_name), form.read("email", parse_address)
    newsletter = _ticked(world, form.said("newsletter"))
    if newsletter is None:
        form.wrong("newsletter", WORDS_CHANGED)
    form.by_a_person()
    if form.errors or name is None or address is None:
        return None
    return Asked(name, address, newsletter or 0, STOREFRONT if listed(world, request) else SITE_FORM)


def _ticked(world: World, value: Any) -> int | None:
    """The version of the words that were ticked, 0 without a tick, None for words that we do not have. A bare yes means the newest."""
    if value is False or value == "":
        return 0
    seen = wording_of_tick(world.shop, newsletter_wording(world.shop), value)
    return seen.version if seen is not None else None


def _confirm_page(world: World, request: Request) -> Response:
    token = link_token(request)
    waiting = look_at_claim(world, token)
    return page(
        world,
        "confirm",
        token=token,
        newsletter=bool(waiting.wording),
        newsletter_wording=waiting.wording,
        value=waiting.value,
        issued=waiting.issued,
    )


def _confirm(world: World, request: Request) -> Response:
    confirmed = confirm_claim(world, link_token(request, fields(request)))
    voucher = confirmed.voucher
    return page(
        world,
        "confirmed",
        code=voucher.code,
        value=str(voucher.value),
        minimum=str(voucher.minimum),
        expires=long_date(voucher.ends_at, world.shop.zone),
        newsletter=confirmed.newsletter,
        again=confirmed.again,
        profile=offer_profile(world, voucher.person),
    )


def _scope(opened: Opened) -> str:
    return "recipient" if opened.scope.startswith(GIFT_SCOPE) else "all"


def _stop_page(world: World, request: Request) -> Response:
    token = link_token(request)
    return page(world, "stop", token=token, scope=_scope(look_at_stop(world, token)))


def _stop(world: World, request: Request) -> Response:
    # RFC 8058: a mail program posts here by itself, so the answer is final and needs neither cookie nor redirect
    opened = stop(world, link_token(request, fields(request)))
    return page(world, "stopped", scope=_scope(opened))


def _thanks_page(world: World, request: Request) -> Response:
    token = link_token(request)
    card = look_at_card(world, token)
    return page(world, "thank", giver=card.giver, token=token, errors=[], answers={"message": ""})


def _thanks(world: World, request: Request) -> Response:
    form = fields(request)
    token, message = link_token(request, form), str(form.get("message", ""))
    card = look_at_card(world, token)
    try:
        write_thanks(world, token, message)
    except Invalid as error:
        errors = [{"field": error.field, "message": str(error)}]
        kept = {"message": message[: MAX_MESSAGE * 2]}
        return page(world, "thank", 422, giver=card.giver, token=token, errors=errors, answers=kept)
    return page(world, "thanked", giver=card.giver)
