"""How webhooks are signed. Each function takes the raw bytes, as they came, and says in one sentence what does not hold."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from chalicelib.errors import Unverified

TOLERANCE = 300
"""Seconds between signing and now, either way, where the scheme has a time."""

MISMATCH = "The signature does not match: another secret signed it, or the body was changed on its way."


def usable(secrets: Sequence[str]) -> list[str]:
    """Those that are more than white space: with an empty key anybody could sign. Errors: Unverified when none is left."""
    found = [secret for secret in secrets if secret.strip()]
    if not found:
        raise Unverified("There is no secret to check the signature with.")
    return found


def needed(headers: Mapping[str, str], name: str) -> str:
    """A header that must be there. Errors: Unverified."""
    if not (found := headers.get(name, "")):
        raise Unverified(f"The header {name} is missing.")
    return found


def same(given: Iterable[str], expected: Iterable[str]) -> bool:
    """Whether one of those given is one of those expected. All pairs are compared, so that the time taken tells nothing."""
    wanted = [one.encode() for one in expected]
    matches = [hmac.compare_digest(one.encode(errors="replace"), other) for one in given for other in wanted]
    return any(matches)


def base64_hmac(key: bytes, message: bytes) -> str:
    """HMAC-SHA256, in base64 with its padding."""
    return base64.b64encode(hmac.digest(key, message, "sha256")).decode()


def recent(stated: str, now: datetime) -> int:
    """The time that was signed, in seconds since 1970. Errors: Unverified when it is none, or more than five minutes away."""
    # longer than any time is, and int() would take signs, spaces and other scripts' digits
    if not (stated.isascii() and stated.isdigit() and len(stated) <= 12):
        raise Unverified("The time that was signed is not a number of seconds.")
    seconds = int(stated)
    if abs(now.timestamp() - seconds) > TOLERANCE:
        raise Unverified("It was signed more than five minutes ago, or ahead: it may be a recording. Check this machine's clock.")
    return seconds
