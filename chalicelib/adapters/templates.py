"""The shipped templates, rendered with Jinja. Text that an owner edits is given to them as text, never as a template."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chalicelib.domain.brand import face, palette
from chalicelib.domain.languages import ENGLISH, LANGUAGES
from chalicelib.domain.shop import Brand
from chalicelib.domain.words import PARAGRAPHS, PREHEADER, SUBJECT, Words, filled
from chalicelib.errors import Misconfigured
from chalicelib.ports import Rendered

if TYPE_CHECKING:
    from jinja2 import Environment

WIDTH = 76
"""Columns of a mail's text part: quoted twice, it still fits a terminal of 80."""

PARTS = ("subject.txt", "body.txt", "body.html")

_OURS: Mapping[str, Any] = {SUBJECT: "", PREHEADER: "", **dict.fromkeys(PARAGRAPHS, ())}
"""What templates are told of the owner's words where there are none."""

_SPACE = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")
_GAP = re.compile(r"\n{4,}")
# Control characters and line separators would break a header; the bidirectional overrides would let a name reorder what stands
# around it; a lone surrogate cannot be encoded at all.
_NOT_IN_A_SUBJECT = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


class Templates:
    """ports.Renderer over a folder that holds `email/`, `pages/` and `print/`.

    Jinja is imported when the first template is rendered: most requests render none, and the import costs more than they do.
    """

    def __init__(
        self, folder: Path, brand: Brand | None = None, words: Words | None = None, logo: tuple[int, int] | None = None
    ) -> None:
        """`logo`: how large mails show it; None for the shop's name in letters."""
        self._folder = folder
        self._logo = logo
        self._brand = brand or Brand()
        self._words = words or Words()
        self._made: Environment | None = None
        self._written: dict[str, tuple[str, ...]] = {}

    def languages(self, template: str) -> tuple[str, ...]:
        """Those in which all three parts of email/<template>/ are there: English in the folder itself, any other in a folder of its own below."""
        if template not in self._written:
            found = (language for language in LANGUAGES if self._has(_place(template, language)))
            self._written[template] = tuple(found)
        return self._written[template]

    def _has(self, path: str) -> bool:
        return all((self._folder / path / part).is_file() for part in PARTS)

    def mail(self, template: str, context: Mapping[str, object], language: str = ENGLISH) -> Rendered:
        """The three parts of email/<template>/ in the language; the subject is one line. Errors: Misconfigured."""
        path = _place(template, language)
        said = self._words.of(template, language)
        ours = _said(said, context) if said else _OURS
        told = {**context, "said": ours}
        subject = ours[SUBJECT] or self._render(f"{path}/subject.txt", told).strip()
        if not subject or _NOT_IN_A_SUBJECT.search(subject):
            raise Misconfigured(f"templates/{path}/subject.txt: a subject is one line of visible characters")
        text = _GAP.sub("\n\n\n", self._render(f"{path}/body.txt", told).strip()) + "\n"
        return Rendered(subject=subject, text=text, html=self._render(f"{path}/body.html", told))

    def page(self, template: str, context: Mapping[str, object]) -> str:
        """pages/<template>.html as a whole HTML document. Errors: Misconfigured."""
        return self._render(f"pages/{template}.html", context)

    def sheet(self, template: str, context: Mapping[str, object]) -> str:
        """print/<template>.html as a whole HTML document, to be printed. Errors: Misconfigured."""
        return self._render(f"print/{template}.html", context)

    def _render(self, name: str, context: Mapping[str, object]) -> str:
        import jinja2

        if self._made is None:
            self._made = _environment(self._folder, self._brand)
            self._made.globals |= dict(zip(("LOGO_WIDTH", "LOGO_HEIGHT"), self._logo or (0, 0), strict=True))
        try:
            return self._made.get_template(name).render(context)
        except jinja2.TemplateNotFound as error:
            raise Misconfigured(f"templates/{name}: there is no template {error.message}") from error
        except jinja2.TemplateSyntaxError as error:
            raise Misconfigured(f"templates/{error.name or name}, line {error.lineno}: {error.message}") from error
        except jinja2.TemplateError as error:
            raise Misconfigured(f"templates/{name}: {error.message}") from error


def _place(template: str, language: str) -> str:
    return f"email/{template}" if language == ENGLISH else f"email/{template}/{language}"


def _said(said: Mapping[str, str], context: Mapping[str, object]) -> Mapping[str, Any]:
    """The owner's words as a template is told them: a line for subject and preheader, a paragraph's as lines without a break."""
    values = {"shop": getattr(context["shop"], "name", ""), "signature": getattr(context["shop"], "signature", "")}

    def value(name: str) -> str:
        found = values.get(name) or context.get(name, "")
        parts = found if isinstance(found, list | tuple) else [found]
        return ", ".join(one_line(str(part)) for part in parts)

    told = dict(_OURS)
    for key, text in said.items():
        whole = [filled(part, value) for part in paragraphs(text)]
        if None in whole:
            continue
        lines = tuple(one_line(part) for part in whole if part is not None)
        told[key] = lines if key in PARAGRAPHS else " ".join(lines)
    return told


def one_line(value: str) -> str:
    """Any run of blanks, line breaks and control characters becomes one space, so that a name cannot add lines to a text part."""
    return _SPACE.sub(" ", str(value)).strip()  # str() makes a missing value say its name


def wrapped(value: str, prefix: str = "") -> str:
    """The text in lines of at most WIDTH columns, each behind `prefix`; its own line breaks and indents are kept.

    A word longer than a line (a link) is never cut. One expression, because the library's textwrap took half of a mail's time.
    """
    lines = []
    for line in value.strip("\r\n").splitlines():
        if len(prefix) + len(line) <= WIDTH:
            lines.append((prefix + line).rstrip())
            continue
        words = line.lstrip()
        before = prefix + line[: len(line) - len(words)]
        lines += [before + part for part in _fitting(WIDTH - len(before)).findall(words)]
    return "\n".join(lines)


@cache
def _fitting(width: int) -> re.Pattern[str]:
    return re.compile(rf"(\S{{{width},}}|.{{1,{width}}})(?:\s+|$)")


def paragraphs(value: str) -> list[str]:
    """The parts between blank lines, none of them empty."""
    return [part.strip() for part in re.split(r"\n\s*\n", value.replace("\r\n", "\n")) if part.strip()]


def _environment(folder: Path, brand: Brand) -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

    made = Environment(
        loader=FileSystemLoader(folder),
        autoescape=select_autoescape(enabled_extensions=("html", "svg"), disabled_extensions=("txt",), default=True),
        undefined=StrictUndefined,
        auto_reload=False,
        cache_size=-1,  # all of them: there are few
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update({"one_line": one_line, "wrapped": wrapped, "paragraphs": paragraphs})
    made.globals = _worn(brand)  # in place of Jinja's own, which we don't use: all of them are copied for each part of each mail
    return made


def _worn(brand: Brand) -> dict[str, object]:
    """The brand as every template may name it: reckoned once, so that no mail pays for it. Errors: Misconfigured."""
    from markupsafe import Markup

    try:
        colours = palette(brand)
    except ValueError as error:
        raise Misconfigured(f"shop.toml, [brand]: {error}.") from None
    # what `palette` and `face` give back holds nothing that could end an attribute; so it is marked, and not looked at for each mail
    worn = {
        "ACT": colours.act[0],
        "ACT_DARK": colours.act[1],
        "ON_ACT": colours.on_act[0],
        "ON_ACT_DARK": colours.on_act[1],
        "VOICE": face(brand.voice),
        "PLAIN": face(brand.plain),
    }
    return {name: Markup(value) for name, value in worn.items()}  # noqa: S704
