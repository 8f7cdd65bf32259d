"""A specimen tells a template what a real mail would, and nothing else; each trigger is known wherever triggers are told apart."""

from __future__ import annotations

from datetime import date, timedelta
from typing import get_args

import msgspec
import pytest

from chalicelib.domain.claim import Claim
from chalicelib.domain.competition import Entry
from chalicelib.domain.consent import Asking, wording_hash
from chalicelib.domain.gift import GIFT, Gift
from chalicelib.domain.mending.playbook import _MEETS
from chalicelib.domain.order import Order
from chalicelib.domain.playbook import RECIPIENT, Rule, Trigger
from chalicelib.domain.products import Item, Products
from chalicelib.domain.reason import Reason
from chalicelib.domain.screening import Case
from chalicelib.domain.specimens import specimens
from chalicelib.domain.standing import COURTESY, MARKETING, SERVICE
from chalicelib.usecases.telling import _TELL, Telling, tell
from tests.factories import PERSON, case, follow_up, parcel, view
from tests.support.histories import history, voucher
from tests.support.world import NOON, TestWorld, demo_shop

EVERY_MAIL = {"shop", "lang", "name", "reason", "stop_url", "stop_label", "preferences_url", "preferences_label"}
SHOP = demo_shop()


def rule_of(trigger: str, to: str, message_class: str) -> Rule:
    return msgspec.convert({"name": "r", "trigger": trigger, "to": to, "class": message_class}, Rule)


RULES = [*(rule_of(trigger, _MEETS[trigger][0], MARKETING) for trigger in _TELL), rule_of("arrival", RECIPIENT, COURTESY)]


def everything_known(rule: Rule) -> Case:
    """A follow-up by the rule, with all that any mail could be about."""
    offer, wording = SHOP.offer, SHOP.wordings[0]
    order = Order("shopify:x:1041", view=view(), parcels=(parcel(),), gift=GIFT, gift_until=NOON)
    one = follow_up(
        role=rule.to,
        why=Reason("overdue", {"since": "2025-11-22T12:00:00Z"}),
        extra={
            "claim": "c1", "newsletter": "1", "product": "Rings", "item": "tide", "months": "9", "label": "birthday",
            "date": "2026-03-09", "since": "2025-11-22T12:00:00Z", "category": "rings",
            "entry": "e1", "prize": "A ring", "worth": "£180", "value": "3 9 14", "next": "2026-04",
        },
    )  # fmt: skip
    if rule.trigger in ("entry", "entered", "won", "drawn"):
        one = msgspec.structs.replace(one, anchor="2026-03")
    return case(
        follow_up=one,
        rule=rule,
        order=order,
        gift=Gift("Ruth Okafor", thanks="Thank you!"),
        voucher=voucher(NOON + timedelta(days=9)),
        claim=Claim("c1", PERSON, offer, "Isobel", "isobel.trant@example.com", "isobel.trant@example.com", NOON, one.id),
        asking=Asking(
            "a1", PERSON, "Isobel", "isobel.trant@example.com", "isobel.trant@example.com", "en-GB", NOON, "the counter", one.id,
            {wording.purpose: wording_hash(wording.text)},
        ),
        entry=Entry(
            "e1", PERSON, "2026-03", "Isobel", "isobel.trant@example.com", "isobel.trant@example.com", "en-GB", NOON, NOON, one.id,
            ticked={wording.purpose: wording_hash(wording.text)}, confirmed_at=NOON, entry="7HQ2M",
        ),
        history=history(order),
        products=Products(items=(Item("tide", "Tide ring", "rings", "https://pellow-wren.example/tide", date(2026, 3, 1)),)),
    )  # fmt: skip


@pytest.mark.parametrize("rule", RULES, ids=[f"{rule.trigger} to {rule.to}" for rule in RULES])
def test_a_specimen_tells_what_a_mail_would(rule: Rule) -> None:
    with TestWorld() as world:
        told = tell(Telling(world, everything_known(rule), rule, "en"))

    for specimen in specimens(rule, SHOP):
        assert set(specimen) == set(told) | EVERY_MAIL
        for name in told:
            assert _like(specimen[name]) == _like(told[name]), name


def test_service_has_no_stop_link() -> None:
    full, _ = specimens(rule_of("order", "buyer", SERVICE), SHOP)

    assert full["stop_url"] == ""


def test_every_trigger_is_known_to_whoever_tells_them_apart() -> None:
    assert set(_MEETS) == set(get_args(Trigger))
    assert set(_TELL) == set(get_args(Trigger)) - {"no response", "packed"}


def _like(value: object) -> type:
    return list if isinstance(value, tuple) else type(value)
