"""Who someone is: e-mail addresses, names, and the ids that stand for them. All of it is hostile input."""

from __future__ import annotations

import base64
import hmac
import ipaddress
import re
import unicodedata

from email_validator import EmailNotValidError, validate_email
from msgspec import Struct

from chalicelib.errors import Invalid

MAX_ADDRESS, MAX_NAME = 254, 100
_GMAIL = ("gmail.com", "googlemail.com")
_TAGGED = frozenset(
    (
        *_GMAIL, "outlook.com", "hotmail.com", "hotmail.co.uk", "live.com", "live.co.uk", "msn.com", "icloud.com", "me.com", "mac.com",
        "fastmail.com", "fastmail.fm", "proton.me", "protonmail.com", "pm.me", "zoho.com", "hey.com", "runbox.com", "posteo.de", "mailbox.org",
    )
)  # fmt: skip
"""Where what follows a plus sign surely leads to the same mailbox. Elsewhere it may be a stranger's, who must not speak for this person."""

_SPACES = re.compile("[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_SEEN_AS_NOTHING = frozenset("\ufffd\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0") | frozenset(
    map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)))
)


class Address(Struct, frozen=True):
    """`raw` as typed, `normalised` as mail goes to it (ASCII), `key` for telling whether two are one person's."""

    raw: str
    normalised: str
    key: str


def parse_address(text: str) -> Address:
    """An e-mail address. Errors: Invalid, with field "email"."""
    typed = text.strip()
    if not typed:
        raise Invalid("Enter your e-mail address.", "email")
    if len(typed) > MAX_ADDRESS:
        raise Invalid(f"Enter an e-mail address of at most {MAX_ADDRESS} characters.", "email")
    try:
        # the local part stays ASCII because SES has no SMTPUTF8; whether the domain takes mail, the confirmation shows
        found = validate_email(typed, allow_smtputf8=False, check_deliverability=False, strict=True)
    except EmailNotValidError:
        raise Invalid("Enter an e-mail address in the form name@example.com.", "email") from None
    if found.ascii_email is None:
        raise Invalid("Enter an e-mail address in the form name@example.com.", "email")
    return Address(typed, found.ascii_email, _dedupe_key(found.ascii_email))


def address_or_none(text: object) -> Address | None:
    """For machines' data: an address that cannot be used is none at all."""
    if not isinstance(text, str):
        return None
    try:
        return parse_address(text)
    except Invalid:
        return None


def _dedupe_key(address: str) -> str:
    local, _, domain = address.lower().rpartition("@")
    if domain in _TAGGED:
        local = local.split("+", 1)[0] or local
    if domain in _GMAIL:
        return f"{local.replace('.', '')}@gmail.com"
    return f"{local}@{domain}"


def is_unsafe(char: str) -> bool:
    """Control, bidirectional-override, invisible and unassigned characters, and what stands for lost bytes: none belongs in a name."""
    return unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") or char in _SEEN_AS_NOTHING


def parse_name(text: str) -> str:
    """A person's name as typed into a form, spaces tidied. Errors: Invalid, with field "name"."""
    name = unicodedata.normalize("NFC", " ".join(part for part in _SPACES.split(text) if part))
    if not name:
        raise Invalid("Enter your name.", "name")
    if len(name) > MAX_NAME:
        raise Invalid(f"Enter a name of at most {MAX_NAME} characters.", "name")
    if "://" in name or "@" in name or "www." in name.lower():
        raise Invalid("Enter your name, not an address: it stands at the head of our mails.", "name")
    if any(map(is_unsafe, name)):
        raise Invalid("Enter your name without line breaks or invisible characters.", "name")
    return name


def parse_words(text: str, limit: int, field: str) -> str:
    """What somebody writes or says, lines kept; "" stays "". Errors: Invalid, with the field's name."""
    words = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if len(words) > limit:
        raise Invalid(f"Write at most {limit:,} characters; these are {len(words):,}.", field)
    if any(is_unsafe(char) and char not in "\n\u200d" for char in words):
        raise Invalid("Write without invisible or control characters.", field)
    return words


def tidy(text: object, limit: int = MAX_NAME) -> str:
    """Machines' text made harmless: one line, no unsafe characters, at most `limit` characters; "" for anything but text."""
    if not isinstance(text, str):
        return ""
    kept = "".join(" " if char in "\r\n\t" else char for char in text[: limit * 4] if char in "\r\n\t" or not is_unsafe(char))
    return unicodedata.normalize("NFC", " ".join(kept.split()))[:limit].rstrip()


def first_name(name: str) -> str:
    """What a message says after "Dear"; at most 40 characters of it. A title is no name."""
    words = name.split(" ")
    while len(words) > 1 and words[0].rstrip(".").casefold() in _TITLES:
        words = words[1:]
    return words[0][:40]


_TITLES = ("mr", "mrs", "ms", "miss", "mx", "dr", "prof", "sir", "rev", "herr", "frau", "mme", "mlle")


def keyed_hash(pepper: str, kind: str, text: str, length: int = 20) -> str:
    """A hash that nobody without the pepper can make or check; `length` characters of [a-z2-7], five bits each."""
    digest = hmac.digest(pepper.encode(), f"{kind}\n{text}".encode(), "sha256")
    return base64.b32encode(digest).decode().lower()[:length]


def person_id(pepper: str, dedupe_key: str) -> str:
    """The id under which everything about a person is kept: says nothing, and survives erasure of the address."""
    return keyed_hash(pepper, "person", dedupe_key)


def network_of(ip: str) -> str:
    """The neighbourhood that a limit counts for: IPv4 /24, IPv6 /64; "unknown" for what is no address."""
    try:
        address = ipaddress.ip_address(ip.strip("[]"))
    except ValueError:
        return "unknown"
    mapped = getattr(address, "ipv4_mapped", None)
    address = mapped or address
    return str(ipaddress.ip_network(f"{address}/{24 if address.version == 4 else 64}", strict=False))
