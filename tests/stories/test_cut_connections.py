"""Somewhere between the shop and the mail service a connection is cut: nobody gets a mail twice, and nobody is told what is not known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import msgspec
import pytest

from chalicelib.adapters.mailer_ses import STREAMS, SesMailer, ses_client
from chalicelib.domain.delivery import ACCEPTED, DeliveryEvent
from chalicelib.domain.follow_up import PLANNED, SENT, UNSURE
from chalicelib.stores import canary
from chalicelib.usecases.claim_voucher import claim_voucher
from chalicelib.usecases.list_follow_ups import list_follow_ups
from chalicelib.usecases.record_delivery import record_delivery
from chalicelib.usecases.send_due import send_due
from tests.adapters.loopback import Loopback, answers, as_some_account, serving, unused_port
from tests.factories import asked
from tests.support.cutting_proxy import AFTER, BEFORE, DURING, PASS, cutting
from tests.support.world import TestWorld

PEOPLE = 7
ANSWER = msgspec.json.encode({"MessageId": "0102-example", "SendQuota": {"MaxSendRate": 14.0}})
"""To whatever is asked: SES's answer to a mail, and to the question for the account's rate."""


@pytest.fixture(autouse=True)
def _account(monkeypatch: pytest.MonkeyPatch) -> None:
    as_some_account(monkeypatch)


@contextmanager
def shop(monkeypatch: pytest.MonkeyPatch, *plan: str, people: int, resets: bool = False) -> Iterator[tuple[TestWorld, Loopback]]:
    """A world whose mail goes through a cutting proxy to an SES that accepts all it hears; a confirmation is due to each person."""
    with TestWorld() as world, serving(answers(200, ANSWER)) as ses, cutting(ses.port, [*plan], resets=resets) as proxy:
        monkeypatch.setenv("AWS_ENDPOINT_URL_SESV2", proxy.url)
        client = ses_client()
        world.mailer = SesMailer(client, dict.fromkeys(STREAMS, "set"), sleep=lambda _: None)
        for n in range(people):
            claim_voucher(world, asked(email=f"person{n}@example.com"), f"192.0.{n}.7")
        try:
            yield world, ses
        finally:
            client.close()


def accepted(ses: Loopback) -> Counter[str]:
    """Follow-ups by how often SES took them; the canaries that go out while something is in doubt are none."""
    ids = (request["EmailTags"][0]["Value"] for request in ses.requests if request)
    return Counter(id_ for id_ in ids if canary.sent_at(id_) is None)


def states(world: TestWorld) -> dict[str, str]:
    return {one.id: one.state for one in list_follow_ups(world)}


def minute_by_minute(world: TestWorld, minutes: int = 5) -> int:
    """How many more mails went out."""
    count = 0
    for _ in range(minutes):
        world.clock.move(timedelta(minutes=1))
        count += send_due(world)
    return count


@pytest.mark.parametrize("resets", [False, True], ids=["closed", "reset"])
@pytest.mark.parametrize("cut", [AFTER, DURING])
def test_a_mail_whose_answer_was_lost_is_not_sent_again(monkeypatch: pytest.MonkeyPatch, cut: str, resets: bool) -> None:
    with shop(monkeypatch, cut, people=1, resets=resets) as (world, ses):
        assert send_due(world) == 0
        assert set(states(world).values()) == {UNSURE}
        assert minute_by_minute(world) == 0
        assert sorted(accepted(ses).values()) == [1]


def test_the_delivery_event_settles_what_was_in_doubt(monkeypatch: pytest.MonkeyPatch) -> None:
    with shop(monkeypatch, AFTER, people=1) as (world, ses):
        send_due(world)
        (id_,) = accepted(ses)
        record_delivery(world, DeliveryEvent(ACCEPTED, id_, "0102-example", world.clock.now()))
        assert states(world) == {id_: SENT}
        assert minute_by_minute(world) == 0
        assert accepted(ses) == {id_: 1}


@pytest.mark.parametrize("resets", [False, True], ids=["closed", "reset"])
def test_a_mail_that_never_got_there_is_in_doubt_too(monkeypatch: pytest.MonkeyPatch, resets: bool) -> None:
    with shop(monkeypatch, BEFORE, people=1, resets=resets) as (world, ses):
        assert send_due(world) == 0
        assert set(states(world).values()) == {UNSURE}  # from here both look alike
        assert minute_by_minute(world) == 0
        assert accepted(ses) == {}


def test_a_mail_service_out_of_reach_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    with shop(monkeypatch, people=1) as (world, ses):
        reachable, world.mailer = world.mailer, unreachable(monkeypatch)
        assert send_due(world) == 0
        assert set(states(world).values()) == {PLANNED}
        world.mailer = reachable
        assert minute_by_minute(world) == 1
        assert sorted(accepted(ses).values()) == [1]


def unreachable(monkeypatch: pytest.MonkeyPatch) -> SesMailer:
    monkeypatch.setenv("AWS_ENDPOINT_URL_SESV2", f"http://127.0.0.1:{unused_port()}")
    return SesMailer(ses_client(), dict.fromkeys(STREAMS, "set"), sleep=lambda _: None)


@pytest.mark.parametrize("cut", [BEFORE, DURING, AFTER])
def test_a_cut_in_mid_chunk_leaves_one_in_doubt_and_the_others_go_once(monkeypatch: pytest.MonkeyPatch, cut: str) -> None:
    with shop(monkeypatch, PASS, PASS, cut, people=PEOPLE) as (world, ses):
        assert send_due(world) == PEOPLE - 1
        found = states(world)
        assert Counter(found.values()) == {SENT: PEOPLE - 1, UNSURE: 1}
        assert minute_by_minute(world) == 0
        (in_doubt,) = (id_ for id_, state in found.items() if state == UNSURE)
        assert accepted(ses) == {id_: 1 for id_ in found if cut != BEFORE or id_ != in_doubt}


def test_every_answer_lost_leaves_every_mail_in_doubt_and_none_doubled(monkeypatch: pytest.MonkeyPatch) -> None:
    with shop(monkeypatch, *[AFTER] * PEOPLE, people=PEOPLE) as (world, ses):
        assert send_due(world) == 0
        assert Counter(states(world).values()) == {UNSURE: PEOPLE}
        assert minute_by_minute(world) == 0
        assert accepted(ses) == dict.fromkeys(states(world), 1)
        for id_ in accepted(ses):
            record_delivery(world, DeliveryEvent(ACCEPTED, id_, "0102-example", world.clock.now()))
        assert set(states(world).values()) == {SENT}
