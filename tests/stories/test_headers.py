"""What every mail carries, whichever it is."""

from __future__ import annotations

import pytest

from chalicelib.ports import Mail
from chalicelib.usecases.take_order import take_order
from tests.factories import gift_order, learnt, shopify_order, shopify_parcel
from tests.support.site import Site, link
from tests.support.world import TestWorld

RULES = (
    "confirm-address", "voucher", "voucher-again", "receipt", "on-its-way", "thank-you", "expectation", "gift-note", "thanks-relay",
)  # fmt: skip
COURTESY = ("thank-you", "expectation", "gift-note")
HAPPENS = ("claim", "claim again", "confirmed", "order", "dispatch", "arrival", "thanks")
"""Of what nothing but time brings, tests/stories/test_time_brings.py tells; of the owner's mornings, test_owners_day.py."""


@pytest.fixture(scope="module")
def mails() -> dict[str, Mail]:
    """One of each kind."""
    with TestWorld(cap=9) as world:
        site = Site(world)
        site.claim()
        world.work()
        site.press(link(world.mails()[0].mail, "/api/confirm"))
        world.pass_time(hours=25)
        site.claim()
        world.work()
        take_order(world, learnt("orders/create", gift_order()))
        take_order(world, learnt("fulfillments/update", shopify_parcel(shipment_status="in_transit")))
        world.work()
        take_order(world, learnt("fulfillments/update", shopify_parcel(updated_at="2026-03-05T12:00:00+00:00")))
        take_order(world, learnt("orders/create", shopify_order(id=2)))
        take_order(world, learnt("fulfillments/update", shopify_parcel(id=2, order_id=2)))
        world.live(days=17)
        note = next(kept for kept in world.mails() if kept.mail.to == "ruth.okafor@example.com")
        site.post("/api/thanks", t=link(note.mail, "/api/thanks").partition("t=")[2], message="Thank you!")
        world.work()
        rules = {item["id"]: str(item["rule"]) for item in world.sqlite.scan().items if "rule" in item}
        return {rules[kept.id]: kept.mail for kept in world.mails()}


def test_every_rule_of_the_playbook_was_tried(mails: dict[str, Mail]) -> None:
    with TestWorld() as world:
        assert set(mails) == {rule.name for rule in world.playbook.rules if rule.trigger in HAPPENS} == set(RULES)


@pytest.mark.parametrize("rule", RULES)
def test_every_mail_says_that_a_machine_sent_it(mails: dict[str, Mail], rule: str) -> None:
    assert dict(mails[rule].headers)["Auto-Submitted"] == "auto-generated"


@pytest.mark.parametrize("rule", RULES)
def test_every_mail_says_by_which_rule_of_which_shop_it_comes(mails: dict[str, Mail], rule: str) -> None:
    assert dict(mails[rule].headers)["Feedback-ID"] == f"{rule}:{mails[rule].stream}:pellow-wren-exa"


@pytest.mark.parametrize("rule", RULES)
def test_every_mail_to_somebody_known_leads_to_their_preferences(mails: dict[str, Mail], rule: str) -> None:
    found = [part.count("/api/preferences?t=") for part in (mails[rule].text, mails[rule].html)]
    assert found == ([0, 0] if rule in ("confirm-address", "gift-note") else [1, 1])


@pytest.mark.parametrize("rule", RULES)
def test_every_answer_reaches_a_person(mails: dict[str, Mail], rule: str) -> None:
    assert mails[rule].reply_to == "morwenna@pellow-wren.example"
    assert mails[rule].sender == '"Pellow & Wren" <hello@pellow-wren.example>'


@pytest.mark.parametrize("rule", RULES)
def test_one_click_stop_stands_on_courtesy_alone(mails: dict[str, Mail], rule: str) -> None:
    headers = dict(mails[rule].headers)
    assert mails[rule].stream == ("courtesy" if rule in COURTESY else "service")
    if rule not in COURTESY:
        assert "/api/stop" not in f"{headers}{mails[rule].text}{mails[rule].html}"
        return
    url = headers["List-Unsubscribe"].strip("<>")
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert url.startswith("https://shop.example/api/stop?t=")
    assert url in mails[rule].text
    assert url in mails[rule].html


@pytest.mark.parametrize("rule", RULES)
def test_every_mail_says_who_writes_and_why(mails: dict[str, Mail], rule: str) -> None:
    words = " ".join(mails[rule].text.split())
    assert "12 Arwenack Row, Falmouth TR11 3JZ, Cornwall" in words
    assert "You get this because" in words or "You have this one note because" in words


@pytest.mark.parametrize("rule", RULES)
def test_a_recipients_mail_is_kept_thirty_days(mails: dict[str, Mail], rule: str) -> None:
    assert mails[rule].kept_days == (30 if rule in ("gift-note", "thanks-relay") else 90)
