"""A person's own pages: what they hear of, what we know of them, all of it to take away, or to be forgotten. GET and HEAD never write.

Their link says who they are, and nothing else does: no login, no cookie. It goes along in each form and each address of these pages.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from chalice import Chalice
from chalice.app import Request, Response

from chalicelib.domain.calendar import instant, long_date
from chalicelib.domain.consent import EMAIL
from chalicelib.domain.fact import DATE, NEVER, Fact
from chalicelib.domain.identity import MAX_ADDRESS, parse_address
from chalicelib.domain.own_words import PACES, named, said, used_for
from chalicelib.domain.preferences import Box, Wish, pause_ends, paused, shown
from chalicelib.domain.profile import step_of
from chalicelib.domain.promises import still_comes
from chalicelib.domain.retention import fact_is_idle
from chalicelib.entrypoints import profile
from chalicelib.entrypoints.answers import FORM, answered, fields, link_token, page, see_other, the_request, viewer_ip
from chalicelib.entrypoints.answers import attachment as attached
from chalicelib.entrypoints.forms import Checked
from chalicelib.entrypoints.own_page import MOST_FIELDS, TICK, asked, nothing_kept, own_url, text_in, ticked_in
from chalicelib.ports import STOP, World
from chalicelib.usecases.erase import erase_by_link
from chalicelib.usecases.keep_facts import never_about, take_back
from chalicelib.usecases.look_at_preferences import Own, country_of, look_at_preferences
from chalicelib.usecases.save_preferences import save_preferences
from chalicelib.usecases.send_preferences_link import send_preferences_link
from chalicelib.usecases.stop import STOP_ALL
from chalicelib.usecases.tell_all import tell_all

ASK_PAGE, INBOX_PAGE = "/preferences/", "/inbox/"
_READ = ["GET", "HEAD"]
_DONE = {
    "kept": "Kept. Below is all that we know of you.",
    "removed": "Removed.",
    "never": "We shall not write to you about that day again.",
}
"""What happened just before, by the word in the address."""

Answering = Callable[[World, Request], Response]


def register(app: Chalice, world: Callable[[], World]) -> None:
    """Adds the routes; API Gateway's stage puts /api in front of them."""
    shows: Mapping[str, Answering] = {"/link": _form, "": _show, "/data": _data, "/erase": _ask_erase}
    takes: Mapping[str, Answering] = {"/link": _send_link, "": _save, "/facts": _never, "/forget": _forget, "/erase": _erase}
    for path, handle in shows.items():
        _route(app, world, f"/preferences{path}", _READ, handle)
    for path, handle in takes.items():
        _route(app, world, f"/preferences{path}", ["POST"], handle)
    profile.register(app, world)


def _route(app: Chalice, world: Callable[[], World], path: str, methods: list[str], handle: Answering) -> None:
    kinds = {"content_types": [FORM]} if methods == ["POST"] else {}

    @app.route(path, methods=methods, **kinds)
    def answer() -> Response:
        return answered(world, lambda found: handle(found, the_request(app)), as_json=False)


def _form(_: World, __: Request) -> Response:
    return see_other(ASK_PAGE)  # where a reloaded error page, or its address, leads


def _send_link(world: World, request: Request) -> Response:
    form = Checked(fields(request))
    address = form.read("email", parse_address)
    form.by_a_person()
    if form.errors or address is None:
        return page(world, "ask-preferences", 422, errors=form.errors, answers=form.kept(email=MAX_ADDRESS))
    send_preferences_link(world, address, viewer_ip(request, world))
    return see_other(INBOX_PAGE)


def _show(world: World, request: Request) -> Response:
    token = link_token(request)
    own = look_at_preferences(world, token)
    if own is None:
        return nothing_kept(world)
    done = asked(request, "done")
    return _page(world, token, own, _wish_of(world, own), done=_DONE.get(done, ""))


def _save(world: World, request: Request) -> Response:
    form = fields(request, MOST_FIELDS)
    token = link_token(request, form)
    wish = Wish(ticked_in(form), text_in(form, "pace"), text_in(form, "pause") == "yes", text_in(form, "seen"))
    saved = save_preferences(world, token, wish)
    if saved.own is None:
        return nothing_kept(world)
    if saved.errors:
        stale = any(not field for field, _ in saved.errors)
        kept = _wish_of(world, saved.own) if stale else wish
        return _page(world, token, saved.own, kept, saved.errors)
    standing, country = saved.own.history.standing, country_of(saved.own.history.orders)
    comes = still_comes(standing, world.shop, world.playbook, world.clock.now(), country)
    return page(world, "preferences-saved", comes=comes, back=own_url(token))


def _wish_of(world: World, own: Own) -> Wish:
    """As it stands."""
    standing = own.history.standing
    ticked = {box.key: box.hash for box in own.boxes if box.since}
    return Wish(ticked, standing.pace, bool(paused(standing, world.clock.now())))


def _page(
    world: World, token: str, own: Own, wish: Wish, errors: tuple[tuple[str, str], ...] = (), *, done: str = ""
) -> Response:
    now, zone, standing = world.clock.now(), world.shop.zone, own.history.standing
    places = {box.key: f"box{n}" for n, box in enumerate(own.boxes)}

    def day(stamped: str) -> str:
        return long_date(instant(stamped), zone) if stamped else ""

    def shown_box(box: Box) -> dict[str, object]:
        known = {"id": places[box.key], "name": TICK + box.key, "value": box.hash, "text": box.text, "lang": box.locale}
        return {**known, "ticked": wish.ticked.get(box.key) == box.hash, "since": day(box.since), "let_stand": box.let_stand}

    def shown_fact(fact: Fact) -> dict[str, object]:
        step = step_of(fact)
        change = own_url(token, "/profile", step=step) if step else ""
        told = {"what": named(fact), "said": said(fact), "source": fact.source, "on": long_date(fact.at, zone), "kind": fact.kind}
        return {
            **told,
            "about": fact.about,
            "used_for": used_for(fact.purpose),
            "idle": fact_is_idle(fact, standing.consents),
            "change": change,
        }

    facts = sorted(own.history.facts, key=lambda fact: (fact.kind, fact.about))
    never = {fact.about for fact in facts if fact.kind == NEVER}
    given = {fact.about for fact in facts if fact.kind == DATE}
    return page(
        world,
        "preferences",
        422 if errors else 200,
        token=token,
        stop_token=world.links.make(STOP, standing.person, STOP_ALL, None),
        seen=shown(standing, now),
        address=own.contact.address,
        done=done,
        stopped=day(standing.never_at or standing.stopped_at),
        unreachable=standing.unreachable_why,
        topics=[shown_box(box) for box in own.boxes if box.channel == EMAIL],
        ways=[shown_box(box) for box in own.boxes if box.channel != EMAIL],
        pace=wish.pace,
        paces=[{"value": "", "text": f"At most {_times(world.shop.manners.cap)} in 30 days"}]
        + [{"value": value, "text": text} for value, text in PACES.items()],
        pausing=wish.pause,
        paused=day(paused(standing, now)),
        pause_until=long_date(pause_ends(now, zone), zone),
        dates=[{**shown_fact(fact), "never": fact.about in never} for fact in facts if fact.kind == DATE],
        nevers=[shown_fact(fact) for fact in facts if fact.kind == NEVER and fact.about not in given],
        facts=[shown_fact(fact) for fact in facts if fact.kind not in (DATE, NEVER)],
        observed=[shown_fact(fact) for fact in own.observed],
        interests=[one.category for one in own.interests],
        orders=len(own.history.orders),
        profile=own_url(token, "/profile"),
        data=own_url(token, "/data"),
        erase=own_url(token, "/erase"),
        errors=[{"field": places.get(field, field), "message": message} for field, message in errors],
    )


def _times(cap: int) -> str:
    return ("no mail", "one", "two", "three", "four", "five")[cap] if cap < 6 else str(cap)


def _never(world: World, request: Request) -> Response:
    form = fields(request)
    token = link_token(request, form)
    if not never_about(world, token, text_in(form, "about")):
        return nothing_kept(world)
    return see_other(own_url(token, done="never"))


def _forget(world: World, request: Request) -> Response:
    form = fields(request)
    token = link_token(request, form)
    if not take_back(world, token, text_in(form, "kind"), text_in(form, "about")):
        return nothing_kept(world)
    return see_other(own_url(token, done="removed"))


def _data(world: World, request: Request) -> Response:
    own = look_at_preferences(world, link_token(request))
    if own is None:
        return nothing_kept(world)
    return attached("what-we-keep-of-you.json", tell_all(world, own.history.person))


def _ask_erase(world: World, request: Request) -> Response:
    token = link_token(request)
    own = look_at_preferences(world, token)
    if own is None:
        return nothing_kept(world)
    return page(world, "erase", token=token, back=own_url(token), orders=len(own.history.orders), data=own_url(token, "/data"))


def _erase(world: World, request: Request) -> Response:
    erase_by_link(world, link_token(request, fields(request)))
    return page(world, "erased")
