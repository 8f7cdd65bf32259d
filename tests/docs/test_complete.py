"""Whatever an owner or a developer can set, call or meet has its line in the docs, and nothing has a line that is not there."""

from __future__ import annotations

import argparse
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from chalicelib import config
from chalicelib.adapters import secret_names
from chalicelib.adapters.shop_files import read_playbook
from chalicelib.config import ROOT
from chalicelib.domain.claim import Claim, Contact
from chalicelib.domain.consent import Asking, Consent, Wording
from chalicelib.domain.errand import Errand
from chalicelib.domain.fact import Fact
from chalicelib.domain.floor import Unheard
from chalicelib.domain.follow_up import LANES, STATES, FollowUp
from chalicelib.domain.gift import Gift, GiftTable
from chalicelib.domain.inquiry import Inquiry
from chalicelib.domain.order import Arrivals, Buyer, Line, Order, Parcel, Refund, View, Word
from chalicelib.domain.playbook import Rule
from chalicelib.domain.products import Item, Product
from chalicelib.domain.reason import KINDS
from chalicelib.domain.screening import CHECKS
from chalicelib.domain.shop import Brand, Limits, Manners, Shop, Storefront, Vouchers, Widget
from chalicelib.domain.site import Care, Home, Index, ProductPage, Section
from chalicelib.domain.standing import Standing
from chalicelib.domain.task import Task
from chalicelib.domain.voucher import Offer, Voucher
from chalicelib.domain.words import MAILS
from chalicelib.ports import QUEUES
from chalicelib.stores import errands, follow_ups, inquiries, plans, rules, tasks, webhooks
from chalicelib.stores.connections import Connection
from chalicelib.stores.requests import Request
from chalicelib.stores.webhooks import Received
from courtesy.main import _parser
from tests.docs.reading import marked, named, rows, section, text_of

SETTINGS: dict[str, type[msgspec.Struct]] = {
    "At the top": Shop,
    "[storefront]": Storefront,
    "[offer]": Offer,
    "[brand]": Brand,
    "[manners]": Manners,
    "[vouchers]": Vouchers,
    "[gifts]": GiftTable,
    "[arrivals]": Arrivals,
    "[widget]": Widget,
    "[limits]": Limits,
    "[[wordings]]": Wording,
    "playbook.toml": Rule,
    "[[product]]": Product,
    "[[item]]": Item,
    "[home]": Home,
    "[[home.section]]": Section,
    "[products]": Index,
    "[[page]]": ProductPage,
    "[[page.care]]": Care,
}
ITEMS: dict[str, tuple[type[msgspec.Struct], ...]] = {
    "Standing": (Standing,),
    "Contact": (Contact,),
    "Claim": (Claim,),
    "Consent": (Consent,),
    "Asked consent": (Asking,),
    "Fact": (Fact,),
    "Plan": (plans.Plan,),
    "Below the floor": (Unheard,),
    "Rules": (rules.Known,),
    "Follow-up": (FollowUp,),
    "Voucher": (Voucher,),
    "Inquiry": (Inquiry,),
    "By-hand task": (Task,),
    "Order": (Order, View, Parcel, Refund, Word, Buyer, Line),
    "Gift": (Gift,),
    "Webhook": (Received,),
    "Errand": (Errand,),
    "Connection": (Connection,),
    "Request": (Request,),
}


def test_every_structure_of_the_owners_files_has_a_table() -> None:
    nested = {kind for struct in SETTINGS.values() for kind in _structs_in(struct)}

    assert nested - {*SETTINGS.values()} == set()


@pytest.mark.parametrize("heading", SETTINGS)
def test_every_setting_has_its_line(heading: str) -> None:
    fields = {field.encode_name for field in msgspec.structs.fields(SETTINGS[heading])}

    assert named(section(text_of("settings.md"), heading)) == fields


@pytest.mark.parametrize("heading", SETTINGS)
def test_every_default_is_the_one_in_the_code(heading: str) -> None:
    told = {row[0].strip("`"): row[-1] for row in rows(section(text_of("settings.md"), heading))}

    for field in msgspec.structs.fields(SETTINGS[heading]):
        if field.encode_name not in told or field.default_factory is not msgspec.NODEFAULT:
            continue
        if field.default is msgspec.NODEFAULT:
            assert told[field.encode_name].startswith("must be given"), field.encode_name
        else:
            assert told[field.encode_name].startswith(_written(field.default)), field.encode_name


def test_everything_that_the_owner_may_say_is_told() -> None:
    told = {
        row[0].strip("`"): [re.findall(r"`([^`]+)`", cell) for cell in row[1:]]
        for row in rows(section(text_of("settings.md"), "words.toml"))
    }

    assert told == {mail: [[*one.languages], [*one.paragraphs], [*one.placeholders]] for mail, one in MAILS.items()}


def test_every_variable_has_its_line() -> None:
    source = inspect.getsource(config)
    needed = {f"COURTESY_{name}" for name in config._AWS_NEEDS}
    used = {*re.findall(r"COURTESY_[A-Z_]+", source)} - {"COURTESY_"} | needed

    assert named(section(text_of("settings.md"), "Environment")) == used


def test_every_secret_has_its_line() -> None:
    names = re.findall(r"^([a-z_/<> ]+?)  +\S", secret_names.__doc__ or "", re.MULTILINE)

    assert len(names) > 5
    assert named(section(text_of("settings.md"), "Secrets")) == set(names)


def test_every_queue_is_named() -> None:
    assert {f"courtesy-{queue}" for queue in QUEUES} <= marked(text_of("settings.md"))


def test_every_rule_has_its_line() -> None:
    told = {row[0].strip("`"): row for row in rows(section(text_of("follow-ups.md"), "The rules"))}
    playbook = read_playbook(ROOT / "shop" / "playbook.toml")

    assert set(told) == {rule.name for rule in playbook.rules}
    for rule in playbook.rules:
        _, when, to, class_, _ = told[rule.name]
        assert (to, class_) == (rule.to, rule.message_class)
        days = rule.after_days or rule.before_days
        assert (str(days) in when) if days else ("at once" in when), rule.name


def test_every_check_has_its_line_in_order() -> None:
    table = rows(section(text_of("follow-ups.md"), "The checks"))

    assert [row[0].strip("`") for row in table if row[0]] == [check.__module__.rpartition(".")[2] for check in CHECKS]


def test_every_reason_has_its_line() -> None:
    assert named(section(text_of("follow-ups.md"), "The reasons")) == set(KINDS)


def test_what_a_check_gives_as_reason_is_told_beside_it() -> None:
    told = section(text_of("follow-ups.md"), "The checks")

    for check in CHECKS:
        given = set(re.findall(r'Reason\(\s*"([a-z-]+)"', inspect.getsource(inspect.getmodule(check) or check)))
        assert given <= marked(told), check.__module__


def test_every_state_has_its_line() -> None:
    table = rows(section(text_of("sending.md"), "A follow-up's states"))

    assert {state.strip() for row in table for state in row[0].split(",")} == set(STATES)


def test_every_command_has_its_section_and_every_option_its_line() -> None:
    text = text_of("commands.md")
    common = section(text, "courtesy")

    for command, parser in _commands(_parser(), "courtesy"):
        told = named(section(text, command)) | named(common.split("###")[0])
        options = {action.option_strings[-1] if action.option_strings else action.dest for action in parser._actions}
        assert options - {"--help"} <= told, command


def test_no_option_is_told_that_is_not_there() -> None:
    text = text_of("commands.md")
    there = {option for _, parser in _commands(_parser(), "") for action in parser._actions for option in action.option_strings}

    assert {name for name in named(text) if name.startswith("--")} <= there


def test_every_make_target_has_its_line() -> None:
    targets = set(re.findall(r"^([a-z-]+):(?!=)", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))

    assert named(section(text_of("commands.md"), "make")) == {f"make {target}" for target in targets}


@pytest.mark.parametrize(("folder", "depth"), [("email", "*/subject.txt"), ("pages", "**/*.html"), ("print", "*.html")])
def test_every_template_has_its_line(folder: str, depth: str) -> None:
    top = ROOT / "templates" / folder
    found = {path.parent.name if folder == "email" else _page_name(path, top) for path in top.glob(depth)}

    assert found
    assert found <= named(section(text_of("adding-a-message.md"), "The templates that there are"))


@pytest.mark.parametrize("heading", ITEMS)
def test_every_attribute_of_an_item_is_told(heading: str) -> None:
    told = marked(section(text_of("data-model.md"), heading))

    for struct in ITEMS[heading]:
        assert {field.encode_name for field in msgspec.structs.fields(struct)} <= told, struct.__name__


def test_every_key_that_the_stores_write_is_told() -> None:
    text = text_of("data-model.md")
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "chalicelib" / "stores").glob("*.py")]
    prefixes = {prefix for source in sources for prefix in re.findall(r'"([A-Z]+#)', source)}
    whole = {kind for source in sources for kind in re.findall(r'", "([A-Z]+)"$', source, re.MULTILINE)}

    assert len(prefixes) > 8
    assert len(whole) > 5
    assert {one for one in prefixes | whole if f"`{one}" not in text} == set()


def test_every_partition_of_the_due_index_is_told() -> None:
    lanes = {follow_ups.due_partition("<shard>", lane) for lane in (*LANES, follow_ups.FAILED_LANE)}
    others = {store._PARTITION for store in (errands, inquiries, plans, tasks, webhooks)}
    assert named(section(text_of("data-model.md"), "The due index")) == lanes | others


def _structs_in(struct: type[msgspec.Struct]) -> set[type[msgspec.Struct]]:
    named_in = " ".join(str(field.type) for field in msgspec.structs.fields(struct))
    known = (Storefront, Offer, Brand, Manners, Vouchers, GiftTable, Arrivals, Limits, Wording)
    return {kind for kind in known if kind.__qualname__ in named_in}


def _written(default: object) -> str:
    match default:
        case None:
            return ""  # what it means is told in words
        case bool():
            return str(default).lower()
        case "":
            return "empty"
        case str():
            return f'`"{default}"`'
        case tuple():
            return ", ".join(f"`{one}`" for one in default)
        case _:
            return str(default)


def _commands(parser: argparse.ArgumentParser, name: str) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    inner = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    if not inner:
        yield name, parser
    for action in inner:
        for word, child in action.choices.items():
            yield from _commands(child, f"{name} {word}")


def _page_name(path: Path, top: Path) -> str:
    return path.relative_to(top).with_suffix("").as_posix()
