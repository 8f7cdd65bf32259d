"""A special item in the receipt: off, unless the owner wants it; and then only for who agreed to just that."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from chalicelib.stores import people
from chalicelib.table import Update
from chalicelib.usecases.open_inquiry import open_inquiry
from tests.stories.test_selling import without_courtesy
from tests.stories.test_time_brings import RING, buys, offers
from tests.support.known import ISOBEL, agreed, told
from tests.support.world import TestWorld

LINK = "https://shop.example/ring"


def receipt_of(world: TestWorld, *, gift: bool = False) -> Any:
    """Of an order that Isobel places today, when the shop has a new ring in her size."""
    without_courtesy(world)
    offers(world, since=date(2026, 3, 1), sizes=("N",))
    buys(world, RING, gift=gift)
    (mail,) = [kept.mail for kept in world.mails(ISOBEL) if "receipt" in kept.mail.subject]
    return mail


def likes_rings(world: TestWorld, *consents: str) -> str:
    person = agreed(world, *consents)
    told(world, person, "size", "rings", "N")
    return person


def test_who_agreed_sees_one_thing_that_fits_and_how_to_stop_it() -> None:
    with TestWorld(receipt_item=True) as world:
        likes_rings(world)
        mail = receipt_of(world)
        assert LINK in mail.text
        assert LINK in mail.html
        assert any(name == "List-Unsubscribe" for name, _ in mail.headers)


def test_as_shipped_it_is_off() -> None:
    with TestWorld() as world:
        likes_rings(world)
        mail = receipt_of(world)
        assert LINK not in mail.text
        assert not any(name == "List-Unsubscribe" for name, _ in mail.headers)


@pytest.mark.parametrize("consents", [("newsletter/e-mail",), ("care/e-mail", "offers/post")])
def test_nobody_else_sees_any(consents: tuple[str, ...]) -> None:
    with TestWorld(receipt_item=True) as world:
        likes_rings(world, *consents)
        assert LINK not in receipt_of(world).text


def test_nor_does_who_waits_for_an_answer() -> None:
    with TestWorld(receipt_item=True) as world:
        likes_rings(world)
        open_inquiry(world, ISOBEL, "The clasp is loose.")
        assert LINK not in receipt_of(world).text


@pytest.mark.parametrize("chosen", [{"pace": "orders"}, {"paused_until": "2026-03-02T12:00:01Z"}], ids=["orders only", "resting"])
def test_nor_does_who_chose_to_hear_less(chosen: dict[str, str]) -> None:
    with TestWorld(receipt_item=True) as world:
        person = likes_rings(world)
        world.table.write(Update(people.standing_key(person), set={**chosen}))
        assert LINK not in receipt_of(world).text


def test_nor_the_giver_of_a_gift() -> None:
    with TestWorld(receipt_item=True) as world:
        likes_rings(world)
        assert LINK not in receipt_of(world, gift=True).text


def test_one_purchase_is_no_evidence_for_it() -> None:
    with TestWorld(receipt_item=True) as world:
        agreed(world)
        assert LINK not in receipt_of(world).text
