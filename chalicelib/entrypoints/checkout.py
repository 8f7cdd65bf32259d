"""For any checkout that is no storefront of ours: what a voucher is worth, and that it was spent. docs/vouchers-at-any-checkout.md tells how."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from typing import Any

from chalice import Chalice
from chalice.app import Request, Response

from chalicelib.domain.calendar import stamp
from chalicelib.domain.money import plain
from chalicelib.domain.voucher import Voucher
from chalicelib.entrypoints.answers import JSON, answer_json, answered, fields, the_request
from chalicelib.errors import Invalid, Unverified
from chalicelib.ports import World
from chalicelib.usecases.redeem_voucher import look_at_voucher, redeem_voucher

MAX_ORDER = 64


def register(app: Chalice, world: Callable[[], World]) -> None:
    """Adds the routes."""

    @app.route("/vouchers/{code}", methods=["GET"])
    def look(code: str) -> Response:
        def handle(found: World) -> Response:
            _check_key(found, the_request(app))
            return answer_json(200, _told(found, look_at_voucher(found, code)))

        return answered(world, handle, as_json=True)

    @app.route("/vouchers/{code}/redeem", methods=["POST"], content_types=[JSON])
    def redeem(code: str) -> Response:
        def handle(found: World) -> Response:
            request = the_request(app)
            _check_key(found, request)
            return answer_json(200, _told(found, redeem_voucher(found, code, _order(fields(request)))))

        return answered(world, handle, as_json=True)


def _check_key(world: World, request: Request) -> None:
    key, given = world.secrets.checkout, str(request.headers.get("authorization", ""))
    matches = hmac.compare_digest(given.encode(errors="replace"), f"Bearer {key}".encode())
    if not (key and matches):
        raise Unverified("Send the shop's key: Authorization: Bearer <key>.")


def _order(said: Mapping[str, Any]) -> str:
    order = said.get("order")
    if not (
        isinstance(order, str) and 0 < len(order) <= MAX_ORDER and order.isascii() and order.isprintable() and " " not in order
    ):
        raise Invalid(
            f'Say which order spends it, as text without spaces: {{"order": "1041"}}, at most {MAX_ORDER} characters.', "order"
        )
    return order


def _told(world: World, voucher: Voucher) -> dict[str, object]:
    ended = world.clock.now() >= voucher.ends_at
    return {
        "code": voucher.code,
        "state": "used" if voucher.redeemed_by else "ended" if ended else "good",
        "value": plain(voucher.value),
        "minimum": plain(voucher.minimum),
        "currency": voucher.value.currency,
        "ends_at": stamp(voucher.ends_at),
    }
