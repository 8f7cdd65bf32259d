"""One person's road: claim, confirm, tell something, set preferences, stop, claim again. The code comes again; what they stopped stays stopped."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from msgspec import structs

from chalicelib.domain.calendar import stamp
from chalicelib.domain.identity import parse_address, person_id
from chalicelib.domain.links import PREFERENCES
from chalicelib.domain.planning import planned
from chalicelib.domain.reason import Reason
from chalicelib.domain.standing import MARKETING, QUARTERLY
from chalicelib.stores import follow_ups, orders, people
from chalicelib.usecases.take_order import take_order
from tests.factories import gift_order, learnt, shopify_order, shopify_parcel
from tests.support.own_page import form_in, ticks
from tests.support.site import Site, items, link
from tests.support.world import SECRETS, TestWorld

ISOBEL = "isobel.trant@example.com"
PERSON = person_id(SECRETS.people, parse_address(ISOBEL).key)


@pytest.fixture
def world() -> Iterator[TestWorld]:
    with TestWorld() as made:
        yield made


@pytest.fixture
def site(world: TestWorld) -> Site:
    return Site(world)


def marketing(world: TestWorld) -> list[str]:
    found = follow_ups.of_person(world.table, PERSON)
    return sorted(one.rule for one in found if one.message_class == MARKETING and one.state == "sent")


def test_from_the_voucher_to_a_stop_that_stays(world: TestWorld, site: Site) -> None:
    site.claim(ISOBEL, "Isobel Trant")
    world.work()
    confirmed = site.press(link(world.mails(ISOBEL)[0].mail, "/api/confirm")).text
    world.work()
    code = re.search(r"[0-9A-Z]{5}-[0-9A-Z]{5}", confirmed)
    assert code is not None

    # one step of the profile, in exchange for a reminder
    offered = re.search(r'href="(/api/preferences/profile[^"]+)"', confirmed)
    assert offered is not None
    first = site.get(html.unescape(offered[1])).text
    skip = re.search(r'href="([^"]+)">Not now', first)
    assert skip is not None
    second = site.get(html.unescape(skip[1])).text
    form = form_in(second, "/api/preferences/profile") | {"day0": "20", "month0": "3"} | ticks(world.shop, "occasions/e-mail")
    assert site.post("/api/preferences/profile", **form).status == 303
    world.live(days=5)
    assert marketing(world) == ["occasion"]

    # their own page, from that mail
    page = site.get(link(world.mails(ISOBEL)[-1].mail, "/api/preferences")).text
    form = form_in(page, "/api/preferences") | ticks(world.shop, "newsletter/e-mail") | {"pace": QUARTERLY}
    saved = site.post("/api/preferences", **form).text
    assert "This is what still comes" in saved

    # stop: one press, before all else
    stop = form_in(site.get(link(world.mails(ISOBEL)[-1].mail, "/api/preferences")).text, "/api/stop")
    site.post("/api/stop", **stop)
    world.pass_time(days=2)

    # the voucher once more: the same code, and nothing that was stopped
    site.claim(ISOBEL, "Isobel Trant")
    world.work()
    assert code[0] in world.mails(ISOBEL)[-1].mail.text
    world.live(days=40)
    assert marketing(world) == ["occasion"]
    standing = people.load_standing(world.table.get(people.standing_key(PERSON)), PERSON)
    assert (bool(standing.stopped_at), standing.consents) == (True, {})


def test_a_buyer_who_wants_peace_has_it_for_three_months_and_then_hears_what_they_agreed_to(world: TestWorld, site: Site) -> None:
    take_order(world, learnt("orders/create", shopify_order()))
    world.work()
    page = site.get(link(world.mails(ISOBEL)[0].mail, "/api/preferences")).text
    site.post("/api/preferences", **form_in(page, "/api/preferences"), pause="yes", **ticks(world.shop, "care/e-mail"))
    take_order(world, learnt("fulfillments/update", shopify_parcel()))
    world.live(days=20)
    assert [kept.mail.stream for kept in world.mails(ISOBEL)] == ["service"]


def test_looking_at_each_page_of_theirs_leaves_everything_as_it_is(world: TestWorld, site: Site) -> None:
    take_order(world, learnt("orders/create", shopify_order()))
    world.work()
    token = world.links.make(PREFERENCES, PERSON, "", world.clock.at + timedelta(days=9))
    before = items(world)
    for path in ("", "/profile", "/data", "/erase", "/link"):
        for method in ("GET", "HEAD"):
            assert site.ask(method, f"/api/preferences{path}?t={token}").status in (200, 303)
    assert items(world) == before


def test_nobody_gets_a_mail_for_whoever_placed_their_order_before(world: TestWorld) -> None:
    take_order(world, learnt("orders/create", gift_order()))
    key, now = "shopify:5551023340801", world.clock.now()
    found = world.table.get_many([orders.key(key), orders.gift_key(key)])
    order = orders.load(found[orders.key(key)], key)
    gift = orders.load_gift(found[orders.gift_key(key)], order, now)
    assert gift is not None
    world.table.write(orders.put_gift(order, structs.replace(gift, thanks="They are lovely.")))
    (rule,) = world.playbook.of("thanks")
    why = Reason("thanks-written", {"at": stamp(now)})
    world.table.write(follow_ups.put(planned(rule, PERSON, key, now, why, world.shop, now)))
    changed = gift_order(email="tom.jago@example.com", updated_at="2026-03-02T12:05:00+00:00")
    take_order(world, learnt("orders/updated", changed))
    world.pass_time(hours=1)
    assert [kept.mail.subject for kept in world.mails("tom.jago@example.com")] == ["Your order QW3X7R9TN: receipt"]
    (waited,) = [one for one in follow_ups.of_person(world.table, PERSON) if one.rule == rule.name]
    assert (waited.state, waited.reason.kind) == ("cancelled", "precondition-gone")
