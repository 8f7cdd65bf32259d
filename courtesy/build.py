"""Builds the static site: templates/pages and site/ become site/dist.

The style sheet is written twice. Built pages link /css/site.<hash>.css, which may be cached for ever: it changes its name when it
changes. The API renders its pages where there is no site/dist to read a hash from, so they link /css/site.css, to be cached briefly.
"""

from __future__ import annotations

import hashlib
import re
import tempfile
from pathlib import Path
from xml.sax.saxutils import escape

from chalicelib.domain.brand import face, palette
from chalicelib.domain.shop import Brand, Shop
from chalicelib.entrypoints.guard import headers_file
from chalicelib.ports import Renderer
from courtesy.site_pages import OwnersFiles, StaticPage, pages_of
from courtesy.widget import NAME as WIDGET
from courtesy.widget import widget

SOURCES = Path(__file__).parent.parent / "site"
SITE_CSS = "/css/site.css"
DEV_CSS = "/css/dev.css"
"""What pages rendered at request time hand to their template as `css` and `dev_css`."""

LOGO = "logo.svg"
HEADERS = "_headers"
"""What the host of the site is told to say with each file."""

_PARTS = ("tokens.css", "base.css", "pieces.css", "shop.css")


def build(owners: OwnersFiles, renderer: Renderer, out: Path, logo: bytes = b"") -> list[Path]:
    """Write the site to `out`, replacing what was there, and return its files in order. `logo`: the drawing that `brand.logo` names.

    Made beside `out` and moved into place when it is whole, so that an error leaves the old site as it was, and nobody is served half
    a new one. Errors: Misconfigured (a template wants what the shop does not give).
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=".building-") as folder:
        made = Path(folder) / "new"
        files = {name: content.encode() for name, content in _files(owners, renderer).items()}
        for name, content in {**files, **({LOGO: logo} if logo else {})}.items():
            path = made / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        if out.exists():
            out.rename(Path(folder) / "old")
        made.rename(out)
    return sorted(path for path in out.rglob("*") if path.is_file())


def _files(owners: OwnersFiles, renderer: Renderer) -> dict[str, str]:
    """Path below the site's root → content."""
    shop = owners.shop
    css = "".join(_squeezed((SOURCES / "css" / part).read_text(encoding="utf-8")) for part in _PARTS) + worn(shop.brand)
    hashed = f"css/{hashed_name('site.css', css.encode())}"
    pages = pages_of(owners)
    made = {
        **{page.file: renderer.page(page.template, _told(page, owners, f"/{hashed}")) for page in pages},
        hashed: css,
        SITE_CSS.lstrip("/"): css,
        DEV_CSS.lstrip("/"): _squeezed((SOURCES / "css" / "dev.css").read_text(encoding="utf-8")),
        WIDGET: widget(shop),
        "icon.svg": _icon(shop.brand),
        "robots.txt": f"{(SOURCES / 'robots.txt').read_text(encoding='utf-8')}\nSitemap: {shop.url}/sitemap.xml\n",
        "sitemap.xml": _sitemap([f"{shop.url}{page.path}" for page in pages if page.indexable]),
    }
    asked_for = [f"/{name.removesuffix('index.html')}" for name in made]
    return {**made, HEADERS: headers_file(asked_for, secure=shop.url.startswith("https:"))}


def _told(page: StaticPage, owners: OwnersFiles, css: str) -> dict[str, object]:
    canonical = f"{owners.shop.url}{page.path}" if page.indexable else ""
    return {"shop": owners.shop, "lang": owners.shop.locale, "css": css, "canonical": canonical, **page.told(owners)}


def hashed_name(name: str, content: bytes) -> str:
    """site.css → site.3f2a91c07b.css: it may be kept for ever, because it changes its name when it changes."""
    stem, _, ending = name.rpartition(".")
    return f"{stem}.{hashlib.sha256(content).hexdigest()[:10]}.{ending}"


def _sitemap(addresses: list[str]) -> str:
    listed = "".join(f"<url><loc>{escape(address)}</loc></url>\n" for address in addresses)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{listed}</urlset>\n'


def logo_of(shop: Shop, folder: Path) -> bytes:
    """The drawing beside shop.toml in `folder`, b"" where the shop goes by its name in letters."""
    return (folder / shop.brand.logo).read_bytes() if shop.brand.logo else b""


def worn(brand: Brand) -> str:
    """What the shop's colours and faces change of tokens.css; nothing where they are ours. Errors: ValueError for what is no colour."""
    if brand == Brand(logo=brand.logo):
        return ""
    found = palette(brand)
    named = {
        "act": found.act,
        "act-hover": found.hover,
        "act-soft": found.soft,
        "on-act": found.on_act,
        "garnet": found.ornament,
        "garnet-soft": found.ornament_soft,
    }
    light, dark = (";".join(f"--{name}:{pair[mode]}" for name, pair in named.items()) for mode in (0, 1))
    ours = Brand()
    faces = "".join(
        f";--f-{name}:{face(theirs)}"
        for name, theirs, default in (("voice", brand.voice, ours.voice), ("plain", brand.plain, ours.plain))
        if theirs != default
    )
    on_paper = f"--act:{found.act[0]};--garnet:{found.ornament[0]}"
    return f":root{{{light}{faces}}}@media (prefers-color-scheme:dark){{:root{{{dark}}}}}@media print{{:root{{{on_paper}}}}}"


def _icon(brand: Brand) -> str:
    drawn = (SOURCES / "icon.svg").read_text(encoding="utf-8")
    found = palette(brand)
    return drawn.replace('fill="#0e5350"', f'fill="{found.act[0]}"').replace('stroke="#fff"', f'stroke="{found.on_act[0]}"')


def _squeezed(css: str) -> str:
    """Without comments and line breaks; gzip does the rest."""
    return re.sub(r"\n\s*", "", re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL))
