"""The templates, looked at without anybody to write to: what cannot be read, what no trigger can tell them, what they must not say."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path

import jinja2
from jinja2 import nodes
from jinja2.meta import find_undeclared_variables

from chalicelib.adapters.shop_files import Located
from chalicelib.adapters.templates import Templates, _environment
from chalicelib.domain.mending.offering import PLACEHOLDERS, PRICES, May, offering_words, refusal
from chalicelib.domain.playbook import EMAIL, Rule
from chalicelib.domain.shop import Brand, Shop
from chalicelib.domain.specimens import Specimen, specimens
from chalicelib.errors import Misconfigured

MAIL_PARTS = ("subject.txt", "body.txt", "body.html")
_LANGUAGE = re.compile(r"[a-z]{2}")
_NO_TEXT = re.compile(r"<!--.*?-->|<style\b.*?</style>|<[^<>]*>", re.DOTALL | re.IGNORECASE)
_STYLES = re.compile(r"\{%-?\s*block (?:css|size)\b.*?\{%-?\s*endblock\b.*?%\}", re.DOTALL)
"""What a sheet of paper adds to the style sheet that all of them share."""

_UNDEFINED = re.compile(r"'(\w+)' is undefined|(?:has no attribute|does not export the requested name) '(\w+)'")
_EVERYWHERE = {"lang", "reason", "stop_url", "stop_label", "preferences_url", "preferences_label"}
"""What the sheet that all mails are written on asks for, and hardly anybody else."""

_OF_THE_SHOP = (*Shop.__struct_fields__, "storefront_url")
_OWN_WORDS = "said"
"""adapters/templates.py gives them to every mail."""


class TemplateCheck:
    """Over a folder that holds `email/`, `pages/` and `print/`. What is wrong on one line for several rules is told once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._environment = _environment(folder, Brand())
        self._renderer = Templates(folder)
        self._told: set[tuple[Path, int, str]] = set()

    @cached_property
    def mails(self) -> tuple[str, ...]:
        """The names of the mails that there are."""
        found = (path for path in (self._folder / "email").glob("*") if path.is_dir())
        return tuple(sorted(path.name for path in found if any((path / part).exists() for part in MAIL_PARTS)))

    @cached_property
    def sheets(self) -> tuple[str, ...]:
        """The names of the sheets of paper that there are."""
        return tuple(sorted(path.stem for path in (self._folder / "print").glob("*.html")))

    @property
    def count(self) -> int:
        """How many mails, sheets and pages."""
        pages = (path for path in (self._folder / "pages").glob("*.html"))
        return len(self.mails) + len(self.sheets) + len([*pages])

    def unparsed(self) -> Iterator[Located]:
        """Templates that cannot be read, and mails that lack a part."""
        for path in sorted(self._folder.rglob("*")):
            if path.suffix in (".html", ".txt", ".svg") and path.is_file():
                yield from self._syntax(path)
        for name in self.mails:
            for folder in self._written(name):
                for part in MAIL_PARTS:
                    if not (folder / part).is_file():
                        yield Located(folder / part, 0, f"It is missing: a mail has {', '.join(MAIL_PARTS)}, so put it there.")

    def faults_of(self, rule: Rule, shop: Shop, may: May) -> Iterator[Located]:
        """What is wrong with the template of a rule, for that rule."""
        if rule.channel != EMAIL:
            path = self._folder / "print" / f"{rule.written_with}.html"
            if rule.written_with in self.sheets and self._reads(path):
                yield from self._once(self._offers(path, rule, may))
            return
        if rule.written_with not in self.mails:
            return
        full, sparse = specimens(rule, shop)
        for folder in self._written(rule.written_with):
            files = [folder / part for part in MAIL_PARTS]
            if not all(path.is_file() and self._reads(path) for path in files):
                continue
            found = [*self._once(fault for path in files for fault in self._offers(path, rule, may))]
            sells = {(fault.file, fault.line) for fault in found}
            strange = self._once(fault for path in files for fault in self._strangers(path, rule, full))
            found += [fault for fault in strange if (fault.file, fault.line) not in sells]
            yield from found or self._once(self._unrendered(folder, rule, (full, sparse)))

    def _written(self, name: str) -> list[Path]:
        """The mail's folder, and below it one for each language but English."""
        folder = self._folder / "email" / name
        return [folder, *sorted(one for one in folder.glob("*") if one.is_dir() and _LANGUAGE.fullmatch(one.name))]

    def _once(self, found: Iterator[Located]) -> Iterator[Located]:
        for fault in found:
            what = re.sub(r'rule "[^"]*".*|for trigger.*', "", fault.sentence)
            if (fault.file, fault.line, what) not in self._told:
                self._told.add((fault.file, fault.line, what))
                yield fault

    def _reads(self, path: Path) -> bool:
        return not [*self._syntax(path)]

    def _syntax(self, path: Path) -> Iterator[Located]:
        try:
            self._environment.compile(path.read_text(encoding="utf-8"), raw=True)
        except UnicodeDecodeError as error:
            yield Located(path, error.object[: error.start].count(b"\n") + 1, "It is not UTF-8 here: save it in that encoding.")
        except jinja2.TemplateSyntaxError as error:
            yield Located(
                path,
                error.lineno,
                f"This cannot be read ({str(error.message).rstrip('.')}): close what {{{{ and {{% open, and name only filters and tags that there are.",
            )

    def _offers(self, path: Path, rule: Rule, may: May) -> Iterator[Located]:
        """What sells where nothing may; the first of each line."""
        if may == "everything":
            return
        source = path.read_text(encoding="utf-8")
        tree = self._environment.parse(source)
        prices = may == "no price"
        unfit = {*PLACEHOLDERS, *(PRICES if prices else ())}
        found = {line: f"{{{{ {name} }}}}" for line, name in _asked_for(tree, unfit.__contains__)}
        said = [(1, _read_by_people(self._environment, source, path.suffix))]
        said += [(node.lineno, node.value) for node in tree.find_all(nodes.Const) if isinstance(node.value, str)]
        for start, text in said:
            for at, word in offering_words(text, prices=prices):
                found.setdefault(start + text.count("\n", 0, at), f'"{word}"')
        for line, what in sorted(found.items()):
            yield Located(path, line, refusal(rule, what))

    def _strangers(self, path: Path, rule: Rule, given: Specimen) -> Iterator[Located]:
        """Placeholders that the rule's trigger cannot fill, and what the shop does not have."""
        tree = self._environment.parse(path.read_text(encoding="utf-8"))
        strange = find_undeclared_variables(tree) - {*given, *_made_in(tree), *self._environment.globals, _OWN_WORDS}
        asked = _asked_for(tree, strange.__contains__)
        for line, name in ((line, name) for line, name in asked if name in strange):
            gives = sorted({*given} - _EVERYWHERE)
            told = f"it gives {', '.join(gives)}.{_meant(name, gives)}"
            yield Located(path, line, f'There is no "{{{{ {name} }}}}" for trigger = "{rule.trigger}": {told}')
        for node in tree.find_all(nodes.Getattr):
            if isinstance(node.node, nodes.Name) and node.node.name == "shop" and node.attr not in _OF_THE_SHOP:
                name = f"shop.{node.attr}"
                told = f"docs/settings.md tells every key of the shop.{_meant(name, [f'shop.{one}' for one in _OF_THE_SHOP])}"
                yield Located(path, node.lineno, f'There is no "{{{{ {name} }}}}": {told}')

    def _unrendered(self, folder: Path, rule: Rule, given: tuple[Specimen, Specimen]) -> Iterator[Located]:
        """What comes to light only when somebody is written to: of somebody of whom all is known, and of somebody of whom little is."""
        for specimen in given:
            try:
                if _LANGUAGE.fullmatch(folder.name) and folder.parent.name == rule.written_with:
                    self._renderer.mail(rule.written_with, specimen, folder.name)
                else:
                    self._renderer.mail(rule.written_with, specimen)
            except Misconfigured as error:
                yield self._located(folder, error.__cause__ or error)
            except Exception as error:  # noqa: BLE001 - whatever a template does wrong is told, and the rest looked at, too
                yield self._located(folder, error)

    def _located(self, folder: Path, error: BaseException) -> Located:
        if isinstance(error, Misconfigured):
            return Located(folder / "subject.txt", 1, "Give the subject as one line of visible characters.")
        path, line = folder / MAIL_PARTS[1], 0
        if isinstance(error, jinja2.TemplateSyntaxError):
            path, line = (Path(error.filename) if error.filename else path), error.lineno
        else:
            step = error.__traceback__
            while step is not None:
                if step.tb_frame.f_code.co_filename.startswith(str(self._folder)):
                    path, line = Path(step.tb_frame.f_code.co_filename), step.tb_lineno
                step = step.tb_next
        if isinstance(error, jinja2.TemplateNotFound):
            return Located(path, line, f'There is no template "{error.name}" to take from: mend its name.')
        if named := _UNDEFINED.search(str(error)):
            return Located(path, line, f'There is no "{named[1] or named[2]}" here: mend its name, or take it out.')
        return Located(path, line, f"This cannot be written ({' '.join(str(error).split())}): mend it, or take it out.")


def _meant(name: str, known: Iterable[str]) -> str:
    near = get_close_matches(name, known, n=1)
    return f' Did you mean "{{{{ {near[0]} }}}}"?' if near else ""


def _made_in(tree: nodes.Template) -> Iterator[str]:
    """What a template takes from others or sets at its top: its blocks may use it."""
    for node in tree.find_all((nodes.FromImport, nodes.Import, nodes.Macro)):
        if isinstance(node, nodes.FromImport):
            yield from (one if isinstance(one, str) else one[1] for one in node.names)
        elif isinstance(node, nodes.Import):
            yield node.target
        elif isinstance(node, nodes.Macro):
            yield node.name
    for set_here in tree.body:
        if isinstance(set_here, nodes.Assign | nodes.AssignBlock):
            yield from (name.name for name in set_here.find_all(nodes.Name) if name.ctx == "store")


def _asked_for(tree: nodes.Template, wanted: Callable[[str], bool]) -> Iterator[tuple[int, str]]:
    """Placeholders and what is asked of them, each at its line."""
    undeclared = find_undeclared_variables(tree) - {*_made_in(tree)}
    for node in tree.find_all((nodes.Name, nodes.Getattr)):
        if isinstance(node, nodes.Getattr):
            if wanted(node.attr):
                before = f"{node.node.name}." if isinstance(node.node, nodes.Name) else ""
                yield node.lineno, before + node.attr
        elif isinstance(node, nodes.Name) and node.ctx == "load" and node.name in undeclared and wanted(node.name):
            yield node.lineno, node.name


def _read_by_people(environment: jinja2.Environment, source: str, suffix: str) -> str:
    """What stands in it for people to read, each word on its line: without placeholders and tags."""
    parts, line = [], 1
    source = _STYLES.sub(lambda block: "\n" * block[0].count("\n"), source)
    for begins, kind, text in environment.lex(source):
        if kind == "data":
            # what the lexer swallows must not move the lines
            parts.append("\n" * (begins - line) + text)
            line = max(line, begins) + text.count("\n")
        elif kind == "variable_begin":
            parts.append("\N{OBJECT REPLACEMENT CHARACTER}")
    whole = "".join(parts)
    return _NO_TEXT.sub(lambda tag: "\n" * tag[0].count("\n"), whole) if suffix == ".html" else whole
