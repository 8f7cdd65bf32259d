"""WooCommerce's REST API v3, as far as Courtesy asks it, with its own ways of saying no."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from tests.support.fake_api import HTML, Asked, FakeApi, Reply

KEY, SECRET = "ck_fake", "cs_fake"
BASE = "/wp-json/wc/v3"
_COUPON = {
    "code", "description", "discount_type", "amount", "minimum_amount", "usage_limit", "usage_limit_per_user", "individual_use",
    "date_expires", "date_expires_gmt",
}  # fmt: skip
_WEBHOOK = {"name", "topic", "delivery_url", "secret", "status"}
_TOPIC = re.compile(r"(order|product|customer|coupon)\.(created|updated|deleted|restored)")
_LISTS = {
    "coupons": {"code", "page", "per_page"},
    "webhooks": {"page", "per_page"},
    "orders": {"status", "modified_after", "dates_are_gmt", "orderby", "order", "page", "per_page"},
}


class FakeWooCommerce(FakeApi):
    """`zone`: how far the shop's clock is from UTC. `rights`: read | read_write, of its key."""

    def __init__(self) -> None:
        super().__init__()
        self.coupons: dict[int, dict[str, Any]] = {}
        self.webhooks: dict[int, dict[str, Any]] = {}
        self.orders: list[dict[str, Any]] = []
        self.zone = timedelta(hours=2)
        self.rights = "read_write"
        self.shows_status = True
        self._last = 0

    def answer(self, asked: Asked) -> Reply:
        if not asked.path.startswith(f"{BASE}/"):
            return Reply(404, HTML)
        if asked.headers.get("authorization") != "Basic " + base64.b64encode(f"{KEY}:{SECRET}".encode()).decode():
            return _no(401, "woocommerce_rest_cannot_view", "Sorry, you cannot list resources.")
        if asked.method != "GET" and self.rights == "read":
            return _no(401, "woocommerce_rest_authentication_error", "The API key provided does not have write permissions.")
        if asked.method in ("POST", "PUT") and asked.headers.get("content-type") != "application/json":
            return _no(400, "rest_missing_callback_param", "Missing parameter(s)")
        kind, _, id_ = asked.path.removeprefix(f"{BASE}/").partition("/")
        ways: dict[tuple[str, str], Callable[[Asked, int], Reply]] = {
            ("GET", "system_status"): self._status,
            ("GET", "coupons"): self._find_coupons,
            ("POST", "coupons"): self._make_coupon,
            ("DELETE", "coupons"): lambda asked, id_: self._delete(asked, id_, self.coupons, "shop_coupon"),
            ("GET", "orders"): self._list_orders,
            ("GET", "webhooks"): lambda asked, _: _page(asked, [_shown(one) for one in self.webhooks.values()]),
            ("POST", "webhooks"): self._make_webhook,
            ("PUT", "webhooks"): self._change_webhook,
            ("DELETE", "webhooks"): lambda asked, id_: self._delete(asked, id_, self.webhooks, "shop_webhook"),
        }
        if (asked.method, kind, id_) == ("POST", "coupons", "batch"):
            assert asked.json == {}
            return Reply(200, [])
        way = ways.get((asked.method, kind))
        if way is None:
            return _no(404, "rest_no_route", "No route was found matching the URL and request method.")
        if asked.method == "GET" and kind in _LISTS and set(asked.query) - _LISTS[kind]:
            raise AssertionError(f"WooCommerce knows no such parameter: {asked.query}")
        return way(asked, int(id_ or 0))

    def _status(self, asked: Asked, _: int) -> Reply:
        if not self.shows_status:
            return _no(403, "woocommerce_rest_cannot_view", "Sorry, you cannot list resources.")
        # all else of the environment would first try to reach PayPal
        assert asked.query == {"_fields": "environment.version"}
        return Reply(200, {"environment": {"version": "10.1.2"}})

    def _find_coupons(self, asked: Asked, _: int) -> Reply:
        code = asked.query.get("code", "").lower()
        found = [one for one in self.coupons.values() if not code or one["code"] == code]
        return _page(asked, found[-1:] if code else found)  # of one code it tells only the newest

    def _make_coupon(self, asked: Asked, _: int) -> Reply:
        given = asked.json
        _known(given, _COUPON)
        code = given["code"].lower()
        if any(one["code"] == code for one in self.coupons.values()):
            return _no(400, "woocommerce_rest_coupon_code_already_exists", "The coupon code already exists")
        if not re.fullmatch(r"[0-9]+(\.[0-9]+)?", given["amount"]):
            return _no(400, "woocommerce_coupon_invalid_amount", "Invalid discount amount.")
        given.pop("date_expires_gmt", None)  # WooCommerce has no way to set it, and says nothing
        made = {**given, "id": self._number(), "code": code, "expires_gmt": self._as_gmt(given.get("date_expires"))}
        self.coupons[made["id"]] = made
        return Reply(201, made)

    def _as_gmt(self, text: str | None) -> str:
        """A time that does not say its offset is the shop's own."""
        if not text:
            return ""
        if text.endswith("Z"):
            return text.rstrip("Z")
        return (datetime.fromisoformat(text) - self.zone).isoformat()

    def _delete(self, asked: Asked, id_: int, things: dict[int, dict[str, Any]], kind: str) -> Reply:
        if asked.query != {"force": "true"}:
            return _no(501, "woocommerce_rest_trash_not_supported", "That does not support trashing.")
        if id_ not in things:
            return _no(404, f"woocommerce_rest_{kind}_invalid_id", "Invalid ID.")
        return Reply(200, things.pop(id_))

    def _list_orders(self, asked: Asked, _: int) -> Reply:
        status, after = asked.query.get("status", "any"), asked.query.get("modified_after", "")
        found = [one for one in self.orders if (one["status"] == "trash") == (status == "trash")]
        if after:
            # the database compares with the shop's own time as soon as an offset is given
            told = (datetime.fromisoformat(after.rstrip("Z")) + (self.zone if after.endswith("Z") else timedelta())).isoformat()
            assert asked.query.get("dates_are_gmt") == "true"
            found = [one for one in found if one["date_modified_gmt"] > told]
        by = {"modified": "date_modified_gmt", "date": "date_created_gmt"}[asked.query.get("orderby", "date")]
        return _page(asked, sorted(found, key=lambda one: str(one[by]), reverse=asked.query.get("order", "desc") == "desc"))

    def _make_webhook(self, asked: Asked, _: int) -> Reply:
        given = asked.json
        _known(given, _WEBHOOK)
        if not _TOPIC.fullmatch(given.get("topic", "")):
            return _no(400, "woocommerce_rest_shop_webhook_invalid_topic", "Webhook topic is required and must be valid.")
        if not given.get("delivery_url", "").startswith("https://"):
            said = f"Invalid URL; secret {given['secret']}, {SECRET}."  # it says no secret, but plugins may
            return _no(400, "woocommerce_rest_shop_webhook_invalid_delivery_url", said)
        made = {"status": "active", **given, "id": self._number()}
        self.webhooks[made["id"]] = made
        return Reply(201, _shown(made))

    def _change_webhook(self, asked: Asked, id_: int) -> Reply:
        given = asked.json
        _known(given, _WEBHOOK)
        if id_ not in self.webhooks:
            return _no(400, "woocommerce_rest_shop_webhook_invalid_id", "ID is invalid.")
        self.webhooks[id_].update(given)
        return Reply(200, _shown(self.webhooks[id_]))

    def _number(self) -> int:
        self._last += 1
        return self._last


def _known(given: dict[str, Any], allowed: set[str]) -> None:
    assert set(given) <= allowed, set(given) - allowed


def _shown(webhook: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in webhook.items() if name != "secret"}


def _page(asked: Asked, found: Sequence[dict[str, Any]]) -> Reply:
    size, number = int(asked.query.get("per_page", 10)), int(asked.query.get("page", 1))
    if not 1 <= size <= 100:
        return _no(400, "rest_invalid_param", "Invalid parameter(s): per_page")
    pages = -(-len(found) // size)
    return Reply(
        200,
        list(found[(number - 1) * size : number * size]),
        {"X-WP-Total": str(len(found)), "X-WP-TotalPages": str(pages)},
    )


def _no(status: int, code: str, message: str) -> Reply:
    return Reply(status, {"code": code, "message": message, "data": {"status": status}})
