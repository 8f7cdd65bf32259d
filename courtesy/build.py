"""Builds the static site: templates/pages and site/ become site/dist.

The style sheet is written twice. Built pages link /css/site.<hash>.css, which may be cached for ever: it changes its name when it
changes. The API renders its pages where there is no site/dist to read a hash from, so they link /css/site.css, to be cached briefly.
"""

from __future__ import annotations

import hashlib
import re
import tempfile
from pathlib import Path

from chalicelib.domain.shop import Shop, newsletter_wording
from chalicelib.ports import Renderer

SOURCES = Path(__file__).parent.parent / "site"
SITE_CSS = "/css/site.css"
DEV_CSS = "/css/dev.css"
"""What pages rendered at request time hand to their template as `css` and `dev_css`."""

_PARTS = ("tokens.css", "base.css", "shop.css")
_PAGES = {
    "index.html": "home",
    "voucher/index.html": "voucher",
    "claimed/index.html": "claimed",
    "products/carrick-locket/index.html": "product",
    "your-details/index.html": "your-details",
    "404.html": "not-found",
}


def build(shop: Shop, renderer: Renderer, out: Path) -> list[Path]:
    """Write the site to `out`, replacing what was there, and return its files in order.

    Made beside `out` and moved into place when it is whole, so that an error leaves the old site as it was, and nobody is served half
    a new one. Errors: Misconfigured (a template wants what the shop does not give).
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=".building-") as folder:
        made = Path(folder) / "new"
        for name, content in _files(shop, renderer).items():
            path = made / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode())
        if out.exists():
            out.rename(Path(folder) / "old")
        made.rename(out)
    return sorted(path for path in out.rglob("*") if path.is_file())


def _files(shop: Shop, renderer: Renderer) -> dict[str, str]:
    """Path below the site's root → content."""
    css = "".join(_squeezed((SOURCES / "css" / part).read_text(encoding="utf-8")) for part in _PARTS)
    hashed = f"css/site.{hashlib.sha256(css.encode()).hexdigest()[:10]}.css"
    context = {
        "shop": shop,
        "lang": shop.locale,
        "css": f"/{hashed}",
        "offer": shop.offer,
        "newsletter_wording": newsletter_wording(shop).text,
        "newsletter_version": newsletter_wording(shop).version,
        "errors": [],
        "answers": {"name": "", "email": "", "newsletter": False, "website": ""},
    }
    return {
        **{path: renderer.page(template, context) for path, template in _PAGES.items()},
        hashed: css,
        SITE_CSS.lstrip("/"): css,
        DEV_CSS.lstrip("/"): _squeezed((SOURCES / "css" / "dev.css").read_text(encoding="utf-8")),
        "icon.svg": (SOURCES / "icon.svg").read_text(encoding="utf-8"),
        "robots.txt": (SOURCES / "robots.txt").read_text(encoding="utf-8"),
    }


def _squeezed(css: str) -> str:
    """Without comments and line breaks; gzip does the rest."""
    return re.sub(r"\n\s*", "", re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL))
