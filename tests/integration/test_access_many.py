"""Renewing roles, many at once, the list as a file, the catalogue, and being told in time."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import insert, select, text

from portal import clock
from portal.access.actor import Actor
from portal.access.many import AT_MOST, TooManyRows, end_many, grant_many, renew_many
from portal.access.models import Assignment
from portal.access.policy import Denied, OutOfReach
from portal.access.refusals import AssignmentRefused
from portal.access.renewing import RENEWED, renew
from portal.access.roles import ROLES
from portal.administration.expiry import warn_of_ends
from portal.database import read, read_one, transaction
from portal.identity.context import actor_of
from portal.units.models import Operator, OperatorContract
from tests.pages import Reader, plain
from tests.world import World

MONTH = timedelta(days=30)


@pytest.fixture
def admin(world: World) -> Actor:
    return world.actor("access_administrator", "udi", name="Berit Haugland")


def again(actor: Actor) -> Actor:
    """The same person with today's generation."""
    return actor_of(actor.person_id or 0)


def row_of(assignment_id: int) -> Assignment:
    found = read_one(select(Assignment).where(Assignment.id == assignment_id))
    assert found is not None
    return found  # type: ignore[return-value]


def notices(person: int) -> list[str]:
    rows = read(text("SELECT title_id FROM notice WHERE person_id = :p ORDER BY id"), {"p": person})
    return [row.title_id for row in rows]


def run_by(site: int, until: date) -> int:
    with transaction() as session:
        operator = session.execute(
            insert(Operator).values(name="Drift AS", organisation_number="974760673").returning(Operator.id)
        ).scalar_one()
        day = clock.today() - timedelta(days=100)
        made: int = session.execute(
            insert(OperatorContract)
            .values(
                site_id=site, operator_id=operator, awarded_on=day, signed_on=day, operation_from=day,
                valid_to=until,
            )
            .returning(OperatorContract.id)
        ).scalar_one()  # fmt: skip
    return made


def test_a_renewed_role_is_a_fresh_decision_beside_the_old_one(world: World, admin: Actor) -> None:
    ola = world.person("Ola")
    old = world.grant(ola, "auditor", world.unit("udi"), valid_to=clock.now() + timedelta(days=3))
    until = clock.now() + MONTH
    made = renew(old, until, "Revisjonen tar lengre tid", actor=again(admin))
    before, after = row_of(old), row_of(made)
    assert before.end_reason == RENEWED
    assert before.ended_by == admin.person_id
    assert (after.person_id, after.role, after.unit_id) == (ola, "auditor", before.unit_id)
    assert (after.granted_by, after.valid_to) == (admin.person_id, until)
    assert after.valid_from == before.ended_at or after.valid_from >= before.ended_at
    assert actor_of(ola).may_somewhere("record.audit.read")
    names = [row.name for row in read(text("SELECT name FROM audit_entry"))]
    assert names == ["access.assignment_renewed"]


def test_what_a_grant_refuses_a_renewal_refuses(world: World, admin: Actor) -> None:
    now, ola = clock.now(), world.person("Ola")
    auditor = world.grant(ola, "auditor", world.unit("udi"), valid_to=now + MONTH)
    own = read(select(Assignment.id).where(Assignment.person_id == admin.person_id))[0].id
    gone = world.grant(ola, "coordinator", world.unit("udi"), valid_to=now - timedelta(minutes=1))
    for assignment, until, reason, code in (
        (auditor, None, "x", "needs_end"),
        (auditor, now - MONTH, "x", "dates_reversed"),
        (auditor, now + MONTH, " ", "reason_missing"),
        (auditor, row_of(auditor).valid_to, "x", "same_end"),
        (own, now + MONTH, "x", "to_oneself"),
        (gone, now + MONTH, "x", "already_ended"),
    ):
        with pytest.raises(AssignmentRefused) as caught:
            renew(assignment, until, reason, actor=again(admin))
        assert caught.value.code == code
    regional = world.actor("access_administrator", "sor", name="Rune")
    with pytest.raises(OutOfReach):
        renew(auditor, now + 2 * MONTH, "x", actor=again(regional))
    here = world.grant(ola, "grant_caseworker", world.unit("sor"), valid_to=now + MONTH)
    with pytest.raises(Denied):
        renew(here, now + 2 * MONTH, "x", actor=world.actor("grant_caseworker", "sor"))
    assert renew(here, now + 2 * MONTH, "x", actor=again(regional))


def test_a_shorter_end_never_leaves_the_directorate_without_an_administrator(
    world: World, admin: Actor
) -> None:
    other = world.actor("access_administrator", "udi", name="Else")
    own = read(select(Assignment.id).where(Assignment.person_id == admin.person_id))[0].id
    shorter = renew(own, clock.now() + MONTH, "Slutter", actor=again(other))
    elses = read(select(Assignment.id).where(Assignment.person_id == other.person_id))[0].id
    with pytest.raises(AssignmentRefused) as caught:
        renew(elses, clock.now() + 2 * MONTH, "Slutter", actor=again(admin))
    assert caught.value.code == "last_administrator"
    assert renew(shorter, None, "Blir", actor=again(other))
    assert renew(elses, clock.now() + 2 * MONTH, "Slutter", actor=again(admin))


def test_many_are_ended_each_by_its_own_rules(world: World, admin: Actor) -> None:
    ola, sor, nord = world.person("Ola"), world.unit("sor"), world.unit("nord")
    here = world.grant(ola, "grant_caseworker", sor)
    gone = world.grant(world.person("Per"), "regional_contact", sor, valid_to=clock.now())
    there = world.grant(ola, "regional_contact", nord)
    rune = world.actor("access_administrator", "sor", name="Rune")
    outcomes = end_many([here, gone, there, 10**9, here], "Omorganisering", actor=rune)
    assert [one.key for one in outcomes] == [here, gone, there, 10**9]
    assert [one.refusal is None for one in outcomes] == [True, False, False, False]
    assert row_of(here).ended_by == rune.person_id
    assert row_of(there).ended_at is None
    assert str(outcomes[2].refusal) == str(outcomes[3].refusal), "out of reach is as if it were not there"
    with pytest.raises(TooManyRows):
        end_many(range(AT_MOST + 1), "x", actor=again(rune))


def test_many_are_renewed_and_granted_and_refused_rows_leave_nothing(world: World, admin: Actor) -> None:
    until = clock.now() + MONTH
    two = [world.grant(world.person(), "auditor", world.unit("udi"), valid_to=until) for _ in range(2)]
    world_before = world.count("assignment")
    mine = read(select(Assignment.id).where(Assignment.person_id == admin.person_id))[0].id
    outcomes = renew_many([*two, mine], until + MONTH, "Forlenget", actor=again(admin))
    assert [one.refusal is None for one in outcomes] == [True, True, False]
    assert world.count("assignment") == world_before + 2
    payer = world.person("Rein")
    world.grant(payer, "payment_officer", world.unit("sor"))
    people = [world.person("En"), payer, admin.person_id or 0]
    given = grant_many(
        people, "decision_maker", world.unit("sor"), clock.now(), None, "Ny", actor=again(admin)
    )
    assert [one.refusal is None for one in given] == [True, False, False]
    assert world.count("assignment") == world_before + 4
    with pytest.raises(OutOfReach):
        grant_many(people, "coordinator", world.unit("udi"), clock.now(), None, "x", actor=world.actor())


def test_ticked_roles_are_ended_on_the_page_with_one_reason(world: World, admin: Actor) -> None:
    reader = Reader(world.client(admin.person_id or 0))
    ids = [world.grant(world.person(f"Siri {n}"), "regional_contact", world.unit("sor")) for n in range(2)]
    assert "Kryss av" in reader.text("/tilgang/flere")
    seen = f"/tilgang/flere?id={ids[0]}&id={ids[1]}&id=tull"
    assert "Siri 0" in reader.text(seen)
    refused = reader.send("/tilgang/flere", {"id": ids, "deed": "end", "reason": ""}, seen=seen)
    assert refused.status_code == 422
    done = reader.send("/tilgang/flere", {"id": ids, "deed": "end", "reason": "Omorganisert"}, seen=seen)
    assert "2 av 2" in plain(done)
    assert "Siri 0" not in reader.text("/tilgang")
    assert reader.client.post("/tilgang/flere", data={"id": ids}).status_code == 400, "forged"
    too_many = "&".join(f"id={n}" for n in range(AT_MOST + 1))
    assert reader.get(f"/tilgang/flere?{too_many}").status_code == 413


def test_several_get_a_role_by_their_addresses_and_each_is_told_of(world: World, admin: Actor) -> None:
    reader = Reader(world.client(admin.person_id or 0))
    kari, address = world.person("Kari Vik"), "SELECT email FROM person WHERE id = :p"
    mail = read(text(address), {"p": kari})[0].email
    form = {
        "person": f"{mail.upper()}, {mail}\nukjent@example.no",
        "role": "regional_contact",
        "unit": world.unit("sor"),
        "valid_from": clock.today().isoformat(),
        "reason": "Nye",
    }
    shown = plain(reader.send("/tilgang/ny/flere", form))
    assert "1 av 2" in shown
    assert "Kari Vik" in shown
    assert "ukjent@example.no" in shown
    crowd = {**form, "person": " ".join(f"a{n}@example.no" for n in range(AT_MOST + 1))}
    assert reader.send("/tilgang/ny/flere", crowd).status_code == 422
    wrong = {**form, "valid_to": "2020-01-01"}
    assert "Kari Vik" in plain(reader.send("/tilgang/ny/flere", wrong))
    assert world.count("assignment") == 2


def test_one_role_is_renewed_on_its_page(world: World, admin: Actor) -> None:
    reader = Reader(world.client(admin.person_id or 0))
    made = world.grant(world.person("Ola Nes"), "grant_caseworker", world.unit("sor"))
    page = f"/tilgang/{made}"
    past = reader.send(f"{page}/forny", {"ny-valid_to": "2020-01-01", "ny-reason": "x"}, seen=page)
    assert past.status_code == 422
    later = (clock.today() + MONTH).isoformat()
    answer = reader.send(f"{page}/forny", {"ny-valid_to": later, "ny-reason": "Vikariat"}, seen=page)
    assert answer.status_code == 303
    assert "Vikariat" in reader.text(answer.location)
    assert "fornyet" in reader.text(page)


def test_the_list_as_a_file_holds_what_the_reader_sees_and_is_recorded(world: World) -> None:
    rune = world.actor("access_administrator", "sor", name="=Rune")
    world.grant(world.person("Nils Nord"), "regional_contact", world.unit("nord"))
    reader = Reader(world.client(rune.person_id or 0))
    answer = reader.get("/tilgang/eksport.csv")
    body = answer.get_data(as_text=True)
    assert answer.mimetype == "text/csv"
    assert "'=Rune" in body
    assert "Nils Nord" not in body
    entry = read(text("SELECT data FROM audit_entry WHERE name = 'access.assignments_exported'"))
    assert [row.data["rows"] for row in entry] == [1]
    assert Reader(world.client(world.person("Uten"))).get("/tilgang/eksport.csv").status_code == 403


def test_the_catalogue_tells_of_every_role_in_words(world: World) -> None:
    shown = Reader(world.client(world.person("Hvem som helst"))).text("/tilgang/roller")
    for role in ROLES.values():
        assert str(role.title) in shown
    for never in ("Arkivar", "Regiondirektør eller stedfortreder", "Leder i ATE", "Kommunens kontaktperson"):
        assert never in shown


def test_a_role_of_one_kind_of_unit_stands_at_no_other(world: World, admin: Actor) -> None:
    ola = world.person("Ola")
    wish = (clock.now(), None, "Ny")
    for role, wrong, right in (
        ("ate_leader", "sor", "ate"),
        ("ate_officer", "sor", "ate"),
        ("regional_director", "ate", "sor"),
    ):
        refused, done = (
            grant_many([ola], role, world.unit(unit), *wish, actor=again(admin))[0] for unit in (wrong, right)
        )
        assert refused.refusal is not None
        assert done.refusal is None


def test_a_role_in_udis_tree_is_warned_of_a_month_and_a_week_before(world: World, admin: Actor) -> None:
    start = clock.now()
    site = world.site("Sognvann mottak", "sor")
    contract = run_by(site, clock.today() + timedelta(days=40))
    rune = world.actor("access_administrator", "sor", name="Rune")
    manager, auditor = world.person("Mona"), world.person("Arne")
    bound = world.grant(manager, "site_manager", site, valid_to=start + timedelta(days=40))
    with transaction() as session:
        session.execute(
            text("UPDATE assignment SET contract_id = :c WHERE id = :a"), {"c": contract, "a": bound}
        )
    world.grant(auditor, "auditor", world.unit("udi"), valid_to=start + timedelta(days=40))
    counts = []
    for days in (5, 12, 13, 34, 35, 50):
        with clock.fixed(start + timedelta(days=days)):
            warn_of_ends()
        told = (manager, rune.person_id or 0, auditor, admin.person_id or 0)
        counts.append([len(notices(person)) for person in told])
    assert counts == [[0] * 4, [1] * 4, [1] * 4, [2] * 4, [2] * 4, [2] * 4]
    body = read(text("SELECT body_id FROM notice WHERE person_id = :p"), {"p": manager})[0].body_id
    assert "contract" in body
