"""The headers that guard every page, in one place: for the API's answers, the built site with its `_headers`, and the developer pages.

No script, no inline style, nothing from elsewhere, no frame around us; no sensor, no payment, and no word to other sites of where
somebody came from.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

_POLICY = {
    "default-src": "'none'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}


def _policy(**changed: str) -> str:
    directives = {**_POLICY, **{name.replace("_", "-"): value for name, value in changed.items()}}
    return "; ".join(f"{name} {value}" for name, value in directives.items())


_EVERYWHERE = {
    "Content-Security-Policy": _policy(),
    "X-Content-Type-Options": "nosniff",
    "Permissions-Policy": "browsing-topics=(), camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_OURS, _ANYBODYS = {"Cross-Origin-Resource-Policy": "same-origin"}, {"Cross-Origin-Resource-Policy": "cross-origin"}

API: Mapping[str, str] = {
    **_EVERYWHERE,
    **_OURS,
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",  # a link's token stands in the address
    "X-Robots-Tag": "noindex",
}
"""Every answer of the API."""

DEV: Mapping[str, str] = {
    **_EVERYWHERE,
    **_OURS,
    "Content-Security-Policy": _policy(frame_src="'self'"),
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
}
"""The developer pages. They frame a mail."""

DEMO_STOREFRONT: Mapping[str, str] = {"Content-Security-Policy": _policy(script_src="'self'", connect_src="'self'")}
"""The developer page that stands for a storefront, in place of what DEV says of it: the one page with a script, the claim widget."""

FRAMED_MAIL: Mapping[str, str] = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; frame-ancestors 'self'; sandbox"
}
"""A mail in its frame, in place of what DEV says of it: mails have inline styles."""

SITE: Mapping[str, str] = {**_EVERYWHERE, "Referrer-Policy": "same-origin"}
"""Every file of the built site, besides what `of_file` says of each."""

SECURE: Mapping[str, str] = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"}
"""Where the site is served by https; a browser takes it from nowhere else."""

FOR_EVERYBODY = ("/courtesy.js", "/mail-logo.png")
"""Files that other places show or fetch, such as the storefront, or a mail program in a browser."""

AT_THE_COUNTER = "/counter/"
"""On a screen that strangers share: kept nowhere, or going back would show what the person before had typed."""

_HASHED = re.compile(r"\.[0-9a-f]{10}\.\w+$")


def of_file(path: str) -> dict[str, str]:
    """Of one file of the site as it is asked for: how long it may be kept, and who may load it. One with a hash in its name never changes."""
    return {"Cache-Control": _kept(path), **(_ANYBODYS if path in FOR_EVERYBODY else _OURS)}


def _kept(path: str) -> str:
    if path == AT_THE_COUNTER:
        return "no-store"
    return "public, max-age=31536000, immutable" if _HASHED.search(path) else "public, max-age=300"


def headers_file(paths: Iterable[str], *, secure: bool) -> str:
    """`_headers` as Netlify and Cloudflare Pages read it. No header stands twice for one path: they would join its values."""
    blocks = [("/*", {**SITE, **(SECURE if secure else {})}), *((path, of_file(path)) for path in sorted(paths))]
    return "\n".join(f"{path}\n" + "".join(f"  {name}: {value}\n" for name, value in said.items()) for path, said in blocks)
