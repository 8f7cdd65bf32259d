"""The playbook: which message follows what, to whom, when, and under which manners. The owner's file, and nothing is decided elsewhere."""

from __future__ import annotations

from typing import Literal

import msgspec
from msgspec import Struct

CLAIMANT, CONTACT, BUYER, RECIPIENT, GIVER, OWNER = "claimant", "contact", "buyer", "recipient", "giver", "owner"
ENTRANT = "entrant"
"""Who has confirmed an entry in the competition, and need not be anything else."""

Trigger = Literal[
    "claim", "claim again", "confirmed", "consent", "preferences", "order", "dispatch", "arrival", "thanks",
    "voucher ends", "product life", "occasion", "last year's gift", "item", "next order overdue", "silence", "no response",
    "packed", "working day",
    "entry", "entered", "won", "drawn",
]  # fmt: skip
"""The first nine happen. The next eight are found by looking at all that is known of one person (domain/triggers). What is packed gets
paper, and each working day the owner a mail. The last four are the competition's: somebody enters, their entry counts, they have won, others learn that
it was drawn.
"""

EMAIL, POST, CALL, PARCEL = "e-mail", "post", "call", "parcel"

Need = Literal["unredeemed", "no order since", "interest"]


class Rule(Struct, frozen=True, forbid_unknown_fields=True):
    """One line of the playbook. A rule's place is its priority: of marketing, where not all may go, those above go first.

    `template`: the folder under templates/email, or the sheet under templates/print; "" is the rule's own name. `purpose`: which
    consent it rests on. `send_hour`: None is the shop's. `audience`: whose orders. `needs`: what must still be true when it goes.
    `unless`: what the storefront may do itself, which makes the rule fall away. `expires_after`: days; 0 is its class's own.
    `once`: the person gets it once for each order, once ever, or once a year; "" is once for each thing that it is about.
    """

    name: str
    trigger: Trigger
    to: Literal["claimant", "contact", "entrant", "buyer", "recipient", "giver", "owner"]
    message_class: Literal["service", "courtesy", "marketing"] = msgspec.field(name="class")
    template: str = ""
    purpose: str = ""
    channel: Literal["e-mail", "post", "call", "parcel"] = "e-mail"
    after_days: int = 0
    before_days: int = 0
    send_hour: int | None = None
    audience: Literal["everyone", "own", "gift", "first order", "repeat"] = "everyone"
    needs: tuple[Need, ...] = ()
    unless: Literal["", "storefront sends receipt", "storefront sends dispatch"] = ""
    expires_after: int = 0
    once: Literal["", "order", "person", "year"] = ""
    mode: Literal["on", "ask", "off"] = "on"

    @property
    def written_with(self) -> str:
        """The template's name."""
        return self.template or self.name


class Playbook(Struct, frozen=True, forbid_unknown_fields=True):
    """All rules, in the owner's order; `rule` in the file because TOML repeats [[rule]]."""

    rules: tuple[Rule, ...] = msgspec.field(name="rule")

    def of(self, trigger: Trigger) -> tuple[Rule, ...]:
        """Those that a trigger sets off; one that is switched off is not among them."""
        return tuple(rule for rule in self.rules if rule.trigger == trigger and rule.mode != "off")

    def named(self, name: str) -> Rule | None:
        """The rule of that name, or None when the owner took it out."""
        return next((rule for rule in self.rules if rule.name == name), None)

    def place(self, name: str) -> int:
        """0 for the first, which goes before all others; of a rule that is gone, behind the last."""
        return next((place for place, rule in enumerate(self.rules) if rule.name == name), len(self.rules))
