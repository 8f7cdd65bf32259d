"""The API on this machine: a WSGI request becomes the very event that API Gateway (REST, v1) makes, so the same bytes arrive, or are lost."""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, unquote

from chalice import Chalice

StartResponse = Callable[..., Any]
Wsgi = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]

MAX_BODY = 10 * 1024 * 1024


class _PerThread(Chalice):
    """Chalice keeps the request in hand on the app itself, which is right for Lambda and wrong for threads."""

    _here = threading.local()

    @property
    def current_request(self) -> Any:
        return getattr(self._here, "request", None)

    @current_request.setter
    def current_request(self, request: Any) -> None:
        self._here.request = request

    @property
    def lambda_context(self) -> Any:
        return getattr(self._here, "context", None)

    @lambda_context.setter
    def lambda_context(self, context: Any) -> None:
        self._here.context = context


def api(app: Chalice, stage: str = "api") -> Wsgi:
    """The app as WSGI under /<stage>, for any number of threads."""
    app.__class__ = _PerThread
    routes = {route: [part for part in route.split("/") if part] for route in app.routes}

    def wsgi(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        path = environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace").removeprefix(f"/{stage}") or "/"
        method = environ["REQUEST_METHOD"]
        route, params = _match(routes, path)
        if route is None or method not in app.routes[route]:
            # what API Gateway answers for a route that it does not have
            return _respond(
                start_response, 403, {"Content-Type": "application/json"}, b'{"message":"Missing Authentication Token"}'
            )
        reply = app(_event(environ, app, route, path, params, stage), None)
        body = reply.get("body") or ""
        out = base64.b64decode(body) if reply.get("isBase64Encoded") else body.encode()
        many = [(name, value) for name, values in reply["multiValueHeaders"].items() for value in values]
        headers = {"Content-Type": "application/json", **{name.title(): value for name, value in reply["headers"].items()}}
        return _respond(start_response, reply["statusCode"], headers, b"" if method == "HEAD" else out, many)

    return wsgi


def _match(routes: Mapping[str, list[str]], path: str) -> tuple[str | None, dict[str, str] | None]:
    parts = [unquote(part) for part in path.split("/") if part]
    for route, pattern in routes.items():
        if len(pattern) == len(parts) and all(a == b or a.startswith("{") for a, b in zip(pattern, parts, strict=True)):
            return route, {a[1:-1]: b for a, b in zip(pattern, parts, strict=True) if a.startswith("{")} or None
    return None, None


def _event(
    environ: dict[str, Any], app: Chalice, route: str, path: str, params: dict[str, str] | None, stage: str
) -> dict[str, Any]:
    headers = {name[5:].replace("_", "-").lower(): value for name, value in environ.items() if name.startswith("HTTP_")}
    if environ.get("CONTENT_TYPE"):
        headers["content-type"] = environ["CONTENT_TYPE"]
    raw = environ["wsgi.input"].read()
    binary = headers.get("content-type", "").partition(";")[0].strip().lower() in app.api.binary_types
    query: dict[str, list[str]] = {}
    for name, value in parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True):
        query.setdefault(name, []).append(value)
    return {
        "resource": route,
        "path": path,
        "httpMethod": environ["REQUEST_METHOD"],
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": {name: values[-1] for name, values in query.items()} or None,
        "multiValueQueryStringParameters": query or None,
        "pathParameters": params,
        "stageVariables": None,
        "isBase64Encoded": bool(raw) and binary,
        "body": (base64.b64encode(raw).decode() if binary else raw.decode("utf-8", "replace")) if raw else None,
        "requestContext": {
            "resourcePath": route,
            "httpMethod": environ["REQUEST_METHOD"],
            "path": f"/{stage}{path}",
            "stage": stage,
            "identity": {"sourceIp": environ.get("REMOTE_ADDR", "")},
        },
    }


def _respond(
    start_response: StartResponse, status: int, headers: Mapping[str, str], body: bytes, many: Iterable[tuple[str, str]] = ()
) -> Iterable[bytes]:
    start_response(f"{status} {HTTPStatus(status).phrase}", [*headers.items(), *many, ("Content-Length", str(len(body)))])
    return [body]
