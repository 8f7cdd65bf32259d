"""The static site's pages: at which address, from which template, told what, and whether search engines may list it.

To add a page, put its template into templates/pages/site/ (it is not shipped then) and a row into PAGES. Besides what its row says, each
page is told `shop`, `lang`, `css` (its style sheet's address) and `canonical` (its whole address, "" where it is not to be listed).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from chalicelib.domain.playbook import Playbook
from chalicelib.domain.products import Products
from chalicelib.domain.shop import Shop, newsletter_wording
from chalicelib.entrypoints.questions import EMPTY


class OwnersFiles(NamedTuple):
    """What the owner has written, read and checked."""

    shop: Shop
    playbook: Playbook
    products: Products


Context = Mapping[str, object]


def _nothing(_: OwnersFiles) -> Context:
    return {}


def _always(_: OwnersFiles) -> bool:
    return True


class StaticPage(NamedTuple):
    """One page. `path` as it is asked for: one that ends in a slash is an index.html. `template`: below templates/pages/, without .html.
    `told`: what the template is told besides what all are. `wanted`: whether this shop has the page.
    """

    path: str
    template: str
    told: Callable[[OwnersFiles], Context] = _nothing
    indexable: bool = False
    wanted: Callable[[OwnersFiles], bool] = _always

    @property
    def file(self) -> str:
        """Below the site's root."""
        return f"{self.path}index.html".lstrip("/") if self.path.endswith("/") else self.path.lstrip("/")


def _offer(files: OwnersFiles) -> Context:
    return {"offer": files.shop.offer}


def _empty_claim(files: OwnersFiles) -> Context:
    wording = newsletter_wording(files.shop)
    return {
        "offer": files.shop.offer,
        "newsletter_wording": wording.text,
        "newsletter_version": wording.version,
        "errors": [],
        "answers": {"name": "", "email": "", "newsletter": False, "website": ""},
    }


def _empty_question(_: OwnersFiles) -> Context:
    return {"errors": [], "answers": EMPTY}


PAGES = (
    StaticPage("/", "site/home", _offer, indexable=True),
    StaticPage("/products/carrick-locket/", "site/product", _offer, indexable=True),
    StaticPage("/voucher/", "voucher", _empty_claim, indexable=True),
    StaticPage("/claimed/", "site/claimed"),
    StaticPage("/your-details/", "site/your-details", _offer, indexable=True),
    StaticPage("/ask/", "ask", _empty_question, indexable=True),
    StaticPage("/asked/", "site/asked"),
    StaticPage("/404.html", "site/not-found"),
)


def pages_of(files: OwnersFiles) -> tuple[StaticPage, ...]:
    """Those that this shop has."""
    return tuple(page for page in PAGES if page.wanted(files))
