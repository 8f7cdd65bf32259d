from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain import consent
from chalicelib.domain.consent import Wording, consent_key, wording_hash
from chalicelib.domain.shop import newsletter_wording
from tests.support.properties import quick
from tests.support.world import NOON, demo_shop

WORDING = Wording("newsletter", "e-mail", 3, "en-GB", "Also send me the newsletter. Größe ✓")


def test_the_ledger_keeps_the_words_seen() -> None:
    entry = consent.given("p", WORDING, NOON, NOON + timedelta(hours=1), "voucher form")
    assert (entry.wording, entry.version, entry.locale) == (WORDING.text, 3, "en-GB")
    assert (entry.person, entry.purpose, entry.channel, entry.basis) == ("p", "newsletter", "e-mail", "consent")
    assert (entry.requested_at, entry.confirmed_at, entry.source) == (NOON, NOON + timedelta(hours=1), "voucher form")


def test_the_hash_is_of_the_very_words() -> None:
    assert wording_hash(WORDING.text) == hashlib.sha256(WORDING.text.encode("utf-8")).hexdigest()


@quick
@given(st.text(), st.text())
def test_changed_words_change_the_hash(one: str, other: str) -> None:
    assert (wording_hash(one) == wording_hash(other)) == (one == other)


def test_an_entry_cannot_be_changed() -> None:
    entry = consent.given("p", WORDING, NOON, NOON, "voucher form")
    with pytest.raises(AttributeError):
        entry.version = 4  # type: ignore[misc]  # the point of the test


def test_purposes_and_channels_stand_apart() -> None:
    keys = {consent_key(purpose, channel) for purpose in ("newsletter", "offers") for channel in ("e-mail", "post")}
    assert len(keys) == 4


def test_the_newest_wording_in_the_locale_is_shown() -> None:
    newer = Wording("newsletter", "e-mail", 2, "en-GB", "Newer words.")
    others = (Wording("newsletter", "e-mail", 9, "de-DE", "Andere."), Wording("offers", "e-mail", 9, "en-GB", "Offers."))
    shop = demo_shop()
    assert newsletter_wording(demo_shop(wordings=(newer, *shop.wordings, *others))) == newer
