"""What `courtesy check` says of [competition]."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from chalicelib.domain.competition import Competition
from chalicelib.domain.mending import playbook as of_playbook
from chalicelib.domain.mending import shop as of_shop
from chalicelib.domain.money import Money
from chalicelib.domain.playbook import Playbook
from tests.support.world import demo_shop, shipped_playbook

HELD = Competition("A ring", Money(18000, "GBP"), "the first Lotto draw after the closing")


@pytest.mark.parametrize(
    ("changes", "at", "says"),
    [
        ({"prize": " "}, "prize", "what there is to be won"),
        ({"seed": ""}, "seed", "the public value that decides"),
        ({"value": Money(0, "GBP")}, "value", "more than nothing"),
        ({"closes_hour": 24}, "closes_hour", "from 0 to 23"),
        ({"age": -1}, "age", "from 0"),
    ],
)
def test_what_cannot_be_held(changes: dict[str, object], at: str, says: str) -> None:
    (fault,) = of_shop.mends(demo_shop(competition=replace(HELD, **changes)))
    assert fault.where == ("competition", at)
    assert says in fault.sentence


@pytest.mark.parametrize("held", [HELD, None])
def test_what_is_fit_is_let_be(held: Competition | None) -> None:
    assert of_shop.mends(demo_shop(competition=held)) == []
    assert of_playbook.mends_with(shipped_playbook(), demo_shop(competition=held)) == []


@pytest.mark.parametrize("trigger", ["entry", "entered", "won"])
def test_with_a_competition_its_answers_must_be_there(trigger: str) -> None:
    without = Playbook(tuple(rule for rule in shipped_playbook().rules if rule.trigger != trigger))
    (fault,) = of_playbook.mends_with(without, demo_shop(competition=HELD))
    assert f'exactly one rule with trigger = "{trigger}"' in fault.sentence
    assert of_playbook.mends_with(without, demo_shop(competition=None)) == []


def test_how_a_draw_ended_is_marketing() -> None:
    rules = [
        replace(rule, message_class="service", purpose="") if rule.trigger == "drawn" else rule
        for rule in shipped_playbook().rules
    ]
    (fault,) = of_playbook.mends(Playbook(tuple(rules)))
    assert 'give it class = "marketing"' in fault.sentence
