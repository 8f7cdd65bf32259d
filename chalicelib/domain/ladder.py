"""The ladder: who does not respond by e-mail is not mailed more; perhaps a letter, then a call, then peace (PRODUCT.md, manner 10)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct

from chalicelib.domain.calendar import instant
from chalicelib.domain.consent import OFFERS, consent_key
from chalicelib.domain.delivery import BOUNCED
from chalicelib.domain.follow_up import EXPIRED, SENT, FollowUp
from chalicelib.domain.history import History
from chalicelib.domain.playbook import CALL, EMAIL, POST, Rule
from chalicelib.domain.purchases import placed_at, standing_orders
from chalicelib.domain.shop import Manners
from chalicelib.domain.standing import MARKETING
from chalicelib.domain.task import ANSWERED, Kind, Task

LADDER, SILENCE = "ladder", "silence"
"""What a letter or a call is about, and what "are we still welcome?" is."""


class Rung(Struct, frozen=True):
    """Where somebody stands. `since`: from when they were beyond e-mail; `silent_since`: their last response, the same for every rung of one
    silence; `begins`: from when they stand on this one. `acts`: whether it is still to be taken; else we wait for what comes of it. `unanswered`: marketing mails without any response. `why`: no-response, or
    unreachable where mail came back.
    """

    name: Literal["e-mail", "post", "call", "peace"]
    since: datetime
    begins: datetime
    silent_since: datetime
    acts: bool = False
    unanswered: int = 0
    why: Literal["", "no-response", "unreachable"] = ""


def responses(history: History) -> Iterator[datetime]:
    """What counts as one: an order, a reply, a redeemed voucher, a preference that they saved, a call that reached them. Never an open or a click."""
    yield from (placed_at(order) for order in standing_orders(history.orders))
    # what the owner opened came by word or as a reply, which nobody but the owner sees
    yield from (inquiry.opened_at for inquiry in history.inquiries)
    yield from (fact.at for fact in history.facts if fact.how == "stated")
    yield from (instant(at) for at in history.standing.consents.values())
    yield from (instant(at) for at in (history.standing.saved_at,) if at)
    yield from (task.done_at for task in history.tasks if task.done_at is not None and task.outcome in ANSWERED)
    yield from (voucher.redeemed_at for voucher in history.vouchers if voucher.redeemed_at is not None)
    yield from (one.answered_at for one in history.follow_ups if one.answered_at is not None)


def last_response(history: History) -> datetime | None:
    """The newest, or None."""
    return max(responses(history), default=None)


ANSWER_DAYS = 30
"""So long at least is left for an answer to the last mail."""


def unanswered(history: History) -> list[FollowUp]:
    """Marketing mails that went out after the last response, oldest first; "are we still welcome?" waits for its answer in its own way."""
    last = last_response(history)
    return sorted(
        (
            one
            for one in history.follow_ups
            if one.message_class == MARKETING
            and one.anchor != SILENCE
            and one.state == SENT
            and one.sent_at
            and (last is None or one.sent_at > last)
        ),
        key=lambda one: one.sent_at or one.due_at,
    )


def rung(history: History, manners: Manners, now: datetime) -> Rung:
    """The rung on which they stand now. With no consent for a rung they pass it by; behind the last is peace until they respond."""
    many = len(unanswered(history))
    since, why = _beyond_email(history, manners, now)
    if since is None:
        lately = last_response(history) or now
        return Rung("e-mail", lately, lately, lately, unanswered=many)
    begins, silent = since, last_response(history) or (history.contact.confirmed_at if history.contact else since)
    if _agreed(history, POST) and since <= now:
        letter = _done_since(history, "letter", silent)
        over = _waited_for(letter, manners) if letter is not None else _never_done(history, POST, silent)
        if over is None or now < over:
            return Rung("post", since, begins, silent, acts=letter is None, unanswered=many, why=why)
        begins = over
    if _agreed(history, CALL) and since <= now:
        called = _done_since(history, "call", silent) or _never_done(history, CALL, silent)
        if called is None:
            return Rung("call", since, begins, silent, acts=True, unanswered=many, why=why)
    return Rung("peace", since, begins, silent, unanswered=many, why=why)


def has_passed(rule: Rule, stands: Rung) -> bool:
    """Whether it is not, or no longer, the rule's turn. "Are we still welcome?" is asked all the same: it is for those who never respond."""
    if rule.trigger == "silence":
        return False
    return stands.name != rule.channel or (rule.channel != EMAIL and not stands.acts)


def next_step(history: History, manners: Manners, now: datetime) -> datetime | None:
    """When time alone moves them to another rung, or None."""
    times = [patience_ends(history, manners), _beyond_email(history, manners, now)[0]]
    times += [_waited_for(task, manners) for task in history.tasks if task.kind == "letter"]
    return min((at for at in times if at is not None and at > now), default=None)


def patience_ends(history: History, manners: Manners) -> datetime | None:
    """When the rung of e-mail is left for want of a response; None while enough is not unanswered yet."""
    waiting = unanswered(history)
    if not manners.patience_mails or len(waiting) < manners.patience_mails:
        return None
    first, enough = (waiting[n].sent_at or waiting[n].due_at for n in (0, manners.patience_mails - 1))
    return max(enough + timedelta(days=ANSWER_DAYS), first + timedelta(days=manners.patience_days))


def _beyond_email(
    history: History, manners: Manners, now: datetime
) -> tuple[datetime | None, Literal["", "no-response", "unreachable"]]:
    standing, responded = history.standing, last_response(history)
    if standing.unreachable_at and standing.unreachable_why == BOUNCED:
        closed = instant(standing.unreachable_at)
        # who deals with us although mail does not reach them is given the shop's patience anew
        heard_since = responded is not None and responded > closed
        return (responded + timedelta(days=manners.patience_days) if responded and heard_since else closed), "unreachable"
    ends = patience_ends(history, manners)
    return (ends, "no-response") if ends is not None and ends <= now else (None, "")


def _agreed(history: History, channel: str) -> bool:
    return consent_key(OFFERS, channel) in history.standing.consents


def _done_since(history: History, kind: Kind, since: datetime) -> Task | None:
    done = [task for task in history.tasks if task.kind == kind and task.done_at is not None and task.made_at >= since]
    return max(done, key=lambda task: task.done_at or since, default=None)


def _never_done(history: History, channel: str, since: datetime) -> datetime | None:
    """When a rung's follow-up ended without becoming a task: the owner did not say yes to it, say. Then the rung is passed."""
    ended = [
        one.look_at
        for one in history.follow_ups
        if one.anchor == LADDER and one.extra.get("channel") == channel and one.state == EXPIRED and one.created_at >= since
    ]
    return max(ended, default=None)


def _waited_for(letter: Task, manners: Manners) -> datetime | None:
    """Until when an answer to it is waited for: one that was given up was never posted."""
    if letter.done_at is None or letter.outcome == "given up":
        return letter.done_at
    return letter.done_at + timedelta(days=manners.patience_days)
