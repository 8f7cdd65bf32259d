"""/dev/: the outbox, the follow-ups and the clock, for whoever tries Courtesy on this machine. Never part of a deployment."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, unquote

import msgspec

from chalicelib.adapters.local.http import StartResponse
from chalicelib.adapters.local.platform import LocalWorld
from chalicelib.domain.calendar import clock_time, instant, stamp
from chalicelib.entrypoints.guard import DEMO_STOREFRONT, DEV, FRAMED_MAIL
from chalicelib.errors import CourtesyError, Invalid, NotFound
from chalicelib.usecases.list_follow_ups import list_follow_ups, next_due
from courtesy.outbox import headers, listed
from courtesy.widget import NAME as WIDGET
from courtesy.worker import Worker

_LINK = re.compile(r"https?://[^\s<>\"]+")
_STEP = re.compile(r"(\d{1,5})([hdm])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_SAY = {"delivered": ("Delivery", {}), "bounced": ("Bounce", {"bounceType": "Permanent"}), "complained": ("Complaint", {})}
CSS, DEV_CSS = "/css/site.css", "/css/dev.css"
HTML, JSON = "text/html; charset=utf-8", "application/json"


def step(text: str) -> timedelta:
    """10d, 36h or 90m. Errors: Invalid."""
    found = _STEP.fullmatch(text.strip())
    if found is None:
        raise Invalid('Give a step such as "10d", "1h" or "90m".')
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


class DevPages:
    """WSGI under /dev. Only for callers on this machine, from pages of this origin."""

    def __init__(self, world: LocalWorld, worker: Worker) -> None:
        self._world, self._worker = world, worker

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """WSGI."""
        method, path = environ["REQUEST_METHOD"], unquote(environ["PATH_INFO"]).rstrip("/")
        try:
            status, kind, body, more = self._answer(environ, method, path)
        except NotFound as error:
            status, kind, body, more = 404, "text/plain; charset=utf-8", f"{error}\n", {}
        except CourtesyError as error:
            status, kind, body, more = 422, "text/plain; charset=utf-8", f"{error}\n", {}
        out = body.encode()
        sent = {**DEV, "Content-Type": kind, "Content-Length": str(len(out)), **more}
        start_response(f"{status} {HTTPStatus(status).phrase}", list(sent.items()))
        return [b"" if method == "HEAD" else out]

    def _answer(self, environ: dict[str, Any], method: str, path: str) -> tuple[int, str, str, dict[str, str]]:
        if not self._own(environ):
            return 403, "text/plain; charset=utf-8", "Only pages of this shop, on this machine, may do that.\n", {}
        if method == "POST":
            return self._post(path, _form(environ), wants_json=environ.get("HTTP_ACCEPT") == JSON)
        match path.split("/")[2:]:
            case [] | ["outbox"]:
                mails = list(reversed(listed(self._world, self._world.outbox.all())))
                return 200, HTML, self._page("outbox", mails=[self._told(mail) for mail in mails]), {}
            case ["outbox", id_]:
                return 200, HTML, self._mail(id_), {}
            case ["outbox", id_, "html"]:
                return 200, HTML, self._kept(id_).mail.html, dict(FRAMED_MAIL)
            case ["follow-ups"]:
                found = [msgspec.to_builtins(one) for one in list_follow_ups(self._world)]
                shown = [{**one, "due_at": self._when(instant(one["due_at"]))} for one in reversed(found)]
                return 200, HTML, self._page("follow-ups", follow_ups=shown), {}
            case ["storefront"]:
                made = self._page("storefront", offer=self._world.shop.offer, widget=f"/{WIDGET}")
                return 200, HTML, made, dict(DEMO_STOREFRONT)
            case ["clock"]:
                return 200, JSON, json.dumps({"now": stamp(self._world.clock.now())}), {}
            case _:
                raise NotFound("There is no such page under /dev/.")

    def _own(self, environ: dict[str, Any]) -> bool:
        # a page elsewhere that the developer has open must not press our buttons, nor one whose name was re-bound to this machine read them
        host = environ.get("HTTP_HOST", "")
        origin = environ.get("HTTP_ORIGIN")
        return host.partition(":")[0] in ("127.0.0.1", "localhost") and origin in (None, f"http://{host}")

    def _post(self, path: str, form: dict[str, str], *, wants_json: bool) -> tuple[int, str, str, dict[str, str]]:
        match path.split("/")[2:]:
            case ["clock"]:
                sent = self._advance(form)
                if wants_json:
                    return 200, JSON, json.dumps({"now": stamp(self._world.clock.now()), "sent": sent}), {}
                return 303, HTML, "", {"Location": "/dev/outbox"}
            case ["settle"]:
                return 200, JSON, json.dumps({"sent": self._worker.settle(), "waiting": self._world.queue.waiting()}), {}
            case ["outbox", id_, "events"]:
                kind, detail = _SAY.get(form.get("event", ""), ("", {}))
                if not kind:
                    raise Invalid(f"Say one of: {', '.join(_SAY)}.")
                self._kept(id_)
                self._world.outbox.tell(id_, kind, **detail)
                self._worker.settle()
                return 303, HTML, "", {"Location": f"/dev/outbox/{id_}"}
            case _:
                raise NotFound("There is no such page under /dev/.")

    def _advance(self, form: dict[str, str]) -> int:
        now = self._world.clock.now()
        if to := form.get("to"):
            try:
                at = instant(to)
            except ValueError:
                raise Invalid("Give a time with its offset, such as 2026-12-01T10:00:00Z.") from None
            if at < now:
                raise Invalid("A clock cannot go back: start anew with courtesy up --fresh.")
            return self._worker.advance_to(at)
        by = form.get("by", "")
        if by == "next":
            due = next_due(self._world)
            return self._worker.advance_to(instant(due)) if due else 0
        try:
            return self._worker.advance_to(now + step(by))
        except OverflowError:
            raise Invalid("That is too far ahead.") from None

    def _kept(self, id_: str) -> Any:
        kept = self._world.outbox.get(id_)
        if kept is None:
            raise NotFound("There is no such mail in the outbox.")
        return kept

    def _mail(self, id_: str) -> str:
        kept = self._kept(id_)
        (entry,) = listed(self._world, [kept])
        links = list(dict.fromkeys(link.rstrip(".,") for link in _LINK.findall(kept.mail.text)))
        events = [{"kind": kind, "at": self._when(at)} for kind, at in self._world.outbox.events(id_)]
        return self._page("mail", mail={**self._told(entry), "headers": headers(kept)}, links=links, events=events)

    def _told(self, entry: dict[str, Any]) -> dict[str, Any]:
        return {**entry, "sent_at": self._when(instant(entry["sent_at"]))}

    def _when(self, at: datetime) -> str:
        return clock_time(at, self._world.shop.zone)

    def _page(self, template: str, **context: object) -> str:
        due = next_due(self._world)
        clock = {"now": self._when(self._world.clock.now()), "next_due": self._when(instant(due)) if due else ""}
        common = {"shop": self._world.shop, "lang": self._world.shop.locale, "css": CSS, "dev_css": DEV_CSS, "clock": clock}
        return self._world.renderer.page(f"dev/{template}", {**common, **context})


def _form(environ: dict[str, Any]) -> dict[str, str]:
    raw = environ["wsgi.input"].read(64 * 1024).decode("utf-8", "replace")
    return {name: values[-1] for name, values in parse_qs(raw, keep_blank_values=True).items()}
