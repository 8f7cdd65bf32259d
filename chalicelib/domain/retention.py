"""When what is forgotten: PRODUCT.md's table, in one place. TTLs are written by these numbers, and `usecases.retention` does each night what
a TTL cannot: what ends with something else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from chalicelib.domain.fact import NEVER, Fact
from chalicelib.domain.follow_up import OPEN, FollowUp
from chalicelib.domain.history import History
from chalicelib.domain.inquiry import Inquiry
from chalicelib.domain.order import Order
from chalicelib.domain.playbook import BUYER, GIVER
from chalicelib.domain.standing import SERVICE

RAW_WEBHOOK = timedelta(days=30)
REQUEST = timedelta(days=90)
"""What the law lets people ask for, and what was gathered for them."""

MAIL_DAYS, RECIPIENTS_MAIL_DAYS = 90, 30
"""A sent mail's body, where the mailer keeps any."""

RECIPIENT_AFTER_NOTE = timedelta(days=30)
"""A gift's recipient, after the note is due (decision 0003), or after the arrival where none is."""

RECIPIENT_AFTER_ARRIVAL = timedelta(days=60)
"""At most."""

RECIPIENT_UNDELIVERED = timedelta(days=120)
"""After the order, while nothing arrived."""

AFTER_LAST_ORDER = timedelta(days=25 * 365 // 12 + 1)
"""25 months: orders, and the contact who placed them."""

AFTER_REASON = timedelta(days=90)
"""A contact, after whatever else last gave reason to keep them: their voucher ended, a consent ended, or they were confirmed."""

AFTER_ANSWER = AFTER_REASON
"""A question with the name and address of somebody who is known by nothing else, after it was closed."""

FINISHED = AFTER_LAST_ORDER
"""What is only ids, times and a few words: follow-ups after their end, inquiries and by-hand tasks after they were closed."""

UNUSED_FACT = timedelta(days=7)
"""A fact whose purpose has no consent, as long as an unconfirmed claim."""

LEDGER = timedelta(days=6 * 366)
"""Consents and vouchers: proof of what was agreed and given."""

ENTRY_AFTER_DRAW = timedelta(days=30)
"""A competition's entry; one that won in another's place, after that. So long a winner's surname and county are told to whoever asks."""

ENTRY_UNDRAWN = timedelta(days=120)
"""An entry, after its round closed and while nobody has drawn."""

NET = timedelta(days=7)
"""What is forgotten by night has a TTL as a net below it, that much later, lest it takes what a newer reason keeps."""

AHEAD = timedelta(days=30)
"""That long before such a TTL strikes, the night looks whether it must be put off."""


def recipient_kept_until(
    placed_at: datetime, arrived_at: datetime | None, note_due: datetime | None, off_at: datetime | None
) -> datetime:
    """The day of a gift's recipient: 30 days after the note is due, or after arrival where none is.

    Never more than 60 days after arrival. While nothing arrived, 120 days after the order; in any case 30 days after the order was off.
    """
    last = note_due or arrived_at
    usual = last + RECIPIENT_AFTER_NOTE if last else placed_at + RECIPIENT_UNDELIVERED
    if arrived_at:
        usual = min(usual, arrived_at + RECIPIENT_AFTER_ARRIVAL)
    return min(usual, off_at + RECIPIENT_AFTER_NOTE) if off_at else usual


def entry_kept_until(drawn_at: datetime, won_at: datetime | None = None) -> datetime:
    """The day of an entry that was in a draw. `won_at`: of one that won in another's place, who has to be there until they answer, and is told of as long
    as any winner.
    """
    return (won_at or drawn_at) + ENTRY_AFTER_DRAW


class Ended(Struct, frozen=True):
    """A consent for the purpose ended: withdrawn, or by a stop."""

    purpose: str
    at: datetime


class Forgotten(Struct, frozen=True):
    """What is forgotten now of one person: orders by key; follow-ups, inquiries and tasks by id."""

    contact: bool = False
    orders: tuple[str, ...] = ()
    follow_ups: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    inquiries: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()


def kept_until(history: History, ended: Sequence[Ended]) -> datetime | None:
    """The day of a person's contact and orders: 25 months after their last order, or 90 days after their voucher ended, a consent of theirs
    ended or they were confirmed, whichever is latest. None with a consent in force, for as long as that is, and where nothing is to be
    reckoned from.
    """
    if history.standing.consents:
        return None
    reasons = [voucher.ends_at for voucher in history.vouchers] + [one.at for one in ended]
    reasons += [history.contact.confirmed_at] if history.contact is not None else []
    days = [at + AFTER_REASON for at in reasons]
    days += [order.view.placed_at + AFTER_LAST_ORDER for order in history.orders if order.view is not None]
    return max(days, default=None)


def order_kept_until(order: Order) -> datetime | None:
    """The day of an order that is nobody's we know; None for one of which nobody is told (it has its own TTL)."""
    return order.view.placed_at + AFTER_LAST_ORDER if order.view is not None else None


def forgotten(history: History, ended: Sequence[Ended], now: datetime, *, others: Iterable[str] = ()) -> Forgotten:
    """What of this person is past its day. `history.orders`: their own; `others`: keys of other orders that are there, whose follow-ups they have.

    Vouchers, the ledger and the standing are not among it: those have their own TTL, or none.
    """
    until = kept_until(history, ended)
    over = until is not None and until <= now
    orders = tuple(sorted(order.key for order in history.orders if over and order.view is not None))
    there = {order.key for order in history.orders}.union(others).difference(orders)
    return Forgotten(
        contact=over and history.contact is not None,
        orders=orders,
        follow_ups=tuple(one.id for one in history.follow_ups if follow_up_is_over(one, now) and not _needed(one, there)),
        facts=tuple(fact for fact in history.facts if over or fact_is_over(fact, history.standing.consents, ended, now)),
        inquiries=tuple(
            one.id for one in history.inquiries if _closed_is_over(one.closed_at, now, over=over or _was_all(one, history, now))
        ),
        tasks=tuple(one.id for one in history.tasks if _closed_is_over(one.done_at, now, over=over)),
    )


def follow_up_is_over(one: FollowUp, now: datetime) -> bool:
    """Whether it ended 25 months ago; the latest time that it knows of counts."""
    times = (one.created_at, one.due_at, one.look_at, one.authorised_at, one.sent_at)
    return one.state not in OPEN and max(at for at in times if at is not None) + FINISHED <= now


def _needed(one: FollowUp, orders: set[str]) -> bool:
    # an order finds its person, and the person their orders, by these
    return one.role in (BUYER, GIVER) and one.anchor in orders


def fact_is_over(fact: Fact, consents: Mapping[str, str], ended: Sequence[Ended], now: datetime) -> bool:
    """Whether the purpose that it was given for is over: at once when that consent ended since, after a week where it never came.

    What is never to be written about is not forgotten by this: it is a no, and a no needs no consent. Nor is what serves their own orders.
    """
    if not fact_is_idle(fact, consents):
        return False
    return fact.at + UNUSED_FACT <= now or any(one.purpose == fact.purpose and one.at >= fact.at for one in ended)


def fact_is_idle(fact: Fact, consents: Mapping[str, str]) -> bool:
    """Whether it may be used for nothing: there is no consent to the purpose that it was given for."""
    return fact.kind != NEVER and fact.purpose not in ("", SERVICE) and fact.purpose not in purposes_of(consents)


def purposes_of(consents: Iterable[str]) -> set[str]:
    """Of consents in force, as purpose/channel."""
    return {name.partition("/")[0] for name in consents}


def _was_all(one: Inquiry, history: History, now: datetime) -> bool:
    """Whether a question of theirs is all that we know them by, and was closed long enough ago."""
    known = history.contact is not None or history.orders or history.vouchers
    return bool(one.address) and not known and one.closed_at is not None and one.closed_at + AFTER_ANSWER <= now


def _closed_is_over(closed_at: datetime | None, now: datetime, *, over: bool) -> bool:
    return closed_at is not None and (over or closed_at + FINISHED <= now)
