"""The worker is killed while it sends through a mail server, which tells nothing of what it took: no mail is lost, and none goes twice."""

from __future__ import annotations

from pathlib import Path

from chalicelib.domain.follow_up import SENT, UNSURE
from tests.support.killing import day_and_night_shop, plan_orders, send_under_fire, sink_process

ORDERS, KILLS, SEED = 75, 3, 20
SECONDS = 100
"""A worker that hangs is given up; a sound one takes a few seconds."""


def test_killed_while_it_sends_no_mail_is_lost_and_none_doubled(tmp_path: Path) -> None:
    shop = day_and_night_shop(tmp_path / "shop")
    assert plan_orders(tmp_path / "data", shop, ORDERS) == 2 * ORDERS
    with sink_process(tmp_path / "taken.jsonl") as sink:
        outcome = send_under_fire(tmp_path / "data", shop, sink, kills=KILLS, seed=SEED, seconds=SECONDS)
    assert (outcome.lost, outcome.doubled, outcome.only_said, outcome.unsaid) == ([], [], [], [])
    assert set(outcome.counts()) <= {SENT, UNSURE}
    assert len(outcome.unsure) <= KILLS
    assert len(outcome.states) == 2 * ORDERS
