"""The folder with payloads: INDEX.tsv names each file with its source and topic, vectors.json holds signatures."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from chalicelib import strict_json
from chalicelib.adapters.storefronts.fields import text
from chalicelib.config import ROOT
from courtesy.webhook import is_capture, read_captures, topic_of
from tests.corpus import ours

SOURCES = ("shopify", "woocommerce", "stripe", "standard", "bigcommerce")
"""A source's folders begin with its name."""

OBJECTS = {
    "shopify": {
        "order": "orders/create", "fulfillment": "fulfillments/create", "fulfillment_event": "fulfillment_events/create",
        "refund": "refunds/create", "customer": "customers/update", "customers_search": "customers/update",
        "checkout": "checkouts/create", "transaction": "order_transactions/create", "shop": "shop/update",
    },
    "stripe": {
        "checkout.session": "checkout.session.completed", "charge": "charge.succeeded", "payment_intent": "payment_intent.succeeded",
        "invoice": "invoice.paid", "dispute": "charge.dispute.created",
    },
}  # fmt: skip
"""The topic under which a REST object of that name would come; for any other "created" is guessed."""

EXAMPLES = {
    "shopify/order": "orders/create", "shopify/gift-order": "orders/create", "shopify/gift-fulfilment": "fulfillments/update",
    "woocommerce/order": "order.created", "woocommerce/gift-order": "order.created", "woocommerce/completed": "order.updated",
}  # fmt: skip
"""The topics of those of our own examples that do not say theirs."""

_BATCH = {"create": "created", "update": "updated", "delete": "deleted"}


class Event(Struct, frozen=True):
    """One body under its topic. `headers`: those that it was captured with, names in lower case."""

    file: str
    source: str
    topic: str
    body: Any
    headers: dict[str, str] = {}


class Listed(Struct, frozen=True):
    """A line of INDEX.tsv. `path`: where the file lay before it was collected."""

    file: str
    source: str
    topic: str
    path: str


def listed(folder: Path) -> list[Listed]:
    """Every storefront's file, in the order of its name."""
    with (folder / "INDEX.tsv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    found = (Listed(row["file"], _source(row["file"]), row["topic"], row["path"]) for row in rows)
    return sorted((one for one in found if one.source), key=lambda one: one.file)


def _source(file: str) -> str:
    return next((source for source in SOURCES if file.startswith(f"{source}-")), "")


def events(folder: Path, one: Listed) -> Iterator[Event]:
    """What the file holds: a captured delivery, a documented body, or REST objects, each as the event that would tell of it."""
    found = strict_json.loads((folder / one.file).read_bytes())
    if is_capture(found):
        headers = {name.lower(): str(value) for name, value in found["headers"].items()}
        yield Event(one.file, one.source, text(found.get("topic")) or one.topic, found["body"], headers)
    elif one.source == "stripe":
        yield _stripe_event(one, found)
    elif one.source == "woocommerce":
        yield from (Event(one.file, one.source, topic, body) for topic, body in _woocommerce(one.topic, found))
    elif "/webhooks/" in one.path or "api-fixtures" not in one.file:
        yield Event(one.file, one.source, _topic_of_path(one), found)
    else:
        name = one.topic if one.topic in OBJECTS["shopify"] else one.topic.removesuffix("s")
        topic = OBJECTS["shopify"].get(name, f"{name}s/create")
        yield from (Event(one.file, one.source, topic, body) for body in _bodies(found))


def _topic_of_path(one: Listed) -> str:
    """Documented bodies were kept as …/orders/create.json; what says its topic with a slash, or a dot, keeps it."""
    if "/" in one.topic or one.source != "shopify":
        return one.topic
    return "/".join(Path(one.path).with_suffix("").parts[-2:])


def _stripe_event(one: Listed, found: Any) -> Event:
    if isinstance(found, dict) and found.get("object") == "event":
        return Event(one.file, one.source, text(found.get("type")), found)
    topic = OBJECTS["stripe"].get(one.topic, f"{one.topic}.created")
    created = found.get("created") if isinstance(found, dict) else None
    body = {
        "id": f"evt_{one.topic.replace('.', '_')}",
        "object": "event",
        "type": topic,
        "created": created,
        "data": {"object": found},
    }
    return Event(one.file, one.source, topic, body)


def _woocommerce(named: str, found: Any) -> Iterator[tuple[str, Any]]:
    """The documentation's samples lie under names such as orders-wp-api-v3; batches hold a list for each thing done."""
    if "." in named:
        yield named, found
        return
    resource = re.split("-wp-|-v", named, maxsplit=1)[0].removesuffix("s")
    if isinstance(found, dict) and found and set(found) <= set(_BATCH):
        yield from ((f"{resource}.{_BATCH[did]}", body) for did, bodies in found.items() for body in bodies)
    else:
        yield from ((f"{resource}.created", body) for body in _bodies(found))


def _bodies(found: Any) -> Iterator[Any]:
    """Of {"order": {…}}, {"orders": […]} or […] what is in it; anything else as it is."""
    inner = next(iter(found.values())) if isinstance(found, dict) and len(found) == 1 else found
    if isinstance(inner, list) and inner and all(isinstance(one, dict) for one in inner):
        yield from inner
    elif isinstance(inner, dict):
        yield inner
    else:
        yield found


def examples(source: str) -> Iterator[Event]:
    """Our own: small, and more follows from them than from what others wrote for their documentation."""
    for body in ours.EVENTS.get(source, ()):
        yield Event("tests/corpus/ours.py", source, str(body["type"]), body)
    for path in sorted((ROOT / "examples" / source).glob("*.json")):
        for capture in read_captures(path):
            file = path.relative_to(ROOT).as_posix()
            yield Event(file, source, topic_of(source, EXAMPLES.get(f"{source}/{path.stem}", ""), capture), capture.body)


class Vector(Struct, frozen=True):
    """A delivery with the answer that it must get. `now`: seconds since 1970, None where the scheme has no time."""

    id: str
    scheme: str
    expect: str
    headers: Mapping[str, str]
    body_base64: str
    key: str | None = None
    why: str = ""
    now: int | None = None
