"""Demo data of the register: sites of every type, operators with contracts, contact persons everywhere."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.database import transaction
from portal.units.contacts import Contact, add_contact
from portal.units.contracts import Contract, enter_contract
from portal.units.models import ContactPerson, Unit
from portal.units.sites import SiteFacts, open_site

FILE = Path(__file__).parent / "data" / "demo_units.toml"


def load() -> int:
    """Load what is missing after the reference data, in one transaction; gives the number of sites made."""
    given = tomllib.loads(FILE.read_text(encoding="utf-8"))
    operators = {one["key"]: one for one in given["operator"]}
    with transaction() as session:
        units: dict[str, int] = {
            row.code: row.id
            for row in session.execute(select(Unit.code, Unit.id).where(Unit.code.is_not(None)))
        }
        _level_contacts(session, given["contact"], units)
        known = set(session.execute(select(Unit.name).where(Unit.kind == "site")).scalars())
        made = 0
        for site in given["site"]:
            if site["name"] not in known:
                earlier = [one for one in given["earlier"] if one["site"] == site["name"]]
                _site(session, site, units[site["under"]], [*earlier, site], operators)
                made += 1
        return made


def _level_contacts(session: Session, contacts: list[dict[str, Any]], units: dict[str, int]) -> None:
    have = set(session.execute(select(ContactPerson.unit_id)).scalars())
    for given in contacts:
        unit_id = units[given["unit"]]
        if unit_id not in have:
            add_contact(session, unit_id, _contact(given["name"]), actor=None)
            add_contact(session, unit_id, _contact(given["deputy"], deputy=True), actor=None)


def _site(
    session: Session,
    site: dict[str, Any],
    parent_id: int,
    contracts: list[dict[str, Any]],
    operators: dict[str, dict[str, str]],
) -> None:
    facts = SiteFacts(
        name=site["name"], type_code=site["type"], municipality=site["municipality"], places=site["places"]
    )
    unit_id = open_site(session, parent_id, facts, _contact(site["contact"]), actor=None)
    add_contact(session, unit_id, _contact(site["deputy"], deputy=True), actor=None)
    for one in contracts:
        operator, begins = operators[one["operator"]], one["from"]
        enter_contract(session, unit_id, _contract(operator, begins, one.get("to")), actor=None)


def _contract(operator: dict[str, str], begins: date, ends: date | None) -> Contract:
    return Contract(
        operator_name=operator["name"],
        organisation_number=operator["number"],
        awarded_on=begins - timedelta(days=120),
        signed_on=begins - timedelta(days=90),
        operation_from=begins,
        valid_to=ends,
    )


def _contact(name: str, *, deputy: bool = False) -> Contact:
    spelled = name.lower().translate(str.maketrans("æøå", "aoa"))
    plain = unicodedata.normalize("NFKD", spelled).encode("ascii", "ignore").decode()
    local = re.sub(r"[^a-z]+", ".", plain).strip(".")
    number = sum(map(ord, name)) % 9000 + 1000
    return Contact(
        name=name,
        email=f"{local}@example.no",
        phone=f"400 0{number // 100:02d} {number % 100:02d}",
        deputy=deputy,
    )
