"""Stripe's API of version 2024-06-20, as far as Courtesy asks it, with its own ways of saying no."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import Any

from tests.support.fake_api import Asked, FakeApi, Reply

KEY = "sk_test_fake"
VERSION = "2024-06-20"
_LIST = {"limit", "starting_after"}
_ALLOWED = {
    ("POST", "coupons"): {"id", "name", "amount_off", "currency", "duration", "max_redemptions", "redeem_by"},
    ("POST", "promotion_codes"): {"coupon", "code", "max_redemptions", "expires_at", "restrictions", "active"},
    ("POST", "webhook_endpoints"): {"url", "enabled_events", "api_version", "disabled"},
    ("GET", "promotion_codes"): {*_LIST, "code", "active", "coupon"},
    ("GET", "events"): {*_LIST, "types", "created"},
    ("GET", "checkout"): {*_LIST, "status", "expand"},
    ("GET", "webhook_endpoints"): _LIST,
    ("GET", "account"): set[str](),
    ("DELETE", "webhook_endpoints"): set[str](),
}
_WHOLE = re.compile(r"limit|amount_off|max_redemptions|redeem_by|expires_at|created\[gte\]|restrictions\[minimum_amount\]")
_RESTRICTIONS = {"restrictions[minimum_amount]", "restrictions[minimum_amount_currency]"}


class FakeStripe(FakeApi):
    """`events`, `sessions` and all else: newest first, as Stripe lists them."""

    def __init__(self) -> None:
        super().__init__()
        self.coupons: dict[str, dict[str, Any]] = {}
        self.promotions: list[dict[str, Any]] = []
        self.endpoints: list[dict[str, Any]] = []
        self.events: list[dict[str, Any]] = []
        self.sessions: list[dict[str, Any]] = []
        self.items: dict[str, list[dict[str, Any]]] = {}
        self.shows_account = True
        self._replies: dict[str, tuple[bytes, Reply]] = {}
        self._last = 0

    def answer(self, asked: Asked) -> Reply:
        if asked.headers.get("authorization") != f"Bearer {KEY}":
            return _no(401, "", "Invalid API Key provided: sk_test_****ake")
        assert asked.headers.get("stripe-version") == VERSION
        if asked.method == "POST" and asked.headers.get("content-type") != "application/x-www-form-urlencoded":
            return _no(400, "", "The information provided in the request is not form-encoded.")
        kind, *rest = asked.path.strip("/").split("/")
        allowed = _ALLOWED.get((asked.method, kind))
        if allowed is None:
            return _no(404, "", f"Unrecognized request URL ({asked.method}: {asked.path}).")
        sent = {**asked.query, **asked.form}
        unknown = {name.partition("[")[0] for name in sent} - allowed
        unknown |= {name for name in sent if name.startswith("restrictions[")} - _RESTRICTIONS
        if unknown:
            return _no(400, "parameter_unknown", f"Received unknown parameter: {min(unknown)}")
        if wrong := [name for name, value in sent.items() if _WHOLE.fullmatch(name) and not re.fullmatch("-?[0-9]+", value)]:
            return _no(400, "parameter_invalid_integer", f"Invalid integer: {sent[wrong[0]]}")
        return self._once(asked, lambda: self._do(asked, kind, rest))

    def _once(self, asked: Asked, do: Callable[[], Reply]) -> Reply:
        key = asked.headers.get("idempotency-key", "")
        if key in self._replies:
            body, reply = self._replies[key]
            if body != asked.body:
                return _no(
                    400, "", "Keys for idempotent requests can only be used with the same parameters.", "idempotency_error"
                )
            return reply
        reply = do()
        # what was found wrong before anything was done is not kept
        if key and reply.status != 400:
            self._replies[key] = (asked.body, Reply(reply.status, json.loads(json.dumps(reply.body)), reply.headers))
        return reply

    def forget_replies(self) -> None:
        """As it does after a day or so."""
        self._replies.clear()

    def _do(self, asked: Asked, kind: str, rest: Sequence[str]) -> Reply:
        if kind == "coupons":
            return self._make_coupon(asked.form)
        if kind == "promotion_codes":
            if asked.method == "GET":
                return self._find_promotions(asked)
            return self._change(self.promotions, rest[0], asked.form) if rest else self._make_promotion(asked.form)
        if kind == "webhook_endpoints":
            return self._webhook_endpoint(asked, rest)
        if kind == "events":
            types, since = _members(asked.query, "types"), int(asked.query["created[gte]"])
            assert 0 < len(types) <= 20
            return _listed(asked, [one for one in self.events if one["type"] in types and one["created"] >= since])
        if kind == "checkout":
            return self._checkout(asked, rest)
        if not self.shows_account:
            return _no(403, "", "The provided key does not have the required permissions for this endpoint.")
        return Reply(200, {"id": "acct_1", "business_profile": {"name": "Pellow & Wren"}, "settings": {"dashboard": {}}})

    def _make_coupon(self, form: dict[str, str]) -> Reply:
        if form["id"] in self.coupons:
            return _no(400, "resource_already_exists", "Coupon already exists.")
        if not re.fullmatch(r"[1-9][0-9]*", form["amount_off"]) or not re.fullmatch(r"[a-z]{3}", form["currency"]):
            return _no(400, "parameter_invalid_integer", f"Invalid amount, said the key {KEY} of rosa@mail.example.")
        assert len(form["name"]) <= 40
        made = {"object": "coupon", **form, "valid": True}
        self.coupons[form["id"]] = made
        return Reply(200, made)

    def _make_promotion(self, form: dict[str, str]) -> Reply:
        if form["coupon"] not in self.coupons:
            return _no(400, "resource_missing", f"No such coupon: '{form['coupon']}'")
        if not re.fullmatch(r"[A-Za-z0-9-]+", form["code"]):
            return _no(400, "", "Invalid promotion code.")
        if any(one["active"] and one["code"].lower() == form["code"].lower() for one in self.promotions):
            return _no(400, "", f"An active promotion code with `code: {form['code']}` already exists.")
        if int(form["expires_at"]) > int(self.coupons[form["coupon"]]["redeem_by"]):
            return _no(400, "", "The promotion code cannot expire after its coupon.")
        made = {**form, "id": self._id("promo"), "active": True, "coupon": self.coupons[form["coupon"]]}
        self.promotions.insert(0, made)
        return Reply(200, made)

    def _find_promotions(self, asked: Asked) -> Reply:
        code, active = asked.query["code"].lower(), asked.query.get("active")
        found = [one for one in self.promotions if one["code"].lower() == code]
        return _listed(asked, [one for one in found if active is None or one["active"] == (active == "true")])

    def _change(self, things: list[dict[str, Any]], id_: str, form: dict[str, str]) -> Reply:
        found = next((one for one in things if one["id"] == id_), None)
        if found is None:
            return _no(404, "resource_missing", f"No such thing: '{id_}'")
        if "active" in form:
            found["active"] = form["active"] == "true"
        if "disabled" in form:
            found["status"] = "disabled" if form["disabled"] == "true" else "enabled"
        if events := _members(form, "enabled_events"):
            found["enabled_events"] = events
        return Reply(200, found)

    def _webhook_endpoint(self, asked: Asked, rest: Sequence[str]) -> Reply:
        if asked.method == "GET":
            return _listed(asked, self.endpoints)
        if asked.method == "DELETE":
            self.endpoints = [one for one in self.endpoints if one["id"] != rest[0]]
            return Reply(200, {"id": rest[0], "object": "webhook_endpoint", "deleted": True})
        if rest:
            return self._change(self.endpoints, rest[0], asked.form)
        if not asked.form["url"].startswith("https://"):
            return _no(400, "url_invalid", "Invalid URL: URL must be publicly accessible.")
        return Reply(200, {**self.endpoint(asked.form["url"], _members(asked.form, "enabled_events")), "secret": "whsec_chosen"})

    def endpoint(self, url: str, events: list[str], status: str = "enabled") -> dict[str, Any]:
        """One more of them; only whoever makes it is told its secret."""
        made = {"id": self._id("we"), "url": url, "enabled_events": events, "status": status}
        self.endpoints.insert(0, made)
        return made

    def _checkout(self, asked: Asked, rest: Sequence[str]) -> Reply:
        if len(rest) == 1:
            wanted = asked.query.get("status")
            return _listed(asked, [one for one in self.sessions if wanted in (None, one["status"])])
        if rest[1] not in self.items:
            return _no(404, "resource_missing", f"No such checkout.session: {rest[1]}")
        assert asked.query["expand[0]"] == "data.price.product"
        return _listed(asked, self.items[rest[1]])

    def _id(self, prefix: str) -> str:
        self._last += 1
        return f"{prefix}_{self._last}"


def _members(form: dict[str, str], name: str) -> list[str]:
    return [value for key, value in form.items() if re.fullmatch(rf"{name}\[[0-9]*\]", key)]


def _listed(asked: Asked, found: Sequence[dict[str, Any]]) -> Reply:
    size, after = int(asked.query.get("limit", 10)), asked.query.get("starting_after")
    if not 1 <= size <= 100:
        return _no(400, "parameter_invalid_integer", "Invalid integer: limit")
    ids = [one["id"] for one in found]
    if after is not None and after not in ids:
        return _no(400, "resource_missing", f"No such object: {after}")
    begin = ids.index(after) + 1 if after else 0
    data = list(found[begin : begin + size])
    version = {"Stripe-Version": VERSION}
    return Reply(200, {"object": "list", "data": data, "has_more": begin + size < len(found)}, version)


def _no(status: int, code: str, message: str, type_: str = "invalid_request_error") -> Reply:
    return Reply(status, {"error": {"type": type_, "message": message, **({"code": code} if code else {})}})
