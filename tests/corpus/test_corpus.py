"""`make corpus` in small, over our own examples, and proof that it would find what is wrong."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from chalicelib.adapters.storefronts import STOREFRONTS
from chalicelib.adapters.storefronts.shopify import Shopify
from chalicelib.domain.order import Order
from chalicelib.errors import Invalid
from chalicelib.ports import Heard, Ignored, Storefront
from chalicelib.strict_json import Fraction, dumps, loads
from tests.corpus.__main__ import main
from tests.corpus.files import Event, Listed, events, examples
from tests.corpus.hostile import VARIANTS, Hostile, drawn
from tests.factories import gift_order, shopify_order, shopify_parcel
from tests.support.world import NOON, TestWorld

Corpus = Callable[..., tuple[int, str]]
PAID = {"orders/create": gift_order(), "fulfillments/update": shopify_parcel(), "orders/edited": {"id": 1}}


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Corpus:
    """Runs it over a folder of such events: its exit code, and what it printed."""

    def run(shopify: Storefront, *, bodies: Mapping[str, object] = PAID, hostile: int = 0) -> tuple[int, str]:
        lines = ["file\tsource\ttopic\trepo\tpath"]
        (tmp_path / "shopify-capture").mkdir()
        (tmp_path / "bigcommerce-capture").mkdir()
        for number, (topic, body) in enumerate([*bodies.items(), ("store.order.created", {})]):
            name = f"{'bigcommerce' if topic.startswith('store.') else 'shopify'}-capture/{number}.json"
            (tmp_path / name).write_bytes(dumps({"headers": {"X-Topic": topic}, "body": body, "topic": topic}))
            lines.append(f"{name}\tcapture\t{topic}\t-\t{name}")
        (tmp_path / "INDEX.tsv").write_text("\n".join(lines))
        (tmp_path / "vectors.json").write_text(json.dumps([vector("right", "s", "accept"), vector("other", "t", "reject")]))
        monkeypatch.setenv("COURTESY_CORPUS", str(tmp_path))
        code = main(["--workers", "1", "--hostile", str(hostile)], {"shopify": shopify})
        return code, capsys.readouterr().out

    return run


def vector(name: str, key: str, expect: str) -> dict[str, Any]:
    headers = Shopify().sign("orders/create", b"{}", "s", NOON, "nonce")
    body = base64.b64encode(b"{}").decode()
    return {"id": name, "scheme": "shopify", "expect": expect, "key": key, "headers": headers, "body_base64": body, "more": 1}


class Broken(Shopify):
    """Learns as `learn` says."""

    def __init__(self, learn: Callable[[str, bytes], Heard]) -> None:
        self._learn = learn

    def learn(self, topic: str, raw: bytes) -> Heard:
        return self._learn(topic, raw)


def test_without_a_folder_it_says_so_and_is_content(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for folder in ("", "/no/such/folder"):
        monkeypatch.setenv("COURTESY_CORPUS", folder)
        assert main([]) == 0
        assert capsys.readouterr().out.count("\n") == 1


def test_a_corpus_of_ours_holds(corpus: Corpus) -> None:
    code, told = corpus(Shopify(), hostile=300)
    assert code == 0, told
    lines = [" ".join(line.split()) for line in told.splitlines()]
    assert "Signatures: 2 come out as they should (shopify 2)." in lines
    assert "shopify orders/create 1 0 0" in lines
    assert "bigcommerce store.order.created 0 0 1 refused: There is no such storefront here." in lines
    assert any(line.startswith("shopify orders/edited 0 1 0 ignored: an edit names only line ids") for line in lines)
    assert any("4 files, 4 events" in line for line in lines)
    assert "400 variants" in told
    assert "sent" in told
    assert "\n0 failures" in told


def test_an_adapter_that_falls_over_is_told_with_its_file(corpus: Corpus) -> None:
    def learn(topic: str, raw: bytes) -> Heard:
        return Shopify().learn(topic, json.dumps({**loads(raw), "x": loads(raw)["customer"]}).encode())

    code, told = corpus(Broken(learn))
    assert code == 1
    assert "WRONG shopify-capture/1.json (fulfillments/update): KeyError: 'customer' (test_corpus.py:" in told


def test_an_adapter_that_trusts_a_field_is_found_by_a_hostile_one(corpus: Corpus) -> None:
    def learn(topic: str, raw: bytes) -> Heard:
        for attribute in loads(raw).get("note_attributes", []):
            attribute["value"].strip()
        return Shopify().learn(topic, raw)

    body = {name: gift_order()[name] for name in ("id", "created_at", "note_attributes", "line_items", "total_price")}
    code, told = corpus(Broken(learn), bodies={"orders/create": body}, hostile=len(VARIANTS) * 12)
    assert code == 1
    assert "WRONG shopify-capture/0.json (orders/create), note_attributes.0.value: null: AttributeError" in told


def test_what_is_taken_at_the_door_and_refused_by_the_worker_is_found(corpus: Corpus) -> None:
    heard = []

    def learn(topic: str, raw: bytes) -> Heard:
        heard.append(topic)
        if len(heard) % 3 == 0:
            raise Invalid("Not today.")
        return Shopify().learn(topic, raw)

    code, told = corpus(Broken(learn), bodies={"orders/create": shopify_order()})
    assert code == 1
    assert "received, but then: refused: Not today." in told


def test_what_a_refused_delivery_leaves_behind_is_found(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    def receive(world: TestWorld, source: str, headers: Mapping[str, str], raw: bytes) -> str:
        world.blob.put("webhooks/half", raw)
        raise Invalid("Too late.")

    monkeypatch.setattr("tests.corpus.road.receive_webhook", receive)
    code, told = corpus(Shopify())
    assert code == 1
    assert "a refused delivery left something behind" in told


def test_an_order_that_is_not_kept_is_found(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chalicelib.usecases.take_webhook.take_order", lambda *_: Order("shopify:1"))
    code, told = corpus(Shopify())
    assert code == 1
    assert "taken, but no order is kept of it" in told


def test_a_follow_up_that_cannot_be_written_is_found(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chalicelib.adapters.templates.Templates.mail", _unwritable)
    code, told = corpus(Shopify(), hostile=50)
    assert code == 1
    assert "cannot be written: no pen" in told


def _unwritable(*_: object) -> None:
    from chalicelib.errors import Misconfigured

    raise Misconfigured("no pen")


def test_a_file_that_is_no_json_is_told(corpus: Corpus) -> None:
    code, told = corpus(Shopify(), bodies={"orders/create": Fraction("{")})
    assert code == 1
    assert "WRONG shopify-capture/0.json: The body is not valid JSON" in told


def test_a_signature_that_comes_out_wrong_is_told(corpus: Corpus) -> None:
    class Gullible(Shopify):
        def verify(self, headers: Mapping[str, str], raw: bytes, secrets: Sequence[str], now: datetime) -> None:
            return

    code, told = corpus(Gullible())
    assert code == 1
    assert "WRONG other: accept where it should be reject (as published)" in told


# --- what the files hold ---


def read(folder: Path, source: str, topic: str, content: object, path: str = "x") -> list[tuple[str, Any]]:
    (folder / "file.json").write_bytes(json.dumps(content).encode())
    return [(event.topic, event.body) for event in events(folder, Listed("file.json", source, topic, path))]


@pytest.mark.parametrize(
    ("source", "named", "content", "found"),
    [
        ("woocommerce", "orders-wp-api-v3", {"id": 1, "number": "1"}, [("order.created", {"id": 1, "number": "1"})]),
        ("woocommerce", "orders-v2", {"orders": [{"id": 1}, {"id": 2}]}, [("order.created", {"id": 1}), ("order.created", {"id": 2})]),
        ("woocommerce", "customers-v3", {"count": 2}, [("customer.created", {"count": 2})]),
        (
            "woocommerce", "orders-wp-api-v1", {"create": [{"id": 1}], "delete": [{"id": 2}]},
            [("order.created", {"id": 1}), ("order.deleted", {"id": 2})],
        ),
        ("stripe", "event", {"object": "event", "type": "a.b"}, [("a.b", {"object": "event", "type": "a.b"})]),
    ],
)  # fmt: skip
def test_a_documented_sample_comes_under_its_topic(
    tmp_path: Path, source: str, named: str, content: object, found: list[tuple[str, Any]]
) -> None:
    assert read(tmp_path, source, named, content) == found


def test_a_stripe_object_comes_in_an_event(tmp_path: Path) -> None:
    ((topic, body),) = read(tmp_path, "stripe", "checkout.session", {"object": "checkout.session", "created": 5})
    assert topic == body["type"] == "checkout.session.completed"
    assert body["data"]["object"] == {"object": "checkout.session", "created": 5}


def test_a_topic_is_read_off_where_the_sample_lay(tmp_path: Path) -> None:
    path = "metadatas/2026-04/orders/partially_fulfilled.json"
    assert read(tmp_path, "shopify", "orders_partially_fulfilled", {}, path) == [("orders/partially_fulfilled", {})]


@pytest.mark.parametrize("source", sorted(STOREFRONTS))
def test_of_our_own_events_each_is_learnt_from(source: str) -> None:
    for event in examples(source):
        assert not isinstance(STOREFRONTS[source].learn(event.topic, dumps(event.body)), Ignored), event.topic


# --- what is hostile ---

ORDER = Event("order.json", "shopify", "orders/create", shopify_order())


def test_a_seed_draws_the_same_again() -> None:
    first, again, other = (drawn([ORDER], 200, seed) for seed in (1, 1, 2))
    assert [one.name for one in first] == [one.name for one in again] != [one.name for one in other]


def test_every_field_comes_once_before_any_comes_again() -> None:
    fields = {one.path for one in drawn([ORDER], 10**6, 1)}
    assert {one.path for one in drawn([ORDER], len(fields), 1)} == fields
    assert ("line_items", 0, "price") in fields
    assert len(drawn([ORDER], 10**6, 1)) == len(fields) * len(VARIANTS)
    assert drawn([], 5, 1) == []


@pytest.mark.parametrize(
    ("variant", "part"),
    [
        ("null", '"number":null'), ("NaN", '"number":NaN'), ("named twice", '"number":1,"number":2'), ("half a pair", r'"number":"\ud800'),
        ("10^400", '"number":1000000'), ("a fraction", '"number":1.5'),
    ],
)  # fmt: skip
def test_a_variant_is_written_as_it_would_be_sent(variant: str, part: str) -> None:
    event = Event("order.json", "shopify", "orders/create", {"id": 1, "order": {"number": 7}})
    assert part in Hostile(event, ("order", "number"), variant, 0).raw().decode()
    assert Hostile(event, ("order", "number"), "missing", 0).raw() == b'{"id":1,"order":{}}'
