"""What the shop's own site says, as its owner writes it in shop/site.toml: the first page, and a page for each thing that it shows."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field


class Section(Struct, frozen=True, forbid_unknown_fields=True):
    """One [[home.section]]. `link`: where its last line leads, a path of this site or an address; `label`: what that line says."""

    title: str
    words: str
    link: str = ""
    label: str = ""


class Home(Struct, frozen=True, forbid_unknown_fields=True):
    """[home], the first page. `title`, "": the shop's line. `description`: what search engines show, "": `lede`. `picture`: the id of the page whose picture
    stands at the top; `label`: what the button to it says.
    """

    title: str = ""
    lede: str = ""
    description: str = ""
    picture: str = ""
    label: str = "See what we make"
    sections: tuple[Section, ...] = field(name="section", default=())


class Index(Struct, frozen=True, forbid_unknown_fields=True):
    """[products], the page that lists the others; its heading is the shop's `things`."""

    lede: str = ""
    description: str = ""


class Care(Struct, frozen=True, forbid_unknown_fields=True):
    """One [[page.care]]: a piece of advice."""

    title: str
    words: str


class ProductPage(Struct, frozen=True, forbid_unknown_fields=True):
    """One [[page]], at /products/<id>/. `short`: its name in a list, "": `name`. `words`: its story, paragraphs parted by blank lines. `picture`: a file beside site.toml;
    `hangs`: from the line under the header. `many`: a pair, or several. `alt`: what it shows, for who cannot see it. `product`: the name of the [[product]] in products.toml whose `care` stands first among the
    advice. `url`: where it is bought, "": the storefront. `facts`: what it is made of and the like, in the owner's order.
    """

    id: str
    name: str
    lede: str
    short: str = ""
    description: str = ""
    words: str = ""
    picture: str = ""
    hangs: bool = False
    many: bool = False
    alt: str = ""
    product: str = ""
    url: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    care: tuple[Care, ...] = ()

    @property
    def path(self) -> str:
        """On this site."""
        return f"/products/{self.id}/"


class Site(Struct, frozen=True, forbid_unknown_fields=True):
    """All of it; without a file a first page that goes by shop.toml alone."""

    home: Home = field(default_factory=Home)
    products: Index = field(default_factory=Index)
    pages: tuple[ProductPage, ...] = field(name="page", default=())

    def page(self, id_: str) -> ProductPage | None:
        """The one of that id."""
        return next((one for one in self.pages if one.id == id_), None)
