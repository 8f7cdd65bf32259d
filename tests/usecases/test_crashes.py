"""The process dies before or after any one call to the world; a new one goes on, and the end is as if nothing had happened."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.entrypoints.queues import handle
from chalicelib.errors import Conflict
from chalicelib.usecases.claim_voucher import claim_voucher
from chalicelib.usecases.confirm_claim import confirm_claim
from chalicelib.usecases.receive_webhook import receive_webhook
from chalicelib.usecases.recover import end_doubt
from chalicelib.usecases.stop import stop
from chalicelib.usecases.tick import tick
from chalicelib.usecases.write_thanks import write_thanks
from tests.factories import asked, gift_order, shopify_order, shopify_parcel, signed
from tests.support.site import items, link, person_items
from tests.support.watched import Calls, Crash, watched
from tests.support.world import TestWorld

ISOBEL, RUTH = "isobel.trant@example.com", "ruth.okafor@example.com"
Act = Callable[[TestWorld], None]


def claim(world: TestWorld) -> None:
    claim_voucher(world, asked(newsletter=True), "192.0.2.7")
    claim_voucher(world, asked("Tom Jago", "tom.jago@example.com"), "192.0.2.8")


def confirm(world: TestWorld) -> None:
    confirm_claim(world, link(world.mails(ISOBEL)[0].mail, "/api/confirm").partition("t=")[2])


def post(world: TestWorld, topic: str, payload: Any) -> None:
    headers, raw = signed(topic, payload, x_shopify_webhook_id=topic)
    receive_webhook(world, "shopify", headers, raw)


def order(world: TestWorld) -> None:
    codes = [{"code": item["code"]} for item in person_items(world, "VOUCHER")]
    post(world, "orders/create", shopify_order(discount_codes=codes))


def gift(world: TestWorld) -> None:
    post(world, "orders/create", gift_order())


def arrive(world: TestWorld) -> None:
    post(world, "fulfillments/update", shopify_parcel())


def cancel(world: TestWorld) -> None:
    late = {"updated_at": "2026-03-05T12:00:00+00:00", "cancelled_at": "2026-03-05T12:00:00+00:00"}
    post(world, "orders/cancelled", gift_order(**late))


def thank(world: TestWorld) -> None:
    with suppress(Conflict):  # it was passed on before the crash
        write_thanks(world, link(world.mails(RUTH)[0].mail, "/api/thanks").partition("t=")[2], "Thank you!")


def remove(world: TestWorld) -> None:
    stop(world, dict(world.mails(RUTH)[0].mail.headers)["List-Unsubscribe"].strip("<>").partition("t=")[2])


def work(world: TestWorld) -> None:
    world.work()


def until(day: int) -> Act:
    def act(world: TestWorld) -> None:
        at = world.clock.at.replace(day=day, hour=10, minute=0)
        if at > world.clock.at:
            world.clock.move(at - world.clock.at)
        world.work()

    return act


STORIES: dict[str, tuple[list[Act], list[Act]]] = {
    # what went before, undisturbed; and what a crash may come into
    "claim": ([], [claim, work]),
    "confirm": ([claim, work], [confirm, work]),
    "order with a voucher": ([claim, work, confirm, work], [order, work]),
    "arrival": ([order, work], [arrive, work, until(7)]),
    "gift": ([], [gift, work, arrive, work]),
    "note and thank-you": ([gift, work, arrive, work, until(7)], [until(14)]),
    "thanks": ([gift, work, arrive, work, until(7), until(14)], [thank, work]),
    "cancellation": ([gift, work, arrive, work], [cancel, work, until(7)]),
    "removal": ([gift, work, arrive, work, until(7), until(14)], [remove, work]),
}


def restart(world: TestWorld) -> None:
    """As courtesy up does after kill -9; messages that were in hand come again in their time."""
    world.outbox.replay()
    end_doubt(world, lambda id_: world.outbox.get(id_) is not None)
    world.clock.move(timedelta(minutes=6))
    while (taken := world.queue.take(time.time() + 3600)) is not None:
        handle(world, taken.queue, taken.message.body)
        world.queue.done(taken)
    tick(world)


def lived(story: str, calls: Calls) -> Any:
    """How a story ends, and a crash on the way if `calls` brings one."""
    before, disturbed = STORIES[story]
    with TestWorld() as world:
        for act in before:
            act(world)
        whole = world.table, world.queue, world.blob, world.mailer
        world.table = watched(world.sqlite, before=calls.before, after=calls.after)
        world.queue = watched(world.queue, before=calls.before, after=calls.after)
        world.blob = watched(world.blob, before=calls.before, after=calls.after)
        world.mailer = watched(world.outbox, before=calls.before, after=calls.after)
        for act in disturbed:
            try:
                act(world)
            except Crash:
                world.table, world.queue, world.blob, world.mailer = whole
                restart(world)
                act(world)  # whoever asked had no answer and asks again
        world.table, world.queue, world.blob, world.mailer = whole
        world.work()
        world.work()
        return _end(world)


def _end(world: TestWorld) -> Any:
    mails = sorted((kept.mail.to, kept.mail.subject, kept.times) for kept in world.mails())
    follow_ups = sorted((str(item["person"]), str(item["rule"]), str(item["state"])) for item in person_items(world, "F#"))
    vouchers = [item.get("redeemed_by") for item in person_items(world, "VOUCHER")]
    ledger = len(person_items(world, "CONSENT#")), len(person_items(world, "CONTACT")), len(person_items(world, "GIFT"))
    webhooks = [item["outcome"] for item in items(world) if item["sk"] == "WEBHOOK"]
    return mails, follow_ups, vouchers, ledger, webhooks, world.queue.waiting()


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("story", STORIES)
def test_a_crash_at_any_call_changes_no_ending(story: str, after: bool) -> None:
    quiet = Calls()
    ending = lived(story, quiet)
    assert all(times == 1 for _, _, times in ending[0])
    for crash_at in range(1, quiet.count + 1):
        assert lived(story, Calls(crash_at, after=after)) == ending, f"{story}: call {crash_at} of {quiet.count}"


def test_the_stories_end_as_they_should() -> None:
    subjects = {story: [mail[:2] for mail in lived(story, Calls())[0]] for story in STORIES}
    assert [len(found) for found in subjects.values()] == [2, 3, 4, 2, 1, 3, 4, 1, 3]
