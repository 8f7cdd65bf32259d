"""`courtesy webhook verify`, `inspect` and `send`, as they are typed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from chalicelib.adapters.storefronts import STOREFRONTS
from chalicelib.adapters.storefronts.shopify import Shopify
from chalicelib.config import ROOT
from courtesy.main import main
from tests.corpus.ours import STANDARD_ORDER, STRIPE_ORDER
from tests.factories import gift_order, shopify_order, shopify_parcel
from tests.support.running import Running, courtesy

RAW = b'{"id": 1,  "note":"\xc3\xa9"}'
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _without_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither command makes or wants a data folder."""
    monkeypatch.setenv("COURTESY_DATA", str(tmp_path / "nothing"))


@pytest.fixture
def capsys_of(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Iterator[pytest.CaptureFixture[str]]:
    yield capsys
    assert not (tmp_path / "nothing").exists()


def saved(folder: Path, content: object) -> str:
    path = folder / "event.json"
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return str(path)


def verify(file: str, *more: str, secret: str = "s", signed_with: str = "s") -> int:
    headers = Shopify().sign("orders/create", RAW, signed_with, NOW, "nonce")
    given = [word for name, value in headers.items() for word in ("--header", f"{name}: {value}")]
    return main(["webhook", "verify", "--source", "shopify", "--secret", secret, *given, *more, file])


def inspect(file: str, *more: str, source: str = "shopify") -> int:
    return main(["webhook", "inspect", "--source", source, *more, file])


# --- verify ---


def test_a_right_signature_is_right(tmp_path: Path, capsys_of: pytest.CaptureFixture[str]) -> None:
    assert verify(saved(tmp_path, RAW)) == 0
    assert capsys_of.readouterr().out == "The signature is right.\n"


def test_of_two_live_secrets_either_may_have_signed(tmp_path: Path) -> None:
    assert verify(saved(tmp_path, RAW), "--secret", "old", signed_with="old") == 0


def test_more_than_two_are_not_taken(tmp_path: Path, capsys_of: pytest.CaptureFixture[str]) -> None:
    assert verify(saved(tmp_path, RAW), "--secret", "b", "--secret", "c") == 2
    assert "twice while it is being changed" in capsys_of.readouterr().err


@pytest.mark.parametrize("content", [RAW + b"\n", RAW.replace(b"  ", b" "), RAW.replace(b"\xc3\xa9", b"\\u00e9")])
def test_every_byte_counts(tmp_path: Path, content: bytes, capsys_of: pytest.CaptureFixture[str]) -> None:
    assert verify(saved(tmp_path, content)) == 1
    told = capsys_of.readouterr()
    assert (told.out, told.err.count("\n")) == ("", 1)
    assert "The signature does not match" in told.err


def test_a_missing_header_is_named(tmp_path: Path, capsys_of: pytest.CaptureFixture[str]) -> None:
    assert main(["webhook", "verify", "--source", "shopify", "--secret", "s", saved(tmp_path, RAW)]) == 1
    assert "The header x-shopify-topic is missing." in capsys_of.readouterr().err


def test_of_a_capture_the_signature_cannot_be_checked(tmp_path: Path, capsys_of: pytest.CaptureFixture[str]) -> None:
    assert verify(saved(tmp_path, {"headers": {}, "body": {}})) == 2
    assert "the body's own bytes are gone" in capsys_of.readouterr().err


def test_what_is_no_json_can_be_verified_too(tmp_path: Path) -> None:
    assert verify(saved(tmp_path, b"webhook_id=7")) == 1


def test_no_such_storefront_or_file(tmp_path: Path, capsys_of: pytest.CaptureFixture[str]) -> None:
    assert main(["webhook", "verify", "--source", "ebay", "--secret", "s", saved(tmp_path, RAW)]) == 2
    assert 'There is no storefront "ebay": there are' in capsys_of.readouterr().err
    assert verify(str(tmp_path / "none")) == 2
    assert "cannot be read" in capsys_of.readouterr().err


@pytest.mark.parametrize("more", [("--header", "no colon"), ("--header", ": v"), ("--now", "noon"), ("--now", "9" * 30)])
def test_an_option_that_cannot_be_read_is_told(tmp_path: Path, more: tuple[str, str]) -> None:
    with pytest.raises(SystemExit) as ended:
        verify(saved(tmp_path, RAW), *more)
    assert ended.value.code == 2


@pytest.mark.parametrize(("now", "code"), [("1772452800", 0), ("2026-03-02T12:04:59Z", 0), ("2026-03-02T13:00:00Z", 1)])
def test_the_time_can_be_given(tmp_path: Path, now: str, code: int) -> None:
    ((name, value),) = STOREFRONTS["stripe"].sign("x", RAW, "whsec_s", NOW, "evt_1").items()
    words = ["--source", "stripe", "--secret", "whsec_s", "--header", f"{name}: {value}", "--now", now]
    assert main(["webhook", "verify", *words, saved(tmp_path, RAW)]) == code


# --- inspect ---


def inspected(capsys: pytest.CaptureFixture[str], file: str, *more: str) -> Any:
    assert inspect(file, "--json", *more) == 0
    return json.loads(capsys.readouterr().out)


def test_an_order_is_told_with_all_that_is_learnt(tmp_path: Path, capsys_of: pytest.CaptureFixture[str]) -> None:
    line = {
        "id": 9007199254740993123, "title": "Carrick locket", "quantity": 2, "price": "72.50", "sku": "LOC", "product_id": 8,
        "variant_id": 9, "variant_title": "Silver", "current_quantity": 1, "properties": [{"name": "Gift", "value": "yes"}],
        "price_set": {"presentment_money": {"amount": "90.00", "currency_code": "EUR"}},
    }  # fmt: skip
    refund = {"id": 5, "created_at": "2026-03-05T12:00:00Z", "refund_line_items": [{"line_item_id": line["id"], "quantity": 1}]}
    charged = {"presentment_money": {"amount": "180.00", "currency_code": "EUR"}}
    order = gift_order(
        line_items=[line], total_price="145.00", total_price_set=charged, refunds=[refund], fulfillments=[shopify_parcel()],
        discount_codes=[{"code": "WELCOME"}],
    )  # fmt: skip
    assert inspect(saved(tmp_path, order), "--topic", "orders/create") == 0
    told = capsys_of.readouterr().out
    for part in (
        "event.json, taken as a bare body, under orders/create:",
        "Order #1041 (5551023340801):",
        "Isobel Trant, isobel.trant@example.com, GB",
        "£145.00; the buyer paid €180.00",
        "2 \N{MULTIPLICATION SIGN} Carrick locket, Silver: £145.00, paid €180.00, Silver, Gift: yes, 1 left, says that it is a gift",
        "id 9007199254740993123, product 8, variant 9, SKU LOC",
        "codes      WELCOME",
        "parcel     4890012277761: sent on 3 March 2026 at 09:00, delivered on 4 March 2026 at 12:00, Royal Mail JD0002211337GB",
        "1 \N{MULTIPLICATION SIGN} Carrick locket",
        "It is a gift. ",
        "The order says that it is a gift.",
        "recipient  Ruth Okafor, ruth.okafor@example.com, 9 Quay Hill",
        "It stands.",
    ):
        assert part in told, part


def test_why_it_is_off_is_told(tmp_path: Path, capsys_of: pytest.CaptureFixture[str]) -> None:
    assert inspect(saved(tmp_path, shopify_order(test=True)), "--topic", "orders/create") == 0
    assert "It is no gift.\nIt is off: It was a test order.\n" in capsys_of.readouterr().out


def test_as_json_it_is_one_object(tmp_path: Path, capsys_of: pytest.CaptureFixture[str]) -> None:
    order = gift_order(id=2**64 + 1, weight=0.1)
    file = saved(tmp_path, {"headers": {"X-Shopify-Topic": "orders/create"}, "body": order})
    told = inspected(capsys_of, file)
    assert (told["taken_as"], told["source"], told["topic"]) == ("a {headers, body} capture", "shopify", "orders/create")
    learnt = told["learnt"]
    assert (learnt["kind"], learnt["order"], learnt["view"]["number"], learnt["off"]) == ("order", str(2**64 + 1), "#1041", "")
    assert learnt["view"]["total"] == {"amount": 4800, "currency": "GBP"}
    assert learnt["gift"]["verdict"] == "gift"
    assert "said" in learnt["gift"]["signs"]
    assert "The order says that it is a gift." in learnt["gift"]["reasons"]


def test_of_a_rest_list_each_is_told(tmp_path: Path, capsys_of: pytest.CaptureFixture[str]) -> None:
    file = saved(tmp_path, {"orders": [shopify_order(id=1), shopify_order(id=2)]})
    told = inspected(capsys_of, file, "--topic", "orders/create")
    assert [one["learnt"]["order"] for one in told] == ["1", "2"]
    assert inspect(file, "--topic", "orders/create") == 0
    assert 'taken as a REST list ("orders"), 2 of 2' in capsys_of.readouterr().out


def test_a_list_of_one_is_a_list_still(tmp_path: Path, capsys_of: pytest.CaptureFixture[str]) -> None:
    told = inspected(capsys_of, saved(tmp_path, {"orders": [shopify_order()]}), "--topic", "orders/create")
    assert len(told) == 1


def test_a_rest_root_is_said_to_be_one(tmp_path: Path, capsys_of: pytest.CaptureFixture[str]) -> None:
    told = inspected(capsys_of, saved(tmp_path, {"order": shopify_order()}), "--topic", "orders/create")
    assert told["taken_as"] == 'a REST root object ("order")'


def test_a_consent_is_told(tmp_path: Path, capsys_of: pytest.CaptureFixture[str]) -> None:
    said = {"state": "subscribed", "opt_in_level": "confirmed_opt_in", "consent_updated_at": "2026-03-02T12:00:00Z"}
    customer = {"id": 7, "first_name": "Isobel", "email": "isobel.trant@example.com", "email_marketing_consent": said}
    file = saved(tmp_path, customer)
    assert inspect(file, "--topic", "customers/update") == 0
    told = capsys_of.readouterr().out
    assert "Isobel <isobel.trant@example.com> said yes to marketing by e-mail on 2 March 2026 at 12:00." in told
    assert "They confirmed it from their own mailbox." in told
    assert inspected(capsys_of, file, "--topic", "customers/update")["learnt"]["kind"] == "consent"


def test_a_privacy_request_is_told(tmp_path: Path, capsys_of: pytest.CaptureFixture[str]) -> None:
    file = saved(tmp_path, {"customer": {"id": 7, "email": "isobel.trant@example.com"}, "orders_to_redact": [5, 6]})
    assert inspect(file, "--topic", "customers/redact") == 0
    told = capsys_of.readouterr().out
    assert "Somebody asks to be forgotten." in told
    assert "orders     5, 6" in told
    learnt = inspected(capsys_of, file, "--topic", "customers/redact")["learnt"]
    assert (learnt["kind"], learnt["asks"], learnt["orders"]) == ("privacy", "erase", ["5", "6"])


def test_what_is_ignored_is_told_with_its_reason(tmp_path: Path, capsys_of: pytest.CaptureFixture[str]) -> None:
    file = saved(tmp_path, {"id": 1})
    assert inspect(file, "--topic", "orders/edited") == 0
    assert "\nignored: an edit names only line ids" in capsys_of.readouterr().out
    assert inspected(capsys_of, file, "--topic", "orders/edited")["learnt"]["kind"] == "ignored"


@pytest.mark.parametrize(
    ("content", "topic", "said"),
    [
        ({"id": 1}, "", "give it with --topic"),
        ({"id": 1}, "orders/create", "is no order"),
        (b"{", "orders/create", "not valid JSON"),
    ],
)
def test_what_cannot_be_told_is_one_line(
    tmp_path: Path, content: object, topic: str, said: str, capsys_of: pytest.CaptureFixture[str]
) -> None:
    assert inspect(saved(tmp_path, content), *(["--topic", topic] if topic else [])) == 2
    told = capsys_of.readouterr()
    assert said in told.err
    assert (told.out, told.err.count("\n")) == ("", 1)


def test_the_shops_own_table_judges(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys_of: pytest.CaptureFixture[str]
) -> None:
    shop = (ROOT / "shop" / "shop.toml").read_text(encoding="utf-8")
    (tmp_path / "shop.toml").write_text(shop.replace('other_name = "ask"', 'other_name = "gift"'), encoding="utf-8")
    monkeypatch.setenv("COURTESY_SHOP", str(tmp_path))
    order = shopify_order(shipping_address={"name": "Ruth Okafor", "country_code": "GB"})
    told = inspected(capsys_of, saved(tmp_path, order), "--topic", "orders/create")
    assert told["learnt"]["gift"]["verdict"] == "gift"


# --- send ---


def test_an_example_goes_the_whole_way(tmp_path: Path) -> None:
    shop = Running(tmp_path / "shop")
    try:
        capture = saved(tmp_path, {"headers": {"X-Shopify-Topic": "orders/create"}, "body": shopify_order()})
        sent = courtesy("webhook", "send", "--source", "shopify", "--placed", "now", capture, data=shop.data)
        assert (sent.returncode, sent.stderr) == (0, "")
        assert "taken as a {headers, body} capture, sent as orders/create: 200 kept" in sent.stdout
        untold = courtesy("webhook", "send", "--source", "shopify", saved(tmp_path, shopify_order()), data=shop.data)
        assert (untold.returncode, untold.stdout) == (2, "")
        assert "give it with --topic" in untold.stderr
        unknown = courtesy("webhook", "send", "--source", "ebay", saved(tmp_path, {}), data=shop.data)
        assert unknown.returncode == 2
        assert 'There is no storefront "ebay": these have a secret here: ' in unknown.stderr
    finally:
        shop.stop()


def test_every_storefront_can_be_played(tmp_path: Path) -> None:
    order = {"id": 1041, "status": "processing", "currency": "GBP", "total": "48.00", "date_created_gmt": "2026-03-02T12:00:00"}
    bodies = {"woocommerce": order, "stripe": STRIPE_ORDER, "standard": STANDARD_ORDER}
    shop = Running(tmp_path / "shop")
    try:
        for source, body in bodies.items():
            topic = ["--topic", "order.created"] if source == "woocommerce" else []
            words = ["webhook", "send", "--source", source, *topic, "--placed", "now", saved(tmp_path, body)]
            sent = courtesy(*words, data=shop.data)
            assert (sent.returncode, sent.stderr) == (0, ""), source
            assert sent.stdout.endswith(": 200 kept\n")
    finally:
        shop.stop()
