from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from chalicelib.adapters.offices import http
from chalicelib.adapters.offices.http import Api, basic, harmless
from chalicelib.errors import CourtesyError, Misconfigured, Retryable
from tests.adapters import loopback
from tests.adapters.loopback import unused_port
from tests.support.fake_api import BROKEN, BUSY, HTML, MOVED, Asked, FakeApi, Fault, Reply, serving

KEY = "sk_very_secret"


class Echo(FakeApi):
    def answer(self, asked: Asked) -> Reply:
        return Reply(200, {"said": asked.body.decode()}, {"X-Seen": "yes"})


@pytest.fixture
def echo() -> Iterator[Echo]:
    with serving(Echo()) as api:
        yield api


def api(echo: Echo) -> Api:
    return Api("Shop", f"{echo.url}/", {"Authorization": f"Bearer {KEY}"}, "Give the key again.")


def refusal(echo: Echo, fault: Fault | Reply) -> CourtesyError:
    echo.next = [fault]
    with pytest.raises(CourtesyError) as raised:
        api(echo).call("GET", "/things", query={"email": "rosa@mail.example"})
    return raised.value


def test_json_and_forms_are_sent(echo: Echo) -> None:
    json, form = api(echo).call("POST", "/a", data={"n": 1}), api(echo).call("POST", "/b", form={"a[b]": "c d"})
    assert (json.body, form.body) == ({"said": '{"n": 1}'}, {"said": "a%5Bb%5D=c+d"})
    assert [one.headers["content-type"] for one in echo.asked] == ["application/json", "application/x-www-form-urlencoded"]


def test_header_names_come_back_lower_case(echo: Echo) -> None:
    assert api(echo).call("GET", "/a").headers["x-seen"] == "yes"


def test_the_vendors_no_comes_back(echo: Echo) -> None:
    echo.next = [Reply(422, {"message": "no"})]
    assert api(echo).call("GET", "/a").status == 422


def test_an_empty_answer_is_none(echo: Echo) -> None:
    echo.next = [Reply(204, b"")]
    assert api(echo).call("DELETE", "/a").body is None


@pytest.mark.parametrize("fault", [BROKEN, BUSY, Reply(200, HTML), "cut", "lost", "stalled"])
def test_a_passing_fault_is_retryable(echo: Echo, fault: Fault | Reply, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "READ", 0.1)
    error = refusal(echo, fault)
    assert isinstance(error, Retryable)
    assert KEY not in str(error)
    assert "rosa" not in str(error)
    assert len(echo.asked) == 1


@pytest.mark.parametrize("fault", [Reply(401, {}), Reply(403, HTML), MOVED, Reply(404, HTML)])
def test_a_shut_door_is_misconfigured(echo: Echo, fault: Reply) -> None:
    error = refusal(echo, fault)
    assert isinstance(error, Misconfigured)
    assert "Give the key again." in str(error)
    assert len(echo.asked) == 1


@pytest.mark.parametrize("base", ["https://", "https://[", "https://shop.example:99999"])
def test_an_impossible_address_is_misconfigured(base: str) -> None:
    with pytest.raises(Misconfigured, match="Give the key again"):
        Api("Shop", base, {"Authorization": KEY}, "Give the key again.").call("GET", "/a", query={"email": "rosa@mail.example"})


@pytest.mark.parametrize("half", [b"[1]", b'{"a":', b""])
def test_an_answer_cut_short_is_retryable(half: bytes) -> None:
    def breaks_off(connection: socket.socket) -> bool:
        connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 400\r\n\r\n" + half)
        return False

    with loopback.serving(breaks_off) as server, pytest.raises(Retryable, match="did not answer"):
        Api("Shop", server.url, {}, "").call("GET", "/a")


def test_a_long_answer_comes_in_full(echo: Echo) -> None:
    echo.next = [Reply(200, ["x" * 1000] * 500)]
    asking = api(echo)
    assert asking.call("GET", "/a").body == ["x" * 1000] * 500
    assert asking.call("GET", "/a").body == {"said": ""}


def test_nobody_listening_is_retryable() -> None:
    with pytest.raises(Retryable):
        Api("Shop", f"http://127.0.0.1:{unused_port()}", {}, "").call("GET", "/a")


def test_an_endless_answer_is_not_read(echo: Echo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "MAX_ANSWER", 10)
    asking = api(echo)
    echo.next = [Reply(200, "x" * 100)]
    with pytest.raises(Retryable):
        asking.call("GET", "/a")
    monkeypatch.setattr(http, "MAX_ANSWER", 100)
    assert asking.call("GET", "/a").body == {"said": ""}


@pytest.mark.parametrize("key", ["two\nlines", "schlüssel", "nul\0"])
def test_an_impossible_key_is_not_repeated(key: str) -> None:
    with pytest.raises(Misconfigured) as raised:
        Api("Shop", "https://shop.example", {"Authorization": f"Bearer {key}"}, "Give the key again.")
    assert key not in str(raised.value)


def test_basic_authentication_joins_user_and_password() -> None:
    assert basic("Aladdin", "open sesame") == {"Authorization": "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="}


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (f"Not {KEY}!", "Not …!"),
        ("No customer <rosa@mail.example> here", "No customer … here"),
        ("two\nlines", "two lines"),
        (None, ""),
        ("x" * 1000, "x" * 300),
    ],
)
def test_words_lose_secrets_and_people(said: str | None, shown: str) -> None:
    assert harmless(said, KEY, "") == shown
