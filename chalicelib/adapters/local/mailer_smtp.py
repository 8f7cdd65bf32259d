"""Mail through an SMTP server: one DATA a call, and an honest word on how it ended.

Until the server asks for the body nothing can have been accepted, so all that goes wrong before is a refusal. From the body's first byte
to the answer to its final dot nobody can tell, so that is uncertain, and only the server's own refusal is one. No events come back.
"""

from __future__ import annotations

import smtplib
import socket
import ssl
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from ipaddress import ip_address
from math import isfinite
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from chalicelib.adapters.local.mime import assemble, mailbox
from chalicelib.adapters.pacing import Pacer
from chalicelib.errors import Invalid, Misconfigured
from chalicelib.ports import Mail, MailRefused, MailUncertain

RATE = 50.0
"""Mails a second, where the URL names no rate."""

CONNECT_SECONDS, READ_SECONDS, IDLE_SECONDS = 2.0, 10.0, 30.0
PORTS = {"smtp": 587, "smtps": 465}

_FORM = "COURTESY_SMTP must look like smtps://user:password@mail.example or smtp://localhost:1025?rate=20"
_GO_AHEAD = 354
_CLOSING = 421
# these speak of the connection (a login, TLS, a command not known), whatever mail is on it
_OF_THE_CONNECTION = frozenset((500, 502, 503, 504, 521, 530, 534, 535, 538))


class SmtpMailer:
    """ports.Mailer over one kept connection. For one thread at a time. Errors: Misconfigured, and it never says the password.

    `url`: `smtp://` (STARTTLS before anything is said, unless the host is this machine) or `smtps://` (TLS at once), then
    `[user:password@]host[:port][?rate=mails a second]`. Certificates are verified; `tls` says against what, in place of the system's.
    `connect_seconds` for a connection, `read_seconds` for all that comes before the body together, and once more for the body.
    `seconds`: wall-clock time, in seconds; `monotonic` and `sleep` keep the limits and the rate.
    """

    name, probe = "smtp", ""

    def __init__(
        self,
        url: str,
        *,
        connect_seconds: float = CONNECT_SECONDS,
        read_seconds: float = READ_SECONDS,
        tls: ssl.SSLContext | None = None,
        seconds: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        where = _split(url)
        self._host, self._port = where.hostname or "", where.port or PORTS[where.scheme]
        self._login = _login(where)
        self._tls_at_once = where.scheme == "smtps"
        self._starttls = not self._tls_at_once and not _is_this_machine(self._host)
        self._rate = _rate(where.query)
        self._connect_seconds, self._read_seconds = connect_seconds, read_seconds
        self._tls, self._seconds, self._monotonic = tls, seconds, monotonic
        self._pacer = Pacer(self.rate, monotonic=monotonic, sleep=sleep)
        self._kept: _Connection | None = None
        self._last_used = 0.0

    def rate(self) -> float:
        return self._rate

    def await_turn(self) -> None:
        self._pacer.await_turn()

    def close(self) -> None:
        """Takes leave of the server, without waiting for its word."""
        if self._kept is not None:
            with suppress(smtplib.SMTPException, OSError):
                self._kept.putcmd("QUIT")
            self._kept.close()
            self._kept = None

    def forget(self, follow_up_ids: Sequence[str]) -> None:
        """It keeps none."""

    def sweep(self, now: datetime) -> int:
        """It keeps none."""
        return 0

    def send(self, follow_up_id: str, mail: Mail) -> str:
        """The Message-ID. Errors: MailRefused, MailUncertain; no sentence holds an address or the server's own words."""
        try:
            sender, to = mailbox(mail.sender), mailbox(mail.to)
            message_id = f"<{follow_up_id}@{sender.domain}>"
            message = assemble(mail, follow_up_id, message_id, self._seconds())
        except Invalid as error:
            raise MailRefused(str(error), permanent=True) from None
        connection = self._let_in(sender.address, to.address)
        try:
            code = connection.hand_over(message, self._read_seconds)
        except (smtplib.SMTPException, OSError) as error:  # `from None` here and below: a server's words quote addresses
            connection.close()
            kind = type(error).__name__
            raise MailUncertain(
                f"The mail server did not answer properly ({kind}); the mail may have been accepted or not."
            ) from None
        except BaseException:
            connection.close()
            raise
        if not 200 <= code < 600 or 300 <= code < 400:
            connection.close()
            raise MailUncertain("The mail server gave an odd answer; the mail may have been accepted or not.")
        self._keep(connection, code)
        if code >= 400:
            raise _refused(code, "the mail", permanent=code >= 500)
        return message_id

    def _let_in(self, sender: str, to: str) -> _Connection:
        """A connection on which the server waits for the body. Errors: MailRefused.

        One that was kept may have been given up by the server meanwhile. Nothing was accepted then, so it is opened anew, once.
        """
        ends = self._monotonic() + self._read_seconds
        kept, self._kept = self._kept, None
        if kept is not None:
            # wall time, because a sleeping machine's monotonic clock may have stood still
            if abs(self._seconds() - self._last_used) <= IDLE_SECONDS:
                with suppress(_Broken):
                    return self._envelope(kept, sender, to, ends)
            kept.close()
        try:
            return self._envelope(self._opened(ends), sender, to, ends)
        except _Broken as broken:
            raise MailRefused(f"The mail server could not be reached ({broken}).", permanent=False) from None

    def _envelope(self, connection: _Connection, sender: str, to: str, ends: float) -> _Connection:
        """Errors: _Broken, MailRefused; the connection is closed or kept by then."""
        steps = (
            (f"MAIL FROM:<{sender}>", "the shop's sending address"),
            (f"RCPT TO:<{to}>", "the recipient"),
            ("DATA", "the mail"),
        )
        for command, what in steps:
            code = connection.ask(command, ends - self._monotonic())
            if code == _GO_AHEAD if command == "DATA" else 200 <= code < 300:
                continue
            if code == _CLOSING or not 400 <= code < 600:
                connection.close()
                raise _Broken(f"it answered {code}")
            if connection.ask("RSET", ends - self._monotonic()) == 250:
                self._keep(connection, code)
            else:
                connection.close()
            # the sender is the same on every mail: what is wrong with it is for the owner to mend, and then the mail goes
            raise _refused(code, what, permanent=code >= 500 and what != "the shop's sending address")
        return connection

    def _opened(self, ends: float) -> _Connection:
        """Greeted, encrypted and logged in. Errors: _Broken, MailRefused."""
        try:
            limits = (self._connect_seconds, max(0.001, ends - self._monotonic()))
            connection = _Connection(self._host, self._port, limits, self._context() if self._tls_at_once else None)
        except smtplib.SMTPResponseException as error:
            raise _Broken(f"it answered {error.smtp_code}") from None
        except (smtplib.SMTPException, OSError) as error:
            raise _Broken(type(error).__name__) from None
        try:
            connection.allow(ends - self._monotonic())
            connection.ehlo_or_helo_if_needed()
            if self._starttls:
                connection.starttls(context=self._context())
                connection.ehlo_or_helo_if_needed()
            if self._login:
                connection.allow(ends - self._monotonic())
                connection.login(*self._login)
        except smtplib.SMTPNotSupportedError:
            lacks = "TLS" if self._starttls and not connection.is_encrypted else "logging in"
            connection.close()
            raise MailRefused(f"The mail server does not offer {lacks}.", permanent=False) from None
        except smtplib.SMTPResponseException as error:
            connection.close()
            raise MailRefused(f"The mail server did not let us in ({error.smtp_code}).", permanent=False) from None
        except (smtplib.SMTPException, OSError) as error:
            connection.close()
            raise _Broken(type(error).__name__) from None
        return connection

    def _context(self) -> ssl.SSLContext:
        if self._tls is None:
            self._tls = ssl.create_default_context()
        return self._tls

    def _keep(self, connection: _Connection, code: int) -> None:
        if code == _CLOSING:
            connection.close()
        else:
            self._kept, self._last_used = connection, self._seconds()


class _Broken(Exception):
    """Nothing was accepted, and the connection is closed. Its text is what happened: a code or an error's name."""


class _Connection(smtplib.SMTP):
    """smtplib's, with a limit of its own for connecting, and none of its own for sending: ours must see at which step it breaks."""

    def __init__(self, host: str, port: int, limits: tuple[float, float], tls_at_once: ssl.SSLContext | None) -> None:
        """`limits`: seconds to connect, and to be greeted then. Errors: OSError, SMTPException."""
        self._limits, self._tls_at_once = limits, tls_at_once
        super().__init__(host, port, local_hostname="localhost")
        own = self.sock.getsockname()[0] if self.sock else ""
        self.local_hostname = f"[IPv6:{own}]" if ":" in own else f"[{own}]"  # a name would cost a look-up, and may be nobody's

    def connect(self, host: str = "localhost", port: int = 0, source_address: object = None) -> tuple[int, bytes]:
        """The greeting. Errors: OSError, SMTPException."""
        connecting, greeting = self._limits
        self.sock = socket.create_connection((host, port), connecting)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._tls_at_once is not None:
            self.sock = self._tls_at_once.wrap_socket(self.sock, server_hostname=host)
        self.sock.settimeout(greeting)
        return self.getreply()

    @property
    def is_encrypted(self) -> bool:
        """Whether TLS stands."""
        return isinstance(self.sock, ssl.SSLSocket)

    def allow(self, seconds: float) -> None:
        """The limit for each wait from now on. Errors: TimeoutError when none is left."""
        if seconds <= 0:
            raise TimeoutError
        if self.sock is not None:
            self.sock.settimeout(seconds)

    def ask(self, command: str, seconds: float) -> int:
        """The reply's code. Errors: _Broken."""
        try:
            self.allow(seconds)
            return self.docmd(command)[0]
        except smtplib.SMTPResponseException as error:
            self.close()
            raise _Broken(f"it answered {error.smtp_code}") from None
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise _Broken(type(error).__name__) from None

    def hand_over(self, message: bytes, seconds: float) -> int:
        """The code of the reply to the final dot. Errors: OSError, SMTPException."""
        self.allow(seconds)
        # every line ends with CRLF already; a dot that begins one is doubled (RFC 5321, 4.5.2)
        self.send(message.replace(b"\r\n.", b"\r\n..") + b".\r\n")
        return self.getreply()[0]


def _refused(code: int, what: str, *, permanent: bool) -> MailRefused:
    return MailRefused(f"The mail server refused {what} ({code}).", permanent=permanent and code not in _OF_THE_CONNECTION)


def _split(url: str) -> SplitResult:
    try:
        where = urlsplit(url)
        port = where.port
    except ValueError:
        raise Misconfigured(f"{_FORM}: its host or port cannot be read.") from None
    if where.scheme not in PORTS:
        raise Misconfigured(f"{_FORM}.")
    if where.path not in ("", "/") or where.fragment:
        raise Misconfigured(f"{_FORM}: write special characters of user and password as in %23 for #.")
    if not where.hostname or port == 0:
        raise Misconfigured(f"{_FORM}: it names no host.")
    return where


def _login(where: SplitResult) -> tuple[str, str] | None:
    user, password = unquote(where.username or ""), unquote(where.password or "")
    if bool(user) != bool(password):
        raise Misconfigured(f"{_FORM}: give both user and password, or neither.")
    if not (user + password).isascii():
        raise Misconfigured(f"{_FORM}: user and password can only be plain ASCII.")
    return (user, password) if user else None


def _rate(query: str) -> float:
    given = parse_qs(query, keep_blank_values=True)
    if not given:
        return RATE
    try:
        (rate,) = (float(value) for value in given.pop("rate"))
    except (KeyError, ValueError):
        raise Misconfigured(f"{_FORM}: its rate is mails a second.") from None
    if given or not isfinite(rate) or rate <= 0:
        raise Misconfigured(f"{_FORM}: its rate is mails a second.")
    return rate


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
