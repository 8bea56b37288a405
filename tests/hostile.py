"""Hostile text, a walker that fills every form it finds with it, and what must not come of it in a page."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import tinyhtml5
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

MARK = "fiendtlig"
RTL = "\u05e9\u05dc\u05d5\u05dd"
PDF = b"%PDF-1.7\n%%EOF\n"
SPOILT = "\x00\x07\x1b[31m\x85\u202e\u2066\u200b\ufeff\u2028"
"""Characters that nothing may keep: control, escape, next line, override, isolate, no look, separator."""
_MARKUP = (
    f"\"'><{MARK}-el on{MARK}=1><img src=x onerror={MARK}()><script>{MARK}()</script>"
    "</textarea></title><!--{{7*7}}%s%(x)s"
)
FORBIDDEN = re.compile(
    "\r(?!\n)|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2028\u2029\u2066\u2067\u200b\ufeff]"
)
_ISLAND = re.compile("\u2068[^\u2069]*\u2069")
_RTL_LETTER = re.compile("[\u0590-\u08ff]")
_URLS = (
    "href",
    "src",
    "action",
    "formaction",
    "poster",
    "data",
    "cite",
    "srcset",
    "{http://www.w3.org/1999/xlink}href",
)
_SAFE = re.compile(r"(?:/(?![/\\])|#|\?|mailto:[^?&\s]+$|tel:[+0-9 ]+$|https?://[^\s]+$)", re.IGNORECASE)
_ACTIVE = {"iframe", "object", "embed", "base", "applet", "frame", "frameset", "svg:script", "style"}
KINDS_OF_TEXT = ("date", "number", "text", "search", "textarea", "email", "tel", "url", "file")
GOOD = {
    "website": f"{MARK}.no/?javascript:{MARK}()",
    "tel": "+47 900 00 000",
    "email": f"=cmd|{MARK}@example.no",
    "year": "2025",
    "number": "311094688",
    "birth_date": "12.03.1985",
    "date": "12.03.2031",
}
"""What a field takes that refuses the rest: as hostile as its rule lets it be."""


def payload(number: int) -> str:
    """Markup, breaks out of attributes, right-to-left text and characters that are never kept."""
    return f"={MARK}{number} {RTL} {SPOILT}{_MARKUP}"


def parsed(html: str) -> Any:
    """A page as a browser understands it."""
    return tinyhtml5.parse(html, namespace_html_elements=False)


def faults(html: str, tree: Any = None) -> list[str]:
    """What hostile text has made of a page: nothing, where it is inert."""
    tree = parsed(html) if tree is None else tree
    found = [f"sign {c.group()!r} after {html[: c.start()][-30:]!r}" for c in FORBIDDEN.finditer(html)]
    for element in tree.iter():
        found += _faults_of(element)
    return [*found, *_unisolated(tree, covered=False)]


def _faults_of(element: Any) -> Iterator[str]:
    tag = element.tag if isinstance(element.tag, str) else "comment"
    ours = tag == "style" and MARK not in "".join(element.itertext())  # a letter shown before it is sent
    if MARK in tag or (tag in _ACTIVE and not ours) or (tag == "comment" and MARK in (element.text or "")):
        yield f"element {tag}"
    if tag == "script" and (not element.get("src") or element.text):
        yield "script in the page"
    for name, value in element.attrib.items():
        if MARK in name or name.startswith("on") or name in ("style", "srcdoc"):
            yield f"attribute {name} of {tag}"
        if name in _URLS and value and not _SAFE.match(value):
            yield f"address {value!r} of {tag}"


def _unisolated(element: Any, *, covered: bool) -> Iterator[str]:
    covered = covered or element.tag == "bdi" or element.get("dir") == "auto"
    for text in (element.text, *(child.tail for child in element)):
        if not covered and text and _RTL_LETTER.search(_ISLAND.sub("", text)):
            yield f"direction not isolated in {element.tag}: {text[:60]!r}"
    for child in element:
        yield from _unisolated(child, covered=covered)


@dataclass
class Field:
    """One control of a form as it stands in the page."""

    name: str
    kind: str
    value: str
    options: list[str] = field(default_factory=list)
    checked: bool = False
    wrong: bool = False


@dataclass
class Found:
    """A form that sends, and what it has."""

    action: str
    page: str
    fields: list[Field]

    @property
    def takes_text(self) -> bool:
        return any(one.kind in KINDS_OF_TEXT for one in self.fields)


def forms_of(tree: Any, page: str) -> list[Found]:
    """The forms of a page that send something."""
    return [
        Found(form.get("action") or page, page, [one for one in map(_control, form.iter()) if one])
        for form in tree.iter("form")
        if (form.get("method") or "").lower() == "post"
    ]


def _control(element: Any) -> Field | None:
    name = element.get("name")
    if not name or element.tag not in ("input", "textarea", "select", "button"):
        return None
    wrong = element.get("aria-invalid") == "true"
    if element.tag == "textarea":
        return Field(name, "textarea", (element.text or "").lstrip("\n"), wrong=wrong)
    if element.tag == "select":
        values = [option.get("value", option.text or "") for option in element.iter("option")]
        chosen = [o.get("value", "") for o in element.iter("option") if o.get("selected") is not None]
        return Field(name, "select", chosen[0] if chosen else "", values, wrong=wrong)
    kind = "button" if element.tag == "button" else (element.get("type") or "text").lower()
    return Field(
        name, kind, element.get("value") or "", checked=element.get("checked") is not None, wrong=wrong
    )


def filled(form: Found, text: str, wrong: frozenset[str] = frozenset()) -> dict[str, Any]:
    """The form with `text` wherever text can be written, and a choice made wherever one can be."""
    data: dict[str, Any] = {}
    for one in form.fields:
        if one.kind == "hidden":
            data[one.name] = one.value
        elif one.kind in KINDS_OF_TEXT:
            data[one.name] = _written(one, text, one.name in wrong)
        elif one.kind == "select":
            data[one.name] = one.value or next((value for value in one.options if value), "")
        elif one.kind == "checkbox":
            data.setdefault(one.name, []).append(one.value or "y")
        elif one.kind in ("radio", "button") and (one.checked or one.name not in data):
            data[one.name] = one.value
    return data


def _written(one: Field, text: str, wrong: bool) -> Any:
    if one.kind == "file":
        return (BytesIO(PDF), f"../{text}.pdf")
    if not wrong:
        return text
    return GOOD.get(one.name) or GOOD.get(one.kind) or one.value or "45000"


_NOT_WALKED = (None, "assets.asset", "shell.choose_language", "identity.login")


@dataclass
class Walker:
    """Goes wherever links lead, fills every form that takes text, and keeps what it saw."""

    app: Flask
    who: str
    client: FlaskClient
    starts: tuple[str, ...] = ("/min-side",)
    most: int = 3
    seen: dict[str, str] = field(default_factory=dict)
    forms: dict[str, Found] = field(default_factory=dict)
    visits: Counter[str] = field(default_factory=Counter)
    said: list[str] = field(default_factory=list)

    def endpoint(self, path: str, method: str) -> str | None:
        """The portal's name for where a path leads; None outside it."""
        parts = urlsplit(path)
        if parts.netloc or parts.scheme or not parts.path.startswith("/"):
            return None
        try:
            return str(self.app.url_map.bind("localhost").match(parts.path, method)[0])
        except HTTPException:
            return None

    def walk(self) -> None:
        """Open where one begins, and every page that links lead to, at most `most` of a kind."""
        self.seen.clear()
        self.visits.clear()
        ahead = [link for path in self.starts for link in self.open(path)]
        while ahead:
            path = ahead.pop(0).split("#")[0]
            endpoint = self.endpoint(path, "GET")
            if endpoint in _NOT_WALKED or path in self.seen or self.visits[str(endpoint)] >= self.most:
                continue
            self.visits[str(endpoint)] += 1
            ahead += self.open(path)

    def open(self, path: str) -> list[str]:
        """Open one page; gives where its links lead."""
        answer = self.client.get(path)
        assert answer.status_code < 500, (self.who, path, answer.status_code)
        tree = self.keep(path, answer)
        if answer.status_code in (302, 303):
            return [answer.headers["Location"]]
        if tree is None:
            return []
        for form in forms_of(tree, path):
            endpoint = self.endpoint(form.action, "POST")
            if endpoint:
                self.forms.setdefault(f"{endpoint} {form.action}", form)
        return [link.get("href") or "" for link in tree.iter("a")]

    def keep(self, path: str, answer: TestResponse) -> Any:
        """Note what is wrong with an answer; gives its tree, or None where it is no page."""
        html = answer.get_data(as_text=True) if answer.mimetype == "text/html" else ""
        self.seen[path] = html
        if not html:
            return None
        tree = parsed(html)
        self.said += [f"{self.who} {path}: {fault}" for fault in faults(html, tree)]
        return tree

    def fill(self, form: Found, text: str) -> int:
        """Send a form; where it is refused, once more with what its refused fields take. Gives the status."""
        wrong: frozenset[str] = frozenset()
        while True:
            page = self.client.get(form.page).get_data(as_text=True)
            fresh = [one for one in forms_of(parsed(page), form.page) if one.action == form.action]
            answer = self.client.post(form.action, data=filled((fresh or [form])[0], text, wrong))
            tree = self.keep(f"{form.action} (sent)", answer)
            if tree is None or answer.status_code >= 500 or answer.status_code in (302, 303):
                return answer.status_code
            refused = [one for one in forms_of(tree, form.page) if one.action == form.action]
            more = {control.name for one in refused for control in one.fields if control.wrong} - wrong
            if not more:
                return answer.status_code
            wrong |= more
