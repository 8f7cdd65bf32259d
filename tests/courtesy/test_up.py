"""The local shop as a process: it answers, keeps to itself, and loses nothing when it is killed."""

from __future__ import annotations

import json
import random
import shutil
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from functools import partial
from http.client import HTTPException
from pathlib import Path

import pytest

from chalicelib.domain.calendar import instant
from chalicelib.entrypoints.guard import API, SITE, of_file
from chalicelib.usecases.list_follow_ups import list_follow_ups
from tests.factories import shopify_order, shopify_parcel
from tests.support.running import Reply, Running, courtesy, eventually, opened, quiet_shop, send

CLAIM = "name=Isobel+Trant&email={}%40example.com&website="


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    running = Running(tmp_path_factory.mktemp("shop") / "data")
    yield running
    running.stop()


# --- pages ---


@pytest.mark.parametrize(
    "path",
    [
        "/", "/voucher/", "/claimed/", "/products/", "/products/carrick-locket/", "/products/lambswool-socks/", "/what-we-send/", "/privacy/",
        "/css/site.css", "/robots.txt", "/sitemap.xml",
    ],
)  # fmt: skip
def test_pages_of_the_site_answer(shop: Running, path: str) -> None:
    answer = shop.ask("GET", path)
    assert answer.status == 200
    assert {name: answer.headers[name.lower()] for name in (*SITE, *of_file(path))} == {**SITE, **of_file(path)}
    assert {*answer.headers} & {"strict-transport-security", "access-control-allow-origin"} == set()
    head = shop.ask("HEAD", path)
    assert (head.status, head.text) == (200, "")


@pytest.mark.parametrize("path", ["/nothing", "/../secrets.json", "/%2e%2e/secrets.json", "//", "/apix", "/devx"])
def test_what_is_not_there_is_a_page_too(shop: Running, path: str) -> None:
    answer = shop.ask("GET", path)
    assert answer.status in (404, 200)
    assert '"people"' not in answer.text
    assert "<h1>" in answer.text


@pytest.mark.parametrize(
    ("method", "path", "headers", "status", "guards"),
    [
        ("GET", "/voucher", {}, 302, SITE),
        ("PUT", "/voucher/", {}, 405, SITE),
        ("GET", "/icon.svg", {"Range": "bytes=99999-"}, 416, SITE),
        ("GET", "/icon.svg", {"If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"}, 304, SITE),
        ("GET", "/api/nothing", {}, 403, API),
        ("DELETE", "/api/preferences", {}, 403, API),
        ("POST", "/api/preferences", {"Content-Type": "text/plain"}, 415, API),
    ],
)
def test_redirects_and_refusals_are_guarded_like_pages(
    shop: Running, method: str, path: str, headers: dict[str, str], status: int, guards: Mapping[str, str]
) -> None:
    answer = shop.ask(method, path, headers=headers)
    assert answer.status == status
    assert {name: answer.headers.get(name.lower()) for name in guards} == guards


def test_a_claim_is_in_the_outbox_within_moments(shop: Running) -> None:
    answer = shop.form("/api/claims", CLAIM.format("outbox"))
    assert (answer.status, answer.headers["location"]) == (303, "/claimed/")
    assert eventually(lambda: "outbox@example.com" in shop.ask("GET", "/dev/").text)
    listed = json.loads(courtesy("outbox", "--json", data=shop.data).stdout)
    mail = next(one for one in listed if one["to"] == "outbox@example.com")
    assert set(mail) == {"id", "kind", "class", "to", "subject", "reason", "text", "html", "headers", "sent_at"}
    assert (mail["kind"], mail["class"]) == ("confirm-address", "service")
    assert f"{shop.url}/api/confirm?t=" in mail["text"]


@pytest.mark.parametrize("path", ["/dev/", "/dev/outbox", "/dev/follow-ups", "/dev/clock"])
def test_dev_pages_answer(shop: Running, path: str) -> None:
    assert shop.ask("GET", path).status == 200
    assert shop.ask("HEAD", path).text == ""


def test_a_mail_is_shown_with_its_links_but_never_runs(shop: Running) -> None:
    shop.form("/api/claims", CLAIM.format("shown"))
    assert eventually(lambda: "shown@example.com" in shop.ask("GET", "/dev/").text)
    (mail,) = [one for one in json.loads(courtesy("outbox", "--json", data=shop.data).stdout) if one["to"] == "shown@example.com"]
    assert "/api/confirm?t=" in shop.ask("GET", f"/dev/outbox/{mail['id']}").text
    html = shop.ask("GET", f"/dev/outbox/{mail['id']}/html")
    assert "sandbox" in html.headers["content-security-policy"]
    assert shop.ask("GET", "/dev/outbox/nothing").status == 404


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Host": "evil.example"},
        {"Host": "127.0.0.1.evil.example"},
        {"Host": "localhost.evil.example:80", "Origin": "http://localhost.evil.example:80"},
    ],
    ids=repr,
)
def test_dev_pages_obey_nobody_elses_pages(shop: Running, headers: dict[str, str]) -> None:
    today = json.loads(shop.ask("GET", "/dev/clock").text)["now"][:10]
    for path in ("/dev/clock", "/dev/settle", "/dev/outbox/x/events"):
        assert shop.form(path, "by=10d", **headers).status == 403
    assert shop.ask("GET", "/dev/outbox", headers=headers).status == 403
    assert json.loads(shop.ask("GET", "/dev/clock").text)["now"] < f"{today}T99"


@pytest.mark.parametrize(
    "fields",
    [
        "",
        "by=x",
        "by=-1d",
        "by=10",
        "to=yesterday",
        "to=2020-01-01T00:00:00Z",
        "to=2026-12-01T10:00:00",
        "to=9999-12-31T23:59:59-12:00",
    ],
)
def test_an_impossible_step_of_the_clock_is_refused(shop: Running, fields: str) -> None:
    answer = shop.form("/dev/clock", fields)
    assert answer.status == 422
    assert answer.text.endswith(".\n")


def test_a_second_shop_on_the_same_data_is_refused(shop: Running) -> None:
    second = courtesy("up", "--port", "0", data=shop.data)
    assert (second.returncode, second.stdout) == (2, "")
    assert second.stderr == f"courtesy: Another shop runs on {shop.data}: stop it first, or give --data another folder.\n"
    assert shop.ask("GET", "/").status == 200


def test_a_taken_port_is_refused_with_one_line(shop: Running, tmp_path: Path) -> None:
    port = shop.url.rpartition(":")[2]
    second = courtesy("up", "--port", port, data=tmp_path)
    assert second.returncode == 2
    assert second.stderr.startswith(f"courtesy: Port {port} cannot be used")
    assert second.stderr.count("\n") == 1


def test_where_the_world_reaches_it_can_be_said(tmp_path: Path) -> None:
    """Behind a proxy, with a mail server: no link may lead to 127.0.0.1."""
    shop = Running(tmp_path / "data", environment={"COURTESY_URL": "https://hello.example"})
    assert "<loc>https://hello.example/</loc>" in shop.ask("GET", "/sitemap.xml").text
    assert shop.form("/api/claims", CLAIM.format("isobel")).status == 303
    assert eventually(lambda: "isobel@example.com" in courtesy("outbox", data=shop.data).stdout)
    mails = courtesy("outbox", "--json", data=shop.data).stdout
    assert "https://hello.example/api/confirm?t=" in mails
    assert "127.0.0.1" not in mails
    shop.stop()


def test_the_clock_visits_what_is_due_on_the_way(tmp_path: Path) -> None:
    shop = Running(tmp_path / "data")
    now = json.loads(shop.ask("GET", "/dev/clock").text)["now"]
    send(shop, "orders/create", shopify_order(created_at=now, updated_at=now))
    send(shop, "fulfillments/update", shopify_parcel(created_at=now, updated_at=now))
    said = courtesy("clock", "--advance", "10d", data=shop.data)
    assert (said.returncode, said.stdout.endswith(" went out on the way.\n")) == (0, True)
    found = {one["kind"]: one for one in json.loads(courtesy("follow-ups", "--json", data=shop.data).stdout)}
    assert found["thank-you"]["state"] == "sent"
    mails = {one["kind"]: one for one in json.loads(courtesy("outbox", "--json", data=shop.data).stdout)}
    late = instant(mails["thank-you"]["sent_at"]) - instant(found["thank-you"]["due_at"])
    assert timedelta(0) <= late < timedelta(seconds=30), "from the due instant on, time goes on as it does"
    assert shop.stop() == 0

    again = Running(tmp_path / "data")
    assert json.loads(again.ask("GET", "/dev/clock").text)["now"] > mails["thank-you"]["sent_at"]
    assert again.stop() == 0
    secrets = json.loads((tmp_path / "data" / "secrets.json").read_text())
    bystander = tmp_path / "data" / "letter.txt"
    bystander.write_text("not ours")

    fresh = Running(tmp_path / "data", "--fresh")
    assert courtesy("outbox", data=fresh.data).stdout == "The outbox is empty.\n"
    assert json.loads(fresh.ask("GET", "/dev/clock").text)["now"] < mails["thank-you"]["sent_at"]
    assert fresh.stop() == 0
    kept = json.loads((tmp_path / "data" / "secrets.json").read_text())
    assert kept.pop("live_table") != secrets.pop("live_table"), "the new table is the live one"
    assert kept == secrets
    assert bystander.read_text() == "not ours"


def test_after_a_polite_end_no_shop_is_running(tmp_path: Path) -> None:
    said = courtesy("clock", data=tmp_path)
    assert (said.returncode, said.stderr) == (2, f"courtesy: No shop is running on {tmp_path}: start one with courtesy up.\n")


# --- kill -9 ---


Act = Callable[[Running], Reply]


class Killed:
    """A shop that is killed at random moments and started again. Acts are repeated until they are answered."""

    def __init__(self, data: Path, shop: Path) -> None:
        self._data, self._shop = data, shop
        self.running = Running(data, shop=shop)

    def do(self, acts: list[Act], *, kills: int, within: float) -> None:
        """All acts, in order; that many times the shop dies somewhere in the first `within` seconds after it began on them."""
        left = list(acts)
        for kill in (*[True] * kills, False):
            killer = threading.Timer(random.uniform(0, within), self.running.kill)
            if kill:
                killer.start()
            try:
                while left:
                    answer = left[0](self.running)
                    assert answer.status in (200, 202, 303), answer
                    left.pop(0)
            except (OSError, HTTPException):
                assert kill, "it died by itself"
            if kill:
                killer.join()
                self.running = Running(self._data, shop=self._shop)


def test_killed_at_any_moment_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    settings = tmp_path / "shop"
    shutil.copytree(quiet_shop(), settings)
    text = (settings / "shop.toml").read_text()
    assert "claims_per_network = 30" in text
    (settings / "shop.toml").write_text(text.replace("claims_per_network = 30", "claims_per_network = 100000"))
    shop = Killed(tmp_path / "data", settings)
    now = json.loads(shop.running.ask("GET", "/dev/clock").text)["now"]
    times = {"created_at": now, "updated_at": now}

    def claim(n: int, to: Running) -> Reply:
        return to.form("/api/claims", CLAIM.format(f"visitor{n}"))

    def order(n: int, to: Running) -> Reply:
        return send(to, "orders/create", shopify_order(id=n, email=f"buyer{n}@example.com", **times))

    def parcel(n: int, to: Running) -> Reply:
        return send(to, "fulfillments/update", shopify_parcel(id=n, order_id=n, **times))

    def advance(by: str, to: Running) -> Reply:
        return to.form("/dev/clock", f"by={by}")

    claims: list[Act] = [partial(claim, n) for n in range(24)]
    orders: list[Act] = [partial(act, n) for n in range(1, 13) for act in (order, parcel)]

    shop.do(claims, kills=2, within=0.3)
    shop.do(orders, kills=2, within=0.3)
    shop.do([partial(advance, "1h")], kills=1, within=0.1)
    shop.do([partial(advance, "6d"), partial(advance, "6d")], kills=2, within=0.15)
    assert shop.running.stop() == 0

    world = opened(tmp_path / "data")
    kept, found = world.outbox.all(), list_follow_ups(world)
    world.close()
    assert {mail.times for mail in kept} == {1}
    assert Counter((one.kind, one.state) for one in found) == {
        ("confirm-address", "sent"): 24,
        ("receipt", "sent"): 12,
        ("thank-you", "sent"): 12,
    }
    assert Counter(mail.mail.to for mail in kept) == {
        **{f"visitor{n}@example.com": 1 for n in range(24)},
        **{f"buyer{n}@example.com": 2 for n in range(1, 13)},
    }
