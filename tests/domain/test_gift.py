from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.gift import ASK, GIFT, NOT, Gift, GiftTable, Judgement, Label, Signs, judge, recipient_key
from chalicelib.domain.identity import tidy
from chalicelib.domain.retention import recipient_kept_until
from tests.support.properties import hostile_text, quick
from tests.support.world import NOON

TABLE = GiftTable()
LABEL = Label("Ruth Okafor", "GB", ("9 Quay Hill", "Falmouth"))
OWN = Label("Isobel Trant", "GB", ("4 Fore Street", "Truro"))


def found(*said: tuple[str, str], table: GiftTable = TABLE, titles: tuple[str, ...] = ("Studs",), **signs: Any) -> Judgement:
    return judge(Signs(said=said, **signs), "Isobel Trant", titles, table)


def verdict(*said: tuple[str, str], **more: Any) -> str:
    return found(*said, **more).verdict


@pytest.mark.parametrize(
    "name", ["Gift", "gift", "GIFT?", "is_gift", "Is gift", "this-is-a-gift", "This is a gift", "Is this a gift?", "giftOrder"]
)
@pytest.mark.parametrize("value", ["Yes", "true", "1", "on", "✓", "Happy birthday!"])
def test_a_flag_makes_a_gift(name: str, value: str) -> None:
    assert found((name, value)) == Judgement(GIFT, ("said",), Gift())


@pytest.mark.parametrize(
    "value",
    [
        "",
        " ",
        "No",
        "no.",
        "NO",
        "n",
        "No, thank you",
        "false",
        "0",
        "off",
        "None",
        "null",
        "undefined",
        "n/a",
        "-",
        "No;",
        "No\u2014thanks",
        "(no)",
        '"no"',
        "Unchecked",
        "[ ]",
        "never",
        "f",
        "keine",
        "Nee",
        "Nej",
        "N\u00e3o",
        "no_gift",
    ],
)
def test_no_is_no(value: str) -> None:
    assert verdict(("Gift", value)) == NOT
    assert verdict(("Gift", value), ("Gift message", "For you")) == NOT
    assert verdict(("Gift", value), parcel=LABEL) == NOT


@pytest.mark.parametrize("pairs", [("Gift", "Recipient name"), ("Recipient name", "Gift")])
def test_no_outweighs_names_left_in_the_form(pairs: tuple[str, str]) -> None:
    said = {"Gift": "No", "Recipient name": "Ruth Okafor"}
    assert verdict(*((name, said[name]) for name in pairs)) == NOT


def test_one_line_may_be_the_gift() -> None:
    assert verdict(("Gift", "No"), ("Gift", "Yes")) == GIFT


@pytest.mark.parametrize(
    "name", ["Recipient name", "recipient_name", "Gift recipient", "giftRecipientName", "RECIPIENT", "Gift to:"]
)
def test_a_named_recipient_makes_a_gift(name: str) -> None:
    assert found((name, " Ruth\nOkafor ")) == Judgement(GIFT, ("named",), Gift(recipient="Ruth Okafor"))


@pytest.mark.parametrize("name", ["Recipient email", "recipient-e-mail", "Gift recipient E-mail", "gift_email"])
def test_a_recipients_address_makes_a_gift(name: str) -> None:
    expected = Gift(address="Ruth.Okafor@gmail.com", dedupe_key="ruthokafor@gmail.com")
    assert found((name, "Ruth.Okafor@gmail.com")) == Judgement(GIFT, ("named",), expected)


@pytest.mark.parametrize(
    "pairs",
    [
        [],
        [("Gift card", "Yes")],
        [("Gift receipt", "Yes")],
        [("Gift wrap", "No")],
        [("Gift message", "")],
        [("Occasion", "Birthday")],
        [("Note", "This is a gift")],
        [("Message", "Happy birthday")],
        [("Recipient email", "not an address")],
        [("Recipient name", "no")],
        [("", "")],
    ],
)
def test_nothing_is_guessed(pairs: list[tuple[str, str]]) -> None:
    assert found(*pairs) == Judgement(NOT, (), Gift())


def test_the_givers_message_is_kept() -> None:
    expected = Judgement(GIFT, ("message", "said"), Gift(message="Happy birthday"))
    assert found(("gift", "yes"), ("Gift note", "Happy\r\nbirthday")) == expected


@pytest.mark.parametrize("said", [("Gift wrap", "Yes"), ("gift_wrapping", "Paper with stars")])
def test_wrapping_is_asked_about(said: tuple[str, str]) -> None:
    assert found(said).signs == ("wrap",)
    assert verdict(said) == ASK


def test_wrapping_may_be_a_line_of_its_own() -> None:
    assert found(titles=("Studs", "Gift-wrap, ribbon")) == Judgement(ASK, ("wrap",), Gift())
    assert verdict(titles=("Geschenkverpackung",)) == NOT
    assert verdict(titles=("Geschenkverpackung",), table=GiftTable(wrap_words=("Geschenkverpackung",))) == ASK


@pytest.mark.parametrize("title", ["Studs, No gift box", "Studs, Without gift wrapping", "Gift wrap: none", "Ohne gift wrap"])
def test_what_comes_without_wrapping_is_not_wrapped(title: str) -> None:
    assert found(titles=(title,)) == Judgement(NOT, (), Gift())


@pytest.mark.parametrize(
    "pairs",
    [
        (("Recipient email", "ruth@example.com"), ("Recipient name", "Ruth"), ("Message", "With love")),
        (("wc_gift_card_to", "ruth@example.com"), ("wc_gift_card_message", "With love")),
    ],
)
def test_a_gift_card_sent_to_somebody_is_a_gift(pairs: tuple[tuple[str, str], ...]) -> None:
    sent = found(card=pairs)
    assert (sent.verdict, sent.signs) == (GIFT, ("card", "message"))
    assert sent.gift is not None
    assert (sent.gift.address, sent.gift.message) == ("ruth@example.com", "With love")


def test_another_name_on_the_parcel_is_asked_about() -> None:
    expected = Gift(recipient="Ruth Okafor", country="GB", postal=("9 Quay Hill", "Falmouth"))
    assert found(parcel=LABEL) == Judgement(ASK, ("other-name",), expected)


@pytest.mark.parametrize("name", ["isobel trant", "I. Trant", "Trant", "Isobel", "Ms Isobel Trant", "Isobel M. Trant", "", " . "])
def test_one_person_writes_their_name_in_many_ways(name: str) -> None:
    assert verdict(parcel=Label(name, "GB", ("4 Fore Street",))) == NOT


@pytest.mark.parametrize("name", ["Tom Trant", "Ruth Okafor", "Isobel Okafor-Smith"])
def test_others_are_others(name: str) -> None:
    assert verdict(parcel=Label(name)) == ASK


def test_another_place_alone_says_nothing() -> None:
    elsewhere = found(parcel=msgspec.structs.replace(LABEL, name="Isobel Trant"), bill=OWN)
    assert (elsewhere.verdict, elsewhere.signs) == (NOT, ("other-place",))


@pytest.mark.parametrize("means", [GIFT, ASK, NOT])
@pytest.mark.parametrize("sign", ["said", "named", "message", "card", "wrap", "other_name", "other_place"])
def test_the_shop_says_what_each_sign_means(sign: str, means: str) -> None:
    quiet: Any = dict.fromkeys(("said", "named", "message", "card", "wrap", "other_name", "other_place"), "nothing")
    table = GiftTable(**{**quiet, sign: "nothing" if means == NOT else means})
    everything = found(
        ("Gift", "yes"), ("Recipient name", "Ruth"), ("Gift message", "Love"), ("Gift wrap", "yes"),
        card=(("Recipient name", "Ruth"),), parcel=LABEL, bill=OWN, table=table,
    )  # fmt: skip
    assert everything.verdict == means
    assert len(everything.signs) == 7


def test_the_shops_own_fields_are_read() -> None:
    table = GiftTable(
        flag_fields=("Als Geschenk?",),
        name_fields=("Für wen",),
        email_fields=("E-Mail des Beschenkten",),
        message_fields=("Gruß",),
    )
    said = (("als-geschenk", "Ja"), ("FÜR WEN", "Ruth"), ("e-mail des beschenkten", "ruth@example.com"), ("Gruß", "Alles Gute"))
    assert found(*said, table=table).gift == Gift("Ruth", "ruth@example.com", "ruth@example.com", message="Alles Gute")


_pairs = st.lists(
    st.tuples(
        st.one_of(hostile_text, st.sampled_from(["gift", "recipient", "gift email", "gift note", "message", "gift wrap"])),
        st.one_of(hostile_text, st.sampled_from(["no", "yes", "ruth@example.com"])),
    )
)


@quick
@given(_pairs, _pairs, hostile_text, st.lists(hostile_text))
def test_hostile_signs_leave_storable_gifts(
    said: list[tuple[str, str]], card: list[tuple[str, str]], name: str, titles: list[str]
) -> None:
    seen = judge(Signs(said=tuple(said), card=tuple(card), parcel=Label(tidy(name))), tidy(name), titles, TABLE)
    assert msgspec.json.decode(msgspec.json.encode(seen), type=Judgement) == seen


@quick
@given(_pairs)
def test_a_plain_no_is_never_a_gift(said: list[tuple[str, str]]) -> None:
    plain = [pair for pair in said if pair[0] != "gift"]
    assert verdict(*plain, ("gift", "no")) == NOT


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

    assert recipient_kept_until(NOON, day(arrived), day(note), day(off)) == day(kept_days)
