"""The access matrix: who asks for what, at which place, in which state; and what the answer must be.

Addresses come of the URL map, people of the role table. What is expected comes of the declared permission
and the second opinion, never of the portal's own policy. Nothing that a case does is stored: every commit is
turned into a rollback, and remembered as an effect.
"""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_sqlalchemy.session import Session
from sqlalchemy import event
from werkzeug.test import TestResponse

from portal import clock
from portal.access.routes import Access, access_table
from portal.database import db
from tests import second_opinion as second
from tests.hostile import Found, filled, forms_of, parsed
from tests.matrix_world import MatrixWorld, Planted, Somebody

SECRET = re.compile(rb"hemmelig\d{3}x")
_WRITE = re.compile(r"\s*(INSERT|UPDATE|DELETE)\b", re.IGNORECASE)
_NO_EFFECT = ("user_session", "idempotency_key", "switch_generation")
OTHER = {"code": "maal", "name": "take", "token": "x", "number": "39", "key": "stub", "path": "x.css"}
"""What stands in an address where no object does."""
NAMES = {
    "affiliation.step": "confirm",
    "pluginhost.plugin": "child_grants",
    "pluginhost.enable": "child_grants",
    "pluginhost.disable": "child_grants",
    "unit_rules.rule": "organisations.answer_within",
    "unit_rules.tighten": "organisations.answer_within",
    "unit_rules.leave": "units.deputy",
    "unit_rules.take_back": "units.deputy",
}
"""What `name` is, where it is no step of a case."""
NOT_ASKED = ("/logg-inn", "/logg-ut", "/static", "/_", "/healthz", "/readyz", "/sprak", "/bekreft-deg",
             "/min-side/innlogginger")  # fmt: skip
"""Logging in and out at a provider's, files for everybody and the machine's own pages: without objects."""
LISTS_OF_A_CALL = (
    "/barnetilskudd/innstillinger",
    "/barnetilskudd/behandling",
    "/barnetilskudd/utlysning/",
)
"""Calls are public: these list what the reader reaches of one, or begin something of the reader's own."""
REACH: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("/barnetilskudd/soknad/", ("funding.application.read", "funding.own.read")),
    ("/barnetilskudd/utlysning", ()),
    ("/sak/", ("casework.case.read",)),
    ("/saker/", ("casework.own.read",)),
    ("/klager/", ("casework.appeal.read",)),
    ("/enheter", ("units.unit.read",)),
    ("/organisasjoner/registreringer", ("organisations.registration.handle",)),
    ("/organisasjoner/uten-leder", ("organisations.registration.handle",)),
    ("/organisasjoner/", ("organisations.organisation.read", "organisations.own.read")),
    ("/tilgang", ("access.assignment.read",)),
    ("/revisjon", ("record.audit.read",)),
)
"""Which permissions make an object there at all for somebody, by the beginning of its addresses."""


@dataclass(frozen=True)
class Case:
    """One question: this person, this address, this method, this object."""

    who: Somebody
    endpoint: str
    rule: str
    method: str
    path: str
    access: Access
    about: Planted | None = None
    asks_for_object: bool = False

    def __str__(self) -> str:
        state = f" ({self.about.parameter} {self.about.state})" if self.about else ""
        return f"{self.who.label}: {self.method} {self.path}{state}"


@dataclass
class Asked:
    """What came of a case."""

    status: int
    login: bool
    effect: bool
    found: frozenset[str]
    closed: bool = False
    """Sent on to declare their ties first: in reach as staff, and shown nothing."""


@dataclass
class Matrix:
    """The cases over one world, and everything that was wrong."""

    app: Flask
    made: MatrixWorld
    requests: int = 0
    judged: int = 0
    wrong: list[str] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)
    form_first: Counter[str] = field(default_factory=Counter)
    """Forms that were not filled in well enough to be judged by their object: answered alike for all."""
    forms: dict[str, Found] = field(default_factory=dict)
    by_endpoint: dict[str, Found] = field(default_factory=dict)
    current: Case | None = None
    effects: int = 0

    def __post_init__(self) -> None:
        self.facts = self.made.facts()
        self.now = clock.now()
        self.clients: dict[int, FlaskClient] = {}
        self.secrets = {one.secret: one for one in self.made.planted if one.secret}
        self.held: dict[int, set[str]] = defaultdict(set)
        self._may: dict[tuple[int, str, second.Thing], bool] = {}
        for grant in self.facts.grants:
            if second.in_force(self.facts, grant, self.now) and second.stands(self.facts, grant):
                self.held[grant.person] |= set(self.facts.roles[grant.role].permissions)

    def cases(self) -> Iterator[Case]:
        """Every case there is, reading ones first."""
        table = access_table(self.app)
        found = []
        for rule in self.app.url_map.iter_rules():
            if rule.rule.startswith(NOT_ASKED):
                continue
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                for about, path in self.addresses(rule):
                    found.append((method, rule, path, about, table[rule.endpoint][method]))
        for method, rule, path, about, access in sorted(found, key=lambda one: one[0]):
            numbers = any(name.endswith("_id") for name in rule.arguments)
            numbers = numbers and not rule.rule.startswith(LISTS_OF_A_CALL)
            for who in self.made.people:
                yield Case(who, rule.endpoint, rule.rule, method, path, access, about, numbers)

    def addresses(self, rule: Any) -> Iterator[tuple[Planted | None, str]]:
        """The rule's addresses: one for each object it can be asked for, and one for what is not there."""
        names = [name for name in rule.arguments if name.endswith("_id")]
        for one in self.made.planted:
            if not self.fits(rule.rule, names, one):
                continue
            parents = dict(one.parents)
            values: dict[str, Any] = {name: parents.get(name, 0) for name in names}
            values[one.parameter] = one.id
            yield one, self.path(rule, values)
        yield None, self.path(rule, dict.fromkeys(names, 999_999))

    def fits(self, address: str, names: list[str], one: Planted) -> bool:
        if one.parameter not in names:
            return False
        if one.parameter == "unit_id" and "case_id" not in names:
            if len(names) > 1:
                return False
            civil = address.startswith("/organisasjoner")
            return address.startswith("/representer") or (one.state == "civil") == civil
        if one.parameter == "assignment_id":
            return (one.state == "civil") == address.startswith("/organisasjoner")
        return one.parameter != "unit_id"

    def path(self, rule: Any, values: dict[str, Any]) -> str:
        other = {**OTHER, "name": NAMES.get(rule.endpoint, OTHER["name"])}
        given = {name: values.get(name, other.get(name, "x")) for name in rule.arguments}
        with self.app.test_request_context():
            return str(self.app.url_map.bind("localhost").build(rule.endpoint, given, rule.methods and None))

    # What is expected

    def may(self, person: int, permission: str, thing: second.Thing) -> bool:
        key = (person, permission, thing)
        if key not in self._may:
            self._may[key] = second.may(self.facts, person, permission, thing, self.now)
        return self._may[key]

    def expected(self, case: Case) -> str:
        """`any`, `login`, `denied`, `gone`, `refused` or `may`."""
        person, access = case.who.person, case.access
        if access.kind == "public":
            return "any"
        if case.who.anonymous:
            return "login"
        name = access.permission.name if access.permission else None
        if name is not None and name not in self.held[person]:
            return "denied"
        if not case.asks_for_object:
            return "may"
        if case.about is None and case.rule.startswith("/barnetilskudd/utlysning"):
            return "refused"
        if case.about is None or not self.reaches(case):
            return "gone"
        if name is not None and not self.may(person, name, case.about.thing):
            return "refused"
        return "may"

    def reaches(self, case: Case) -> bool:
        """Whether the object is there at all for who asks."""
        person, about = case.who.person, case.about
        assert about is not None
        if person in about.persons:
            return True
        if case.rule.startswith("/dokument/"):
            return any(self.may(person, name, about.thing) for name in about.secret_to)
        if case.rule.startswith("/representer/"):
            grants = [g for g in self.facts.grants if g.person == person and g.unit == about.id]
            return any(second.in_force(self.facts, one, self.now) for one in grants)
        for beginning, names in REACH:
            if case.rule.startswith(beginning):
                return not names or any(self.may(person, name, about.thing) for name in names)
        name = case.access.permission.name if case.access.permission else ""
        return self.may(person, name, about.thing)

    def sees(self, person: int, secret: str) -> bool:
        """Whether a person may read a secret, wherever it stands."""
        one = self.secrets[secret]
        return person in one.persons or any(self.may(person, name, one.thing) for name in one.secret_to)

    # Asking

    def ask(self, case: Case) -> Asked:
        """Send it as a browser would; nothing is stored."""
        client = self.client(case.who)
        self.current, before = case, self.effects
        self.requests += 1
        sent = {} if case.method == "GET" else self.form(case)
        answer = client.open(case.path, method=case.method, data=sent or None)
        self.keep(case, answer)
        to = answer.headers.get("Location", "")
        login = answer.status_code in (302, 303) and "/logg-inn" in to
        found = frozenset(word.decode() for word in SECRET.findall(body(answer)))
        found -= own_words(sent) if answer.status_code in (403, 404) else frozenset()
        answer.close()
        closed = answer.status_code == 303 and to.startswith("/sak/") and "/habilitet" in to
        return Asked(answer.status_code, login, self.effects > before, found, closed)

    def client(self, who: Somebody) -> FlaskClient:
        if who.person not in self.clients:
            anonymous = self.app.test_client()
            self.clients[who.person] = anonymous if who.anonymous else self.made.world.client(who.person)
        return self.clients[who.person]

    def form(self, case: Case) -> dict[str, Any]:
        """The form somebody who may was shown there, filled in; else one of the same kind, else nothing."""
        found = self.forms.get(case.path) or self.by_endpoint.get(case.endpoint)
        return {} if found is None else filled(found, "Tekst nok", frozenset(GOOD_NAMES))

    def keep(self, case: Case, answer: TestResponse) -> None:
        if case.method != "GET" or answer.status_code != 200 or answer.mimetype != "text/html":
            return
        if b'method="post"' not in answer.data:
            return
        for one in forms_of(parsed(answer.get_data(as_text=True)), case.path):
            self.note(one)

    def note(self, form: Found) -> None:
        path = form.action.split("?")[0]
        if path in self.forms:
            return
        self.forms[path] = form
        try:
            endpoint = self.app.url_map.bind("localhost").match(path, "POST")[0]
        except Exception:
            return
        self.by_endpoint.setdefault(str(endpoint), form)

    # Judging

    def judge(self, case: Case) -> list[str]:
        """Ask and compare; gives what was wrong."""
        expected, got = self.expected(case), self.ask(case)
        self.kinds[expected] += 1
        self.judged += 1
        # The form, or the state the case is in, may be judged before the right: nothing is written then.
        shown = {"gone": (400, 422), "refused": (200, 303, 400, 409, 422)}.get(expected, ())
        form_first = case.method == "POST" and got.status in shown and not got.effect
        self.form_first[case.endpoint] += form_first
        right = form_first or fits(expected, got)
        said = [] if right else [f"{case}: {expected}, got {got.status}"]
        if expected not in ("may", "any") and got.effect:
            said.append(f"{case}: {expected}, but something was written")
        published = case.rule.startswith(PUBLISHED)
        leaked = [] if published else [w for w in got.found if not self.sees(case.who.person, w)]
        return said + [f"{case}: shows {self.secrets[word].parameter} {word}" for word in leaked]

    def run(self, cases: list[Case]) -> None:
        """Judge cases; a list is judged once for every secret it could have shown."""
        for case in cases:
            self.wrong += self.judge(case)
            if not case.asks_for_object and case.method == "GET" and case.access.kind != "public":
                self.judged += len(self.secrets) - 1


PUBLISHED = "/barnetilskudd/tildelinger"
"""Grants given are open data: what they are called and who got them is for everybody."""
GOOD_NAMES = ("date", "number", "year", "email", "website", "birth_date", "valid_to", "valid_from", "amount")


def fits(expected: str, got: Asked) -> bool:
    """Whether an answer is as expected."""
    if got.status >= 500:
        return False
    if expected == "login":
        return got.login
    if got.login:
        return False
    if expected == "denied":
        return got.status == 403
    if expected == "gone":
        return got.status == 404
    if expected == "refused":
        return got.status in (403, 404) or got.closed
    return True


def own_words(sent: dict[str, Any]) -> frozenset[str]:
    """The secrets somebody sent themselves: a refusal gives back what they wrote, to be copied."""
    return frozenset(word.decode() for word in SECRET.findall(repr(sent).encode()))


def body(answer: TestResponse) -> bytes:
    """What a response says, packed files unpacked."""
    said: bytes = answer.data
    if not said.startswith(b"PK\x03\x04"):
        return said
    with zipfile.ZipFile(io.BytesIO(said)) as packed:
        return b"\n".join([packed.read(name) for name in packed.namelist()]) + str(packed.namelist()).encode()


def store_nothing(matrix: Matrix, monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on commits are rollbacks; those with something written count as effects."""
    pending = {"writes": 0}

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if _WRITE.match(statement) and not any(name in statement[:80] for name in _NO_EFFECT):
            pending["writes"] += 1

    def commit(self: Session) -> None:
        self.flush()
        matrix.effects += bool(pending["writes"])
        pending["writes"] = 0
        self.rollback()

    def rollback(self: Session, _plain: Any = Session.rollback) -> None:
        pending["writes"] = 0
        _plain(self)

    monkeypatch.setattr("portal.web.kit.headers._log", lambda _response: None)
    monkeypatch.setattr(Session, "commit", commit, raising=False)
    monkeypatch.setattr(Session, "rollback", rollback, raising=False)
    for engine in db.engines.values():
        event.listen(engine, "before_cursor_execute", note)


def spread(matrix: Matrix, cases: list[Case], many: int, seed: int) -> list[Case]:
    """A sample with every route and method, each with every kind of answer it has, whatever its size."""
    chance = random.Random(seed)
    groups: dict[tuple[str, str, str], list[Case]] = defaultdict(list)
    for case in cases:
        groups[case.endpoint, case.method, matrix.expected(case)].append(case)
    each = max(1, many // len(groups))
    return [case for group in groups.values() for case in chance.sample(group, min(len(group), each))]
