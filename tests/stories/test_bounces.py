"""Mail that does not reach somebody: manner 11's scope "unreachable"."""

from __future__ import annotations

import re

import pytest

from chalicelib.usecases.take_order import take_order
from tests.factories import learnt, shopify_order, shopify_parcel
from tests.support.site import Site, link, person_items
from tests.support.world import TestWorld

ISOBEL = "isobel.trant@example.com"


def bounce(world: TestWorld, kind: str = "Permanent") -> None:
    """The newest mail comes back."""
    world.outbox.tell(world.mails()[-1].id, "Bounce", bounceType=kind)
    world.work()


def complain(world: TestWorld) -> None:
    """The newest mail is called unwanted."""
    world.outbox.tell(world.mails()[-1].id, "Complaint")
    world.work()


def claim(world: TestWorld, site: Site, *, tick: bool = False) -> str | None:
    """The link in the mail that a claim brings, or None when it brings none."""
    before = len(world.mails())
    assert site.claim(tick=tick).status == 303
    world.work()
    new = world.mails()[before:]
    return link(new[0].mail, "/api/confirm") if new else None


def unreachable(world: TestWorld) -> bool:
    return any("unreachable_at" in item for item in person_items(world, "STANDING"))


def test_a_bounced_address_gets_nothing_more() -> None:
    with TestWorld() as world:
        Site(world).claim()
        world.work()
        bounce(world)
        take_order(world, learnt("orders/create", shopify_order()))
        take_order(world, learnt("fulfillments/update", shopify_parcel()))
        world.live(days=10)
        assert len(world.mails()) == 1


def test_a_receipt_that_cannot_be_mailed_is_owed_by_hand() -> None:
    with TestWorld() as world:
        Site(world).claim()
        world.work()
        bounce(world)
        take_order(world, learnt("orders/create", shopify_order()))
        world.work()
        assert world.follow_ups(ISOBEL)["receipt"].state == "handed over"


def test_a_full_mailbox_closes_nothing() -> None:
    with TestWorld() as world:
        Site(world).claim()
        world.work()
        bounce(world, "Transient")
        take_order(world, learnt("orders/create", shopify_order()))
        world.work()
        assert not unreachable(world)
        assert len(world.mails()) == 2


def test_after_a_bounce_one_confirmation_that_they_ask_for() -> None:
    with TestWorld() as world:
        site = Site(world)
        claim(world, site)
        bounce(world)
        world.pass_time(hours=25)
        assert claim(world, site) is not None
        bounce(world)
        for _ in range(3):
            world.pass_time(hours=25)
            assert claim(world, site) is None


def test_the_click_opens_the_address_again() -> None:
    with TestWorld() as world:
        site = Site(world)
        claim(world, site)
        bounce(world)
        world.pass_time(hours=25)
        url = claim(world, site)
        assert url is not None
        assert unreachable(world)
        site.press(url)
        world.work()
        assert not unreachable(world)
        assert "Your code" in world.mails()[-1].mail.html


def _code(page: str) -> str:
    found = re.search(r'<dd class="code">([^<]+)</dd>', page)
    assert found is not None
    return found[1]


def test_who_has_a_voucher_may_come_back_from_a_bounce_too() -> None:
    with TestWorld() as world:
        site = Site(world)
        url = claim(world, site)
        assert url is not None
        code = _code(site.press(url).text)
        world.work()
        bounce(world)
        world.pass_time(hours=25)
        again = claim(world, site)
        assert again is not None
        assert _code(site.press(again).text) == code
        assert not unreachable(world)
        assert len(person_items(world, "VOUCHER")) == 1


def test_after_a_complaint_nothing_is_mailed_ever() -> None:
    with TestWorld() as world:
        site = Site(world)
        claim(world, site)
        complain(world)
        for _ in range(3):
            world.pass_time(hours=25)
            assert claim(world, site) is None


@pytest.mark.parametrize("tick", [False, True])
def test_no_click_lifts_a_complaint(tick: bool) -> None:
    with TestWorld() as world:
        site = Site(world)
        url = claim(world, site, tick=tick)
        assert url is not None
        complain(world)
        site.press(url)
        world.work()
        assert unreachable(world)
        assert len(world.mails()) == 1


@pytest.mark.parametrize("first", [bounce, complain])
def test_a_complaint_outweighs_a_bounce_in_any_order(first: object) -> None:
    with TestWorld() as world:
        site = Site(world)
        claim(world, site)
        for event in (bounce, complain) if first is bounce else (complain, bounce):
            event(world)
        world.pass_time(hours=25)
        assert claim(world, site) is None


def test_the_owner_sees_what_became_of_the_mail() -> None:
    with TestWorld() as world:
        Site(world).claim()
        world.work()
        bounce(world)
        assert world.follow_ups(ISOBEL)["confirm-address"].reason.endswith("Then it came back.")
