"""Storefronts' events from files: read in every shape in which they lie about, moved to today, and signed as the storefront would."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from msgspec import Struct

from chalicelib import strict_json
from chalicelib.adapters.storefronts import STOREFRONTS
from chalicelib.domain.calendar import instant, stamp
from chalicelib.domain.order import Learnt
from chalicelib.errors import Invalid
from chalicelib.ports import Storefront

_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)")
_UNSAID = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
"""Without an offset, as WooCommerce writes its date_… (the shop's own time) and date_…_gmt."""

_ROOTS = ("order", "fulfillment", "fulfillment_event", "customer", "refund", "checkout")
_TOPIC_HEADERS = ("x-shopify-topic", "x-wc-webhook-topic")
_SHOP_HEADERS = {"x-shopify-shop-domain": "X-Shopify-Shop-Domain", "x-wc-webhook-source": "X-WC-Webhook-Source"}
_SAY_THEIR_TOPIC = ("stripe", "standard")
"""Storefronts whose topic stands in the body."""

_SECONDS = frozenset(
    (
        "created", "updated", "expires_at", "paid_at", "finalized_at", "voided_at", "canceled_at", "completed_at", "succeeded_at",
        "failed_at", "effective_at", "marked_uncollectible_at", "next_payment_attempt", "due_date", "start_date", "ended_at",
        "start", "end", "period_start", "period_end", "current_period_start", "current_period_end", "billing_cycle_anchor",
        "available_on", "due_by", "date_shipped",
    )
)  # fmt: skip
"""Members that hold seconds since 1970, as Stripe and the parcel plugins of WooCommerce name them."""

_EARLIEST, _LATEST = 631152000, 7258118400
"""1990 and 2200: other numbers under these names are no times."""


class Capture(Struct, frozen=True):
    """An event from a file. `taken_as`: what the file was; `of_list`: a list, which may hold others. `topic`: what it says of itself
    beside its headers, or "".
    """

    taken_as: str
    body: dict[str, Any]
    headers: dict[str, str]
    topic: str = ""
    of_list: bool = False


def read_capture(path: Path) -> Capture:
    """A bare body, a {headers, body} capture or a REST root object. Errors: Invalid."""
    found = read_captures(path)
    if len(found) > 1:
        raise Invalid(f"{path} holds {len(found)} events, and one at a time can be sent.")
    return found[0]


def read_captures(path: Path) -> list[Capture]:
    """As read_capture; of a REST list each. Errors: Invalid."""
    raw = read_raw(path)
    try:
        found = strict_json.loads(raw)
    except Invalid as error:
        raise Invalid(f"{path}: {error}") from None
    if isinstance(found, list) and found:
        return _each(path, "a REST list", found)
    if not isinstance(found, dict):
        raise Invalid(f"{path} holds no JSON object.")
    if is_capture(found):
        headers = {str(name).lower(): str(value) for name, value in found["headers"].items()}
        return [Capture("a {headers, body} capture", found["body"], headers, str(found.get("topic") or ""))]
    for root in _ROOTS:
        if list(found) == [root] and isinstance(found[root], dict):
            return [Capture(f'a REST root object ("{root}")', found[root], {})]
        if list(found) == [f"{root}s"] and found[f"{root}s"] and isinstance(found[f"{root}s"], list):
            return _each(path, f'a REST list ("{root}s")', found[f"{root}s"])
    return [Capture("a bare body", found, {})]


def read_raw(path: Path) -> bytes:
    """The file's bytes. Errors: Invalid."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise Invalid(f"{path} cannot be read: {error.strerror}.") from None


def is_capture(found: Any) -> bool:
    """Whether it is a body with the headers that it came with."""
    return isinstance(found, dict) and isinstance(found.get("headers"), dict) and isinstance(found.get("body"), dict)


def _each(path: Path, taken_as: str, found: list[Any]) -> list[Capture]:
    if not all(isinstance(one, dict) for one in found):
        raise Invalid(f"{path} holds a list of other things than JSON objects.")
    return [Capture(taken_as, one, {}, of_list=True) for one in found]


def known_storefront(source: str) -> Storefront:
    """Errors: Invalid, with those that there are."""
    found = STOREFRONTS.get(source)
    if found is None:
        raise Invalid(f'There is no storefront "{source}": there are {", ".join(sorted(STOREFRONTS))}.')
    return found


def topic_of(source: str, given: str, capture: Capture) -> str:
    """What was given, else what the capture says, else the body where the storefront writes it there. Errors: Invalid."""
    in_headers = (capture.headers.get(name, "") for name in _TOPIC_HEADERS)
    in_body = capture.body.get("type") if source in _SAY_THEIR_TOPIC else ""
    found = next((one for one in (given, *in_headers, capture.topic, in_body) if isinstance(one, str) and one), "")
    if not found:
        raise Invalid("The file does not say its topic: give it with --topic.")
    return found


# --- as if it happened now ---


def placed_now(body: dict[str, Any], now: datetime, placed: datetime | None = None) -> dict[str, Any]:
    """The body with its times shifted: an order is placed now, of anything else the latest time is now; none lies in the future.

    `placed`: when the order was placed, where the storefront's adapter can tell.
    """
    placed = placed or _placed(body) or _said_at(body) or max(_times(body), default=now)
    shifted = _shifted(body, now - placed, now)
    assert isinstance(shifted, dict)  # noqa: S101  a mapping in, a mapping out
    return shifted


def placed_at(storefront: Storefront, topic: str, body: dict[str, Any]) -> datetime | None:
    """When the order that the event tells of was placed, None where it tells of none."""
    try:
        heard = storefront.learn(topic, strict_json.dumps(body))
    except Invalid:
        return None
    return heard.view.placed_at if isinstance(heard, Learnt) and heard.view is not None else None


def _placed(body: Mapping[str, Any]) -> datetime | None:
    if "line_items" not in body or "order_id" in body:
        return None
    return next((at for name in ("processed_at", "created_at") if (at := _time(name, body.get(name))) is not None), None)


def _said_at(body: Mapping[str, Any]) -> datetime | None:
    """When a Stripe event was made: what it is about may hold a later time, at which something is still to happen."""
    return _time("created", body.get("created")) if body.get("object") == "event" else None


def _time(name: str, value: Any) -> datetime | None:
    if type(value) is int and name in _SECONDS and _EARLIEST <= value < _LATEST:
        return datetime.fromtimestamp(value, UTC)
    if not isinstance(value, str):
        return None
    unsaid = name.startswith("date_") and _UNSAID.fullmatch(value)
    if not (unsaid or _TIME.fullmatch(value)):
        return None
    try:
        return instant(f"{value}Z" if unsaid else value)
    except ValueError:
        return None


def _times(value: Any, name: str = "") -> Iterator[datetime]:
    if isinstance(value, dict):
        for key, one in value.items():
            yield from _times(one, key)
    elif isinstance(value, list):
        for one in value:
            yield from _times(one, name)
    elif (at := _time(name, value)) is not None:
        yield at


def _shifted(value: Any, by: timedelta, now: datetime, name: str = "") -> Any:
    if isinstance(value, dict):
        return {key: _shifted(one, by, now, key) for key, one in value.items()}
    if isinstance(value, list):
        return [_shifted(one, by, now, name) for one in value]
    at = _time(name, value)
    return value if at is None else _written_as(value, _moved(at, by, now))


def _written_as(value: int | str, at: datetime) -> int | str:
    if isinstance(value, int):
        return int(at.timestamp())
    return stamp(at).removesuffix("Z") if _UNSAID.fullmatch(value) else stamp(at)


def _moved(at: datetime, by: timedelta, now: datetime) -> datetime:
    try:
        return min(at + by, now)
    except OverflowError:  # 31 December 9999, as some say for "never", is past every calendar
        return min(at, now)


# --- as the storefront sends it ---


def signed(source: str, topic: str, capture: Capture, secret: str, now: datetime | None = None) -> tuple[bytes, dict[str, str]]:
    """The bytes and the headers to post, `now` being the time of whoever takes them. Errors: Invalid for a storefront that there is not."""
    raw = strict_json.dumps(capture.body)
    headers = known_storefront(source).sign(topic, raw, secret, now or datetime.now(UTC), secrets.token_hex(16))
    from_there = {name: capture.headers[lower] for lower, name in _SHOP_HEADERS.items() if lower in capture.headers}
    return raw, {
        "Content-Type": "application/json",
        **headers,
        **{name: from_there[name] for name in from_there if name in headers},
    }
