"""An offer is known where there must be none, and what is none is left in peace."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.adapters.shop_files import read_playbook
from chalicelib.config import ROOT
from chalicelib.domain.mending.offering import May, may_offer, offering_words, refusal
from chalicelib.domain.playbook import Rule
from tests.support.properties import hostile_text, quick

PLAYBOOK = read_playbook(ROOT / "shop" / "playbook.toml")


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Here is a voucher for you", "voucher"),
        ("Take 10% off", "10% off"),
        ("Take 10 per cent off", "10 per cent off"),
        ("A SPECIAL OFFER", "SPECIAL OFFER"),
        ("with free postage", "free postage"),
        ("Ein Gutschein für Sie", "Gutschein"),
        ("20 % Rabatt", "20 % Rabatt"),
        ("Read our newsletter", "newsletter"),
        ("no worries: a discount", "discount"),
    ],
)
def test_an_offer_is_known_by_its_words(text: str, word: str) -> None:
    assert [found for _, found in offering_words(text, prices=False)] == [word]


@pytest.mark.parametrize(
    "text",
    [
        "I am glad that you chose it",
        "Thank you for your order",
        "There is no voucher in this",
        "without a discount",
        "never any special offers",
        "kein Gutschein",
        "We bought the silver ourselves",
        "It was wholesale, and valued",
    ],
)
def test_what_is_no_offer_is_left_in_peace(text: str) -> None:
    assert offering_words(text, prices=True) == []


def test_a_price_counts_where_it_must_not_be_seen() -> None:
    text = "Its price was £48"

    assert [word for _, word in offering_words(text, prices=True)] == ["price", "£4"]
    assert offering_words(text, prices=False) == []


@quick
@given(hostile_text, st.booleans())
def test_words_are_found_where_they_stand(text: str, prices: bool) -> None:
    text = f"{text}\nvoucher\n{text}"

    for at, word in offering_words(text, prices=prices):
        assert text.startswith(word, at)


@pytest.mark.parametrize(
    ("name", "may"),
    [
        ("voucher", "everything"),
        ("care", "everything"),
        ("morning", "everything"),
        ("receipt", "no offer"),
        ("on-its-way", "no offer"),
        ("thanks-relay", "no offer"),
        ("thank-you", "no price"),
        ("expectation", "no price"),
        ("gift-note", "no price"),
        ("card", "no price"),
        ("packing-line", "no price"),
        ("insert", "everything"),
    ],
)
def test_what_each_shipped_rule_may_say(name: str, may: May) -> None:
    rule = PLAYBOOK.named(name)
    assert rule is not None
    assert may_offer(rule, PLAYBOOK) == may


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("gift-note", "a gift's recipient is no customer"),
        ("thank-you", "a courtesy message offers nothing"),
        ("receipt", "advertises nothing"),
    ],
)
def test_a_refusal_says_why(name: str, why: str) -> None:
    rule: Rule | None = PLAYBOOK.named(name)
    assert rule is not None
    assert why in refusal(rule, '"voucher"')
