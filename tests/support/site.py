"""A visitor's browser, a mail program and a storefront, speaking to the API through the real bridge."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from chalice import Chalice
from msgspec import Struct

from chalicelib.adapters.local.http import Wsgi, api
from chalicelib.entrypoints import checkout, competition, mail_answers, orders, preferences, questions, site_api, webhooks
from chalicelib.ports import Mail, World
from chalicelib.table import Item
from tests.support.world import TestWorld

FORM, JSON = "application/x-www-form-urlencoded", "application/json"
HOME = "192.0.2.7"


class Answer(Struct, frozen=True):
    """What came back."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found

    def header(self, name: str) -> str:
        """ "" when it is not there."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")


def app_of(world: World) -> Wsgi:
    """The API over a world."""
    app = Chalice(app_name="courtesy")
    site_api.register(app, lambda: world)
    mail_answers.register(app, lambda: world)
    orders.register(app, lambda: world)
    preferences.register(app, lambda: world)
    questions.register(app, lambda: world)
    competition.register(app, lambda: world)
    webhooks.register(app, lambda: world)
    checkout.register(app, lambda: world)
    return api(app)


class Site:
    """Requests, one at a time. `ip`: from where."""

    def __init__(self, world: World) -> None:
        self._app = app_of(world)

    def ask(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        *,
        kind: str = "",
        headers: Mapping[str, str] | None = None,
        ip: str = HOME,
    ) -> Answer:
        """One request. `path` may be a whole link."""
        parts = urlsplit(path)
        environ: dict[str, Any] = {
            "REQUEST_METHOD": method,
            "PATH_INFO": parts.path,
            "QUERY_STRING": parts.query,
            "REMOTE_ADDR": ip,
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body),
            **{f"HTTP_{name.upper().replace('-', '_')}": value for name, value in (headers or {}).items()},
        }
        if kind:
            environ["CONTENT_TYPE"] = kind
        begun: list[tuple[str, list[tuple[str, str]]]] = []
        out = b"".join(self._app(environ, lambda status, found: begun.append((status, found))))
        ((status, found),) = begun
        return Answer(int(status.split(" ")[0]), tuple(found), out)

    def get(self, path: str) -> Answer:
        """A link is opened."""
        return self.ask("GET", path)

    def post(self, path: str, **fields: str) -> Answer:
        """A form is sent."""
        return self.ask("POST", path, urlencode(fields).encode(), kind=FORM)

    def claim(
        self, email: str = "isobel.trant@example.com", name: str = "Isobel Trant", *, tick: bool = False, ip: str = HOME
    ) -> Answer:
        """The claim form is sent."""
        fields = {"name": name, "email": email, "website": "", **({"newsletter": "yes"} if tick else {})}
        return self.ask("POST", "/api/claims", urlencode(fields).encode(), kind=FORM, ip=ip)

    def press(self, link: str) -> Answer:
        """The link is opened and the button on the page is pressed."""
        shown = self.get(link)
        assert shown.status == 200, shown.text
        token = re.search(r'name="t" value="([^"]+)"', shown.text)
        assert token is not None
        return self.post(urlsplit(link).path, t=token[1])


def link(mail: Mail, path: str) -> str:
    """The link in a mail's text that leads to such a path."""
    (found,) = set(re.findall(rf"https://shop\.example{path}\?t=\S+", mail.text))
    return str(found)


def items(world: TestWorld) -> list[Item]:
    """All that the table holds, to the byte."""
    return world.sqlite.scan(limit=100_000).items


def person_items(world: TestWorld, kind: str) -> list[Item]:
    """Those whose sort key begins so."""
    return [item for item in items(world) if str(item["sk"]).startswith(kind)]
