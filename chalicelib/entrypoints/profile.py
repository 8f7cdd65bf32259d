"""The profile: one thing after the other, each in exchange for something, and later the person's own to see and correct. GET and HEAD never write."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from chalice import Chalice
from chalice.app import Request, Response

from chalicelib.domain.fact import ADDRESS, DATE, LIKES, PHONE, SIZE
from chalicelib.domain.links import PREFERENCES
from chalicelib.domain.own_words import parts_of
from chalicelib.domain.preferences import asked_now, shown
from chalicelib.domain.profile import DATES, REACH, TASTES, asks_for, date_of, steps
from chalicelib.domain.stating import COMMON_LABELS, MAX_LABEL
from chalicelib.entrypoints.answers import FORM, answered, fields, link_token, page, see_other, the_request
from chalicelib.entrypoints.own_page import MOST_FIELDS, TICK, asked, nothing_kept, own_url, text_in, ticked_in
from chalicelib.errors import Invalid
from chalicelib.ports import World
from chalicelib.usecases.look_at_preferences import Own, look_at_preferences, offered, own_page
from chalicelib.usecases.save_preferences import CHANGED_ELSEWHERE
from chalicelib.usecases.save_profile import About, Told, save_profile
from chalicelib.usecases.telling.telling import LINK_WORKS

PATH = "/profile"
_TITLES = {REACH: "Where to reach you", DATES: "Days to remember", TASTES: "What fits you"}
MOST_DAYS = MOST_FIELDS // 4
Texts = Mapping[str, str]
"""A form's fields as they were typed, by name."""


def register(app: Chalice, world: Callable[[], World]) -> None:
    """Adds the routes; API Gateway's stage puts /api in front of them."""

    @app.route(f"/preferences{PATH}", methods=["GET", "HEAD"])
    def show() -> Response:
        return answered(world, lambda found: _show(found, the_request(app)), as_json=False)

    @app.route(f"/preferences{PATH}", methods=["POST"], content_types=[FORM])
    def save() -> Response:
        return answered(world, lambda found: _save(found, the_request(app)), as_json=False)


def offer_profile(world: World, person: str) -> str:
    """Where the next thing is asked, if anything may be asked of them now; "" for nothing."""
    own = own_page(world, person)
    step = offered(world, own) if own is not None else ""
    return own_url(world.links.make(PREFERENCES, person, "", world.clock.now() + LINK_WORKS), PATH, step=step) if step else ""


def _show(world: World, request: Request) -> Response:
    token = link_token(request)
    own = look_at_preferences(world, token)
    if own is None:
        return nothing_kept(world)
    there_are = steps(world.shop, world.products, own.contact.locale)
    step = asked(request, "step")
    if step not in there_are:
        step = offered(world, own) or next(iter(there_are), "")
    if not step:
        return see_other(own_url(token))
    labels = _labels(own)
    return _page(world, token, own, step, _texts_of(world, own, step, labels), labels)


def _save(world: World, request: Request) -> Response:
    form = fields(request, MOST_FIELDS)
    token, step = link_token(request, form), text_in(form, "step")
    own = look_at_preferences(world, token)
    if own is None:
        return nothing_kept(world)
    if step not in steps(world.shop, world.products, own.contact.locale):
        return see_other(own_url(token))
    labels = _labels_in(form) or _labels(own)
    if not {*labels} <= {*_labels(own)}:  # one was removed since: it is not to come back unasked
        found = [{"field": "", "message": CHANGED_ELSEWHERE}]
        return _page(world, token, own, step, _texts_of(world, own, step, _labels(own)), _labels(own), errors=found)
    texts = {name: text_in(form, name)[:1000] for name in _texts_of(world, own, step, labels)}
    values, errors = _values(labels, step, texts)
    ticked = ticked_in(form)
    if errors:
        return _page(world, token, own, step, texts, labels, ticked, errors)
    kept = save_profile(world, token, Told(step, values, ticked, text_in(form, "seen")))
    if kept.own is None:
        return nothing_kept(world)
    if kept.errors:
        keys = asks_for(step, world.shop, kept.own.contact.locale)
        found = [{"field": _place(world, labels, about, keys), "message": sentence} for about, sentence in kept.errors]
        return _page(world, token, kept.own, step, texts, labels, ticked, found)
    following = offered(world, kept.own, after=step)
    return see_other(own_url(token, PATH, step=following) if following else own_url(token, done="kept"))


def _page(
    world: World,
    token: str,
    own: Own,
    step: str,
    texts: Texts,
    labels: Sequence[str],
    ticked: Mapping[str, str] | None = None,
    errors: list[dict[str, str]] | None = None,
) -> Response:
    there_are = steps(world.shop, world.products, own.contact.locale)
    in_force = own.history.standing.consents
    boxes = asked_now(world.shop, asks_for(step, world.shop, own.contact.locale), own.contact.locale)
    following = offered(world, own, after=step)
    return page(
        world,
        "profile",
        422 if errors else 200,
        token=token,
        step=step,
        seen=shown(own.history.standing, world.clock.now(), own.history.facts),
        steps=[{"name": name, "title": _TITLES[name], "url": own_url(token, PATH, step=name)} for name in there_are],
        number=there_are.index(step) + 1,
        texts=texts,
        days=[{"n": str(n), "label": label} for n, label in enumerate(labels)],
        categories=_categories(world),
        boxes=[
            {
                "id": f"box{n}",
                "name": TICK + box.key,
                "value": box.hash,
                "text": box.text,
                "lang": box.locale,
                "ticked": (ticked or {}).get(box.key) == box.hash,
                "agreed": box.key in in_force,
                "way": box.channel,
            }
            for n, box in enumerate(boxes)
        ],
        stopped=bool(own.history.standing.stopped_at),
        skip=own_url(token, PATH, step=following) if following else own_url(token),
        back=own_url(token),
        errors=errors or [],
    )


# --- the fields of a step, there and back ---


def _labels(own: Own) -> list[str]:
    """Of the days: those that are common, then what they named themselves; the last is a new one."""
    given = [fact.about for fact in own.history.facts if fact.kind == DATE]
    return [*dict.fromkeys([*COMMON_LABELS, *sorted(given)]), ""]


def _labels_in(form: Mapping[str, Any]) -> list[str]:
    """Of the days in a form that was sent: its own, for another may have come between them since. None where it names none."""
    sent = [text_in(form, f"for{n}")[:MAX_LABEL] for n in range(MOST_DAYS) if f"for{n}" in form]
    return [*sent, ""] if sent else []


def _categories(world: World) -> list[dict[str, Any]]:
    found = []
    for n, category in enumerate(world.products.categories):
        products = [one for one in world.products.products if one.category == category]
        sizes = list(dict.fromkeys(size for one in products for size in one.sizes))
        found.append({"n": str(n), "name": category, "sizes": sizes})
    return found


def _texts_of(world: World, own: Own, step: str, labels: Sequence[str]) -> dict[str, str]:
    """Every field of the step, with what is kept already."""
    told = {(fact.kind, fact.about): fact.value for fact in own.history.facts}
    if step == REACH:
        wanted = asks_for(step, world.shop, own.contact.locale)
        about = [(ADDRESS, "post")] if any(key.endswith("/post") for key in wanted) else []
        about += [(PHONE, "call")] if any(key.endswith("/call") for key in wanted) else []
        return {kind: told.get((kind, way), "") for kind, way in about}
    if step == DATES:
        found: dict[str, str] = {}
        for n, label in enumerate(labels):
            year, month, day = parts_of(told.get((DATE, label), "")) if label else ("", "", "")
            found |= {f"day{n}": day, f"month{n}": month, f"year{n}": year}
        return {**found, "label": ""}
    return {
        f"{kind}:{category['name']}": told.get((kind, category["name"]), "")
        for category in _categories(world)
        for kind in ([SIZE, LIKES] if category["sizes"] else [LIKES])
    }


def _values(labels: Sequence[str], step: str, texts: Texts) -> tuple[dict[About, str], list[dict[str, str]]]:
    """(kind, about) → what was typed; and what cannot be read as it was."""
    if step == REACH:
        ways = {ADDRESS: "post", PHONE: "call"}
        return {(kind, ways[kind]): text for kind, text in texts.items()}, []
    if step == TASTES:
        split = {name: name.partition(":") for name in texts}
        return {(kind, category): texts[name] for name, (kind, _, category) in split.items()}, []
    values: dict[About, str] = {}
    errors = []
    for n, label in enumerate(labels):
        called = label or texts["label"].strip()
        try:
            date = date_of(*(texts[f"{part}{n}"] for part in ("day", "month", "year")))
        except Invalid as error:
            errors.append({"field": f"{error.field}{n}", "message": str(error)})
            continue
        if label or date or called:
            values[(DATE, called)] = date
        if called and not label and not date:
            errors.append({"field": f"day{n}", "message": "Give the day as well, or leave both empty."})
    return values, errors


def _place(world: World, labels: Sequence[str], about: About, keys: Sequence[str]) -> str:
    """The field that an error is about. `keys`: the step's consents, in the order of their boxes."""
    kind, what = about
    match kind:
        case "consent":
            return f"box{keys.index(what)}" if what in keys else ""
        case kind if kind in (ADDRESS, PHONE):
            return kind
        case kind if kind == DATE:
            return f"day{labels.index(what)}" if what and what in labels else "label"
        case kind if kind in (SIZE, LIKES):
            return next((f"{kind}{one['n']}" for one in _categories(world) if one["name"] == what), "")
        case _:
            return ""
