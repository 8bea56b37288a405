"""A person who registers in a test, short of what the test is about."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from portal.database import read_one
from portal.identity.context import actor_of
from portal.organisations.registration import services
from portal.organisations.registration.lookup import look_up
from tests.organisation_registers import LOCAL, Known

DETAILS = {
    "name": LOCAL.name,
    "email": "post@lag.example.no",
    "phone": "900 00 000",
    "website": "",
    "level": "local",
    "municipality": LOCAL.municipality,
    "activities": ["children"],
    "purpose": "",
}


def registration(made: int) -> Any:
    """The registration's row."""
    found = read_one(text("SELECT * FROM registration WHERE id = :id"), {"id": made})
    assert found is not None
    return found


def drafted(person_id: int, known: Known = LOCAL, *, path: str = "number", ask: bool = True) -> int:
    """A filled-in draft; `ask`: the register has answered."""
    number = known.number if path == "number" else None
    made = services.start(path, number, key=None, actor=actor_of(person_id))
    if ask and number:
        look_up(registration_id=made)
    typed = {**DETAILS, "name": known.name}
    services.save(made, typed, version=registration(made).version, actor=actor_of(person_id))
    return made


def sent(person_id: int, known: Known = LOCAL, *, path: str = "number", ask: bool = True) -> int:
    """A registration that waits for a decision."""
    made = drafted(person_id, known, path=path, ask=ask)
    role = None if path == "individual" else "treasurer"
    services.submit(made, role=role, version=registration(made).version, actor=actor_of(person_id))
    return made
