"""Who sees a case, who could on a day, what a person may do: reconstructed from dated roles, recorded."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import insert, text, update

from portal import clock
from portal.access.models import Assignment
from portal.administration import lookup_queries as lookups
from portal.casework.events import CasePassedOn
from portal.casework.models import Case, CaseParticipation
from portal.database import read, transaction
from portal.identity.context import actor_of
from portal.record import record
from tests.pages import Reader, plain
from tests.world import World

NUMBER = "2026/17"
PAGE = f"/tilgang/oppslag/sak?number={NUMBER}"


@pytest.fixture
def case(world: World) -> int:
    """A case sent to the south ten days ago by Fjordglimt."""
    owner, sender = world.civil_unit("Fjordglimt"), world.person("Lise Leder")
    world.grant(sender, "leader", owner)
    with transaction() as session:
        made: int = session.execute(
            insert(Case)
            .values(
                number=NUMBER, kind="application", title="Hemmelig tittel", state="submitted",
                state_kind="waiting", national_id=world.unit("udi"), regional_id=world.unit("sor"),
                owner_id=owner, applicant_id=sender, submitted_at=clock.now() - timedelta(days=10),
            )
            .returning(Case.id)
        ).scalar_one()  # fmt: skip
    return made


def held(world: World, name: str, role: str, unit: str, first: int, last: int | None) -> int:
    """A role from `first` days ago until `last` days ago (None: still)."""
    person = world.person(name)
    made = world.grant(person, role, world.unit(unit))
    values: dict[str, datetime] = {"valid_from": clock.now() - timedelta(days=first)}
    if last is not None:
        values["ended_at"] = clock.now() - timedelta(days=last)
    with transaction() as session:
        session.execute(update(Assignment).where(Assignment.id == made).values(**values))
    return person


def names(world: World, auditor: int, days_ago: int | None) -> set[str]:
    row = lookups.case_numbered(NUMBER, actor_of(auditor))
    assert row is not None
    day = None if days_ago is None else clock.today() - timedelta(days=days_ago)
    return {one.person for one in lookups.who_sees(row, lookups.Time.of(day))}


def test_who_sees_a_case_now_and_who_could_on_a_day(world: World, case: int) -> None:
    auditor = world.person("Tove Revisor")
    world.grant(auditor, "auditor", world.unit("udi"))
    held(world, "Nå Sør", "grant_caseworker", "sor", 60, None)
    held(world, "Før Sør", "grant_caseworker", "sor", 60, 5)
    held(world, "Ny Sør", "regional_contact", "sor", 2, None)
    held(world, "Alltid Nord", "grant_caseworker", "nord", 60, None)
    held(world, "Ikke Lese", "access_administrator", "sor", 60, None)
    assert names(world, auditor, None) == {"Tove Revisor", "Lise Leder", "Nå Sør", "Ny Sør"}
    assert names(world, auditor, 7) == {"Nå Sør", "Før Sør"}
    assert names(world, auditor, 20) == set(), "before it was sent no one at UDI could"


def test_a_case_passed_on_is_seen_where_it_was_on_the_day(world: World, case: int) -> None:
    auditor = world.person("Tove")
    world.grant(auditor, "auditor", world.unit("udi"))
    held(world, "Sør", "grant_caseworker", "sor", 60, None)
    held(world, "Nord", "grant_caseworker", "nord", 60, None)
    nord, sor = world.unit("nord"), world.unit("sor")
    with transaction() as session:
        session.execute(update(Case).where(Case.id == case).values(regional_id=nord))
        record(CasePassedOn(subject_id=case, regional_id=sor, region_id=nord, number=NUMBER), actor=None)
    assert names(world, auditor, None) == {"Tove", "Lise Leder", "Nord"}
    assert names(world, auditor, 3) == {"Sør"}


def test_the_page_answers_marks_the_disqualified_and_records_the_lookup(world: World, case: int) -> None:
    auditor = world.person("Tove Revisor")
    world.grant(auditor, "auditor", world.unit("udi"))
    ola = held(world, "Ola Sør", "grant_caseworker", "sor", 60, None)
    with transaction() as session:
        session.execute(
            insert(CaseParticipation).values(case_id=case, person_id=ola, part="disqualified", ground="tie")
        )
    reader = Reader(world.client(auditor))
    shown = reader.text(PAGE)
    assert "Ola Sør Inhabil" in shown
    assert "Hemmelig tittel" not in shown
    assert "Ola Sør" in reader.text(f"{PAGE}&day={clock.today() - timedelta(days=7)}")
    person = reader.text("/tilgang/oppslag/person?person=Ola+S%C3%B8r")
    assert "Les" in person
    told = read(text("SELECT data FROM audit_entry WHERE name = 'access.looked_up' ORDER BY id"))
    assert [row.data["question"] for row in told] == ["case", "case", "person"]
    assert told[2].data["person_id"] == ola


def test_no_answer_beyond_the_askers_place_and_none_for_nonsense(world: World, case: int) -> None:
    nora = world.person("Nora Nord")
    world.grant(nora, "access_administrator", world.unit("nord"))
    reader = Reader(world.client(nora))
    hidden, nothing = reader.get(PAGE), reader.get("/tilgang/oppslag/sak?number=2026/99")
    assert "Vi finner ingen sak" in plain(hidden)
    assert "Vi finner ingen sak" in plain(nothing)
    ola = held(world, "Ola Sør", "grant_caseworker", "sor", 60, None)
    assert "Ingen roller her" in reader.text("/tilgang/oppslag/person?person=Ola+S%C3%B8r")
    for day in ("2099-01-01", "tull"):
        assert reader.get(f"/tilgang/oppslag/person?person=Ola+S%C3%B8r&day={day}").status_code == 200
    assert "ikke kommet ennå" in reader.text("/tilgang/oppslag/person?person=Ola+S%C3%B8r&day=2099-01-01")
    assert Reader(world.client(ola)).get(PAGE).status_code == 403
    assert world.count("audit_entry") == 1
