"""The main road, a test a promise."""

from __future__ import annotations

from chalicelib.usecases.claim_voucher import claim_voucher
from chalicelib.usecases.take_order import take_order
from tests.factories import asked, gift_order, learnt, shopify_order, shopify_parcel
from tests.support.world import TestWorld


def test_a_claim_brings_one_confirmation_mail() -> None:
    with TestWorld() as world:
        claim_voucher(world, asked(), "192.0.2.7")
        world.work()
        (kept,) = world.mails("isobel.trant@example.com")
        assert "Isobel" not in kept.mail.text + kept.mail.html + kept.mail.subject


def test_a_gift_brings_its_recipient_one_note_ten_days_after_it_arrived() -> None:
    with TestWorld() as world:
        take_order(world, learnt("orders/create", gift_order()))
        take_order(world, learnt("fulfillments/update", shopify_parcel()))
        world.live(days=20)
        (note,) = world.mails("ruth.okafor@example.com")
        assert note.accepted_at.isoformat() == "2026-03-14T10:00:00+00:00"
        assert [kept.mail.subject for kept in world.mails("isobel.trant@example.com")] != []


def test_an_order_brings_receipt_thank_you_and_a_question() -> None:
    with TestWorld() as world:
        take_order(world, learnt("orders/create", shopify_order()))
        world.work()
        take_order(world, learnt("fulfillments/update", shopify_parcel()))
        world.live(days=20)
        assert {one.state for one in world.follow_ups().values()} == {"sent"}
        assert set(world.follow_ups()) == {"receipt", "thank-you", "expectation"}
