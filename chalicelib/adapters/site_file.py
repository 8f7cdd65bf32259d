"""shop/site.toml, read and checked, with the pictures that it names. Only the machine that builds the site needs it."""

from __future__ import annotations

from pathlib import Path

from chalicelib.adapters.pictures import wrong_with
from chalicelib.adapters.shop_files import Looked, look_at_file, nothing_to_prepare, read_file
from chalicelib.domain.fault import Fault
from chalicelib.domain.mending.site import mends
from chalicelib.domain.site import Site

SITE = "site.toml"


def read_site(path: Path) -> Site:
    """site.toml; without the file a first page that goes by shop.toml. Errors: Misconfigured."""
    return read_file(path, Site, nothing_to_prepare, lambda site: _mends(site, path.parent)) if path.exists() else Site()


def look_at_site(path: Path) -> Looked[Site]:
    """site.toml, with all that is wrong with it; nothing is where it is missing."""
    if not path.exists():
        return Looked((), Site(), located=lambda _: (), sound=lambda _: True)
    return look_at_file(path, Site, nothing_to_prepare, lambda site: _mends(site, path.parent))


def _mends(site: Site, folder: Path) -> list[Fault]:
    pictures = [(("page", at, "picture"), page) for at, page in enumerate(site.pages) if page.picture]
    found = [
        Fault(where, f'Page "{page.id}": {wrong}') for where, page in pictures if (wrong := wrong_with(folder, page.picture))
    ]
    return [*mends(site), *found]
