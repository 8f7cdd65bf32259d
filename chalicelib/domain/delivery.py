"""What happened to a mail after it was handed over, and what a mail must look like before it is."""

from __future__ import annotations

import unicodedata
from datetime import datetime

from msgspec import Struct

from chalicelib.errors import Invalid

ACCEPTED, DELIVERED, BOUNCED, COMPLAINED, REJECTED = "accepted", "delivered", "bounced", "complained", "rejected"


class DeliveryEvent(Struct, frozen=True):
    """One event, whatever the provider. `permanent` matters for a bounce alone."""

    kind: str
    follow_up_id: str
    message_id: str
    at: datetime
    permanent: bool = False
    detail: str = ""


def suppresses(event: DeliveryEvent) -> str:
    """Why the address is unreachable from now on: bounced | complained, or "" when it is not."""
    if event.kind == COMPLAINED:
        return "complained"
    if event.kind == BOUNCED and event.permanent:
        return "bounced"
    return ""


def checked_header(value: str) -> str:
    """A header's value, if it is one line of at most 998 characters without controls. Errors: Invalid."""
    # what is printable passes at once, for this is asked five times a mail; the rest may still be a no-break space or a joiner
    one_line = value.isprintable() or not any(unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") for char in value)
    if len(value) > 998 or not one_line:
        raise Invalid("A mail header must be one line of at most 998 characters without control characters.")
    return value
