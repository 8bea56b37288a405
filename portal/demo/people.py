"""The demo personas as persons with accounts, and the roles of those who work for UDI."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import insert, select

from portal import clock, settings
from portal.access.models import Assignment
from portal.database import read, switch_transaction, transaction
from portal.identity.models import Login, Person
from portal.paths import ROOT
from portal.units.models import OperatorContract, Unit

PERSONAS = ROOT / "config" / "demo" / "personas.toml"
# persona, role, code of the unit, days until it ends (None: no end)
STAFF: tuple[tuple[str, str, str, int | None], ...] = (
    ("ingrid", "grant_caseworker", "sor", None),
    ("per", "decision_maker", "sor", None),
    ("liv", "regional_contact", "sor", None),
    ("nils", "grant_caseworker", "nord", None),
    ("henrik", "coordinator", "lt-mottaksoppfolging", None),
    ("sofie", "access_administrator", "udi", None),
    ("omar", "plugin_administrator", "udi", None),
    ("tove", "auditor", "udi", 90),
    ("randi", "ate_officer", "ate", None),
    ("berit", "decision_maker", "udi", None),
    ("hanne", "grant_caseworker", "sor", None),
    ("geir", "payment_officer", "sor", None),
    ("anne", "payment_officer", "sor", None),
)


@dataclass(frozen=True)
class Persona:
    """One invented person, as the demo login knows them."""

    key: str
    sub: str
    name: str
    email: str


def personas() -> list[Persona]:
    """All personas, in the order they are shown."""
    found = tomllib.loads(PERSONAS.read_text(encoding="utf-8"))["persona"]
    return [Persona(p["key"], p["sub"], p["name"], p["email"]) for p in found]


def load_people() -> dict[str, int]:
    """Give every persona an account known to the demo login; persona key → person id."""
    issuer = next(p.issuer for p in settings.current().providers if p.stub)
    people: dict[str, int] = {}
    with transaction() as session:
        for persona in personas():
            person_id: int = session.execute(
                insert(Person).values(name=persona.name, email=persona.email).returning(Person.id)
            ).scalar_one()
            session.execute(insert(Login).values(person_id=person_id, issuer=issuer, subject=persona.sub))
            people[persona.key] = person_id
    return people


def load_staff(people: dict[str, int]) -> None:
    """Give UDI's people their roles."""
    units = dict(tuple(row) for row in read(select(Unit.code, Unit.id).where(Unit.code.is_not(None))))
    begun = clock.now() - timedelta(days=30)
    with switch_transaction() as session:
        for key, role, code, days in STAFF:
            session.execute(
                insert(Assignment).values(
                    person_id=people[key],
                    unit_id=units[code],
                    role=role,
                    valid_from=begun,
                    valid_to=clock.now() + timedelta(days=days) if days else None,
                    granted_by=people["sofie"] if key != "sofie" else None,
                )
            )


def load_site_staff(people: dict[str, int]) -> None:
    """Let Mari run Fjordgløtt: a role at a site is bound to the operator's contract and ends with it."""
    row = read(
        select(Unit.id, OperatorContract.id.label("contract_id"))
        .join(OperatorContract, OperatorContract.site_id == Unit.id)
        .where(Unit.name == "Fjordgløtt mottak")
    )[0]
    with switch_transaction() as session:
        session.execute(
            insert(Assignment).values(
                person_id=people["mari"],
                unit_id=row.id,
                contract_id=row.contract_id,
                role="site_manager",
                valid_from=clock.now() - timedelta(days=30),
                granted_by=people["sofie"],
            )
        )
