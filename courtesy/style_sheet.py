"""The site's one style sheet: site/css/ in the shop's colours and faces, without comments."""

from __future__ import annotations

import re
from pathlib import Path

from chalicelib.domain.brand import face, palette
from chalicelib.domain.shop import Brand

SOURCES = Path(__file__).parent.parent / "site"
PARTS = ("base.css", "pieces.css", "shop.css", "competition.css")
_TOKENS = {
    "act": "act", "act-hover": "hover", "act-soft": "soft", "on-act": "on_act", "garnet": "ornament", "garnet-soft": "ornament_soft",
}  # fmt: skip
"""What the style sheet calls the colours of a palette."""

_DARK = "@media (prefers-color-scheme:dark)"


def style_sheet(brand: Brand) -> str:
    """All that a page of the site is styled with. Errors: ValueError for what is no colour."""
    light, dark = worn(brand)
    by_day, _, by_night = source("tokens.css").partition(_DARK)
    tokens = f"{_set(by_day, light | _faces(brand))}{_DARK}{_set(by_night, dark)}"
    return tokens + "".join(_set(source(part), light) for part in PARTS)  # what is printed is light


def worn(brand: Brand) -> tuple[dict[str, str], dict[str, str]]:
    """Token → the shop's colour, in light and in dark, where it is another than ours. Errors: ValueError for what is no colour."""
    found, ours = palette(brand), palette(Brand())
    light: dict[str, str] = {}
    dark: dict[str, str] = {}
    for token, name in _TOKENS.items():
        theirs = getattr(found, name)
        if theirs != getattr(ours, name):
            light[token], dark[token] = theirs
    return light, dark


def icon(brand: Brand) -> str:
    """What a browser shows in its tab, in the brand's colour."""
    drawn = (SOURCES / "icon.svg").read_text(encoding="utf-8")
    found = palette(brand)
    return drawn.replace('fill="#0e5350"', f'fill="{found.act[0]}"').replace('stroke="#fff"', f'stroke="{found.on_act[0]}"')


def source(name: str) -> str:
    """One file of site/css/ without comments and line breaks; gzip does the rest."""
    css = (SOURCES / "css" / name).read_text(encoding="utf-8")
    return re.sub(r"\n\s*", "", re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL))


def _faces(brand: Brand) -> dict[str, str]:
    """Those that the owner chose; where they are ours the style sheet knows more of them than a mail needs."""
    ours = Brand()
    chosen = (("f-voice", brand.voice, ours.voice), ("f-plain", brand.plain, ours.plain))
    return {name: face(theirs) for name, theirs, default in chosen if theirs != default}


def _set(css: str, values: dict[str, str]) -> str:
    """The style sheet with these tokens set to these values, wherever it sets them."""
    return re.sub(
        r"--([\w-]+):([^;}]*)", lambda found: f"--{found[1]}:{values[found[1]]}" if found[1] in values else found[0], css
    )
