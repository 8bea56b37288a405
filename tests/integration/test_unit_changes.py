"""Closing a unit and moving a site: what must be settled first, what moves along, what is dead at once."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select, text

from plugins.child_grants.plugin import portal_event_recorded
from portal import clock
from portal.administration.unit_changes import move_sites
from portal.clock import end_of_day
from portal.database import read, read_one, scalar, switch_transaction, transaction
from portal.identity.context import actor_of
from portal.record.events import RecordedEvent
from portal.record.models import AuditEntry
from portal.units.contacts import Contact, add_contact
from portal.units.contracts import Contract, enter_contract
from portal.units.models import SiteMove, Unit
from tests.funding import Grants, grants
from tests.pages import Reader, plain, statements
from tests.world import World, holder


@pytest.fixture
def admin(world: World) -> Reader:
    return holder(world, "access_administrator", "udi")


@pytest.fixture
def site(world: World) -> int:
    made = world.site("Lia mottak", "sor")
    with transaction() as session:
        add_contact(session, made, Contact(name="Liv Moen", email="liv@example.no"), actor=None)
    return made


def contract(site: int, last: date | None) -> None:
    first = clock.today() - timedelta(days=90)
    about = Contract(operator_name="Drift", organisation_number="311094688", awarded_on=first,
                     signed_on=first, operation_from=first, valid_to=last)  # fmt: skip
    with transaction() as session:
        enter_contract(session, site, about, actor=None)


def regional(unit: int) -> int:
    return int(scalar(select(Unit.regional_id).where(Unit.id == unit)))


def case_row(case_id: int) -> tuple[int, int | None, int]:
    found = read_one(
        text("SELECT regional_id, handler_id, version FROM casework_case WHERE id = :i"), {"i": case_id}
    )
    assert found is not None
    return tuple(found)


def test_roles_at_a_closed_site_are_dead_at_the_next_request_and_none_is_given(
    world: World, admin: Reader, site: int
) -> None:
    person = world.person("Daglig Leder")
    world.grant(person, "site_manager", site)
    manager = Reader(world.client(person))
    assert manager.get(f"/enheter/{site}").status_code == 200
    page = f"/enheter/{site}/avslutt"
    with statements() as sql:
        shown = admin.text(page)
    assert len(sql) <= 6
    assert "Daglig Leder" in shown
    assert admin.send(page, {"day": clock.today()}).status_code == 303
    assert actor_of(person).held == ()
    assert manager.get(f"/enheter/{site}").status_code == 403
    told = read(text("SELECT kind FROM notice WHERE person_id = :p"), {"p": person})
    assert [row.kind for row in told] == ["units.closed"]
    entry = read(AuditEntry.__table__.select().where(AuditEntry.name == "units.closed"))[0]
    assert (entry.subject_id, entry.data["roles"]) == (site, 1)
    given = admin.send("/tilgang/ny", {"unit": site, "role": "municipality_contact"})
    assert given.status_code == 422
    assert admin.get(f"/enheter/{site}").status_code == 200
    assert admin.send(page, {"day": clock.today()}).status_code == 422


def test_a_role_that_escaped_the_shortening_is_dead_there_all_the_same(
    world: World, admin: Reader, site: int
) -> None:
    assert admin.send(f"/enheter/{site}/avslutt", {"day": clock.today()}).status_code == 303
    person = world.person("Kom Etterpå")
    world.grant(person, "municipality_contact", site)
    assert actor_of(person).held == ()


def test_a_closing_to_come_keeps_the_roles_until_the_day(world: World, admin: Reader, site: int) -> None:
    person = world.person("Kommunens Kontakt")
    made = world.grant(person, "municipality_contact", site)
    day = clock.today() + timedelta(days=10)
    assert admin.send(f"/enheter/{site}/avslutt", {"day": day}).status_code == 303
    assert len(actor_of(person).held) == 1
    ends = scalar(text("SELECT valid_to FROM assignment WHERE id = :i"), {"i": made})
    assert ends == end_of_day(day - timedelta(days=1))
    assert "Legges ned" in admin.text(f"/enheter/{site}")


def test_what_must_be_settled_first_is_said_at_the_field_and_nothing_changes(
    world: World, admin: Reader, site: int
) -> None:
    contract(site, clock.today() + timedelta(days=30))
    page = f"/enheter/{site}/avslutt"
    for day, words in (
        (clock.today() + timedelta(days=10), "Kontrakten med driftsoperatøren varer lenger"),
        (clock.today() - timedelta(days=1), "Dagen er passert"),
    ):
        answer = admin.send(page, {"day": day})
        assert answer.status_code == 422
        assert 'id="day-error"' in answer.get_data(as_text=True)
        assert words in plain(answer)
    region = admin.send(f"/enheter/{world.unit('sor')}/avslutt", {"day": clock.today()})
    assert "Flytt eller legg dem ned først" in plain(region)
    north = admin.send(f"/enheter/{world.unit('nord')}/avslutt", {"day": clock.today()})
    assert "Fylker hører til den" in plain(north)
    for code in ("udi", "ate", "lt-logistikk"):
        assert admin.get(f"/enheter/{world.unit(code)}/avslutt").status_code == 404
    assert scalar(select(Unit.valid_to).where(Unit.id == site)) is None
    assert admin.send(page, {"day": clock.today() + timedelta(days=31)}).status_code == 303


def test_a_region_with_cases_or_organisations_is_not_closed(world: World, admin: Reader) -> None:
    made: Grants = grants(world)
    made.sent()
    south = world.unit("sor")
    with switch_transaction() as session:
        session.execute(text("UPDATE county_region SET region_id = :n WHERE region_id = :s"),
                        {"n": world.unit("nord"), "s": south})  # fmt: skip
        session.execute(text("UPDATE unit SET parent_id = :n WHERE parent_id = :s"),
                        {"n": world.unit("nord"), "s": south})  # fmt: skip
    refused = admin.send(f"/enheter/{south}/avslutt", {"day": clock.today()})
    assert "Det er åpne saker her" in plain(refused)
    with transaction() as session:
        session.execute(text("UPDATE casework_case SET regional_id = :n"), {"n": world.unit("nord")})
    assert admin.send(f"/enheter/{south}/avslutt", {"day": clock.today()}).status_code == 303


def test_a_site_moves_with_its_undecided_cases_and_decided_ones_stay(world: World, admin: Reader) -> None:
    made: Grants = grants(world)
    site, north = made.sites["sor"], world.unit("nord")
    taken, decided = made.sent(), made.sent()
    made.step(taken, "take", "caseworker")
    made.propose(decided, 10_000_00)
    made.decide(decided, 10_000_00)
    before = case_row(taken)
    moved = {"to": north, "day": clock.today(), "reason": "Grensen mellom regionene er endret."}
    with statements() as sql:
        admin.text(f"/enheter/{site}/flytt")
    assert len(sql) <= 6
    assert admin.send(f"/enheter/{site}/flytt", moved).status_code == 303
    assert regional(site) == north
    assert case_row(taken) == (north, None, before[2] + 1)
    assert case_row(decided)[0] == world.unit("sor")
    ours, theirs = (Reader(world.client(made.people[who])) for who in ("caseworker", "other_region"))
    assert ours.get(f"/barnetilskudd/soknad/{taken}").status_code == 404
    assert theirs.get(f"/barnetilskudd/soknad/{taken}").status_code in (200, 303)
    assert ours.get(f"/barnetilskudd/soknad/{decided}").status_code in (200, 303)
    entry = read(AuditEntry.__table__.select().where(AuditEntry.name == "units.site_moved"))[0]
    assert (entry.subject_id, entry.data["region_id"], entry.data["cases"]) == (site, north, 1)


def test_what_a_site_is_asked_follows_it(world: World, admin: Reader) -> None:
    made: Grants = grants(world)
    site, north, case_id = made.sites["sor"], world.unit("nord"), made.sent()
    portal_event_recorded(RecordedEvent(1, "casework.case.moved", case_id, None, {}))
    asked = text("SELECT regional_id FROM child_grants_site_contact WHERE unit_id = :u")
    assert scalar(asked, {"u": site}) == world.unit("sor")
    move = {"to": north, "day": clock.today(), "reason": "Ny grense."}
    assert admin.send(f"/enheter/{site}/flytt", move).status_code == 303
    entry = read(AuditEntry.__table__.select().where(AuditEntry.name == "units.site_moved"))[0]
    portal_event_recorded(RecordedEvent(entry.id, entry.name, entry.subject_id, None, entry.data))
    assert scalar(asked, {"u": site}) == north


def test_a_move_to_ate_on_a_day_to_come_waits_is_shown_taken_back_and_done_by_the_worker(
    world: World, admin: Reader, site: int
) -> None:
    day, page = clock.today() + timedelta(days=5), f"/enheter/{site}/flytt"
    move = {"to": world.unit("ate"), "day": day, "reason": "Blir transittmottak."}
    assert admin.send(page, move).status_code == 303
    assert "Blir transittmottak." in admin.text(f"/enheter/{site}")
    assert admin.send(page, move).status_code == 422
    assert admin.send(f"/enheter/{site}/avslutt", {"day": day}).status_code == 422
    assert admin.send(f"{page}/trekk", {}, seen=f"/enheter/{site}").status_code == 303
    assert admin.send(page, move).status_code == 303
    move_sites()
    assert regional(site) == world.unit("sor")
    with clock.fixed(clock.now() + timedelta(days=5)):
        move_sites()
        move_sites()
    assert regional(site) == world.unit("ate")
    assert [row.done_at is not None for row in read(select(SiteMove.done_at).order_by(SiteMove.id))] == [
        False,
        True,
    ]


def test_only_who_edits_units_on_both_sides_moves_a_site(world: World, site: int) -> None:
    south = holder(world, "access_administrator", "sor")
    page = f"/enheter/{site}/flytt"
    move = {"to": world.unit("nord"), "day": clock.today(), "reason": "Til dere."}
    assert south.send(page, move).status_code == 422
    north = holder(world, "access_administrator", "nord")
    assert north.get(page).status_code == 404
    assert holder(world, "regional_contact", "sor").get(page).status_code == 403
    assert regional(site) == world.unit("sor")


@pytest.mark.parametrize("how", ["ended", "closed"])
def test_who_loses_the_role_while_a_page_is_open_gets_back_what_they_wrote(
    world: World, admin: Reader, site: int, how: str
) -> None:
    person = world.person("Skriver Enda")
    role = world.grant(person, "site_manager", site)
    writer, page = Reader(world.client(person)), f"/enheter/{site}/kontaktpersoner/ny"
    typed = {"contact_name": "Åse <b>Lang</b> Navn", "email": "ase@example.no", "phone": ""}
    html = writer.get(page).get_data(as_text=True)
    token = html.split('name="csrf_token" value="')[1].split('"')[0]
    people = world.count("contact_person")
    if how == "closed":
        assert admin.send(f"/enheter/{site}/avslutt", {"day": clock.today()}).status_code == 303
    else:
        with switch_transaction() as session:
            session.execute(text("UPDATE assignment SET ended_at = now() WHERE id = :i"), {"i": role})
    answer = writer.client.post(page, data={**typed, "csrf_token": token})
    assert answer.status_code == 403
    said = answer.get_data(as_text=True)
    assert "Ingenting ble lagret" in said
    assert "Åse &lt;b&gt;Lang&lt;/b&gt; Navn" in said
    assert token not in said
    assert "Spør om tilgang" in said or "Be om tilgang" in said
    assert world.count("contact_person") == people
