"""The owner's hand on orders, vouchers and the storefront, by the command line."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from chalicelib.adapters.local import platform
from chalicelib.adapters.local.platform import LocalWorld
from chalicelib.domain.money import Money
from chalicelib.domain.voucher import Voucher
from chalicelib.ports import Proof
from chalicelib.stores import vouchers
from chalicelib.usecases.receive_webhook import receive_webhook
from chalicelib.usecases.take_order import take_order
from courtesy.main import main
from courtesy.worker import Worker
from tests.factories import gift_order, learnt, shopify_order, shopify_parcel, signed
from tests.support.data_folder import with_world
from tests.support.fake_office import FakeOffice

LABEL = {"name": "Ruth Okafor", "address1": "9 Quay Hill", "country_code": "GB"}
CODE = "00000-00011"


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> FakeOffice:
    made = FakeOffice()
    monkeypatch.setattr(platform, "open_office", lambda _, api: made if api else None)
    return made


@pytest.fixture
def ask(data: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    """A command: its exit code, and what it says."""

    def asked(*arguments: str) -> tuple[int, str]:
        code = main([*arguments, "--data", str(data)])
        said = capsys.readouterr()
        return code, said.out + said.err

    return asked


def order(data: Path, **changes: Any) -> None:
    with_world(data, lambda world: take_order(world, learnt("orders/create", shopify_order(**changes))))


def test_orders_are_listed_with_what_is_known(ask: Any, data: Path) -> None:
    assert ask("orders") == (0, "No order is kept.\n")
    order(data, fulfillments=[shopify_parcel()])
    order(data, id=2, name="#1042", email=None, test=True)
    code, said = ask("orders")
    assert code == 0
    assert "2026-03-02  #1041  £48.00  isobel.trant@example.com  (delivered 2026-03-04)  shopify:5551023340801" in said
    assert "#1042  £48.00  no e-mail address  (off: test)" in said
    assert [one["key"] for one in json.loads(ask("orders", "--json")[1])] == ["shopify:2", "shopify:5551023340801"]
    assert "#1042" not in ask("orders", "--contact", "isobel.trant@example.com")[1]


def test_what_orders_state_is_shown(ask: Any, data: Path) -> None:
    line = {"id": 1, "title": "Tide ring", "variant_title": "M", "sku": "RING-TIDE", "quantity": 1, "price": "48.00"}
    order(data, line_items=[line])
    assert "Their orders state: size M (rings), on 2026-03-02." in ask("orders", "--contact", "isobel.trant@example.com")[1]
    ask("gift", "1041", "yes")
    assert "size M" not in ask("orders", "--contact", "isobel.trant@example.com")[1]


def test_the_owner_is_asked_and_answers(ask: Any, data: Path) -> None:
    assert ask("orders", "--ask") == (0, "You are asked nothing.\n")
    order(data, shipping_address=LABEL)
    assert (
        "A gift? The parcel goes to another name than the buyer's. Say: courtesy gift 1041 yes, or no"
        in ask("orders", "--ask")[1]
    )
    assert ask("gift", "1041", "yes") == (0, "shopify:5551023340801 is a gift, because you say so.\n")
    assert "A gift. You have said so." in ask("orders")[1]
    assert ask("gift", "1041", "no")[0] == 0
    assert ask("orders", "--ask") == (0, "You are asked nothing.\n")


def test_an_unknown_order_is_refused_in_one_line(ask: Any) -> None:
    assert ask("gift", "7", "yes") == (2, "courtesy: There is no order 7 here: courtesy orders lists them.\n")


def test_an_arrival_is_entered(ask: Any, data: Path) -> None:
    now = with_world(data, lambda world: world.clock.now())
    day = (now - timedelta(days=1)).date().isoformat()
    order(data, created_at=(now - timedelta(days=3)).isoformat(), updated_at=(now - timedelta(days=3)).isoformat())
    assert ask("arrival", "1041", day) == (0, f"shopify:5551023340801 arrived on {day}, because you say so.\n")
    assert f"(entered {day})" in ask("orders")[1]
    assert ask("arrival", "1041", "2019-01-01")[0] == 2
    with pytest.raises(SystemExit):
        ask("arrival", "1041", "yesterday")


def voucher(data: Path, **changes: Any) -> None:
    def issue(world: LocalWorld) -> None:
        now = world.clock.now()
        made = Voucher(
            CODE, "p", "contract", "welcome", Money(1500, "GBP"), Money(0, "GBP"), now, now + timedelta(days=9), **changes
        )
        for put in vouchers.issue(made):
            world.table.write(put)

    with_world(data, issue)


def test_vouchers_are_listed(ask: Any, data: Path) -> None:
    assert ask("vouchers") == (0, "No voucher was issued yet.\n")
    voucher(data, waits=True)
    assert "00000-00011  £15  welcome, until" in ask("vouchers", "--waiting")[1]
    assert "the checkout does not know it yet" in ask("vouchers", "--waiting")[1]
    assert json.loads(ask("vouchers", "--json")[1])[0]["state"] == "waiting"


def test_a_voucher_is_ended(ask: Any, data: Path) -> None:
    voucher(data)
    assert ask("vouchers", "--waiting") == (0, "The checkout knows them all.\n")
    assert ask("vouchers", "--end", "0000000011") == (0, "It has ended.\n")
    assert json.loads(ask("vouchers", "--json")[1])[0]["state"] == "ended"
    assert ask("vouchers", "--end", "nonsense")[0] == 2


def test_codes_are_imported_once(ask: Any, tmp_path: Path) -> None:
    file = tmp_path / "codes.csv"
    file.write_text('\ufeffCode,Value\ncode-one,15\n"CODE-TWO",15\n\ncode-one,15\n<script>\n')
    code, said = ask("vouchers", "--import", str(file))
    assert code == 1
    assert said.startswith("2 added, 1 known before. The pool holds 2.\n")
    assert "'<script>' is no code" in said
    file.write_text("code-one\ncode-two\n")
    assert ask("vouchers", "--import", str(file))[1].startswith("0 added, 2 known before. The pool holds 2.\n")
    assert ask("vouchers", "--import", str(tmp_path / "nowhere"))[0] == 2


def test_requests_are_listed_and_saved(ask: Any, data: Path, tmp_path: Path) -> None:
    assert ask("requests") == (0, "Nobody has asked.\n")
    order(data)

    def tell(world: LocalWorld) -> None:
        body = {
            "shop_domain": "x",
            "customer": {"email": "isobel.trant@example.com"},
            "orders_requested": [],
            "data_request": {"id": 1},
        }
        headers, raw = signed("customers/data_request", body, secret=world.secrets.webhooks["shopify"][0])
        receive_webhook(world, "shopify", headers, raw)
        Worker(world).settle()

    with_world(data, tell)
    code, said = ask("requests", "--save", str(tmp_path / "answers"))
    assert code == 0
    assert "shopify: asked what is kept of them" in said
    (file,) = (tmp_path / "answers").iterdir()
    assert (file.stat().st_mode & 0o777, b"isobel.trant@example.com" in file.read_bytes()) == (0o600, True)


# --- the storefront ---


def typed(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))


def test_the_storefront_is_connected(ask: Any, data: Path, office: FakeOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    now = with_world(data, lambda world: world.clock.now())
    for n in range(3):
        raw = json.dumps(shopify_order(id=n + 1, name=f"#{n}")).encode()
        office.orders.append((now - timedelta(days=n), "orders/updated", raw))
    typed(monkeypatch, "the client", "the secret")
    code, said = ask("connect", "shopify")
    assert code == 0
    assert "of the newest 3 orders, 3 tell a name and 3 an e-mail address" in said
    assert "3 past orders are known, as history" in said
    assert "the secret" not in said
    secrets = with_world(data, lambda world: world.secrets)
    assert (secrets.api["shopify/client"], secrets.webhooks["shopify"]) == ("the client", ("the secret",))
    assert json.loads(ask("follow-ups", "--json")[1]) == []
    assert len(json.loads(ask("orders", "--json")[1])) == 3


def test_a_shop_that_nobody_reaches_is_not_connected(ask: Any, office: FakeOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURTESY_URL", "http://127.0.0.1:8000")
    typed(monkeypatch, "the client", "the secret")
    code, said = ask("connect", "shopify")
    assert (code, office.url) == (2, "")
    assert "COURTESY_URL" in said


def test_an_older_app_has_a_token(ask: Any, data: Path, office: FakeOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    typed(monkeypatch, "shpat_0123", "the secret")
    assert ask("connect", "shopify", "--no-history")[0] == 0
    assert with_world(data, lambda world: world.secrets.api)["shopify/token"] == "shpat_0123"


@pytest.mark.parametrize(
    ("proof", "words"),
    [
        (Proof("P", 10, 10, 0, "1"), "No e-mail address arrives"),
        (Proof("P", 0, 0, 0, "1", ("read_orders",)), "Still missing: read_orders"),
        (Proof("P", 9, 9, 0, "2027-07", pinned="2026-07"), "It should answer as 2026-07"),
    ],
)
def test_what_is_missing_is_said(
    ask: Any, data: Path, office: FakeOffice, monkeypatch: pytest.MonkeyPatch, proof: Proof, words: str
) -> None:
    monkeypatch.setattr(office, "prove", lambda: proof)
    typed(monkeypatch, "the client", "the secret")
    code, said = ask("connect", "shopify")
    assert code == 1
    assert words in said
    assert office.url == ""
    assert with_world(data, lambda world: world.secrets.api) == {}, "nothing is kept that was not proved"


def test_another_storefront_is_refused(ask: Any) -> None:
    code, said = ask("connect", "stripe")
    assert code == 2
    assert 'shop.toml says storefront.kind = "shopify"' in said


def test_without_a_key_nothing_is_asked(ask: Any, office: FakeOffice) -> None:
    for command in (("connect", "shopify", "--check"), ("catch-up",), ("catch-up", "--since", "2026-03-04")):
        code, said = ask(*command)
        assert (code, "courtesy connect" in said) == (2, True)
        assert office.asked == []


def test_what_was_missed_is_asked_for(ask: Any, data: Path, office: FakeOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    typed(monkeypatch, "the client", "the secret")
    ask("connect", "shopify", "--no-history")
    now = with_world(data, lambda world: world.clock.now())
    times = {"created_at": now.isoformat(), "updated_at": now.isoformat()}
    office.orders.append((now, "orders/updated", json.dumps(gift_order(**times)).encode()))
    assert ask("catch-up") == (0, "1 order looked at.\n")
    assert "receipt" in ask("follow-ups", "--json")[1]
    assert ask("catch-up", "--since", "2019-01-01") == (0, "1 order looked at.\n")
