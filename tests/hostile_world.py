"""A world of hostile names for tests: people, organisations, registrations, applications, the register."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask, Response
from sqlalchemy import text

from portal.access.actor import Place
from portal.database import read, switch_transaction, transaction
from portal.identity.context import actor_of
from portal.jobs.kinds import catalogue
from portal.organisations.affiliation import services as affiliation
from portal.organisations.members import rescues
from portal.organisations.members import services as members
from portal.organisations.members.asking import ask_for_access
from portal.organisations.registration import decisions, proofs, services
from portal.organisations.registration.lookup import look_up
from portal.organisations.services import NewOrganisation, enter
from tests.funding import grants
from tests.hostile import MARK, RTL, Walker, payload
from tests.organisation_registers import LOCAL, PUBLIC
from tests.registering import DETAILS, registration
from tests.stubs import registers
from tests.stubs.registers import answers
from tests.world import World

_CODES = ("organisasjonsnummer", "kode", "kommunenummer", "fodselsdato", "href", "icnpoNummer", "kontonummer")
NAME = f"=<b on{MARK}=1>{RTL} {MARK}</b>'\""
EDITED = "311094688"


def poisoned(value: Any, key: str = "") -> Any:
    """A register's answer with hostile text for every text that is no code and no date."""
    if isinstance(value, dict):
        return {name: poisoned(one, name) for name, one in value.items()}
    if isinstance(value, list):
        return [poisoned(one, key) for one in value]
    if not isinstance(value, str) or key in _CODES or value[:4].isdigit() or key == "maalform":
        return value
    if key == "epostadresse":
        return f"post@register.example.no\r\nBcc: {MARK}@example.no"
    return f"{value} \ud800{payload(9)}"


def poison(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on the local register tells of everybody in hostile text."""
    for name in ("unit", "roles", "voluntary"):
        well = getattr(answers, name)
        monkeypatch.setattr(answers, name, lambda row, well=well: poisoned(well(row)))
    monkeypatch.setattr(registers, "_json", _escaped)


def _escaped(found: Any, status: int = 200) -> Response:
    """JSON that can carry half characters, as escapes."""
    return Response(json.dumps(found), status, mimetype="application/json")


@dataclass
class Hostiles:
    """Who is there, and where they begin to walk."""

    app: Flask
    world: World
    walkers: list[Walker] = field(default_factory=list)

    def add(self, who: str, person: int, *starts: str) -> None:
        """Somebody who walks from Min side and from `starts`."""
        self.walkers.append(
            Walker(self.app, who, self.world.client(person), ("/min-side", "/varsler", "/saker", *starts))
        )

    def walk(self) -> None:
        """Everybody sees everything anew."""
        for walker in self.walkers:
            walker.walk()

    def said(self) -> list[str]:
        """What was wrong in any page anybody saw."""
        return [one for walker in self.walkers for one in walker.said]


def hostile_world(app: Flask, world: World) -> Hostiles:
    """Members, a registrant in every state, staff of every kind, and something for each to see."""
    made = Hostiles(app, world)
    given = grants(world)
    unit = _organisation(world, given.people["leader"], "Lag", "sor", EDITED)
    parent = _organisation(world, given.people["leader"], "Forbund", "sor", None)
    leader = given.people["leader"]
    with transaction() as session:
        session.execute(text("UPDATE person SET name = name || :n"), {"n": NAME})
    case, draft = given.sent(), given.draft()
    given.propose(given.sent(), 1000_00)
    token = members.invite(unit, "ny@example.no", "editor", actor=actor_of(leader))
    _asked_for(world, unit)
    affiliation.claim(unit, parent, actor=actor_of(leader))
    left = _organisation(world, world.person(NAME), "Forlatt", "sor", None)
    with transaction():
        rescues.open_for(left, "asked", actor=None)
    kari, states = _registrations(world)
    made.add("registrant", kari, "/registrer", "/registrer/nummer", *(f"/registrer/{one}" for one in states))
    made.walkers[-1].starts += tuple(f"/registrer/{one}/representere" for one in states)
    made.walkers[-1].starts += (
        f"/registrer/tilgang/{EDITED}",
        f"/registrer/{states[2]}/svar",
        f"/invitasjon/{token}",
    )
    made.walkers[-1].starts += tuple(f"/registrer/{one}?fyll-ut" for one in states)
    made.add("leader", leader, f"/organisasjoner/{unit}", f"/organisasjoner/{parent}", "/barnetilskudd/")
    here = f"/organisasjoner/{unit}"
    made.walkers[-1].most = 12
    made.walkers[-1].starts += (f"{here}/tilknytning?q=lag", f"{here}/tilknytning?q=forlatt")
    made.walkers[-1].starts += (
        f"{here}/medlemmer",
        f"{here}/kontakt",
        f"{here}/papirer",
        f"{here}/bytt-leder",
    )
    made.walkers[-1].starts += (f"{here}/tilknytning", f"/organisasjoner/{parent}/tilknytning")
    made.walkers[-1].starts += (f"/barnetilskudd/soknad/{draft}/skjema", f"/barnetilskudd/soknad/{case}")
    for who in ("caseworker", "decider"):
        made.add(
            who, given.people[who], "/barnetilskudd/behandling", f"/barnetilskudd/soknad/{case}/vurdering"
        )
    liv = given.staff(f"Liv {NAME}", "regional_contact", "sor")
    made.add("region", liv, "/organisasjoner", "/organisasjoner/registreringer", "/organisasjoner/uten-leder")
    for role in ("system_administrator", "auditor", "access_administrator"):
        person = given.staff(f"{role} {NAME}", role, "udi")
        made.add(
            role, person, "/enheter", "/tilgang", "/tilgang/ny", "/revisjon", "/utvidelser", "/enheter/fylker"
        )
    return made


def _organisation(world: World, leader: int, name: str, region: str, number: str | None) -> int:
    place = Place(national_id=world.unit("udi"), regional_id=world.unit(region))
    new = NewOrganisation(f"{name} {NAME}", "voluntary", "local", place, number=number, website=f"{MARK}.no")
    with switch_transaction() as session:
        return enter(session, new, leader_id=leader, actor=None)


def _asked_for(world: World, unit: int) -> None:
    ask_for_access(EDITED, NAME, actor=actor_of(world.person(NAME)), leader_gone=True)


def _registrations(world: World) -> tuple[int, list[int]]:
    """One person's registrations: a draft, one that is sent, one that came back, one alone."""
    kari = world.person(f"Kari {NAME}")
    liv = world.actor("regional_contact", "sor", name=f"Nils {NAME}")
    actor = actor_of(kari)
    states = []
    for number in (LOCAL.number, PUBLIC, None):
        made = services.start("number" if number else "group", number, key=None, actor=actor)
        if number:
            look_up(registration_id=made)
        facts = registration(made).facts
        typed = {**DETAILS, "name": facts["name"] if facts else f"Gruppe {NAME}", "purpose": NAME}
        services.save(made, typed, version=registration(made).version, actor=actor)
        states.append(made)
    for made in states[1:]:
        services.submit(made, role="treasurer", version=registration(made).version, actor=actor)
    asked = ["name", "email", "phone", "website", "purpose"]
    version = registration(states[2]).version
    decisions.ask(states[2], asked, NAME, version=version, actor=actor_of(liv.person_id or 0))
    proofs.keep_mandate(states[0], b"%PDF-1.7\n%%EOF\n", f"../{NAME}\x00.pdf", actor=actor)
    return kari, states


def run_jobs(app: Flask) -> list[str]:
    """Do everything that waits for a worker; gives the names of what failed, with the error."""
    failed = []
    rows = read(text("SELECT id, task_name, args FROM procrastinate_jobs WHERE status = 'todo' ORDER BY id"))
    for _id, name, args in rows:
        try:
            catalogue.tasks[name](**args)
        except Exception as error:
            failed.append(f"{name}: {type(error).__name__} {error}")
    return failed


def spoilt_rows() -> list[str]:
    """Where in the database a character stands that is never taken."""
    bad = "[\x01-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029\u200b\ufeff]"
    columns = read(
        text(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
            " AND (data_type IN ('text', 'jsonb', 'json', 'character varying') OR udt_name = '_text')"
            " AND table_name NOT LIKE 'procrastinate%'"
        )
    )
    found = []
    for table, column in columns:
        query = text(f'SELECT count(*) FROM "{table}" WHERE "{column}"::text ~ :bad')
        if read(query, {"bad": bad})[0][0]:
            found.append(f"{table}.{column}")
    return found
