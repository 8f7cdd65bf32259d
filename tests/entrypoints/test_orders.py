"""The buyer's own page: how the order stands, nothing that a forwarded link should not show, and a yes to just what was ticked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from urllib.parse import urlencode

import msgspec
import pytest

from chalicelib.domain.consent import wording_hash
from chalicelib.domain.gift import Signs
from chalicelib.domain.links import ORDER, PREFERENCES
from chalicelib.domain.order import Learnt
from chalicelib.domain.progress import LINK_LASTS
from chalicelib.ports import STOP
from chalicelib.stores import orders, people
from chalicelib.usecases.erase import erase
from chalicelib.usecases.opt_in_by_order import SOURCE
from chalicelib.usecases.stop import STOP_ALL, stop_person
from chalicelib.usecases.take_order import take_order
from tests.factories import gift_order, learnt, shopify_order, shopify_parcel, view
from tests.support.site import FORM, Answer, Site, items, link, person_items
from tests.support.watched import once, watched
from tests.support.world import TestWorld

ISOBEL = "isobel.trant@example.com"
CARE = "care/e-mail"


@pytest.fixture
def world() -> Iterator[TestWorld]:
    """Isobel has ordered, and has her receipt."""
    with TestWorld() as made:
        take_order(made, learnt("orders/create", shopify_order()))
        made.work()
        yield made


@pytest.fixture
def site(world: TestWorld) -> Site:
    return Site(world)


def receipt_link(world: TestWorld) -> str:
    (receipt,) = [kept for kept in world.mails(ISOBEL) if "receipt" in kept.mail.subject]
    return link(receipt.mail, "/api/order")


def token_of(url: str) -> str:
    return url.partition("?t=")[2]


def person(world: TestWorld) -> str:
    return world.links.open(token_of(receipt_link(world)), ORDER, world.clock.at).person


def seen(world: TestWorld, purpose: str) -> str:
    return next(wording_hash(one.text) for one in world.shop.wordings if one.purpose == purpose)


def agree(world: TestWorld, site: Site, **ticked: str) -> Answer:
    return site.post("/api/order", t=token_of(receipt_link(world)), **ticked)


def standing(world: TestWorld) -> dict[str, str]:
    who = person(world)
    return people.load_standing(world.table.get(people.standing_key(who)), who).consents


# --- what it shows ---


def test_the_receipt_leads_to_how_the_order_stands(world: TestWorld, site: Site) -> None:
    answer = site.get(receipt_link(world))
    assert answer.status == 200
    for words in ("QW3X7R9TN", "2 March 2026", "Sea-glass stud earrings", "£48.00", "We have your order", "Nothing is sent yet"):
        assert words in answer.text
    assert "/api/questions?order=QW3X7R9TN" in answer.text
    assert answer.header("cache-control") == "no-store"
    assert answer.header("x-robots-tag") == "noindex"
    assert answer.header("referrer-policy") == "no-referrer"


def test_the_dispatch_mail_leads_there_too_and_the_page_follows_the_parcel(world: TestWorld, site: Site) -> None:
    under_way = shopify_parcel(shipment_status=None, updated_at="2026-03-03T09:00:00+00:00")
    take_order(world, learnt("fulfillments/create", under_way))
    world.pass_time(days=1)
    mail = world.mails(ISOBEL)[-1].mail
    assert "on its way" in mail.subject
    shown = site.get(link(mail, "/api/order")).text
    assert "It is on its way" in shown
    assert '<a href="https://track.example/JD0002211337GB" rel="noopener noreferrer">' in shown
    take_order(world, learnt("fulfillments/update", shopify_parcel()))
    assert "It arrived on 4 March 2026." in site.get(receipt_link(world)).text


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_opening_it_changes_nothing(world: TestWorld, site: Site, method: str) -> None:
    before = items(world)
    assert site.ask(method, receipt_link(world)).status == 200
    assert items(world) == before


def test_a_forwarded_link_shows_no_address_no_name_and_nothing_of_the_recipient(site: Site, world: TestWorld) -> None:
    take_order(world, learnt("orders/create", gift_order(id=77, name="#1042", confirmation_number="G1FT")))
    world.work()
    receipts = [kept.mail for kept in world.mails(ISOBEL) if "G1FT" in kept.mail.subject]
    shown = site.get(link(receipts[0], "/api/order"))
    assert shown.status == 200
    assert "G1FT" in shown.text
    assert not re.search("Isobel|isobel|Trant|Ruth|Okafor|Quay Hill|TR11 3HG|Fore Street|Truro|paid|visa", shown.text)


def test_the_link_works_for_a_year(world: TestWorld, site: Site) -> None:
    url = receipt_link(world)
    world.clock.move(LINK_LASTS - timedelta(minutes=1))
    assert site.get(url).status == 200
    world.clock.move(timedelta(minutes=2))
    assert site.get(url).status == 401


@pytest.mark.parametrize("bad", ["", "nonsense", "k1.AAAA.AAAA"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_link_that_is_not_ours_opens_nothing(world: TestWorld, site: Site, bad: str, method: str) -> None:
    before = items(world)
    answer = site.get(f"/api/order?t={bad}") if method == "GET" else site.post("/api/order", t=bad)
    assert (answer.status, items(world)) == (401, before)


def test_a_link_of_another_kind_or_to_another_order_opens_nothing(world: TestWorld, site: Site) -> None:
    later = world.clock.at + timedelta(days=1)
    key = world.links.open(token_of(receipt_link(world)), ORDER, world.clock.at).scope
    for token, status in (
        (world.links.make(PREFERENCES, person(world), "", later), 401),
        (world.links.make(ORDER, person(world), "shopify:nothing", later), 404),
        (world.links.make(ORDER, "somebodyelse", key, later), 404),
        (world.links.make(ORDER, "", key, later), 404),
    ):
        assert site.get(f"/api/order?t={token}").status == status
        assert site.post("/api/order", t=token, care=seen(world, "care")).status == status


def test_an_order_that_is_somebody_elses_now_is_shown_to_its_first_buyer_no_more(world: TestWorld, site: Site) -> None:
    url = receipt_link(world)
    changed = shopify_order(email="tom.carey@example.com", updated_at="2026-03-02T12:05:00+00:00")
    take_order(world, learnt("orders/updated", changed))
    assert site.get(url).status == 404


def test_an_order_of_somebody_forgotten_is_gone_with_a_kind_word(world: TestWorld, site: Site) -> None:
    url = receipt_link(world)
    erase(world, person(world))
    answer = site.get(url)
    assert answer.status == 404
    assert "We no longer keep this order" in answer.text
    assert site.post("/api/order", t=token_of(url), care=seen(world, "care")).status == 404


HOSTILE = ('"><script>alert(1)</script>', "{{ 7*7 }}", "<img src=x onerror=alert(1)>", "' onmouseover='x", "a" * 300)


@pytest.mark.parametrize("words", HOSTILE)
def test_what_a_storefront_sends_runs_nowhere(words: str) -> None:
    with TestWorld() as world:
        lines = [{"id": 1, "title": words, "quantity": 2, "price": "24.00", "properties": []}]
        sent = shopify_order(line_items=lines, name=words, confirmation_number=words)
        take_order(world, learnt("orders/create", sent))
        parcel = shopify_parcel(
            tracking_company=words, tracking_number=words, tracking_url="javascript:alert(1)", shipment_status=None
        )
        take_order(world, learnt("fulfillments/create", parcel))
        key = next(str(item["key"]) for item in items(world) if item["sk"] == "ORDER")
        order = orders.load(world.table.get(orders.key(key)), key)
        bad = tuple(msgspec.structs.replace(one, tracking_url="javascript:alert(1)") for one in order.parcels)
        world.table.write(
            orders.put(msgspec.structs.replace(order, parcels=bad, version=order.version + 1), order, world.clock.at)
        )
        world.work()
        shown = Site(world).get(next(link(kept.mail, "/api/order") for kept in world.mails(ISOBEL)))
        assert shown.status == 200
        assert not re.search(r"<script|<img src=x|javascript:|href='|>49<", shown.text)
        assert words[:40] in unescape(shown.text)


# --- what it takes ---


def test_the_boxes_are_there_unticked_in_the_very_words(world: TestWorld, site: Site) -> None:
    shown = site.get(receipt_link(world)).text
    boxes = re.findall(r'<input type="checkbox" id="([\w-]+)" name="\1" value="([0-9a-f]{64})"( checked)?>', shown)
    assert [(name, hash_, checked) for name, hash_, checked in boxes] == [
        (name.replace(" ", "-"), seen(world, name), "") for name in ("newsletter", "care", "occasions", "for you")
    ]
    for purpose in ("newsletter", "care", "occasions", "for you"):
        (words,) = [one.text for one in world.shop.wordings if (one.purpose, one.channel) == (purpose, "e-mail")]
        assert words in unescape(shown)


def test_what_was_ticked_is_agreed_to_and_nothing_else(world: TestWorld, site: Site) -> None:
    answer = agree(world, site, care=seen(world, "care"))
    assert answer.status == 200
    assert "due for care" in answer.text
    assert list(standing(world)) == [CARE]
    (line,) = person_items(world, "CONSENT#")
    assert (line["source"], line["wording_hash"], line["basis"]) == (SOURCE, seen(world, "care"), "consent")
    (contact,) = person_items(world, "CONTACT")
    assert (contact["name"], contact["address"], contact["source"]) == ("Isobel Trant", ISOBEL, SOURCE)


def test_saying_it_twice_is_fine_and_an_unticked_box_takes_nothing_back(world: TestWorld, site: Site) -> None:
    agree(world, site, care=seen(world, "care"))
    agree(world, site, care=seen(world, "care"), newsletter=seen(world, "newsletter"))
    assert sorted(standing(world)) == [CARE, "newsletter/e-mail"]
    assert len(person_items(world, "CONSENT#")) == 2


def test_the_page_is_the_same_whatever_they_said_yes_to(world: TestWorld, site: Site) -> None:
    before = site.get(receipt_link(world)).text
    agree(world, site, care=seen(world, "care"))
    assert site.get(receipt_link(world)).text == before


@pytest.mark.parametrize("ticked", [{}, {"care": "yes"}, {"care": "0" * 64}, {"post": "1"}])
def test_nothing_ticked_or_other_words_than_ours_are_no_yes(world: TestWorld, site: Site, ticked: dict[str, str]) -> None:
    before = items(world)
    answer = agree(world, site, **ticked)
    assert (answer.status, items(world)) == (422, before)
    assert "There is a problem" in answer.text
    assert "We have your order" in answer.text


def test_words_that_are_others_now_come_back_unticked(world: TestWorld, site: Site) -> None:
    answer = agree(world, site, care="0" * 64)
    assert "Our words have changed since" in answer.text
    assert re.findall(r"<input type=.checkbox[^>]* checked", answer.text) == []


def test_a_stop_that_comes_between_is_not_undone(world: TestWorld, site: Site) -> None:
    who, ticked = person(world), seen(world, "care")
    world.table = watched(world.sqlite, before=once(lambda: stop_person(world, who), at="get_many"))
    assert agree(world, site, care=ticked).status == 200
    left = people.load_standing(world.table.get(people.standing_key(who)), who)
    assert (bool(left.stopped_at), left.consents) == (True, {})


def test_after_a_stop_a_mail_asks_first_and_the_page_does_not_tell(world: TestWorld, site: Site) -> None:
    usual = agree(world, site, care=seen(world, "care"))
    with TestWorld() as other:
        take_order(other, learnt("orders/create", shopify_order()))
        other.work()
        there = Site(other)
        there.press(f"https://shop.example/api/stop?t={other.links.make(STOP, person(other), STOP_ALL, None)}")
        answer = agree(other, there, care=seen(other, "care"))
        other.work()
        assert (answer.status, answer.body) == (usual.status, usual.body)
        assert standing(other) == {}
        asks = other.mails(ISOBEL)[-1].mail
        there.press(link(asks, "/api/consent"))
        assert list(standing(other)) == [CARE]


def test_who_called_our_mail_unwanted_is_answered_kindly_and_not_written_to(world: TestWorld, site: Site) -> None:
    world.outbox.tell(world.mails(ISOBEL)[0].id, "Complaint")
    world.work()
    before = len(world.mails())
    answer = agree(world, site, care=seen(world, "care"))
    world.work()
    assert answer.status == 422
    assert "This page cannot undo a no" in answer.text
    assert (standing(world), len(world.mails())) == ({}, before)


def test_an_order_that_came_to_nothing_asks_for_nothing(world: TestWorld, site: Site) -> None:
    off = shopify_order(cancelled_at="2026-03-02T13:00:00+00:00", updated_at="2026-03-02T13:00:00+00:00")
    take_order(world, learnt("orders/cancelled", off))
    shown = site.get(receipt_link(world)).text
    assert "This order was called off" in shown
    assert "checkbox" not in shown
    assert agree(world, site, care=seen(world, "care")).status == 422
    assert standing(world) == {}


def test_a_name_that_we_would_not_take_is_left_out_and_the_yes_counts() -> None:
    with TestWorld() as world:
        customer = {"first_name": "www.evil.example", "last_name": "@x"}
        take_order(world, learnt("orders/create", shopify_order(customer=customer)))
        world.work()
        assert agree(world, Site(world), care=seen(world, "care")).status == 200
        (contact,) = person_items(world, "CONTACT")
        assert (contact["name"], contact["address"]) == ("", ISOBEL)


@pytest.mark.parametrize("body", [b"t=%ff", b"t=1&t=2", urlencode({f"f{n}": "x" for n in range(50)}).encode(), b"x" * 70_000])
def test_a_form_that_is_none_is_refused(world: TestWorld, site: Site, body: bytes) -> None:
    before = items(world)
    assert site.ask("POST", "/api/order", body, kind=FORM).status in (401, 413, 422)
    assert items(world) == before


def test_an_order_whose_name_no_link_can_hold_leads_to_the_storefronts_own_page() -> None:
    with TestWorld() as world:
        seen_ = view(status_url="https://pellow-wren.example/orders/1041")
        take_order(world, Learnt("standard", "x" * 128, seen_, Signs()))
        world.work()
        (receipt,) = world.mails(ISOBEL)
        assert "https://pellow-wren.example/orders/1041" in receipt.mail.text
        assert "/api/order?t=" not in receipt.mail.text
