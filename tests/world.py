"""Building a small world for a test: persons, units, roles, and clients logged in as somebody."""

from __future__ import annotations

import secrets
from datetime import UTC, date, datetime, timedelta

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, select, text, update

from portal.access.actor import Actor
from portal.access.models import Assignment
from portal.database import switch_transaction, transaction
from portal.identity.context import actor_of, token_digest
from portal.identity.models import Person, UserSession
from portal.units.models import Site, Unit
from portal.units.ordering import sort_key
from portal.web.shell.dispatch import SESSION_COOKIE
from tests.pages import Reader


class World:
    """Makes what a test needs, straight in the tables, past the rules that the test is about."""

    def __init__(self, app: Flask) -> None:
        self.app = app

    def person(self, name: str = "Kari Solbakken", *, language: str | None = None) -> int:
        """A person with an account; gives the id."""
        with transaction() as session:
            made: int = session.execute(
                insert(Person)
                .values(name=name, email=f"{secrets.token_hex(4)}@example.no", language=language)
                .returning(Person.id)
            ).scalar_one()
        return made

    def unit(self, code: str) -> int:
        """The id of a unit of UDI's tree by its code (`udi`, `sor`, `ate`, `lt-mottaksoppfolging`)."""
        with transaction() as session:
            found: int = session.execute(select(Unit.id).where(Unit.code == code)).scalar_one()
        return found

    def site(self, name: str, under: str, *, type_code: str = "ordinary", municipality: str = "3909") -> int:
        """A site under a region or ATE; gives the unit's id."""
        with transaction() as session:
            parent = session.execute(select(Unit).where(Unit.code == under)).scalar_one()
            made: int = session.execute(
                insert(Unit)
                .values(
                    tree="authority",
                    level="local",
                    kind="site",
                    name=name,
                    sort_key=sort_key(name),
                    parent_id=parent.id,
                    national_id=parent.national_id,
                    regional_id=parent.id,
                    valid_from=date(2024, 1, 1),
                )
                .returning(Unit.id)
            ).scalar_one()
            session.execute(update(Unit).where(Unit.id == made).values(local_id=made))
            session.execute(
                insert(Site).values(
                    unit_id=made, type_code=type_code, municipality_number=municipality, places=100
                )
            )
        return made

    def civil_unit(self, name: str, *, level: str = "local", kind: str = "organisation") -> int:
        """A unit in the civil-society tree; gives the id."""
        with transaction() as session:
            made: int = session.execute(
                insert(Unit)
                .values(
                    tree="civil",
                    level=level,
                    kind=kind,
                    name=name,
                    sort_key=sort_key(name),
                    valid_from=date(2024, 1, 1),
                )
                .returning(Unit.id)
            ).scalar_one()
            session.execute(update(Unit).where(Unit.id == made).values(**{f"{level}_id": made}))
        return made

    def grant(self, person_id: int, role: str, unit_id: int, *, valid_to: datetime | None = None) -> int:
        """A role at a unit from an hour ago; gives the assignment's id."""
        with switch_transaction() as session:
            made: int = session.execute(
                insert(Assignment)
                .values(
                    person_id=person_id,
                    unit_id=unit_id,
                    role=role,
                    valid_from=datetime.now(UTC) - timedelta(hours=1),
                    valid_to=valid_to,
                )
                .returning(Assignment.id)
            ).scalar_one()
        return made

    def actor(self, role: str | None = None, unit: str | int | None = None, *, name: str = "Kari") -> Actor:
        """A new person, with one role if given, as an actor."""
        person_id = self.person(name)
        if role is not None and unit is not None:
            self.grant(person_id, role, self.unit(unit) if isinstance(unit, str) else unit)
        return actor_of(person_id)

    def client(self, person_id: int) -> FlaskClient:
        """A browser in which that person is logged in."""
        token = secrets.token_urlsafe(32)
        with transaction() as session:
            session.execute(
                insert(UserSession).values(
                    token_digest=token_digest(token),
                    person_id=person_id,
                    issuer="http://127.0.0.1:1",
                    id_token="",
                    authenticated_at=datetime.now(UTC),
                    expires_at=datetime.now(UTC) + timedelta(hours=8),
                )
            )
        client = self.app.test_client()
        client.set_cookie(SESSION_COOKIE, token, secure=True)
        return client

    def count(self, table: str) -> int:
        """Rows in a table."""
        with transaction() as session:
            found: int = session.execute(text(f'SELECT count(*) FROM "{table}"')).scalar_one()
        return found


def holder(world: World, role: str, unit: str | int, *, valid_to: datetime | None = None) -> Reader:
    """Somebody with one role at a unit, at their browser."""
    person = world.person("Liv Tangen")
    world.grant(person, role, world.unit(unit) if isinstance(unit, str) else unit, valid_to=valid_to)
    return Reader(world.client(person))
