"""Requests read with care, and answers with the headers that every page needs."""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from chalice import Chalice
from chalice.app import Request, Response

from chalicelib import strict_json
from chalicelib.entrypoints.guard import API
from chalicelib.errors import Conflict, CourtesyError, Invalid, NotFound, Retryable, TooLarge, TooMany, Unverified
from chalicelib.logs import failed
from chalicelib.ports import World

MAX_FORM = 64 * 1024
MAX_FIELDS = 20
SITE_CSS = "/css/site.css"
FORM, MULTIPART, JSON = "application/x-www-form-urlencoded", "multipart/form-data", "application/json"

_TITLES = {
    401: "That link does not work",
    404: "There is nothing here any more",
    409: "That is done already",
    413: "That is too much",
    422: "There is a problem",
    429: "A little later, please",
    503: "One moment",
    500: "Something went wrong here",
}


def guard(app: Chalice) -> None:
    """What Chalice answers by itself, such as that it takes no body of that type, has the headers of our own answers, too."""

    @app.middleware("http")
    def guarded(event: Request, get_response: Callable[[Request], Response]) -> Response:
        response = get_response(event)
        response.headers = {**API, **response.headers}
        return response


def the_request(app: Chalice) -> Request:
    """The one in hand; there always is one inside a route."""
    request: Request | None = app.current_request
    if request is None:
        raise LookupError("no request is in hand")
    return request


def content_type(request: Request) -> str:
    """Without its parameters, lower case."""
    return str(request.headers.get("content-type", "")).partition(";")[0].strip().lower()


def raw_body(request: Request) -> bytes:
    """The bytes as they came."""
    raw = request.raw_body
    return raw if isinstance(raw, bytes) else raw.encode()


def fields(request: Request, most: int = MAX_FIELDS) -> dict[str, Any]:
    """What a form or a JSON object says; of a form's fields `most`. Errors: TooLarge, Invalid."""
    raw = raw_body(request)
    if len(raw) > MAX_FORM:
        raise TooLarge("That is over 64 KiB.")
    if content_type(request) == JSON:
        found = strict_json.loads(raw)
        if not isinstance(found, dict):
            raise Invalid("The body is not a JSON object.")
        return found
    if content_type(request) == MULTIPART:
        return {}  # one-click mail programs send a fixed field in it; the link says everything
    try:
        pairs = parse_qsl(raw.decode(), keep_blank_values=True, max_num_fields=most, errors="strict")
    except ValueError:
        raise Invalid("The form cannot be read.") from None
    if len({name for name, _ in pairs}) != len(pairs):
        raise Invalid("A field stands twice in the form.")
    return dict(pairs)


def link_token(request: Request, form: Mapping[str, Any] | None = None) -> str:
    """The `t` of a link, from the form or the address; "" without one."""
    query: Mapping[str, Any] = request.query_params or {}
    found = (form or {}).get("t") or query.get("t")
    return found if isinstance(found, str) else ""


def viewer_ip(request: Request, world: World) -> str:
    """Who asks. CloudFront's word counts only with the secret that proves it is CloudFront's."""
    proof = str(request.headers.get("x-courtesy-origin", ""))
    if hmac.compare_digest(proof.encode(), world.secrets.origin.encode()):
        return str(request.headers.get("cloudfront-viewer-address", "")).rpartition(":")[0]
    return str(request.context.get("identity", {}).get("sourceIp", ""))


def page(world: World, template: str, status: int = 200, **context: object) -> Response:
    """A rendered page."""
    common = {"shop": world.shop, "lang": world.shop.locale, "css": SITE_CSS, "status": status}
    html = world.renderer.page(template, {**common, **context})
    return Response(html, status_code=status, headers={**API, "Content-Type": "text/html; charset=utf-8"})


def answer_json(status: int, body: object, **headers: str) -> Response:
    """A JSON answer."""
    return Response(json.dumps(body, ensure_ascii=False), status_code=status, headers={**API, "Content-Type": JSON, **headers})


def attachment(name: str, body: bytes) -> Response:
    """JSON to be kept as a file of that name."""
    headers = {"Content-Type": f"{JSON}; charset=utf-8", "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(body.decode(), status_code=200, headers={**API, **headers})


def plain_text(text: str) -> Response:
    """Text as it stands."""
    return Response(text, status_code=200, headers={**API, "Content-Type": "text/plain; charset=utf-8"})


def see_other(path: str) -> Response:
    """303: the browser goes there with a GET."""
    return Response("", status_code=303, headers={**API, "Content-Type": "text/plain", "Location": path})


def status_of(error: Exception) -> int:
    """The HTTP status for one of our errors; 500 for any other."""
    kinds: tuple[tuple[type[CourtesyError], int], ...] = (
        (TooLarge, 413), (Invalid, 422), (NotFound, 404), (Unverified, 401), (TooMany, 429), (Retryable, 503), (Conflict, 409),
    )  # fmt: skip
    return next((status for kind, status in kinds if isinstance(error, kind)), 500)


def answered(world: Callable[[], World], handle: Callable[[World], Response], *, as_json: bool) -> Response:
    """The handler's answer, or the error's: one clear sentence, no trace of the input, and the cause in our own log."""
    try:
        return handle(world())
    except Exception as error:  # noqa: BLE001
        status = status_of(error)
        if status >= 500:
            failed("request failed", error)
        sentence = (
            str(error) if status < 500 else "Something went wrong on our side, and nothing was lost. Please try again later."
        )
        extra = {"Retry-After": str(error.retry_after)} if isinstance(error, TooMany) else {}
        if as_json:
            return answer_json(status, {"message": sentence}, **extra)
        try:
            found = page(world(), "problem", status, title=_TITLES[status], message=sentence)
        except Exception as second:  # noqa: BLE001 - a page needs the shop, and perhaps that is what cannot be read
            failed("no page for the failure", second)
            return Response(f"{sentence}\n", status_code=status, headers={**API, "Content-Type": "text/plain; charset=utf-8"})
        found.headers |= extra
        return found
