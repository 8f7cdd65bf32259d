"""A forecast: what became of the follow-ups in a rehearsal, in numbers, and what of it would surprise the owner. No name and no address."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

from msgspec import Struct, structs

from chalicelib.domain import follow_up as fu
from chalicelib.domain.calendar import MONTHS, local_day
from chalicelib.domain.follow_up import FollowUp
from chalicelib.domain.playbook import EMAIL, OWNER, Playbook
from chalicelib.domain.reason import Reason
from chalicelib.domain.sentences import for_owner
from chalicelib.domain.shop import Shop
from chalicelib.domain.standing import CAP_DAYS, SERVICE

AT_ONCE = 50
"""People to whom one rule writes on one day: more is worth a word."""

MANY, MANY_OF = 20, 5
"""So many held by one reason, and at least a fifth of all messages: worth a word."""


class Mailed(Struct, frozen=True):
    """One message that would go out."""

    follow_up: str
    person: str
    rule: str
    message_class: str
    at: datetime


class Seen(Struct, frozen=True):
    """What a rehearsal showed. `before` and `after`: all follow-ups at its two ends. `held`: follow-up → kind of reason → the reason as
    it was held with last, on the way. `people`: how many are known at its end.
    """

    starts_at: datetime
    days: int
    before: Sequence[FollowUp]
    after: Sequence[FollowUp]
    held: Mapping[str, Mapping[str, Reason]]
    mailed: Sequence[Mailed]
    people: int


class OfRule(Struct, frozen=True):
    """One rule in numbers; where it says messages for a reason, by the reason's kind.

    `people`: who would hear from it. `waiting`: messages whose time lies after the last day. `held`: on the way, each message once under each of its
    reasons; `still_held` at the end. `by_hand`: those handed over to be done by hand. `failed`: those of which nobody can say that they went out.
    """

    rule: str
    mode: str
    message_class: str
    people: int = 0
    sent: int = 0
    waiting: int = 0
    held: dict[str, int] = {}
    still_held: dict[str, int] = {}
    cancelled: dict[str, int] = {}
    expired: int = 0
    by_hand: dict[str, int] = {}
    failed: int = 0
    busiest: tuple[date, int] | None = None

    @property
    def messages(self) -> int:
        """All that there would be of it, sent or not."""
        ended = sum(self.cancelled.values()) + sum(self.by_hand.values()) + self.expired + self.failed
        return self.sent + self.waiting + sum(self.still_held.values()) + ended


class Forecast(Struct, frozen=True):
    """`words`: each kind of reason that occurs, as a sentence for the owner, with the facts of one example. `densest`: messages → how many
    people hear so many, courtesy and marketing, in the fullest 30 days that they have. `by_day`: all that goes out.
    """

    starts_at: datetime
    days: int
    people: int
    rules: tuple[OfRule, ...]
    words: dict[str, str]
    densest: dict[int, int]
    by_day: dict[date, int]
    surprises: tuple[str, ...] = ()


def forecast(seen: Seen, playbook: Playbook, shop: Shop) -> Forecast:
    """The numbers of what was seen. A rule that the owner took out still has its line, where it left something behind."""
    told = _told(seen)
    reasons = _Reasons()
    rules = tuple(_of_rule(name, told[name], seen, playbook, shop, reasons) for name in _names(told, playbook))
    by_day = Counter(local_day(one.at, shop.zone) for one in seen.mailed)
    made = Forecast(
        starts_at=seen.starts_at,
        days=seen.days,
        people=seen.people,
        rules=rules,
        words={kind: for_owner(reason, shop.zone) for kind, reason in sorted(reasons.first.items())},
        densest=_densest(seen),
        by_day=dict(sorted(by_day.items())),
    )
    return structs.replace(made, surprises=tuple(_surprises(made, playbook, shop)))


def kind_of(reason: Reason) -> str:
    """Its kind, and what tells two of a kind apart: an order that was refunded from one that was cancelled."""
    return f"{reason.kind}: {reason.facts['why']}" if "why" in reason.facts else reason.kind


class _Reasons:
    """One example of each kind."""

    def __init__(self) -> None:
        self.first: dict[str, Reason] = {}

    def count(self, reasons: Iterable[Reason]) -> dict[str, int]:
        """By kind, the most frequent first."""
        counted: Counter[str] = Counter()
        for reason in reasons:
            name = kind_of(reason)
            self.first.setdefault(name, reason)
            counted[name] += 1
        return dict(counted.most_common())


class _OfOne(Struct):
    ups: list[FollowUp] = []
    mailed: list[Mailed] = []


def _told(seen: Seen) -> dict[str, _OfOne]:
    """By rule: the follow-ups of which something could still become, and the mails."""
    ended = {one.id for one in seen.before if one.state not in fu.OPEN}
    found: dict[str, _OfOne] = defaultdict(lambda: _OfOne([], []))
    for one in seen.after:
        if one.id not in ended or one.state in fu.OPEN:
            found[one.rule].ups.append(one)
    for mail in seen.mailed:
        found[mail.rule].mailed.append(mail)
    return found


def _names(told: Mapping[str, _OfOne], playbook: Playbook) -> list[str]:
    ours = [rule.name for rule in playbook.rules]
    return [*ours, *sorted(set(told) - set(ours))]


def _of_rule(name: str, found: _OfOne, seen: Seen, playbook: Playbook, shop: Shop, reasons: _Reasons) -> OfRule:
    rule = playbook.named(name)
    by_state: dict[str, list[FollowUp]] = defaultdict(list)
    for one in found.ups:
        by_state[one.state].append(one)
    held: dict[str, dict[str, Reason]] = defaultdict(dict)
    for one in (*(one for one in seen.before if one.rule == name), *found.ups):
        held[one.id] |= {one.reason.kind: one.reason} if one.state == fu.HELD else {}
        held[one.id] |= seen.held.get(one.id, {})
    days = Counter(local_day(mail.at, shop.zone) for mail in found.mailed)
    return OfRule(
        rule=name,
        mode=rule.mode if rule else "gone",
        message_class=rule.message_class if rule else found.ups[0].message_class if found.ups else "",
        people=len({mail.person for mail in found.mailed}),
        sent=len(found.mailed),
        waiting=len(by_state[fu.PLANNED]),
        held=reasons.count(reason for kinds in held.values() for reason in kinds.values()),
        still_held=reasons.count(one.reason for one in by_state[fu.HELD]),
        cancelled=reasons.count(one.reason for one in by_state[fu.CANCELLED]),
        expired=len(by_state[fu.EXPIRED]),
        by_hand=reasons.count(one.reason for one in by_state[fu.HANDED_OVER]),
        failed=sum(len(by_state[state]) for state in (fu.FAILED, fu.UNSURE, fu.SENDING)),
        busiest=max(days.items(), key=lambda day: (day[1], -day[0].toordinal()), default=None),
    )


def _densest(seen: Seen) -> dict[int, int]:
    """What they heard in the 30 days before counts, too."""
    since = seen.starts_at - timedelta(days=CAP_DAYS)
    heard: dict[str, list[datetime]] = defaultdict(list)
    for one in seen.before:
        if one.state == fu.SENT and one.sent_at is not None and one.sent_at > since and one.message_class != SERVICE:
            heard[one.person].append(one.sent_at)
    for mail in seen.mailed:
        if mail.message_class != SERVICE:
            heard[mail.person].append(mail.at)
    counts = Counter(most_within(times, timedelta(days=CAP_DAYS)) for times in heard.values())
    counts[0] = max(0, seen.people - len(heard))
    return dict(sorted(counts.items()))


def most_within(times: Iterable[datetime], span: timedelta) -> int:
    """The most of them that lie within one span, whose last instant is no longer in it."""
    ordered = sorted(times)
    first, most = 0, 0
    for last, at in enumerate(ordered):
        while at - ordered[first] >= span:
            first += 1
        most = max(most, last - first + 1)
    return most


def _surprises(made: Forecast, playbook: Playbook, shop: Shop) -> Iterator[str]:
    yield from _crowded_days(made, shop)
    for one in made.rules:
        if one.busiest and one.busiest[1] > AT_ONCE:
            yield f"{one.rule} would write to {one.busiest[1]} people on one day, {_day(one.busiest[0])}."
    yield from _silent(made, playbook)
    yield from _held_alike(made)
    late = {one.rule: one.expired for one in made.rules if one.expired}
    if late:
        worst = max(late, key=lambda rule: late[rule])
        yield f"{_messages(sum(late.values()))} would grow too late and never go, most of them by {worst} ({late[worst]})."
    if "unrenderable" in made.words:
        yield f"Something cannot be written as it stands. {made.words['unrenderable']}"
    highest = max(made.densest, default=0)
    if highest > shop.manners.cap:
        yield f"Somebody hears from you {highest} times within 30 days: more than your limit of {shop.manners.cap} of today."


def _crowded_days(made: Forecast, shop: Shop) -> Iterator[str]:
    budget = shop.manners.daily_budget
    crowded = [(day, count) for day, count in made.by_day.items() if 2 * count > budget]
    if crowded:
        day, count = crowded[0]
        others = len(crowded) - 1
        more = f", and on {others} more {'day' if others == 1 else 'days'}" if others else ""
        yield f"On {_day(day)} {count} messages would go, more than half of the {budget} that you allow in a day{more}."


def _silent(made: Forecast, playbook: Playbook) -> Iterator[str]:
    """Rules that are on, go by e-mail, and would send nothing."""
    on = {
        rule.name
        for rule in playbook.rules
        if rule.mode != "off" and rule.channel == EMAIL and rule.to != OWNER and rule.trigger != "packed"
    }
    silent = [one for one in made.rules if one.rule in on and not one.sent]
    nobody = [one.rule for one in silent if not one.messages]
    if nobody:
        yield f"Nobody would hear from {_listed(nobody)}."
    for one in silent:
        if one.messages - one.waiting > 0:
            yield f"Nothing would go by {one.rule}, though there would be {_messages(one.messages)}."


def _held_alike(made: Forecast) -> Iterator[str]:
    held: Counter[str] = Counter()
    for one in made.rules:
        held.update(one.held)
    whole = sum(one.messages for one in made.rules)
    for kind, count in held.most_common():
        if count >= MANY and count * MANY_OF >= whole:
            yield f"{_messages(count)} would be held for one reason, such as: {made.words[kind]}"


def _messages(count: int) -> str:
    return "1 message" if count == 1 else f"{count} messages"


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"


def _day(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]}"


class Difference(Struct, frozen=True):
    """Of one number of one rule: as it is, and as it would be."""

    rule: str
    what: str
    now: int
    then: int


def numbers(one: OfRule) -> dict[str, int]:
    """A rule's line, in whole numbers, in the order in which they are shown."""
    return {
        "people": one.people,
        "sent": one.sent,
        "waiting": one.waiting,
        "held": sum(one.still_held.values()),
        "cancelled": sum(one.cancelled.values()),
        "expired": one.expired,
        "by hand": sum(one.by_hand.values()),
    }


def differences(now: Forecast, then: Forecast) -> tuple[Difference, ...]:
    """Where the two differ, rule by rule."""
    mine, other = ({one.rule: one for one in made.rules} for made in (now, then))
    empty = OfRule("", "", "")
    return tuple(
        Difference(name, what, count, numbers(other.get(name, empty))[what])
        for name in dict.fromkeys([*mine, *other])
        for what, count in numbers(mine.get(name, empty)).items()
        if count != numbers(other.get(name, empty))[what]
    )
