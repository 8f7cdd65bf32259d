"""Each mail as compose would tell it, of people and things that we made up. For checking and for pictures."""

from __future__ import annotations

from chalicelib.domain.footers import for_person, leads_to_preferences
from chalicelib.domain.identity import first_name
from chalicelib.domain.languages import ENGLISH, GERMAN, PHRASES, tag
from chalicelib.domain.standing import SERVICE
from tests.adapters.test_templates import BY_CLASS, TEMPLATES, context
from tests.support.world import shipped_playbook

IN_GERMAN: dict[str, object] = {
    "value": "15 €",
    "minimum": "60 €",
    "expires": "20. Februar 2027",
    "placed": "22. November 2026",
    "lines": [
        {"title": "Medaillon Carrick, Silber", "quantity": 2, "price": "96,00 €"},
        {"title": "Ankerkette, 45 cm", "quantity": 1, "price": "12,00 €"},
        {"title": "Versand", "quantity": 1, "price": "4,50 €"},
    ],
    "items": ["Medaillon Carrick, Silber", "Ankerkette, 45 cm"],
    "total": "112,50 €",
    "charged": "",
    "carrier": "DHL",
    "message": "Lieber Daniel,\n\nes ist wunderschön. Am Sonntag habe ich es getragen.\n\nRuth",
    "newsletter_wording": "Schicken Sie mir auch den Newsletter: neue Stücke, Pflege, Werkstatttage. Eine E-Mail im Monat.",
    "terms": "Verkauft von Pellow & Wren Ltd, Falmouth. Die Preise enthalten die Umsatzsteuer.",
    "withdrawal": "Sie können binnen 14 Tagen nach Erhalt ohne Angabe von Gründen widerrufen.",
}


def mail_html(mail: str, language: str) -> str:
    """Its HTML part."""
    told = context(mail, lang=tag(language, "en-GB"))
    if language == ENGLISH and "name" in told:
        told["name"] = first_name(str(told["name"]))
    if language == GERMAN:
        told |= {name: value for name, value in IN_GERMAN.items() if name in told}
    note, said = mail == "gift-note", PHRASES[language]
    until = "31. Dezember 2026" if language == GERMAN else "31 December 2026"
    told["reason"] = for_person(mail, language=language, giver="Daniel", until=until, shop="Pellow & Wren")
    told |= {"stop_label": said.remove if note else said.stop, "preferences_label": said.preferences}
    if not all(leads_to_preferences(rule.to) for rule in shipped_playbook().rules if rule.written_with == mail):
        told["preferences_url"] = ""
    if mail in BY_CLASS[SERVICE]:
        told["stop_url"] = ""
    return TEMPLATES.mail(mail, told, language).html
