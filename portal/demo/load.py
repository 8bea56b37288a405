"""Loading the demo data, once, into an empty portal."""

from __future__ import annotations

from sqlalchemy import select

from portal.administration import demo as places
from portal.database import scalar
from portal.demo.people import load_people, load_site_staff, load_staff
from portal.funding import demo as applications
from portal.identity.models import Person
from portal.organisations import demo as organisations
from portal.units.reference import load_reference


def load_demo() -> bool:
    """Load everything into a portal without persons. False, and nothing done, when there are any."""
    if scalar(select(Person.id).limit(1)) is not None:
        return False
    load_reference()
    places.load()
    people = load_people()
    load_staff(people)
    load_site_staff(people)
    organisations.load_demo(people)
    applications.load_demo()
    return True
