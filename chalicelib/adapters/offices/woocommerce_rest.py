"""WooCommerce's back office over its REST API v3. Shapes: "WooCommerce REST API Documentation", and WooCommerce's own controllers where
they do otherwise. From WooCommerce 5.8 on, which can tell what changed since when.

WooCommerce tries each event once, and disables a webhook for good after more than five failures in a row: `subscribe` sets it going again,
and the nightly `changed` brings what was missed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlsplit

from chalicelib import strict_json
from chalicelib.adapters.offices.http import Answer, Api, basic, harmless
from chalicelib.adapters.storefronts.fields import Payload, mapping, objects, text, when
from chalicelib.adapters.storefronts.woocommerce import DELETED, ORDER_TOPICS
from chalicelib.domain.calendar import stamp
from chalicelib.domain.money import plain
from chalicelib.domain.order import Line
from chalicelib.domain.voucher import Voucher
from chalicelib.errors import CourtesyError, Invalid, Misconfigured, Retryable
from chalicelib.ports import Changed, Proof, Subscribed

TOPICS = (*ORDER_TOPICS, DELETED)
PAGE, NEWEST, MANY = 50, 10, 100

_ALREADY = "woocommerce_rest_coupon_code_already_exists"
_STATUSES = ("any", "trash")
"""Asked for one after the other: "any" leaves out the trash."""

_MEND = (
    "Give the key and secret of a REST API key with permission to read and write, and the shop's address as the browser shows it; "
    "WordPress's permalinks must not be plain, and the web server must hand on the Authorization header."
)


class WooRest:
    """ports.Office for WooCommerce. `url`: the shop's, to which /wp-json is added. Errors: Misconfigured for one that is not https, since
    the key goes along; the loopback may be.
    """

    def __init__(self, url: str, key: str, secret: str) -> None:
        self._host = _host(url)
        self._secrets = (key, secret)
        self._api = Api("WooCommerce", f"{url.rstrip('/')}/wp-json/wc/v3", basic(key, secret), _MEND)

    def register(self, voucher: Voucher) -> None:
        """In the shop's own currency: WooCommerce's coupons have none."""
        answer = self._api.call("POST", "/coupons", data=_coupon(voucher))
        if text(mapping(answer.body).get("code")) != _ALREADY:
            self._done(answer)

    def void(self, code: str) -> None:
        """Each coupon of that code, for good. Two tries at once may have made two, and only the newest is ever told and taken: behind it the
        other would come alive.
        """
        gone = set[str]()
        while left := [id_ for id_ in self._coupons(code) if id_ not in gone]:
            for id_ in left:
                self._delete(f"/coupons/{id_}")
            gone.update(left)

    def unsubscribe(self, address: str, at: datetime) -> bool:
        """WooCommerce keeps no consent."""
        return False

    def lines(self, ask: str) -> tuple[Line, ...]:
        """Never needed."""
        raise Invalid("WooCommerce's events carry the lines of their orders; there is nothing to ask for.")

    def changed(self, since: datetime, after: str = "") -> Changed:
        """Each order as its order.updated webhook would tell it, at last those in the trash.

        A page begins where the one before ended by time, not by count: an order that changes meanwhile moves to the end, and would push
        another over the edge of a page. So some come twice.
        """
        status, begins, number = after.split("/") if after else (_STATUSES[0], _naive(since), "1")
        query = {
            "status": status,
            "modified_after": _second_before(begins),
            "dates_are_gmt": "true",
            "orderby": "modified",
            "order": "asc",
            "per_page": str(PAGE),
            "page": number,
        }
        answer = self._done(self._api.call("GET", "/orders", query=query))
        orders = _listed(answer)
        events = tuple(("order.updated", strict_json.dumps(order)) for order in orders)
        if _pages(answer) > int(number):
            # a page has holes where the key's owner may not see an order
            ended = when(f"{orders[-1].get('date_modified_gmt')}Z") if orders else None
            if ended is not None and _naive(ended) > begins:
                return Changed(events, f"{status}/{_naive(ended)}/1")
            return Changed(events, f"{status}/{begins}/{int(number) + 1}")
        later = _STATUSES[_STATUSES.index(status) + 1 :]
        return Changed(events, f"{later[0]}/{_naive(since)}/1" if later else "")

    def prove(self) -> Proof:
        """`missing` is write where the key only reads."""
        query = {"orderby": "date", "order": "desc", "per_page": str(NEWEST), "status": "any"}
        orders = _listed(self._done(self._api.call("GET", "/orders", query=query)))
        buyers = [mapping(order.get("billing")) for order in orders]
        return Proof(
            shop=self._host,
            orders=len(orders),
            named=sum(bool(text(buyer.get("first_name")) or text(buyer.get("last_name"))) for buyer in buyers),
            addressed=sum(bool(text(buyer.get("email"))) for buyer in buyers),
            version=self._version(),
            missing=() if self._may_write() else ("write",),
        )

    def subscribe(self, url: str, secret: str) -> Subscribed:
        """Of two for one topic, which two tries at once may have made, one stays."""
        if not secret:
            raise Misconfigured(
                "Give the secret webhooks/woocommerce/current: WooCommerce would else choose one, and keep it to itself."
            )
        known = [one for one in self._webhooks() if one.get("delivery_url") == url]
        for topic in TOPICS:
            to = {"delivery_url": url, "secret": secret, "status": "active"}
            ours = [one for one in known if one.get("topic") == topic]
            for one in ours[:1]:
                self._done(self._api.call("PUT", f"/webhooks/{_id(one)}", data=to), secret)
            for one in ours[1:]:
                self._delete(f"/webhooks/{_id(one)}")
            if not ours:
                self._done(self._api.call("POST", "/webhooks", data={"name": f"Courtesy: {topic}", "topic": topic, **to}), secret)
        return Subscribed(TOPICS)

    def _coupons(self, code: str) -> list[str]:
        """Ids of those that it tells of the code, which it writes in small letters."""
        found = _listed(self._done(self._api.call("GET", "/coupons", query={"code": code})))
        return [_id(one) for one in found if str(one.get("code")).casefold() == code.casefold()]

    def _delete(self, path: str) -> None:
        """For good, not into the trash. That it is gone is fine."""
        answer = self._api.call("DELETE", path, query={"force": "true"})
        if answer.status not in (404, 410):
            self._done(answer)

    def _webhooks(self) -> Iterator[Payload]:
        number, pages = 1, 1
        while number <= pages:
            answer = self._done(self._api.call("GET", "/webhooks", query={"per_page": str(MANY), "page": str(number)}))
            yield from _listed(answer)
            number, pages = number + 1, _pages(answer)

    def _version(self) -> str:
        """Some keys may not see it; the API's own version then. Asked for alone, for with all else of the environment the shop would first
        try to reach PayPal.
        """
        try:
            answer = self._api.call("GET", "/system_status", query={"_fields": "environment.version"})
        except (Misconfigured, Retryable):
            return "v3"
        return text(mapping(mapping(answer.body).get("environment")).get("version"), 20) or "v3"

    def _may_write(self) -> bool:
        """A batch of nothing changes nothing, but asks for the right to."""
        try:
            self._api.call("POST", "/coupons/batch", data={})
        except Misconfigured:
            return False
        return True

    def _done(self, answer: Answer, *secrets: str) -> Answer:
        """Errors: Invalid, Misconfigured."""
        if answer.status >= 400:
            raise self._no(answer, *secrets)
        return answer

    def _no(self, answer: Answer, *secrets: str) -> CourtesyError:
        said = mapping(answer.body)
        if said.get("code") == "rest_no_route":
            return Misconfigured(f"There is no WooCommerce at this address ({answer.status}). {_MEND}")
        return Invalid(f"WooCommerce says no ({answer.status}): {harmless(said.get('message'), *self._secrets, *secrets)}")


def _host(url: str) -> str:
    """Errors: Misconfigured where the keys would not be safe on the way there."""
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    host = parts.hostname or ""
    if not host or not (parts.scheme == "https" or (parts.scheme == "http" and host in ("127.0.0.1", "::1", "localhost"))):
        raise Misconfigured("Give the shop's address with https:// : else anybody on the way could read WooCommerce's keys.")
    return host


def _coupon(voucher: Voucher) -> Mapping[str, Any]:
    return {
        "code": voucher.code,
        "description": "Made by Courtesy",
        "discount_type": "fixed_cart",
        "amount": plain(voucher.value),
        "minimum_amount": plain(voucher.minimum),
        "usage_limit": 1,
        "usage_limit_per_user": 1,
        "individual_use": True,
        # date_expires_gmt is shown, but passed over when it is written; what says its offset is taken as it is meant
        "date_expires": stamp(voucher.ends_at),
    }


def _naive(at: datetime) -> str:
    """UTC, without saying so."""
    return stamp(at).rstrip("Z")


def _second_before(at: str) -> str:
    """It asks for what changed after, not at. Without an offset: one would be turned into the shop's own time, whatever dates_are_gmt says."""
    return (datetime.fromisoformat(at) - timedelta(seconds=1)).isoformat()


def _listed(answer: Answer) -> list[Payload]:
    if not isinstance(answer.body, list):
        raise Retryable("WooCommerce answered, but not with what was asked for.")
    return objects(answer.body)


def _pages(answer: Answer) -> int:
    said = answer.headers.get("x-wp-totalpages", "")
    return int(said) if said.isascii() and said.isdigit() else 1


def _id(thing: Payload) -> str:
    return quote(text(thing.get("id"), 20), safe="")
