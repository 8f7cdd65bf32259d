"""What a file holds against what it may hold: every fault at once, where msgspec tells the first.

So that one fault does not hide the next, what is wrong is mended by its likeliest reading where it has one, or left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from difflib import get_close_matches
from types import NoneType, UnionType
from typing import Any, Final, Literal, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Struct

from chalicelib.domain.fault import Fault, Where, listed

TOLD = "docs/settings.md tells every key."
_GONE: Final = object()


class Shaped:
    """`value`: what is left, fit to be converted, or None where nothing of use is. `faults` in the file's order. `guessed`: where a key was
    taken for one that is spelt a little otherwise.
    """

    def __init__(self, raw: Any, kind: type[Struct]) -> None:
        self.faults: list[Fault] = []
        self.guessed: list[Where] = []
        self._lost = False
        self._kept: dict[Where, list[int]] = {}
        value = self._struct(raw, kind, ())
        self.value: dict[str, Any] | None = None if value is _GONE else value

    @property
    def whole(self) -> bool:
        """Whether no entry of a list was left out, as far as one can tell."""
        return not self._lost and all(kept == list(range(len(kept))) for kept in self._kept.values())

    def place(self, where: Where) -> Where:
        """Of what stands there in `value`: where it stands in the file, which may have entries that were left out."""
        found: Where = ()
        for at in where:
            kept = self._kept.get(found, [])
            found = (*found, kept[at] if isinstance(at, int) and at < len(kept) else at)
        return found

    def _any(self, raw: Any, kind: Any, where: Where) -> Any:
        table = _table(kind)
        if table is not None:
            return self._struct(raw, table, where)
        if get_origin(kind) is tuple:
            return self._list(raw, get_args(kind)[0], where)
        if get_origin(kind) is Mapping and isinstance(raw, dict):
            fit = {key: self._any(one, get_args(kind)[1], (*where, key)) for key, one in raw.items()}
            return {key: one for key, one in fit.items() if one is not _GONE}
        try:
            msgspec.convert(raw, kind)
        except msgspec.ValidationError:
            sentence, meant = _unfit(raw, kind, str(where[-1]) if isinstance(where[-1], str) else f"each of `{where[-2]}`")
            self.faults.append(Fault(where, sentence))
            return meant
        return raw

    def _list(self, raw: Any, kind: Any, where: Where) -> Any:
        if not isinstance(raw, list):
            return self._wrong(where, raw, kind)
        entries = [self._any(one, kind, (*where, at)) for at, one in enumerate(raw)]
        self._kept[where] = [at for at, one in enumerate(entries) if one is not _GONE]
        return [one for one in entries if one is not _GONE]

    def _wrong(self, where: Where, raw: Any, kind: Any) -> Any:
        is_table = isinstance(kind, type) and issubclass(kind, Struct)
        shape = f"as [[{where[-1]}]], once for each" if is_table else 'as a list in square brackets, such as ["one", "two"]'
        self.faults.append(Fault(where, f"Write `{where[-1]}` {shape}, not {_shown(raw)}."))
        return _GONE

    def _struct(self, raw: Any, kind: type[Struct], where: Where) -> Any:
        if not isinstance(raw, dict):
            name = next((one for one in reversed(where) if isinstance(one, str)), "")
            self.faults.append(Fault(where, f"Write `{name}` as a table of its own, [{name}], not {_shown(raw)}."))
            return _GONE
        hints = get_type_hints(kind)
        fields = {field.encode_name: field for field in msgspec.structs.fields(kind)}
        known = {key: value for key, value in raw.items() if key in fields}
        guessed = dict(self._strangers(raw, fields, kind, where))
        fit: dict[str, Any] = {}
        complete = True
        for key, field in fields.items():
            if key in known or key in guessed:
                told = len(self.faults)
                value = self._any(known.get(key, guessed.get(key)), hints[field.name], (*where, key))
                if key in guessed:
                    del self.faults[told:]  # that it is spelt wrong is told; what it holds, once it is known for sure what it is
                if value is not _GONE:
                    fit[key] = value
                    continue
            elif field.required:
                self.faults.append(
                    Fault(where, f"{_called(raw, where)}: give `{key}`. {TOLD}" if where else f"Give `{key}`. {TOLD}")
                )
            complete = complete and not field.required
        return fit if complete else _GONE

    def _strangers(
        self, raw: dict[str, Any], fields: dict[str, Any], kind: type[Struct], where: Where
    ) -> Iterator[tuple[str, Any]]:
        for key, value in raw.items():
            if key in fields:
                continue
            # one that is not there yet first: it is likelier to be meant
            free = [name for name in fields if name not in raw]
            near = get_close_matches(key, free, n=1) or get_close_matches(key, fields, n=1)
            meant = f" did you mean `{near[0]}`?" if near else f" take it out. {TOLD}"
            home = "" if near else _home(key, kind)
            self.faults.append(Fault((*where, key), f"There is no key `{key}` {_around(where)}:{home or meant}"))
            if near and near[0] in free:
                self.guessed.append((*where, near[0]))
                yield near[0], value
            elif near:
                self._lost = True


def _table(kind: Any) -> type[Struct] | None:
    """The table that a key holds, also where it may be left out."""
    kinds = get_args(kind) if NoneType in get_args(kind) else (kind,)
    return next((one for one in kinds if isinstance(one, type) and issubclass(one, Struct)), None)


def _home(key: str, kind: type[Struct]) -> str:
    """For a key of the whole that stands below the header of a table, or the other way round."""
    for field in msgspec.structs.fields(kind):
        table = _table(field.type)
        if table is not None:
            names = {one.encode_name for one in msgspec.structs.fields(table)}
            if key in names:
                return f" it belongs under [{field.encode_name}]."
    return ""


def _around(where: Where) -> str:
    names = [str(one) for one in where if isinstance(one, str)]
    if not names:
        return "here"
    return f"in [[{'.'.join(names)}]]" if isinstance(where[-1], int) else f"in [{'.'.join(names)}]"


def _called(raw: dict[str, Any], where: Where) -> str:
    """The table in a sentence: by its name where it has one, else by its number."""
    if not isinstance(where[-1], int):
        return f"[{'.'.join(map(str, where))}]"
    what, name = str(where[-2]).title(), raw.get("name")
    if what == "Rule" and isinstance(name, str) and name:
        return f'Rule "{name}"'
    known = f" ({name})" if isinstance(name, str) and name else ""
    return f"{what} {where[-1] + 1}{known}"


def _unfit(raw: Any, kind: Any, key: str) -> tuple[str, Any]:
    """The sentence, and what was most likely meant."""
    name = key if key.startswith("each of") else f"`{key}`"
    if get_origin(kind) is Literal:
        words = [str(word) for word in get_args(kind)]
        near = get_close_matches(str(raw).casefold(), words, n=1)
        meant = f' Did you mean "{near[0]}"?' if near else ""
        choice = listed([word for word in words if word])
        return f"Give {name} as {choice}, not {_shown(raw)}.{meant}", near[0] if near else _GONE
    return f"Give {name} as {_said(kind)}, not {_shown(raw)}.", _GONE


def _said(kind: Any) -> str:
    if get_origin(kind) is UnionType or NoneType in get_args(kind):
        kind = next(one for one in get_args(kind) if one is not NoneType)
    if kind is bool:
        return "true or false, without quotation marks"
    if kind is int:
        return "a whole number, such as 3"
    if get_origin(kind) is Mapping:
        return 'a table of texts, such as Metal = "silver"'
    if kind is date:
        return "a day without quotation marks, such as 2026-03-31"
    return "text in quotation marks"


def _shown(raw: Any) -> str:
    match raw:
        case bool():
            return str(raw).lower()
        case str():
            return f'"{raw}"' if len(raw) <= 40 else f'"{raw[:39]}…"'
        case dict():
            return "a table"
        case list():
            return "a list"
        case _:
            return str(raw)
