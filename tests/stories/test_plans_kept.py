"""Promises about what time brings that something clever once broke."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from chalicelib.domain.calendar import stamp
from chalicelib.domain.customer import ConsentSaid
from chalicelib.domain.links import WELCOME
from chalicelib.domain.playbook import Playbook
from chalicelib.errors import NotFound
from chalicelib.stores import follow_ups, people, plans, tasks
from chalicelib.stores.plans import Plan
from chalicelib.usecases import plan_person as looking
from chalicelib.usecases.erase import erase
from chalicelib.usecases.note_rules import note_rules
from chalicelib.usecases.plan_person import plan_person
from chalicelib.usecases.record_consent import record_consent
from chalicelib.usecases.say_welcome import say_welcome
from chalicelib.usecases.stop import stop_person
from chalicelib.usecases.take_consent import take_consent
from chalicelib.usecases.take_order import take_order
from tests.factories import learnt, shopify_order, shopify_parcel
from tests.stories.test_selling import birthday, the, with_mode
from tests.stories.test_switching_on import without
from tests.stories.test_time_brings import leaves_unanswered, told_by
from tests.support.known import ISOBEL, agreed, told
from tests.support.world import TestWorld

LATER = "2026-03-05T12:00:00+00:00"


def arrives(world: TestWorld) -> None:
    take_order(world, learnt("orders/create", shopify_order()))
    take_order(world, learnt("fulfillments/update", shopify_parcel()))
    world.work()


def test_a_rule_that_is_gone_for_a_minute_loses_nothing_that_it_had_planned() -> None:
    with TestWorld() as world:
        everything = world.playbook
        arrives(world)
        world.playbook = without(everything, "thank-you")
        world.pass_time(minutes=1)
        world.playbook = everything
        world.pass_time(minutes=1)
        take_order(world, learnt("orders/updated", shopify_order(updated_at=LATER)))
        world.live(days=6)
        assert the(world, "thank-you").state == "sent"


def test_two_versions_side_by_side_do_not_make_the_past_of_the_present() -> None:
    with TestWorld() as world:
        newer, older = world.playbook, without(world.playbook, "occasion")
        note_rules(world)
        for playbook in (older, newer) * 5:
            world.playbook = playbook
            world.clock.move(timedelta(minutes=1))
            since = note_rules(world)
        assert since == {}


def test_who_stopped_and_agrees_anew_hears_what_is_still_to_come() -> None:
    with TestWorld() as world:
        person = agreed(world)
        birthday(world, person, in_days=20)
        world.live(days=2)
        stop_person(world, person)
        assert the(world, "occasion").state == "cancelled"
        world.pass_time(hours=2)
        record_consent(world, person, ["occasions/e-mail"], source="preference page", proof="click")
        world.live(days=6)
        assert the(world, "occasion").state == "sent"


def test_a_look_that_comes_late_ends_no_plan_that_was_made_since() -> None:
    with TestWorld() as world:
        person = agreed(world)
        world.work()
        late = plan_of(world, person)
        world.table.write(plans.over(late))
        world.table.write(plans.look(person, world.clock.now()))
        before = plan_of(world, person)
        plan_person(world, late, {})
        assert plan_of(world, person) == before


def plan_of(world: TestWorld, person: str) -> Plan:
    found = plans.load(world.table.get(plans.key(person)))
    assert found is not None
    return found


def test_who_answers_just_as_their_consents_end_is_told_the_truth() -> None:
    with TestWorld() as world:
        person = agreed(world, "newsletter/e-mail")
        world.live(days=366)
        (question,) = told_by(world, "still-welcome")
        token = world.links.make(WELCOME, person, question.id, world.clock.now() + timedelta(days=60))
        standing = people.load_standing(world.table.get(people.standing_key(person)), person)
        world.table.write(people.consents_ended(standing, world.clock.now()))
        with pytest.raises(NotFound, match="silence for a no"):
            say_welcome(world, token)


def test_a_question_that_came_back_ends_no_consent() -> None:
    with TestWorld() as world:
        person = agreed(world)
        world.live(days=366)
        (question,) = told_by(world, "still-welcome")
        world.table.write(msgspec.structs.replace(follow_ups.asked_again(question.id), set={"bounced": "bounced"}, add={}))
        world.live(days=40)
        assert consents(world, person)


def consents(world: TestWorld, person: str) -> Any:
    item = world.table.get(people.standing_key(person))
    return item and item["consents"]


def test_a_letter_that_you_never_say_yes_to_holds_up_no_call() -> None:
    with TestWorld() as world:
        world.playbook = with_mode(world.playbook, "letter", "ask")
        leaves_unanswered(world, agreed(world))
        world.live(days=190)
        assert the(world, "letter").state == "expired"
        assert the(world, "call").state == "handed over"


def test_one_person_who_cannot_be_looked_at_stops_nobodys_mail(monkeypatch: pytest.MonkeyPatch) -> None:
    with TestWorld() as world:
        person = agreed(world)
        monkeypatch.setattr(looking, "look_ahead", lambda *_: 1 / 0)
        arrives(world)
        assert [kept.mail.to for kept in world.mails()] == [ISOBEL]
        assert plan_of(world, person).look_at > world.clock.now()


def test_what_is_done_by_hand_counts_as_had_in_that_year() -> None:
    with TestWorld() as world:
        yearly = [msgspec.structs.replace(rule, once="year") if rule.name == "letter" else rule for rule in world.playbook.rules]
        world.playbook = Playbook(tuple(yearly))
        person = agreed(world)
        leaves_unanswered(world, person)
        world.live(days=120)
        assert tasks.open_ones(world.table)
        standing = people.load_standing(world.table.get(people.standing_key(person)), person)
        assert "letter" in standing.had


def test_sunset_gives_up_what_was_still_to_be_done_by_hand() -> None:
    with TestWorld() as world:
        leaves_unanswered(world, agreed(world))
        world.live(days=130)
        assert tasks.open_ones(world.table)
        world.live(days=300)
        assert tasks.open_ones(world.table) == []


def test_who_is_forgotten_leaves_no_label_behind() -> None:
    with TestWorld() as world:
        person = agreed(world)
        told(world, person, "date", "Anna's birthday", "--03-20")
        world.live(days=2)
        assert told_by(world, "occasion")
        erase(world, person)
        world.work()
        assert "Anna" not in str(world.sqlite.scan().items)


def test_a_yes_from_before_their_consent_ended_counts_no_more() -> None:
    with TestWorld() as world:
        person = agreed(world, "newsletter/e-mail")
        world.live(days=400)
        assert not consents(world, person)
        before = world.clock.now() - timedelta(days=200)
        yes = ConsentSaid("shopify", "yes", ISOBEL, ISOBEL, at=before, confirmed=True)
        assert "ended since" in take_consent(world, yes)
        assert stamp(before) < str((world.table.get(people.standing_key(person)) or {})["declined_at"])
