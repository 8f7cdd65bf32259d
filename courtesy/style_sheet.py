"""The site's one style sheet: site/css/ in the shop's colours and faces, without comments."""

from __future__ import annotations

import re
from pathlib import Path

from chalicelib.domain.brand import face, palette
from chalicelib.domain.shop import Brand

SOURCES = Path(__file__).parent.parent / "site"
_PARTS = ("tokens.css", "base.css", "pieces.css", "shop.css")


def style_sheet(brand: Brand) -> str:
    """All that a page of the site is styled with."""
    return "".join(squeezed((SOURCES / "css" / part).read_text(encoding="utf-8")) for part in _PARTS) + worn(brand)


def worn(brand: Brand) -> str:
    """What the shop's colours and faces change of tokens.css; nothing where they are ours. Errors: ValueError for what is no colour."""
    if brand == Brand(logo=brand.logo, mail_logo=brand.mail_logo):
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


def icon(brand: Brand) -> str:
    """What a browser shows in its tab, in the brand's colour."""
    drawn = (SOURCES / "icon.svg").read_text(encoding="utf-8")
    found = palette(brand)
    return drawn.replace('fill="#0e5350"', f'fill="{found.act[0]}"').replace('stroke="#fff"', f'stroke="{found.on_act[0]}"')


def squeezed(css: str) -> str:
    """Without comments and line breaks; gzip does the rest."""
    return re.sub(r"\n\s*", "", re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL))
