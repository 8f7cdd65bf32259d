"""What the use cases need from the world, as narrow as they need it.

Table, Queue, Mailer, Blob, Clock and Secrets have an adapter for each platform; where both can be asked the same questions,
tests/contract does. bootstrap.py and adapters/local/platform.py say which are in use.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from msgspec import Struct

from chalicelib.domain.customer import ConsentSaid, PrivacyRequest
from chalicelib.domain.journal import Line as JournalLine
from chalicelib.domain.order import Learnt, Line
from chalicelib.domain.playbook import Playbook
from chalicelib.domain.products import Products
from chalicelib.domain.shop import Shop
from chalicelib.domain.voucher import Voucher
from chalicelib.errors import CourtesyError
from chalicelib.table import HIGHEST, Action, IndexPage, Item, Key, Page


class Table(Protocol):
    """One table, one index. All methods may raise Busy; writes may raise Lost and Refused."""

    def get(self, key: Key, *, strong: bool = True) -> Item | None:
        """The item, or None."""
        ...

    def get_many(self, keys: Sequence[Key], *, strong: bool = True) -> dict[Key, Item]:
        """Those that are there; any number of keys, repeats allowed. Not strong costs half and may be a moment old."""
        ...

    def query(
        self, pk: str, *, low: str = "", high: str = HIGHEST, limit: int = 100, after: str | None = None, newest: bool = False
    ) -> Page:
        """A partition's items with low <= sk <= high, in order of sk's UTF-8 bytes. Strong."""
        ...

    def query_index(
        self, index: str, pk: str, *, low: str = "", high: str = HIGHEST, limit: int = 100, after: str | None = None
    ) -> IndexPage:
        """An index partition's lines with low <= sort <= high, in order. May be a moment old: read the items before you believe it."""
        ...

    def scan(self, *, limit: int = 1000, after: str | None = None) -> Page:
        """Everything, in no promised order. For the owner's lists and for upkeep, never for a visitor."""
        ...

    def write(self, action: Action) -> None:
        """One Put, Update or Delete."""
        ...

    def transact(self, actions: Sequence[Action], token: str) -> None:
        """All or nothing; 1 to 100 actions on different items. The same token and actions within ten minutes write once.

        `token`: 1 to 36 characters, new for each decision, the same for each retry of it.
        """
        ...

    def identity(self) -> str:
        """What tells this very table from its copies and from what it may be restored to."""
        ...


class Message(Struct, frozen=True):
    """A queue's message in hand. `receives` counts how often it was handed out, this time included."""

    body: Mapping[str, Any]
    receives: int = 1


class Queue(Protocol):
    """Hints, never truth: what a message points to is looked up again. Delivered at least once, in any order."""

    def put(self, queue: str, body: Mapping[str, object]) -> None:
        """Queue one message (under 256 KiB). `queue` is one of QUEUES. Errors: Retryable."""
        ...


WEBHOOKS, DUE_NOW, EVENTS, ERRANDS = "webhooks", "due-now", "events", "errands"
QUEUES = (WEBHOOKS, DUE_NOW, EVENTS, ERRANDS)


class Mail(Struct, frozen=True):
    """One mail, ready to go: rendered, every header value a single line (domain/delivery.py checks).

    `stream`: service | courtesy | marketing, the message class, which picks the configuration set.
    `kept_days`: how long a mailer that keeps bodies may keep this one.
    """

    to: str
    sender: str
    reply_to: str
    subject: str
    text: str
    html: str
    stream: str
    headers: tuple[tuple[str, str], ...] = ()
    kept_days: int = 90


class MailRefused(CourtesyError):
    """The mailer definitely did not take it. `permanent`: it never will (the message is at fault, not the moment)."""

    def __init__(self, sentence: str, *, permanent: bool) -> None:
        super().__init__(sentence)
        self.permanent = permanent


class MailUncertain(CourtesyError):
    """It may or may not have been taken: timeout, connection cut, 5xx. Only a delivery event can tell."""


class Mailer(Protocol):
    """One attempt a call, never a retry inside."""

    @property
    def name(self) -> str:
        """Kept with each authorisation, so that nobody asks one mailer what became of another's mail."""
        ...

    @property
    def probe(self) -> str:
        """An address that takes any mail and makes an event of it, to ask whether events flow; "" where there are no events at all."""
        ...

    def rate(self) -> float:
        """How many mails a second it takes from us."""
        ...

    def await_turn(self) -> None:
        """Comes back as soon as one more mail keeps to that rate."""
        ...

    def send(self, follow_up_id: str, mail: Mail) -> str:
        """The provider's message id. The follow-up's id travels along and comes back with each delivery event.

        Errors: MailRefused, MailUncertain.
        """
        ...

    def forget(self, follow_up_ids: Sequence[str]) -> None:
        """Of these mails, which went out, nothing is kept any more; a mailer that keeps none has nothing to do."""
        ...

    def sweep(self, now: datetime) -> int:
        """Forgets what was kept for its days (Mail.kept_days). How many; 0 of a mailer that keeps none."""
        ...


class Blob(Protocol):
    """Bytes under a name. Names are made by us, from [a-z0-9/-]."""

    def put(self, name: str, data: bytes) -> None:
        """Store or replace. Errors: Retryable."""
        ...

    def get(self, name: str) -> bytes:
        """Errors: NotFound, Retryable."""
        ...

    def delete(self, name: str) -> None:
        """Gone; no error where there was nothing. Errors: Retryable."""
        ...

    def names(self, prefix: str) -> list[str]:
        """All names below the folder `prefix`, sorted. Errors: Retryable."""
        ...

    def sweep(self, older_than: datetime, *, under: str) -> int:
        """Deletes what was put before that, below the folder `under`. How many. Errors: Retryable."""
        ...


class Journal(Protocol):
    """Append-only, and kept apart from the table: it outlives a table that is put back to an earlier day."""

    def append(self, lines: Sequence[JournalLine]) -> None:
        """Durable when it returns; several lines all or none. Errors: Retryable, and then they may be there or not."""
        ...

    def read(self) -> Iterator[JournalLine]:
        """All lines, in the order in which they were written, as far as clocks can tell.

        Errors: Retryable; Misconfigured for a line that this version does not understand.
        """
        ...


class Rendered(Struct, frozen=True):
    """What a mail says."""

    subject: str
    text: str
    html: str


class Renderer(Protocol):
    """Shipped templates only; every placeholder must have its value."""

    def languages(self, template: str) -> tuple[str, ...]:
        """Those in which the mail is written whole: one or more of domain.languages.LANGUAGES, none where there is no such mail."""
        ...

    def mail(self, template: str, context: Mapping[str, object], language: str = "en") -> Rendered:
        """templates/email/<template>/{subject.txt,body.txt,body.html}, in that language. Errors: Misconfigured with the template and what is
        missing.
        """
        ...

    def page(self, template: str, context: Mapping[str, object]) -> str:
        """templates/pages/<template>.html as a whole HTML document. Errors: Misconfigured."""
        ...

    def sheet(self, template: str, context: Mapping[str, object]) -> str:
        """templates/print/<template>.html as a whole HTML document, to be printed. Errors: Misconfigured."""
        ...


class Clock(Protocol):
    """Time as the use cases see it."""

    def now(self) -> datetime:
        """Aware, UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds from an arbitrary start; never goes back. For the sending fence."""
        ...


class Zones(Protocol):
    """Time zones by place."""

    def of(self, country: str, region: str = "") -> tuple[str, ...]:
        """Every zone, as an IANA name, by whose clocks somebody there may live. `country`: two letters; `region`: the part after the dash of
        ISO 3166-2, such as "CA", or "". Empty for a country that is not known.
        """
        ...


class SecretValues(Struct, frozen=True):
    """All secrets, in one piece. Every field without a default is required; an empty one is refused on reading.

    `api`: what opens the storefront's own API, such as "shopify/token". `checkout`: the key with which other checkouts ask about vouchers,
    "" where none may.
    `people`: the pepper under which addresses are hashed to person ids; never rotated.
    `links`: key id → key; `link_key` names the one that signs. Those listed in `retired` still open stop links, and nothing else.
    `webhooks`: storefront → live secrets, newest first, at most two.
    `origin`: the header value by which CloudFront proves itself.
    `live_table`: the identity of the one table from which mail may go out; from any other nothing is sent. Two, between spaces, while
    a table changes its own.
    """

    people: str
    links: Mapping[str, str]
    link_key: str
    webhooks: Mapping[str, tuple[str, ...]]
    origin: str
    retired: tuple[str, ...] = ()
    live_table: str = ""
    api: Mapping[str, str] = {}
    checkout: str = ""

    def opens(self, storefront: str) -> bool:
        """Whether there is a key to its API."""
        return any(name.startswith(f"{storefront}/") for name in self.api)


class Secrets(Protocol):
    """Read once a process, lazily."""

    def read(self) -> SecretValues:
        """Errors: Misconfigured when one is missing or empty."""
        ...

    def name_live_table(self, identity: str) -> None:
        """From now on this is the live table; whoever reads the secrets next knows it. Errors: Misconfigured, Retryable."""
        ...

    def keep(self, name: str, value: str) -> None:
        """A storefront's webhook secret or API key, in place of what stood there; no other secret can be changed. Errors: Misconfigured, Retryable."""
        ...


class Ids(Protocol):
    """Randomness, so that tests and the simulator can replay it."""

    def token(self) -> str:
        """A fresh opaque id, 26 characters of [a-z0-9], at least 120 random bits."""
        ...

    def bits(self, count: int) -> int:
        """A uniform random integer below 2**count."""
        ...


class Opened(Struct, frozen=True):
    """What a link was made for."""

    person: str
    scope: str


STOP = "stop"
"""The purpose of a link that never runs out and outlives its key."""


class Links(Protocol):
    """Signed, scoped links: whoever holds one may do that one thing, nobody else may."""

    def make(self, purpose: str, person: str, scope: str, expires: datetime | None) -> str:
        """A URL-safe token. `purpose` STOP takes no expiry, every other needs one."""
        ...

    def open(self, token: str, purpose: str, now: datetime) -> Opened:
        """Errors: Unverified, for a wrong, foreign or run-out token."""
        ...


class Delivery(Struct, frozen=True):
    """What an order webhook says of itself, before its body is understood. `id` is the same for every repeat of it; `also`: another name
    by which a repeat may be known, or "".
    """

    topic: str
    id: str
    also: str = ""


class Ignored(Struct, frozen=True):
    """Nothing is learnt from it, and why: a part of a sentence, without personal data."""

    why: str


Heard = Learnt | ConsentSaid | PrivacyRequest | Ignored
"""What can come of an event."""


class Storefront(Protocol):
    """One way of sending order webhooks. All of it is pure."""

    def greets(self, headers: Mapping[str, str], raw: bytes) -> bool:
        """Whether it is the unsigned hello of a webhook that was just set up: answered, and otherwise nothing."""
        ...

    def verify(self, headers: Mapping[str, str], raw: bytes, secrets: Sequence[str], now: datetime) -> None:
        """Errors: Unverified, saying what is missing or wrong, unless one of the secrets signed exactly these bytes, and lately where
        the scheme has a time. Header names are lower case.
        """
        ...

    def identify(self, headers: Mapping[str, str], raw: bytes) -> Delivery:
        """Errors: Invalid when it does not say what it is about."""
        ...

    def learn(self, topic: str, raw: bytes) -> Heard:
        """Errors: Invalid, with what is wrong with the body."""
        ...

    def sign(self, topic: str, raw: bytes, secret: str, now: datetime, nonce: str) -> dict[str, str]:
        """The headers with which the storefront would send it, to play the storefront. `nonce`: the delivery's own id."""
        ...


class Changed(Struct, frozen=True):
    """Some of the orders that changed, each as (topic, raw body) for `Storefront.learn`. `next`: where to go on, "" at the end."""

    events: tuple[tuple[str, bytes], ...]
    next: str = ""


class Proof(Struct, frozen=True):
    """What a storefront lets us see. `orders`: how many of the newest were looked at; `named`, `addressed`: how many of these told the
    buyer's name and e-mail address. `version`: of the API that answered; `pinned`: the one that we asked for, "" where there is no choice. `missing`: scopes that we
    still need.
    """

    shop: str
    orders: int
    named: int
    addressed: int
    version: str
    missing: tuple[str, ...] = ()
    pinned: str = ""


class Subscribed(Struct, frozen=True):
    """`topics` that are now sent to us. `secret`: what they are signed with, where the storefront chose it, else ""."""

    topics: tuple[str, ...]
    secret: str = ""


class Office(Protocol):
    """The storefront's back office, asked over its API. Every call may be repeated, and none waits for ever.

    Errors of all: Retryable (nobody answered, or too many asked); Misconfigured (keys or scopes are wrong, with the way out); Invalid (it
    says no, with what it said).
    """

    def register(self, voucher: Voucher) -> None:
        """The checkout takes the code, once, until it ends. That it is there already is fine."""
        ...

    def void(self, code: str) -> None:
        """The checkout takes the code no more. That it was never there is fine."""
        ...

    def unsubscribe(self, address: str, at: datetime) -> bool:
        """The customer's own consent there ends, as of `at`. False where the storefront keeps none, or does not know them."""
        ...

    def lines(self, ask: str) -> tuple[Line, ...]:
        """The lines of an order whose events do not carry them (Learnt.ask)."""
        ...

    def changed(self, since: datetime, after: str = "") -> Changed:
        """Orders that changed at `since` or later, oldest change first; `after`: the `next` of the page before."""
        ...

    def prove(self) -> Proof:
        """Reads the newest orders, to see what arrives."""
        ...

    def subscribe(self, url: str, secret: str) -> Subscribed:
        """Has its events posted to `url`, signed with `secret` where we may choose it. What was subscribed before is left or mended, never doubled."""
        ...


class World(Protocol):
    """Everything outside the rules, each made on first use. bootstrap.py has the real ones, the tests theirs."""

    @property
    def table(self) -> Table:
        """The one table."""
        ...

    @property
    def queue(self) -> Queue:
        """Hints to the workers."""
        ...

    @property
    def mailer(self) -> Mailer:
        """Where mail goes."""
        ...

    @property
    def blob(self) -> Blob:
        """Raw webhooks."""
        ...

    @property
    def journal(self) -> Journal:
        """What a restored table must be told."""
        ...

    @property
    def worker(self) -> str:
        """The name under which this worker takes leases: no other that may be alive has it."""
        ...

    def name_live_table(self, identity: str) -> None:
        """As Secrets; `secrets` says so at once."""
        ...

    @property
    def renderer(self) -> Renderer:
        """Mails and pages."""
        ...

    @property
    def clock(self) -> Clock:
        """The time."""
        ...

    @property
    def zones(self) -> Zones:
        """Time zones by place."""
        ...

    @property
    def secrets(self) -> SecretValues:
        """Errors: Misconfigured."""
        ...

    @property
    def links(self) -> Links:
        """Signed links."""
        ...

    @property
    def ids(self) -> Ids:
        """Randomness."""
        ...

    @property
    def shop(self) -> Shop:
        """The owner's settings. Errors: Misconfigured."""
        ...

    @property
    def playbook(self) -> Playbook:
        """The owner's rules. Errors: Misconfigured."""
        ...

    @property
    def products(self) -> Products:
        """What the owner sells, as far as products.toml tells. Errors: Misconfigured."""
        ...

    @property
    def storefronts(self) -> Mapping[str, Storefront]:
        """By name, as in the webhook's path."""
        ...

    @property
    def office(self) -> Office | None:
        """The storefront's API, or None where the shop has given no key to it. Errors: Misconfigured."""
        ...
