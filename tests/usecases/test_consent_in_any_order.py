"""In whatever order a stop, the owner's word and the clicks come: after a stop a consent is in force only by a click that came after it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.domain.links import CONSENT
from chalicelib.domain.standing import Standing
from chalicelib.errors import Conflict, NotFound, Unverified
from chalicelib.stores import people, plans
from chalicelib.usecases.confirm_consent import confirm_consent
from chalicelib.usecases.record_consent import Proof, record_consent
from chalicelib.usecases.restore import restore
from chalicelib.usecases.stop import stop_person
from tests.support.known import ISOBEL, person_of
from tests.support.properties import thorough
from tests.support.world import TestWorld

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Story:
    """One person, and what was said last."""

    def __init__(self, world: TestWorld) -> None:
        self.world = world
        self.person = person_of(world)
        self.links: list[str] = []
        self.stopped_at: datetime | None = None
        self.clicked_at: datetime | None = None

    @property
    def standing(self) -> Standing:
        return people.load_standing(self.world.table.get(people.standing_key(self.person)), self.person)

    def ask(self) -> None:
        self._record("newsletter/e-mail")
        asking = people.load_asking(self.world.table.get(people.asking_key(self.person)), self.world.clock.now())
        if asking is not None:
            self.links.append(self.world.links.make(CONSENT, self.person, asking.id, asking.asked_at + 7 * DAY))

    def type_post(self) -> None:
        self._record("offers/post")

    def type_proof(self) -> None:
        self._record("care/e-mail", "owner")

    def _record(self, wanted: str, proof: Proof = "") -> None:
        with suppress(Conflict):
            record_consent(self.world, ISOBEL, [wanted], source="card", proof=proof)

    def click_newest(self) -> None:
        self._click(-1)

    def click_oldest(self) -> None:
        self._click(0)

    def _click(self, which: int) -> None:
        item = self.world.table.get(people.asking_key(self.person))
        fresh = item is not None and "confirmed_at" not in item
        with suppress(IndexError, NotFound, Unverified):
            confirm_consent(self.world, self.links[which])
            if fresh:
                self.clicked_at = self.world.clock.now()

    def stop(self) -> None:
        self.stopped_at = self.world.clock.now()
        stop_person(self.world, self.person)

    def never(self) -> None:
        self.stopped_at = self.world.clock.now()
        stop_person(self.world, self.person, never=True)

    def restore(self) -> None:
        restore(self.world, check=False)

    def work(self) -> None:
        self.world.work()


STEPS: tuple[Callable[[Story], None], ...] = (
    Story.ask, Story.type_post, Story.type_proof, Story.click_newest, Story.click_oldest, Story.stop, Story.never, Story.restore, Story.work,
)  # fmt: skip


@thorough
@given(st.lists(st.tuples(st.sampled_from(STEPS), st.sampled_from((HOUR, 25 * HOUR, 8 * DAY))), max_size=14))
@example([(Story.ask, HOUR), (Story.click_newest, HOUR), (Story.stop, HOUR), (Story.click_newest, HOUR)])
@example([(Story.ask, HOUR), (Story.stop, HOUR), (Story.click_newest, HOUR), (Story.type_post, HOUR)])
def test_after_a_stop_only_a_click_counts(told: list[tuple[Callable[[Story], None], timedelta]]) -> None:
    with TestWorld() as world:
        story = Story(world)
        for step, passes in told:
            step(story)
            standing = story.standing
            undone = story.stopped_at is None or (story.clicked_at is not None and story.clicked_at > story.stopped_at)
            assert undone or not standing.consents
            assert bool(standing.stopped_at) == (not undone)
            if standing.consents:
                _is_kept_and_looked_at(world, story.person)
            world.clock.move(passes)


def _is_kept_and_looked_at(world: TestWorld, person: str) -> None:
    contact = world.table.get(people.contact_key(person))
    assert contact is not None
    assert "ttl" not in contact
    assert world.table.get(plans.key(person)) is not None
