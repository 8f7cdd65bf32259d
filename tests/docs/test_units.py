"""docs/data-model.md says what each access costs; here it is measured."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any

import msgspec
import pytest

from chalicelib.adapters.local.table_sqlite import SqliteTable
from chalicelib.domain import journal
from chalicelib.domain.calendar import stamp
from chalicelib.domain.claim import Contact
from chalicelib.domain.competition import Entered
from chalicelib.domain.consent import wording_hash
from chalicelib.domain.customer import ConsentSaid
from chalicelib.domain.delivery import DeliveryEvent
from chalicelib.domain.fact import Fact
from chalicelib.domain.follow_up import PLANNED, SENDING, UNSURE, FollowUp
from chalicelib.domain.identity import parse_address, person_id
from chalicelib.domain.inquiry import Question
from chalicelib.domain.links import EXPECTATION, NO, OCCASION, PREFERENCES, WELCOME, YES, answer_scope
from chalicelib.domain.playbook import Playbook
from chalicelib.domain.preferences import Wish, shown
from chalicelib.domain.retention import AFTER_LAST_ORDER
from chalicelib.domain.standing import Standing
from chalicelib.domain.task import Task
from chalicelib.errors import TooMany
from chalicelib.stores import canary, follow_ups, gate, keeping, orders, people, tasks
from chalicelib.stores.codec import to_item
from chalicelib.table import Put
from chalicelib.usecases.answer_expectation import answer_expectation, look_at_answer
from chalicelib.usecases.ask_for_events import ask_for_events
from chalicelib.usecases.ask_question import ask_question
from chalicelib.usecases.claim_voucher import claim_voucher
from chalicelib.usecases.close_inquiry import close_inquiry
from chalicelib.usecases.confirm_claim import confirm_claim, look_at_claim
from chalicelib.usecases.confirm_consent import confirm_consent, look_at_consent
from chalicelib.usecases.confirm_entry import confirm_entry, look_at_entry
from chalicelib.usecases.end_occasion import end_occasion
from chalicelib.usecases.enter_competition import enter_competition
from chalicelib.usecases.erase import erase
from chalicelib.usecases.finish_task import finish_task
from chalicelib.usecases.lease import leased
from chalicelib.usecases.list_follow_ups import list_follow_ups
from chalicelib.usecases.list_inquiries import list_inquiries
from chalicelib.usecases.look_at_draw import look_at_draw
from chalicelib.usecases.look_at_order import look_at_order
from chalicelib.usecases.look_at_preferences import look_at_preferences
from chalicelib.usecases.note_rules import note_rules
from chalicelib.usecases.opt_in_by_order import opt_in_by_order
from chalicelib.usecases.pause import pause, resume
from chalicelib.usecases.plan_morning import plan_morning
from chalicelib.usecases.receive_webhook import receive_webhook
from chalicelib.usecases.record_consent import record_consent
from chalicelib.usecases.record_delivery import record_delivery
from chalicelib.usecases.record_fact import forget_fact, record_fact
from chalicelib.usecases.recover import free_the_dead
from chalicelib.usecases.redeem_voucher import look_at_voucher, redeem_voucher
from chalicelib.usecases.restore import restore
from chalicelib.usecases.retention import retention
from chalicelib.usecases.run_draw import run_draw
from chalicelib.usecases.run_errand import run_errand
from chalicelib.usecases.save_preferences import save_preferences
from chalicelib.usecases.save_profile import Told, save_profile
from chalicelib.usecases.say_welcome import say_welcome
from chalicelib.usecases.send_preferences_link import send_preferences_link
from chalicelib.usecases.settle import How, settle
from chalicelib.usecases.stop import look_at_stop, stop
from chalicelib.usecases.take_consent import take_consent
from chalicelib.usecases.take_order import take_order
from chalicelib.usecases.tell_all import tell_all
from chalicelib.usecases.tick import tick
from chalicelib.usecases.today import today
from chalicelib.usecases.write_thanks import look_at_card, write_thanks
from tests.docs.reading import rows, section, text_of
from tests.factories import asked, gift_order, learnt, shopify_order, shopify_parcel, signed
from tests.support.counting_table import CountingTable
from tests.support.fake_office import FakeOffice
from tests.support.own_page import words_of
from tests.support.sending import Service, fails_once
from tests.support.watched import Crash
from tests.support.world import NOON, TestWorld, shipped_playbook

IP = "192.0.2.7"
BUYER, RECIPIENT = "isobel.trant@example.com", "ruth.okafor@example.com"
DELIVERED = NOON + timedelta(days=2)
THANK_YOU_DUE, NOTE_DUE = DELIVERED + timedelta(days=3), DELIVERED + timedelta(days=10)


class Shop:
    """A shop whose table is counted. `measured` has the line's name → (write units, read units)."""

    def __init__(self, **shop: Any) -> None:
        self.sqlite = SqliteTable(":memory:")
        self.table = CountingTable(self.sqlite)
        self.world = TestWorld(table=self.table, **shop)
        # so that a line tells of one mail; a second costs as much again
        self.world.playbook = Playbook(tuple(rule for rule in self.world.playbook.rules if rule.name != "expectation"))
        # nights have lines of their own
        self.table.write(keeping.came(keeping.Night(NOON), keeping.Night(NOON + timedelta(days=10_000), count=1)))
        note_rules(self.world)  # as any tick before has
        self.measured: dict[str, tuple[int, float]] = {}

    def close(self) -> None:
        self.world.close()
        self.sqlite.close()

    def measure(self, name: str, act: Callable[[], object]) -> None:
        self.table.reset()
        act()
        self.measured[name] = (self.table.wru, self.table.rru)

    def link(self, to: str, path: str, subject: str = "") -> str:
        """The token of the newest such link mailed to them."""
        mails = [kept.mail for kept in self.world.mails(to) if path in kept.mail.text and subject in kept.mail.subject]
        found = re.search(rf"{path}\?t=(\S+)", mails[-1].text)
        assert found
        return found[1]

    def states(self) -> list[str]:
        """Of its follow-ups, sorted."""
        return sorted(one.state for one in follow_ups.readable(filter(follow_ups.is_follow_up, self.sqlite.scan().items)))

    def only(self) -> FollowUp:
        """The one follow-up there is."""
        (found,) = follow_ups.readable(filter(follow_ups.is_follow_up, self.sqlite.scan().items))
        return found

    def order(self, payload: dict[str, object], topic: str = "orders/create") -> object:
        return take_order(self.world, learnt(topic, payload))


def _measured() -> dict[str, tuple[int, float]]:
    found: dict[str, tuple[int, float]] = {}
    for story in STORIES:
        for shop in story():
            found |= shop.measured
            shop.close()
    return found


def _claims() -> Iterator[Shop]:
    shop = Shop()
    world = shop.world
    shop.measure("claim, first", lambda: claim_voucher(world, asked(newsletter=True), IP))
    shop.measure("claim again within 24 hours", lambda: claim_voucher(world, asked(newsletter=True), IP))
    world.work()
    link = shop.link(BUYER, "/api/confirm")
    shop.measure("look at a confirmation link", lambda: look_at_claim(world, link))
    shop.measure("confirm, with the newsletter", lambda: confirm_claim(world, link))
    shop.measure("confirm, second click", lambda: confirm_claim(world, link))
    world.work()
    world.pass_time(days=2)
    shop.measure("claim by a holder of the voucher", lambda: claim_voucher(world, asked(), IP))
    yield shop
    plain = Shop()
    claim_voucher(plain.world, asked(), IP)
    plain.world.work()
    plain.measure("confirm, without the newsletter", lambda: confirm_claim(plain.world, plain.link(BUYER, "/api/confirm")))
    code = confirm_claim(plain.world, plain.link(BUYER, "/api/confirm")).voucher.code
    order = shopify_order(discount_codes=[{"code": code}])
    plain.measure("order that spends a voucher", lambda: plain.order(order))
    yield plain


def _limits() -> Iterator[Shop]:
    shop = Shop(claims_per_network=1)

    def too_often() -> None:
        with suppress(TooMany):
            claim_voucher(shop.world, asked(email="someone.else@example.com"), IP)

    claim_voucher(shop.world, asked(), IP)
    shop.measure("claim over the network's limit", too_often)
    yield shop


def _orders() -> Iterator[Shop]:
    shop = Shop()
    world = shop.world
    shop.measure("tick, nothing due", lambda: tick(world))
    shop.measure("order, with its receipt planned", lambda: shop.order(shopify_order()))
    shop.measure("order event that says nothing new", lambda: shop.order(shopify_order()))
    shop.measure("tick that sends one service mail", lambda: tick(world))
    (receipt,) = world.mails()
    shop.measure(
        "event: accepted or delivered",
        lambda: record_delivery(world, DeliveryEvent("delivered", receipt.id, "m", world.clock.now())),
    )
    shop.measure("order delivered, thank-you planned", lambda: shop.order(shopify_parcel(), "fulfillments/update"))
    shop.measure("one person's follow-ups, by address", lambda: list_follow_ups(world, BUYER))
    world.clock.at = THANK_YOU_DUE
    shop.measure("tick that sends one courtesy mail", lambda: tick(world))
    bounce = DeliveryEvent("bounced", receipt.id, "m", world.clock.now(), permanent=True)
    shop.measure("event: bounced for good, or complained", lambda: record_delivery(world, bounce))
    yield shop
    off = Shop()
    off.order(shopify_order())
    off.world.work()
    off.order(shopify_parcel(), "fulfillments/update")
    later = "2026-03-05T12:00:00+00:00"
    cancelled = shopify_order(updated_at=later, cancelled_at=later)
    off.measure("order cancelled, receipt sent, thank-you called off", lambda: off.order(cancelled, "orders/cancelled"))
    yield off


def _gifts() -> Iterator[Shop]:
    shop = Shop()
    world = shop.world
    shop.measure("gift order, with its receipt planned", lambda: shop.order(gift_order()))
    world.work()
    shop.measure("gift delivered, thank-you and note planned", lambda: shop.order(shopify_parcel(), "fulfillments/update"))
    world.clock.at = THANK_YOU_DUE
    world.work()
    world.clock.at = NOTE_DUE
    shop.measure("tick that sends the recipient's note", lambda: tick(world))
    card = shop.link(RECIPIENT, "/api/thanks")
    shop.measure("look at the blank card", lambda: look_at_card(world, card))
    shop.measure("write the thanks", lambda: write_thanks(world, card, "Thank you, it fits."))
    removal = shop.link(RECIPIENT, "/api/stop")
    shop.measure("look at a stop link", lambda: look_at_stop(world, removal))
    shop.measure("stop by a recipient", lambda: stop(world, removal))
    second = {"id": 5551023349999, "created_at": "2026-03-14T12:00:00+00:00", "updated_at": "2026-03-14T12:00:00+00:00"}
    shop.order(shopify_order(**second))
    delivery = {"created_at": "2026-03-14T12:00:00+00:00", "updated_at": "2026-03-14T12:00:00+00:00"}
    shop.order(shopify_parcel(id=1, order_id=second["id"], **delivery), "fulfillments/update")
    shop.measure("stop, with one courtesy mail planned", lambda: stop(world, shop.link(BUYER, "/api/stop")))
    yield shop


def _held() -> Iterator[Shop]:
    shop = Shop(quiet_from=0, quiet_to=23)
    yield from _at_tick(shop, "tick that holds one", days=5)


def _ended() -> Iterator[Shop]:
    yield from _at_tick(Shop(), "tick that ends one", days=50)


def _at_tick(shop: Shop, name: str, *, days: int) -> Iterator[Shop]:
    shop.order(shopify_order())
    shop.world.work()
    shop.order(shopify_parcel(), "fulfillments/update")
    shop.world.clock.move(timedelta(days=days))
    shop.measure(name, lambda: tick(shop.world))
    yield shop


def _paused() -> Iterator[Shop]:
    shop = Shop()
    shop.order(shopify_order())
    shop.measure("pause", lambda: pause(shop.world))
    shop.world.work()
    shop.measure("resume, with one held", lambda: resume(shop.world))
    back = DeliveryEvent("delivered", canary.id_of(NOON), "m", NOON)
    shop.measure("event: a canary came back", lambda: record_delivery(shop.world, back))
    yield shop


def _webhooks() -> Iterator[Shop]:
    shop = Shop()
    world = shop.world
    headers, raw = signed("orders/create", shopify_order())
    shop.measure("webhook received", lambda: receive_webhook(world, "shopify", headers, raw))
    shop.measure("webhook taken, besides its order", world._drain)
    taken = [call for call in shop.table.calls if "W#" in call.about]
    shop.measured["webhook taken, besides its order"] = (sum(call.wru for call in taken), sum(call.rru for call in taken))
    shop.measure("webhook received again, and taken already", lambda: receive_webhook(world, "shopify", headers, raw))
    yield shop


def _nights() -> Iterator[Shop]:
    shop = Shop()
    world = shop.world
    shop.order(shopify_order())
    world.work()
    shop.measure("night over a shop of one order", lambda: retention(world))
    world.clock.at = NOON + AFTER_LAST_ORDER
    shop.measure("night that forgets that order", lambda: retention(world))
    assert shop.sqlite.get(orders.key("shopify:5551023340801")) is None
    yield shop


def _leases() -> Iterator[Shop]:
    shop = Shop()
    world = shop.world

    def at_work() -> None:
        with leased(world, "0") as ours:
            assert ours

    shop.measure("lease, taken and given back", at_work)
    shop.order(shopify_order())
    world.table.write(gate.take_lease("0", gate.Gate(), "another worker", NOON))
    shop.measure("tick while another worker is at work", lambda: tick(world))
    yield shop


def _doubts() -> Iterator[Shop]:
    shop = _in_doubt()
    world = shop.world
    shop.measure("tick that looks at one in doubt, and sends a canary", lambda: tick(world))
    shop.measure("canary wanted again within the hour", lambda: ask_for_events(world))
    record_delivery(world, DeliveryEvent("delivered", canary.id_of(NOON), "m", NOON))
    world.clock.move(timedelta(hours=1))
    shop.measure("tick that looks at one in doubt", lambda: tick(world))
    world.clock.move(timedelta(hours=23))
    shop.measure("tick that plans one in doubt once more", lambda: tick(world))
    assert shop.only().tried_again
    yield shop
    for name, how in SETTLED.items():
        shop = _in_doubt()
        shop.world.clock.move(timedelta(hours=1))
        shop.measure(name, partial(settle, shop.world, shop.only().id, how))
        yield shop


def _in_doubt() -> Shop:
    """The receipt may or may not have been taken."""
    shop = Shop()
    shop.order(shopify_order())
    shop.world.mailer = service = Service(answers=False)
    tick(shop.world)
    service.answers = True
    assert shop.states() == [UNSURE]
    return shop


def _deaths() -> Iterator[Shop]:
    shop = Shop()
    world = shop.world
    for number in (1, 2):
        shop.order(shopify_order(id=number, email=f"buyer{number}@example.com"))
    fails_once(world, Crash())
    with suppress(Crash):
        tick(world)
    assert shop.states() == [SENDING, SENDING]
    world.mailer = Service()
    shop.measure("a dead worker's two mails freed at once", lambda: free_the_dead(world))
    assert shop.states() == [PLANNED, UNSURE]
    yield shop


def _restores() -> Iterator[Shop]:
    shop = Shop()
    world = shop.world
    shop.order(shopify_order())
    one = shop.only()
    world.journal.append([journal.authorised(one, NOON), journal.stopped(one.person, NOON)])
    shop.measure("restore, of one person with one mail and a stop", lambda: restore(world, check=False))
    shop.measure("restore, of one person, once more", lambda: restore(world, check=False))
    yield shop


def _storefronts() -> Iterator[Shop]:
    shop = Shop()
    world = shop.world
    headers, raw = signed("orders/create", shopify_order(), x_shopify_webhook_id="1", x_shopify_event_id="1")
    shop.measure("webhook received under two names", lambda: receive_webhook(world, "shopify", headers, raw))
    shop.order(shopify_order())
    yes = ConsentSaid("shopify", "yes", BUYER, BUYER, at=NOON, confirmed=True)
    shop.measure("storefront tells of a yes", lambda: take_consent(world, yes))
    shop.measure("storefront tells of the same yes", lambda: take_consent(world, yes))
    no = msgspec.structs.replace(yes, said="no", at=NOON + timedelta(hours=1))
    world.clock.move(timedelta(hours=2))
    shop.measure("storefront tells of a no", lambda: take_consent(world, no))
    person = person_id(world.secrets.people, BUYER)
    shop.measure("erase a person with one order and one mail", lambda: erase(world, person))
    yield shop


def _competition() -> Iterator[Shop]:
    shop = Shop()
    world = shop.world
    entered = Entered("Isobel Trant", parse_address(BUYER), "Cornwall")
    shop.measure("entry in the competition", lambda: enter_competition(world, entered, IP))
    shop.measure("entry once more within 24 hours", lambda: enter_competition(world, entered, IP))
    world.work()
    link = shop.link(BUYER, "/api/enter")
    shop.measure("look at an entry's link", lambda: look_at_entry(world, link))
    shop.measure("entry confirmed, the first of its round", lambda: confirm_entry(world, link))
    shop.measure("entry confirmed, second click", lambda: confirm_entry(world, link))
    other = "somebody.else@example.com"
    enter_competition(world, Entered("Somebody Else", parse_address(other)), "192.0.2.9")
    world.work()
    theirs = next(kept.mail for kept in world.mails(other))
    found = re.search(r"/api/enter\?t=(\S+)", theirs.text)
    assert found
    shop.measure("entry confirmed, a later one", lambda: confirm_entry(world, found[1]))
    world.clock.at = NOON + timedelta(days=31)
    shop.measure("a round of two closes, by its errand", lambda: run_errand(world, "close-2026-03"))
    shop.measure("look at a draw", lambda: look_at_draw(world, "2026-03"))
    shop.measure("the draw", lambda: run_draw(world, "2026-03", "3 9 14"))
    shop.measure("two entrants get their last day, by its errand", lambda: run_errand(world, "tell-2026-03"))
    yield shop


def _consents() -> Iterator[Shop]:
    shop = Shop()
    world = shop.world
    one, more = ["newsletter/e-mail"], ["care/e-mail", "occasions/e-mail"]
    shop.measure("consent asked for by e-mail", lambda: record_consent(world, BUYER, one, source="card"))
    shop.measure("consent asked for once more within 24 hours", lambda: record_consent(world, BUYER, more, source="card"))
    world.work()
    link = shop.link(BUYER, "/api/consent")
    shop.measure("look at a consent link", lambda: look_at_consent(world, link))
    shop.measure("consent confirmed", lambda: confirm_consent(world, link))
    shop.measure("consent confirmed, second click", lambda: confirm_consent(world, link))
    shop.measure("consent recorded at once", lambda: record_consent(world, BUYER, ["offers/post"], source="card"))
    size = Fact("size", "rings", "M", "stated", NOON, "card", "for you")
    shop.measure("fact recorded", lambda: record_fact(world, BUYER, size))
    shop.measure("fact forgotten", lambda: forget_fact(world, BUYER, "size", "rings"))
    yield shop


def _errands() -> Iterator[Shop]:
    shop = Shop(known="storefront")
    world = shop.world
    world.office = FakeOffice()
    claim_voucher(world, asked(), IP)
    world.work()
    link = shop.link(BUYER, "/api/confirm")
    shop.measure("confirm, and the storefront is to learn of the code", lambda: confirm_claim(world, link))
    code = confirm_claim(world, link).voucher.code
    shop.measure("errand: the storefront learns of a code", lambda: run_errand(world, f"voucher-{code}"))
    shop.measure("checkout asks what a voucher is worth", lambda: look_at_voucher(world, code))
    shop.measure("checkout spends a voucher", lambda: redeem_voucher(world, code, "1"))
    yield shop


SETTLED: dict[str, How] = {"settle: it went out": "sent", "settle: again": "again", "settle: left at that": "leave"}


def _answers() -> Iterator[Shop]:
    shop = Shop()
    world = shop.world
    shop.order(shopify_order())
    world.work()
    asked_ = msgspec.structs.replace(shop.only(), id=f"{shop.only().person}-expectation", rule="expectation")
    world.table.write(follow_ups.put(asked_))
    yes, no = (
        world.links.make(EXPECTATION, asked_.person, answer_scope(asked_.id, said), NOON + timedelta(days=9))
        for said in (YES, NO)
    )
    shop.measure("look at a question", lambda: look_at_answer(world, no))
    shop.measure("answer a question: yes", lambda: answer_expectation(world, yes))
    shop.measure("answer a question: no, which opens an inquiry", lambda: answer_expectation(world, no, "The clasp broke."))
    shop.measure("list who waits: one", lambda: list_inquiries(world))
    shop.measure("the owner's day, with one who waits and one mail to come", lambda: today(world))
    shop.measure("close an inquiry, nothing held for it", lambda: close_inquiry(world, asked_.id, "good"))
    world.table.write(tasks.put(Task(asked_.id, "mail", asked_.person, asked_.anchor, "receipt", NOON, NOON)))
    shop.measure("a by-hand task is done", lambda: finish_task(world, asked_.id, "posted"))
    welcome = world.links.make(WELCOME, asked_.person, asked_.id, NOON + timedelta(days=9))
    standing = Standing(asked_.person, version=1, consents={"newsletter/e-mail": stamp(NOON)})
    world.table.write(Put(to_item(people.standing_key(asked_.person), standing)))
    shop.measure("say that we are still welcome", lambda: say_welcome(world, welcome))
    contact = Contact(asked_.person, "Isobel Trant", BUYER, BUYER, "en-GB", NOON, "voucher form")
    world.table.write(people.put_contact(contact, None, None))
    occasion = world.links.make(OCCASION, asked_.person, "birthday", NOON + timedelta(days=9))
    shop.measure("end an occasion", lambda: end_occasion(world, occasion))
    shop.measure("plan the morning mail, once a working day", lambda: _plan_morning(world))
    shop.measure("ask whether the morning mail is planned", lambda: plan_morning(world))
    yield shop


def _pages() -> Iterator[Shop]:
    shop = Shop()
    world = shop.world
    shop.order(shopify_order())
    world.work()
    link = shop.link(BUYER, "/api/order")
    shop.measure("look at an order's page", lambda: look_at_order(world, link))
    care = next(wording_hash(one.text) for one in world.shop.wordings if one.purpose == "care")
    shop.measure("say yes on an order's page", lambda: opt_in_by_order(world, link, {"care": care}))
    question = Question("Isobel Trant", parse_address(BUYER), "1041", "Can the ring be made smaller?")
    shop.measure("ask a question", lambda: ask_question(world, question, IP))
    yield shop


def _plan_morning(world: TestWorld) -> None:
    world.playbook = shipped_playbook()
    plan_morning(world)


def _own_pages() -> Iterator[Shop]:
    shop = Shop()
    world = shop.world
    address = parse_address(BUYER)
    shop.measure("link to one's own page, asked for by nobody whom we know", lambda: send_preferences_link(world, address, IP))
    yield shop
    known = Shop()
    world = known.world
    known.order(shopify_order())
    record_consent(world, BUYER, ["newsletter/e-mail"], source="the counter", proof="owner")
    known.measure("link to one's own page, asked for", lambda: send_preferences_link(world, address, IP))
    known.measure("link to one's own page, asked for again within 24 hours", lambda: send_preferences_link(world, address, IP))
    person = person_id(world.secrets.people, address.key)
    token = world.links.make(PREFERENCES, person, "", world.clock.at + timedelta(days=90))
    known.measure("look at one's own page", lambda: look_at_preferences(world, token))

    def wish() -> Wish:
        standing = people.load_standing(world.table.get(people.standing_key(person)), person)
        return Wish({"care/e-mail": words_of(world.shop, "care/e-mail")}, "monthly", seen=shown(standing, world.clock.at))

    first = wish()
    known.measure("preferences saved, one yes and one no", lambda: save_preferences(world, token, first))
    known.measure("the same preferences saved again", lambda: save_preferences(world, token, first))
    given = wish()
    told = Told(
        "dates", {("date", "birthday"): "--11-22"}, {"occasions/e-mail": words_of(world.shop, "occasions/e-mail")}, given.seen
    )
    known.measure("a step of the profile kept, with its yes", lambda: save_profile(world, token, told))
    known.measure("download all that is kept", lambda: tell_all(world, person))
    yield known


STORIES = (
    _answers, _pages, _own_pages,
    _claims, _limits, _orders, _gifts, _held, _ended, _paused, _webhooks, _nights, _leases, _doubts, _deaths, _restores, _storefronts,
    _competition, _consents, _errands,
)  # fmt: skip


@pytest.fixture(scope="module")
def measured() -> dict[str, tuple[int, float]]:
    return _measured()


TOLD = {name: (int(wru), float(rru)) for name, wru, rru in rows(section(text_of("data-model.md"), "Access patterns"))}


@pytest.mark.parametrize("name", TOLD)
def test_an_access_costs_what_the_page_says(name: str, measured: dict[str, tuple[int, float]]) -> None:
    assert measured.get(name) == TOLD[name]


def test_every_access_that_is_measured_stands_on_the_page(measured: dict[str, tuple[int, float]]) -> None:
    assert set(measured) == set(TOLD)
