"""Gifts: who gave, who receives, and the little that may be done with it (PRODUCT.md, manner 3)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Literal

from msgspec import Struct

from chalicelib.domain.identity import Address, address_or_none, tidy

Verdict = Literal["not", "ask", "gift"]
NOT: Verdict = "not"
ASK: Verdict = "ask"
GIFT: Verdict = "gift"

SAID, NAMED, MESSAGE, CARD, WRAP, OTHER_NAME, OTHER_PLACE, DECLINED = (
    "said", "named", "message", "card", "wrap", "other-name", "other-place", "declined",
)  # fmt: skip
"""The signs by which a gift is known."""

_FLAG = (
    "gift", "isgift", "thisisagift", "isthisagift", "giftorder", "sendasgift", "sendasagift", "markasgift", "ordercontainsgift",
    "shopifysendgiftcardtorecipient",
)  # fmt: skip
_NAME = (
    "recipientname", "giftrecipient", "giftrecipientname", "recipient", "giftto", "giftfor", "wcgiftcardto", "pwgiftcardto",
    "pwgiftcardrecipientname", "ywgcrecipientname",
)  # fmt: skip
_EMAIL = (
    "recipientemail", "giftrecipientemail", "recipientaddress", "giftemail", "wcgiftcardtomultiple", "ywgcrecipientemail",
)  # fmt: skip
_MESSAGE = (
    "giftmessage",
    "giftnote",
    "giftcardmessage",
    "wcgiftcardmessage",
    "pwgiftcardmessage",
    "ywgcmessage",
    "wcgiftmessage",
)
_WRAP = ("giftwrap", "giftwrapping", "giftbox", "giftpackaging", "giftwrapped")
_CARD_MESSAGE = ("message",)
_NO = (
    "no", "n", "nope", "not", "never", "false", "f", "0", "off", "none", "null", "undefined", "na", "unchecked", "without",
    "nein", "kein", "keine", "ohne", "non", "sans", "sin", "nee", "geen", "nej", "ingen", "nao", "não", "senza",
)  # fmt: skip


Means = Literal["gift", "ask", "nothing"]


class GiftTable(Struct, frozen=True, forbid_unknown_fields=True):
    """What each sign means in this shop, and how its own forms name their fields (any case, spaces and dashes).

    said: a box or field that says so · named: the recipient's own name or address was given · message: words for the recipient · card: a
    gift card sent to somebody · wrap: gift wrapping was bought · other_name: the parcel goes to another name than the buyer's ·
    other_place: to another place than the bill. A field that says "no" outweighs all of them.
    """

    said: Means = "gift"
    named: Means = "gift"
    message: Means = "gift"
    card: Means = "gift"
    wrap: Means = "ask"
    other_name: Means = "ask"
    other_place: Means = "nothing"
    flag_fields: tuple[str, ...] = ()
    name_fields: tuple[str, ...] = ()
    email_fields: tuple[str, ...] = ()
    message_fields: tuple[str, ...] = ()
    wrap_words: tuple[str, ...] = ()


class Label(Struct, frozen=True):
    """Where a parcel or a bill goes. `country`: two letters, or "". `lines`: street, town and so on, without name and country."""

    name: str = ""
    country: str = ""
    lines: tuple[str, ...] = ()


class Signs(Struct, frozen=True):
    """What an event says that may make its order a gift, as it was said; nothing of it is kept but by a judgement.

    `said`: note attributes, line properties and plugins' fields, as (name, value). `card`: those of gift-card lines.
    """

    said: tuple[tuple[str, str], ...] = ()
    card: tuple[tuple[str, str], ...] = ()
    parcel: Label = Label()
    bill: Label = Label()


class Gift(Struct, frozen=True, omit_defaults=True):
    """The recipient's side of an order. Kept apart from the order, so that it can be deleted on its day.

    `address`: given by the giver for this gift, or "". `country`: where it goes, two letters, or "".
    `message`: the giver's to the recipient; `thanks`: the recipient's to the giver, once written. `postal`: the lines of the parcel's label, for a note by hand.
    """

    recipient: str = ""
    address: str = ""
    dedupe_key: str = ""
    country: str = ""
    postal: tuple[str, ...] = ()
    message: str = ""
    thanks: str = ""
    person: str = ""
    """The recipient's id, and then nothing else: somebody to whom no note can go any more."""


class Judgement(Struct, frozen=True):
    """Whether an order is a gift, by which signs, and the recipient's side of it as far as it is known."""

    verdict: Verdict = NOT
    signs: tuple[str, ...] = ()
    gift: Gift | None = None


def _plain(name: str) -> str:
    return "".join(char for char in name.lower() if char.isalnum())


def _is_no(text: str) -> bool:
    """Whether it declines: "No", "(no)", "No, thank you", or nothing at all. A mark such as ✓ is no word, but says yes."""
    said = _words(text)
    return said[0] in _NO if said else not any(unicodedata.category(char).startswith("S") for char in text)


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower().replace("_", " "))


def _is_wrapping(title: str, wrap: Iterable[str]) -> bool:
    """Whether a line is gift wrapping, and not one that is to come without."""
    return any(word in _plain(title) for word in wrap if word) and not set(_words(title)) & set(_NO)


class _Fields(Struct):
    """What the fields of an order's forms come to."""

    signs: set[str]
    recipient: str = ""
    message: str = ""
    address: Address | None = None


def judge(signs: Signs, buyer: str, titles: Iterable[str], table: GiftTable) -> Judgement:
    """Nothing is presumed: only signs count, each for what the shop lets it mean. `buyer`: their name; `titles`: of the order's lines."""
    found = _read(signs, table)
    wrap = (*_WRAP, *map(_plain, table.wrap_words))
    if any(_is_wrapping(title, wrap) for title in titles):
        found.signs.add(WRAP)
    if signs.parcel.name and not same_name(signs.parcel.name, buyer):
        found.signs.add(OTHER_NAME)
    if signs.bill.lines and signs.parcel.lines and _plain("".join(signs.bill.lines)) != _plain("".join(signs.parcel.lines)):
        found.signs.add(OTHER_PLACE)
    return Judgement(
        _verdict(found.signs, table),
        tuple(sorted(found.signs)),
        Gift(
            recipient=found.recipient or (signs.parcel.name if OTHER_NAME in found.signs else ""),
            address=found.address.normalised if found.address else "",
            dedupe_key=found.address.key if found.address else "",
            country=signs.parcel.country,
            postal=signs.parcel.lines,
            message=found.message,
        ),
    )


def _verdict(signs: set[str], table: GiftTable) -> Verdict:
    if DECLINED in signs and SAID not in signs:
        return NOT
    meanings = {getattr(table, sign.replace("-", "_")) for sign in signs - {DECLINED}}
    return GIFT if GIFT in meanings else ASK if ASK in meanings else NOT


def says_gift(pairs: Iterable[tuple[str, str]]) -> bool:
    """Whether one line's own fields say that it is a gift."""
    return any(_plain(name) in _FLAG and not _is_no(value) for name, value in pairs)


def _read(signs: Signs, table: GiftTable) -> _Fields:
    flags, names, emails, messages, wraps = (
        (*ours, *map(_plain, theirs))
        for ours, theirs in (
            (_FLAG, table.flag_fields), (_NAME, table.name_fields), (_EMAIL, table.email_fields),
            (_MESSAGE, table.message_fields), (_WRAP, table.wrap_words),
        )
    )  # fmt: skip
    found = _Fields(set())
    for on_card, name, value in [*((False, *pair) for pair in signs.said), *((True, *pair) for pair in signs.card)]:
        key, text = _plain(name), value.strip()
        if key in flags:
            # forms keep what was typed before the box was unticked, so a plain "no" outweighs names and messages
            found.signs.add(DECLINED if _is_no(text) else SAID)
        elif _is_no(text):
            continue
        elif key in names or key in emails:
            address = address_or_none(text)
            found.address = found.address or address
            found.recipient = found.recipient or ("" if address else tidy(text) if key in names else "")
            if address or key in names:
                found.signs.add(CARD if on_card else NAMED)
        elif key in messages or (on_card and key in _CARD_MESSAGE):
            found.signs.add(MESSAGE)
            found.message = found.message or tidy(text, 500)
        elif key in wraps:
            found.signs.add(WRAP)
    return found


def same_name(one: str, other: str) -> bool:
    """Whether two names may well be one person's: one holds the other, or surname and initial agree. An empty one may be anybody's."""
    first, second = ([_plain(part) for part in name.split() if _plain(part)] for name in (one, other))
    if not first or not second or set(first) <= set(second) or set(second) <= set(first):
        return True
    return first[-1] == second[-1] and first[0][0] == second[0][0]


def recipient_key(gift: Gift) -> str:
    """What makes two gifts go to one person: the address, else name and postal address. "" when neither is known."""
    if gift.dedupe_key:
        return gift.dedupe_key
    return f"post:{'|'.join(_plain(part) for part in (gift.recipient, *gift.postal))}" if gift.postal else ""
