"""Forms that anybody may send, read field by field: every error at once, each at its field."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from chalice.app import Response

from chalicelib.domain.identity import is_unsafe
from chalicelib.entrypoints.answers import answer_json, see_other
from chalicelib.errors import Invalid

T = TypeVar("T")

BOT_FIELD = "website"
"""People do not see it; programs fill it in."""

LOOK_IN_INBOX = "Look in your inbox: we have sent a mail to that address."


class Checked:
    """A form in the checking. `errors`: list of {field, message}, in the order in which fields were read."""

    def __init__(self, form: Mapping[str, Any]) -> None:
        self._form = form
        self.errors: list[dict[str, str]] = []

    def read(self, name: str, parse: Callable[[str], T]) -> T | None:
        """The field as `parse` takes it; None with an error noted, where it does not."""
        value = self._form.get(name, "")
        try:
            if type(value) is not str:  # a fraction in JSON comes as its digits, which are no text either
                raise Invalid(f"Give the {name} as text.", name)
            return parse(value)
        except Invalid as error:
            self.wrong(error.field or name, str(error))
            return None

    def said(self, name: str) -> Any:
        """The field as it came, False where it is not there."""
        return self._form.get(name, False)

    def wrong(self, field: str, message: str) -> None:
        """One more error; field "" is of the whole form."""
        self.errors.append({"field": field, "message": message})

    def by_a_person(self) -> None:
        """An error where the field is filled in that people do not see."""
        if self._form.get(BOT_FIELD, "") != "":
            self.wrong(BOT_FIELD, "Leave the last field empty: it is there to tell people from programs.")

    def kept(self, **limits: int) -> dict[str, object]:
        """What was typed, for the form that is shown again, without what nobody could see and take out; a field that is no text is "".
        `limits`: characters, by field.
        """

        def text(name: str, limit: int) -> str:
            value = self._form.get(name, "")
            shown = value[: limit + 50] if isinstance(value, str) else ""
            return "".join(char for char in shown if char in "\r\n\t\u200d" or not is_unsafe(char))

        return {**{name: text(name, limit) for name, limit in limits.items()}, BOT_FIELD: ""}


def taken(message: str, done_page: str, *, as_json: bool) -> Response:
    """The answer to a form that was in order, whatever came of it."""
    return answer_json(202, {"message": message}) if as_json else see_other(done_page)


def errors_as_json(form: Checked) -> Response:
    """Every error at once; a page shows them at their fields instead."""
    return answer_json(422, {"message": form.errors[0]["message"], "errors": form.errors})
