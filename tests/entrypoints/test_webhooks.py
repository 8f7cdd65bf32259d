"""The webhook's route: verified, kept, answered; or refused without a trace."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.errors import Busy, Retryable
from chalicelib.ports import WEBHOOKS
from tests.factories import shopify_order, shopify_parcel, signed
from tests.support.site import JSON, Answer, Site, items
from tests.support.watched import watched
from tests.support.world import MemoryBlob, TestWorld

PATH = "/api/webhooks/shopify"


@pytest.fixture
def world() -> Iterator[TestWorld]:
    with TestWorld() as made:
        yield made


def post(world: TestWorld, payload: object, topic: str = "orders/create", *, path: str = PATH, **headers: str) -> Answer:
    """Signed, and posted. `headers` change those that Shopify would send."""
    found, raw = signed(topic, payload, **{"x_shopify_webhook_id": "id-1", **headers})
    return Site(world).ask("POST", path, raw, kind=JSON, headers={name: value for name, value in found.items() if value})


def nothing_stored(world: TestWorld) -> bool:
    assert isinstance(world.blob, MemoryBlob)
    return (items(world), world.blob.kept, world.queue.waiting()) == ([], {}, {})


def test_a_signed_order_is_kept_and_answered(world: TestWorld) -> None:
    answer = post(world, shopify_order())
    assert (answer.status, answer.json) == (200, {"message": "kept"})
    world.work()
    assert "receipt" in world.follow_ups()


def test_a_repeat_is_answered_and_changes_nothing(world: TestWorld) -> None:
    post(world, shopify_order())
    world.work()
    before = items(world)
    assert post(world, shopify_order()).json == {"message": "kept before"}
    assert (items(world), world.queue.waiting()) == (before, {})


def test_a_repeat_of_what_nobody_took_is_queued_again(world: TestWorld) -> None:
    post(world, shopify_order())
    assert post(world, shopify_order()).json == {"message": "kept"}
    assert world.queue.waiting() == {WEBHOOKS: 2}
    world.work()
    assert len(world.mails()) == 1


def test_the_older_secret_still_verifies(world: TestWorld) -> None:
    headers, raw = signed("orders/create", shopify_order(), secret="older shopify secret")
    assert Site(world).ask("POST", PATH, raw, kind=JSON, headers=headers).status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"x_shopify_hmac_sha256": "bm9uc2Vuc2U="},
        {"x_shopify_hmac_sha256": ""},
        {"x_shopify_hmac_sha256": "\u00ff"},
        {"x_shopify_topic": ""},
        {"x_shopify_shop_domain": ""},
    ],
    ids=repr,
)
def test_a_wrong_signature_stores_nothing(world: TestWorld, headers: dict[str, str]) -> None:
    answer = post(world, shopify_order(), **headers)
    assert answer.status == 401
    assert answer.json["message"].startswith(("The signature does not match", "The header x-shopify-"))
    assert nothing_stored(world)


def test_a_changed_byte_breaks_the_signature(world: TestWorld) -> None:
    headers, raw = signed("orders/create", shopify_order())
    assert Site(world).ask("POST", PATH, raw.replace(b"48.00", b"0.48"), kind=JSON, headers=headers).status == 401
    assert nothing_stored(world)


BAD_BODIES: dict[str, bytes] = {
    "cut off": b'{"id": 7, "created_at": "2026',
    "a list": b"[]",
    "a number": b"7",
    "null": b"null",
    "deep": b'{"a":' * 40 + b"1" + b"}" * 40,
    "very deep": b'{"a":' * 100_000,
    "NaN": b'{"id": NaN}',
    "a name twice": b'{"id": 1, "id": 2}',
    "a huge number": b'{"id": ' + b"9" * 5000 + b"}",
    "nothing in it": b"{}",
}


@pytest.mark.parametrize("case", BAD_BODIES)
@pytest.mark.parametrize("topic", ["orders/create", "fulfillments/update"])
def test_a_signed_but_bad_body_is_refused(world: TestWorld, case: str, topic: str) -> None:
    answer = post(world, BAD_BODIES[case], topic)
    assert answer.status == 422
    assert answer.json["message"].endswith(".")
    assert nothing_stored(world)


def test_what_is_not_utf8_never_verifies(world: TestWorld) -> None:
    # API Gateway replaces the bytes before we see them, and the bridge does as it does
    assert post(world, b'{"id": 1, "name": "\xff"}').status == 401
    assert nothing_stored(world)


def test_an_empty_body_is_refused(world: TestWorld) -> None:
    assert post(world, b"").status == 401
    assert nothing_stored(world)


def test_a_body_over_a_mebibyte_is_refused(world: TestWorld) -> None:
    assert post(world, b'{"id": "' + b"x" * 1024 * 1024 + b'"}').status == 413
    assert nothing_stored(world)


def test_a_big_order_is_taken(world: TestWorld) -> None:
    lines = [{"id": n, "title": f"Stud {n}", "quantity": 1, "price": "1.00", "properties": []} for n in range(6000)]
    assert post(world, shopify_order(line_items=lines)).status == 200
    world.work()
    assert "receipt" in world.follow_ups()


@pytest.mark.parametrize("kind", ["text/plain", "multipart/form-data"])
def test_another_content_type_is_refused(world: TestWorld, kind: str) -> None:
    headers, raw = signed("orders/create", shopify_order())
    del headers["content-type"]
    assert Site(world).ask("POST", PATH, raw, kind=kind, headers=headers).status == 415
    assert nothing_stored(world)


@pytest.mark.parametrize("source", ["nobody", "shopify%2F..", "\u00e9", "woocommerce2"])
def test_an_unknown_storefront_is_refused(world: TestWorld, source: str) -> None:
    answer = post(world, shopify_order(), path=f"/api/webhooks/{source}")
    assert answer.status in (403, 404)
    assert nothing_stored(world)


VALUES: list[Any] = [None, 0, -1, True, "x" * 5000, "\u202e\x00\r\nBcc: a@b.c", [], [[]], {}, {"a": {"b": []}}, 10**300]
HOSTILE = [{field: value} for field in shopify_order() if field not in ("id", "created_at") for value in VALUES]


def test_any_field_of_any_type_is_taken_or_refused(world: TestWorld) -> None:
    for n, bad in enumerate(HOSTILE):
        answer = post(world, shopify_order(**{"id": n + 1, **bad}), x_shopify_webhook_id=f"id-{n}")
        assert answer.status in (200, 422), bad
    world.work()
    outcomes = {item["outcome"] for item in items(world) if item["sk"] == "WEBHOOK"}
    assert outcomes == {"taken"}
    for kept in world.mails():
        for header in (kept.mail.to, kept.mail.subject, *(value for _, value in kept.mail.headers)):
            assert not any(ord(char) < 32 or char == "\u202e" for char in header)
    assert {item["state"] for item in items(world) if "state" in item} <= {"sent", "cancelled", "planned", "handed over"}


@pytest.mark.parametrize("field", ["id", "order_id", "created_at"])
@pytest.mark.parametrize("value", [None, True, [], {}, "", "a b", "../../etc", "x" * 100, -1])
def test_a_parcel_without_its_ids_is_refused_or_harmless(world: TestWorld, field: str, value: object) -> None:
    answer = post(world, shopify_parcel(**{field: value}), "fulfillments/update")
    assert answer.status in (200, 422)
    world.work()
    assert {item.get("outcome") for item in items(world) if item["sk"] == "WEBHOOK"} <= {"taken"}


def test_a_topic_that_teaches_nothing_is_not_kept(world: TestWorld) -> None:
    answer = post(world, {"id": 1}, "products/update")
    assert (answer.status, answer.json) == (200, {"message": "ignored: nothing is learnt from the topic products/update"})
    assert nothing_stored(world)


@pytest.mark.parametrize("port", ["table", "blob", "queue"])
def test_trouble_of_ours_makes_the_storefront_repeat(world: TestWorld, port: str) -> None:
    def fails(call: str) -> None:
        raise (Busy if port == "table" else Retryable)("Try again.")

    whole = getattr(world, port)
    setattr(world, port, watched(whole, before=fails))
    assert post(world, shopify_order()).status == 503
    setattr(world, port, whole)
    assert post(world, shopify_order()).json == {"message": "kept"}
    world.work()
    assert len(world.mails()) == 1
