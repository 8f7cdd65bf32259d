from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.gift import Gift, delete_at, explicit_gift, recipient_key
from tests.support.properties import hostile_text, quick
from tests.support.world import NOON


@pytest.mark.parametrize(
    "name", ["Gift", "gift", "GIFT?", "is_gift", "Is gift", "this-is-a-gift", "This is a gift", "Is this a gift?", "giftOrder"]
)
@pytest.mark.parametrize("value", ["Yes", "true", "1", "on", "✓", "Happy birthday!"])
def test_a_flag_makes_a_gift(name: str, value: str) -> None:
    assert explicit_gift([(name, value)]) == Gift()


@pytest.mark.parametrize(
    "value", ["", " ", "No", "no.", "NO", "n", "No, thank you", "false", "0", "off", "None", "null", "undefined", "n/a", "-"]
)
def test_no_is_no(value: str) -> None:
    assert explicit_gift([("Gift", value)]) is None
    assert explicit_gift([("Gift", value), ("Gift message", "For you")]) is None


@pytest.mark.parametrize("pairs", [("Gift", "Recipient name"), ("Recipient name", "Gift")])
def test_no_outweighs_names_left_in_the_form(pairs: tuple[str, str]) -> None:
    said = {"Gift": "No", "Recipient name": "Ruth Okafor"}
    assert explicit_gift([(name, said[name]) for name in pairs]) is None


def test_one_line_may_be_the_gift() -> None:
    assert explicit_gift([("Gift", "No"), ("Gift", "Yes")]) == Gift()


@pytest.mark.parametrize(
    "name", ["Recipient name", "recipient_name", "Gift recipient", "giftRecipientName", "RECIPIENT", "Gift to:"]
)
def test_a_named_recipient_makes_a_gift(name: str) -> None:
    assert explicit_gift([(name, " Ruth\nOkafor ")]) == Gift(recipient="Ruth Okafor")


@pytest.mark.parametrize("name", ["Recipient email", "recipient-e-mail", "Gift recipient E-mail", "gift_email"])
def test_a_recipients_address_makes_a_gift(name: str) -> None:
    found = explicit_gift([(name, "Ruth.Okafor@gmail.com")])
    assert found == Gift(address="Ruth.Okafor@gmail.com", dedupe_key="ruthokafor@gmail.com")


@pytest.mark.parametrize(
    "pairs",
    [
        [],
        [("Gift message", "Happy birthday")],
        [("Gift wrap", "Yes")],
        [("Gift card", "Yes")],
        [("Gift receipt", "Yes")],
        [("Occasion", "Birthday")],
        [("Note", "This is a gift")],
        [("Recipient email", "not an address")],
        [("Recipient name", "no")],
        [("", "")],
    ],
)
def test_nothing_is_guessed(pairs: list[tuple[str, str]]) -> None:
    assert explicit_gift(pairs) is None


def test_the_givers_message_is_kept() -> None:
    found = explicit_gift([("gift", "yes"), ("Gift note", "Happy\r\nbirthday")])
    assert found == Gift(message="Happy birthday")


@quick
@given(
    st.lists(st.tuples(st.one_of(hostile_text, st.sampled_from(["gift", "recipient", "gift email", "gift note"])), hostile_text))
)
def test_hostile_attributes_leave_storable_gifts(pairs: list[tuple[str, str]]) -> None:
    found = explicit_gift(pairs)
    assert msgspec.json.decode(msgspec.json.encode(found), type=Gift | None) == found


def test_the_address_tells_recipients_apart() -> None:
    gift = Gift("Ruth", "ruth@example.com", "ruth@example.com", postal=("9 Quay Hill",))
    assert recipient_key(gift) == "ruth@example.com"


def test_else_name_and_label_tell_them_apart() -> None:
    ruth = Gift("Ruth Okafor", postal=("9 Quay Hill", "Falmouth"))
    assert recipient_key(ruth) == recipient_key(Gift("ruth OKAFOR", postal=("9, Quay-Hill", "falmouth")))
    assert recipient_key(ruth) != recipient_key(Gift("Ruth Okafor", postal=("8 Quay Hill", "Falmouth")))


def test_nobody_is_nobody() -> None:
    assert recipient_key(Gift("Ruth Okafor")) == ""


@pytest.mark.parametrize(
    ("arrived", "note", "off", "kept_days"),
    [
        (None, None, None, 120),
        (2, 12, None, 42),
        (2, None, None, 32),
        (None, None, 5, 35),
        (2, 12, 5, 35),
        (2, 12, 50, 42),
    ],
)
def test_recipients_are_forgotten_on_their_day(arrived: int | None, note: int | None, off: int | None, kept_days: int) -> None:
    def day(number: int | None) -> datetime | None:
        return None if number is None else NOON + timedelta(days=number)

    assert delete_at(NOON, day(arrived), day(note), day(off)) == day(kept_days)
