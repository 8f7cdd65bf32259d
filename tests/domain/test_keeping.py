"""What the site says is kept, and how long: the very days by which it is forgotten."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from chalicelib.domain import keeping, retention
from chalicelib.domain.competition import ANSWER_WITHIN, Competition
from chalicelib.domain.keeping import Kept, lasts, what_we_keep, wordings
from chalicelib.domain.money import Money
from chalicelib.domain.playbook import Playbook
from chalicelib.domain.products import Products
from chalicelib.domain.shop import Shop, Storefront
from chalicelib.stores import counters
from tests.support.histories import SHELF
from tests.support.world import NOON, demo_shop, shipped_playbook

COMPETES = msgspec.structs.replace(demo_shop(), competition=Competition("A prize", Money(1, "GBP"), "a number in the paper"))


def kept(shop: Shop = COMPETES, playbook: Playbook | None = None, products: Products = SHELF) -> dict[str, Kept]:
    return {one.id: one for one in what_we_keep(shop, playbook or shipped_playbook(), products)}


@pytest.mark.parametrize(
    ("time", "told"),
    [
        (timedelta(hours=1), "an hour"),
        (timedelta(hours=25), "25 hours"),
        (timedelta(days=7), "7 days"),
        (timedelta(days=120), "120 days"),
        (timedelta(days=366), "a year"),
        (retention.LEDGER, "6 years"),
        (retention.AFTER_LAST_ORDER, "25 months"),
    ],
)
def test_a_time_is_told_as_people_tell_it(time: timedelta, told: str) -> None:
    assert lasts(time) == told


@pytest.mark.parametrize(
    ("name", "entries"),
    [
        ("AFTER_LAST_ORDER", ["contact", "orders-kept"]),
        ("AFTER_REASON", ["contact"]),
        ("AFTER_ANSWER", ["questions"]),
        ("FINISHED", ["questions", "sent"]),
        ("LEDGER", ["consents", "vouchers"]),
        ("UNUSED_FACT", ["reach", "dates", "tastes"]),
        ("RAW_WEBHOOK", ["messages"]),
        ("REQUEST", ["requests"]),
        ("RECIPIENT_AFTER_NOTE", ["recipients"]),
        ("RECIPIENT_AFTER_ARRIVAL", ["recipients"]),
        ("RECIPIENT_UNDELIVERED", ["recipients"]),
        ("ENTRY_AFTER_DRAW", ["entries"]),
        ("ENTRY_UNDRAWN", ["entries"]),
    ],
)
def test_who_changes_a_day_changes_the_page(name: str, entries: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    before = kept()
    monkeypatch.setattr(retention, name, timedelta(days=333))
    after = kept()
    assert [id_ for id_ in before if before[id_] != after[id_]] == entries
    assert all("333 days" in after[id_].until for id_ in entries)


@pytest.mark.parametrize("name", ["MAIL_DAYS", "RECIPIENTS_MAIL_DAYS"])
def test_who_keeps_mails_longer_says_so(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, name, 333)
    assert "333" in kept()["mails"].until


def test_what_is_counted_is_gone_when_the_page_says() -> None:
    def day_of(ttl: object) -> timedelta:
        assert isinstance(ttl, int)
        return timedelta(seconds=ttl - int(NOON.timestamp()))

    assert day_of(counters.count("network", "x", 1, NOON).set["ttl"]) == keeping.COUNTED_FOR
    assert day_of(counters.asks_for_link("x", None, NOON).item["ttl"]) == keeping.ASKED_FOR_LINK


def test_a_winner_is_known_until_the_day_by_which_they_are_to_answer() -> None:
    assert retention.entry_kept_until(NOON) == NOON + retention.ENTRY_AFTER_DRAW
    assert retention.entry_kept_until(NOON, NOON + timedelta(days=20)) >= NOON + timedelta(days=20) + ANSWER_WITHIN
    assert retention.ENTRY_AFTER_DRAW >= ANSWER_WITHIN


def test_what_this_shop_does_not_do_is_not_there() -> None:
    assert {"entries", "arrivals", "tastes"} <= {*kept()}
    plain = kept(msgspec.structs.replace(COMPETES, competition=None, wordings=()), Playbook(()), Products())
    assert not {"entries", "arrivals", "reach", "dates", "tastes"} & {*plain}


def test_every_ground_is_one_that_the_law_knows() -> None:
    grounds = (keeping.CONTRACT, keeping.CONSENT, keeping.INTEREST, keeping.DUTY)
    assert all(one.basis.startswith(grounds) for one in kept().values())


def test_a_gifts_recipient_is_never_said_to_have_agreed() -> None:
    assert keeping.CONSENT not in kept()["recipients"].basis


def test_each_stands_once_and_within_its_group() -> None:
    found = what_we_keep(COMPETES, shipped_playbook(), SHELF)
    groups = [one.group for one in found]
    assert len({one.id for one in found}) == len(found)
    assert groups == sorted(groups, key=["given", "orders", "ours"].index)


def test_the_words_are_the_newest_of_the_shops_own() -> None:
    texts = [one.text for one in wordings(COMPETES)]
    newest = msgspec.structs.replace(COMPETES.wordings[0], version=9, text="Newer words.")
    changed = msgspec.structs.replace(COMPETES, wordings=(*COMPETES.wordings, newest))
    assert [one.text for one in wordings(changed)] == ["Newer words.", *texts[1:]]


@pytest.mark.parametrize(("kind", "named"), [("shopify", "Shopify"), ("standard", "the system behind our shop")])
def test_the_checkout_is_called_by_its_name_where_it_has_one(kind: str, named: str) -> None:
    shop = msgspec.structs.replace(COMPETES, storefront=Storefront(kind, "https://x.example"))  # type: ignore[arg-type]
    assert keeping.storefront_called(shop) == named


def test_it_speaks_of_no_trade() -> None:
    said = " ".join(f"{one.name} {one.what} {one.why}" for one in kept().values()).lower()
    assert not [word for word in ("jewel", "ring ", "locket", "bench", "falmouth") if word in said]
