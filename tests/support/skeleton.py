"""A document without its words: elements, attributes, and where links lead. What is typed may change none of it."""

from __future__ import annotations

from collections.abc import Iterable
from html.parser import HTMLParser
from urllib.parse import urlsplit

from msgspec import Struct, field

VOID = frozenset(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"])
_WORDS = ("value", "content", "alt", "title", "aria-label")
"""Attributes whose values are words."""

_LEAD = ("href", "src", "action", "formaction", "data", "srcset", "poster")


class Control(Struct):
    """One of a form's fields. `kind`: input's type, or textarea, or button."""

    name: str
    kind: str
    value: str
    checked: bool = False


class Form(Struct):
    """A form as a browser would send it."""

    action: str
    method: str
    controls: list[Control] = field(default_factory=list)

    def values(self) -> dict[str, str]:
        """What goes along when nobody changes anything."""
        return {one.name: one.value for one in self.controls if one.kind not in ("checkbox", "radio") or one.checked}


class Document(HTMLParser):
    """`bones`: what it is made of. `wrong`: what is not closed in its order, stands twice, or leads where nothing may. `words`: what people read."""

    def __init__(self, html: str, *, leads: Iterable[str] = ("https", "http", "mailto", "tel", "")) -> None:
        super().__init__()
        self.leads = (*leads,)
        self.bones: list[tuple[str, ...]] = []
        self.wrong: list[str] = []
        self.words: list[str] = []
        self.forms: list[Form] = []
        self.addresses: list[str] = []
        self._open: list[str] = []
        self._area: Control | None = None
        self.feed(html)
        self.close()
        self.wrong += [f"<{tag}> is not closed" for tag in self._open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        if len(names) != len({*names}):
            self.wrong.append(f"<{tag}> has an attribute twice")
        self.wrong += [f"<{tag}> acts by {name}" for name in names if name.startswith("on")]
        told = {name: value or "" for name, value in attrs}
        self._lead(tag, told)
        self.bones.append((tag, *(f"{name}={self._bone(name, value)}" for name, value in sorted(told.items()))))
        self._of_a_form(tag, told)
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Closed as it opens (in SVG)."""
        self.bones.append((tag, *sorted(name for name, _ in attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = None
        if not self._open or self._open.pop() != tag:
            self.wrong.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._area.value += data
        if self._open[-1:] != ["style"]:
            self.words.append(data)

    def handle_comment(self, data: str) -> None:
        self.bones.append(("comment", data[:40]))

    def _lead(self, tag: str, told: dict[str, str]) -> None:
        for name in _LEAD:
            if name not in told:
                continue
            self.addresses.append(told[name])
            scheme = urlsplit(told[name].strip()).scheme
            if scheme not in self.leads and not (scheme == "data" and tag == "img"):
                self.wrong.append(f"<{tag}> leads to {told[name][:40]}")

    @staticmethod
    def _bone(name: str, value: str) -> str:
        if name in _WORDS:
            return ""
        if name in _LEAD:
            parts = urlsplit(value)
            return f"{parts.scheme}://{parts.netloc}{parts.path}"
        return value

    def _of_a_form(self, tag: str, told: dict[str, str]) -> None:
        if tag == "form":
            self.forms.append(Form(told.get("action", ""), told.get("method", "get")))
        elif tag in ("input", "textarea", "select", "button") and told.get("name") and self.forms:
            kind = told.get("type", "text") if tag == "input" else tag
            control = Control(told["name"], kind, told.get("value", ""), "checked" in told)
            self.forms[-1].controls.append(control)
            if tag == "textarea":
                self._area = control
