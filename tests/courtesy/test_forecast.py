"""`courtesy forecast`: what would go out, and what would surprise."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chalicelib.adapters.local.platform import LocalWorld
from chalicelib.config import ROOT, Settings
from chalicelib.domain.fact import Fact
from chalicelib.domain.forecast import Forecast
from chalicelib.usecases.claim_voucher import claim_voucher
from chalicelib.usecases.pause import pause
from chalicelib.usecases.record_consent import record_consent
from chalicelib.usecases.record_fact import record_fact
from chalicelib.usecases.take_order import take_order
from courtesy.forecast import affected, changed, foretell
from courtesy.main import main
from tests.factories import asked, learnt, shopify_order, shopify_parcel
from tests.support.world import TestWorld


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A shop where a claim waits for its mail, and an order that has arrived for its thank-you."""
    world = LocalWorld(Settings("local", ROOT / "shop", tmp_path))
    world.ready()
    now = world.clock.now().isoformat()
    times = {"created_at": now, "updated_at": now}
    claim_voucher(world, asked(email="ruth.okafor@example.com"), "192.0.2.7")
    take_order(world, learnt("orders/create", shopify_order(**times)))
    take_order(world, learnt("fulfillments/update", shopify_parcel(**times)))
    world.close()
    return tmp_path


def told(capsys: pytest.CaptureFixture[str], *arguments: str, data: Path) -> str:
    assert main(["forecast", *arguments, "--data", str(data)]) == 0
    return capsys.readouterr().out


def as_json(capsys: pytest.CaptureFixture[str], *arguments: str, data: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(told(capsys, *arguments, "--json", data=data))
    return found


def test_it_tells_rule_by_rule_what_would_go(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = told(capsys, "--days", "10", data=data).splitlines()
    assert lines[0].startswith("10 days from ")
    assert {line.split()[0]: line.split()[1:3] for line in lines if line.startswith(("confirm-address", "thank-you"))} == {
        "confirm-address": ["1", "1"],
        "thank-you": ["1", "1"],
    }
    assert "What may surprise:" in lines


def test_nobody_is_named_in_it(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = (told(capsys, data=data) + told(capsys, "--json", data=data)).lower()
    assert "example.com" not in out.replace("shop.example", "")
    assert "isobel" not in out
    assert "okafor" not in out


def test_two_playbooks_are_shown_side_by_side(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = told(capsys, "--if", "thank-you=off", data=data)
    assert "So it would be if thank-you were off." in out
    found = as_json(capsys, "--if", "thank-you=off", data=data)
    assert {"rule": "thank-you", "what": "sent", "now": 1, "then": 0} in found["differences"]


def test_without_a_difference_that_is_said(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "That is no other than by the playbook as it is." in told(capsys, "--if", "thank-you=on", data=data)


def test_a_pause_is_said_and_taken_as_ended(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    world = LocalWorld(Settings("local", ROOT / "shop", data))
    pause(world)
    world.close()
    found = as_json(capsys, data=data)
    assert found["notes"] == ["Sending is paused; this is how it would go if you resumed now."]
    assert sum(one["sent"] for one in found["rules"]) > 0


def test_a_table_that_is_not_live_sends_nothing_and_that_is_said(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    world = LocalWorld(Settings("local", ROOT / "shop", data))
    world.name_live_table("another")
    world.close()
    found = as_json(capsys, data=data)
    assert found["notes"][0].startswith("This is not the live table")
    assert sum(one["sent"] for one in found["rules"]) == 0


@pytest.mark.parametrize("change", ["thank-you", "thank-you=maybe", "=on"])
def test_a_change_that_is_none_is_refused(data: Path, change: str) -> None:
    with pytest.raises(SystemExit):
        main(["forecast", "--if", change, "--data", str(data)])


def test_a_rule_that_there_is_not_is_said(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["forecast", "--if", "thankyou=on", "--data", str(data)]) == 2
    assert 'There is no rule "thankyou"' in capsys.readouterr().err


@pytest.mark.parametrize("days", ["0", "367", "ten"])
def test_days_are_a_number_up_to_a_year(data: Path, days: str) -> None:
    with pytest.raises(SystemExit):
        main(["forecast", "--days", days, "--data", str(data)])


# --- the past ---


@pytest.fixture
def late() -> Iterator[TestWorld]:
    """Reminders of occasions are off. Isobel's birthday is in ten days, so hers would have gone four days ago; Ruth's is in twenty."""
    with TestWorld() as world:
        world.playbook = changed(world.playbook, [("occasion", "off")])
        world.work()
        for who, day in (("isobel.trant@example.com", "--03-12"), ("ruth.okafor@example.com", "--03-22")):
            record_consent(world, who, ["occasions/e-mail"], source="a card", name="Somebody", proof="owner")
            record_fact(world, who, Fact("date", "birthday", day, "stated", world.clock.now(), "a card", "occasions"))
        world.work()
        yield world


def messages(made: Forecast) -> int:
    (found,) = [one.messages for one in made.rules if one.rule == "occasion"]
    return found


def test_a_rule_that_is_switched_on_leaves_the_past_alone(late: TestWorld) -> None:
    assert messages(foretell(late, 30)) == 0
    assert messages(foretell(late, 30, [("occasion", "on")])) == 1


def test_what_it_would_make_of_the_past_is_counted(late: TestWorld) -> None:
    assert messages(foretell(late, 30, [("occasion", "on")], include_past="occasion")) == 2
    assert affected(late, "occasion") == 1
    assert affected(late, "care") == 0


def test_what_has_to_be_asked_waits_for_the_owners_yes(late: TestWorld) -> None:
    made = foretell(late, 9, [("occasion", "ask")])
    (found,) = [one for one in made.rules if one.rule == "occasion"]
    assert (found.sent, found.still_held) == (0, {"ask": 1})
