"""A gift's recipient is not a customer: manner 3."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chalicelib.domain.calendar import instant
from chalicelib.usecases.take_order import take_order
from tests.factories import gift_order, learnt, shopify_order, shopify_parcel
from tests.support.site import Site, items, link, person_items
from tests.support.watched import once, watched
from tests.support.world import TestWorld

RUTH, ISOBEL = "ruth.okafor@example.com", "isobel.trant@example.com"


def give(world: TestWorld, number: int = 5551023340801, *, days: int = 14, **changes: Any) -> None:
    """A gift is ordered, arrives on 4 March, and the days after pass."""
    take_order(world, learnt("orders/create", gift_order(id=number, **changes)))
    take_order(world, learnt("fulfillments/update", shopify_parcel(id=number, order_id=number)))
    world.live(days=days)


def note_of(world: TestWorld) -> Any:
    (kept,) = world.mails(RUTH)
    return kept.mail


def traces(world: TestWorld) -> list[str]:
    """Where in the table the recipient still stands."""
    return [
        f"{item['pk']} {item['sk']}"
        for item in items(world)
        if any(word in json.dumps(item) for word in ("Ruth", "Okafor", RUTH, "Quay Hill"))
    ]


def test_the_note_names_no_price_and_offers_nothing() -> None:
    with TestWorld() as world:
        give(world)
        mail = note_of(world)
        for words in (mail.subject, mail.text, mail.html):
            assert not any(
                bad in words
                for bad in ("£", "48.00", "GBP", "earrings", "voucher", "pellow-wren.example/", ISOBEL, "Fore Street")
            )
        assert mail.stream == "courtesy"


def test_the_note_says_whence_why_and_until_when() -> None:
    with TestWorld() as world:
        give(world)
        words = " ".join(note_of(world).text.split())
        assert "because Isobel sent you a gift from our shop" in words
        assert "We have your address from Isobel, for this note alone, and delete it on 13 April 2026." in words


@pytest.mark.parametrize("giver", [ISOBEL, "tom.jago@example.com"], ids=["same giver", "two givers"])
def test_two_gifts_bring_one_note_ever(giver: str) -> None:
    with TestWorld() as world:
        take_order(world, learnt("orders/create", gift_order()))
        take_order(world, learnt("orders/create", gift_order(id=2, email=giver)))
        take_order(world, learnt("fulfillments/update", shopify_parcel()))
        take_order(world, learnt("fulfillments/update", shopify_parcel(id=2, order_id=2)))
        world.live(days=60)
        give(world, 3, email=giver, days=60)
        assert len(world.mails(RUTH)) == 1
        notes = [item for item in person_items(world, "F#") if item["rule"] == "gift-note"]
        assert sorted(str(item["state"]) for item in notes) == ["cancelled", "cancelled", "sent"]


def test_a_note_written_by_hand_is_the_one_note_too() -> None:
    with TestWorld() as world:
        give(world, shipping_address={"name": "Ruth Okafor", "address1": "9 Quay Hill", "country_code": "DE"})
        assert world.follow_ups(RUTH)["gift-note"].state == "handed over"
        give(world, 2, days=60)
        assert world.mails(RUTH) == []


NO_ADDRESS = [{"name": "Gift", "value": "Yes"}, {"name": "Recipient name", "value": "Ruth Okafor"}]


@pytest.mark.parametrize(
    ("shop", "order", "reason"),
    [
        ({"recipient_note": "by hand"}, {}, "You write these notes by hand"),
        ({}, {"note_attributes": NO_ADDRESS}, "The giver gave no e-mail address"),
        (
            {},
            {"shipping_address": {"name": "Ruth Okafor", "address1": "Am Kai 3", "country_code": "DE"}},
            "In DE such mail needs consent",
        ),
        ({"country": "DE"}, {}, "such mail needs consent"),
    ],
    ids=["the shop's way", "no address", "recipient in Germany", "shop in Germany"],
)
def test_the_note_waits_to_be_written_by_hand(shop: dict[str, Any], order: dict[str, Any], reason: str) -> None:
    with TestWorld(**shop) as world:
        give(world, **order)
        (note,) = [one for one in world.follow_ups().values() if one.kind == "gift-note"]
        assert (note.state, note.reason.startswith(reason) or reason in note.reason) == ("handed over", True)
        assert {kept.mail.to for kept in world.mails()} <= {ISOBEL}


def test_a_bounced_recipient_is_written_to_by_hand() -> None:
    with TestWorld() as world:
        Site(world).claim(RUTH)
        world.work()
        world.outbox.tell(world.mails(RUTH)[0].id, "Bounce", bounceType="Permanent")
        world.work()
        give(world)
        assert world.follow_ups(RUTH)["gift-note"].state == "handed over"
        assert len(world.mails(RUTH)) == 1


def test_no_contact_and_no_consent_come_of_a_gift() -> None:
    with TestWorld() as world:
        give(world)
        Site(world).get(link(note_of(world), "/api/thanks"))
        assert person_items(world, "CONTACT") == person_items(world, "CONSENT#") == []


def test_whoever_buys_for_themselves_gets_no_note() -> None:
    with TestWorld() as world:
        pairs = [{"name": "Gift", "value": "Yes"}, {"name": "Recipient email", "value": ISOBEL.upper()}]
        give(world, note_attributes=pairs)
        assert "gift-note" not in world.follow_ups()


def test_the_thank_you_page_has_the_card_and_writes_nothing() -> None:
    with TestWorld() as world:
        give(world)
        before = items(world)
        answer = Site(world).get(link(note_of(world), "/api/thanks"))
        assert "<h1>Thank you, Isobel</h1>" in answer.text
        assert ISOBEL not in answer.text
        assert "Trant" not in answer.text
        assert items(world) == before


def test_thanks_reach_the_giver_and_no_address_does() -> None:
    with TestWorld() as world:
        give(world)
        url = link(note_of(world), "/api/thanks")
        answer = Site(world).post("/api/thanks", t=url.partition("t=")[2], message="It is lovely.\r\nI wear it daily. <3")
        assert (answer.status, "Your words are on their way" in answer.text) == (200, True)
        world.work()
        relay = world.mails(ISOBEL)[-1].mail
        assert "  | It is lovely.\n  | I wear it daily. <3" in relay.text
        assert "It is lovely.<br>I wear it daily. &lt;3" in relay.html
        assert relay.subject == "A thank-you from Ruth"
        assert not any(word in relay.text + relay.html + relay.subject for word in (RUTH, "Okafor", "Quay Hill"))
        assert relay.reply_to == world.shop.reply_to


def test_thanks_are_passed_on_once() -> None:
    with TestWorld() as world:
        give(world)
        site, url = Site(world), link(note_of(world), "/api/thanks")
        token = url.partition("t=")[2]
        site.post("/api/thanks", t=token, message="Thank you!")
        world.work()
        before = items(world), len(world.mails())
        again = site.post("/api/thanks", t=token, message="Something else")
        assert (again.status, site.get(url).status) == (409, 409)
        world.work()
        assert (items(world), len(world.mails())) == before


def test_thanks_survive_an_order_event_that_comes_between() -> None:
    with TestWorld() as world:
        give(world)
        token = link(note_of(world), "/api/thanks").partition("t=")[2]

        def event() -> None:
            take_order(
                world,
                learnt("orders/updated", gift_order(updated_at="2026-03-20T09:00:00+00:00", fulfillment_status="fulfilled")),
            )

        world.table = watched(world.sqlite, before=once(event, at="transact"))
        assert Site(world).post("/api/thanks", t=token, message="Thank you!").status == 200
        world.work()
        assert "  | Thank you!" in world.mails(ISOBEL)[-1].mail.text


@pytest.mark.parametrize(
    "message", ["", "  \n ", "x" * 1001, "a\x00b", "a\u202eb"], ids=["none", "blank", "long", "control", "bidi"]
)
def test_an_unusable_card_comes_back_with_its_words(message: str) -> None:
    with TestWorld() as world:
        give(world)
        token = link(note_of(world), "/api/thanks").partition("t=")[2]
        before = items(world)
        answer = Site(world).post("/api/thanks", t=token, message=message)
        assert (answer.status, items(world)) == (422, before)
        assert "There is a problem" in answer.text
        assert message.strip()[:100].replace("\x00", "") in answer.text.replace("\x00", "")


def test_removing_the_address_forgets_the_recipient() -> None:
    with TestWorld() as world:
        give(world)
        assert traces(world) != []
        stop = dict(note_of(world).headers)["List-Unsubscribe"].strip("<>")
        assert "Your address is removed" in Site(world).press(stop).text
        assert traces(world) == []


def test_no_later_event_brings_the_recipient_back() -> None:
    with TestWorld() as world:
        give(world)
        stop = dict(note_of(world).headers)["List-Unsubscribe"].strip("<>")
        Site(world).press(stop)
        late = gift_order(
            updated_at="2026-03-20T09:00:00+00:00", shipping_address={"name": "Ruth Okafor", "address1": "1 New Road"}
        )
        take_order(world, learnt("orders/updated", late))
        take_order(world, learnt("fulfillments/update", shopify_parcel(updated_at="2026-03-20T09:00:00+00:00")))
        world.live(days=30)
        assert traces(world) == []
        assert len(world.mails(RUTH)) == 1


def test_whoever_removed_their_address_hears_of_no_other_gift() -> None:
    with TestWorld() as world:
        give(world)
        Site(world).press(dict(note_of(world).headers)["List-Unsubscribe"].strip("<>"))
        give(world, 2, email="tom.jago@example.com", days=60)
        assert len(world.mails(RUTH)) == 1


def test_thanks_written_just_before_the_removal_are_not_sent() -> None:
    with TestWorld() as world:
        give(world)
        site, mail = Site(world), note_of(world)
        site.post("/api/thanks", t=link(mail, "/api/thanks").partition("t=")[2], message="Thank you!")
        site.press(dict(mail.headers)["List-Unsubscribe"].strip("<>"))
        world.work()
        relay = world.follow_ups(ISOBEL)["thanks-relay"]
        assert (relay.state, relay.reason) == ("cancelled", "The recipient's details have been deleted.")


def test_the_recipients_data_are_gone_on_their_day() -> None:
    with TestWorld() as world:
        give(world)
        url = link(note_of(world), "/api/thanks")
        # 14 March at ten, and 30 days; in between the clocks went forward
        world.clock.at = instant("2026-04-13T09:59:59Z")
        assert Site(world).get(url).status == 200
        world.clock.at = instant("2026-04-13T10:00:00Z")
        assert Site(world).get(url).status == 401
        world.clock.at = instant("2026-04-13T10:00:01Z")
        world.sqlite.sweep(int(world.clock.now().timestamp()))
        assert traces(world) == []
        world.outbox.sweep(world.clock.now())
        assert [kept for kept in world.outbox.all() if kept.mail.to == RUTH] == []


def test_a_gift_that_never_arrives_is_forgotten_too() -> None:
    with TestWorld() as world:
        take_order(world, learnt("orders/create", gift_order()))
        assert traces(world) != []
        world.clock.at = instant("2026-07-01T12:00:00Z")
        world.sqlite.sweep(int(world.clock.now().timestamp()))
        assert traces(world) == []


def test_an_order_without_a_gift_brings_no_note() -> None:
    with TestWorld() as world:
        take_order(world, learnt("orders/create", shopify_order()))
        take_order(world, learnt("fulfillments/update", shopify_parcel()))
        world.live(days=20)
        assert "gift-note" not in world.follow_ups()
