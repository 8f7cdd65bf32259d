"""What a mail program reads back is what was handed in, also where someone meant it to break."""

from __future__ import annotations

import email
import re
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import default
from email.utils import parseaddr

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.adapters.local.mime import FOLLOW_UP_HEADER, assemble, mailbox
from chalicelib.domain.delivery import checked_header
from chalicelib.errors import Invalid
from chalicelib.ports import Mail
from tests.support.properties import thorough

MAIL = Mail(
    to="rosa@mail.example",
    sender='"Pellow & Wren" <hello@shop.example>',
    reply_to="desk@shop.example",
    subject="Your voucher",
    text="Dear Rosa,\n",
    html="<p>Dear Rosa,</p>",
    stream="service",
    headers=(("List-Unsubscribe", "<https://shop.example/api/stop?t=k1.x.y>"), ("Auto-Submitted", "auto-generated")),
)

_PIECES = st.sampled_from([
    ".", "..", "\n.", "\n.\n", "\n.\r\n", "\nFrom ", "From ", "\r", "\r\n", "\n", "\r\r\n", " \n", "\t\n", "  ", "=", "=\n", "=3D", "=_", "é", "\u20ac", "\U0001f381",
    "\n--=_courtesy_alternative", "\n--=_courtesy_alternative--\n", "--", "=?utf-8?q?x?=", "=?", "?=", "\0", "\x7f", "\u2028", "\x85", "\x0b", "\x0c", "a", "word", "x" * 80, "é" * 60,
])  # fmt: skip
_ANY = st.characters(codec="utf-8")
bodies = st.lists(st.one_of(_PIECES, _ANY), max_size=40).map("".join)
_LINE_PIECES = st.sampled_from(
    [
        " ",
        "  ",
        "=?utf-8?q?x?=",
        "=?",
        "?=",
        '"',
        "\\",
        "<",
        ">",
        ",",
        ";",
        "@",
        "é",
        "\U0001f381",
        "\u200d",
        "\xa0",
        "x" * 90,
        "word ",
    ]
)


def _is_header(value: str) -> bool:
    try:
        checked_header(value)
    except Invalid:
        return False
    return True


lines = st.lists(st.one_of(_LINE_PIECES, _ANY), max_size=30).map("".join).filter(_is_header)


def assembled(**changes: object) -> bytes:
    return assemble(msgspec.structs.replace(MAIL, **changes), "abc-234", "<abc-234@shop.example>", 1_772_452_800)


def read(raw: bytes) -> EmailMessage:
    found = email.message_from_bytes(raw, policy=default)
    assert isinstance(found, EmailMessage)
    return found


def part(raw: bytes, kind: str) -> str:
    """A part's text, with the line ends that it was written with."""
    body = read(raw).get_body((kind,))
    assert body is not None
    text: str = body.get_content()
    return text.replace("\r\n", "\n")


def shown_name(raw: bytes) -> str:
    """By the older parser: the newer puts blanks between the encoded words of a name."""
    name, address = parseaddr(email.message_from_bytes(raw)["from"])
    assert address == "hello@shop.example"
    return str(make_header(decode_header(name)))


def test_every_header_is_there_once() -> None:
    found = read(assembled())
    assert found.items() == [
        ("From", "Pellow & Wren <hello@shop.example>"),
        ("To", "rosa@mail.example"),
        ("Subject", "Your voucher"),
        ("Date", "Mon, 02 Mar 2026 12:00:00 -0000"),
        ("Message-ID", "<abc-234@shop.example>"),
        (FOLLOW_UP_HEADER, "abc-234"),
        ("Reply-To", "desk@shop.example"),
        ("List-Unsubscribe", "<https://shop.example/api/stop?t=k1.x.y>"),
        ("Auto-Submitted", "auto-generated"),
        ("MIME-Version", "1.0"),
        ("Content-Type", 'multipart/alternative; boundary="=_courtesy_alternative"'),
    ]


@thorough
@given(bodies, bodies)
def test_both_bodies_are_read_as_they_were_written(text: str, html: str) -> None:
    raw = assembled(text=text, html=html)
    assert part(raw, "plain") == text.replace("\r\n", "\n")
    assert part(raw, "html") == html.replace("\r\n", "\n")
    assert [one.get_content_type() for one in read(raw).iter_parts()] == ["text/plain", "text/html"]


def test_a_line_that_begins_with_a_dot_is_as_short_as_any() -> None:
    text = f"..{'x' * 64}{'é' * 68}\n"
    raw = assembled(text=text)
    assert part(raw, "plain") == text
    assert max(map(len, raw.partition(b"\r\n\r\n")[2].split(b"\r\n"))) <= 76


@thorough
@given(bodies, lines, lines)
def test_nothing_but_short_lines_of_ascii(text: str, subject: str, value: str) -> None:
    raw = assembled(text=text, subject=subject, headers=(("X-Note", value),))
    assert raw.isascii()
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", raw)
    head, _, body = raw.partition(b"\r\n\r\n")
    assert max(map(len, head.split(b"\r\n"))) <= 998
    assert max(map(len, body.split(b"\r\n"))) <= 76


@thorough
@given(lines, lines)
def test_lines_are_read_as_they_were_written(subject: str, value: str) -> None:
    found = read(assembled(subject=subject, headers=(("X-Note", value),)))
    assert (found["subject"], found["x-note"]) == (subject, value)


@thorough
@given(lines)
def test_shown_name_is_read_as_it_was_written(name: str) -> None:
    assert shown_name(assembled(sender=f"{name} <hello@shop.example>")) == mailbox(f"{name} <hello@shop.example>").name


@pytest.mark.parametrize(
    ("sender", "name", "address"),
    [
        ("hello@shop.example", "", "hello@shop.example"),
        ("Pellow & Wren <hello@shop.example>", "Pellow & Wren", "hello@shop.example"),
        ('"Pellow & Wren" <hello@shop.example>', "Pellow & Wren", "hello@shop.example"),
        (r'"Wren \"and\" Co" <hello@shop.example>', 'Wren "and" Co', "hello@shop.example"),
        ("<hello@shop.example>", "", "hello@shop.example"),
    ],
)
def test_name_and_address_are_told_apart(sender: str, name: str, address: str) -> None:
    found = mailbox(sender)
    assert (found.name, found.address, found.domain) == (name, address, "shop.example")


@pytest.mark.parametrize(
    "address",
    [
        "",
        "rosa",
        "rosa@mail.example>",
        "rosa@mail.example,tom@mail.example",
        "ro sa@mail.example",
        "zoë@mail.example",
        "a@b> SIZE=1",
    ],
)
def test_an_address_that_could_break_out_is_invalid(address: str) -> None:
    for changes in ({"to": address}, {"sender": f"Shop <{address}>"}):
        with pytest.raises(Invalid) as caught:
            assembled(**changes)
        assert not address or address not in str(caught.value)


@pytest.mark.parametrize("name", ["Subject", "bcc\r\nX", "X Y", "", "x:y", "Content-Type", "from"])
def test_a_header_that_could_break_out_is_invalid(name: str) -> None:
    with pytest.raises(Invalid):
        assembled(headers=((name, "value"),))


@pytest.mark.parametrize("value", ["two\nlines", "two\r\nlines", "x" * 999, "a\0b", "a\u2028b"])
def test_a_value_of_several_lines_is_invalid(value: str) -> None:
    for changes in ({"subject": value}, {"sender": f"{value} <hello@shop.example>"}, {"headers": (("X-Note", value),)}):
        with pytest.raises(Invalid):
            assembled(**changes)


def test_a_long_line_is_folded() -> None:
    subject = " ".join(["word"] * 199)
    raw = assembled(subject=subject)
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert read(raw)["subject"] == subject
