"""What SES tells of a mail after it took it: EventBridge's envelope in, our DeliveryEvent out.

Shapes: "Contents of event data that Amazon SES publishes", SES developer guide; EventBridge puts that record under `detail`.
Opens and clicks are not read: Courtesy does not track people.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime

import msgspec
from msgspec import Struct

from chalicelib.adapters.mailer_ses import TAG
from chalicelib.domain.delivery import ACCEPTED, BOUNCED, COMPLAINED, DELIVERED, REJECTED, DeliveryEvent
from chalicelib.errors import Invalid

_KINDS = {
    "Send": ACCEPTED,
    "DeliveryDelay": ACCEPTED,  # proves it, should the Send event have been lost
    "Delivery": DELIVERED,
    "Bounce": BOUNCED,
    "Complaint": COMPLAINED,
    "Reject": REJECTED,
}
_WORD = re.compile(r"[A-Za-z][A-Za-z-]{0,40}")
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")


class _Mail(Struct, rename="camel"):
    timestamp: datetime
    message_id: str
    tags: dict[str, list[str]] = {}


class _Recipient(Struct):
    status: str | None = None


class _Told(Struct, rename="camel"):
    """The part that is named after the event; each kind of event fills its own of these."""

    timestamp: datetime | None = None
    bounce_type: str | None = None
    bounce_sub_type: str | None = None
    bounced_recipients: list[_Recipient] = []
    complaint_sub_type: str | None = None
    complaint_feedback_type: str | None = None
    delay_type: str | None = None


class _Detail(Struct, rename="camel"):
    event_type: str
    mail: _Mail
    delivery: _Told | None = None
    delivery_delay: _Told | None = None
    bounce: _Told | None = None
    complaint: _Told | None = None


def read(body: Mapping[str, object]) -> DeliveryEvent | None:
    """The event in an EventBridge envelope, as SQS delivers it (already parsed JSON); None for what tells us nothing.

    That is: mail without our tag, and every kind of event but Send, Delivery, DeliveryDelay, Bounce, Complaint and Reject.
    `detail` holds SES's words for what happened, never an address or what the other mail server wrote. `at` is UTC.
    Errors: Invalid when it is no SES event at all.
    """
    try:
        detail = msgspec.convert(body.get("detail"), _Detail)
    except msgspec.ValidationError:
        raise Invalid("This is not a delivery event of SES.") from None
    kind = _KINDS.get(detail.event_type)
    ids = detail.mail.tags.get(TAG)
    if kind is None or not ids:
        return None
    told = detail.delivery or detail.delivery_delay or detail.bounce or detail.complaint or _Told()
    if told.complaint_feedback_type == "not-spam":  # the opposite of a complaint: someone took our mail out of the junk folder
        kind = DELIVERED
    return DeliveryEvent(
        kind,
        ids[0],
        detail.mail.message_id,
        _utc(told.timestamp or detail.mail.timestamp),
        # "Transient" is a full mailbox or a server in trouble and, once a Delivery came first, as a rule an out-of-office reply;
        # "Undetermined" means that SES could not make out what the other server wrote
        permanent=told.bounce_type == "Permanent",
        detail=_in_words(told),
    )


def _in_words(told: _Told) -> str:
    """As in "Permanent General 5.1.1".

    "OnAccountSuppressionList" among them means that SES remembered an old bounce or complaint, and did not send.
    """
    words = [told.bounce_type, told.bounce_sub_type, told.complaint_sub_type, told.complaint_feedback_type, told.delay_type]
    statuses = [one.status for one in told.bounced_recipients[:1]]
    return " ".join(
        [word for word in words if word and _WORD.fullmatch(word)]
        + [code for code in statuses if code and _STATUS.fullmatch(code)]
    )


def _utc(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise Invalid("This delivery event's time has no zone.")
    return at.astimezone(UTC)
