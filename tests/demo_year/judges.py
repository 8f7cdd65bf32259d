"""Rules by which the year is judged, written from PRODUCT.md and from what the people remember, and not from the engine's code.

Each judge takes the ledger and the shop's own figures and gives a sentence for each fault that it finds.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from chalicelib.domain.follow_up import FollowUp
from chalicelib.domain.sentences import for_owner
from tests.demo_year.ledger import FOREVER, Got, Ledger

COURTESY, MARKETING = "courtesy", "marketing"
CAP, MONTH = 2, timedelta(days=30)
QUIET_FROM, QUIET_TO = 20, 9
WINDOW, YEAR = timedelta(days=21), timedelta(days=365)
WITHOUT_CONSENT = ("GB", "IE", "US")
ASKED_FOR = ("confirm-address", "confirm-consent", "voucher")
SHOP_HOME = "GB", "Europe/London"
ONCE_A_YEAR = ("expectation", "still-welcome")
PURPOSE_OF = {
    "voucher-runs-out": ("voucher reminder", "e-mail"),
    "occasion": ("occasions", "e-mail"),
    "last-years-gift": ("occasions", "e-mail"),
    "care": ("care", "e-mail"),
    "something-for-you": ("for you", "e-mail"),
    "invitation": ("newsletter", "e-mail"),
    "still-welcome": ("newsletter", "e-mail"),
}
"""What the shop promised beside each box."""

Judge = Callable[[Ledger], Iterator[str]]


def nobody_over_the_cap(ledger: Ledger) -> Iterator[str]:
    """Courtesy and marketing, in any 30 days."""
    for who, mails in _by_person(ledger, COURTESY, MARKETING).items():
        times = [mail.at for mail in mails]
        for first, last in zip(times, times[CAP:], strict=False):
            if last - first < MONTH:
                yield f"{who} heard more than {CAP} times in 30 days from {first:%d %B}"


def no_recipient_written_to_twice_or_sold_to(ledger: Ledger) -> Iterator[str]:
    """One note, ever; and who never came by themselves gets nothing else at all."""
    written = [*((mail.rule, mail.to) for mail in ledger.mails), *((task.rule, task.to) for task in ledger.by_hand)]
    notes = Counter(who for rule, who in written if rule == "gift-note")
    yield from (f"{who} had {count} notes" for who, count in notes.items() if count > 1)
    for mail in ledger.mails:
        stranger = mail.to in ledger.recipients and ledger.customers.get(mail.to, FOREVER) > mail.at
        if stranger and mail.rule != "gift-note":
            yield f"{mail.to}, a gift's recipient, got {mail.rule}"


def nobody_unhappy_is_sold_to(ledger: Ledger) -> Iterator[str]:
    """While they wait for an answer, and for some days after a good one."""
    for mail in _of(ledger, MARKETING):
        for since, until in ledger.unhappy[mail.to]:
            if since < mail.at < until:
                yield f"{mail.to}, unhappy since {since:%d %B}, got {mail.rule} on {mail.at:%d %B}"


def courtesy_without_consent_only_where_it_may_be(ledger: Ledger) -> Iterator[str]:
    """Germany and France: none."""
    for mail in _of(ledger, COURTESY):
        country, _ = ledger.home(mail) or SHOP_HOME
        if country not in WITHOUT_CONSENT and not ledger.has_agreed(mail.to, "newsletter", "e-mail", mail.at):
            yield f"{mail.to} of {country} got {mail.rule} without having agreed to anything"


def marketing_only_to_who_agreed(ledger: Ledger) -> Iterator[str]:
    """To that very purpose."""
    for mail in _of(ledger, MARKETING):
        purpose, channel = PURPOSE_OF.get(mail.rule, ("nothing", "at all"))
        if not ledger.has_agreed(mail.to, purpose, channel, mail.at):
            yield f"{mail.to} got {mail.rule} without having agreed to {purpose}"
    for task in ledger.by_hand:
        if task.channel in ("post", "call") and not ledger.has_agreed(task.to, task.purpose, task.channel, task.at):
            yield f"{task.to} is to have a {task.rule} without having agreed to it"


def nothing_after_a_stop(ledger: Ledger) -> Iterator[str]:
    """Nor, once they said never, or mail came back, anything."""
    for mail in ledger.mails:
        if mail.message_class in (COURTESY, MARKETING) and ledger.has_stopped(mail.to, mail.at):
            yield f"{mail.to} had asked to stop and got {mail.rule} on {mail.at:%d %B}"
        at, why = ledger.unreachable.get(mail.to, (mail.at, ""))
        if at < mail.at and not (why == "bounced" and mail.rule in ASKED_FOR):
            yield f"{mail.to} {why} and got {mail.rule} on {mail.at:%d %B}"
        if ledger.never.get(mail.to, mail.at) < mail.at:
            yield f"{mail.to} had said never and got {mail.rule}"


def nothing_at_night(ledger: Ledger) -> Iterator[str]:
    """By their own clock, once the shop can know where they live."""
    for mail in _of(ledger, COURTESY, MARKETING):
        _, zone = ledger.home(mail) or SHOP_HOME
        hour = mail.at.astimezone(ZoneInfo(zone)).hour
        if hour >= QUIET_FROM or hour < QUIET_TO:
            yield f"{mail.to} got {mail.rule} at {hour}:00, {zone}"


def quiet_after_an_order(ledger: Ledger) -> Iterator[str]:
    """No marketing for three weeks."""
    for mail in _of(ledger, MARKETING):
        if any(at <= mail.at < at + WINDOW for at in ledger.ordered[mail.to]):
            yield f"{mail.to} got {mail.rule} on {mail.at:%d %B}, just after an order"


def each_thing_once(ledger: Ledger) -> Iterator[str]:
    """One mail of a kind about one thing, and what comes once a year comes once a year."""
    told = Counter((mail.rule, mail.to, mail.anchor, mail.extra) for mail in ledger.mails)
    yield from (f"{who} got {rule} about {anchor} {count} times" for (rule, who, anchor, _), count in told.items() if count > 1)
    yearly: dict[tuple[str, str], list[datetime]] = defaultdict(list)
    for mail in ledger.mails:
        if mail.rule in ONCE_A_YEAR:
            yearly[mail.rule, mail.to].append(mail.at)
    for (rule, who), times in yearly.items():
        if any(later - earlier < YEAR for earlier, later in pairwise(times)):
            yield f"{who} was asked {rule} twice within a year"


JUDGES: Sequence[Judge] = (
    nobody_over_the_cap,
    no_recipient_written_to_twice_or_sold_to,
    nobody_unhappy_is_sold_to,
    courtesy_without_consent_only_where_it_may_be,
    marketing_only_to_who_agreed,
    nothing_after_a_stop,
    nothing_at_night,
    quiet_after_an_order,
    each_thing_once,
)


def everything_has_its_reason(found: Iterable[FollowUp], now: datetime) -> Iterator[str]:
    """Whatever did not go says why, in a sentence with all its facts, and what is held says until when."""
    for one in found:
        sentence = for_owner(one.reason, SHOP_HOME[1])
        if not one.reason.kind or "?" in sentence or "unknown time" in sentence or sentence == f"{one.reason.kind.capitalize()}.":
            yield f"{one.rule} is {one.state} for a reason that says nothing: {one.reason.kind}: {sentence}"
        if one.state == "held" and one.look_at <= now:
            yield f"{one.rule} is held, and nobody looks at it again: {sentence}"


def _of(ledger: Ledger, *classes: str) -> list[Got]:
    return [mail for mail in ledger.mails if mail.message_class in classes]


def _by_person(ledger: Ledger, *classes: str) -> dict[str, list[Got]]:
    found: dict[str, list[Got]] = defaultdict(list)
    for mail in sorted(_of(ledger, *classes), key=lambda mail: mail.at):
        found[mail.to].append(mail)
    return found


def faults(ledger: Ledger, found: Iterable[FollowUp], now: datetime) -> dict[str, list[str]]:
    """By judge, what each objects to; all are named, also those who find nothing."""
    said = {judge.__name__.replace("_", " "): list(judge(ledger)) for judge in JUDGES}
    return {**said, "everything has its reason": list(everything_has_its_reason(found, now))}
