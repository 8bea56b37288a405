"""Requests that no browser sends: signs, numbers and sizes out of all reason, in addresses and bodies.

Every address of the portal is tried, taken from its own table, so a new one is covered by being there.
Whatever comes gets a page that says what is wrong, never a failure, and leaves nothing half stored.
"""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from portal.access.actor import Place
from portal.database import switch_transaction
from portal.organisations.services import NewOrganisation, enter
from tests.conftest import ROOT
from tests.hostile_world import spoilt_rows
from tests.pages import Reader, plain
from tests.world import World

HUGE = ["0", str(2**63), "9" * 5000]
TEXTS = ["%00", "a%00b", "%ff%fe", "%ed%a0%80", "%e2%80%ae", "..%2f..", "%0d%0aSet-Cookie:x=1", "x" * 3000]
_NAMED = re.compile(r'(?:args|asked)(?:\.get\(|\[)"([^"]+)"')
_QUIET = ("static", "logg-ut")


def key(values: object) -> str:
    """A page's key as the portal would write it, of values it never writes."""
    return urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


KEYS = [key(values) for values in (
    [1e999], [1e999, 1], [2**70], ["2026-01-01T00:00:00+00:00", 2**70], ["a\x00b", 1], ["\ud800", 1],
    ["9999-99-99", 1], [[1], {}], ["0001-01-01T00:00:00+23:59", 1], ["x" * 5000, 2**70], [None, None], [True],
    [-(2**70)], ["9999-12-31T23:59:59-23:59", 1], ["Lag", 2**70], ["Lag", "1\x00"],
)]  # fmt: skip
KEYS += [urlsafe_b64encode(b"[" * 3000).decode(), "%00", "é", "AAAA"]
TYPED, PARTS = "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"
STAFF = {
    "regional_contact": "sor",
    "grant_caseworker": "sor",
    "access_administrator": "udi",
    "auditor": "udi",
    "system_administrator": "udi",
}


@pytest.fixture
def people(world: World) -> dict[str, FlaskClient]:
    """A leader, and staff of the kinds that have lists."""
    leader = world.person("Amina Warsame")
    place = Place(national_id=world.unit("udi"), regional_id=world.unit("sor"))
    with switch_transaction() as session:
        enter(session, NewOrganisation("Lag", "voluntary", "local", place), leader_id=leader, actor=None)
    found = {"leader": leader}
    for role, unit in STAFF.items():
        found[role] = world.person(role)
        world.grant(found[role], role, world.unit(unit))
    return {who: world.client(person) for who, person in found.items()}


def addresses(app: Flask, method: str, number: str, text: str) -> Iterator[str]:
    """Every address that takes `method`, with this number and this text in its places."""
    for rule in app.url_map.iter_rules():
        if method in (rule.methods or ()) and not any(quiet in rule.rule for quiet in _QUIET):
            yield at(rule, number, text)


def at(rule: Rule, number: str, text: str) -> str:
    """A rule's address."""
    return re.sub(r"<(int:)?[^>]*>", lambda place: number if place[1] else text, rule.rule)


def parameters() -> list[str]:
    """The names of everything the portal reads from an address."""
    source = "".join(path.read_text(encoding="utf-8") for path in Path(ROOT, "portal").rglob("*.py"))
    return sorted({*_NAMED.findall(source), "person", "unit", "permission", "role", "name", "from", "to"})


def failed(client: FlaskClient, paths: Iterator[str] | list[str]) -> list[str]:
    """The addresses that end in a failure."""
    found = []
    for path in paths:
        status = client.get(path).status_code
        if status >= 500:
            found.append(f"{status} {path[:120]}")
    return found


@pytest.mark.parametrize("number", HUGE)
def test_no_number_in_an_address_is_a_failure(
    app: Flask, people: dict[str, FlaskClient], number: str
) -> None:
    for who in ("leader", "regional_contact", "access_administrator"):
        assert failed(people[who], addresses(app, "GET", number, "x")) == []


def test_no_text_in_an_address_is_a_failure(app: Flask, people: dict[str, FlaskClient]) -> None:
    placed = [at(rule, "1", text) for text in TEXTS for rule in app.url_map.iter_rules()
              if "GET" in (rule.methods or ()) and "<" in rule.rule.replace("<int:", "")]  # fmt: skip
    assert failed(people["leader"], placed) == []


@pytest.mark.parametrize("who", ["leader", "regional_contact", "access_administrator", "auditor"])
def test_no_value_in_a_query_is_a_failure(app: Flask, people: dict[str, FlaskClient], who: str) -> None:
    pages = [path for path in addresses(app, "GET", "1", "x") if people[who].get(path).status_code == 200]
    assert len(pages) > 8
    names = parameters()
    assert {"q", "after", "next", "region"} <= set(names)
    for value in ("a%00b", "%ff%ed%a0%80", "x" * 3000, *HUGE[1:], "9" * 18):
        query = "&".join(f"{name}={value}" for name in names)
        assert failed(people[who], [f"{page}?{query}" for page in pages]) == []
    listed = [page for page in pages if page in LISTS]
    for one in KEYS:
        assert failed(people[who], [f"{page}?after={quote(one)}" for page in listed]) == []


LISTS = (
    "/organisasjoner", "/organisasjoner/registreringer", "/organisasjoner/uten-leder", "/varsler", "/saker",
    "/revisjon", "/tilgang", "/barnetilskudd/behandling", "/enheter", "/organisasjoner/1/tilknytning",
)  # fmt: skip


def token(client: FlaskClient) -> str:
    """A token that forms are sent with."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/registrer").get_data(as_text=True))
    assert found
    return found[1]


def multipart(*parts: tuple[str, bytes], boundary: str = "x") -> bytes:
    """A body in parts, with heads as given."""
    lines = b"".join(b"--x\r\n" + head.encode() + b"\r\n\r\n" + body + b"\r\n" for head, body in parts)
    return lines + b"--x--\r\n"


def bodies(secret: str) -> Iterator[tuple[str, bytes]]:
    """(media type, body) of what no browser sends."""
    mine = f"csrf_token={quote(secret)}&idempotency_key=%00".encode()
    part = ('Content-Disposition: form-data; name="csrf_token"', secret.encode())
    named = 'Content-Disposition: form-data; name="file"; filename="\x00\u202e.pdf"'
    numbers = b"&version=-1&owner=99999999999999999999&unit=1e9&role=%00&answer=%00&paper=" + b"9" * 400
    yield TYPED, mine + b"&name=%00%ff%ed%a0%80&email=\xff\xfe&version=" + b"9" * 4000
    yield TYPED, mine + numbers
    yield PARTS, multipart(part, (named, b"%PDF-"))
    yield PARTS, multipart(part, ("Content-Type: multipart/mixed; boundary=y", b"--y\r\n" * 500))
    yield PARTS, b"--x\r\nContent-Disposition: form-data; name="
    yield "multipart/form-data", b"--x"
    yield "multipart/form-data; boundary=" + "b" * 500, b"-" * 5000
    yield "application/json", b'{"a": ' * 2000
    yield "text/plain; charset=\xff", b"x"


@pytest.mark.parametrize("who", ["leader", "regional_contact"])
def test_no_body_is_a_failure(app: Flask, people: dict[str, FlaskClient], who: str) -> None:
    client = people[who]
    secret = token(client)
    for media_type, body in bodies(secret):
        for path in addresses(app, "POST", "1", "x"):
            answer = client.post(path, data=body, content_type=media_type, headers={"X-CSRFToken": secret})
            away = answer.status_code == 503 and path == "/bekreft-deg"  # no login provider answers here
            assert answer.status_code < 500 or away, (path, media_type, body[:80])
    assert spoilt_rows() == []


@pytest.mark.parametrize("size", [600_000, 10_000_000])
def test_too_much_is_refused_in_plain_words_and_nothing_is_stored(
    world: World, people: dict[str, FlaskClient], size: int
) -> None:
    client = people["leader"]
    before = world.count("audit_entry"), world.count("registration")
    for path in ("/registrer/nummer", "/organisasjoner/1/kontakt"):
        head = {"X-CSRFToken": token(client)}
        typed = client.post(path, data={"number": "9" * size}, headers=head)
        parts = multipart(('Content-Disposition: form-data; name="number"', b"9" * size))
        in_parts = client.post(path, data=parts, content_type=PARTS, headers=head)
        for answer in (typed, in_parts):
            assert answer.status_code == 413, (path, size)
            assert "større enn vi kan ta imot" in plain(answer)
    assert (world.count("audit_entry"), world.count("registration")) == before


def test_more_fields_than_any_form_has_are_refused(world: World, people: dict[str, FlaskClient]) -> None:
    client = people["leader"]
    head = {"X-CSRFToken": token(client)}
    for many in (5_000, 100_000):
        typed = "&".join(f"a{number}=" for number in range(many))
        answer = client.post("/registrer/nummer", data=typed, content_type=TYPED, headers=head)
        assert answer.status_code == 413
    parts = multipart(*((f'Content-Disposition: form-data; name="a{n}"', b"x") for n in range(5000)))
    answer = client.post("/registrer/nummer", data=parts, headers=head, content_type=PARTS)
    assert answer.status_code == 413
    assert world.count("registration") == 0


def test_a_file_that_is_too_large_is_refused(people: dict[str, FlaskClient]) -> None:
    client = people["leader"]
    head = {"X-CSRFToken": token(client)}
    data = {"file": (BytesIO(b"%PDF-" + b"x" * 30_000_000), "x.pdf")}
    answer = client.post("/registrer/1/representere/fullmakt", data=data, headers=head)
    assert answer.status_code == 413


def test_a_text_that_is_too_long_is_said_at_its_field_and_kept(people: dict[str, FlaskClient]) -> None:
    reader = Reader(people["leader"])
    places = (f"/organisasjoner/{number}/kontakt" for number in range(1, 60))
    page = next(path for path in places if reader.get(path).status_code == 200)
    answer = reader.send(page, {"email": "a@example.no", "language": "nb", "purpose": "Lag " * 20_000})
    assert answer.status_code == 200
    assert "Skriv høyst 1500 tegn" in plain(answer) or "1500" in plain(answer)
    assert "Lag Lag Lag" in plain(answer)
