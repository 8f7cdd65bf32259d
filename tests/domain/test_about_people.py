"""What the owner reads of a person."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.domain.about_people import of_fact, of_interest, of_rung, of_standing
from chalicelib.domain.calendar import stamp
from chalicelib.domain.fact import Fact
from chalicelib.domain.interest import Interest
from chalicelib.domain.ladder import Rung
from chalicelib.domain.standing import Standing
from tests.support.world import NOON

ZONE, AT = "Europe/London", stamp(NOON)


@pytest.mark.parametrize(
    ("standing", "sentence"),
    [
        ({}, "Nothing stands against writing to them"),
        ({"stopped_at": AT}, "They asked us to stop on 2 March 2026: only what they ask for"),
        ({"stopped_at": AT, "stopped_by": "shopify"}, "by way of shopify"),
        ({"stopped_at": AT, "never_at": AT}, "never to be contacted"),
        ({"unreachable_at": AT, "unreachable_why": "bounced"}, "came back on 2 March 2026"),
        ({"unreachable_at": AT, "unreachable_why": "complained"}, "marked our mail as unwanted"),
        ({"pace": "monthly"}, "they want one message a month at most."),
        ({"pace": "quarterly"}, "they want one message in three months at most."),
        ({"pace": "orders"}, "They want to hear of their orders only"),
        ({"paused_until": "2026-06-01T23:00:00Z"}, "to be left alone until 2 June 2026: only what they ask for"),
    ],
)
def test_how_they_stand(standing: dict[str, str], sentence: str) -> None:
    assert sentence in of_standing(Standing("isobel", **standing), ZONE, NOON)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "chosen", [{"paused_until": AT}, {"stopped_at": AT, "pace": "monthly", "paused_until": "2026-06-01T23:00:00Z"}]
)
def test_what_is_over_or_outweighed_is_not_told(chosen: dict[str, str]) -> None:
    told = of_standing(Standing("isobel", **chosen), ZONE, NOON)  # type: ignore[arg-type]
    assert "alone" not in told
    assert "month" not in told


@pytest.mark.parametrize(
    ("rung", "sentence"),
    [
        (Rung("e-mail", NOON, NOON, NOON), "They are written to by e-mail."),
        (Rung("e-mail", NOON, NOON, NOON, unanswered=1), "one mail of ours waits for a response"),
        (Rung("post", NOON, NOON, NOON, acts=True, unanswered=2, why="no-response"), "They left 2 mails unanswered: since 2 March 2026 it is the turn of a letter."),
        (Rung("post", NOON, NOON, NOON, unanswered=2, why="no-response"), "a letter, which has gone; now we wait."),
        (Rung("call", NOON, NOON, NOON, acts=True, why="unreachable"), "Mail does not reach them: since 2 March 2026 it is the turn of a call."),
        (Rung("peace", NOON, NOON, NOON, unanswered=3, why="no-response"), "left in peace until they respond"),
    ],
)  # fmt: skip
def test_on_which_rung_they_are(rung: Rung, sentence: str) -> None:
    assert sentence in of_rung(rung, ZONE)


@pytest.mark.parametrize(
    ("interest", "sentence"),
    [
        (Interest("rings", "stated", ("card",), NOON), "rings: they told us (card)."),
        (Interest("rings", "evidenced", ("a", "b"), NOON), "rings: they bought of it for themselves more than once (a, b)."),
        (Interest("rings", "presumption", ("a",), NOON), "which proves nothing"),
    ],
)
def test_what_they_like_and_on_what_evidence(interest: Interest, sentence: str) -> None:
    assert sentence in of_interest(interest)


@pytest.mark.parametrize(
    ("kind", "about", "value", "said"),
    [
        ("size", "rings", "M", "size in rings: M"),
        ("likes", "rings", "no", "does not like rings"),
        ("date", "birthday", "--11-22", "birthday: 11-22"),
        ("never", "birthday", "yes", "birthday: never to be written about"),
        ("address", "post", "4 Fore Street\nTruro", "address: 4 Fore Street / Truro"),
        ("phone", "call", "+441326555012", "telephone: +441326555012"),
        ("away", "call", "It broke.", "why they stayed away: It broke."),
    ],
)
def test_what_they_told(kind: str, about: str, value: str, said: str) -> None:
    fact = Fact(kind, about, value, "stated", NOON + timedelta(hours=1), "card", "offers")
    assert of_fact(fact, ZONE) == f"{said}: told on 2 March 2026 (card), for “offers” alone."


def test_what_an_order_states() -> None:
    fact = Fact("size", "rings", "M", "observed", NOON, "shopify:x:1041")
    assert of_fact(fact, ZONE) == "size in rings: M: by the order shopify:x:1041."
