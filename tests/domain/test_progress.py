"""How an order stands, in words: each state once, and whatever a storefront sends, no address that a page must not lead to."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.money import Money
from chalicelib.domain.order import Arrivals, Order, Refund, Word
from chalicelib.domain.progress import Progress, progress, safe_link
from tests.factories import parcel, view
from tests.support.world import NOON

ZONE = "Europe/London"
DAY = timedelta(days=1)
HERE = msgspec.structs.replace(parcel(), delivered_at=NOON + 3 * DAY)


def of(*parcels: Any, seen: dict[str, Any] | None = None, allowed: Arrivals | None = None, **order: Any) -> Progress:
    made = Order("shopify:1041", view=view(**(seen or {})), parcels=parcels, **order)
    return progress(made, allowed or Arrivals(), ZONE, NOON + 4 * DAY)


@pytest.mark.parametrize(
    ("found", "stage", "words"),
    [
        (of(), "received", "Nothing is sent yet."),
        (of(parcel()), "sent", "The parcel has left us."),
        (of(parcel(), parcel(id="2")), "sent", "Its parcels have left us."),
        (of(parcel(), seen={"part_dispatched": True}), "partly sent", "The rest follows"),
        (of(HERE), "arrived", "It arrived on 5 March 2026."),
        (of(HERE, parcel(id="2")), "sent", "left us"),
        (of(arrival_word=Word(NOON, arrived_at=NOON + DAY)), "arrived", "It arrived on 3 March 2026."),
        (of(parcel(), allowed=Arrivals(estimate=True)), "sent", "It should be with you by 9 March 2026."),
        (of(parcel(failed=True)), "received", "Nothing is sent yet."),
        (of(cancelled_at=NOON + DAY), "off", "It was called off on 3 March 2026"),
        (of(seen={"called_off": True}), "off", "called off on 2 March 2026"),
        (of(deleted=True), "off", "called off"),
        (of(seen={"unpaid": True}), "unpaid", "not reached us yet"),
        (of(seen={"refunded": True}), "returned", "All that you paid went back"),
        (of(seen={"test": True}), "off", "try the shop out"),
    ],
)  # fmt: skip
def test_each_state_has_its_words(found: Progress, stage: str, words: str) -> None:
    assert found.stage == stage
    assert words in found.said
    assert found.heading


def test_an_estimate_that_has_passed_is_no_arrival_and_promises_nothing() -> None:
    made = Order("shopify:1041", view=view(), parcels=(parcel(),))
    found = progress(made, Arrivals(estimate=True), ZONE, NOON + 30 * DAY)
    assert (found.stage, found.said) == ("sent", "The parcel has left us.")


def test_each_parcel_tells_where_it_is() -> None:
    found = of(parcel(tracking_url="https://track.example/1"), msgspec.structs.replace(HERE, id="2", carrier="", tracking=""))
    assert [(one.said, one.carrier, one.number, one.url) for one in found.journeys] == [
        ("Sent on 3 March 2026.", "Royal Mail", "JD0002211337GB", "https://track.example/1"),
        ("Delivered on 5 March 2026.", "", "", ""),
    ]
    assert of(parcel(dispatched_at=None)).journeys[0].said == "On its way."
    assert of(parcel(), cancelled_at=NOON).journeys == ()


def test_money_that_went_back_is_told_apart_from_the_state() -> None:
    found = of(HERE, refunds=(Refund("1", NOON + DAY, Money(1250, "GBP")), Refund("2", NOON + DAY, Money(0, "GBP"))))
    assert (found.stage, found.returned) == ("arrived", ("£12.50 went back to you on 3 March 2026.",))


@pytest.mark.parametrize(
    "url",
    ["", "javascript:alert(1)", "JAVASCRIPT:alert(1)", "data:text/html,x", " https://x.example", "https://", "//x.example", "ftp://x.example",
     'https://x.example/"onclick="x', "https://x.example/<b>", "https://x.example/\n.evil", "https://x.example/\u202e", "https://x.example/a b"],
)  # fmt: skip
def test_no_page_leads_there(url: str) -> None:
    assert safe_link(url) == ""
    assert of(parcel(tracking_url=url)).journeys[0].url == ""


@given(st.text())
def test_whatever_is_followed_is_the_web_and_holds_nothing_that_ends_an_attribute(url: str) -> None:
    for found in (safe_link(url), safe_link(f"https://{url}")):
        assert found in ("", url, f"https://{url}")
        assert not found or (found.startswith(("https://", "http://")) and not set(found) & set("\"'<> \n") - {"'"})
