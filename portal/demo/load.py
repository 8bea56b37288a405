"""Loading the demo data, once, into an empty portal."""

from __future__ import annotations

from sqlalchemy import select

from portal.database import scalar
from portal.demo.people import load_people, load_staff
from portal.identity.models import Person
from portal.units.reference import load_reference


def load_demo() -> bool:
    """Load everything into a portal without persons. False, and nothing done, when there are any."""
    load_reference()
    if scalar(select(Person.id).limit(1)) is not None:
        return False
    people = load_people()
    load_staff(people)
    return True
