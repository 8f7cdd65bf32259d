"""Bugs planted into a copy of the production code, one at a time: the simulation must find each.

`seed` is the first that finds it. The test suite runs that one; `make simulate MODE=mutants` looks for it anew.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec import Struct

from chalicelib.config import ROOT

MOST_SEEDS = 3000


class Mutant(Struct, frozen=True):
    """`edits`: file below chalicelib, the text there, and what takes its place. `survives`: why the simulation need not find it."""

    name: str
    seed: int
    edits: tuple[tuple[str, str, str], ...]
    survives: str = ""


class Found(Struct):
    """The first seed that broke a rule, and the rule."""

    seed: int
    rule: str


SEND, FREE, AUTHORISE = "usecases/send_due.py", "usecases/recover.py", "usecases/authorise.py"
ITEMS, GATE, PEOPLE = "stores/follow_ups.py", "stores/gate.py", "stores/people.py"

MUTANTS = (
    Mutant(
        "marked as sent before it is sent",
        1,
        (
            (SEND, "    try:\n        message_id = world.mailer.send(one.id, one.mail)\n", '    _write(world, follow_ups.sent(one.id, token, "early", world.clock.now()))\n    try:\n        message_id = world.mailer.send(one.id, one.mail)\n'),
        ),
    ),
    Mutant(
        "authorised whatever its state",
        163,
        ((ITEMS, '        when=(Equals("state", fu.PLANNED),),\n    )\n\n\ndef _mine', "        when=(Exists(),),\n    )\n\n\ndef _mine"),),
    ),
    Mutant(
        "standing looked at outside the transaction",
        245,
        (
            (PEOPLE, "        return Check(standing_key(standing.person), when=_as_checked(standing))\n", "        return Check(standing_key(standing.person), when=(Below('never', 1),))\n"),
            (PEOPLE, '    set_ |= {"person": standing.person, "version": standing.version + 1}\n    return Update(standing_key(standing.person), set=set_, when=_as_checked(standing))\n\n\ndef handed_over', '    set_ |= {"person": standing.person, "version": standing.version + 1}\n    return Update(standing_key(standing.person), set=set_)\n\n\ndef handed_over'),
        ),
    ),
    Mutant(
        "the SDK tries three times",
        34,
        (("adapters/mailer_ses.py", '"total_max_attempts": 1', '"total_max_attempts": 3'),),
    ),
    Mutant(
        "doubt ends after a minute",
        1,
        (("domain/doubt.py", "DOUBT = timedelta(hours=24)", "DOUBT = timedelta(seconds=60)"),),
    ),
    Mutant(
        "doubt ends without a sign that events flow",
        6,
        (("domain/doubt.py", "    if heard_of is None or heard_of < one.authorised_at:\n", "    if heard_of is not None and now < one.authorised_at:\n"),),
    ),
    Mutant(
        "no fence",
        333,
        ((SEND, "if world.clock.monotonic() - authorised.began > FENCE_SECONDS:", "if world.clock.monotonic() < authorised.began:"),),
    ),
    Mutant(
        "no look before the call",
        112,
        ((SEND, "if current is None or current.state != fu.SENDING or current.token != authorised.token:", "if current is None:"),),
    ),
    Mutant(
        "a dead worker's whole chunk is planned again",
        5,
        ((FREE, "            follow_ups.unsure(lowest, token, lowest.authorised_at or now, now),\n", "            follow_ups.back_to_planned(lowest, token, never, lowest.due_at),\n"),),
    ),
    Mutant(
        "an outcome is committed after the next call",
        184,
        (
            (SEND, "    _write(world, follow_ups.sent(one.id, token, message_id, world.clock.now()))\n    return 1\n", "    _LATE.append((one.id, token, message_id))\n    return 1\n"),
            (SEND, "    count = 0\n    for one in authorised.ready:\n", "    count = 0\n    _LATE.clear()\n    for one in authorised.ready:\n"),
            (SEND, "        count += _call(world, one, authorised.token)\n    return count\n", "        count += _call(world, one, authorised.token)\n        for late in _LATE[:-1]:\n            _write(world, follow_ups.sent(*late, world.clock.now()))\n        del _LATE[:-1]\n    for late in _LATE:\n        _write(world, follow_ups.sent(*late, world.clock.now()))\n    _LATE.clear()\n    return count\n\n\n_LATE: list[tuple[str, str, str]] = []\n"),
        ),
    ),
    Mutant(
        "an id that is new each time",
        1,
        (("domain/follow_up.py", '"\\n".join((rule, person, anchor, occurrence)).encode()', '"\\n".join((rule, person, anchor, occurrence, _new())).encode()'), ("domain/follow_up.py", "def person_of(", "def _new() -> str:\n    _COUNT.append(0)\n    return str(len(_COUNT))\n\n\n_COUNT: list[int] = []\n\n\ndef person_of(")),
    ),
    Mutant(
        "an event settles whatever it finds",
        296,
        ((ITEMS, '        remove=_DUE_KEYS,\n        when=(OneOf("state", fu.before(fu.SENT)),),\n', "        remove=_DUE_KEYS,\n        when=(Exists(),),\n"),),
    ),
    Mutant(
        "the hint is queued before the commit",
        1141,
        (("usecases/claim_voucher.py", "        try:\n            world.table.transact(actions, token)\n", '        try:\n            world.queue.put(DUE_NOW, {"why": "claim"})\n            world.table.transact(actions, token)\n'), ("usecases/claim_voucher.py", '            continue\n        world.queue.put(DUE_NOW, {"why": "claim"})\n        return\n', "            continue\n        return\n")),
    ),
    Mutant(
        "shards by follow-up, and no lease",
        5,
        (
            (ITEMS, 'SHARDS = ("0",)', 'SHARDS = ("0", "1")'),
            (ITEMS, '"due_pk": due_partition(shard_of(follow_up.person), lane)', '"due_pk": due_partition(shard_of(follow_up.id), lane)'),
            (GATE, '    when: tuple[Condition, ...] = (Lacks("paused_at"), Equals("leased_by", worker))\n', '    when: tuple[Condition, ...] = (Lacks("paused_at"),)\n'),
            (GATE, 'return ended or gate.leased_by in ("", worker)', "return True"),
        ),
    ),
    Mutant(
        "the lease is no part of the authorisation",
        33,
        ((GATE, '    when: tuple[Condition, ...] = (Lacks("paused_at"), Equals("leased_by", worker))\n', '    when: tuple[Condition, ...] = (Lacks("paused_at"),)\n'),),
    ),
    Mutant(
        "the pause is no part of the authorisation",
        396,
        ((GATE, '    when: tuple[Condition, ...] = (Lacks("paused_at"), Equals("leased_by", worker))\n', '    when: tuple[Condition, ...] = (Equals("leased_by", worker),)\n'),),
    ),
    Mutant(
        "the budget is no part of the authorisation, and nobody counts the chunk",
        15,
        ((GATE, "    if counted:\n        when", "    if False:\n        when"), (SEND, "replace(case, used_today=case.used_today + ahead)", "case")),
    ),
    Mutant(
        "who does not know is told that it was refused",
        3,
        ((SEND, "    except MailUncertain:\n        now = world.clock.now()\n        _write(world, follow_ups.unsure(follow_up, token, now, now))\n", '    except MailUncertain:\n        now = world.clock.now()\n        _write(world, follow_ups.back_to_planned(follow_up, token, Reason("never-called"), now + REFUSED_WAIT))\n'),),
    ),
    Mutant(
        "a weak read may forbid",
        7,
        ((SEND, "    if not isinstance(verdict, Ready):\n        # what", "    if isinstance(verdict, str):\n        # what"),),
    ),
    Mutant(
        "a stop is not journalled",
        83,
        (("usecases/stop.py", "        world.journal.append([line(person, now)])\n", "        pass\n"),),
    ),
    Mutant(
        "what is authorised is journalled after the commit",
        1,
        (
            (AUTHORISE, "    world.journal.append([journal.authorised(one.case.follow_up, now) for one in ready])\n", ""),
            (AUTHORISE, "        else:\n            return Authorised", "        else:\n            world.journal.append([journal.authorised(one.case.follow_up, now) for one in left])\n            return Authorised"),
        ),
    ),
    Mutant(
        "a restored table sends before the journal was replayed",
        54,
        (("usecases/live_table.py", "    if world.table.identity() in world.secrets.live_table.split():\n", "    if world.table.identity():\n"),),
    ),
    Mutant(
        "a restore leaves alone what the table has as planned",
        6,
        (("usecases/restore.py", "MAY_HAVE_GONE = (fu.PLANNED, fu.HELD,", "MAY_HAVE_GONE = (fu.HELD,"),),
    ),
    Mutant(
        "what a restore put in doubt is planned once more",
        54,
        ((ITEMS, '"authorised_at": stamp(line.at), "tried_again": True}', '"authorised_at": stamp(line.at)}'), (ITEMS, "        authorised_at=line.at,\n        tried_again=True,\n", '        authorised_at=line.at,\n        token="restored",\n')),
    ),
    Mutant(
        "a click lifts a stop without a new consent",
        48,
        ((PEOPLE, 'undone = ("stopped_at", "stopped_by", "never_at") if consents else ()', 'undone = ("stopped_at", "stopped_by", "never_at")'), ("usecases/confirm_claim.py", "            if standing.unreachable_why == BOUNCED:", "            if standing.person:")),
    ),
    Mutant(
        "a retry counts twice in the cap list",
        3,
        (("domain/standing.py", "return {**heard_since(standing, now, besides=follow_up_id), follow_up_id: stamp(now)}", "return {**heard_since(standing, now), follow_up_id + stamp(now): stamp(now)}"),),
    ),
    Mutant(
        "the cap list is read, not written",
        5,
        ((PEOPLE, '        set_["heard"] = dict(with_heard(standing, follow_up.id, now))\n', '        set_["heard"] = dict(standing.heard)\n'),),
    ),
)  # fmt: skip


def plant(mutant: Mutant, folder: Path) -> None:
    """A copy of the project with the bug in it. Errors: LookupError where the production code no longer reads so."""
    shutil.copytree(ROOT / "chalicelib", folder / "chalicelib", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("tests", "shop", "templates"):
        (folder / name).symlink_to(ROOT / name)
    for path, old, new in mutant.edits:
        file = folder / "chalicelib" / path
        text = file.read_text()
        if text.count(old) != 1:
            raise LookupError(f"{mutant.name}: {path} has {text.count(old)} places that read {old!r}")
        file.write_text(text.replace(old, new))


def hunt(mutant: Mutant, seeds: Sequence[int]) -> Found | None:
    """The first of the seeds that finds it, in a process of its own."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        plant(mutant, folder)
        command = [sys.executable, "-m", "tests.simulation", "--first", "--seeds", f"{seeds[0]}-{seeds[-1]}"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1) or not done.stdout:
        raise RuntimeError(f"{mutant.name}: {done.stderr[-2000:]}")
    found = json.loads(done.stdout)
    return Found(found["seed"], found["rule"]) if found else None
