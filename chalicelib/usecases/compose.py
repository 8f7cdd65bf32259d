"""From a case to the mail that would go: what each template is told, and the headers that every mail carries."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.domain.calendar import long_date
from chalicelib.domain.claim import LINK_LASTS, link_scope
from chalicelib.domain.consent import Wording, consent_key
from chalicelib.domain.delivery import checked_header
from chalicelib.domain.footers import for_person
from chalicelib.domain.identity import first_name
from chalicelib.domain.money import Money, exact
from chalicelib.domain.order import Line, View
from chalicelib.domain.playbook import GIVER, RECIPIENT, Rule
from chalicelib.domain.screening import Case
from chalicelib.domain.shop import wording_of
from chalicelib.domain.standing import SERVICE
from chalicelib.errors import Misconfigured
from chalicelib.ports import STOP, Mail, World
from chalicelib.usecases.confirm_claim import PURPOSE as CONFIRM
from chalicelib.usecases.stop import GIFT_SCOPE, STOP_ALL
from chalicelib.usecases.write_thanks import PURPOSE as THANK

Context = dict[str, object]
KEPT_DAYS, RECIPIENT_KEPT_DAYS = 90, 30


def compose(world: World, case: Case) -> Mail:
    """The mail, whole. Errors: Misconfigured (a template or its data), Invalid (a header)."""
    shop, follow_up = case.shop, case.follow_up
    if case.rule is None:
        raise Misconfigured("The playbook has no rule for it.")
    stop = _stop_token(world, case) if follow_up.message_class != SERVICE else ""
    context: Context = {
        "shop": shop,
        "lang": shop.locale,
        "name": first_name(case.name),
        "stop_url": f"{shop.url}/api/stop?t={stop}" if stop else "",
        "stop_label": "Remove my address now" if follow_up.role == RECIPIENT else "Stop mail like this",
        **_told(world, case, case.rule),
    }
    context.setdefault("reason", for_person(case.rule.name, shop=shop.name))
    rendered = world.renderer.mail(case.rule.written_with, context)
    headers = [("Auto-Submitted", "auto-generated")]
    if stop:
        headers += [
            ("List-Unsubscribe", f"<{shop.url}/api/stop?t={stop}>"),
            ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        ]
    return Mail(
        to=checked_header(case.address),
        sender=checked_header(f'"{shop.name}" <{shop.sender}>'),
        reply_to=checked_header(shop.reply_to),
        subject=checked_header(rendered.subject),
        text=rendered.text,
        html=rendered.html,
        stream=follow_up.message_class,
        headers=tuple((name, checked_header(value)) for name, value in headers),
        kept_days=RECIPIENT_KEPT_DAYS if follow_up.role in (RECIPIENT, GIVER) else KEPT_DAYS,
    )


def _stop_token(world: World, case: Case) -> str:
    scope = f"{GIFT_SCOPE}{case.follow_up.id}" if case.follow_up.role == RECIPIENT else STOP_ALL
    return world.links.make(STOP, case.follow_up.person, scope, None)


def _told(world: World, case: Case, rule: Rule) -> Context:
    """What the template of the rule's trigger says beyond the common things."""
    match rule.trigger:
        case "claim":
            return _claim(world, case)
        case "claim again" | "confirmed":
            return _voucher(world, case, again=rule.trigger == "claim again")
        case "thanks":
            return _thanks(case)
        case _ if case.follow_up.role == RECIPIENT:
            return _note(world, case)
        case _:
            return _order(case)


def _confirm_link(world: World, case: Case) -> str:
    scope = link_scope(case.follow_up.anchor, case.follow_up.extra["claim"])
    token = world.links.make(CONFIRM, case.follow_up.person, scope, case.follow_up.created_at + LINK_LASTS)
    return f"{case.shop.url}/api/confirm?t={token}"


def _ticked(case: Case) -> Wording | None:
    """The very words beside the box that they ticked."""
    version = case.follow_up.extra.get("newsletter")
    return wording_of(case.shop, int(version)) if version else None


def _words(case: Case) -> str:
    wording = _ticked(case)
    return wording.text if wording is not None else ""


def _claim(world: World, case: Case) -> Context:
    if case.claim is None:
        raise Misconfigured("The claim is gone from the table.")
    offer = case.claim.offer
    return {
        "link": _confirm_link(world, case),
        "value": str(offer.value),
        "minimum": str(offer.minimum),
        "link_days": LINK_LASTS // timedelta(days=1),
        "newsletter": _ticked(case) is not None,
        "newsletter_wording": _words(case),
        "name": "",
    }


def _voucher(world: World, case: Case, *, again: bool) -> Context:
    if case.voucher is None:
        raise Misconfigured("The voucher is gone from the table.")
    wording = _ticked(case)
    open_question = wording is not None and consent_key(wording.purpose, wording.channel) not in case.standing.consents
    return {
        "code": case.voucher.code,
        "value": str(case.voucher.value),
        "minimum": str(case.voucher.minimum),
        "expires": long_date(case.voucher.ends_at, case.shop.zone),
        "over": "used" if case.voucher.redeemed_by else "ended" if case.now > case.voucher.ends_at else "",
        "again": again,
        "consent_link": _confirm_link(world, case) if open_question else "",
        "newsletter_wording": _words(case),
    }


def _order(case: Case) -> Context:
    if case.order is None or case.order.view is None:
        raise Misconfigured("The order is gone from the table.")
    view = case.order.view
    tracked = next((p for p in case.order.parcels if not p.failed and (p.tracking or p.tracking_url)), None)
    return {
        "number": view.confirmation or view.number,
        "is_gift": case.order.is_gift,
        "placed": long_date(view.placed_at, case.shop.zone),
        "lines": [
            {"title": line.title, "quantity": line.quantity, "price": exact(Money(line.price, view.total.currency))}
            for line in (*view.lines, *_sums(view))
        ],
        "more_lines": view.more_lines,
        "items": [line.title for line in view.lines],
        "total": exact(view.total),
        "charged": exact(view.charged) if view.charged is not None else "",
        "status_url": view.status_url,
        "terms": case.shop.terms,
        "withdrawal": case.shop.withdrawal,
        "carrier": tracked.carrier if tracked else "",
        "tracking_number": tracked.tracking if tracked else "",
        "tracking_url": tracked.tracking_url if tracked else "",
    }


def _sums(view: View) -> list[Line]:
    """What stands between the lines and the total, so that a receipt adds up."""
    named = (("Postage", view.postage), ("Tax", view.tax), ("Discount" if view.other < 0 else "Other charges", view.other))
    return [Line(name, 1, amount) for name, amount in named if amount]


def _giver(case: Case) -> str:
    return first_name(case.order.view.buyer.name) if case.order is not None and case.order.view is not None else ""


def _note(world: World, case: Case) -> Context:
    if case.order is None or case.order.gift_until is None:
        raise Misconfigured("The gift's day of deletion is not known.")
    until = long_date(case.order.gift_until, case.shop.zone)
    token = world.links.make(THANK, case.follow_up.person, case.follow_up.id, case.order.gift_until)
    return {
        "giver": _giver(case),
        "thanks_url": f"{case.shop.url}/api/thanks?t={token}",
        "delete_on": until,
        "reason": for_person("gift-note", giver=_giver(case), until=until),
    }


def _thanks(case: Case) -> Context:
    if case.gift is None or not case.gift.thanks:
        raise Misconfigured("The recipient's words have been deleted.")
    return {"recipient": first_name(case.gift.recipient), "message": case.gift.thanks}
