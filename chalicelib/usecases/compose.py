"""From a case to the mail that would go: in whose language, what its template is told, and the headers that every mail carries."""

from __future__ import annotations

from chalicelib.domain import soft_opt_in
from chalicelib.domain.consent import NEWSLETTER
from chalicelib.domain.delivery import checked_header
from chalicelib.domain.footers import for_person, leads_to_preferences
from chalicelib.domain.headers import can_be_stopped, headers_for
from chalicelib.domain.identity import first_name
from chalicelib.domain.languages import GERMAN, PHRASES, chosen, tag
from chalicelib.domain.links import PREFERENCES
from chalicelib.domain.playbook import GIVER, RECIPIENT
from chalicelib.domain.retention import MAIL_DAYS, RECIPIENTS_MAIL_DAYS
from chalicelib.domain.screening import Case
from chalicelib.errors import Misconfigured
from chalicelib.ports import STOP, Mail, World
from chalicelib.usecases.stop import GIFT_SCOPE, STOP_ALL
from chalicelib.usecases.telling import Context, Telling, tell

MAX_GREETED = 60


def compose(world: World, case: Case) -> Mail:
    """The mail, whole. Errors: Misconfigured (a template or its data), Invalid (a header)."""
    shop, follow_up = case.shop, case.follow_up
    if case.rule is None:
        raise Misconfigured("The playbook has no rule for it.")
    language = chosen(world.renderer.languages(case.rule.written_with), case.locale, shop.locale)
    telling = Telling(world, case, case.rule, language)
    told = tell(telling)
    stops = can_be_stopped(follow_up.message_class, advertises=bool(told.get("special")))
    stop_url = f"{shop.url}/api/stop?t={_stop_token(world, case)}" if stops else ""
    known = leads_to_preferences(case.rule.to) and leads_to_preferences(follow_up.role)
    said = PHRASES[language]
    context: Context = {
        "shop": shop,
        "lang": tag(language, shop.locale),
        # who says Sie does not go by first names
        "name": case.name[:MAX_GREETED].rstrip() if language == GERMAN else first_name(case.name),
        "reason": "",
        "stop_url": stop_url,
        "stop_label": said.remove if follow_up.role == RECIPIENT else said.stop,
        "preferences_url": telling.link("preferences", PREFERENCES, "") if known else "",
        "preferences_label": said.preferences,
        **told,
    }
    context["reason"] = context["reason"] or for_person(
        case.rule.name,
        language=language,
        shop=shop.name,
        soft=case.rule.purpose == NEWSLETTER and soft_opt_in.in_force(case.standing),
    )
    rendered = world.renderer.mail(case.rule.written_with, context, language)
    headers = headers_for(case.rule.name, follow_up.message_class, shop.sender, stop_url)
    return Mail(
        to=checked_header(case.address),
        sender=checked_header(f'"{shop.name}" <{shop.sender}>'),
        reply_to=checked_header(shop.reply_to),
        subject=checked_header(rendered.subject),
        text=rendered.text,
        html=rendered.html,
        stream=follow_up.message_class,
        headers=tuple((name, checked_header(value)) for name, value in headers),
        kept_days=RECIPIENTS_MAIL_DAYS if follow_up.role in (RECIPIENT, GIVER) else MAIL_DAYS,
    )


def _stop_token(world: World, case: Case) -> str:
    scope = f"{GIFT_SCOPE}{case.follow_up.id}" if case.follow_up.role == RECIPIENT else STOP_ALL
    return world.links.make(STOP, case.follow_up.person, scope, None)
