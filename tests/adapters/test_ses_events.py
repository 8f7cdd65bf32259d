"""Delivery events as SES publishes them through EventBridge; the samples are ours, cut down to what is read and what misleads."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from chalicelib.adapters.ses_events import read
from chalicelib.domain.delivery import suppresses
from chalicelib.errors import Invalid

SENT_AT = "2031-05-04T09:00:02.012Z"
LATER = "2031-05-04T09:00:41.669Z"
LATER_UTC = datetime(2031, 5, 4, 9, 0, 41, 669000, UTC)


def envelope(kind: str, *, follow_up: str | None = "abc-234", **parts: object) -> dict[str, Any]:
    tags = {"ses:configuration-set": ["courtesy-service"], "ses:source-ip": ["192.0.2.1"]}
    if follow_up is not None:
        tags["follow_up"] = [follow_up]
    mail = {
        "timestamp": SENT_AT,
        "source": "Pellow & Wren <hello@shop.example>",
        "messageId": "0102-example-000000",
        "destination": ["rosa@mail.example"],
        "headersTruncated": False,
        "headers": [{"name": "To", "value": "rosa@mail.example"}],
        "tags": tags,
    }
    return {
        "version": "0",
        "id": "6a7e8feb-0000-0000-0000-example",
        "detail-type": f"Email {kind}",
        "source": "aws.ses",
        "time": "2031-05-04T09:00:43Z",
        "region": "eu-west-1",
        "detail": {"eventType": kind, "mail": mail, **parts},
    }


def bounce(kind: str, sub_type: str) -> dict[str, Any]:
    recipient = {
        "emailAddress": "rosa@mail.example",
        "action": "failed",
        "status": "5.1.1",
        "diagnosticCode": "smtp; 550 5.1.1 rosa@mail.example unknown",
    }
    told = {
        "bounceType": kind,
        "bounceSubType": sub_type,
        "bouncedRecipients": [recipient],
        "timestamp": LATER,
        "feedbackId": "0102-f",
        "reportingMTA": "dns; mta.mail.example",
    }
    return envelope("Bounce", bounce=told)


def complaint(feedback: str | None, sub_type: str | None = None) -> dict[str, Any]:
    told: dict[str, Any] = {"complainedRecipients": [{"emailAddress": "rosa@mail.example"}], "timestamp": LATER}
    told["complaintSubType"] = sub_type
    if feedback is not None:
        told["complaintFeedbackType"] = feedback
    return envelope("Complaint", complaint=told)


def test_send_event_says_accepted_at_the_mails_time() -> None:
    event = read(envelope("Send", send={}))
    assert event is not None
    assert (event.kind, event.follow_up_id, event.message_id) == ("accepted", "abc-234", "0102-example-000000")
    assert event.at == datetime(2031, 5, 4, 9, 0, 2, 12000, UTC)
    assert event.at.tzinfo is UTC


def test_delivery_event_says_delivered_at_its_own_time() -> None:
    told = {"timestamp": LATER, "processingTimeMillis": 39657, "recipients": ["rosa@mail.example"], "smtpResponse": "250 ok"}
    event = read(envelope("Delivery", delivery=told))
    assert event is not None
    assert (event.kind, event.at, event.detail) == ("delivered", LATER_UTC, "")


def test_delay_proves_acceptance() -> None:
    told = {"delayType": "MailboxFull", "timestamp": LATER, "expirationTime": LATER, "delayedRecipients": [{"status": "4.2.2"}]}
    event = read(envelope("DeliveryDelay", deliveryDelay=told))
    assert event is not None
    assert (event.kind, event.detail) == ("accepted", "MailboxFull")


@pytest.mark.parametrize("sub_type", ["General", "NoEmail", "Suppressed", "OnAccountSuppressionList"])
def test_permanent_bounce_makes_unreachable(sub_type: str) -> None:
    event = read(bounce("Permanent", sub_type))
    assert event is not None
    assert (event.kind, event.permanent, event.at) == ("bounced", True, LATER_UTC)
    assert event.detail == f"Permanent {sub_type} 5.1.1"
    assert suppresses(event) == "bounced"


@pytest.mark.parametrize(
    ("kind", "sub_type"),
    [("Transient", "General"), ("Transient", "MailboxFull"), ("Transient", "MessageTooLarge"), ("Undetermined", "Undetermined")],
)
def test_other_bounces_leave_reachable(kind: str, sub_type: str) -> None:
    event = read(bounce(kind, sub_type))
    assert event is not None
    assert (event.kind, event.permanent) == ("bounced", False)
    assert suppresses(event) == ""


@pytest.mark.parametrize(
    ("feedback", "sub_type", "detail"),
    [
        ("abuse", None, "abuse"),
        ("fraud", None, "fraud"),
        ("other", None, "other"),
        (None, None, ""),
        (None, "OnAccountSuppressionList", "OnAccountSuppressionList"),
    ],
)
def test_complaint_makes_unreachable(feedback: str | None, sub_type: str | None, detail: str) -> None:
    event = read(complaint(feedback, sub_type))
    assert event is not None
    assert (event.kind, event.at, event.detail) == ("complained", LATER_UTC, detail)
    assert suppresses(event) == "complained"


def test_not_spam_report_is_no_complaint() -> None:
    event = read(complaint("not-spam"))
    assert event is not None
    assert event.kind == "delivered"
    assert suppresses(event) == ""


def test_reject_event_says_rejected() -> None:
    event = read(envelope("Reject", reject={"reason": "Bad content"}))
    assert event is not None
    assert event.kind == "rejected"


@pytest.mark.parametrize("kind", ["Open", "Click", "Subscription", "Rendering Failure", "Something New"])
def test_events_of_no_interest_are_passed_over(kind: str) -> None:
    assert read(envelope(kind, open={"ipAddress": "192.0.2.1"})) is None


def test_mail_without_our_tag_is_passed_over() -> None:
    assert read(envelope("Delivery", follow_up=None, delivery={"timestamp": LATER})) is None


def test_no_event_keeps_an_address() -> None:
    for body in (bounce("Permanent", "General"), complaint("abuse"), bounce("Permanent", "rosa@mail.example")):
        assert b"@" not in msgspec.json.encode(read(body))


def test_zone_is_turned_into_utc() -> None:
    event = read(envelope("Delivery", delivery={"timestamp": "2031-05-04T11:00:41.669+02:00"}))
    assert event is not None
    assert event.at == LATER_UTC
    assert event.at.tzinfo is UTC


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"detail": None},
        {"detail": "Bounce"},
        {"detail": {"eventType": "Bounce"}},
        {"detail": {"eventType": "Bounce", "mail": {"timestamp": "yesterday", "messageId": "m", "tags": {}}}},
        {
            "detail": {
                "eventType": "Send",
                "mail": {"timestamp": "2031-05-04T09:00:00", "messageId": "m", "tags": {"follow_up": ["a"]}},
            }
        },
        {"detail": {"eventType": "Send", "mail": {"timestamp": SENT_AT, "messageId": "m", "tags": {"follow_up": "a"}}}},
    ],
)
def test_what_is_no_event_is_refused(body: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as caught:
        read(body)
    assert "yesterday" not in str(caught.value)
