from __future__ import annotations

from chalicelib.domain.order import Line, Order
from chalicelib.domain.products import Product, Products, Unmapped
from chalicelib.stores import orders
from chalicelib.usecases.list_lines import list_lines
from tests.factories import view
from tests.support.world import NOON, TestWorld

STUDS, BOX = Line("Sea-glass stud earrings", 1, 4800, product="5"), Line("Gift box", 2, 500, product="7", sku="BOX")


def keep(world: TestWorld, number: int, *lines: Line) -> None:
    key = f"shopify:{number}"
    world.table.write(orders.put(Order(key, version=1, view=view(lines=lines)), Order(key), NOON))


def test_the_lines_of_all_orders_are_listed() -> None:
    with TestWorld() as world:
        world.products = Products((Product("Studs", "earrings", ids=("5",)), Product("Cloth", "care", ids=("6",))))
        for number in range(5):
            keep(world, number, STUDS, BOX)

        found = list_lines(world)

    assert found.categories == {"earrings": 5, "care": 0}
    assert found.unmapped == (Unmapped("Gift box", "7", "BOX", 5),)


def test_an_order_that_was_erased_lists_nothing() -> None:
    with TestWorld() as world:
        keep(world, 1, BOX)
        kept = orders.load(world.table.get(orders.key("shopify:1")), "shopify:1")
        world.table.write(orders.erased(kept, NOON))

        assert list_lines(world).unmapped == ()


def test_without_orders_nothing_is_listed() -> None:
    with TestWorld() as world:
        assert list_lines(world).unmapped == ()
