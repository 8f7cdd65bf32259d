"""How each failure of an SMTP server, or of the way to it, is told: refused where nothing was accepted, uncertain where nobody knows."""

from __future__ import annotations

import base64
import ssl
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from chalicelib.adapters.local.mailer_smtp import RATE, SmtpMailer
from chalicelib.errors import CourtesyError, Misconfigured
from chalicelib.ports import Mail, Mailer, MailRefused, MailUncertain
from tests.adapters.loopback import unused_port
from tests.support.smtp_sink import Sink, sinking
from tests.support.world import NOON

MAIL = Mail(
    to="rosa@mail.example",
    sender='"Pellow & Wren" <hello@shop.example>',
    reply_to="desk@shop.example",
    subject="Your voucher",
    text="Dear Rosa,\n.\nFrom us\n",
    html="<p>Dear Rosa,</p>",
    stream="service",
)
FOREIGN = "0.0.0.0"
"""Leads to this machine, but does not say so: like any server elsewhere, it must offer TLS."""


class Wall:
    """Wall-clock time, moved by hand."""

    def __init__(self) -> None:
        self.at = NOON.timestamp()

    def __call__(self) -> float:
        return self.at


def mailer_to(sink: Sink, *, seconds: Wall | None = None) -> SmtpMailer:
    return SmtpMailer(f"smtp://127.0.0.1:{sink.port}", read_seconds=0.4, seconds=seconds or Wall())


def outcome(mailer: Mailer, id_: str = "abc-234", mail: Mail = MAIL) -> tuple[str, bool]:
    """accepted | refused | uncertain, and whether for good."""
    try:
        mailer.send(id_, mail)
    except MailRefused as refused:
        assert_tells_nobody(refused)
        return "refused", refused.permanent
    except MailUncertain as uncertain:
        assert_tells_nobody(uncertain)
        return "uncertain", False
    return "accepted", True


def assert_tells_nobody(error: CourtesyError) -> None:
    assert not any(word in str(error) for word in ("@", "rosa", "hello", "as told", "secret"))
    assert error.__context__ is None or error.__suppress_context__


def follow_ups(sink: Sink) -> list[str]:
    return [one.follow_up for one in sink.accepted]


# --- accepted ---


def test_an_accepted_mail_is_told_by_its_message_id() -> None:
    with sinking() as sink, closing(mailer_to(sink)) as mailer:
        assert mailer.send("abc-234", MAIL) == "<abc-234@shop.example>"
    (taken,) = sink.accepted
    assert (taken.follow_up, taken.to) == ("abc-234", "rosa@mail.example")
    assert b"Message-ID: <abc-234@shop.example>\r\n" in taken.message
    assert b"Date: Mon, 02 Mar 2026 12:00:00 -0000\r\n" in taken.message


def test_many_mails_take_one_connection() -> None:
    with sinking() as sink, closing(mailer_to(sink)) as mailer:
        for n in range(3):
            mailer.send(f"f-{n}", MAIL)
    assert (follow_ups(sink), sink.connections) == (["f-0", "f-1", "f-2"], 1)


def test_dots_at_line_beginnings_arrive_as_they_were() -> None:
    with sinking() as sink, closing(mailer_to(sink)) as mailer:
        mailer.send("abc-234", msgspec.structs.replace(MAIL, text="..\n.x\n.\nend\n"))
    assert b"\r\n\r\n..\r\n.x\r\n=2E\r\nend\r\n" in sink.accepted[0].message


def test_the_connection_says_where_it_comes_from() -> None:
    with sinking() as sink, closing(mailer_to(sink)) as mailer:
        mailer.send("abc-234", MAIL)
    assert sink.commands[:4] == [
        "ehlo [127.0.0.1]", "MAIL FROM:<hello@shop.example>", "RCPT TO:<rosa@mail.example>", "DATA",
    ]  # fmt: skip


# --- refused: at each stage, by each kind of answer ---


@pytest.mark.parametrize("code", ["450", "550"])
@pytest.mark.parametrize("stage", ["greeting", "ehlo", "mail", "rcpt", "data", "dot"])
def test_a_refusal_is_for_good_only_where_the_mail_is_at_fault(stage: str, code: str) -> None:
    at_fault = code == "550" and stage in ("rcpt", "data", "dot")
    with sinking(stage, code) as sink, closing(mailer_to(sink)) as mailer:
        assert outcome(mailer) == ("refused", at_fault)
        assert outcome(mailer, "next") == ("accepted", True)
    assert follow_ups(sink) == ["next"]


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data", "dot"])
def test_a_refusal_leaves_the_connection_good(stage: str) -> None:
    with sinking(stage, "550") as sink, closing(mailer_to(sink)) as mailer:
        outcome(mailer)
        outcome(mailer)
    assert sink.connections == 1


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data", "dot"])
@pytest.mark.parametrize("code", ["530", "503"])
def test_what_concerns_the_connection_is_never_for_good(stage: str, code: str) -> None:
    with sinking(stage, code) as sink, closing(mailer_to(sink)) as mailer:
        assert outcome(mailer) == ("refused", False)


@pytest.mark.parametrize("stage", ["greeting", "ehlo", "mail", "rcpt", "data"])
@pytest.mark.parametrize("what", ["cut", "stall", "250", "babble"])
def test_whatever_breaks_before_the_body_is_a_refusal_for_now(stage: str, what: str) -> None:
    if what == "250" and stage in ("ehlo", "mail", "rcpt"):
        return
    with sinking(stage, what) as sink, closing(mailer_to(sink)) as mailer:
        assert outcome(mailer) == ("refused", False)
        assert outcome(mailer) == ("accepted", True)
    assert len(sink.accepted) == 1


def test_nobody_listening_is_a_refusal_for_now() -> None:
    assert outcome(SmtpMailer(f"smtp://127.0.0.1:{unused_port()}")) == ("refused", False)


@pytest.mark.parametrize(
    "changes", [{"to": "zoë@mail.example"}, {"to": "a@b\r\nDATA"}, {"subject": "a\r\nBcc: x"}, {"sender": "nobody"}]
)
def test_a_mail_that_cannot_be_written_is_refused_before_anything_is_said(changes: dict[str, str]) -> None:
    with sinking() as sink, closing(mailer_to(sink)) as mailer:
        assert outcome(mailer, mail=msgspec.structs.replace(MAIL, **changes)) == ("refused", True)
    assert sink.connections == 0


# --- uncertain: from the body on ---


@pytest.mark.parametrize(
    ("stage", "what", "taken"),
    [
        ("body", "cut", 0), ("body", "stall", 0), ("dot", "cut", 0), ("dot", "stall", 0), ("dot", "354", 0), ("dot", "babble", 0),
        ("recorded", "cut", 1), ("recorded", "stall", 1), ("recorded", "x" * 9000, 1), ("recorded", "babble", 1),
    ],
)  # fmt: skip
def test_whatever_is_unclear_after_the_body_began_is_uncertain(stage: str, what: str, taken: int) -> None:
    with sinking(stage, what) as sink, closing(mailer_to(sink)) as mailer:
        assert outcome(mailer) == ("uncertain", False)
        assert len(sink.accepted) == taken
        assert outcome(mailer, "next") == ("accepted", True)
    assert len(sink.accepted) == taken + 1


# --- the kept connection ---


def test_a_connection_that_was_given_up_is_opened_anew() -> None:
    with sinking() as sink, closing(mailer_to(sink)) as mailer:
        mailer.send("f-1", MAIL)
        sink.hang_up()
        mailer.send("f-2", MAIL)
    assert (follow_ups(sink), sink.connections) == (["f-1", "f-2"], 2)


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data"])
@pytest.mark.parametrize("what", ["421", "cut"])
def test_a_kept_connection_that_breaks_before_the_body_is_opened_anew_once(stage: str, what: str) -> None:
    with sinking() as sink, closing(mailer_to(sink)) as mailer:
        mailer.send("f-1", MAIL)
        sink.at[stage] = [what]
        assert outcome(mailer, "f-2") == ("accepted", True)
        sink.at[stage] = [what, what]
        assert outcome(mailer, "f-3") == ("refused", False)
    assert (follow_ups(sink), sink.connections) == (["f-1", "f-2"], 3)


def test_an_idle_connection_is_not_trusted() -> None:
    wall = Wall()
    with sinking() as sink, closing(mailer_to(sink, seconds=wall)) as mailer:
        mailer.send("f-1", MAIL)
        wall.at += 31
        mailer.send("f-2", MAIL)
        wall.at -= 3600
        mailer.send("f-3", MAIL)
    assert (len(sink.accepted), sink.connections) == (3, 3)


def test_a_connection_that_ends_with_its_answer_is_opened_anew() -> None:
    with sinking("dot", "421") as sink, closing(mailer_to(sink)) as mailer:
        assert outcome(mailer) == ("refused", False)
        assert outcome(mailer) == ("accepted", True)
    assert sink.connections == 2


# --- TLS and login ---


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """For the FOREIGN host, signed by itself."""
    import ipaddress
    from datetime import UTC, datetime, timedelta

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sink")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(FOREIGN))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "sink.pem"
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return file


@pytest.fixture
def tls(certificate: Path) -> ssl.SSLContext:
    """The server's."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


@pytest.fixture
def trusting(certificate: Path) -> ssl.SSLContext:
    """A client's that knows the server's certificate."""
    return ssl.create_default_context(cafile=str(certificate))


def test_another_machine_must_offer_tls() -> None:
    with sinking() as sink, closing(SmtpMailer(f"smtp://{FOREIGN}:{sink.port}")) as mailer:
        assert outcome(mailer) == ("refused", False)
    assert sink.commands == ["ehlo [127.0.0.1]"]


def test_a_refused_starttls_is_a_refusal_for_now(tls: ssl.SSLContext, trusting: ssl.SSLContext) -> None:
    with (
        sinking("starttls", "554", tls=tls) as sink,
        closing(SmtpMailer(f"smtp://{FOREIGN}:{sink.port}", tls=trusting)) as mailer,
    ):
        assert outcome(mailer) == ("refused", False)


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_nothing_is_said_to_a_server_with_a_false_certificate(scheme: str, tls: ssl.SSLContext) -> None:
    at_once = scheme == "smtps"
    with sinking(tls=tls, tls_at_once=at_once) as sink, closing(SmtpMailer(f"{scheme}://u:p@{FOREIGN}:{sink.port}")) as mailer:
        assert outcome(mailer) == ("refused", False)
    assert not [command for command in sink.commands if command.startswith(("AUTH", "MAIL"))]


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_login_and_mail_go_encrypted(scheme: str, tls: ssl.SSLContext, trusting: ssl.SSLContext) -> None:
    login = base64.b64encode(b"\0us@er\0sec/ret").decode()
    with (
        sinking(tls=tls, tls_at_once=scheme == "smtps", login=login) as sink,
        closing(SmtpMailer(f"{scheme}://us%40er:sec%2Fret@{FOREIGN}:{sink.port}", tls=trusting)) as mailer,
    ):
        assert outcome(mailer) == ("accepted", True)
    encrypts, speaks = sink.commands.index("STARTTLS") if scheme == "smtp" else -1, sink.commands.index(f"AUTH PLAIN {login}")
    assert encrypts < speaks


@pytest.mark.parametrize("login", ["", base64.b64encode(b"\0user\0other").decode()], ids=["not offered", "wrong"])
def test_a_failed_login_is_a_refusal_for_now(login: str) -> None:
    with sinking(login=login) as sink, closing(SmtpMailer(f"smtp://user:secret@127.0.0.1:{sink.port}")) as mailer:
        assert outcome(mailer) == ("refused", False)


# --- the URL ---


@pytest.mark.parametrize(
    "url",
    [
        "mail.example", "http://mail.example", "smtp://", "smtp:///x", "smtp://user:secret@", "smtp://user@mail.example", "smtp://:secret@mail.example",
        "smtp://mail.example:99999", "smtp://mail.example:x", "smtp://mail.example:0", "smtp://mail.example/inbox", "smtp://user:sec#ret@mail.example",
        "smtp://[::1", "smtp://mail.example?rate=0", "smtp://mail.example?rate=fast", "smtp://mail.example?rate=nan", "smtp://mail.example?rate=inf",
        "smtp://mail.example?rate=1&rate=2", "smtp://mail.example?speed=1", "smtp://mail.example?rate=1&x=2", "smtp://us%C3%A9r:secret@mail.example",
    ],
)  # fmt: skip
def test_a_wrong_url_is_misconfigured_without_its_password(url: str) -> None:
    with pytest.raises(Misconfigured, match="COURTESY_SMTP must look like") as caught:
        SmtpMailer(url)
    assert "secret" not in str(caught.value)
    assert "sec#ret" not in str(caught.value)


@pytest.mark.parametrize(("query", "rate"), [("", RATE), ("?rate=2.5", 2.5), ("/?rate=100", 100.0)])
def test_the_url_may_name_a_rate(query: str, rate: float) -> None:
    assert SmtpMailer(f"smtp://mail.example{query}").rate() == rate


def test_mails_keep_to_the_rate() -> None:
    slept: list[float] = []
    mailer = SmtpMailer("smtp://mail.example?rate=4", monotonic=lambda: 100.0, sleep=slept.append)
    for _ in range(6):
        mailer.await_turn()
    assert slept == [0.25, 0.5]
    assert mailer.probe == ""
