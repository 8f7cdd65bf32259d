"""Payloads as Shopify really sends them, from a folder that is no part of this repository (COURTESY_CORPUS names it)."""

from __future__ import annotations

import base64
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chalicelib.adapters.storefronts.shopify import ORDER_TOPICS, PARCEL_TOPICS, Shopify
from chalicelib.errors import Invalid, Unverified
from chalicelib.ports import Ignored
from chalicelib.strict_json import dumps
from chalicelib.usecases.list_follow_ups import list_follow_ups
from chalicelib.usecases.take_order import take_order
from courtesy.webhook import Capture, read_capture
from tests.support.world import TestWorld

CORPUS = Path(os.environ.get("COURTESY_CORPUS", ""))
pytestmark = pytest.mark.skipif(
    not (os.environ.get("COURTESY_CORPUS") and CORPUS.is_dir()),
    reason="COURTESY_CORPUS names no folder with captured webhooks",
)

OBJECTS = {"order": "orders/create", "orders": "orders/create", "fulfillment": "fulfillments/create"}
"""The REST objects among the files, with the topic under which they would come."""

LEARNT_FROM = ORDER_TOPICS + PARCEL_TOPICS
NOTHING = Capture("", {}, {})


def topic_of(path: Path, capture: Capture) -> str:
    """From the capture's own headers, else from the file's name: orders_create-01, orders.create-01, order-01."""
    name = re.sub(r"-\d+$", "", path.stem)
    return capture.headers.get("x-shopify-topic") or OBJECTS.get(name) or re.sub(r"[_.]", "/", name, count=1)


def bodies(capture: Capture) -> Iterator[dict[str, Any]]:
    """The one of a webhook, or each of a REST list."""
    lists = [value for value in capture.body.values() if isinstance(value, list)]
    yield from lists[0] if len(capture.body) == 1 and lists else [capture.body]


def everything() -> Iterator[tuple[str, bytes]]:
    """Each body under its topic; a few files about other things hold no object, and are refused as captures."""
    for path in sorted(CORPUS.glob("shopify*/*.json")):
        try:
            capture = read_capture(path)
        except Invalid:
            assert topic_of(path, NOTHING) not in LEARNT_FROM, path.name
            continue
        topic = topic_of(path, capture)
        yield from ((topic, dumps(body)) for body in bodies(capture))


def captured(topics: tuple[str, ...]) -> list[tuple[str, bytes]]:
    return [(topic, raw) for topic, raw in everything() if topic in topics]


def test_every_file_is_learnt_or_ignored() -> None:
    for topic, raw in everything():
        found = Shopify().learn(topic, raw)
        assert isinstance(found, Ignored) == (topic not in LEARNT_FROM), topic


def test_orders_are_learnt_with_what_matters() -> None:
    seen = 0
    for topic, raw in captured(ORDER_TOPICS):
        found = Shopify().learn(topic, raw)
        assert not isinstance(found, Ignored)
        assert found.view is not None
        assert found.view.number
        assert found.view.total.currency != "XXX"
        seen += bool(found.view.lines)
    assert seen >= 10


def test_parcels_are_learnt_with_their_order() -> None:
    seen = 0
    for topic, raw in captured(PARCEL_TOPICS):
        found = Shopify().learn(topic, raw)
        assert not isinstance(found, Ignored)
        assert found.order == str(json.loads(raw)["order_id"])
        assert len(found.parcels) == 1
        seen += 1
    assert seen >= 3


def test_all_of_it_can_be_taken_and_written() -> None:
    with TestWorld(cap=1000) as world:
        for topic, raw in captured(LEARNT_FROM):
            found = Shopify().learn(topic, raw)
            assert not isinstance(found, Ignored)
            take_order(world, found)
        world.live(days=1)
        assert [one for one in list_follow_ups(world) if one.state not in ("sent", "expired", "cancelled", "planned")] == []


def test_signatures_come_out_as_the_vectors_say() -> None:
    vectors = [one for one in json.loads((CORPUS / "vectors.json").read_text(encoding="utf-8")) if one["scheme"] == "shopify"]
    assert {one["expect"] for one in vectors} == {"accept", "reject"}
    for vector in vectors:
        headers = {name.lower(): value for name, value in vector["headers"].items()}
        try:
            Shopify().verify(headers, base64.b64decode(vector["body_base64"]), [vector["key"]])
            found = "accept"
        except Unverified:
            found = "reject"
        assert found == vector["expect"], vector["id"]
