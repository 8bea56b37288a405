"""The core on an installed PostgreSQL, the oldest version that is supported first, where there is one."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import create_engine, event, insert, select, text

from portal import create_app
from portal.access.permissions import find
from portal.access.policy import allowed, visible
from portal.casework.models import Case
from portal.database import GenerationMoved, db, migrating, read, scalar, switch_transaction, transaction
from portal.database.idempotency import answer_once
from portal.identity.context import load_actor
from portal.notifications.mail import send_mail
from portal.pluginhost.registry import schemas
from portal.record import sealing
from portal.record.services import record
from portal.settings import Settings
from portal.supervisor.binaries import INSTALLED, OLDEST_SUPPORTED, Binaries
from portal.supervisor.postgres import Cluster
from portal.tables import core_metadata
from portal.units.models import Municipality, Unit
from portal.units.reference import load_reference
from tests.conftest import Visitor
from tests.integration.test_foundation import Happened
from tests.world import World

pytestmark = pytest.mark.installed
KEY = b"key-of-the-test"


def oldest() -> Binaries | None:
    """The programs of the oldest installed server that is supported."""
    majors = sorted(int(one.parent.name) for one in INSTALLED.glob("*/bin") if one.parent.name.isdigit())
    usable = [one for one in majors if one >= OLDEST_SUPPORTED and (INSTALLED / f"{one}/bin/initdb").exists()]
    return Binaries(INSTALLED / f"{usable[0]}" / "bin", usable[0]) if usable else None


@pytest.fixture(scope="module")
def installed() -> Iterator[Cluster]:
    """A cluster of that server's, in a folder its user can reach."""
    programs = oldest()
    if programs is None:
        pytest.skip(f"no PostgreSQL {OLDEST_SUPPORTED} or later is installed under {INSTALLED}")
    with tempfile.TemporaryDirectory(prefix="portal-installed-") as folder:
        made = Cluster(Path(folder), durable=False, programs=programs)
        made.start()
        yield made
        made.stop()


@pytest.fixture(scope="module")
def portal(installed: Cluster) -> Iterator[Flask]:
    """The portal on it, its database made by the migrations as at a start."""
    made = create_app(
        Settings(
            environment="test",
            database_url=installed.app_url,
            owner_database_url=installed.owner_url,
            base_url="http://localhost",
        )
    )
    made.test_client_class = Visitor
    with made.app_context():
        core_metadata()
        migrating.upgrade(installed.owner_url, installed.app_url, schemas())
        load_reference()
        yield made
        db.session.remove()
        for engine in db.engines.values():
            engine.dispose()


@pytest.fixture
def there(portal: Flask) -> World:
    """People, units and roles on the installed server."""
    return World(portal)


def test_it_is_the_installed_one(installed: Cluster, portal: Flask) -> None:
    assert installed.programs is not None
    assert int(scalar(text("SHOW server_version_num"))) // 10_000 == installed.programs.major
    assert scalar(text("SELECT lower('BLÅBÆRØL')")) == "blåbærøl"


def test_the_migrations_can_be_run_again_and_the_reference_data_is_there(
    installed: Cluster, portal: Flask
) -> None:
    before = scalar(text("SELECT count(*) FROM unit"))
    assert migrating.upgrade(installed.owner_url, installed.app_url, schemas()) == []
    assert load_reference() == before > 10
    assert scalar(select(Municipality.name).where(Municipality.number == "3909")) == "Larvik"
    towns = [name for (name,) in read(select(Municipality.name).order_by(Municipality.sort_key))]
    assert towns.index("Ålesund") > towns.index("Øygarden") > towns.index("Vestby")


def test_one_statement_loads_the_actor(there: World) -> None:
    person = there.person("Ingrid Aune")
    there.grant(person, "grant_caseworker", there.unit("sor"))
    cookie = there.client(person).get_cookie("__Host-session")
    assert cookie is not None
    sent: list[str] = []
    listen = lambda *given: sent.append(given[2])  # noqa: E731
    event.listen(db.engines["read"], "before_cursor_execute", listen)
    actor = load_actor(cookie.value, idle_minutes=60)
    event.remove(db.engines["read"], "before_cursor_execute", listen)
    assert len(sent) == 1
    assert (actor.person_id, [held.role for held in actor.held]) == (person, ["grant_caseworker"])


def test_visible_gives_what_is_allowed(there: World) -> None:
    may = find("casework.case.read")
    regions = [there.unit(code) for code in ("sor", "nord", "vest")]
    owner, applicant = there.civil_unit("Fjordglimt barnelag"), there.person()
    values = {"kind": "test", "title": "x", "owner_id": owner, "applicant_id": applicant}
    values |= {"state": "submitted", "state_kind": "waiting", "national_id": there.unit("udi")}
    with transaction() as session:
        session.execute(insert(Case), [{**values, "regional_id": region} for region in regions])
    cases = [row.Case for row in db.session.execute(select(Case)).all()]
    actor = there.actor("grant_caseworker", "sor")
    seen = {row.id for row in db.session.execute(select(Case.id).where(visible(actor, may, Case)))}
    assert seen == {case.id for case in cases if allowed(actor, may, case)}
    assert {case.regional_id for case in cases if case.id in seen} == {regions[0]}


def test_a_switch_makes_stale_rights_void(there: World) -> None:
    actor = there.actor("auditor", "udi")
    with switch_transaction():
        pass
    with pytest.raises(GenerationMoved), transaction(actor=actor):
        raise AssertionError("ran with stale rights")


def test_the_trail_is_sealed_and_a_change_is_found(installed: Cluster, portal: Flask) -> None:
    with transaction():
        entries = [record(Happened(subject_id=number), actor=None) for number in range(3)]
    while sealing.seal(KEY):
        pass
    assert sealing.verify(KEY).sound
    assert sealing.status()[1] == 0
    owner = create_engine(installed.owner_url)
    changed = text("UPDATE audit_entry SET subject_id = subject_id + :by WHERE id = :id")
    with owner.begin() as connection:
        connection.execute(changed, {"by": 1, "id": entries[1]})
    assert sealing.verify(KEY).first_bad_entry == entries[1]
    with owner.begin() as connection:
        connection.execute(changed, {"by": -1, "id": entries[1]})
    owner.dispose()
    assert sealing.verify(KEY).sound


def test_a_job_commits_with_what_caused_it(portal: Flask) -> None:
    with transaction():
        kept = send_mail.defer(notice_id=0)
    with transaction() as session:
        send_mail.defer(notice_id=1)
        session.rollback()
    assert {row.id for row in read(text("SELECT id FROM procrastinate_jobs"))} == {kept}


def test_the_same_form_twice_acts_once(there: World) -> None:
    key, person, made = uuid4(), there.person(), iter((7, 8))
    for _attempt in range(2):
        with transaction():
            assert answer_once(key, person, lambda: next(made)) == 7


def test_the_pages_answer(portal: Flask, there: World) -> None:
    assert portal.test_client().get("/readyz").status_code == 200
    assert there.client(there.person()).get("/min-side").status_code == 200
    assert scalar(select(Unit.code).where(Unit.kind == "directorate")) == "udi"
