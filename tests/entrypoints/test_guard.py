"""The headers that guard pages: the same for API, site and developer pages, but for what each needs otherwise."""

from __future__ import annotations

import re

import pytest

from chalicelib.entrypoints.guard import API, DEV, FOR_EVERYBODY, SECURE, SITE, headers_file, of_file

PATHS = ("/", "/voucher/", "/counter/", "/404.html", "/css/site.css", "/css/site.0123456789.css", "/mail-logo.png", "/icon.svg")


def told(text: str) -> dict[str, dict[str, str]]:
    """`_headers` as its hosts read it. Errors: ValueError for a line that they would not."""
    found: dict[str, dict[str, str]] = {}
    path = ""
    for line in filter(None, text.split("\n")):
        if line.startswith("/"):
            path = line
            assert path not in found
            found[path] = {}
        elif header := re.fullmatch(r"  ([A-Z][A-Za-z-]+): (\S.*)", line):
            assert header[1] not in found[path]
            found[path][header[1]] = header[2]
        else:
            raise ValueError(line)
    return found


@pytest.mark.parametrize("headers", [API, DEV, {**SITE, **of_file("/")}])
def test_every_page_is_guarded(headers: dict[str, str]) -> None:
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))

    assert policy["default-src"] == "'none'"
    assert policy["style-src"] == policy["form-action"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert "script-src" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Opener-Policy"] == headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Referrer-Policy"] in ("no-referrer", "same-origin")
    assert "camera=()" in headers["Permissions-Policy"]
    assert "Cache-Control" in headers


def test_what_a_host_is_told_is_what_this_machine_serves() -> None:
    found = told(headers_file(PATHS, secure=True))

    assert found.pop("/*") == {**SITE, **SECURE}
    assert found == {path: of_file(path) for path in PATHS}


def test_no_header_stands_twice_for_one_path() -> None:
    found = told(headers_file(PATHS, secure=True))
    everywhere = found.pop("/*")

    assert [path for path, said in found.items() if {*said} & {*everywhere}] == []


def test_without_https_nobody_is_told_to_come_by_it() -> None:
    assert "Strict-Transport-Security" not in headers_file(PATHS, secure=False)


def test_only_what_changes_its_name_is_kept_for_long() -> None:
    assert "immutable" in of_file("/css/site.0123456789.css")["Cache-Control"]
    assert "immutable" in of_file("/pictures/ring.0123456789.webp")["Cache-Control"]
    for path in ("/", "/voucher/", "/css/site.css", "/logo.svg", "/robots.txt"):
        assert of_file(path)["Cache-Control"] == "public, max-age=300"


def test_going_back_at_the_counter_shows_nothing_of_the_person_before() -> None:
    assert of_file("/counter/")["Cache-Control"] == "no-store"


def test_other_places_may_show_what_is_meant_for_them() -> None:
    assert {of_file(path)["Cross-Origin-Resource-Policy"] for path in FOR_EVERYBODY} == {"cross-origin"}
