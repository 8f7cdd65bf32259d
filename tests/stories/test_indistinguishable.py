"""Whoever asks with an address learns nothing about whom we know."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from chalicelib.usecases.take_order import take_order
from tests.factories import learnt, shopify_order, shopify_parcel
from tests.support.site import JSON, Answer, Site, link
from tests.support.watched import watched
from tests.support.world import TestWorld

ISOBEL = "isobel.trant@example.com"


def unknown(world: TestWorld, site: Site) -> None:
    """Nothing was ever heard of them."""


def waiting(world: TestWorld, site: Site) -> None:
    site.claim()
    world.work()


def confirmed(world: TestWorld, site: Site) -> None:
    waiting(world, site)
    site.press(link(world.mails()[-1].mail, "/api/confirm"))
    world.work()


def confirmed_long_ago(world: TestWorld, site: Site) -> None:
    confirmed(world, site)
    world.pass_time(days=30)


def buyer(world: TestWorld, site: Site) -> None:
    take_order(world, learnt("orders/create", shopify_order()))
    world.work()


def stopped(world: TestWorld, site: Site) -> None:
    buyer(world, site)
    take_order(world, learnt("fulfillments/update", shopify_parcel()))
    world.live(days=6)
    site.press(dict(world.mails()[-1].mail.headers)["List-Unsubscribe"].strip("<>"))


def bounced(world: TestWorld, site: Site) -> None:
    waiting(world, site)
    world.outbox.tell(world.mails()[-1].id, "Bounce", bounceType="Permanent")
    world.pass_time(hours=25)


def complained(world: TestWorld, site: Site) -> None:
    confirmed(world, site)
    world.outbox.tell(world.mails()[-1].id, "Complaint")
    world.pass_time(hours=25)


PAST: list[Callable[[TestWorld, Site], None]] = [
    unknown, waiting, confirmed, confirmed_long_ago, buyer, stopped, bounced, complained,
]  # fmt: skip


def asked(past: Callable[[TestWorld, Site], None], kind: str) -> tuple[Answer, list[str]]:
    """The answer to a claim, and the calls that it took."""
    with TestWorld() as world:
        past(world, Site(world))
        calls: list[str] = []
        world.table = watched(world.sqlite, before=lambda call: calls.append(f"table.{call}"))
        world.queue = watched(world.queue, before=lambda call: calls.append(f"queue.{call}"))
        world.blob = watched(world.blob, before=lambda call: calls.append(f"blob.{call}"))
        world.mailer = watched(world.outbox, before=lambda call: calls.append(f"mailer.{call}"))
        site = Site(world)
        if kind == JSON:
            body = b'{"name": "Isobel Trant", "email": "isobel.trant@example.com", "newsletter": true}'
            return site.ask("POST", "/api/claims", body, kind=JSON), calls.copy()
        return site.claim(tick=True), calls.copy()


@pytest.mark.parametrize("kind", ["form", JSON])
@pytest.mark.parametrize("past", PAST)
def test_answer_and_calls_are_as_for_a_stranger(past: Callable[[TestWorld, Site], None], kind: str) -> None:
    assert asked(past, kind) == asked(unknown, kind)


def test_a_strangers_claim_takes_these_calls() -> None:
    answer, calls = asked(unknown, "form")
    assert answer.status == 303
    assert calls == ["table.write", "table.write", "table.get_many", "table.transact", "queue.put"]
