"""The static site's pages: at which address, from which template, told what, and whether search engines may list it.

To add a page, put its template into templates/pages/site/ (it is not shipped then) and a row into PAGES. Besides what its row says, each
page is told `shop`, `lang`, `css` (its style sheet's address) and `canonical` (its whole address, "" where it is not to be listed).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from chalicelib.adapters.local.platform import LocalWorld
from chalicelib.adapters.site_file import SITE, read_site
from chalicelib.domain import claim, retention
from chalicelib.domain.competition import ANSWER_WITHIN
from chalicelib.domain.playbook import Playbook
from chalicelib.domain.products import Products
from chalicelib.domain.shop import Shop
from chalicelib.domain.site import ProductPage, Site
from chalicelib.entrypoints.competition import empty_form
from chalicelib.entrypoints.forms import BOT_FIELD
from chalicelib.entrypoints.questions import EMPTY
from chalicelib.entrypoints.site_api import empty_claim
from courtesy import site_words
from courtesy.site_pictures import Shown, shown


class OwnersFiles(NamedTuple):
    """What the owner has written, read and checked."""

    shop: Shop
    playbook: Playbook
    products: Products
    site: Site = Site()
    folder: Path = Path()  # where they lie, with the pictures that they name


def owners_of(world: LocalWorld) -> OwnersFiles:
    """Those that a world is made from, and site.toml. Errors: Misconfigured."""
    folder = world.settings.shop
    return OwnersFiles(world.shop, world.playbook, world.products, read_site(folder / SITE), folder)


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


def _pictures(files: OwnersFiles) -> dict[str, Shown | None]:
    return {page.id: shown(page, files.folder) for page in files.site.pages}


def _home(files: OwnersFiles) -> Context:
    home = files.site.home
    first = files.site.page(home.picture)
    told = {
        "home": home,
        "first": first,
        "index": files.site.products,
        "things": [page for page in files.site.pages if page is not first],
    }
    return {**told, "pictures": _pictures(files), "offer": files.shop.offer}


def _index(files: OwnersFiles) -> Context:
    return {"index": files.site.products, "things": files.site.pages, "pictures": _pictures(files)}


def _thing(files: OwnersFiles, page: ProductPage) -> Context:
    sorted_as = next((one for one in files.products.products if one.name == page.product), None)
    others = [other for other in files.site.pages if other is not page]
    care = sorted_as.care if sorted_as else ""
    return {"thing": page, "picture": shown(page, files.folder), "care": care, "others": others, "offer": files.shop.offer}


def _empty_claim(files: OwnersFiles) -> Context:
    return empty_claim(files.shop)


def _empty_link(_: OwnersFiles) -> Context:
    return {"errors": [], "answers": {"email": "", BOT_FIELD: ""}}


def _empty_question(_: OwnersFiles) -> Context:
    return {"errors": [], "answers": EMPTY}


def _sent(files: OwnersFiles) -> Context:
    return site_words.sent(files.shop, files.playbook, files.products)


def _kept(files: OwnersFiles) -> Context:
    return site_words.kept(files.shop, files.playbook, files.products)


def _holds_draws(files: OwnersFiles) -> bool:
    return files.shop.competition is not None


def _empty_entry(files: OwnersFiles) -> Context:
    return empty_form(files.shop)


def _rules(_: OwnersFiles) -> Context:
    return {
        "kept_days": retention.ENTRY_AFTER_DRAW.days,
        "undrawn_days": retention.ENTRY_UNDRAWN.days,
        "unconfirmed_days": claim.LINK_LASTS.days,
        "answer_days": ANSWER_WITHIN.days,
    }


PAGES = (
    StaticPage("/", "site/home", _home, indexable=True),
    StaticPage("/products/", "site/products", _index, indexable=True),
    StaticPage("/voucher/", "voucher", _empty_claim, indexable=True),
    StaticPage("/claimed/", "site/claimed"),
    StaticPage("/what-we-send/", "site/what-we-send", _sent, indexable=True),
    StaticPage("/privacy/", "site/privacy", _kept, indexable=True),
    StaticPage("/ask/", "ask", _empty_question, indexable=True),
    StaticPage("/asked/", "site/asked"),
    StaticPage("/preferences/", "ask-preferences", _empty_link),
    StaticPage("/inbox/", "site/inbox"),
    StaticPage("/competition/", "competition", _empty_entry, indexable=True, wanted=_holds_draws),
    StaticPage("/competition/rules/", "site/competition-rules", _rules, indexable=True, wanted=_holds_draws),
    StaticPage("/counter/", "counter", _empty_entry, wanted=_holds_draws),
    StaticPage("/counter/entered/", "site/counter-entered", wanted=_holds_draws),
    StaticPage("/404.html", "site/not-found"),
)


def pages_of(files: OwnersFiles) -> tuple[StaticPage, ...]:
    """Those that this shop has: of the table, and one for each [[page]] of site.toml."""
    things = [
        StaticPage(one.path, "site/product", lambda files, one=one: _thing(files, one), indexable=True)  # type: ignore[misc]
        for one in files.site.pages
    ]
    return (*(page for page in PAGES if page.wanted(files)), *things)
