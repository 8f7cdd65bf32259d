"""What a person is told that still comes, and what the site says of all that is sent: both follow the owner's own files."""

from __future__ import annotations

from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.calendar import stamp
from chalicelib.domain.consent import consent_of
from chalicelib.domain.playbook import Playbook, Rule, Trigger
from chalicelib.domain.products import Product, Products
from chalicelib.domain.promises import _BY_TRIGGER, message, still_comes
from chalicelib.domain.shop import Shop, Storefront
from chalicelib.domain.standing import Standing
from chalicelib.domain.what_we_send import listed, manners, what_we_send
from tests.support.histories import DAY, SHELF
from tests.support.known import EVERYTHING
from tests.support.properties import thorough
from tests.support.world import NOON, demo_shop, shipped_playbook

SHOP = demo_shop()
ALL = dict.fromkeys(EVERYTHING, stamp(NOON))
ORDERS = "Receipts and news of your orders, whenever you order."


def told(shop: Shop = SHOP, playbook: Playbook | None = None, country: str = "", **standing: Any) -> tuple[str, ...]:
    return still_comes(Standing("isobel", **standing), shop, playbook or shipped_playbook(), NOON, country)


def changed(name: str, **changes: Any) -> Playbook:
    """The shipped playbook with one rule changed."""
    rules = shipped_playbook().rules
    return Playbook(tuple(msgspec.structs.replace(rule, **changes) if rule.name == name else rule for rule in rules))


def begins(sentences: tuple[str, ...], with_: str) -> bool:
    return any(sentence.startswith(with_) for sentence in sentences)


# --- what still comes ---


def test_who_agreed_to_nothing_hears_of_orders_and_is_thanked() -> None:
    assert told() == (
        ORDERS,
        "A thank-you, 3 days after an order arrived; once for each order.",
        "The question whether all is as you hoped, 14 days after an order arrived, if you bought it for yourself; once a year at most.",
        "Nothing else: you have agreed to nothing more.",
    )


@pytest.mark.parametrize("country", ["DE", "FR"])
def test_where_courtesy_needs_a_consent_none_is_promised_without(country: str) -> None:
    assert told(country=country) == (ORDERS, "Nothing else: you have agreed to nothing more.")
    assert begins(told(country=country, consents={"newsletter/e-mail": stamp(NOON)}), "A thank-you")
    assert not begins(told(country=country, consents={"care/e-mail": stamp(NOON)}), "A thank-you")


@pytest.mark.parametrize(
    ("standing", "expected"),
    [
        ({"never_at": stamp(NOON), "stopped_at": stamp(NOON)}, ("Nothing at all.",)),
        (
            {"stopped_at": stamp(NOON)},
            ("Nothing but receipts and news of your orders whenever you order, and answers to what you ask us.",),
        ),
        (
            {"unreachable_at": stamp(NOON), "unreachable_why": "complained"},
            ("Nothing by e-mail, because our mail to you was marked as unwanted.",),
        ),
        (
            {"unreachable_at": stamp(NOON), "unreachable_why": "bounced", "stopped_at": stamp(NOON), "consents": ALL},
            ("Nothing by e-mail until you confirm your address anew, because our mail to it came back.",),
        ),
    ],
    ids=["never", "stop", "unwanted", "came back"],
)
def test_what_is_closed_is_told_first(standing: dict[str, Any], expected: tuple[str, ...]) -> None:
    assert told(**standing) == expected


def test_whom_mail_does_not_reach_may_still_get_the_letter_that_they_agreed_to() -> None:
    said = told(unreachable_at=stamp(NOON), unreachable_why="bounced", consents=ALL)
    assert [sentence.partition(",")[0] for sentence in said[1:-1]] == ["A call", "A letter"]


@pytest.mark.parametrize(
    ("pace", "last"),
    [
        ("", "Never more than 2 of these in 30 days."),
        ("monthly", "Of what you agreed to at most one message a month, because you chose so."),
        ("quarterly", "Of what you agreed to at most one message in three months, because you chose so."),
    ],
)
def test_their_pace_is_told(pace: str, last: str) -> None:
    said = told(pace=pace, consents={"care/e-mail": stamp(NOON)})
    assert said[-2:] == (
        "A care reminder, when something that you bought is due for care or has had its time; once for each thing.",
        last,
    )


def test_who_wants_orders_only_is_promised_no_more_than_thanks() -> None:
    assert told(pace="orders", consents=ALL)[1:] == (
        *told()[1:-1],
        "Nothing else, because you asked to hear of your orders only. What you agreed to rests until you choose otherwise.",
    )


def test_a_pause_is_told_with_its_day_in_the_shops_zone() -> None:
    said = told(paused_until="2026-06-01T23:00:00Z", consents=ALL)
    assert said[1] == "Nothing else until 2 June 2026, because you asked us to pause. From then on again:"
    assert told(paused_until="2026-06-01T23:00:00Z", country="DE")[1:] == (
        "Nothing else until 2 June 2026, because you asked us to pause.",
        "Nothing else: you have agreed to nothing more.",
    )
    assert told(paused_until=stamp(NOON), consents=ALL) == told(consents=ALL)


def test_what_they_only_left_alone_is_not_called_their_yes() -> None:
    said = told(consents={"newsletter/e-mail": stamp(NOON)}, soft_at=stamp(NOON))
    assert begins(said, "Now and then something like what you bought, because you did not say no")
    assert not begins(said, "The newsletter")


def test_a_yes_to_what_the_owner_no_longer_sends_brings_nothing() -> None:
    said = told(playbook=changed("care", mode="off"), consents={"care/e-mail": stamp(NOON)})
    assert "Nothing for now about “care”, although you agreed to it." in said


@pytest.mark.parametrize(
    ("ours", "theirs", "first"),
    [
        (True, False, "Receipts and news of your orders"),
        (False, True, "Receipts and news of your orders"),
        (False, False, "Our answers about your orders"),
    ],
    ids=["ours", "the storefront's", "nobody's"],
)
def test_receipts_come_from_us_or_from_the_storefront_or_not_at_all(*, ours: bool, theirs: bool, first: str) -> None:
    shop = msgspec.structs.replace(SHOP, storefront=Storefront("standard", "x", sends_receipt=theirs, sends_dispatch=theirs))
    mode = "on" if ours else "off"
    rules = [
        msgspec.structs.replace(one, mode=mode) if one.message_class == "service" else one for one in shipped_playbook().rules
    ]
    assert told(shop, Playbook(tuple(rules)))[0].startswith(first)


# --- one rule's message ---


@pytest.mark.parametrize(
    ("name", "changes", "when"),
    [
        ("thank-you", {"after_days": 1}, "a day after an order arrived"),
        ("thank-you", {"after_days": 0}, "at once when an order arrived"),
        ("thank-you", {"audience": "first order"}, "3 days after an order arrived, if it is your first order"),
        ("voucher-runs-out", {"before_days": 3}, "3 days before it runs out, if you have not used it"),
        ("still-welcome", {"after_days": 500}, "when we have heard nothing from you for 500 days"),
    ],
)
def test_the_rules_own_days_are_told(name: str, changes: dict[str, Any], when: str) -> None:
    rule = changed(name, **changes).named(name)
    assert rule is not None
    assert message(rule, SHOP).when == when


@pytest.mark.parametrize(
    ("once", "often"), [("order", "once for each order"), ("person", "once, ever"), ("year", "once a year at most")]
)
def test_how_often_is_told(once: Any, often: str) -> None:
    assert message(Rule("mine", "arrival", "buyer", "courtesy", once=once), SHOP).often == often


def test_a_rule_of_the_owners_own_is_told_of_by_what_it_is_for() -> None:
    mine = Rule("mine", "arrival", "buyer", "marketing", purpose="workshop days", after_days=5)
    assert str(message(mine, SHOP)) == "A message about “workshop days”, 5 days after an order arrived; once for each order."
    assert str(message(Rule("mine", "order", "buyer", "service"), SHOP)).startswith(
        "A message about your order, at once when you order"
    )


def test_every_trigger_that_writes_to_somebody_has_its_words() -> None:
    assert {*get_args(Trigger)} - {*_BY_TRIGGER} == {"working day"}


# --- all that is sent ---


def sent(shop: Shop = SHOP, playbook: Playbook | None = None, products: Products = SHELF) -> list[str]:
    return [one.message.what for one in what_we_send(shop, playbook or shipped_playbook(), products)]


def test_every_rule_that_is_on_and_can_reach_somebody_is_there() -> None:
    rules = [rule for rule in shipped_playbook().rules if rule.mode != "off" and rule.to != "owner"]
    competition = [rule for rule in rules if rule.trigger in ("entry", "entered", "won", "drawn")]
    missing = len(competition) if SHOP.competition is None else 0
    own = [rule for rule in rules if rule.unless == "storefront sends receipt" and SHOP.storefront.sends_receipt]
    assert len(sent()) == len(rules) - missing - len(own) + 1  # and the newsletter itself


@given(st.sampled_from([rule.name for rule in shipped_playbook().rules if rule.to != "owner"]))
@thorough
def test_a_rule_that_is_switched_off_is_gone_and_nothing_else(name: str) -> None:
    with_, without = sent(playbook=changed(name, mode="on")), sent(playbook=changed(name, mode="off"))
    rule = shipped_playbook().named(name)
    assert rule is not None
    gone = list(with_)
    for one in without:
        gone.remove(one)
    assert gone in ([], [message(rule, SHOP).what])


def test_each_rests_on_what_it_may_rest_on() -> None:
    for one in what_we_send(SHOP, shipped_playbook(), SHELF):
        if one.group == "asked":
            purpose, channel = consent_of(one.purpose)
            assert one.wording in [each.text for each in SHOP.wordings if (each.purpose, each.channel) == (purpose, channel)]
        else:
            assert one.wording == ""


def test_what_nobody_can_agree_to_is_not_promised() -> None:
    silent = msgspec.structs.replace(SHOP, wordings=tuple(one for one in SHOP.wordings if one.purpose != "care"))
    assert "A care reminder" in sent()
    assert "A care reminder" not in sent(silent)


def test_care_is_told_with_each_products_life_and_not_at_all_where_nothing_wears() -> None:
    care = next(one for one in what_we_send(SHOP, shipped_playbook(), SHELF) if one.message.what == "A care reminder")
    assert care.more.startswith("Lambswool socks after 9 months and Rings after 24 months; or ")
    assert "A care reminder" not in sent(products=Products((Product("Lockets", "necklaces"),)))


@pytest.mark.parametrize(
    ("countries", "told_of"),
    [
        (("GB",), "live in the United Kingdom."),
        (("GB", "IE", "US"), "live in the United Kingdom, Ireland or the United States of America."),
        (("IE",), "live in no country."),
    ],
)
def test_where_courtesy_goes_is_told(countries: tuple[str, ...], told_of: str) -> None:
    shop = demo_shop(courtesy_countries=countries)
    courtesy = [one for one in what_we_send(shop, shipped_playbook(), SHELF) if one.group == "courtesy"]
    assert all(one.rests.endswith(told_of) for one in courtesy)


def test_each_manner_is_told_by_its_own_figure_and_one_that_is_off_is_not() -> None:
    words = {one.name: one.sentence for one in manners(demo_shop(cap=3, quiet_window_days=9), shipped_playbook())}
    assert words["Never many"].startswith("At most three messages in 30 days")
    assert words["Quiet after an order"].startswith("For 9 days")
    off = demo_shop(quiet_from=0, quiet_to=0, spacing_days=0, quiet_window_days=0, patience_mails=0)
    left = {one.name for one in manners(off, changed("still-welcome", mode="off"))}
    assert {*words} - left == {
        "Never at night",
        "One thing at a time",
        "Quiet after an order",
        "No answer is an answer",
        "A yes does not last for ever",
    }


@pytest.mark.parametrize(
    ("things", "expected"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_things_are_listed_as_people_list_them(things: list[str], expected: str) -> None:
    assert listed(things) == expected


# --- properties ---

stamps = st.sampled_from(["", stamp(NOON - 200 * DAY), stamp(NOON + 30 * DAY)])


@thorough
@given(
    st.sets(st.sampled_from([*EVERYTHING, "gone/e-mail"])),
    st.sampled_from(["", "monthly", "quarterly", "orders"]),
    stamps,
    st.sampled_from(["", stamp(NOON)]),
    st.sampled_from([(), ("bounced",), ("complained",)]),
    st.sampled_from(["", "GB", "DE"]),
)
def test_every_sentence_is_whole_and_nothing_that_sells_is_promised_where_none_may_go(
    consents: set[str], pace: str, until: str, stopped: str, closed: tuple[str, ...], country: str
) -> None:
    shut: dict[str, Any] = {"unreachable_at": stamp(NOON), "unreachable_why": closed[0]} if closed else {}
    in_force = {} if stopped else dict.fromkeys(consents, stamp(NOON))
    said = told(country=country, consents=in_force, pace=pace, paused_until=until, stopped_at=stopped, **shut)
    assert said
    assert all(sentence[0].isupper() and sentence[-1] in ".:" for sentence in said)
    assert len(said) == len({*said})
    sells = begins(said, "A care reminder") or begins(said, "A letter") or begins(said, "A reminder")
    assert not (sells and (stopped or pace == "orders" or not consents))
