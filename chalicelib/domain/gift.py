"""Gifts: who gave, who receives, and the little that may be done with it (PRODUCT.md, manner 3)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from msgspec import Struct

from chalicelib.domain.identity import Address, address_or_none, tidy

KEPT_AFTER_NOTE = timedelta(days=30)
KEPT_UNDELIVERED = timedelta(days=120)
LONGEST_AFTER_ARRIVAL = timedelta(days=60)

_FLAG = ("gift", "isgift", "thisisagift", "isthisagift", "giftorder")
_NAME = ("recipientname", "giftrecipient", "giftrecipientname", "recipient", "giftto")
_EMAIL = ("recipientemail", "giftrecipientemail", "recipientaddress", "giftemail")
_MESSAGE = ("giftmessage", "giftnote")
_NO = ("", "no", "n", "nope", "nein", "non", "not", "false", "0", "off", "none", "null", "undefined", "na", "n/a")


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


def _plain(name: str) -> str:
    return "".join(char for char in name.lower() if char.isalnum())


def _is_no(text: str) -> bool:
    """Whether it declines: "No", "no.", "No, thank you", or nothing at all."""
    first = text.lower().replace(",", " ").split()[:1]
    return not first or first[0].strip(".!-") in _NO


def explicit_gift(pairs: Iterable[tuple[str, str]]) -> Gift | None:
    """The gift that an order states in so many words, or None. `pairs`: note attributes and line properties, as (name, value).

    Only what was said counts: a gift flag that is not "no", or a named recipient where no flag says "no" (forms keep the names
    that were typed before the box was unticked). Nothing is guessed.
    """
    said, declined = False, False
    recipient, message = "", ""
    address: Address | None = None
    for name, value in pairs:
        key, text = _plain(name), value.strip()
        if key in _FLAG:
            no = _is_no(text)
            said, declined = said or not no, declined or no
        elif key in _NAME and text.lower() not in _NO:
            recipient = recipient or tidy(text)
        elif key in _EMAIL:
            address = address or address_or_none(text)
        elif key in _MESSAGE:
            message = message or tidy(text, 500)
    if not (said or ((recipient or address) and not declined)):
        return None
    return Gift(
        recipient=recipient,
        address=address.normalised if address else "",
        dedupe_key=address.key if address else "",
        message=message,
    )


def recipient_key(gift: Gift) -> str:
    """What makes two gifts go to one person: the address, else name and postal address. "" when neither is known."""
    if gift.dedupe_key:
        return gift.dedupe_key
    return f"post:{'|'.join(_plain(part) for part in (gift.recipient, *gift.postal))}" if gift.postal else ""


def delete_at(placed_at: datetime, arrived_at: datetime | None, note_due: datetime | None, off_at: datetime | None) -> datetime:
    """When the recipient's data are deleted: 30 days after the note is due, or after arrival where none is.

    Never more than 60 days after arrival. While nothing arrived, 120 days after the order; in any case 30 days after the order was off.
    """
    last = note_due or arrived_at
    usual = last + KEPT_AFTER_NOTE if last else placed_at + KEPT_UNDELIVERED
    if arrived_at:
        usual = min(usual, arrived_at + LONGEST_AFTER_ARRIVAL)
    return min(usual, off_at + KEPT_AFTER_NOTE) if off_at else usual
