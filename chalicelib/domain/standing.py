"""Standing: what a person may be sent. It outlives everything else that is known of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct, field

from chalicelib.domain.calendar import instant, stamp
from chalicelib.domain.delivery import COMPLAINED

SERVICE, COURTESY, MARKETING = "service", "courtesy", "marketing"
CLASSES = (SERVICE, COURTESY, MARKETING)

CAP_DAYS = 30

MONTHLY, QUARTERLY, ORDERS_ONLY = "monthly", "quarterly", "orders"
PACES = (MONTHLY, QUARTERLY, ORDERS_ONLY)


class Standing(Struct, frozen=True, omit_defaults=True):
    """`version` counts every change, so that an authorisation can prove that nothing changed since the checks.

    `stopped_at`: no courtesy, no marketing; `stopped_by`: the storefront that told of it, whose own newer yes undoes it, "" for all else.
    `unreachable_at` with `unreachable_why` (bounced | complained): nothing by e-mail.
    `never_at`: nothing by any channel. `consents`: purpose/channel → when it was confirmed. `heard`: follow-up id → when it was
    authorised, courtesy and marketing of the last 30 days. `noted`: the follow-up id of the one recipient's note. `second_chance`: of the one
    confirmation that goes to an address that bounced, because its person asks for it. `declined_at`: when they last
    left a newsletter alone or said no to it without asking us to stop: no yes from before counts any more. `had`: rule → when, and for which follow-up, of what
    somebody gets once in a year or once ever.
    """

    person: str
    version: int = 0
    stopped_at: str = ""
    stopped_by: str = ""
    unreachable_at: str = ""
    unreachable_why: str = ""
    never_at: str = ""
    consents: dict[str, str] = field(default_factory=dict)
    heard: dict[str, str] = field(default_factory=dict)
    noted: str = ""
    second_chance: str = ""
    had: dict[str, str] = field(default_factory=dict)
    declined_at: str = ""
    soft_at: str = ""
    """Since when the newsletter's consent is no more than a soft opt-in, if that is since when it is in force."""
    pace: str = ""
    """How often they want marketing at most, one of PACES; "" leaves it to the shop."""
    paused_until: str = ""
    """Until when they want neither courtesy nor marketing, by their own wish; a stamp, which may have passed."""
    saved_at: str = ""
    """When they last saved their preferences: a sign of life."""


def resting_until(standing: Standing, now: datetime) -> datetime | None:
    """Until when they want to be left alone; None where they did not ask for it, or it is over."""
    until = instant(standing.paused_until) if standing.paused_until else now
    return until if until > now else None


def wants_only_orders(standing: Standing) -> bool:
    """Whether nothing that sells is to come, whatever they agreed to."""
    return standing.pace == ORDERS_ONLY


def against_a_yes(standing: Standing, *, by_mail: bool) -> Literal["", "complained", "never", "stopped", "bounced"]:
    """What forbids a consent that they do not give by a click in their own mailbox, the strictest first; "" when nothing does. Such a click undoes all of
    it but a complaint, where the consent is one `by_mail`.
    """
    if standing.unreachable_why == COMPLAINED and by_mail:
        return "complained"
    if standing.never_at:
        return "never"
    if standing.stopped_at:
        return "stopped"
    return "bounced" if standing.unreachable_at and by_mail else ""


def closed_by(standing: Standing, message_class: str, channel: str = "e-mail") -> str:
    """Which scope forbids a message of this class by this channel: never | stop | unreachable, or "" when none does.

    Stop before unreachable: what mail cannot reach may still be written by hand, what they asked us to stop may not.
    """
    if standing.never_at:
        return "never"
    if standing.stopped_at and message_class != SERVICE:
        return "stop"
    if standing.unreachable_at and channel == "e-mail":
        return "unreachable"
    return ""


def heard_since(standing: Standing, now: datetime, besides: str = "") -> dict[str, str]:
    """The cap list without what is older than 30 days, and without the follow-up `besides` (its own retry counts once)."""
    oldest = stamp(now - timedelta(days=CAP_DAYS))
    return {id_: at for id_, at in standing.heard.items() if at > oldest and id_ != besides}


def had(standing: Standing, rule: str, besides: str = "") -> str:
    """When they had what the rule gives once, as a stamp; "" when never, or only by the follow-up `besides`."""
    at, _, by = standing.had.get(rule, "").partition(" ")
    return "" if by == besides else at


def had_by(follow_up_id: str, at: datetime) -> str:
    """How `had` tells of one: texts that sort by time."""
    return f"{stamp(at)} {follow_up_id}"


def with_had(standing: Standing, rule: str, follow_up_id: str, now: datetime) -> dict[str, str]:
    """`had` as an authorisation leaves it."""
    return {**standing.had, rule: had_by(follow_up_id, now)}


def with_heard(standing: Standing, follow_up_id: str, now: datetime) -> dict[str, str]:
    """The cap list as an authorisation leaves it."""
    return {**heard_since(standing, now, besides=follow_up_id), follow_up_id: stamp(now)}
