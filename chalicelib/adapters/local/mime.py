"""A mail as bytes for SMTP: multipart/alternative, UTF-8, quoted-printable. The standard library's EmailMessage does this in ten times the CPU."""

from __future__ import annotations

import re
from binascii import b2a_base64, b2a_qp
from email.quoprimime import body_encode
from email.utils import formatdate
from functools import lru_cache

from msgspec import Struct

from chalicelib.domain.delivery import checked_header
from chalicelib.errors import Invalid
from chalicelib.ports import Mail

FOLLOW_UP_HEADER = "X-Courtesy-Follow-Up"

# in quoted-printable "=" stands before two hex digits or at a line's end, so no body can hold this
_BOUNDARY = b"=_courtesy_alternative"
_OPENS, _CLOSES = b"\r\n--" + _BOUNDARY, b"\r\n--" + _BOUNDARY + b"--\r\n"
_PART = _OPENS + b"\r\nContent-Type: text/%s; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
_TEXT, _HTML = _PART % b"plain", _PART % b"html"
_CONTENT_TYPE = b'MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary="' + _BOUNDARY + b'"\r\n'

_LONGEST = 998
_WORD_BYTES = 45
"""So many make an encoded word of 72 characters; 75 are allowed."""

_PLAIN_NAME = 64
_HEADER_NAME = re.compile(r"[!-9;-~]{1,76}")
_ADDRESS = re.compile(r"[!-?A-~]+@[A-Za-z0-9.-]+")
_MAKES_TROUBLE = re.compile(r'[<>()\[\],;:\\"]')
_OURS = frozenset(("from", "to", "reply-to", "subject", "date", "message-id", "mime-version", FOLLOW_UP_HEADER.lower()))


class Mailbox(Struct, frozen=True):
    """A display name, "" where there is none, and an address that is safe in an envelope."""

    name: str
    address: str

    @property
    def domain(self) -> str:
        """The address's."""
        return self.address.rpartition("@")[2]


@lru_cache(maxsize=64)
def mailbox(value: str) -> Mailbox:
    """From `address`, `name <address>` or `"name" <address>`. Errors: Invalid; no sentence repeats what was given."""
    checked_header(value)
    name, opened, rest = value.rpartition("<")
    address = rest[:-1] if opened and rest.endswith(">") else value
    if not _ADDRESS.fullmatch(address) or _MAKES_TROUBLE.search(address):
        raise Invalid("A mail's address must be plain ASCII.")
    name = name.strip(" ")
    if len(name) > 1 and name[0] == name[-1] == '"':
        name = re.sub(r"\\(.)", r"\1", name[1:-1])
    return Mailbox(name, address)


def assemble(mail: Mail, follow_up_id: str, message_id: str, seconds: float) -> bytes:
    """The whole message, every line ended by CRLF. `seconds`: its Date, since the epoch. Errors: Invalid."""
    lines = [
        f"From: {_written(mailbox(mail.sender))}",
        f"To: {mailbox(mail.to).address}",
        _header("Subject", mail.subject),
        f"Date: {formatdate(seconds)}",
        f"Message-ID: {checked_header(message_id)}",
        f"{FOLLOW_UP_HEADER}: {checked_header(follow_up_id)}",
    ]
    if mail.reply_to:
        lines.append(f"Reply-To: {_written(mailbox(mail.reply_to))}")
    lines += [_header(_name(name), value) for name, value in mail.headers]
    lines.append("")
    head = "\r\n".join(lines).encode("ascii")
    return b"".join((head, _CONTENT_TYPE, _TEXT, _body(mail.text), _HTML, _body(mail.html), _CLOSES))


@lru_cache(maxsize=64)
def _name(name: str) -> str:
    if not _HEADER_NAME.fullmatch(name) or name.lower() in _OURS or name.lower().startswith("content-"):
        raise Invalid("A mail cannot have a header of that name.")
    return name


@lru_cache(maxsize=64)
def _written(one: Mailbox) -> str:
    if not one.name:
        return one.address
    if one.name.isascii() and "=?" not in one.name and len(one.name) <= _PLAIN_NAME:
        name = one.name.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{name}" <{one.address}>'
    return f"{_encoded(one.name)} <{one.address}>"


def _header(name: str, value: str) -> str:
    # what looks encoded would be decoded, and blanks at the ends would be lost
    if not value.isascii() or "=?" in value or value != value.strip(" "):
        return f"{name}: {_encoded(checked_header(value))}"
    line = f"{name}: {checked_header(value)}"
    if len(line) <= _LONGEST:
        return line
    fold = line.rfind(" ", len(name) + 3, _LONGEST)
    return f"{line[:fold]}\r\n{line[fold:]}" if fold > 0 else f"{name}: {_encoded(value)}"


def _encoded(value: str) -> str:
    """Encoded words (RFC 2047), one a line."""
    data, words = value.encode(), []
    while data:
        cut = _WORD_BYTES
        while cut < len(data) and data[cut] & 0xC0 == 0x80:  # each word must hold whole characters
            cut -= 1
        words.append(f"=?utf-8?b?{b2a_base64(data[:cut], newline=False).decode()}?=")
        data = data[cut:]
    return "\r\n ".join(words)


_QP_LONGEST = 76


def _body(text: str) -> bytes:
    data = text.encode()
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n")
    if b"\r" in data:  # one that stands alone must not end a line
        return b"\r\n".join(b2a_qp(line, istext=False).replace(b"\n", b"\r\n") for line in data.split(b"\n"))
    encoded = b2a_qp(data)
    # it miscounts a line that begins with a dot, also one that it broke there itself, by the two signs that the dot grows
    if max(map(len, encoded.split(b"\n"))) > _QP_LONGEST:
        encoded = body_encode(data.decode("latin-1"), _QP_LONGEST).encode("ascii")
    return encoded.replace(b"\n", b"\r\n")
