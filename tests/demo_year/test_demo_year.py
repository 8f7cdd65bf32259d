"""A small year holds, and every judge finds what it is there to find."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from chalicelib.domain import screening
from chalicelib.domain.reason import Reason
from tests.demo_year.__main__ import main
from tests.demo_year.judges import everything_has_its_reason, faults
from tests.demo_year.ledger import FOREVER, Got, Ledger
from tests.demo_year.people import draw
from tests.demo_year.year import START, Year
from tests.factories import follow_up
from tests.support.world import NOON

WHO = "isobel.trant@example.com"
DAY = timedelta(days=1)


def objections(count: int, days: int, seed: int = 1) -> dict[str, list[str]]:
    """What the judges say of a year."""
    year = Year(count, days, seed)
    try:
        year.live()
        return {judge: found for judge, found in faults(year.ledger, year.follow_ups(), year.world.clock.now()).items() if found}
    finally:
        year.close()


# --- the year ---


def test_a_small_year_holds_and_is_told_in_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--people", "60", "--days", "120"]) == 0
    out = capsys.readouterr().out
    assert "60 people, 120 days and 90 of silence from 5 January 2026, seed 1." in out
    assert out.count("  holds  ") == 10
    assert "thank-you" in out


def test_the_same_seed_draws_the_same_people() -> None:
    assert draw(50, START, 365, 3) == draw(50, START, 365, 3) != draw(50, START, 365, 4)


def test_all_sorts_of_people_are_among_them() -> None:
    people = draw(2000, START, 365, 1)
    orders = [order for one in people for order in one.orders]
    assert {one.country for one in people} == {"GB", "IE", "US", "DE", "FR"}
    assert {order.fate for order in orders} == {"", "cancelled", "refunded", "sent back", "lost", "test"}
    assert {fact.kind for one in people for fact in one.states} == {"date", "interest", "size", "address", "phone"}
    assert any(order.gift_to and order.gift_to[1].startswith("person") for order in orders)
    assert any(order.gift_to and not order.gift_to[1] for order in orders)
    assert {one.said[0] for one in people if one.said} == {"yes", "no"}
    assert any(one.bounces for one in people)
    assert any(one.quiet for one in people)


# --- planted bugs: a check is taken out, and a judge finds it ---


@pytest.fixture
def without(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Takes checks out of the engine."""

    def take_out(*names: str) -> None:
        left = tuple(check for check in screening.CHECKS if check.__module__.rpartition(".")[2] not in names)
        assert len(left) == len(screening.CHECKS) - len(names)
        monkeypatch.setattr(screening, "CHECKS", left)

    return take_out


@pytest.mark.parametrize(
    ("checks", "judge", "seed"),
    [
        (("cap",), "nobody over the cap", 1),
        (("quiet_hours",), "nothing at night", 1),
        (("quiet_window",), "quiet after an order", 1),
        (("basis",), "courtesy without consent only where it may be", 1),
        (("standing",), "nothing after a stop", 1),
        (("once",), "each thing once", 1),
        (("role", "once"), "no recipient written to twice or sold to", 1),  # either of them would do
        (("unhappy",), "nobody unhappy is sold to", 3),
    ],
)
def test_a_check_that_is_missing_is_found(without: Callable[..., None], checks: tuple[str, ...], judge: str, seed: int) -> None:
    without(*checks)
    assert judge in objections(60, 150, seed)


# --- the judges themselves, where no one check guards what they judge ---


def judged(*mails: Got, ledger: Ledger | None = None) -> list[str]:
    """Who objects."""
    told = ledger or Ledger()
    told.mails += mails
    return [judge for judge, found in faults(told, [], NOON).items() if found]


def marketing(**changes: object) -> Got:
    plain: dict[str, object] = {"at": NOON, "to": WHO, "message_class": "marketing", "rule": "care", "anchor": "x"}
    return Got(**(plain | changes))  # type: ignore[arg-type]


def agreed() -> Ledger:
    made = Ledger()
    made.agreed[WHO].append((NOON - 90 * DAY, "care", "e-mail"))
    return made


def test_what_they_agreed_to_is_fine() -> None:
    assert judged(marketing(), ledger=agreed()) == []


def test_what_they_did_not_agree_to_is_not() -> None:
    assert judged(marketing()) == ["marketing only to who agreed"]
    assert judged(marketing(rule="occasion"), ledger=agreed()) == ["marketing only to who agreed"]


def test_what_they_agreed_to_before_they_stopped_counts_no_more() -> None:
    made = agreed()
    made.stopped[WHO].append(NOON - DAY)
    assert judged(marketing(), ledger=made) == ["marketing only to who agreed", "nothing after a stop"]


def test_who_agreed_anew_after_a_stop_may_be_written_to() -> None:
    made = agreed()
    made.stopped[WHO].append(NOON - 100 * DAY)
    assert judged(marketing(), ledger=made) == []


def test_two_in_thirty_days_are_fine_and_three_are_not() -> None:
    three = [marketing(at=NOON + n * DAY, anchor=str(n)) for n in (0, 15, 29)]
    assert judged(*three[:2], ledger=agreed()) == []
    assert judged(*three, ledger=agreed()) == ["nobody over the cap"]


def test_who_is_unhappy_is_left_alone() -> None:
    made = agreed()
    made.unhappy[WHO].append([NOON - DAY, FOREVER])
    assert judged(marketing(), ledger=made) == ["nobody unhappy is sold to"]


def test_the_same_thing_comes_once() -> None:
    assert judged(marketing(), marketing(at=NOON + 40 * DAY), ledger=agreed()) == ["each thing once"]


def test_the_night_is_theirs() -> None:
    made = agreed()
    made.homes[WHO] = (NOON - DAY, "US", "America/Los_Angeles")
    assert judged(marketing(), ledger=made) == ["nothing at night"]


def test_a_reason_without_its_facts_says_nothing() -> None:
    found = list(everything_has_its_reason([follow_up(state="held", reason=Reason("cap"), look_at=NOON + DAY)], NOON))
    assert len(found) == 1
    assert "says nothing" in found[0]


def test_what_is_held_is_looked_at_again() -> None:
    held = follow_up(state="held", reason=Reason("code-unknown"), look_at=NOON - DAY)
    assert list(everything_has_its_reason([held], NOON)) == [
        "thank-you is held, and nobody looks at it again: The checkout does not know the code yet; it goes as soon as it does (courtesy vouchers says why)."
    ]
