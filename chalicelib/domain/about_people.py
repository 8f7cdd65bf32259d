"""What is known of a person, as sentences for the owner: how they stand, what they like, on which rung they are."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from chalicelib.domain.calendar import instant, long_date
from chalicelib.domain.delivery import COMPLAINED
from chalicelib.domain.fact import ADDRESS, AWAY, DATE, LIKES, NEVER, PHONE, SIZE, Fact
from chalicelib.domain.interest import EVIDENCED, STATED, Interest
from chalicelib.domain.ladder import Rung
from chalicelib.domain.standing import MONTHLY, ORDERS_ONLY, QUARTERLY, Standing, resting_until


def of_standing(standing: Standing, zone: str, now: datetime) -> str:
    """What they may be sent, the strictest first, then what they chose themselves."""

    def on(stamped: str) -> str:
        return long_date(instant(stamped), zone)

    if standing.never_at:
        return f"They asked on {on(standing.never_at)} never to be contacted: nothing goes to them, by any channel."
    said = []
    if standing.stopped_at:
        by = f", by way of {standing.stopped_by}" if standing.stopped_by else ""
        said.append(f"They asked us to stop on {on(standing.stopped_at)}{by}: only what they ask for themselves goes to them.")
    if standing.unreachable_at and standing.unreachable_why == COMPLAINED:
        said.append(f"They marked our mail as unwanted on {on(standing.unreachable_at)}: nothing goes by e-mail.")
    elif standing.unreachable_at:
        said.append(
            f"Mail to them came back on {on(standing.unreachable_at)}: nothing goes by e-mail until they confirm the address anew."
        )
    if not said:
        said.append("Nothing stands against writing to them about their own doings; for more it takes their consent.")
    return " ".join([*said, *([] if standing.stopped_at else _chosen(standing, zone, now))])


def _chosen(standing: Standing, zone: str, now: datetime) -> Iterator[str]:
    if (until := resting_until(standing, now)) is not None:
        yield f"They asked to be left alone until {long_date(until, zone)}: only what they ask for themselves goes to them."
    if standing.pace in _PACES:
        yield _PACES[standing.pace]


_PACES = {
    MONTHLY: "Of what they agreed to they want one message a month at most.",
    QUARTERLY: "Of what they agreed to they want one message in three months at most.",
    ORDERS_ONLY: "They want to hear of their orders only: what they agreed to rests.",
}


def of_interest(interest: Interest) -> str:
    """With what it rests on."""
    orders = ", ".join(interest.evidence)
    match interest.level:
        case level if level == STATED:
            return f"{interest.category}: they told us ({orders})."
        case level if level == EVIDENCED:
            return f"{interest.category}: they bought of it for themselves more than once ({orders})."
        case _:
            return f"{interest.category}: they bought of it once ({orders}), which proves nothing, so nothing rests on it."


def of_rung(rung: Rung, zone: str) -> str:
    """How they are reached now, and why no longer by e-mail."""
    why = {
        "no-response": f"They left {_mails(rung.unanswered)} unanswered",
        "unreachable": "Mail does not reach them",
    }.get(rung.why, "")
    since = long_date(rung.begins, zone)
    match rung.name:
        case "e-mail" if rung.unanswered:
            return f"They are written to by e-mail; {_mails(rung.unanswered)} of ours {'waits' if rung.unanswered == 1 else 'wait'} for a response."
        case "e-mail":
            return "They are written to by e-mail."
        case "post":
            return f"{why}: since {since} it is the turn of a letter{'' if rung.acts else ', which has gone; now we wait'}."
        case "call":
            return f"{why}: since {since} it is the turn of a call."
        case _:
            return f"{why}: from {since} they are left in peace until they respond."


def of_fact(fact: Fact, zone: str) -> str:
    """What it says, who told it, when and what for."""
    told = f"told on {long_date(fact.at, zone)} ({fact.source})" if fact.how == "stated" else f"by the order {fact.source}"
    purpose = f", for “{fact.purpose}” alone" if fact.purpose else ""
    return f"{_said(fact)}: {told}{purpose}."


def _said(fact: Fact) -> str:
    value = " / ".join(fact.value.splitlines())
    match fact.kind:
        case kind if kind == SIZE:
            return f"size in {fact.about}: {value}"
        case kind if kind == LIKES:
            return f"{'likes' if value == 'yes' else 'does not like'} {fact.about}"
        case kind if kind == DATE:
            return f"{fact.about}: {value.removeprefix('--')}"
        case kind if kind == NEVER:
            return f"{fact.about}: never to be written about"
        case kind if kind == ADDRESS:
            return f"address: {value}"
        case kind if kind == PHONE:
            return f"telephone: {value}"
        case kind if kind == AWAY:
            return f"why they stayed away: {value}"
        case _:
            return f"{fact.kind} {fact.about}: {value}"


def _mails(count: int) -> str:
    return "one mail" if count == 1 else f"{count} mails"
