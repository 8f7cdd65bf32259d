"""The public routes, through the bridge that the local shop uses: what they answer, and what they refuse without a trace."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from msgspec import structs

from chalicelib.domain import retention
from chalicelib.errors import Busy
from chalicelib.usecases.take_order import take_order
from tests.factories import gift_order, learnt, shopify_parcel, signed
from tests.support.site import FORM, JSON, Answer, Site, items, link
from tests.support.watched import watched
from tests.support.world import TestWorld

ISOBEL = "isobel.trant@example.com"
GOOD: dict[str, Any] = {"name": "Isobel Trant", "email": ISOBEL}
POSTS = ("/api/claims", "/api/confirm", "/api/stop", "/api/thanks")


@pytest.fixture
def world() -> Iterator[TestWorld]:
    with TestWorld() as made:
        yield made


@pytest.fixture
def site(world: TestWorld) -> Site:
    return Site(world)


def kept(world: TestWorld) -> Any:
    """All that is stored, but for the counters of the rate limits."""
    stored = [item for item in items(world) if not str(item["pk"]).startswith("RATE#")]
    return stored, dict(world.blob.kept), world.queue.waiting()  # type: ignore[attr-defined]  # the tests' blob is a dict


def refused(answer: Answer, *statuses: int) -> None:
    """A clear no: its status, a sentence, and nothing of our insides."""
    assert answer.status in (statuses or range(400, 500)), (answer.status, answer.text)
    assert "Traceback" not in answer.text
    assert "chalicelib" not in answer.text
    if answer.header("content-type") == JSON:
        found = answer.json
        assert str(found.get("message") or found.get("Message")).strip()
    else:
        assert "<h1>" in answer.text


# --- claims ---


def test_a_form_is_answered_with_the_page_that_says_look(site: Site) -> None:
    answer = site.claim()
    assert (answer.status, answer.header("location")) == (303, "/claimed/")


def test_json_is_answered_with_json(world: TestWorld, site: Site) -> None:
    answer = site.ask("POST", "/api/claims", json.dumps(GOOD).encode(), kind=f"{JSON}; charset=utf-8")
    assert (answer.status, answer.json["message"]) == (202, "Look in your inbox: we have sent a mail to that address.")
    world.work()
    assert len(world.mails()) == 1


@pytest.mark.parametrize("tick", ["yes", "1"])
def test_a_tick_in_a_form_is_kept(world: TestWorld, site: Site, tick: str) -> None:
    site.post("/api/claims", **GOOD, newsletter=tick)
    assert [item["version"] for item in items(world) if str(item["sk"]).startswith("CLAIM#")] == [1]


def test_answers_guard_themselves(site: Site) -> None:
    for answer in (site.claim(), site.claim(""), site.get("/api/stop?t=x")):
        assert answer.header("cache-control") == "no-store"
        assert answer.header("x-content-type-options") == "nosniff"
        assert answer.header("referrer-policy") == "no-referrer"
        assert "default-src 'none'" in answer.header("content-security-policy")


def test_a_faulty_form_comes_back_with_its_answers(world: TestWorld, site: Site) -> None:
    answer = site.post("/api/claims", name='Isobel "Izzy" <Trant>', email="isobel at example.com", newsletter="1", website="")
    refused(answer, 422)
    assert "There is a problem" in answer.text
    assert '<a href="#email">Enter an e-mail address in the form name@example.com.</a>' in answer.text
    assert 'value="Isobel &#34;Izzy&#34; &lt;Trant&gt;"' in answer.text
    assert 'value="isobel at example.com"' in answer.text
    assert 'value="1" checked' in answer.text
    assert kept(world) == ([], {}, {})


@pytest.mark.parametrize("version", ["99", "1"])
def test_words_that_are_others_now_come_back_unticked(world: TestWorld, site: Site, version: str) -> None:
    (old,) = [one for one in world.shop.wordings if (one.purpose, one.channel) == ("newsletter", "e-mail")]
    newer = structs.replace(old, version=2, text="Other words.")
    world.shop = structs.replace(world.shop, wordings=(*world.shop.wordings, newer))
    answer = site.post("/api/claims", name="", email="isobel.trant@example.com", newsletter=version, website="")
    assert "Other words." in answer.text
    assert " checked" not in answer.text


def test_every_fault_is_told_at_once(site: Site) -> None:
    answer = site.ask("POST", "/api/claims", b'{"name": "", "email": "", "website": "x"}', kind=JSON)
    assert [error["field"] for error in answer.json["errors"]] == ["name", "email", "website"]


BAD_FIELDS: list[dict[str, Any]] = [
    {"name": ""},
    {"name": "   "},
    {"name": "x" * 101},
    {"name": "Isobel\r\nBcc: everyone@example.com"},
    {"name": "Isobel\x00Trant"},
    {"name": "Isobel\u202eTrant"},
    {"name": "Isobel\u2066Trant"},
    {"name": "Isobel\u200bTrant"},
    {"name": "Isobel\ufffdTrant"},
    {"email": ""},
    {"email": "isobel"},
    {"email": "isobel@"},
    {"email": "isobel@localhost"},
    {"email": "isobel@example"},
    {"email": "isobel@@example.com"},
    {"email": "isobel@example.com, tom@example.com"},
    {"email": "isobel@example.com\r\nBcc: everyone@example.com"},
    {"email": "isobel\x00@example.com"},
    {"email": "isobel\u202e@example.com"},
    {"email": "ísobel@example.com"},
    {"email": "a" * 65 + "@example.com"},
    {"email": "a@" + "b" * 250 + ".com"},
    {"email": '"isobel trant"@example.com'},
    {"email": "Isobel <isobel@example.com>"},
    {"email": "isobel@[192.0.2.1]"},
    {"newsletter": "no"},
    {"newsletter": "99"},
    {"website": "https://spam.example"},
]
WRONG_TYPES: list[dict[str, Any]] = [
    {field: value}
    for field in ("name", "email", "newsletter", "website")
    for value in (None, 0, 1, 10**400 - 1, 1.5, [], ["a"], {}, {"a": 1}, True)
    if not (field == "newsletter" and value is True)
]


@pytest.mark.parametrize("bad", BAD_FIELDS, ids=repr)
def test_a_bad_field_in_a_form_is_refused(world: TestWorld, site: Site, bad: dict[str, str]) -> None:
    refused(site.post("/api/claims", **{**GOOD, **bad}), 422)
    assert items(world) == []
    assert world.queue.waiting() == {}


@pytest.mark.parametrize("bad", [*BAD_FIELDS, *WRONG_TYPES, {"name": "\ud800"}, {"email": "\ud800@example.com"}], ids=repr)
def test_a_bad_field_in_json_is_refused(world: TestWorld, site: Site, bad: dict[str, Any]) -> None:
    answer = site.ask("POST", "/api/claims", json.dumps({**GOOD, **bad}).encode(), kind=JSON)
    refused(answer, 422)
    assert items(world) == []
    assert world.queue.waiting() == {}


def test_a_missing_field_is_asked_for(site: Site) -> None:
    for field in ("name", "email"):
        answer = site.post("/api/claims", **{name: value for name, value in GOOD.items() if name != field})
        refused(answer, 422)
        assert f'href="#{field}"' in answer.text


BAD_JSON: dict[str, bytes] = {
    "empty": b"",
    "cut off": b'{"name": "Isobel", "ema',
    "a list": b"[]",
    "a number": b"7",
    "deep": b'{"a":' * 40 + b"1" + b"}" * 40,
    "very deep": b"[" * 30_000,
    "not UTF-8": b'{"name": "\xff\xfe"}',
    "NaN": b'{"name": NaN}',
    "Infinity": b'{"name": -Infinity}',
    "a name twice": b'{"name": "a", "name": "b", "email": "isobel@example.com"}',
    "a huge number": b'{"name": ' + b"9" * 5000 + b"}",
    "a huge exponent": b'{"name": 1e999999}',
    "two values": b"{} {}",
    "too big": b'{"name": "' + b"x" * 65_536 + b'"}',
}


@pytest.mark.parametrize("case", BAD_JSON)
def test_bad_json_is_refused(world: TestWorld, site: Site, case: str) -> None:
    refused(site.ask("POST", "/api/claims", BAD_JSON[case], kind=JSON))
    assert kept(world) == ([], {}, {})


BAD_FORMS: dict[str, bytes] = {
    "not UTF-8": b"name=\xff\xfe&email=isobel%40example.com&t=x",
    "escaped, not UTF-8": b"name=%ff%fe&email=isobel%40example.com&message=%ff&t=%ff",
    "a field twice": b"name=a&name=b&email=isobel%40example.com&t=x&t=y",
    "many fields": b"&".join(b"f%d=x" % n for n in range(30)),
    "too big": b"name=" + b"x" * 65_536,
    "nonsense": b"\x00\x01\x02",
    "empty": b"",
}


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize("case", BAD_FORMS)
def test_a_bad_form_is_refused_everywhere(world: TestWorld, site: Site, path: str, case: str) -> None:
    answer = site.ask("POST", path, BAD_FORMS[case], kind=FORM)
    refused(answer)
    if case == "too big":
        assert answer.status == 413
    assert kept(world) == ([], {}, {})


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "text/html", "nonsense"])
def test_another_content_type_is_refused(world: TestWorld, site: Site, path: str, kind: str) -> None:
    refused(site.ask("POST", path, urlencode(GOOD).encode(), kind=kind), 415)
    assert kept(world) == ([], {}, {})


@pytest.mark.parametrize("path", ["/api/confirm", "/api/thanks"])
def test_only_claims_take_json(site: Site, path: str) -> None:
    refused(site.ask("POST", path, b'{"t": "x"}', kind=JSON), 415)


TOKENS = ["", "x", "k1..", "k1.a.b", "k2.a.b", "." * 300, "k1." + "A" * 10_000, "k1.\u00e9.b", "%00", "k1.gqA.x"]


@pytest.mark.parametrize("path", POSTS[1:])
@pytest.mark.parametrize("token", TOKENS, ids=range(len(TOKENS)))
def test_a_wrong_link_is_refused(world: TestWorld, site: Site, path: str, token: str) -> None:
    query = urlencode({"t": token})
    for answer in (site.ask("GET", f"{path}?{query}"), site.post(path, t=token, message="hello")):
        refused(answer, 401)
        assert "This link is not valid." in answer.text
    assert site.ask("HEAD", f"{path}?{query}").status == 401
    assert kept(world) == ([], {}, {})


def test_nothing_typed_reaches_a_mail_header(world: TestWorld, site: Site) -> None:
    for bad in BAD_FIELDS:
        site.post("/api/claims", **{**GOOD, **bad})
    site.claim(name="Subject: hello")
    world.work()
    (mail,) = [one.mail for one in world.mails()]
    for header in (mail.sender, mail.reply_to, mail.subject, *(value for _, value in mail.headers)):
        assert "Bcc" not in header
        assert "hello" not in header.lower().replace("hello@pellow-wren.example", "")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("DELETE", "/api/claims"),
        ("PUT", "/api/claims"),
        ("DELETE", "/api/stop"),
        ("GET", "/api/webhooks/shopify"),
        ("GET", "/api/nothing"),
    ],
)
def test_what_is_no_route_is_refused(site: Site, method: str, path: str) -> None:
    refused(site.ask(method, path), 403, 405)


@pytest.mark.parametrize(("path", "name"), [("/api/claims", "AFTER_REASON"), ("/api/entries", "ENTRY_AFTER_DRAW")])
def test_a_form_that_comes_back_tells_the_days_that_count(
    site: Site, path: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, name, timedelta(days=333))
    answer = site.post(path, name="", email="")
    assert (answer.status, "333 days" in answer.text) == (422, True)


# --- limits ---


def test_an_address_claimed_too_often_gets_the_same_answer() -> None:
    with TestWorld(claims_per_address=3) as world:
        site = Site(world)
        answers = {site.claim(ip=f"198.51.{n}.1") for n in range(3)}
        before = kept(world)
        assert {*answers, site.claim(ip="198.51.9.1")} == answers
        assert len(answers) == 1
        assert kept(world) == before
        world.pass_time(hours=25)
        site.claim()
        world.work()
        assert len(world.mails()) == 2


def test_a_network_that_claims_too_often_is_told_when_to_return() -> None:
    with TestWorld(claims_per_network=2) as world:
        site = Site(world)
        for n in range(2):
            assert site.claim(f"visitor{n}@example.com", ip=f"192.0.2.{n}").status == 303
        before = kept(world)
        answer = site.claim("visitor9@example.com", ip="192.0.2.200")
        refused(answer, 429)
        assert answer.header("retry-after") == "3600"
        assert kept(world) == before
        as_json = site.ask("POST", "/api/claims", json.dumps(GOOD).encode(), kind=JSON, ip="192.0.2.99")
        refused(as_json, 429)
        assert as_json.header("retry-after") == "3600"
        assert site.claim("visitor9@example.com", ip="192.0.3.1").status == 303
        world.pass_time(hours=1)
        assert site.claim("visitor8@example.com", ip="192.0.2.200").status == 303


def test_networks_and_addresses_stand_only_as_hashes(world: TestWorld, site: Site) -> None:
    site.claim(ip="192.0.2.7")
    counters = json.dumps([item for item in items(world) if str(item["pk"]).startswith("RATE#")])
    assert "192.0.2" not in counters
    assert "isobel" not in counters
    world.sqlite.sweep(int(world.clock.now().timestamp()) + 3 * 3600)
    assert not any(str(item["pk"]).startswith("RATE#") for item in items(world))


def claims_until_refused(site: Site, proof: str, viewer: str) -> int:
    for count in range(10):
        headers = {
            "X-Courtesy-Origin": proof,
            "CloudFront-Viewer-Address": viewer.format(count),
            "X-Forwarded-For": f"203.0.{count}.1",
        }
        body = urlencode({**GOOD, "email": f"v{count}@example.com"}).encode()
        if site.ask("POST", "/api/claims", body, kind=FORM, headers=headers).status == 429:
            return count
    return 10


@pytest.mark.parametrize(
    ("proof", "viewer", "allowed"),
    [
        ("origin secret for tests", "198.51.{}.1:4711", 10),
        ("origin secret for tests", "198.51.100.{}:4711", 3),
        ("origin secret for tests", "2001:db8:0:{}::1:4711", 10),
        ("origin secret for tests", "2001:db8:0:1::{}:4711", 3),
        ("origin secret for tests", "nonsense{}", 3),
        ("a guess", "198.51.{}.1:4711", 3),
        ("", "198.51.{}.1:4711", 3),
    ],
)
def test_the_viewers_address_counts_only_with_the_secret(proof: str, viewer: str, allowed: int) -> None:
    with TestWorld(claims_per_network=3) as world:
        assert claims_until_refused(Site(world), proof, viewer) == allowed


# --- trouble of our own ---


def busy(call: str) -> None:
    raise Busy("The table was in conflict.")


def broken(call: str) -> None:
    raise RuntimeError("isobel.trant@example.com is secret")


@pytest.mark.parametrize("kind", [FORM, JSON])
def test_a_busy_table_asks_to_try_again(world: TestWorld, kind: str) -> None:
    world.table = watched(world.sqlite, before=busy)
    body = json.dumps(GOOD).encode() if kind == JSON else urlencode(GOOD).encode()
    assert Site(world).ask("POST", "/api/claims", body, kind=kind).status == 503


@pytest.mark.parametrize("kind", [FORM, JSON])
def test_an_error_of_ours_tells_nothing(world: TestWorld, kind: str, caplog: pytest.LogCaptureFixture) -> None:
    world.table = watched(world.sqlite, before=broken)
    body = json.dumps(GOOD).encode() if kind == JSON else urlencode(GOOD).encode()
    answer = Site(world).ask("POST", "/api/claims", body, kind=kind)
    assert answer.status == 500
    assert "Something went wrong on our side" in answer.text
    assert "secret" not in answer.text
    assert "RuntimeError" in caplog.text
    assert "isobel" not in caplog.text


# --- many at once ---


@pytest.fixture
def impatient_threads() -> Iterator[None]:
    """Threads that change places after every few steps, so that whatever they share gets mixed up."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


def test_many_at_once_get_their_own_answers(tmp_path: Path, impatient_threads: None) -> None:
    with TestWorld(path=tmp_path, claims_per_network=10_000) as world:
        site = Site(world)
        take_order(world, learnt("orders/create", gift_order()))
        take_order(world, learnt("fulfillments/update", shopify_parcel()))
        world.live(days=14)
        url = link(world.mails("ruth.okafor@example.com")[0].mail, "/api/thanks")
        token = url.partition("t=")[2]

        def ask(n: int) -> bool:
            mine = f"visitor {n} of many"
            match n % 6:
                case 0:
                    answer = site.post("/api/claims", name=mine, email="nonsense")
                    return answer.status == 422 and f'value="{mine}"' in answer.text
                case 1:
                    return site.claim(f"visitor{n}@example.com", mine).status == 303
                case 2:
                    body = json.dumps({"name": mine, "email": f"visitor{n}@example.com"}).encode()
                    return site.ask("POST", "/api/claims", body, kind=JSON).status == 202
                case 3:
                    answer = site.post("/api/thanks", t=token, message=f"{mine}\x00")
                    return answer.status == 422 and mine in answer.text
                case 4:
                    headers, raw = signed("products/update", {"id": n})
                    headers["x-shopify-topic"] = f"topic/{n}"
                    answer = site.ask("POST", "/api/webhooks/shopify", raw, kind=JSON, headers=headers)
                    return answer.json == {"message": f"ignored: nothing is learnt from the topic topic/{n}"}
                case _:
                    return site.get(url).status == 200

        with ThreadPoolExecutor(8) as threads:
            assert all(threads.map(ask, range(320)))
        names = {item["name"] for item in items(world) if str(item["sk"]).startswith("CLAIM#")}
        assert names == {f"visitor {n} of many" for n in range(320) if n % 6 in (1, 2)}
