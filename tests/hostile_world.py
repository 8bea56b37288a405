"""A world of hostile names for tests: people, organisations, registrations, applications, the register."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from plugins.child_grants.scheme import SCHEME
from portal.access.actor import Place
from portal.database import read, switch_transaction, transaction
from portal.funding import deciding
from portal.funding.granted import changing, repaying, reporting
from portal.identity.context import actor_of
from portal.jobs.kinds import catalogue
from portal.organisations.affiliation import services as affiliation
from portal.organisations.members import rescues
from portal.organisations.members import services as members
from portal.organisations.members.asking import ask_for_access
from portal.organisations.registration import decisions, proofs, services
from portal.organisations.registration.lookup import look_up
from portal.organisations.services import NewOrganisation, enter
from tests.funding import Grants, grants
from tests.granted import REPORT, accepted, demand, granted, paid, reported
from tests.hostile import MARK, RTL, Walker, payload
from tests.organisation_registers import LOCAL, PUBLIC
from tests.registering import DETAILS, registration
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
        return value
    return f"{value} {payload(9)}"


def poison(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on the local register tells of everybody in hostile text."""
    for name in ("unit", "roles", "voluntary"):
        well = getattr(answers, name)
        monkeypatch.setattr(answers, name, lambda row, well=well: poisoned(well(row)))


@dataclass
class Hostiles:
    """Who is there, and where they begin to walk."""

    app: Flask
    world: World
    walkers: list[Walker] = field(default_factory=list)

    def add(self, who: str, person: int, *starts: str, most: int = 3) -> None:
        """Somebody who walks from Min side and from `starts`."""
        begin = ("/min-side", "/varsler", "/saker", *starts)
        self.walkers.append(Walker(self.app, who, self.world.client(person), begin, most))

    def walk(self) -> None:
        """Everybody sees everything anew."""
        for walker in self.walkers:
            walker.walk()

    def said(self) -> list[str]:
        """What was wrong in any page anybody saw."""
        return [one for walker in self.walkers for one in walker.said]


def hostile_world(app: Flask, world: World) -> Hostiles:
    """Members, a registrant in every state, staff of every kind, and something for each to see."""
    made, given = Hostiles(app, world), grants(world)
    leader, gone = given.people["leader"], world.person("Borte")
    unit = _organisation(world, leader, f"Lag {NAME}", EDITED)
    parent = _organisation(world, leader, f"Forbund {NAME}", "311116444")
    left = _organisation(world, gone, NAME, None)
    with transaction() as session:
        session.execute(text("UPDATE person SET name = name || :n"), {"n": NAME})
    case, draft = given.sent(), given.draft()
    given.step(case, "take", "caseworker")
    given.propose(given.sent(), 1000_00)
    _decided(given)
    token = members.invite(unit, "ny@example.no", "editor", actor=actor_of(leader))
    ask_for_access(EDITED, NAME, actor=actor_of(world.person(NAME)), leader_gone=True)
    affiliation.claim(left, parent, actor=actor_of(gone))
    with transaction():
        rescues.open_for(left, "asked", actor=None)
    _registrant(made, f"/invitasjon/{token}", f"/registrer/tilgang/{EDITED}")
    here, applied = f"/organisasjoner/{unit}", "/barnetilskudd/soknad"
    pages = ("medlemmer", "kontakt", "papirer", "bytt-leder", "tilknytning?q=forbund")
    made.add(
        "leader", leader, here, *(f"{here}/{one}" for one in pages), f"{applied}/{draft}/skjema", most=12
    )
    follow = _followed(given, applied)
    made.add("recipient", leader, *follow["leader"], most=len(follow["leader"]) + 4)
    _staff(made, given, f"{applied}/{case}/vurdering", *follow["staff"])
    return made


def _followed(given: Grants, applied: str) -> dict[str, list[str]]:
    """Grants to accept, in use and told of a breach; the pages on which each side writes about them."""
    given.staff("officer", "payment_officer", "sor")
    waiting, used, told, changed = (
        granted(given, 10_000_00), paid(given, 10_000_00), paid(given, 10_000_00), accepted(given, 10_000_00)
    )  # fmt: skip
    leader = given.actor("leader")
    reporting.save_answers(SCHEME, told, REPORT, version=0, actor=leader)
    reporting.save_accounts(SCHEME, told, {"rent": 10_000_00}, version=0, actor=leader)
    file = {"content": b"%PDF-1.7\n%%EOF\n", "filename": "r.pdf", "kind": "other"}
    reporting.attach(SCHEME, used, **file, actor=leader)  # type: ignore[arg-type]
    caseworker = given.actor("caseworker")
    repaying.tell_of_breach(SCHEME, told, amount_ore=1_00, reasons=NAME, key=None, actor=caseworker)
    changing.tell_of(SCHEME, changed, kind="less", text=NAME, use_by=None, key=None, actor=leader)
    report = [f"{applied}/{used}/rapport/{page}" for page in ("maal", "regnskap", "vedlegg")]
    own = [f"{applied}/{waiting}/aksept", f"{applied}/{used}/konto", f"{applied}/{used}/endring", *report]
    demanded = reported(given, 1_500_00, 10_000_00)
    demand(given, demanded, NAME)
    own += [f"{applied}/{demanded}/tilbakebetaling"]
    own += [f"{applied}/{told}/tilbakebetaling", f"{applied}/{told}/rapport/send"]
    return {"leader": own, "staff": [f"{applied}/{changed}/endring", f"{applied}/{changed}/utbetaling"]}


def _decided(given: Grants) -> None:
    case = given.sent()
    given.propose(case, 1000_00)
    reasons = f'{NAME}<script>{MARK}()</script><img src="http://127.0.0.1:9/x"><a href="javascript:1">x</a>'
    verdict = deciding.Verdict(granted=True, amount_ore=1000_00, reasons=reasons)
    version = given.facts(case, "decider").version
    deciding.decide(SCHEME, case, verdict, version=version, actor=given.actor("decider"))


def _staff(made: Hostiles, given: Grants, *starts: str) -> None:
    for who in ("caseworker", "decider"):
        made.add(who, given.people[who], "/barnetilskudd/behandling", *starts)
    liv = given.staff(f"Liv {NAME}", "regional_contact", "sor")
    made.add("region", liv, "/organisasjoner", "/organisasjoner/registreringer", "/organisasjoner/uten-leder")
    for role in ("system_administrator", "auditor", "access_administrator"):
        pages = ("/enheter", "/tilgang", "/tilgang/ny", "/revisjon", "/utvidelser", "/enheter/fylker")
        made.add(role, given.staff(f"{role} {NAME}", role, "udi"), *pages)


def _registrant(made: Hostiles, *starts: str) -> None:
    kari, states, question = _registrations(made.world)
    own = [f"/registrer/{one}{end}" for one in states for end in ("", "?fyll-ut", "/representere", "/svar")]
    made.add("registrant", kari, "/registrer", "/registrer/nummer", *own, f"/bekreft/{question}", *starts)


def _organisation(world: World, leader: int, name: str, number: str | None) -> int:
    place = Place(national_id=world.unit("udi"), regional_id=world.unit("sor"))
    new = NewOrganisation(name, "voluntary", "local", place, number=number, website=f"{MARK}.no")
    with switch_transaction() as session:
        return enter(session, new, leader_id=leader, actor=None)


def _registrations(world: World) -> tuple[int, list[int], str]:
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
    return kari, states, proofs.ask(states[0], actor=actor)


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
