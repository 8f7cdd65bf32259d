"""The shipped templates, rendered with Jinja. Text that an owner edits never passes through here as a template."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from chalicelib.errors import Misconfigured
from chalicelib.ports import Rendered

if TYPE_CHECKING:
    from jinja2 import Environment

WIDTH = 76
"""Columns of a mail's text part: quoted twice, it still fits a terminal of 80."""

_SPACE = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")
# Control characters and line separators would break a header; the bidirectional overrides would let a name reorder what stands
# around it; a lone surrogate cannot be encoded at all.
_NOT_IN_A_SUBJECT = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


class Templates:
    """ports.Renderer over a folder that holds `email/` and `pages/`.

    Jinja is imported when the first template is rendered: most requests render none, and the import costs more than they do.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: Environment | None = None

    def mail(self, template: str, context: Mapping[str, object]) -> Rendered:
        """The three parts of email/<template>/; the subject is one line. Errors: Misconfigured."""
        path = f"email/{template}"
        subject = self._render(f"{path}/subject.txt", context).strip()
        if not subject or _NOT_IN_A_SUBJECT.search(subject):
            raise Misconfigured(f"templates/{path}/subject.txt: a subject is one line of visible characters")
        text = self._render(f"{path}/body.txt", context).strip() + "\n"
        return Rendered(subject=subject, text=text, html=self._render(f"{path}/body.html", context))

    def page(self, template: str, context: Mapping[str, object]) -> str:
        """pages/<template>.html as a whole HTML document. Errors: Misconfigured."""
        return self._render(f"pages/{template}.html", context)

    def _render(self, name: str, context: Mapping[str, object]) -> str:
        import jinja2

        if self._made is None:
            self._made = _environment(self._folder)
        try:
            return self._made.get_template(name).render(context)
        except jinja2.TemplateNotFound as error:
            raise Misconfigured(f"templates/{name}: there is no template {error.message}") from error
        except jinja2.TemplateSyntaxError as error:
            raise Misconfigured(f"templates/{error.name or name}, line {error.lineno}: {error.message}") from error
        except jinja2.TemplateError as error:
            raise Misconfigured(f"templates/{name}: {error.message}") from error


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


def _environment(folder: Path) -> Environment:
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
    return made
