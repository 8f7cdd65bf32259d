"""The owner's pictures on the static site: drawings in the pages, photographs and logos as files with a hash in their names."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import NamedTuple

from markupsafe import Markup

from chalicelib.adapters.pictures import Picture, read_mail_logo, read_picture
from chalicelib.domain.shop import Shop
from chalicelib.domain.site import ProductPage, Site

LOGO, MAIL_LOGO = "logo.svg", "mail-logo.png"
"""Names that never change, for whatever is rendered where no site is: pages of the API, and mails."""


class Shown(NamedTuple):
    """As a template shows it: `drawing` in the page, or else `src`, with its size in pixels."""

    alt: str
    drawing: Markup = Markup()
    src: str = ""
    width: int = 0
    height: int = 0


def hashed_name(name: str, content: bytes) -> str:
    """site.css → site.3f2a91c07b.css: it may be kept for ever, because it changes its name when it changes."""
    stem, _, ending = name.rpartition(".")
    return f"{stem}.{hashlib.sha256(content).hexdigest()[:10]}.{ending}"


def shown(page: ProductPage, folder: Path) -> Shown | None:
    """The page's picture, None where it has none. Errors: ValueError."""
    if not page.picture:
        return None
    found = read_picture(folder, page.picture, page.id)
    if found.drawing:
        return Shown(page.alt, drawing=Markup(found.drawing))  # noqa: S704 - read_picture knows each of its parts
    return Shown(page.alt, src=f"/{_file(found)}", width=found.width, height=found.height)


def files(shop: Shop, site: Site, folder: Path) -> dict[str, bytes]:
    """Path below the site's root → content: photographs, and the logos that the shop has. Errors: ValueError, OSError."""
    found = [read_picture(folder, page.picture, page.id) for page in site.pages if page.picture]
    made = {_file(one): one.content for one in found if one.content}
    if drawing := logo_of(shop, folder):
        made |= {LOGO: drawing, hashed_name(LOGO, drawing): drawing}
    if shop.brand.mail_logo:
        made[MAIL_LOGO] = read_mail_logo(folder, shop.brand.mail_logo).content
    return made


def logo_of(shop: Shop, folder: Path) -> bytes:
    """The drawing beside shop.toml in `folder`, b"" where the shop goes by its name in letters. Errors: OSError."""
    return (folder / shop.brand.logo).read_bytes() if shop.brand.logo else b""


def _file(picture: Picture) -> str:
    return f"pictures/{hashed_name(picture.name, picture.content)}"
