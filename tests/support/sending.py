"""What tests of sending have in common: people with something coming, what becomes of it, and what goes wrong on the way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime

from chalicelib.domain.delivery import ACCEPTED, DeliveryEvent
from chalicelib.domain.follow_up import FollowUp
from chalicelib.ports import Mail, MailUncertain
from chalicelib.stores import canary, follow_ups
from chalicelib.usecases.claim_voucher import claim_voucher
from chalicelib.usecases.record_delivery import record_delivery
from chalicelib.usecases.take_order import take_order
from tests.factories import asked, learnt, shopify_order, shopify_parcel
from tests.support.watched import once, watched
from tests.support.world import TestWorld

PROBE = "success@simulator.example"


def crowd(world: TestWorld, count: int, prefix: str = "visitor") -> None:
    """That many people claim, and each has a confirmation coming."""
    for n in range(count):
        claim_voucher(world, asked(email=f"{prefix}{n}@example.com"), f"198.51.{n}.1")


def thank_yous(world: TestWorld, count: int) -> None:
    """That many buyers have a thank-you coming, due on 7 March at ten; the receipts are out of the way."""
    for n in range(1, count + 1):
        take_order(world, learnt("orders/create", shopify_order(id=n, email=f"buyer{n}@example.com")))
        take_order(world, learnt("fulfillments/update", shopify_parcel(id=n, order_id=n)))
    world.work()


def on_march_7_at_ten(world: TestWorld) -> None:
    """When those thank-yous are due."""
    world.clock.move(world.clock.at.replace(day=7, hour=10) - world.clock.at)


def all_of_them(world: TestWorld) -> list[FollowUp]:
    """Every follow-up there is."""
    return [follow_ups.load(item) for item in world.sqlite.scan(limit=100_000).items if "state" in item]


def only(world: TestWorld) -> FollowUp:
    """The one follow-up there is."""
    (found,) = all_of_them(world)
    return found


def states(world: TestWorld) -> Counter[str]:
    """How many are in which state."""
    return Counter(one.state for one in all_of_them(world))


def reasons(world: TestWorld) -> Counter[str]:
    """How many are there for which reason."""
    return Counter(one.reason.kind for one in all_of_them(world))


def nobody_twice(world: TestWorld) -> bool:
    """Whether no mail was handed over twice."""
    return all(kept.times == 1 for kept in world.mails())


def raising(error: BaseException) -> Callable[..., None]:
    """Something, or a hook, that raises this."""

    def do(*_: object) -> None:
        raise error

    return do


def fails_once(world: TestWorld, error: BaseException, *, turn: int = 1) -> None:
    """The so-many-th mail handed over from now on meets this."""
    world.mailer = watched(world.outbox, before=once(raising(error), at="send", turn=turn))


class Service:
    """ports.Mailer of a service that tells of nothing by itself. While it does not answer, all is uncertain."""

    name = "service"

    def __init__(self, *, probe: str = PROBE, rate: float = 1000.0, answers: bool = True) -> None:
        self.probe, self._rate, self.answers = probe, rate, answers
        self.took: list[tuple[str, Mail]] = []

    def rate(self) -> float:
        return self._rate

    def await_turn(self) -> None:
        """At once."""

    def forget(self, follow_up_ids: Sequence[str]) -> None:
        pass

    def sweep(self, now: datetime) -> int:
        return 0

    def send(self, follow_up_id: str, mail: Mail) -> str:
        self.took.append((follow_up_id, mail))
        if not self.answers:
            raise MailUncertain("No reply.")
        return f"message-{len(self.took)}"

    def canaries(self) -> list[str]:
        """Ids of those that it took."""
        return [id_ for id_, _ in self.took if canary.sent_at(id_) is not None]

    def mails(self) -> list[str]:
        """To whom its other mails were."""
        return [mail.to for id_, mail in self.took if canary.sent_at(id_) is None]


def comes_back(world: TestWorld, id_: str) -> None:
    """The service tells at last that it took this."""
    record_delivery(world, DeliveryEvent(ACCEPTED, id_, "message-late", world.clock.now()))
