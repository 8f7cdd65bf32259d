"""What is forgotten, and when: a test for each row of PRODUCT.md's table, then lives at random."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.calendar import stamp
from chalicelib.domain.claim import Contact
from chalicelib.domain.consent import Consent, consent_key, wording_hash
from chalicelib.domain.fact import Fact
from chalicelib.domain.follow_up import SENT, FollowUp, follow_up_id
from chalicelib.domain.identity import person_id
from chalicelib.domain.inquiry import Inquiry
from chalicelib.domain.money import Money
from chalicelib.domain.order import Buyer, Order, order_key
from chalicelib.domain.standing import Standing
from chalicelib.domain.task import Task
from chalicelib.domain.voucher import Voucher
from chalicelib.errors import Busy
from chalicelib.stores import facts, follow_ups, inquiries, keeping, orders, people, tasks, vouchers
from chalicelib.stores.requests import Request
from chalicelib.stores.requests import put as put_request
from chalicelib.table import Delete, Item, Put
from chalicelib.usecases.claim_voucher import claim_voucher
from chalicelib.usecases.receive_webhook import receive_webhook
from chalicelib.usecases.restore import restore
from chalicelib.usecases.retention import retention, retention_due
from chalicelib.usecases.stop import let_go
from chalicelib.usecases.take_order import take_order
from chalicelib.usecases.tick import tick
from tests.factories import asked, follow_up, gift_order, learnt, shopify_order, shopify_parcel, signed, view
from tests.support.properties import quick
from tests.support.watched import Calls, Crash, watched
from tests.support.world import NOON, TestWorld

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
MONTHS_25 = 761 * DAY
ADDRESS, KEY = "isobel.trant@example.com", "isobel.trant@example.com"
GONE, THERE = False, True


@pytest.fixture
def world() -> Iterator[TestWorld]:
    with TestWorld() as made:
        yield made


# --- what there may be of a person, put there as the use cases do ---


def me(world: TestWorld) -> str:
    return person_id(world.secrets.people, KEY)


def has_contact(world: TestWorld, at: datetime, until: datetime | None) -> None:
    contact = Contact(me(world), "Isobel Trant", ADDRESS, KEY, "en-GB", at, "voucher form")
    world.table.write(people.put_contact(contact, None, until))


def agreed(world: TestWorld, at: datetime, purpose: str = "newsletter") -> None:
    standing = people.load_standing(world.table.get(people.standing_key(me(world))), me(world))
    text = "Yes, write to me."
    given_ = Consent(me(world), purpose, "e-mail", "consent", text, wording_hash(text), 1, "en-GB", at, at, "voucher form")
    world.table.transact([people.put_consent(given_), people.confirmed(standing, given_)], world.ids.token())


def ended(world: TestWorld, at: datetime) -> None:
    """All of it, by a stop."""
    standing = people.load_standing(world.table.get(people.standing_key(me(world))), me(world))
    world.table.transact([people.stopped(me(world), at), *people.withdrawn(standing, at)], world.ids.token())
    let_go(world, me(world), at)


def has_voucher(world: TestWorld, ends_at: datetime) -> str:
    voucher = Voucher("7HQ2M-9KXTC", me(world), "contract", "hello", Money(500, "GBP"), Money(0, "GBP"), NOON, ends_at)
    world.table.transact(vouchers.issue(voucher), world.ids.token())
    return voucher.code


def ordered(world: TestWorld, number: str, at: datetime, *, key: str = KEY) -> str:
    """An order, with the thank-you that was sent three days later."""
    name = order_key("shopify", number)
    seen = view(seen_at=at, placed_at=at, number=number, buyer=Buyer("Isobel Trant", ADDRESS if key else "", key, "GB"))
    thanks = sent(world, at + 3 * DAY, name) if key else None
    order = Order(name, version=1, view=seen, follow_ups={thanks.id: stamp(thanks.due_at)} if thanks else {})
    world.table.write(orders.put(order, Order(name), at))
    return name


def sent(world: TestWorld, at: datetime, anchor: str, **changes: Any) -> FollowUp:
    person = me(world)
    fields = {"state": SENT, "due_at": at, "look_at": at, "created_at": at, "sent_at": at, "expires_at": None, **changes}
    one = follow_up(id=follow_up_id("thank-you", person, anchor), person=person, anchor=anchor, **fields)
    put = follow_ups.put(one)
    world.table.write(msgspec.structs.replace(put, item={k: v for k, v in put.item.items() if k not in ("due_pk", "due_sk")}))
    return one


def stated(world: TestWorld, kind: str, purpose: str, at: datetime, about: str = "rings") -> None:
    world.table.write(facts.put(me(world), Fact(kind, about, "M", "stated", at, "preference page", purpose)))


def closed_inquiry(world: TestWorld, at: datetime) -> None:
    one = Inquiry(f"{me(world)}-inquiry", me(world), at - DAY, "question", words="It broke.", closed_at=at, outcome="good")
    world.table.write(inquiries.put(one))


def done_task(world: TestWorld, at: datetime, id_: str = "task") -> None:
    one = Task(f"{me(world)}-{id_}", "call", me(world), "", "call", at - DAY, at - DAY, at, "happy", "They like it.")
    world.table.write(tasks.put(one))


# --- the night ---


def forget(world: TestWorld, at: datetime | None = None) -> None:
    """The whole night, at that time."""
    if at is not None:
        world.clock.at = at
    while retention(world):
        pass


def all_items(world: TestWorld) -> dict[tuple[str, str], Item]:
    found = world.sqlite.scan(limit=100_000).items
    return {(str(item["pk"]), str(item["sk"])): item for item in found if item["sk"] != "RETENTION"}


def is_there(world: TestWorld, sk: str) -> bool:
    return any(key[1].startswith(sk) for key in all_items(world))


def assert_gone_at(world: TestWorld, day: datetime, *kinds: str) -> None:
    """The night before they are all there, from that instant on none is."""
    forget(world, day - SECOND)
    assert [kind for kind in kinds if not is_there(world, kind)] == []
    forget(world, day)
    assert [kind for kind in kinds if is_there(world, kind)] == []


# --- row by row ---


def test_an_unconfirmed_claim_is_kept_for_seven_days(world: TestWorld) -> None:
    claim_voucher(world, asked(), "192.0.2.7")
    assert_gone_at(world, NOON + 7 * DAY, "CLAIM#")


def test_a_raw_webhook_is_kept_for_thirty_days(world: TestWorld) -> None:
    headers, raw = signed("orders/create", shopify_order())
    receive_webhook(world, "shopify", headers, raw)
    world.work()
    forget(world, NOON + 30 * DAY)
    assert len(world.blob.names("webhooks")) == 1
    forget(world, NOON + 30 * DAY + SECOND)
    assert world.blob.names("webhooks") == []
    assert not is_there(world, "WEBHOOK")


def test_a_sent_mails_body_is_kept_for_ninety_days_and_a_recipients_for_thirty() -> None:
    with TestWorld(recipient_note="e-mail") as world:
        take_order(world, learnt("orders/create", gift_order()))
        take_order(world, learnt("fulfillments/update", shopify_parcel()))
        world.live(days=15)
        sent_at = {kept.mail.to: kept.accepted_at for kept in world.mails()}
        assert set(sent_at) == {ADDRESS, "ruth.okafor@example.com"}
        forget(world, sent_at["ruth.okafor@example.com"] + 30 * DAY + SECOND)
        assert {kept.mail.to for kept in world.outbox.all()} == {ADDRESS}
        forget(world, sent_at[ADDRESS] + 90 * DAY)
        assert len(world.outbox.all()) > 0
        forget(world, sent_at[ADDRESS] + 90 * DAY + SECOND)
        assert world.outbox.all() == []


def test_a_gifts_recipient_goes_on_their_day(world: TestWorld) -> None:
    order = take_order(world, learnt("orders/create", gift_order()))
    assert order.gift_until == NOON + 120 * DAY
    assert_gone_at(world, order.gift_until, "GIFT")
    assert is_there(world, "ORDER")


def test_a_contact_and_their_orders_go_25_months_after_their_last_order(world: TestWorld) -> None:
    has_contact(world, NOON, NOON + 180 * DAY)
    ordered(world, "1", NOON)
    ordered(world, "2", NOON + 400 * DAY)
    for day in range(0, 1160, 10):
        forget(world, NOON + day * DAY)
        assert is_there(world, "CONTACT"), day
    assert len([key for key in all_items(world) if key[1] == "ORDER"]) == 2
    assert_gone_at(world, NOON + 400 * DAY + MONTHS_25, "CONTACT", "ORDER")
    assert_gone_at(world, NOON + 403 * DAY + MONTHS_25, "F#")


def test_not_the_last_event_counts_but_the_last_order(world: TestWorld) -> None:
    take_order(world, learnt("orders/create", shopify_order()))
    world.clock.at = NOON + 300 * DAY
    take_order(world, learnt("orders/updated", shopify_order(updated_at=stamp(NOON + 300 * DAY), financial_status="refunded")))
    forget(world, NOON + MONTHS_25 - SECOND)
    assert is_there(world, "ORDER")
    forget(world, NOON + MONTHS_25)
    assert not any(key[1] == "ORDER" for key in all_items(world))


def test_a_voucher_that_ended_later_keeps_them_for_ninety_days(world: TestWorld) -> None:
    has_contact(world, NOON, NOON + 180 * DAY)
    ordered(world, "1", NOON)
    has_voucher(world, NOON + 1000 * DAY)
    assert_gone_at(world, NOON + 1090 * DAY, "CONTACT", "ORDER")
    assert is_there(world, "VOUCHER")


def test_a_contact_without_any_order_goes_ninety_days_after_their_voucher_ended(world: TestWorld) -> None:
    has_contact(world, NOON, NOON + 180 * DAY)
    has_voucher(world, NOON + 90 * DAY)
    assert_gone_at(world, NOON + 180 * DAY, "CONTACT")


def test_who_agreed_is_kept_with_their_orders_for_as_long_as_they_agree(world: TestWorld) -> None:
    has_contact(world, NOON, None)
    agreed(world, NOON)
    ordered(world, "1", NOON)
    for day in range(0, 3000, 20):
        forget(world, NOON + day * DAY)
        world.sqlite.sweep(int(world.clock.now().timestamp()))  # no TTL takes them away either
        assert is_there(world, "CONTACT")
        assert is_there(world, "ORDER")
        assert is_there(world, "F#")


def test_a_consent_that_ends_gives_them_their_day_again(world: TestWorld) -> None:
    has_contact(world, NOON, None)
    agreed(world, NOON)
    ordered(world, "1", NOON)
    forget(world, NOON + 1000 * DAY)
    ended(world, NOON + 1000 * DAY + SECOND)
    assert_gone_at(world, NOON + 1090 * DAY + SECOND, "CONTACT", "ORDER", "F#")
    assert is_there(world, "STANDING")
    assert is_there(world, "CONSENT#")


def test_an_order_of_nobody_goes_25_months_after_it(world: TestWorld) -> None:
    ordered(world, "1", NOON, key="")
    assert_gone_at(world, NOON + MONTHS_25, "ORDER")


def test_an_order_that_its_person_no_longer_finds_goes_all_the_same(world: TestWorld) -> None:
    take_order(world, learnt("orders/create", shopify_order()))
    for key in all_items(world):
        if key[1].startswith("F#"):
            world.sqlite.write(Delete(key))
    assert_gone_at(world, NOON + MONTHS_25, "ORDER")


def test_a_follow_up_goes_25_months_after_it_ended(world: TestWorld) -> None:
    sent(world, NOON, "hello", role="contact")
    assert_gone_at(world, NOON + MONTHS_25, "F#")


def test_a_follow_up_stays_while_its_order_needs_it(world: TestWorld) -> None:
    ordered(world, "1", NOON)
    ordered(world, "2", NOON + 700 * DAY)
    forget(world, NOON + 1000 * DAY)
    assert len([key for key in all_items(world) if key[1].startswith("F#")]) == 2


@pytest.mark.parametrize("state", ["planned", "held", "sending", "unsure"])
def test_what_is_still_open_is_never_forgotten(world: TestWorld, state: str) -> None:
    sent(world, NOON, "hello", role="contact", state=state, sent_at=None)
    forget(world, NOON + 5000 * DAY)
    assert is_there(world, "F#")


def test_what_was_forgotten_is_not_taken_for_lost_by_a_restore(world: TestWorld) -> None:
    claim_voucher(world, asked(), "192.0.2.7")
    world.work()
    forget(world, NOON + 800 * DAY)
    assert not is_there(world, "F#")
    assert restore(world, check=False).unsure == ()
    assert not is_there(world, "F#")


def test_voucher_and_ledger_are_kept_for_six_years(world: TestWorld) -> None:
    has_voucher(world, NOON)
    agreed(world, NOON)
    assert_gone_at(world, NOON + 6 * 366 * DAY, "VOUCHER", "OFFER#", "CONSENT#")


def test_facts_go_with_the_contact(world: TestWorld) -> None:
    has_contact(world, NOON, NOON + 180 * DAY)
    has_voucher(world, NOON + 90 * DAY)
    stated(world, "size", "", NOON)
    stated(world, "never", "occasions", NOON, "birthday")
    assert_gone_at(world, NOON + 180 * DAY, "FACT#size", "FACT#never")


def test_a_fact_goes_at_once_when_the_consent_for_its_purpose_ended(world: TestWorld) -> None:
    has_contact(world, NOON, None)
    agreed(world, NOON, "occasions")
    stated(world, "date", "occasions", NOON)
    stated(world, "never", "occasions", NOON)
    forget(world, NOON + 500 * DAY)
    assert is_there(world, "FACT#date")
    ended(world, NOON + 500 * DAY)
    forget(world)
    assert not is_there(world, "FACT#date")
    assert is_there(world, "FACT#never")


def test_one_purpose_that_ended_takes_no_other_purposes_facts(world: TestWorld) -> None:
    has_contact(world, NOON, None)
    agreed(world, NOON, "for you")
    stated(world, "size", "for you", NOON)
    stated(world, "date", "occasions", NOON - 8 * DAY)
    forget(world)
    assert is_there(world, "FACT#size")
    assert not is_there(world, "FACT#date")


def test_a_fact_waits_a_week_for_the_consent_that_it_is_for(world: TestWorld) -> None:
    has_contact(world, NOON, NOON + 90 * DAY)
    stated(world, "date", "occasions", NOON)
    assert_gone_at(world, NOON + 7 * DAY, "FACT#date")


def test_closed_inquiries_and_done_tasks_go_25_months_later(world: TestWorld) -> None:
    has_contact(world, NOON, None)
    agreed(world, NOON)
    closed_inquiry(world, NOON)
    done_task(world, NOON)
    assert_gone_at(world, NOON + MONTHS_25, "INQUIRY#", "TASK#")
    assert is_there(world, "CONTACT")


def test_or_with_their_person(world: TestWorld) -> None:
    has_contact(world, NOON, NOON + 180 * DAY)
    has_voucher(world, NOON + 90 * DAY)
    closed_inquiry(world, NOON + 170 * DAY)
    done_task(world, NOON + 170 * DAY)
    assert_gone_at(world, NOON + 180 * DAY, "INQUIRY#", "TASK#", "CONTACT")


def test_who_still_waits_for_an_answer_is_not_forgotten(world: TestWorld) -> None:
    world.table.write(inquiries.put(Inquiry(f"{me(world)}-open", me(world), NOON, "question", words="Where is it?")))
    forget(world, NOON + 5000 * DAY)
    assert is_there(world, "INQUIRY#")


def test_a_request_by_law_and_its_answer_are_kept_for_ninety_days(world: TestWorld) -> None:
    world.table.write(put_request(Request("r1", "shopify", "export", NOON)))
    world.blob.put("requests/shopify/p-x/r1", b"all of it")
    forget(world, NOON + 90 * DAY - SECOND)
    assert (is_there(world, "r1"), world.blob.names("requests")) == (THERE, ["requests/shopify/p-x/r1"])
    forget(world, NOON + 90 * DAY + SECOND)
    assert (is_there(world, "r1"), world.blob.names("requests")) == (GONE, [])


def test_standing_and_gate_stay(world: TestWorld) -> None:
    take_order(world, learnt("orders/create", shopify_order()))
    world.work()
    agreed(world, NOON)
    ended(world, NOON)
    forget(world, NOON + 9000 * DAY)
    assert {key[1] for key in all_items(world)} <= {"STANDING", "GATE", "RULES"}


# --- woken each night, and carried on ---


def test_it_is_due_once_a_night_at_four(world: TestWorld) -> None:
    assert retention_due(world)
    assert retention(world) is False
    assert not retention_due(world)
    world.clock.at = datetime(2026, 3, 3, 3, 59, 59, tzinfo=UTC)
    assert not retention_due(world)
    world.clock.at += SECOND
    assert retention_due(world)
    retention(world)
    assert not retention_due(world)


def test_a_night_that_nobody_was_awake_for_is_made_up_for(world: TestWorld) -> None:
    retention(world)
    claim_voucher(world, asked(), "192.0.2.7")
    world.pass_time(days=8, hours=7)
    assert not is_there(world, "CLAIM#")


def test_what_cannot_be_done_now_keeps_no_mail_back_and_is_done_in_a_minute(world: TestWorld) -> None:
    whole = world.blob
    world.blob = watched(world.blob, before=_no_reply)
    claim_voucher(world, asked(), "192.0.2.7")
    assert tick(world) == 1
    assert retention_due(world)
    world.blob = whole
    tick(world)
    assert not retention_due(world)


def _no_reply(call: str) -> None:
    raise Busy(call)


def test_from_a_table_that_is_not_live_nothing_is_forgotten(world: TestWorld) -> None:
    claim_voucher(world, asked(), "192.0.2.7")
    world.secrets = msgspec.structs.replace(world.secrets, live_table="another")
    world.pass_time(days=8)
    assert is_there(world, "CLAIM#")


def test_a_big_table_is_gone_through_in_several_goes(world: TestWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chalicelib.usecases.retention.PAGE", 3)
    monkeypatch.setattr("chalicelib.usecases.retention.PAGES", 1)
    for n in range(10):
        ordered(world, str(n), NOON, key="")
    world.clock.at = NOON + MONTHS_25
    goes = 0
    while retention_due(world):
        retention(world)
        goes += 1
    assert goes >= 4
    assert not is_there(world, "ORDER")


def test_two_at_once_do_no_harm(world: TestWorld) -> None:
    for n in range(4):
        ordered(world, str(n), NOON)
    world.clock.at = NOON + MONTHS_25
    inner = TestWorld(table=world.table)
    inner.ids = world.ids
    inner.clock.at = world.clock.at
    seen = iter([True])

    def meanwhile(call: str) -> None:
        if call == "transact" and next(seen, False):
            retention(inner)

    world.table = watched(world.sqlite, before=meanwhile)
    forget(world)
    forget(world)
    assert not is_there(world, "ORDER")
    inner.close()


def test_what_cannot_be_read_is_kept_and_stops_nobody_else(world: TestWorld, caplog: pytest.LogCaptureFixture) -> None:
    has_contact(world, NOON, NOON + DAY)
    world.table.write(Put({"pk": f"P#{me(world)}", "sk": "FACT#size#rings", "purpose": "x", "kind": 7}))
    ordered(world, "1", NOON, key="other@example.com")
    forget(world, NOON + 5000 * DAY)
    assert is_there(world, "CONTACT")
    assert not any(key[1] == "ORDER" for key in all_items(world))
    assert ADDRESS not in caplog.text


def test_a_consent_that_comes_between_keeps_what_it_finds(world: TestWorld) -> None:
    has_contact(world, NOON, NOON + 90 * DAY)
    ordered(world, "1", NOON)
    world.clock.at = NOON + MONTHS_25
    seen = iter([True])

    def meanwhile(call: str) -> None:
        if call == "transact" and next(seen, False):
            agreed(inner, world.clock.at)

    inner = TestWorld(table=world.sqlite)
    inner.ids = world.ids
    world.table = watched(world.sqlite, before=meanwhile)
    forget(world)
    assert is_there(world, "CONTACT")
    assert is_there(world, "ORDER")
    inner.close()


# --- lives at random ---


class Life(msgspec.Struct, frozen=True):
    """Days before NOON on which things happened to one person, -1 for never."""

    confirmed: int
    orders: tuple[int, ...]
    voucher: int
    agreed: int
    ended: int
    fact: int
    inquiry: int
    task: int
    mail: int


past = st.integers(0, 1500)
maybe = st.one_of(st.just(-1), past)
lives = st.builds(
    Life,
    confirmed=past,
    orders=st.lists(past, max_size=4, unique=True).map(tuple),
    voucher=maybe,
    agreed=maybe,
    ended=maybe,
    fact=maybe,
    inquiry=maybe,
    task=maybe,
    mail=maybe,
)


def ago(days: int) -> datetime:
    return NOON - days * DAY


def lived(world: TestWorld, life: Life) -> Life:
    """Puts it there; as it was, for nobody ends what they never agreed to."""
    agrees = life.agreed >= 0
    ends = agrees and 0 <= life.ended <= life.agreed
    has_contact(world, ago(life.confirmed), None if agrees else ago(life.confirmed) + 90 * DAY)
    for number, days in enumerate(life.orders):
        ordered(world, str(number), ago(days))
    if life.voucher >= 0:
        has_voucher(world, ago(life.voucher))
    if agrees:
        agreed(world, ago(life.agreed))
    if ends:
        ended(world, ago(life.ended))
    if life.fact >= 0:
        stated(world, "size", "newsletter", ago(life.fact))
    if life.inquiry >= 0:
        closed_inquiry(world, ago(life.inquiry))
    if life.task >= 0:
        done_task(world, ago(life.task))
    if life.mail >= 0:
        sent(world, ago(life.mail), "hello", role="contact")
    return msgspec.structs.replace(life, agreed=life.agreed if agrees else -1, ended=life.ended if ends else -1)


def kept_at(life: Life, now: datetime) -> dict[str, int]:
    """How many of each there should be: the table's sentences, once more."""
    in_force = life.agreed >= 0 and life.ended < 0
    ninety = max(ago(day) for day in (life.confirmed, life.voucher, life.ended) if day >= 0) + 90 * DAY
    months = max((ago(day) + MONTHS_25 for day in life.orders), default=ninety)
    person = in_force or now < max(ninety, months)
    fact = person and (in_force or (now < ago(life.fact) + 7 * DAY and not life.fact >= life.ended >= 0))
    return {
        "CONTACT": int(person),
        "ORDER": len(life.orders) * person,
        "F#": len(life.orders) * person
        + sum(not person and now < ago(day) + 3 * DAY + MONTHS_25 for day in life.orders)
        + (life.mail >= 0 and now < ago(life.mail) + MONTHS_25),
        "FACT#": int(life.fact >= 0 and fact),
        "INQUIRY#": int(life.inquiry >= 0 and person and now < ago(life.inquiry) + MONTHS_25),
        "TASK#": int(life.task >= 0 and person and now < ago(life.task) + MONTHS_25),
    }


def counted(world: TestWorld) -> dict[str, int]:
    keys = list(all_items(world))
    kinds = ("F#", "FACT#", "INQUIRY#", "TASK#")
    exact = {kind: sum(key[1] == kind for key in keys) for kind in ("CONTACT", "ORDER")}
    return {**exact, **{kind: sum(key[1].startswith(kind) for key in keys) for kind in kinds}}


@quick
@given(lives, st.lists(st.integers(0, 1700), min_size=1, max_size=4).map(sorted))
def test_nothing_younger_is_forgotten_and_nothing_older_stays(life: Life, nights: list[int]) -> None:
    with TestWorld() as world:
        life = lived(world, life)
        for night in nights:
            forget(world, NOON + night * DAY)
            assert counted(world) == kept_at(life, world.clock.now())


@quick
@given(lives, st.integers(0, 1700))
def test_forgetting_twice_is_forgetting_once(life: Life, night: int) -> None:
    with TestWorld() as world:
        lived(world, life)
        forget(world, NOON + night * DAY)
        once = all_items(world)
        forget(world)
        assert all_items(world) == once


@pytest.mark.parametrize("after", [False, True])
def test_a_crash_at_any_call_is_made_up_for(after: bool) -> None:
    life = Life(confirmed=900, orders=(800, 790), voucher=1000, agreed=-1, ended=-1, fact=850, inquiry=850, task=850, mail=900)
    expected, calls = _after_a_crash(life, 0, after=after)
    assert counted_in(expected) == kept_at(life, NOON)
    assert calls > 5
    for at in range(1, calls + 1):
        assert _after_a_crash(life, at, after=after)[0] == expected, at


def counted_in(items: dict[tuple[str, str], Item]) -> dict[str, int]:
    kinds: dict[str, Callable[[str], bool]] = {
        **{kind: kind.__eq__ for kind in ("CONTACT", "ORDER")},
        **{kind: (lambda sk, kind=kind: sk.startswith(kind)) for kind in ("F#", "FACT#", "INQUIRY#", "TASK#")},  # type: ignore[misc]  # bound early
    }
    return {kind: sum(is_one(key[1]) for key in items) for kind, is_one in kinds.items()}


def _after_a_crash(life: Life, at: int, *, after: bool) -> tuple[dict[tuple[str, str], Item], int]:
    with TestWorld() as world:
        lived(world, life)
        calls = Calls(at, after=after)
        world.table = watched(world.sqlite, before=calls.before, after=calls.after)
        try:
            forget(world)
        except Crash:
            forget(world)
        return all_items(world), calls.count


def test_a_standing_alone_is_nobody_to_look_at() -> None:
    standing = Standing("p", consents={consent_key("newsletter", "e-mail"): stamp(NOON)})
    assert not keeping.worth_a_look([{"pk": "P#p", "sk": "STANDING", "person": standing.person}], NOON)
