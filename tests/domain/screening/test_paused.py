from __future__ import annotations

from hypothesis import given

from chalicelib.domain.follow_up import EXPIRED
from chalicelib.domain.screening import Case, End, Hold, Send, screen
from tests.factories import case, follow_up
from tests.support.properties import HOUR, cases, quick
from tests.support.world import NOON


@quick
@given(cases())
def test_nothing_goes_while_paused(found: Case) -> None:
    assert not found.paused or screen(found) != Send()


def test_a_pause_stops_the_count_to_expiry() -> None:
    verdict = screen(case(paused=True))
    assert isinstance(verdict, Hold)
    assert (verdict.reason.kind, verdict.restarts) == ("paused", True)
    assert NOON < verdict.until <= NOON + HOUR


def test_a_pause_gives_no_new_time_to_what_is_late() -> None:
    verdict = screen(case(paused=True, follow_up=follow_up(expires_at=NOON - HOUR)))
    assert isinstance(verdict, End)
    assert verdict.state == EXPIRED
