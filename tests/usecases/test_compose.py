"""What a mail is told, in whose language, and what its links do: each rule's case becomes the mail that would go."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest

from chalicelib.domain.claim import Contact
from chalicelib.domain.fact import Fact
from chalicelib.domain.footers import leads_to_preferences
from chalicelib.domain.history import History
from chalicelib.domain.links import EXPECTATION, LAST_YEARS_GIFT, OCCASION, PREFERENCES, WELCOME, answer_of
from chalicelib.domain.money import Money
from chalicelib.domain.order import Buyer, Line, Order
from chalicelib.domain.products import Item, Product, Products
from chalicelib.domain.reason import Reason
from chalicelib.domain.screening import Case
from chalicelib.domain.standing import COURTESY, MARKETING, SERVICE, Standing
from chalicelib.domain.voucher import Voucher
from chalicelib.errors import Misconfigured, Unverified
from chalicelib.ports import STOP, Mail
from chalicelib.usecases.compose import compose
from chalicelib.usecases.take_order import take_order
from tests.factories import PERSON, case, follow_up, learnt, parcel, shopify_order, view
from tests.support.world import NOON, TestWorld

VOUCHER = Voucher(
    "7HQ2M-9KXTC", PERSON, "claim", "welcome", Money(1500, "GBP"), Money(6000, "GBP"), NOON, NOON + timedelta(days=90)
)
SOCKS = Product("Lambswool socks", "socks", skus=("SOCK-",), months=9, care="Wash them cold.")
RING = Item("tin-road", "Tin Road ring", "rings", "https://pellow-wren.example/tin-road", date(2026, 3, 1), words="A plain band.")


def buyer(locale: str) -> Buyer:
    return Buyer("Isobel Trant", "isobel.trant@example.com", "isobel.trant@example.com", "GB", locale=locale)


def known(**changes: Any) -> History:
    contact = Contact(
        PERSON, "Isobel Trant", "isobel.trant@example.com", "isobel.trant@example.com", "en-GB", NOON, "voucher form"
    )
    return History(**{"person": PERSON, "standing": Standing(PERSON), "contact": contact, **changes})


def time_brings(rule: str, trigger: str, role: str = "contact", anchor: str = "", why: Reason | None = None, **more: Any) -> Case:
    """A marketing case as a look at the person would plan it."""
    one = follow_up(
        rule=rule, role=role, message_class=MARKETING, anchor=anchor or "shopify:x:1041", extra=more.pop("extra", {}), why=why
    )
    return case(follow_up=one, trigger=trigger, **{"history": known(), **more})


def ordered(locale: str = "", rule: str = "receipt", trigger: str = "order", **seen: Any) -> Case:
    described = view(buyer=buyer(locale), **seen)
    return case(
        follow_up=follow_up(rule=rule, message_class=SERVICE),
        trigger=trigger,
        order=Order("shopify:x:1041", view=described, parcels=(parcel(),)),
        locale=locale,
    )


def mail_of(one: Case) -> Mail:
    with TestWorld() as world:
        return compose(world, one)


def plain(mail: Mail) -> str:
    return mail.text.replace("\N{NO-BREAK SPACE}", " ")


def token(mail: Mail, path: str) -> str:
    found = re.search(rf"/api/{path}\?t=(\S+)", mail.text)
    assert found is not None
    return found[1]


# --- in whose language ---


@pytest.mark.parametrize(
    ("locale", "shops", "said"),
    [
        ("de-DE", "en-GB", "Guten Tag Isobel Trant"),
        ("de", "en-GB", "Guten Tag Isobel Trant"),
        ("", "de-DE", "Guten Tag Isobel Trant"),
        ("en-US", "de-DE", "Dear Isobel"),
        ("fr-FR", "de-DE", "Guten Tag Isobel Trant"),
        ("fr-FR", "en-GB", "Dear Isobel"),
        ("", "fr-FR", "Dear Isobel"),
    ],
)
def test_a_receipt_speaks_the_buyers_language_else_the_shops(locale: str, shops: str, said: str) -> None:
    one = ordered(locale)
    with TestWorld(locale=shops) as world:
        mail = compose(world, _in_shop(one, locale=shops))
    assert mail.text.startswith(said)


def _in_shop(one: Case, **changes: Any) -> Case:
    import msgspec

    return msgspec.structs.replace(one, shop=msgspec.structs.replace(one.shop, **changes))


def test_a_german_receipt_writes_dates_and_money_as_germans_do() -> None:
    mail = mail_of(
        ordered(
            "de-DE", postage=350, tax=100, other=-200, total=Money(123456, "GBP"), charged=Money(140000, "EUR"), placed_at=NOON
        )
    )

    assert mail.subject == "Ihre Bestellung #1041: Beleg"
    assert "Bestellt am: 2. März 2026" in plain(mail)
    for said in (
        "Versand",
        "3,50 £",
        "Steuer",
        "1,00 £",
        "Rabatt",
        "-2,00 £",
        "Gesamt",
        "1.234,56 £",
        "Ihnen berechnet: 1.400,00 €",
    ):
        assert said in plain(mail), said
    assert "Postage" not in mail.text + mail.html
    assert '<html lang="de"' in mail.html
    assert "weil Sie bei uns bestellt haben" in plain(mail)


def test_an_english_receipt_stays_english() -> None:
    mail = mail_of(ordered("en-GB", postage=350, other=100))

    assert "Placed on: 2 March 2026" in mail.text
    assert "Postage" in mail.text
    assert "Other charges" in mail.text
    assert '<html lang="en-GB"' in mail.html


def test_what_is_not_written_in_german_comes_in_english_and_says_so() -> None:
    why = Reason("overdue", {"since": "2025-03-04T12:00:00Z"})
    mail = mail_of(time_brings("invitation", "next order overdue", why=why, locale="de-DE"))

    assert mail.text.startswith("Dear Isobel")
    assert '<html lang="en-GB"' in mail.html
    assert "Stop mail like this" in mail.text


def test_a_german_parcel_is_told_in_german() -> None:
    mail = mail_of(ordered("de-AT", rule="on-its-way", trigger="dispatch"))

    assert mail.subject == "Ihre Bestellung #1041 ist unterwegs"
    assert "auf dem Weg zu Ihnen, mit Royal Mail" in plain(mail).replace("\n", " ")


def test_a_german_voucher_says_until_when_in_german() -> None:
    one = case(
        follow_up=follow_up(
            rule="voucher", role="contact", message_class=SERVICE, anchor="welcome", extra={"code": VOUCHER.code}
        ),
        trigger="confirmed",
        voucher=VOUCHER,
        order=None,
        locale="de-AT",
    )
    mail = mail_of(one)

    assert plain(mail).startswith("Guten Tag Isobel Trant")
    assert mail.subject.replace("\N{NO-BREAK SPACE}", " ") == "Ihr Gutschein über 15 £"
    assert "Gültig bis 31. Mai 2026" in plain(mail)
    assert '<html lang="de"' in mail.html


# --- what stands in the footer ---


@pytest.mark.parametrize(("locale", "begins"), [("en-GB", "You get this because"), ("de-DE", "Sie bekommen diese Mail, weil")])
def test_the_footer_says_why_then_how_to_stop_then_where_all_else_is_set(locale: str, begins: str) -> None:
    mail = mail_of(case(locale=locale))
    for part in (mail.html[mail.html.index(begins) :], mail.text[mail.text.index(begins) :]):
        places = [
            part.index(said) for said in ("/api/stop?t=", "/api/preferences?t=", "12 Arwenack Row", "registered in England")
        ]
        assert places == sorted(places)


def test_a_receipt_names_the_preferences_in_plain_words_and_has_nothing_to_stop() -> None:
    english, german = mail_of(ordered()), mail_of(ordered("de-DE"))
    assert "Your preferences, and what we know of you:\nhttps://shop.example/api/preferences?t=" in english.text
    assert "Ihre Einstellungen, und was wir von Ihnen wissen:\nhttps://shop.example/api/preferences?t=" in german.text
    assert "/api/stop" not in english.text + english.html + german.text + german.html


def test_the_preferences_link_is_theirs_for_ninety_days() -> None:
    mail = mail_of(ordered())
    with TestWorld() as world:
        opened = world.links.open(token(mail, "preferences"), PREFERENCES, NOON + timedelta(days=90, seconds=-1))
        assert (opened.person, opened.scope) == (PERSON, "")
        with pytest.raises(Unverified, match="run out"):
            world.links.open(token(mail, "preferences"), PREFERENCES, NOON + timedelta(days=90))


@pytest.mark.parametrize("to", ["recipient", "claimant", "owner"])
def test_who_is_unconfirmed_or_no_customer_gets_no_way_to_preferences(to: str) -> None:
    assert not leads_to_preferences(to)


# --- what each is told ---


def test_the_expectation_asks_and_offers_nothing() -> None:
    mail = mail_of(case(follow_up=follow_up(rule="expectation"), trigger="arrival"))

    with TestWorld() as world:
        asked = [world.links.open(one, EXPECTATION, NOON) for one in re.findall(r"/api/expectation\?t=(\S+)", mail.text)]
    assert [answer_of(one.scope)[1] for one in asked] == ["yes", "no"]
    assert {answer_of(one.scope)[0] for one in asked} == {follow_up().id}
    assert mail.stream == COURTESY
    assert "https://pellow-wren.example" not in mail.text


def test_a_voucher_about_to_end_is_told_with_its_day() -> None:
    mail = mail_of(
        time_brings("voucher-runs-out", "voucher ends", anchor="welcome", voucher=VOUCHER, extra={"code": VOUCHER.code})
    )

    assert mail.subject == "Your £15 voucher is good until 31 May 2026"
    assert VOUCHER.code in mail.text


def test_care_says_what_and_since_when() -> None:
    mail = mail_of(
        time_brings(
            "care",
            "product life",
            "buyer",
            extra={"product": "Lambswool socks", "item": "Lambswool socks, M", "months": "9"},
            products=Products(products=(SOCKS,)),
        )
    )

    assert "You bought “Lambswool socks, M” from us on 2 March 2026. After about 9 months" in mail.text.replace("\n", " ")
    assert "Wash them cold." in mail.text


def test_care_does_without_advice_of_a_product_that_is_gone() -> None:
    mail = mail_of(time_brings("care", "product life", "buyer", extra={"product": "Gone", "item": "Socks", "months": "1"}))

    assert "To keep it well" not in mail.text
    assert "After about a month" in mail.text.replace("\n", " ")


def test_an_occasion_counts_the_days_and_can_be_ended() -> None:
    mail = mail_of(
        time_brings(
            "occasion", "occasion", anchor="anniversary", extra={"label": "anniversary", "date": "2026-03-16"}, order=None
        )
    )

    assert "your anniversary: it is on 16 March, in 14 days." in mail.text.replace("\n", " ")
    with TestWorld() as world:
        assert world.links.open(token(mail, "occasion"), OCCASION, NOON).scope == "anniversary"


def test_their_own_birthday_is_wished_well() -> None:
    mail = mail_of(time_brings("occasion", "occasion", extra={"label": "Birthday", "date": "2026-03-16"}, order=None))

    assert "may it be a good one" in mail.text.replace("\n", " ")


def test_last_years_gift_names_no_recipient_and_can_be_ended() -> None:
    given = Order("shopify:x:900", view=view(placed_at=NOON - timedelta(days=350), lines=(Line("Carrick locket", 1, 9600),)))
    mail = mail_of(
        time_brings(
            "last-years-gift",
            "last year's gift",
            anchor=given.key,
            extra={"date": "2026-03-17"},
            history=known(orders=(given,)),
            order=None,
        )
    )

    assert "Carrick locket" in mail.text
    assert "It will be a year on 17 March" in mail.text
    with TestWorld() as world:
        assert world.links.open(token(mail, "occasion"), OCCASION, NOON).scope == LAST_YEARS_GIFT


@pytest.mark.parametrize(
    ("facts", "extra", "because"),
    [
        ((Fact("likes", "rings", "yes", "stated", NOON, "page"),), {}, "because you told us that you like rings."),
        ((), {"size": "M"}, "because it is to be had in your size, M."),
        ((), {}, "because you have chosen rings with us before."),
    ],
)
def test_something_for_them_says_why_we_think_of_them(facts: tuple[Fact, ...], extra: dict[str, str], because: str) -> None:
    mail = mail_of(
        time_brings(
            "something-for-you",
            "item",
            anchor=RING.id,
            extra={"item": RING.id, "category": "rings", **extra},
            products=Products(items=(RING,)),
            history=known(facts=facts),
            order=None,
        )
    )

    assert mail.subject == "New with us: Tin Road ring"
    assert because in mail.text.replace("\n", " ")
    assert RING.url in mail.text


def test_who_only_let_it_stand_is_not_told_that_they_said_yes() -> None:
    why = Reason("overdue", {"since": "2025-03-04T12:00:00Z"})
    standing = {"consents": {"newsletter/e-mail": "2026-01-01T12:00:00Z"}, "soft_at": "2026-01-01T12:00:00Z"}
    text = " ".join(mail_of(time_brings("invitation", "next order overdue", why=why, standing=standing)).text.split())
    assert "did not say no, at the checkout" in text
    assert "said yes" not in text
    later = {**standing, "consents": {"newsletter/e-mail": "2026-02-01T12:00:00Z"}}
    assert "said yes" in " ".join(mail_of(time_brings("invitation", "next order overdue", why=why, standing=later)).text.split())


def test_an_invitation_says_how_long_it_has_been() -> None:
    why = Reason("overdue", {"since": "2025-03-04T12:00:00Z"})
    assert "your last order with us was on 4 March 2025" in mail_of(
        time_brings("invitation", "next order overdue", why=why)
    ).text.replace("\n", " ")


def test_still_welcome_has_a_yes_and_a_no() -> None:
    mail = mail_of(time_brings("still-welcome", "silence", anchor="silence", extra={"since": "2025-03-04T12:00:00Z"}, order=None))

    with TestWorld() as world:
        assert world.links.open(token(mail, "welcome"), WELCOME, NOON).person == PERSON
        assert world.links.open(token(mail, "stop"), STOP, NOON).person == PERSON


@pytest.mark.parametrize("message_class", [COURTESY, MARKETING])
def test_courtesy_and_marketing_can_be_stopped_in_one_click(message_class: str) -> None:
    mail = mail_of(
        case(
            follow_up=follow_up(
                rule="invitation" if message_class == MARKETING else "thank-you",
                message_class=message_class,
                why=Reason("overdue", {"since": "2025-03-04T12:00:00Z"}),
            ),
            trigger="next order overdue" if message_class == MARKETING else "arrival",
        )
    )

    assert dict(mail.headers)["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


@pytest.mark.parametrize(
    "one",
    [
        time_brings("voucher-runs-out", "voucher ends", order=None),
        time_brings("care", "product life", order=None, extra={"product": "x", "item": "x", "months": "9"}),
        time_brings("care", "product life", "buyer"),
        time_brings("occasion", "occasion"),
        time_brings("something-for-you", "item", extra={"item": "gone"}),
        time_brings("invitation", "next order overdue"),
        time_brings("still-welcome", "silence", extra={}),
        time_brings("call", "no response"),
    ],
    ids=lambda one: one.follow_up.rule,
)
def test_what_is_missing_is_told_and_nothing_goes(one: Case) -> None:
    with pytest.raises(Misconfigured):
        mail_of(one)


def test_every_rule_that_goes_by_mail_can_be_told() -> None:
    from chalicelib.usecases import telling

    with TestWorld() as world:
        by_mail = {rule.trigger for rule in world.playbook.rules if rule.channel == "e-mail"}
    assert by_mail <= {*telling._TELL}


def test_who_shops_in_german_is_written_to_in_german() -> None:
    with TestWorld() as world:
        take_order(world, learnt("orders/create", shopify_order(customer_locale="de-DE")))
        world.work()
        (receipt,) = world.mails()

    assert receipt.mail.subject == "Ihre Bestellung QW3X7R9TN: Beleg"
