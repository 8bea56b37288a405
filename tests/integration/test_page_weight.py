"""Every page of the straight path is light and asks the database little, however much there is to show."""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterator

import pytest
from flask import Flask

from portal.organisations.registration.lookup import look_up
from tests.funding import Grants, grants
from tests.organisation_registers import LOCAL, Register
from tests.pages import Reader, plain, statements
from tests.world import World

HEAVIEST = 14_600
"""Bytes with gzip -6: what one round trip of a new connection carries."""
MOST = 6
LISTS = ("/barnetilskudd/behandling", "/barnetilskudd/behandling?vis=alle", "/min-side", "/saker", "/varsler")


def cost(reader: Reader, path: str) -> tuple[int, int]:
    """A page's weight in bytes and the number of statements it sent; fails when it does not open."""
    with statements() as sent:
        answer = reader.get(path)
    assert answer.status_code == 200, (path, plain(answer))
    return len(gzip.compress(answer.data, 6)), len(sent)


def assert_light(reader: Reader, *paths: str) -> None:
    for path in paths:
        weight, sent = cost(reader, path)
        assert weight <= HEAVIEST, (path, weight)
        assert sent <= MOST, (path, sent)


@pytest.fixture
def made(world: World) -> Grants:
    """A call with as many sites to choose among as there are in the country, more or less."""
    for number in range(60):
        world.site(f"Fjordgløtt transittmottak, avdeling {number} nordre", "sor" if number % 2 else "vest")
    return grants(world)


@pytest.fixture
def kari(app: Flask, world: World) -> Iterator[Reader]:
    """Somebody who registers an organisation, with the registers running."""
    with Register(app):
        yield Reader(world.client(world.person("Kari Solbakken")))


def reader(made: Grants, who: str) -> Reader:
    return Reader(made.world.client(made.people[who]))


def test_pages_before_login_are_light(app: Flask, made: Grants) -> None:
    about = ("/", "/veiledning", "/personvern", "/tilgjengelighet", "/kontakt", "/logg-inn")
    call = f"/barnetilskudd/utlysning/{made.call_id}"
    assert_light(Reader(app.test_client()), *about, "/barnetilskudd/", call)


def test_registering_and_approving_is_light(kari: Reader, world: World) -> None:
    assert_light(kari, "/min-side", "/registrer", "/registrer/nummer")
    made = int(kari.send("/registrer/nummer", {"number": LOCAL.number}).headers["Location"].split("/")[-1])
    look_up(registration_id=made)
    assert_light(kari, f"/registrer/{made}")
    typed = {"name": LOCAL.name, "email": "post@lag.example.no", "level": "local", "activities": ["children"]}
    typed |= {"municipality": LOCAL.municipality}
    assert kari.send(f"/registrer/{made}", typed).status_code == 303
    assert_light(kari, f"/registrer/{made}/send")
    liv = world.person("Liv Tangen")
    world.grant(liv, "regional_contact", world.unit(LOCAL.region))
    assert_light(Reader(world.client(liv)), "/min-side", "/organisasjoner", "/organisasjoner/registreringer")


def test_applying_and_deciding_is_light(made: Grants) -> None:
    draft, sent, proposed = made.draft(), made.sent(), made.sent()
    made.propose(proposed, 40_000_00)
    form = f"/barnetilskudd/soknad/{draft}/skjema"
    groups = ("maal", "barna", "plan", "mottak", "erfaring", "budsjett", "sum", "vedlegg", "kontakt")
    leader, caseworker, decider = (reader(made, who) for who in ("leader", "caseworker", "decider"))
    assert_light(
        leader, f"/barnetilskudd/utlysning/{made.call_id}/sok", form, *(f"{form}/{g}" for g in groups)
    )
    case = "/barnetilskudd/soknad"
    for who in ("caseworker", "decider"):
        made.declare(sent, who)
        made.declare(proposed, who)
    assert_light(leader, f"{case}/{draft}/send", f"{case}/{sent}/kvittering", f"{case}/{sent}")
    assert_light(leader, "/min-side", "/min-side/tilgang", "/min-side/okter", "/saker", "/varsler")
    assert_light(caseworker, "/min-side", "/barnetilskudd/behandling", f"{case}/{sent}")
    made.step(sent, "take", "caseworker")
    assert_light(caseworker, f"{case}/{sent}/vurdering")
    assert_light(decider, f"{case}/{proposed}/vedtak", f"{case}/{proposed}")
    made.decide(proposed, 40_000_00)
    assert_light(leader, f"{case}/{proposed}")


def test_a_list_sends_as_many_statements_for_many_rows_as_for_few(made: Grants) -> None:
    people = [reader(made, who) for who in ("leader", "caseworker")]

    def counts() -> list[int]:
        return [cost(one, path)[1] for one in people for path in LISTS if one.get(path).status_code == 200]

    for _few in range(2):
        made.sent()
    few = counts()
    for _many in range(26):
        made.sent()
    assert counts() == few
    assert len(few) >= len(LISTS)
    assert_light(people[1], *LISTS[:2])


def test_weight_and_statements_are_really_measured(app: Flask) -> None:
    assert len(gzip.compress(os.urandom(20_000).hex().encode(), 6)) > HEAVIEST
    assert cost(Reader(app.test_client()), "/kontakt")[1] >= 1
