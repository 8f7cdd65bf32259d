"""Which headers a mail carries: the table in docs/sending.md, read and held against the code; and what Gmail counts complaints by."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.delivery import checked_header
from chalicelib.domain.headers import FEEDBACK_ID, can_be_stopped, feedback_id, headers_for, sender_id
from chalicelib.domain.standing import COURTESY, MARKETING, SERVICE

CLASSES = (SERVICE, COURTESY, MARKETING)
SENDER = "hello@pellow-wren.example"
STOP = "https://shop.example/api/stop?t=token"
DOCS = Path(__file__).parents[2] / "docs" / "sending.md"
TEXT = st.text(max_size=80)


def documented() -> dict[str, dict[str, bool]]:
    """By header, whether each class carries it."""
    part = DOCS.read_text(encoding="utf-8").partition("## The headers")[2].partition("\n## ")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in part.splitlines() if line.startswith("| `")]
    return {row[0].strip("`"): dict(zip(CLASSES, (cell == "yes" for cell in row[1:4]), strict=True)) for row in rows}


@pytest.mark.parametrize("message_class", CLASSES)
def test_the_docs_tell_which_class_carries_what(message_class: str) -> None:
    stop = STOP if can_be_stopped(message_class, advertises=False) else ""
    carried = {name for name, _ in headers_for("thank-you", message_class, SENDER, stop)} | {"Reply-To"}
    assert carried == {name for name, by_class in documented().items() if by_class[message_class]}
    assert {name for by_class in documented().values() for name in by_class} == {*CLASSES}


def test_a_service_mail_that_advertises_can_be_stopped() -> None:
    assert can_be_stopped(SERVICE, advertises=True)
    assert not can_be_stopped(SERVICE, advertises=False)


def test_the_stop_stands_as_rfc_8058_wants_it() -> None:
    found = dict(headers_for("care", MARKETING, SENDER, STOP))
    assert found["List-Unsubscribe"] == f"<{STOP}>"
    assert found["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_complaints_are_counted_by_rule_class_and_shop() -> None:
    assert feedback_id("thank-you", COURTESY, SENDER) == "thank-you:courtesy:pellow-wren-exa"
    assert feedback_id("Dank für alles: heute", COURTESY, "a@b.de") == "Dank-f-r-alles-heute:courtesy:b-de-mail"


@given(rule=TEXT, message_class=st.sampled_from(CLASSES), sender=st.emails() | TEXT)
def test_gmail_can_read_what_it_counts_by(rule: str, message_class: str, sender: str) -> None:
    found = dict(headers_for(rule, message_class, sender))[FEEDBACK_ID]
    assert re.fullmatch(r"[A-Za-z0-9_.-]{1,40}:[a-z]+:[a-z0-9_-]{5,15}", found)
    assert checked_header(found) == found
    assert sender_id(sender) == sender_id(sender.upper()) or not sender.isascii()


def test_two_of_one_domain_count_as_one_shop() -> None:
    assert sender_id("hello@pellow-wren.example") == sender_id("orders@pellow-wren.example")
