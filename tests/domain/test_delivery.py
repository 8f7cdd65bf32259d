from __future__ import annotations

import pytest

from chalicelib.domain.delivery import (
    ACCEPTED,
    BOUNCED,
    COMPLAINED,
    DELIVERED,
    REJECTED,
    DeliveryEvent,
    checked_header,
    suppresses,
)
from chalicelib.errors import Invalid
from tests.support.world import NOON


@pytest.mark.parametrize(
    ("kind", "permanent", "why"),
    [
        (BOUNCED, True, "bounced"),
        (BOUNCED, False, ""),
        (COMPLAINED, False, "complained"),
        (COMPLAINED, True, "complained"),
        (ACCEPTED, True, ""),
        (DELIVERED, True, ""),
        (REJECTED, True, ""),
    ],
)
def test_lasting_bounces_and_complaints_suppress(kind: str, permanent: bool, why: str) -> None:
    assert suppresses(DeliveryEvent(kind, "p-a", "m", NOON, permanent=permanent)) == why


@pytest.mark.parametrize("value", ["", "Thank you", '"Pellow & Wren" <hello@pellow-wren.example>', "Größe ✓", "a" * 998])
def test_one_line_is_a_header(value: str) -> None:
    assert checked_header(value) == value


@pytest.mark.parametrize("char", ["\n", "\r", "\r\n", "\t", "\0", "\x1f", "\x7f", "\x85", "\x9b", "\u2028", "\u2029", "\ud800"])
def test_line_breaks_and_controls_are_refused(char: str) -> None:
    with pytest.raises(Invalid):
        checked_header(f"Thank you{char}Bcc: all@example.com")


def test_endless_headers_are_refused() -> None:
    with pytest.raises(Invalid):
        checked_header("a" * 999)
