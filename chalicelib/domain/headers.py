"""Which headers a mail carries beside From, To, Reply-To and Subject: by its class, and by whether it can be stopped. docs/sending.md has the table."""

from __future__ import annotations

import re
from functools import lru_cache

from chalicelib.domain.standing import SERVICE

FEEDBACK_ID = "Feedback-ID"
SHORTEST_SENDER, LONGEST_SENDER, LONGEST_RULE = 5, 15, 40
"""Characters: Gmail takes no other SenderId; a rule's name may be cut."""

_AUTO_SUBMITTED = ("Auto-Submitted", "auto-generated")
_ONE_CLICK = ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
_NOT_IN_AN_ID = re.compile(r"[^A-Za-z0-9_.-]+")

Headers = tuple[tuple[str, str], ...]


def can_be_stopped(message_class: str, *, advertises: bool) -> bool:
    """Courtesy and marketing, and what is service but holds a line that sells: each has a stop link."""
    return message_class != SERVICE or advertises


def headers_for(rule: str, message_class: str, sender: str, stop_url: str = "") -> Headers:
    """`rule`: its name. `sender`: the address that the mail comes from. `stop_url`: "" where there is nothing to stop.

    Nothing of a person is among it but the stop link, which is theirs. No Precedence: it is in no standard, and Auto-Submitted (RFC 3834)
    already keeps other machines from answering.
    """
    stop: Headers = (("List-Unsubscribe", f"<{stop_url}>"), _ONE_CLICK) if stop_url else ()
    return (_AUTO_SUBMITTED, (FEEDBACK_ID, feedback_id(rule, message_class, sender)), *stop)


@lru_cache(maxsize=256)
def feedback_id(rule: str, message_class: str, sender: str) -> str:
    """`rule:class:SenderId`, under which Gmail counts complaints: the same for everybody who gets such a mail, and the shop is its last part."""
    return f"{_part(rule)[:LONGEST_RULE]}:{message_class}:{sender_id(sender)}"


def sender_id(sender: str) -> str:
    """5 to 15 characters of the sender's domain, always the same for it."""
    domain = _part(sender.rpartition("@")[2].lower().replace(".", "-"))[:LONGEST_SENDER].strip("-")
    return domain if len(domain) >= SHORTEST_SENDER else f"{domain}-mail"


def _part(text: str) -> str:
    return _NOT_IN_AN_ID.sub("-", text).strip("-") or "x"
