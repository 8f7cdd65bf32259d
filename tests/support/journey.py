"""People who between them get every mail of the shipped playbook: for tests that look at all of them, and follow each of their links."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from functools import partial

import msgspec

from chalicelib.domain.calendar import stamp
from chalicelib.domain.money import Money
from chalicelib.domain.products import Item
from chalicelib.domain.voucher import Voucher
from chalicelib.ports import Mail
from chalicelib.stores import plans, vouchers
from chalicelib.usecases.list_inquiries import list_inquiries
from chalicelib.usecases.live_through import live_through
from chalicelib.usecases.record_consent import record_consent
from chalicelib.usecases.run_draw import run_draw
from chalicelib.usecases.take_order import take_order
from tests.factories import gift_order, learnt, shopify_order, shopify_parcel
from tests.support.known import agreed, told
from tests.support.site import Site
from tests.support.world import TestWorld

RUTH = "ruth.okafor@example.com"
LINK = re.compile(r"https://shop\.example/[^\s\"<>]*")


def links_of(mail: Mail) -> set[str]:
    """What of ours it leads to."""
    return {found.replace("&amp;", "&") for found in LINK.findall(mail.text + mail.html)}


def own_link(mail: Mail, path: str) -> str:
    """The one that leads there, "" for none."""
    return next((one for one in links_of(mail) if f"/api/{path}?t=" in one), "")


class Watched(TestWorld):
    """`looks`: called whenever something may just have gone out, before anybody answers it."""

    looks: Callable[[], None] | None = None

    def work(self) -> None:
        super().work()
        self.look()

    def look(self) -> None:
        if self.looks is not None:
            self.looks()


@contextmanager
def a_year(look: Callable[[Watched, Site], None] | None = None) -> Iterator[tuple[Watched, Site]]:
    """A year of the shop, its mornings included. Nobody is capped, so that nothing waits for anything else. `look`: at each mail while it is fresh."""
    with Watched(mornings=True, cap=99, claims_per_address=99, claims_per_network=999, spacing_days=0) as world:
        ring = Item("ring-2", "Foreshore ring", "rings", "https://shop.example/ring", date(2026, 3, 2))
        world.products = msgspec.structs.replace(world.products, items=(ring,))
        site = Site(world)
        if look is not None:
            world.looks = partial(look, world, site)
        _ask(world, site)
        _order(world, site)
        _known(world)
        lived(world, days=40)
        _draw(world)
        lived(world, days=330)
        yield world, site


def lived(world: TestWorld, *, days: int) -> None:
    """To then, by way of every instant at which something is due."""

    def move(to: datetime) -> None:
        if isinstance(world, Watched):
            world.look()
        world.clock.move(max(timedelta(0), to - world.clock.now()))

    live_through(world, world.clock.now() + timedelta(days=days), move, world._drain)


def mails_by_rule(world: TestWorld) -> dict[str, list[Mail]]:
    """All that went out."""
    rules = {item["id"]: str(item["rule"]) for item in world.sqlite.scan(limit=100_000).items if "rule" in item}
    found: dict[str, list[Mail]] = {}
    for kept in world.mails():
        found.setdefault(rules.get(kept.id, "gone"), []).append(kept.mail)
    return found


def newest(world: TestWorld, rule: str) -> Mail:
    """The last that went by it."""
    return mails_by_rule(world)[rule][-1]


def _ask(world: TestWorld, site: Site) -> None:
    """A claim, a second one, a question, an entry, a yes at the counter, and somebody who wants the way to their page."""
    site.claim(tick=True)
    world.work()
    site.press(own_link(newest(world, "confirm-address"), "confirm"))
    world.pass_time(hours=25)
    site.claim()
    site.post(
        "/api/questions", name="Jory Penhale", email="jory@example.com", order="", question="Can it be resized?", website=""
    )
    assert list_inquiries(world)
    for name in ("tom", "wella"):
        site.post("/api/entries", name=name, email=f"{name}@example.com", county="Cornwall", competition="yes", website="")
    record_consent(world, "lowen@example.com", ["newsletter/e-mail"], source="the counter", name="Lowen Rowe")
    world.work()
    for mail in mails_by_rule(world)["confirm-entry"]:
        site.press(own_link(mail, "enter"))
    site.post("/api/preferences/link", email="isobel.trant@example.com", website="")
    world.work()


def _order(world: TestWorld, site: Site) -> None:
    """Isobel gives Ruth a gift, and buys something for herself; Ruth thanks her."""
    now = world.clock.now()
    for number, make in ((5551023340801, gift_order), (2, shopify_order)):
        placed = make(id=number, name=f"#{number % 1000}", created_at=stamp(now), updated_at=stamp(now))
        take_order(world, learnt("orders/create", placed))
        for status, days in (("in_transit", 1), ("delivered", 3)):
            later = stamp(now + timedelta(days=days))
            parcel = shopify_parcel(id=number, order_id=number, shipment_status=status, created_at=stamp(now), updated_at=later)
            take_order(world, learnt("fulfillments/update", parcel))
            world.work()
    lived(world, days=15)
    site.post("/api/thanks", t=own_link(newest(world, "gift-note"), "thanks").partition("t=")[2], message="Thank you.")
    world.work()


def _known(world: TestWorld) -> None:
    """One person for each kind of reminder."""
    buys = {"care": "Lambswool socks", "invitation": "Tide ring", "gave": "Carrick locket"}
    consents = {"care": "care/e-mail", "invitation": "newsletter/e-mail", "gave": "occasions/e-mail"}
    for at, (who, title) in enumerate(buys.items(), start=10):
        _bought(world, f"{who}@example.com", at, title, gift=who == "gave")
        agreed(world, consents[who], address=f"{who}@example.com", name="Kerra Teague")
    told(world, agreed(world, address="dated@example.com"), "date", "partner's birthday", "--06-20")
    told(world, agreed(world, "for you/e-mail", address="fits@example.com"), "size", "rings", "N")
    agreed(world, "newsletter/e-mail", address="silent@example.com")
    person, now = agreed(world, "voucher reminder/e-mail", address="holds@example.com"), world.clock.now()
    voucher = Voucher(
        "7HQ2M-9KXTC", person, "contract", "welcome", Money(1500, "GBP"), Money(6000, "GBP"), now, now + timedelta(days=90)
    )
    world.table.transact(list(vouchers.issue(voucher)), world.ids.token())
    world.table.write(plans.look(person, now))
    world.work()


def _bought(world: TestWorld, address: str, number: int, title: str, *, gift: bool) -> None:
    now = world.clock.now()
    line = {"id": 1, "title": title, "quantity": 1, "price": "48.00", "properties": []}
    placed = (gift_order if gift else shopify_order)(
        id=number, name=f"#{number}", email=address, created_at=stamp(now), updated_at=stamp(now), line_items=[line]
    )
    take_order(world, learnt("orders/create", placed))
    later = stamp(now + timedelta(days=2))
    take_order(
        world, learnt("fulfillments/update", shopify_parcel(id=number, order_id=number, created_at=stamp(now), updated_at=later))
    )


def _draw(world: TestWorld) -> None:
    run_draw(world, "2026-03", "3 11 19 27 38 52")
    world.work()
