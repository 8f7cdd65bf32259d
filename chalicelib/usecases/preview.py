"""What a rule's mail would look like, of somebody who does not exist; and a copy of it to the owner's own mailbox, marked as one."""

from __future__ import annotations

from chalicelib.domain.delivery import checked_header
from chalicelib.domain.headers import headers_for
from chalicelib.domain.identity import parse_address
from chalicelib.domain.playbook import EMAIL, Rule
from chalicelib.domain.shop import Shop
from chalicelib.domain.specimens import specimens
from chalicelib.domain.standing import SERVICE
from chalicelib.errors import Invalid, NotFound
from chalicelib.ports import Mail, Rendered, World

MARK = "[Preview]"
_ID = "preview"
"""In place of a person, in the id under which the mailer knows it: no follow-up has it, so no delivery event finds anything."""


def preview(world: World, name: str, language: str = "en") -> Rendered:
    """As the template says it of a specimen. Errors: NotFound (no such rule), Invalid (it sends no mail, or none in that language),
    Misconfigured (the template).
    """
    rule = _rule(world, name)
    spoken = world.renderer.languages(rule.written_with)
    if language not in spoken:
        raise Invalid(f"That mail is written in {', '.join(spoken)} only.", "language")
    full, _ = specimens(rule, world.shop, language)
    return world.renderer.mail(rule.written_with, full, language)


def send_preview(world: World, name: str, to: str, language: str = "en", *, anybody: bool = False) -> str:
    """To which address it went. `anybody`: the owner has said that it is not one of the shop's own, and meant it.

    Errors: as preview; Invalid (the address, or it is not the shop's own), MailRefused, MailUncertain.
    """
    address = parse_address(to).normalised
    if not anybody and address not in _own(world.shop):
        raise Invalid(f"{to} is none of the shop's own addresses. A specimen to somebody else needs --yes.", "email")
    rule, found, shop = _rule(world, name), preview(world, name, language), world.shop
    mail = Mail(
        to=checked_header(address),
        sender=checked_header(f'"{shop.name}" <{shop.sender}>'),
        reply_to=checked_header(shop.reply_to),
        subject=checked_header(f"{MARK} {found.subject}"),
        text=found.text,
        html=found.html,
        stream=SERVICE,
        headers=headers_for(_ID, SERVICE, shop.sender),
    )
    world.mailer.await_turn()
    world.mailer.send(f"{_ID}-{rule.name}-{world.ids.token()}", mail)
    return address


def _rule(world: World, name: str) -> Rule:
    rule = world.playbook.named(name)
    if rule is None:
        raise NotFound(f"The playbook has no rule {name}: it has {', '.join(one.name for one in world.playbook.rules)}.")
    if rule.channel != EMAIL:
        raise Invalid(f"The rule {name} goes by {rule.channel}, not by e-mail.", "rule")
    return rule


def _own(shop: Shop) -> set[str]:
    return {parse_address(one).normalised for one in (shop.owner, shop.reply_to, shop.sender) if one}
