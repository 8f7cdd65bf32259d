"""Stripe's back office over its API. Shapes: docs.stripe.com, "API Reference" as of VERSION, "Pagination",
"Supported currencies".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime

from chalicelib import strict_json
from chalicelib.adapters.offices.http import Answer, Api, harmless
from chalicelib.adapters.storefronts.fields import Payload, mapping, objects, text
from chalicelib.adapters.storefronts.stripe import EVENT_TYPES, line
from chalicelib.domain.money import Money
from chalicelib.domain.order import Line
from chalicelib.domain.voucher import Voucher
from chalicelib.errors import Invalid, Misconfigured, Retryable
from chalicelib.ports import Changed, Proof, Subscribed

VERSION = "2024-06-20"
"""Whatever the account's own is, answers are shaped so, and the events that are posted to us. Only those that `changed` brings are shaped
as the account has it. From 2025-09-30 on a promotion code names its coupon otherwise.
"""

PAGE, NEWEST = 100, 10

_HUNDREDTHS, _WHOLE = ("ISK", "UGX"), ("MGA",)
"""Currencies of which Stripe counts hundredths, though they have no coin below one; and the other way round."""

_TEST_KEY = re.compile(r"[a-z]k_test_")
_ID = re.compile(r"[A-Za-z0-9_]{1,100}")
_MEND = (
    "Give a secret or restricted key of the live account that may read events, checkout sessions and products, and write coupons, "
    "promotion codes and webhook endpoints."
)
_ODD = "Stripe answered, but not with what was asked for."


class _Refused(Invalid):
    """`code`: Stripe's own name for why."""

    def __init__(self, sentence: str, code: str) -> None:
        super().__init__(sentence)
        self.code = code


class StripeApi:
    """ports.Office for Stripe. `key`: a secret or restricted key; `base`: where the API is, where not there."""

    def __init__(self, key: str, *, base: str = "https://api.stripe.com/v1") -> None:
        self._key = key
        self._api = Api("Stripe", base, {"Authorization": f"Bearer {key}", "Stripe-Version": VERSION}, _MEND)

    def register(self, voucher: Voucher) -> None:
        """A coupon of its own for each voucher, and a promotion code that stands for it at the checkout. Either may serve once, so a second
        code would be worth nothing, and no idempotency key is needed: under one Stripe repeats its own failures for a day.
        """
        ours = f"courtesy-{voucher.code}"
        try:
            self._post("/coupons", _coupon(ours, voucher))
        except _Refused as refused:
            if refused.code != "resource_already_exists":
                raise
        try:
            self._post("/promotion_codes", _promotion(ours, voucher))
        except _Refused:
            # why not has no name of its own where the code is in use
            live = self._live(voucher.code)
            if any(_coupon_of(one) == ours for one in live):
                return
            if live:
                raise Invalid("Stripe has this code already, for a coupon that Courtesy did not make.") from None
            raise

    def void(self, code: str) -> None:
        """Stripe never forgets a promotion code; it is only made inactive."""
        for one in self._live(code):
            self._post(f"/promotion_codes/{_id(one)}", {"active": "false"})

    def unsubscribe(self, address: str, at: datetime) -> bool:
        """Stripe keeps no consent that can be ended."""
        return False

    def lines(self, ask: str) -> tuple[Line, ...]:
        """Of a checkout session."""
        if not _ID.fullmatch(ask):
            raise Invalid("That is no id of a checkout session.", "session")
        found = self._all(f"/checkout/sessions/{ask}/line_items", {"expand[0]": "data.price.product"})
        return tuple(map(line, found))

    def changed(self, since: datetime, after: str = "") -> Changed:
        """Events as they were posted, each page oldest first. The pages themselves go back in time, for Stripe lists the newest first: taking
        events commutes. Stripe keeps them for 30 days.
        """
        query = {f"types[{number}]": one for number, one in enumerate(EVENT_TYPES)}
        try:
            page = self._get("/events", {**query, "created[gte]": str(int(since.timestamp())), **_paged(after)})
        except _Refused as refused:
            if after and refused.code == "resource_missing":
                return self.changed(since)  # behind an event that Stripe keeps no more: from the beginning
            raise
        told = tuple((text(event.get("type")), strict_json.dumps(event)) for event in reversed(_listed(page)))
        return Changed(told, _next(page))

    def prove(self) -> Proof:
        """A key of the test mode works as well, but all that it shows are tests, of which nothing comes: `shop` says so."""
        answer = self._call("GET", "/checkout/sessions", query={"limit": str(NEWEST), "status": "complete"})
        buyers = [mapping(one.get("customer_details")) for one in _listed(mapping(answer.body))]
        return Proof(
            shop=self._account() + (" (test mode)" if _TEST_KEY.match(self._key) else ""),
            orders=len(buyers),
            named=sum(bool(text(buyer.get("name"))) for buyer in buyers),
            addressed=sum(bool(text(buyer.get("email"))) for buyer in buyers),
            version=answer.headers.get("stripe-version", VERSION),
            pinned=VERSION,
        )

    def subscribe(self, url: str, secret: str) -> Subscribed:
        """Stripe chooses the secret, and tells it once. An endpoint whose secret nobody here knows is made anew."""
        ours = [one for one in self._all("/webhook_endpoints", {}) if one.get("url") == url]
        if ours and not secret:
            for one in ours:
                self._call("DELETE", f"/webhook_endpoints/{_id(one)}")
            ours = []
        if not ours:
            made = self._post("/webhook_endpoints", {"url": url, "api_version": VERSION, **_enabled(EVENT_TYPES)})
            return Subscribed(EVENT_TYPES, text(made.get("secret"), 200))
        for one in ours[:1]:
            sent = tuple(map(str, one.get("enabled_events") or ()))
            wanted = sent if "*" in sent else tuple(dict.fromkeys([*sent, *EVENT_TYPES]))
            if wanted != sent or one.get("status") != "enabled":
                self._post(f"/webhook_endpoints/{_id(one)}", {"disabled": "false", **_enabled(wanted)})
        return Subscribed(EVENT_TYPES)

    def _live(self, code: str) -> list[Payload]:
        """Its active promotion codes; Stripe heeds no case."""
        return [one for one in self._all("/promotion_codes", {"code": code, "active": "true"}) if _is(one, code)]

    def _account(self) -> str:
        """By its name, where the key may see it."""
        try:
            account = self._get("/account", {})
        except (Misconfigured, Invalid):
            return "Stripe"
        shown = mapping(mapping(account.get("settings")).get("dashboard")).get("display_name")
        return text(mapping(account.get("business_profile")).get("name")) or text(shown) or "Stripe"

    def _all(self, path: str, query: Mapping[str, str]) -> Iterator[Payload]:
        after: str | None = ""
        while after is not None:
            page = self._get(path, {**query, **_paged(after)})
            yield from _listed(page)
            after = _next(page) or None

    def _get(self, path: str, query: Mapping[str, str]) -> Payload:
        return mapping(self._call("GET", path, query=query).body)

    def _post(self, path: str, form: Mapping[str, str]) -> Payload:
        return mapping(self._call("POST", path, form=form).body)

    def _call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
    ) -> Answer:
        """Errors: as ports.Office."""
        answer = self._api.call(method, path, query=query, form=form)
        if answer.status < 400:
            return answer
        error = mapping(mapping(answer.body).get("error"))
        raise _Refused(f"Stripe says no ({answer.status}): {harmless(error.get('message'), self._key)}", text(error.get("code")))


def _coupon(id_: str, voucher: Voucher) -> dict[str, str]:
    return {
        "id": id_,
        "name": f"Courtesy {voucher.code}"[:40],
        "amount_off": _counted(voucher.value),
        "currency": voucher.value.currency.lower(),
        "duration": "once",
        "max_redemptions": "1",
        "redeem_by": str(int(voucher.ends_at.timestamp())),
    }


def _promotion(coupon: str, voucher: Voucher) -> dict[str, str]:
    least = {
        "restrictions[minimum_amount]": _counted(voucher.minimum),
        "restrictions[minimum_amount_currency]": voucher.minimum.currency.lower(),
    }
    return {
        "coupon": coupon,
        "code": voucher.code,
        "max_redemptions": "1",
        "expires_at": str(int(voucher.ends_at.timestamp())),
        **(least if voucher.minimum.amount > 0 else {}),
    }


def _counted(money: Money) -> str:
    """As Stripe counts it, which is what the storefront reads back."""
    if money.currency in _HUNDREDTHS:
        return str(money.amount * 100)
    return str(money.amount // 100 if money.currency in _WHOLE else money.amount)


def _coupon_of(promotion: Payload) -> str:
    coupon = promotion.get("coupon")
    return text(mapping(coupon).get("id") if isinstance(coupon, dict) else coupon)


def _is(promotion: Payload, code: str) -> bool:
    return text(promotion.get("code"), 500).casefold() == code.casefold()


def _enabled(topics: tuple[str, ...]) -> dict[str, str]:
    return {f"enabled_events[{number}]": one for number, one in enumerate(topics)}


def _paged(after: str) -> dict[str, str]:
    return {"limit": str(PAGE), **({"starting_after": after} if after else {})}


def _listed(page: Payload) -> list[Payload]:
    """Errors: Retryable where it is no list."""
    found = page.get("data")
    if not isinstance(found, list):
        raise Retryable(_ODD)
    return objects(found)


def _next(page: Payload) -> str:
    """Behind which to go on, "" at the end."""
    found = _listed(page)
    return _id(found[-1] if found else {}) if page.get("has_more") is True else ""


def _id(thing: Payload) -> str:
    found = text(thing.get("id"))
    if not _ID.fullmatch(found):
        raise Retryable(_ODD)
    return found
