"""Mail through Amazon SES: one attempt a call, and an honest word on how it ended.

SES has no idempotency token, so the difference between "refused" and "uncertain" is what keeps a mail from going out twice:
refused only where SES said so, or where nothing can have been sent. Whatever is not known to be harmless is uncertain.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from chalicelib.adapters.aws import client
from chalicelib.adapters.pacing import Pacer
from chalicelib.domain.headers import FEEDBACK_ID
from chalicelib.errors import Misconfigured
from chalicelib.logs import failed
from chalicelib.ports import Mail, MailRefused, MailUncertain

if TYPE_CHECKING:
    from botocore.exceptions import ClientError
    from types_boto3_sesv2 import SESV2Client
    from types_boto3_sesv2.type_defs import MessageTagTypeDef, SendEmailRequestTypeDef

TAG = "follow_up"
"""The e-mail tag that carries the follow-up's id; ses_events.py reads it back. Tag values allow [A-Za-z0-9_.@-]."""

FEEDBACK_TAGS = ("ses:feedback-id-a", "ses:feedback-id-b")
"""SES writes and signs Feedback-ID itself, with a SenderId of its own, and takes two of its fields from these tags. Gmail wants one such header."""

STREAMS = ("service", "courtesy", "marketing")
PROBE = "success@simulator.amazonses.com"
"""SES's mailbox simulator: it takes every mail, events tell of it, and neither the day's quota nor the reputation counts it."""

CONNECT_SECONDS, READ_SECONDS, IDLE_SECONDS = 2.0, 10.0, 5.0
RATE_SECONDS, RATE_AGAIN_SECONDS = 900.0, 60.0
"""For how long a sending rate is believed, and when it is asked for again after that could not be done."""

FIRST_RATE, LEAST_RATE = 1.0, 0.1
"""Mails a second: what every account has, until SES says otherwise; and what is kept to should it say nothing at all."""

_MESSAGE_AT_FAULT = frozenset({"MessageRejected", "BadRequestException", "InvalidParameterValue", "SerializationException"})
# SES says MessageRejected also of what is for the owner, or for time, to mend: then the same message goes
_OF_THE_MOMENT = re.compile(r"quota exceeded|rate exceeded|paused|suspended", re.IGNORECASE)
_THROTTLED = re.compile(r"Throttl|TooManyRequests|RequestLimitExceeded|SlowDown", re.IGNORECASE)
_CODE = re.compile(r"[A-Za-z0-9._]{1,64}")


def ses_client(*, connect_seconds: float = CONNECT_SECONDS, read_seconds: float = READ_SECONDS) -> SESV2Client:
    """The one client that mail goes through: it never tries twice, since the second try would be a second mail."""
    return client(
        "sesv2",
        connect_timeout=connect_seconds,
        read_timeout=read_seconds,
        retries={"mode": "standard", "total_max_attempts": 1},
        parameter_validation=False,  # a quarter of a send's CPU, for what SES checks anyway
    )


class SesMailer:
    """ports.Mailer over SESv2. For one thread at a time.

    `configuration_sets`: the configuration set of each stream in STREAMS. Without one no delivery event would come back, so a
    missing name is Misconfigured from the start. `seconds`: wall-clock time, in seconds; `monotonic` and `sleep` keep the rate.
    """

    name, probe = "ses", PROBE

    def __init__(
        self,
        ses: SESV2Client,
        configuration_sets: Mapping[str, str],
        *,
        seconds: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        if missing := [stream for stream in STREAMS if not configuration_sets.get(stream)]:
            raise Misconfigured(f"No SES configuration set is named for: {', '.join(missing)}.")
        self._ses = ses
        self._configuration_sets = dict(configuration_sets)
        self._seconds = seconds
        self._last_used = seconds()
        self._rate = FIRST_RATE
        self._rate_asked, self._rate_holds = 0.0, 0.0
        self._pacer = Pacer(lambda: self._rate, monotonic=monotonic, sleep=sleep)

    def rate(self) -> float:
        """The account's MaxSendRate, asked for every 15 minutes; where SES does not tell it, the last known, else 1. Needs ses:GetAccount."""
        now = self._seconds()
        if abs(now - self._rate_asked) > self._rate_holds:
            self._rate_asked, self._rate_holds = now, RATE_AGAIN_SECONDS
            self._forget_idle_connections()
            try:
                self._rate = max(LEAST_RATE, self._ses.get_account()["SendQuota"]["MaxSendRate"])
                self._rate_holds = RATE_SECONDS
            except Exception as error:  # noqa: BLE001 - the rate is a courtesy: whatever SES says to this, mail still goes
                failed("the sending rate could not be asked for", error)
            finally:
                self._last_used = self._seconds()
        return self._rate

    def await_turn(self) -> None:
        """By the rate that is known: SES is not asked here, where mails are waiting to go."""
        self._pacer.await_turn()

    def forget(self, follow_up_ids: Sequence[str]) -> None:
        """It keeps none."""

    def sweep(self, now: datetime) -> int:
        """It keeps none."""
        return 0

    def send(self, follow_up_id: str, mail: Mail) -> str:
        """SES's message id. Errors: MailRefused, MailUncertain; no sentence holds an address."""
        from botocore.exceptions import ClientError

        request = _request(follow_up_id, mail, self._configuration_sets[mail.stream])
        self._forget_idle_connections()
        try:
            reply = self._ses.send_email(**request)
        except ClientError as error:  # `from None` below: SES quotes addresses, and a traceback would show them
            raise _as_answered(error) from None
        except Exception as error:  # noqa: BLE001 - what botocore makes of an odd reply may be an AttributeError
            raise _as_unanswered(error) from None
        finally:
            self._last_used = self._seconds()
        if not (message_id := reply.get("MessageId")):
            raise MailUncertain("SES answered, but not with a message id.")
        return message_id

    def _forget_idle_connections(self) -> None:
        # A Lambda thaws with connections that SES or a NAT gave up meanwhile. Writing into one ends in doubt for a day, where a
        # new one costs milliseconds. Wall time, because a frozen machine's monotonic clock may have stood still.
        if abs(self._seconds() - self._last_used) > IDLE_SECONDS:
            self._ses.close()


def _request(follow_up_id: str, mail: Mail, configuration_set: str) -> SendEmailRequestTypeDef:
    request: SendEmailRequestTypeDef = {
        "FromEmailAddress": _ascii_sender(mail.sender),
        "Destination": {"ToAddresses": [mail.to]},
        "Content": {
            "Simple": {
                "Subject": {"Data": mail.subject, "Charset": "UTF-8"},
                "Body": {"Text": {"Data": mail.text, "Charset": "UTF-8"}, "Html": {"Data": mail.html, "Charset": "UTF-8"}},
                "Headers": [{"Name": name, "Value": value} for name, value in mail.headers if name != FEEDBACK_ID],
            }
        },
        "EmailTags": [{"Name": TAG, "Value": follow_up_id}, *_feedback(mail)],
        "ConfigurationSetName": configuration_set,
    }
    if mail.reply_to:
        request["ReplyToAddresses"] = [_ascii_sender(mail.reply_to)]
    return request


def _feedback(mail: Mail) -> Iterator[MessageTagTypeDef]:
    said = next((value for name, value in mail.headers if name == FEEDBACK_ID), "")
    for name, part in zip(FEEDBACK_TAGS, said.split(":")[:-1], strict=False):
        yield {"Name": name, "Value": part}


def _ascii_sender(sender: str) -> str:
    """SES encodes a subject by itself, but wants a display name beyond ASCII as an encoded word (RFC 2047)."""
    if sender.isascii():
        return sender
    from email.utils import formataddr

    name, _, address = sender.rpartition("<")
    return formataddr((name.strip().strip('"'), address.strip().removesuffix(">")))


def _as_answered(error: ClientError) -> MailRefused | MailUncertain:
    told = error.response.get("Error", {})
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    code = told.get("Code", "")
    if not _CODE.fullmatch(code):
        code = str(status)
    if _THROTTLED.search(code):
        return MailRefused(f"SES asks us to slow down ({code}).", permanent=False)
    # 408 says that someone tired of waiting: perhaps a proxy that had passed the request on
    if not 400 <= status < 500 or status == 408:
        return MailUncertain(f"SES answered {status} ({code}); the mail may have gone out or not.")
    if "not verified" in told.get("Message", ""):  # nor is, in the sandbox, a recipient
        return MailRefused("SES has not verified the shop's sending address, or is still in its sandbox.", permanent=False)
    at_fault = code in _MESSAGE_AT_FAULT and not _OF_THE_MOMENT.search(told.get("Message", ""))
    return MailRefused(f"SES refused the mail ({code}).", permanent=at_fault)


def _as_unanswered(error: Exception) -> MailRefused | MailUncertain:
    from botocore import exceptions as told

    kind = type(error).__name__
    nothing_was_sent = (
        told.EndpointConnectionError,
        told.ConnectTimeoutError,
        told.ProxyConnectionError,
        told.NoCredentialsError,
        told.PartialCredentialsError,
        told.CredentialRetrievalError,
        told.TokenRetrievalError,
        told.NoRegionError,
    )
    if isinstance(error, nothing_was_sent) or _is_bad_certificate(error):
        return MailRefused(f"SES could not be reached ({kind}).", permanent=False)
    return MailUncertain(f"SES did not answer properly ({kind}); the mail may have gone out or not.")


def _is_bad_certificate(error: BaseException) -> bool:
    """SSLError covers the handshake and the conversation alike; only a refused certificate is surely the handshake."""
    import ssl

    causes: list[object] = [error]
    while causes:
        cause = causes.pop()
        if isinstance(cause, ssl.SSLCertVerificationError):
            return True
        if isinstance(cause, BaseException):
            causes += [cause.__cause__, *cause.args, *getattr(cause, "kwargs", {}).values()]
    return False
