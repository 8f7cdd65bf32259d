"""The workers as app.py registers them: one bad message spoils no other."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from chalice import Chalice

import app as courtesy_app
from chalicelib.entrypoints import clock, queues
from chalicelib.errors import Busy
from chalicelib.ports import DUE_NOW, EVENTS, QUEUES, WEBHOOKS
from chalicelib.usecases.claim_voucher import claim_voucher
from chalicelib.usecases.receive_webhook import receive_webhook
from tests.factories import asked, shopify_order, signed
from tests.support.watched import once, watched
from tests.support.world import TestWorld


@pytest.fixture
def world() -> Iterator[TestWorld]:
    with TestWorld() as made:
        yield made


def functions(world: TestWorld) -> Any:
    """The Lambda functions over this world, by name."""
    app = Chalice(app_name="courtesy")
    queues.register(app, lambda: world)
    clock.register(app, lambda: world)
    return app.handler_map


def event(*bodies: object) -> dict[str, Any]:
    """As Lambda hands messages over."""
    records = [
        {
            "messageId": f"m{n}",
            "body": body if isinstance(body, str) else json.dumps(body),
            "attributes": {"ApproximateReceiveCount": "1"},
            "eventSource": "aws:sqs",
        }
        for n, body in enumerate(bodies)
    ]
    return {"Records": records}


def failures(answer: Any) -> list[str]:
    return [one["itemIdentifier"] for one in answer["batchItemFailures"]]


def kept(world: TestWorld, number: int) -> dict[str, str]:
    """A webhook that waits, and its message."""
    headers, raw = signed("orders/create", shopify_order(id=number), x_shopify_webhook_id=str(number))
    receive_webhook(world, "shopify", headers, raw)
    taken = world.queue.take()
    assert taken is not None
    world.queue.done(taken)
    return {str(name): str(value) for name, value in taken.message.body.items()}


def test_the_app_registers_a_worker_for_each_queue() -> None:
    names = {f"queue-{queue}" for queue in QUEUES}
    assert names <= set(courtesy_app.app.handler_map)
    assert "tick" in courtesy_app.app.handler_map


def test_only_the_failing_message_comes_again(world: TestWorld) -> None:
    bodies = [kept(world, 1), "nonsense", kept(world, 2), {"source": "shopify"}, kept(world, 3)]
    answer = functions(world)[f"queue-{WEBHOOKS}"](event(*bodies), None)
    assert failures(answer) == ["m1", "m3"]
    outcomes = [item["outcome"] for item in world.sqlite.scan().items if item["sk"] == "WEBHOOK"]
    assert outcomes == ["taken"] * 3


def test_a_batch_without_failures_says_so(world: TestWorld) -> None:
    assert functions(world)[f"queue-{WEBHOOKS}"](event(kept(world, 1)), None) == {"batchItemFailures": []}


def test_a_table_in_conflict_brings_the_message_again(world: TestWorld) -> None:
    bodies = [kept(world, 1), kept(world, 2)]

    def busy() -> None:
        raise Busy("in conflict")

    world.table = watched(world.sqlite, before=once(busy, at="transact"))
    work = functions(world)[f"queue-{WEBHOOKS}"]
    assert failures(work(event(*bodies), None)) == ["m0"]
    assert failures(work(event(bodies[0]), None)) == []


def test_a_hint_makes_what_is_due_go(world: TestWorld) -> None:
    claim_voucher(world, asked(), "192.0.2.7")
    assert failures(functions(world)[f"queue-{DUE_NOW}"](event({"why": "claim"}), None)) == []
    assert len(world.mails()) == 1


def test_the_clock_says_how_many_went(world: TestWorld) -> None:
    claim_voucher(world, asked(), "192.0.2.7")
    minute = {
        "version": "0",
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": "1",
        "id": "1",
        "region": "eu-west-1",
    }
    found = functions(world)["tick"]({**minute, "time": "2026-03-02T12:00:00Z", "resources": [], "detail": {}}, None)
    assert found == {"sent": 1}


def test_an_event_that_is_none_of_ours_is_passed_over(world: TestWorld) -> None:
    opened = {"detail": {"eventType": "Open", "mail": {"messageId": "1", "timestamp": "2026-03-02T12:00:00Z", "tags": {}}}}
    work = functions(world)[f"queue-{EVENTS}"]
    assert failures(work(event(opened, {"detail": {}}, opened), None)) == ["m1"]


def test_no_personal_data_reach_the_log(world: TestWorld, caplog: pytest.LogCaptureFixture) -> None:
    functions(world)[f"queue-{WEBHOOKS}"](event({"source": "isobel.trant@example.com", "other": "Isobel"}), None)
    assert "message failed" in caplog.text
    assert "isobel" not in caplog.text.lower()
