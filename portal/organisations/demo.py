"""Invented organisations to look at: in every region, of every kind, one of them waiting to be let in."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from portal import clock
from portal.access.assignments import appoint
from portal.database import read, scalar, switch_transaction, transaction
from portal.identity.context import actor_of
from portal.identity.models import Login, Person
from portal.organisations.agreements.models import Agreement
from portal.organisations.models import Organisation
from portal.organisations.placing import place_of
from portal.organisations.registration import services
from portal.organisations.services import NewOrganisation, enter
from portal.organisations.vocabulary import EXPECTATIONS

DATA = Path(__file__).parent / "data" / "demo.toml"
FORMS = {
    "FLI": "Forening/lag/innretning",
    "STI": "Stiftelse",
    "AS": "Aksjeselskap",
    "KOMM": "Kommune",
    "KIRK": "Den norske kirke",
}


def load_demo(people: dict[str, int] | None = None) -> None:
    """Enter the demo's organisations, unless there are any. `people`: persona key → person id.

    Without `people` the personas are found by their demo logins, whose subjects begin with the key.
    """
    if scalar(select(Organisation.unit_id).limit(1)) is not None:
        return
    known = people or _personas()
    demo = tomllib.loads(DATA.read_text(encoding="utf-8"))
    with switch_transaction() as session:
        for given in demo["organisation"]:
            _enter(session, given, known)
    _waiting(demo["waiting"])


def _personas() -> dict[str, int]:
    rows = read(select(Login.subject, Login.person_id))
    return {row.subject.split("-")[0]: row.person_id for row in rows}


def _enter(session: Session, given: dict[str, Any], people: dict[str, int]) -> None:
    leader = people.get(given.get("leader", ""))
    if leader is None:
        leader = _person(session, given.get("leader_name", "Unni Fjeld"))
    level = given.get("level", "local")
    number = given.get("number")
    new = NewOrganisation(
        name=given["name"],
        kind=given.get("kind", "voluntary" if given.get("voluntary", True) else "non_profit"),
        level=level,
        place=place_of(level, given["municipality"]),
        number=number,
        municipality_number=given["municipality"],
        email=f"post@{_host(given['name'])}.example.no",
        phone="900 00 000",
        purpose=given.get("purpose", ""),
        activities=given["activities"],
        facts=_facts(given) if number else None,
        facts_at=clock.now() if number else None,
        expectations=EXPECTATIONS,
    )
    unit_id = enter(session, new, leader_id=leader, actor=None)
    editor = people.get(given.get("editor", ""))
    agreed = given.get("agreement")
    if agreed is not None:
        _note_agreement(session, unit_id, agreed)
    if editor is not None:
        appoint(session, editor, "editor", unit_id, clock.now(), None, "", granted_by=leader, actor=None)


def _note_agreement(session: Session, unit_id: int, agreed: dict[str, Any]) -> None:
    """Note an agreement as UDI would have, without telling anybody."""
    values = {
        "unit_id": unit_id,
        "title": agreed["title"],
        "valid_from": agreed["from"],
        "valid_to": agreed.get("to"),
        "reference": agreed.get("reference", ""),
        "covers_branches": agreed.get("covers_branches", False),
    }
    session.execute(insert(Agreement).values(values))


def _facts(given: dict[str, Any]) -> dict[str, Any]:
    form = given.get("form", "FLI")
    voluntary = given.get("voluntary", True)
    return {
        "number": given["number"],
        "name": given["name"].upper(),
        "legal_form": form,
        "legal_form_text": FORMS[form],
        "municipality_number": given["municipality"],
        "language": given.get("language", "nb"),
        "in_voluntary_register": voluntary,
        "voluntary_since": "2015-03-02" if voluntary else None,
        "statutes_registered": voluntary,
        "statutes_updated": "2024-03-14" if voluntary else None,
        "winding_up": given.get("winding_up", False),
        "public_body": form == "KOMM",
        "roles": [],
    }


def _waiting(given: dict[str, Any]) -> None:
    with transaction() as session:
        person_id = _person(session, given["person_name"])
    actor = actor_of(person_id)
    made = services.start("number", given["number"], key=None, actor=actor)
    typed = {
        "name": given["name"],
        "email": given["email"],
        "level": "local",
        "municipality": given["municipality"],
        "activities": given["activities"],
        "purpose": given["purpose"],
    }
    services.save(made, typed, version=1, actor=actor)
    services.submit(made, role="chair", version=2, actor=actor)


def _person(session: Session, name: str) -> int:
    # Mail goes to addresses in ASCII alone.
    plain = name.lower().translate(str.maketrans("æøå", "aoa")).encode("ascii", "ignore").decode()
    email = f"{'.'.join(plain.split())}@example.no"
    made: int = session.execute(
        insert(Person).values(name=name, email=email).returning(Person.id)
    ).scalar_one()
    return made


def _host(name: str) -> str:
    plain = name.lower().replace("æ", "ae").translate(str.maketrans("øåé ", "oae-"))
    return "".join(c for c in plain if c.isascii() and (c.isalnum() or c == "-"))
