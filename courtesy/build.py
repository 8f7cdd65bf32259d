"""Builds the static site: templates/pages and site/ become site/dist.

The style sheet is written twice. Built pages link /css/site.<hash>.css, which may be cached for ever: it changes its name when it
changes. The API renders its pages where there is no site/dist to read a hash from, so they link /css/site.css, to be cached briefly.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from xml.sax.saxutils import escape

from chalicelib.entrypoints.guard import headers_file
from chalicelib.errors import Misconfigured
from chalicelib.ports import Renderer
from courtesy.site_pages import OwnersFiles, StaticPage, pages_of
from courtesy.site_pictures import LOGO, hashed_name
from courtesy.site_pictures import files as pictures_of
from courtesy.style_sheet import SOURCES, icon, source, style_sheet
from courtesy.widget import NAME as WIDGET
from courtesy.widget import widget

SITE_CSS = "/css/site.css"
DEV_CSS = "/css/dev.css"
"""What pages rendered at request time hand to their template as `css` and `dev_css`."""

HEADERS = "_headers"
"""What the host of the site is told to say with each file."""


def build(owners: OwnersFiles, renderer: Renderer, out: Path) -> list[Path]:
    """Write the site to `out`, replacing what was there, and return its files in order.

    Made beside `out` and moved into place when it is whole, so that an error leaves the old site as it was, and nobody is served half
    a new one. Errors: Misconfigured (a template wants what the shop does not give, or a picture cannot be shown).
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=".building-") as folder:
        made = Path(folder) / "new"
        for name, content in _files(owners, renderer).items():
            path = made / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        if out.exists():
            out.rename(Path(folder) / "old")
        made.rename(out)
    return sorted(path for path in out.rglob("*") if path.is_file())


def _files(owners: OwnersFiles, renderer: Renderer) -> dict[str, bytes]:
    """Path below the site's root → content."""
    shop = owners.shop
    css = style_sheet(shop.brand)
    hashed = f"css/{hashed_name('site.css', css.encode())}"
    try:
        shown = pictures_of(shop, owners.site, owners.folder)
    except (ValueError, OSError) as error:
        raise Misconfigured(f"{owners.folder}: {error}") from None
    logo = next((f"/{name}" for name in shown if name.startswith("logo.") and name != LOGO), "")
    assets = {"css": f"/{hashed}", **({"logo": logo} if logo else {})}
    pages = pages_of(owners)
    texts = {
        **{page.file: renderer.page(page.template, _told(page, owners, assets)) for page in pages},
        hashed: css,
        SITE_CSS.lstrip("/"): css,
        DEV_CSS.lstrip("/"): source("dev.css"),
        WIDGET: widget(shop),
        "icon.svg": icon(shop.brand),
        "robots.txt": f"{(SOURCES / 'robots.txt').read_text(encoding='utf-8')}\nSitemap: {shop.url}/sitemap.xml\n",
        "sitemap.xml": _sitemap([f"{shop.url}{page.path}" for page in pages if page.indexable]),
    }
    asked_for = [f"/{name.removesuffix('index.html')}" for name in (*texts, *shown)]
    texts[HEADERS] = headers_file(asked_for, secure=shop.url.startswith("https:"))
    return {**{name: text.encode() for name, text in texts.items()}, **shown}


def _told(page: StaticPage, owners: OwnersFiles, assets: Mapping[str, str]) -> dict[str, object]:
    canonical = f"{owners.shop.url}{page.path}" if page.indexable else ""
    return {"shop": owners.shop, "lang": owners.shop.locale, **assets, "canonical": canonical, **page.told(owners)}


def _sitemap(addresses: list[str]) -> str:
    listed = "".join(f"<url><loc>{escape(address)}</loc></url>\n" for address in addresses)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{listed}</urlset>\n'
