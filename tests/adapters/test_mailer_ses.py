from __future__ import annotations

import json
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.policy import default
from typing import TYPE_CHECKING, Any

import pytest
from botocore import exceptions
from botocore.parsers import ResponseParserError
from botocore.stub import Stubber
from moto import mock_aws
from moto.backends import get_backend
from urllib3.exceptions import SSLError

from chalicelib.adapters.local.mime import assemble
from chalicelib.adapters.mailer_ses import SesMailer, ses_client
from chalicelib.domain.headers import headers_for
from chalicelib.errors import CourtesyError, Misconfigured
from chalicelib.ports import Mail, MailRefused, MailUncertain
from tests.adapters.loopback import (
    Behaviour,
    Loopback,
    answers,
    as_some_account,
    breaks_off,
    cuts,
    resets,
    serving,
    stalls,
    unused_port,
)

if TYPE_CHECKING:
    from types_boto3_sesv2 import SESV2Client

SETS = {"service": "courtesy-service", "courtesy": "courtesy-other", "marketing": "courtesy-other"}
MAIL = Mail(
    to="rosa@mail.example",
    sender="Pellow & Wren <hello@shop.example>",
    reply_to="desk@shop.example",
    subject="Your voucher, Zoë, and thank you",
    text="Dear Rosa,\n",
    html="<p>Dear Rosa,</p>",
    stream="service",
    headers=headers_for("care", "marketing", "hello@shop.example", "https://shop.example/api/stop/k1.x.y"),
)
ACCEPTED = answers(200, b'{"MessageId": "0102-example-000000"}')


@pytest.fixture(autouse=True)
def _account(monkeypatch: pytest.MonkeyPatch) -> None:
    as_some_account(monkeypatch)


@contextmanager
def mailer_at(url: str, monkeypatch: pytest.MonkeyPatch, *, read_seconds: float = 10.0) -> Iterator[SesMailer]:
    monkeypatch.setenv("AWS_ENDPOINT_URL_SESV2", url)
    ses = ses_client(read_seconds=read_seconds)
    try:
        yield SesMailer(ses, SETS)
    finally:
        ses.close()


def outcome_at(
    behave: Behaviour, monkeypatch: pytest.MonkeyPatch, *, read_seconds: float = 10.0
) -> tuple[str | CourtesyError, Loopback]:
    """What one send came to, and the server that it was sent to."""
    with serving(behave) as server, mailer_at(server.url, monkeypatch, read_seconds=read_seconds) as mailer:
        try:
            return mailer.send("abc-234", MAIL), server
        except (MailRefused, MailUncertain) as error:
            return error, server


def outcome_of(ses: SESV2Client) -> CourtesyError:
    with pytest.raises((MailRefused, MailUncertain)) as caught:
        SesMailer(ses, SETS).send("abc-234", MAIL)
    assert "@" not in str(caught.value)
    return caught.value


def outcome_when_raised(error: Exception, monkeypatch: pytest.MonkeyPatch) -> CourtesyError:
    def fail(**_: object) -> None:
        raise error

    ses = ses_client()
    monkeypatch.setattr(ses, "send_email", fail)
    return outcome_of(ses)


class Stubbed:
    """A client whose next reply is settled beforehand; nothing leaves the process."""

    def __init__(self) -> None:
        self.ses: SESV2Client = ses_client()
        self.stub = Stubber(self.ses)

    def outcome(self, code: str, status: int, message: str = "told for rosa@mail.example") -> CourtesyError:
        self.stub.add_client_error("send_email", code, message, http_status_code=status)
        with self.stub:
            return outcome_of(self.ses)


def test_mail_is_accepted_by_moto() -> None:
    with mock_aws():
        ses = ses_client()
        ses.create_email_identity(EmailIdentity="hello@shop.example")
        message_id = SesMailer(ses, SETS).send("abc-234", MAIL)
        [sent] = get_backend("ses")["123456789012"]["eu-west-1"].sent_messages
        assert (sent.id, sent.subject, sent.body) == (message_id, MAIL.subject, MAIL.html)
        assert sent.destinations["ToAddresses"] == ["rosa@mail.example"]


def test_whole_mail_reaches_ses_with_its_tag(monkeypatch: pytest.MonkeyPatch) -> None:
    outcome, server = outcome_at(ACCEPTED, monkeypatch)
    assert outcome == "0102-example-000000"
    assert server.requests == [
        {
            "FromEmailAddress": "Pellow & Wren <hello@shop.example>",
            "ReplyToAddresses": ["desk@shop.example"],
            "Destination": {"ToAddresses": ["rosa@mail.example"]},
            "Content": {
                "Simple": {
                    "Subject": {"Data": "Your voucher, Zoë, and thank you", "Charset": "UTF-8"},
                    "Body": {
                        "Text": {"Data": "Dear Rosa,\n", "Charset": "UTF-8"},
                        "Html": {"Data": "<p>Dear Rosa,</p>", "Charset": "UTF-8"},
                    },
                    "Headers": [
                        {"Name": "Auto-Submitted", "Value": "auto-generated"},
                        {"Name": "List-Unsubscribe", "Value": "<https://shop.example/api/stop/k1.x.y>"},
                        {"Name": "List-Unsubscribe-Post", "Value": "List-Unsubscribe=One-Click"},
                    ],
                }
            },
            "EmailTags": [
                {"Name": "follow_up", "Value": "abc-234"},
                {"Name": "ses:feedback-id-a", "Value": "care"},
                {"Name": "ses:feedback-id-b", "Value": "marketing"},
            ],
            "ConfigurationSetName": "courtesy-service",
        }
    ]


def test_ses_and_smtp_carry_the_same_headers(monkeypatch: pytest.MonkeyPatch) -> None:
    """But for Feedback-ID, which SES writes itself out of our words."""
    _, server = outcome_at(ACCEPTED, monkeypatch)
    by_ses = {one["Name"]: one["Value"] for one in server.requests[0]["Content"]["Simple"]["Headers"]}
    by_smtp = message_from_bytes(assemble(MAIL, "abc-234", "<abc-234@shop.example>", 0), policy=default)
    tags = [one["Value"] for one in server.requests[0]["EmailTags"] if one["Name"].startswith("ses:feedback-id-")]
    assert str(by_smtp["Feedback-ID"]).split(":")[:-1] == tags
    assert {**by_ses, "Feedback-ID": "care:marketing:shop-example"} == {name: str(by_smtp[name]) for name, _ in MAIL.headers}
    assert server.requests[0]["ReplyToAddresses"] == [by_smtp["Reply-To"]]


@pytest.mark.parametrize("stream", ["service", "courtesy", "marketing"])
def test_stream_picks_the_configuration_set(stream: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(ACCEPTED) as server, mailer_at(server.url, monkeypatch) as mailer:
        mailer.send("abc-234", Mail("a@mail.example", "shop@shop.example", "", "Hello", "Hello", "<p>Hello", stream))
    assert server.requests[0]["ConfigurationSetName"] == SETS[stream]
    assert "ReplyToAddresses" not in server.requests[0]


def test_stream_without_configuration_set_is_misconfigured() -> None:
    with pytest.raises(Misconfigured, match="courtesy, marketing"):
        SesMailer(ses_client(), {"service": "courtesy-service", "courtesy": ""})


@pytest.mark.parametrize("sender", ["Bijoux Élan <hello@shop.example>", '"Bijoux Élan" <hello@shop.example>'])
def test_senders_name_beyond_ascii_is_encoded(sender: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(ACCEPTED) as server, mailer_at(server.url, monkeypatch) as mailer:
        mailer.send("abc-234", Mail("a@mail.example", sender, "", "Hello", "Hello", "<p>Hello", "service"))
    assert server.requests[0]["FromEmailAddress"] == "=?utf-8?q?Bijoux_=C3=89lan?= <hello@shop.example>"


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("TooManyRequestsException", 429),
        ("Throttling", 400),
        ("ThrottlingException", 400),
        ("Throttling", 503),
        ("LimitExceededException", 400),
        ("AccountSuspendedException", 400),
        ("SendingPausedException", 400),
        ("MailFromDomainNotVerifiedException", 400),
        ("NotFoundException", 404),
        ("AccessDeniedException", 403),
        ("ExpiredTokenException", 403),
        ("SomethingNew", 418),
    ],
)
def test_trouble_of_the_moment_is_refused_for_now(code: str, status: int) -> None:
    outcome = Stubbed().outcome(code, status)
    assert isinstance(outcome, MailRefused)
    assert not outcome.permanent
    assert code in str(outcome)


@pytest.mark.parametrize("code", ["MessageRejected", "BadRequestException", "InvalidParameterValue", "SerializationException"])
def test_message_at_fault_is_refused_for_good(code: str) -> None:
    outcome = Stubbed().outcome(code, 400)
    assert isinstance(outcome, MailRefused)
    assert outcome.permanent


def test_unverified_sender_is_the_owners_to_mend_and_no_fault_of_the_message() -> None:
    told = "Email address is not verified. The following identities failed the check in region EU-WEST-1: rosa@mail.example"
    outcome = Stubbed().outcome("MessageRejected", 400, told)
    assert isinstance(outcome, MailRefused)
    assert not outcome.permanent


@pytest.mark.parametrize("code", ["MessageRejected", "BadRequestException", "LimitExceededException", "TooManyRequestsException"])
@pytest.mark.parametrize(
    "told",
    [
        "Daily message quota exceeded.",
        "Maximum sending rate exceeded.",
        "Sending paused for this account. For more information, please check the inbox of the email address associated with it.",
        "Sending suspended for this account. For more information, please check the inbox of the email address associated with it.",
    ],
)
def test_what_time_or_the_owner_mends_is_no_fault_of_the_message(told: str, code: str) -> None:
    outcome = Stubbed().outcome(code, 400, told)
    assert isinstance(outcome, MailRefused)
    assert not outcome.permanent


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("InternalFailure", 500),
        ("BadGateway", 502),
        ("ServiceUnavailable", 503),
        ("GatewayTimeout", 504),
        ("RequestTimeout", 408),
        ("Moved", 302),
        ("MessageRejected", 500),
    ],
)
def test_trouble_inside_ses_is_uncertain(code: str, status: int) -> None:
    assert isinstance(Stubbed().outcome(code, status), MailUncertain)


def test_odd_error_code_does_not_reach_the_sentence() -> None:
    outcome = Stubbed().outcome("for rosa@mail.example: no", 400)
    assert isinstance(outcome, MailRefused)
    assert str(outcome) == "SES refused the mail (400)."


@pytest.mark.parametrize(
    "error",
    [
        exceptions.EndpointConnectionError(endpoint_url="https://ses"),
        exceptions.ConnectTimeoutError(endpoint_url="https://ses"),
        exceptions.ProxyConnectionError(proxy_url="https://proxy"),
        exceptions.NoCredentialsError(),
        exceptions.NoRegionError(),
    ],
)
def test_what_never_left_is_refused_for_now(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    outcome = outcome_when_raised(error, monkeypatch)
    assert isinstance(outcome, MailRefused)
    assert not outcome.permanent


@pytest.mark.parametrize(
    "error",
    [
        exceptions.ReadTimeoutError(endpoint_url="https://ses"),
        exceptions.ConnectionClosedError(endpoint_url="https://ses"),
        exceptions.HTTPClientError(error=BrokenPipeError()),
        exceptions.SSLError(endpoint_url="https://ses", error=ssl.SSLError(1, "bad record mac")),
        exceptions.BotoCoreError(),
        ResponseParserError("rosa@mail.example"),
    ],
)
def test_what_may_have_left_is_uncertain(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(outcome_when_raised(error, monkeypatch), MailUncertain)


@pytest.mark.parametrize("behave", [cuts, resets, breaks_off])
def test_cut_connection_is_uncertain_after_one_attempt(behave: Behaviour, monkeypatch: pytest.MonkeyPatch) -> None:
    outcome, server = outcome_at(behave, monkeypatch)
    assert isinstance(outcome, MailUncertain)
    assert len(server.requests) == 1


def test_stalling_server_is_uncertain_after_one_attempt(monkeypatch: pytest.MonkeyPatch) -> None:
    begun = time.monotonic()
    outcome, server = outcome_at(stalls, monkeypatch, read_seconds=0.2)
    assert isinstance(outcome, MailUncertain)
    assert len(server.requests) == 1
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize(
    ("behave", "expected"),
    [
        (answers(500, b'{"message": "try later"}'), MailUncertain),
        (answers(503, b"<html>busy</html>", "text/html"), MailUncertain),
        (answers(200, b"<html>hello</html>", "text/html"), MailUncertain),
        (answers(200, b""), MailUncertain),
        (answers(200, b"{}"), MailUncertain),
        (answers(200, b"[]"), MailUncertain),
        (answers(200, b'{"MessageId": ""}'), MailUncertain),
        (answers(307, b""), MailUncertain),
        (answers(429, b'{"__type": "TooManyRequestsException", "message": "Maximum sending rate exceeded."}'), MailRefused),
        (answers(400, b"<html>no</html>", "text/html"), MailRefused),
    ],
)
def test_each_answer_on_the_wire_is_one_attempt(
    behave: Behaviour, expected: type[CourtesyError], monkeypatch: pytest.MonkeyPatch
) -> None:
    outcome, server = outcome_at(behave, monkeypatch)
    assert isinstance(outcome, expected)
    assert len(server.requests) == 1


def test_refused_connection_is_refused_for_now(monkeypatch: pytest.MonkeyPatch) -> None:
    with mailer_at(f"http://127.0.0.1:{unused_port()}", monkeypatch) as mailer, pytest.raises(MailRefused) as caught:
        mailer.send("abc-234", MAIL)
    assert not caught.value.permanent


def test_environment_cannot_bring_retries_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "5")
    monkeypatch.setenv("AWS_RETRY_MODE", "adaptive")
    outcome, server = outcome_at(answers(503, b"{}"), monkeypatch)
    assert isinstance(outcome, MailUncertain)
    assert len(server.requests) == 1


def test_certificate_that_cannot_be_trusted_is_refused_for_now(monkeypatch: pytest.MonkeyPatch) -> None:
    cause = ssl.SSLCertVerificationError(1, "certificate verify failed: unable to get local issuer certificate")
    outcome = outcome_when_raised(exceptions.SSLError(endpoint_url="https://ses", error=SSLError(cause)), monkeypatch)
    assert isinstance(outcome, MailRefused)
    assert not outcome.permanent


def test_idle_connection_is_not_trusted_with_a_mail(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(ACCEPTED) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL_SESV2", server.url)
        ses, clock = ses_client(), [1000.0]
        mailer = SesMailer(ses, SETS, seconds=lambda: clock[0])
        for passed, connections in ((0, 1), (1, 1), (60, 2), (-60, 3), (1, 3)):
            clock[0] += passed
            mailer.send("abc-234", MAIL)
            assert server.connections == connections
        ses.close()


# --- keeping to the account's rate


class Account:
    """SES where only GetAccount is asked, its clocks, and what was waited for."""

    def __init__(self) -> None:
        self.ses = ses_client()
        self.stub = Stubber(self.ses)
        self.now = 1_000_000.0
        self.waits: list[float] = []
        self.mailer = SesMailer(self.ses, SETS, seconds=lambda: self.now, monotonic=lambda: self.now, sleep=self.sleep)

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds

    def says(self, rate: float) -> None:
        self.stub.add_response("get_account", {"SendQuota": {"MaxSendRate": rate, "Max24HourSend": 200.0}})

    def rate_after(self, seconds: float) -> float:
        self.now += seconds
        with self.stub:
            rate = self.mailer.rate()
            self.stub.assert_no_pending_responses()
        return rate


def test_the_probe_is_sess_own_mailbox_simulator() -> None:
    assert Account().mailer.probe == "success@simulator.amazonses.com"


def test_the_rate_is_the_accounts_and_is_asked_for_every_15_minutes() -> None:
    account = Account()
    account.says(14.0)
    assert account.rate_after(0) == 14.0
    assert [account.rate_after(300) for _ in range(3)] == [14.0] * 3

    account.says(50.0)

    assert account.rate_after(1) == 50.0


def test_a_clock_that_is_set_back_believes_no_old_rate() -> None:
    account = Account()
    account.says(14.0)
    account.rate_after(0)
    account.says(50.0)

    assert account.rate_after(-3600) == 50.0


@pytest.mark.parametrize("said", [0.0, -1.0, 0.05])
def test_the_rate_is_never_nothing(said: float) -> None:
    account = Account()
    account.says(said)

    assert account.rate_after(0) == 0.1


def test_without_an_answer_the_last_known_rate_counts_and_a_minute_later_it_is_asked_for_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    account = Account()
    account.says(14.0)
    account.rate_after(0)
    account.stub.add_client_error("get_account", "TooManyRequestsException", "told of rosa@mail.example")

    assert account.rate_after(901) == 14.0
    assert account.rate_after(59) == 14.0
    account.says(20.0)
    assert account.rate_after(2) == 20.0

    (line,) = caplog.messages
    assert json.loads(line)["event"] == "the sending rate could not be asked for"
    assert "rosa" not in line


@pytest.mark.parametrize("code", ["AccessDeniedException", "InternalFailure"])
def test_an_account_that_never_tells_its_rate_has_one_a_second(code: str) -> None:
    account = Account()
    account.stub.add_client_error("get_account", code)

    assert account.rate_after(0) == 1.0


@pytest.mark.parametrize("reply", [{}, {"SendQuota": {}}])
def test_an_odd_answer_is_none(reply: dict[str, Any]) -> None:
    account = Account()
    account.stub.add_response("get_account", reply)

    assert account.rate_after(0) == 1.0


def test_mails_wait_for_their_turn_and_nothing_is_asked_meanwhile() -> None:
    account = Account()
    account.says(2.0)
    account.rate_after(0)
    account.now += 3600

    with account.stub:  # no reply is prepared
        for _ in range(4):
            account.mailer.await_turn()

    assert account.waits == [0.5, 0.5]


def test_a_send_asks_for_no_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(ACCEPTED) as server, mailer_at(server.url, monkeypatch) as mailer:
        mailer.await_turn()
        mailer.send("abc-234", MAIL)

    assert [set(request) >= {"FromEmailAddress"} for request in server.requests] == [True]
    assert server.connections == 1
