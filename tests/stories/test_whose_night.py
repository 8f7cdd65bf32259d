"""Quiet hours are those of whoever is written to."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from chalicelib.domain.fact import Fact
from chalicelib.usecases.record_consent import record_consent
from chalicelib.usecases.record_fact import record_fact
from chalicelib.usecases.take_order import take_order
from tests.factories import learnt, shopify_order, shopify_parcel
from tests.support.world import TestWorld

BUYER = "isobel.trant@example.com"


def thanked_at(**billing: str) -> str:
    """When the thank-you for an order of 2 March went, in UTC; its hour in London is ten."""
    with TestWorld() as world:
        payload: dict[str, Any] = shopify_order(billing_address=billing)
        take_order(world, learnt("orders/create", payload))
        take_order(world, learnt("fulfillments/update", shopify_parcel()))
        world.live(days=8)
        at: datetime = world.mails(BUYER)[-1].accepted_at
        assert world.follow_ups()["thank-you"].state == "sent"
        return f"{at:%d %H:%M}"


def test_a_buyer_in_london_is_thanked_at_ten() -> None:
    assert thanked_at(country_code="GB")[3:] == "10:00"


@pytest.mark.parametrize(("state", "hour"), [("NY", "14:00"), ("TN", "15:00"), ("CA", "17:00"), ("HI", "19:00")])
def test_a_buyer_in_america_is_thanked_when_it_is_nine_at_theirs(state: str, hour: str) -> None:
    assert thanked_at(country_code="US", province_code=state)[3:] == hour


def test_a_state_that_nobody_told_is_any_of_them() -> None:
    assert thanked_at(country_code="US")[3:] == "19:00"


def test_without_a_country_the_shops_clock_counts() -> None:
    assert thanked_at()[3:] == "10:00"


def test_an_order_that_was_cancelled_still_tells_where_its_buyer_lives() -> None:
    with TestWorld() as world:
        placed: dict[str, Any] = shopify_order(billing_address={"country_code": "US", "province_code": "CA"})
        take_order(world, learnt("orders/create", placed))
        later = {"updated_at": "2026-03-02T14:00:00+00:00", "cancelled_at": "2026-03-02T14:00:00+00:00"}
        take_order(world, learnt("orders/cancelled", {**placed, **later}))
        record_consent(world, BUYER, ["occasions/e-mail"], source="a reply", name="Isobel Trant", proof="owner")
        birthday = Fact("date", "birthday", "--03-25", "stated", world.clock.now(), "a reply", "occasions")
        record_fact(world, BUYER, birthday)
        world.live(days=14)
        (reminder,) = [one for one in world.mails(BUYER) if one.mail.stream == "marketing"]
        assert reminder.accepted_at.hour == 16  # nine in Los Angeles, where clocks went on before
