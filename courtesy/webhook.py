"""Posting a storefront's event to the running shop, signed with the local secret."""

from __future__ import annotations

import base64
import hmac
import re
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from msgspec import Struct

from chalicelib import strict_json
from chalicelib.domain.calendar import instant, stamp
from chalicelib.errors import Invalid

_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)")
_ROOTS = ("order", "fulfillment", "customer", "refund", "checkout")
SHOP_DOMAIN = "pellow-wren.myshopify.com"


class Capture(Struct, frozen=True):
    """An event from a file. `taken_as`: what the file was."""

    taken_as: str
    body: dict[str, Any]
    headers: dict[str, str]


def read_capture(path: Path) -> Capture:
    """A bare body, a {headers, body} capture or a REST root object. Errors: Invalid."""
    try:
        found = strict_json.loads(path.read_bytes())
    except OSError as error:
        raise Invalid(f"{path} cannot be read: {error.strerror}.") from None
    except Invalid as error:
        raise Invalid(f"{path}: {error}") from None
    if not isinstance(found, dict):
        raise Invalid(f"{path} holds no JSON object.")
    if isinstance(found.get("headers"), dict) and isinstance(found.get("body"), dict):
        headers = {str(name).lower(): str(value) for name, value in found["headers"].items()}
        return Capture("a {headers, body} capture", found["body"], headers)
    for root in _ROOTS:
        if list(found) == [root] and isinstance(found[root], dict):
            return Capture(f'a REST root object ("{root}")', found[root], {})
    return Capture("a bare body", found, {})


def placed_now(body: dict[str, Any], now: datetime) -> dict[str, Any]:
    """The body with its times shifted: an order is placed now, of anything else the latest time is now; none lies in the future."""
    placed = next((at for name in ("processed_at", "created_at") if (at := _time(body.get(name))) is not None), None)
    if "line_items" not in body or "order_id" in body or placed is None:
        placed = max(_times(body), default=now)
    shifted = _shifted(body, now - placed, now)
    assert isinstance(shifted, dict)  # noqa: S101  a mapping in, a mapping out
    return shifted


def _time(value: Any) -> datetime | None:
    if not (isinstance(value, str) and _TIME.fullmatch(value)):
        return None
    try:
        return instant(value)
    except ValueError:
        return None


def _times(value: Any) -> Iterator[datetime]:
    if isinstance(value, dict):
        for one in value.values():
            yield from _times(one)
    elif isinstance(value, list):
        for one in value:
            yield from _times(one)
    elif (at := _time(value)) is not None:
        yield at


def _shifted(value: Any, by: timedelta, now: datetime) -> Any:
    if isinstance(value, dict):
        return {name: _shifted(one, by, now) for name, one in value.items()}
    if isinstance(value, list):
        return [_shifted(one, by, now) for one in value]
    at = _time(value)
    return value if at is None else stamp(_moved(at, by, now))


def _moved(at: datetime, by: timedelta, now: datetime) -> datetime:
    try:
        return min(at + by, now)
    except OverflowError:  # 31 December 9999, as some say for "never", is past every calendar
        return min(at, now)


def signed(source: str, topic: str, capture: Capture, secret: str) -> tuple[bytes, dict[str, str]]:
    """The bytes and the headers to post. Errors: Invalid for a storefront that cannot be played yet."""
    if source != "shopify":
        raise Invalid(f'The storefront "{source}" cannot be played yet; "shopify" can.')
    raw = strict_json.dumps(capture.body)
    headers = {
        "Content-Type": "application/json",
        "X-Shopify-Topic": topic,
        "X-Shopify-Shop-Domain": capture.headers.get("x-shopify-shop-domain", SHOP_DOMAIN),
        "X-Shopify-Webhook-Id": secrets.token_hex(16),
        "X-Shopify-Triggered-At": datetime.now(UTC).isoformat(),
        "X-Shopify-Hmac-Sha256": base64.b64encode(hmac.digest(secret.encode(), raw, "sha256")).decode(),
    }
    return raw, headers
