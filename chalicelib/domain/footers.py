"""What stands in a mail's footer: why its person gets it, in their language, and whether it leads to what we know of them."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.domain.languages import ENGLISH, GERMAN
from chalicelib.domain.playbook import CLAIMANT, OWNER, RECIPIENT


def leads_to_preferences(to: str) -> bool:
    """`to`: whom the rule writes to. An address that nobody has confirmed may be a stranger's; a gift's recipient has one link, which forgets them; the
    owner is no customer.
    """
    return to not in (CLAIMANT, RECIPIENT, OWNER)


def for_person(
    rule: str, *, language: str = ENGLISH, giver: str = "", until: str = "", shop: str = "", soft: bool = False
) -> str:
    """`rule`: the rule's name. `giver`, `until`: for the recipient's note. `soft`: nobody said yes to it, they let it stand (soft_opt_in.py).
    A rule that has no sentence of its own gets a general one.
    """
    if soft:
        return _SOFT[language].format(shop=shop)
    sentences = _SENTENCES.get(language, _ENGLISH)
    if rule == "gift-note":
        return _gift_note(language, giver, until)
    return sentences.get(rule, sentences[""]).format(shop=shop)


def _gift_note(language: str, giver: str, until: str) -> str:
    if language == GERMAN:
        source = f"Sie bekommen diese eine Nachricht, weil {giver or 'jemand'} Ihnen etwas aus unserem Laden geschenkt hat."
        return (
            f"{source} Ihre Adresse haben wir {f'von {giver}' if giver else 'von dort'}, nur für diese Nachricht, und löschen sie am {until}. "
            "Sie stehen auf keiner Liste, und wir schreiben nicht noch einmal."
        )
    return (
        f"You have this one note because {giver or 'somebody'} sent you a gift from our shop. We have your address from "
        f"{giver or 'them'}, for this note alone, and delete it on {until}. You are not on any list, and we will not write again."
    )


_SOFT: Mapping[str, str] = {
    ENGLISH: (
        "You get this because you bought something from {shop} and did not say no, at the checkout, to hearing about things like it. "
        "You can say no at any time: one click below is enough."
    ),
    GERMAN: (
        "Sie bekommen diese Mail, weil Sie bei {shop} gekauft und an der Kasse nicht abgelehnt haben, von Ähnlichem zu hören. "
        "Sie können das jederzeit ablehnen: Ein Klick hier unten genügt."
    ),
}

_ENGLISH: Mapping[str, str] = {
    "": "You get this because of your dealings with {shop}.",
    "confirm-address": "You get this because somebody, we hope you, claimed a voucher from {shop} with this address.",
    "confirm-consent": "You get this because {shop} was told, we hope by you, that you would like to hear from us at this address.",
    "preferences-link": "You get this because somebody, we hope you, asked {shop} for it with this address.",
    "voucher": "You get this because you claimed our voucher.",
    "voucher-again": "You get this because you claimed our voucher.",
    "receipt": "You get this because you placed an order with us.",
    "on-its-way": "You get this because you placed an order with us.",
    "thank-you": "You get this because you placed an order with us. We thank you once for each.",
    "expectation": "You get this because you placed an order with us. We ask this after a first order, and then once a year at most.",
    "thanks-relay": "You get this because you gave somebody a gift from our shop, and they wrote back.",
    "voucher-runs-out": "You get this because you asked us to say when your voucher runs out.",
    "care": "You get this because you asked us to say when something that you bought from us is due.",
    "occasion": "You get this because you gave us this day and asked us to remind you of it.",
    "last-years-gift": "You get this because you asked us to remind you of the days on which you gave a gift.",
    "something-for-you": "You get this because you asked us to say when there is something that may be for you.",
    "invitation": "You get this because you said yes to hearing from {shop}. You need not do anything.",
    "still-welcome": "You get this because you said yes to hearing from {shop}, and we would like to be sure that it still holds.",
    "morning": "You get this because you keep {shop}. It comes on working days.",
    "confirm-entry": "You get this because somebody, we hope you, entered the draw of {shop} with this address.",
    "entered": "You get this because you entered our draw.",
    "won": "You get this because you entered our draw.",
    "competition-ended": "You get this because you entered our draw and asked us to say how it ended.",
}

_GERMAN: Mapping[str, str] = {
    "": "Sie bekommen diese Mail, weil Sie mit {shop} zu tun hatten.",
    "confirm-address": (
        "Sie bekommen diese Mail, weil jemand, wir hoffen Sie selbst, mit dieser Adresse einen Gutschein von {shop} angefordert hat."
    ),
    "confirm-consent": (
        "Sie bekommen diese Mail, weil jemand, wir hoffen Sie selbst, {shop} gesagt hat, dass Sie unter dieser Adresse von uns hören möchten."
    ),
    "preferences-link": (
        "Sie bekommen diese Mail, weil jemand, wir hoffen Sie selbst, bei {shop} mit dieser Adresse darum gebeten hat."
    ),
    "voucher": "Sie bekommen diese Mail, weil Sie unseren Gutschein angefordert haben.",
    "voucher-again": "Sie bekommen diese Mail, weil Sie unseren Gutschein angefordert haben.",
    "receipt": "Sie bekommen diese Mail, weil Sie bei uns bestellt haben.",
    "on-its-way": "Sie bekommen diese Mail, weil Sie bei uns bestellt haben.",
    "thank-you": "Sie bekommen diese Mail, weil Sie bei uns bestellt haben. Wir danken für jede Bestellung einmal.",
    "expectation": (
        "Sie bekommen diese Mail, weil Sie bei uns bestellt haben. Wir fragen nach der ersten Bestellung und dann höchstens einmal im Jahr."
    ),
    "thanks-relay": "Sie bekommen diese Mail, weil Sie etwas aus unserem Laden verschenkt haben und eine Antwort gekommen ist.",
    "voucher-runs-out": "Sie bekommen diese Mail, weil wir Ihnen sagen sollten, wann Ihr Gutschein abläuft.",
    "care": "Sie bekommen diese Mail, weil wir Ihnen sagen sollten, wann etwas, das Sie bei uns gekauft haben, wieder fällig ist.",
    "occasion": "Sie bekommen diese Mail, weil Sie uns diesen Tag genannt haben und daran erinnert werden wollten.",
    "last-years-gift": "Sie bekommen diese Mail, weil Sie an Tage erinnert werden wollten, an denen Sie etwas verschenkt haben.",
    "something-for-you": "Sie bekommen diese Mail, weil wir Ihnen sagen sollten, wenn es etwas gibt, das Ihnen gefallen könnte.",
    "invitation": "Sie bekommen diese Mail, weil Sie von {shop} hören wollten. Sie müssen nichts tun.",
    "still-welcome": "Sie bekommen diese Mail, weil Sie von {shop} hören wollten und wir sicher sein möchten, dass das noch gilt.",
    "morning": "Sie bekommen diese Mail, weil Sie {shop} führen. Sie kommt an Werktagen.",
    "confirm-entry": (
        "Sie bekommen diese Mail, weil jemand, wir hoffen Sie selbst, mit dieser Adresse an der Verlosung von {shop} teilnehmen wollte."
    ),
    "entered": "Sie bekommen diese Mail, weil Sie an unserer Verlosung teilnehmen.",
    "won": "Sie bekommen diese Mail, weil Sie an unserer Verlosung teilgenommen haben.",
    "competition-ended": (
        "Sie bekommen diese Mail, weil Sie an unserer Verlosung teilgenommen haben und wissen wollten, wie sie ausging."
    ),
}

_SENTENCES = {ENGLISH: _ENGLISH, GERMAN: _GERMAN}
