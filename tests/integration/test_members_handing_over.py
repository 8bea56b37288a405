"""Roles with a mandate, a change of leader, and what UDI does where the leader is gone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from portal import clock
from portal.access.actor import Place
from portal.access.policy import Denied, OutOfReach
from portal.access.refusals import AssignmentRefused
from portal.database import read, switch_transaction, transaction
from portal.documents.queries import readable
from portal.documents.services import scan
from portal.identity.context import actor_of
from portal.organisations.members import queries, rescues
from portal.organisations.members import services as members
from portal.organisations.members.asking import ask_for_access
from portal.organisations.services import NewOrganisation, enter
from tests.pages import Reader, plain
from tests.running_at_once import at_once
from tests.world import World

PDF = b"%PDF-1.7\n%%EOF\n"
NUMBER = "311094688"


@pytest.fixture
def amina(world: World) -> int:
    return world.person("Amina Warsame")


@pytest.fixture
def here(world: World, amina: int) -> int:
    """Amina's organisation."""
    place = Place(national_id=world.unit("udi"), regional_id=world.unit("sor"))
    facts = {
        "name": "ELVEBAKKEN",
        "roles": [{"code": "LEDE", "label": "Styrets leder", "name": "Elin Strand", "deceased": False}],
    }
    new = NewOrganisation("Elvebakken", "voluntary", "local", place, number=NUMBER, facts=facts)
    with switch_transaction() as session:
        return enter(session, new, leader_id=amina, actor=None)


@pytest.fixture
def liv(world: World) -> int:
    """Whose region it is."""
    person = world.person("Liv Tangen")
    world.grant(person, "regional_contact", world.unit("sor"))
    return person


@pytest.fixture
def reader(world: World) -> Callable[[int], Reader]:
    return lambda person: Reader(world.client(person))


def roles_at(unit_id: int) -> list[tuple[int, str]]:
    rows = read(
        text(
            "SELECT person_id, role FROM assignment WHERE unit_id = :u AND ended_at IS NULL"
            " AND (valid_to IS NULL OR valid_to > now()) ORDER BY id"
        ),
        {"u": unit_id},
    )
    return [(row.person_id, row.role) for row in rows]


def gone(unit_id: int) -> None:
    """The leader's role ran out: nobody ended it, so nobody was asked."""
    with switch_transaction() as session:
        session.execute(
            text(
                "UPDATE assignment SET valid_from = now() - interval '2 day', valid_to = now() - interval"
                " '1 day' WHERE unit_id = :u AND role = 'leader'"
            ),
            {"u": unit_id},
        )


def may(person: int, unit_id: int) -> set[str]:
    return {name for name, reach in actor_of(person).reach.items() if unit_id in reach.owner}


def test_each_role_carries_what_its_sentence_says(world: World, here: int) -> None:
    send, write, papers = "funding.own.submit", "funding.own.edit", "organisations.own.papers"
    expected = {
        "leader": {send, write, papers, "organisations.member.manage", "organisations.own.edit"},
        "signatory": {send, write},
        "editor": {write, papers},
        "treasurer": {write, papers},
        "organisation_coordinator": {"organisations.own.edit"},
        "reader": set(),
    }
    for role, wanted in expected.items():
        person = world.person(role)
        world.grant(person, role, here)
        changing = {send, write, papers, "organisations.member.manage", "organisations.own.edit"}
        assert may(person, here) & changing == wanted, role
        assert "funding.own.read" in may(person, here)


def test_a_signatory_is_invited_with_a_mandate_and_signs_while_it_stands(
    world: World, reader: Any, amina: int, here: int, liv: int
) -> None:
    page = f"/organisasjoner/{here}/medlemmer"
    form: dict[str, Any] = {"email": "siw@example.no", "role": "signatory"}
    answer = reader(amina).send(page, form)
    assert "En fullmaktshaver må ha en fullmakt" in plain(answer)
    assert "siw@example.no" in answer.get_data(as_text=True)
    assert world.count("invitation") == 0
    last = clock.today() + timedelta(days=30)
    form |= {"mandate": (BytesIO(PDF), "fullmakt.pdf"), "until": last.isoformat()}
    answer = reader(amina).send(page, form)
    assert "siw@example.no" in plain(answer)
    token = answer.get_data(as_text=True).split("/invitasjon/")[1].split("<")[0]
    siw = world.person("Siw")
    members.accept(token, actor=actor_of(siw))
    assert "funding.own.submit" in may(siw, here)
    document, until = queries.mandates(here)[siw]
    scan(document_id=document)
    assert until == last
    for who in (amina, liv):
        assert readable(document, actor_of(who)).content == PDF
    with pytest.raises(OutOfReach):
        readable(document, world.actor("regional_contact", "nord"))
    with transaction() as session:
        session.execute(
            text(
                "UPDATE assignment SET valid_from = now() - interval '9 day', valid_to = now() - interval '1"
                " hour' WHERE person_id = :p AND valid_to = :t"
            ),
            {"p": siw, "t": clock.end_of_day(last)},
        )
    assert may(siw, here) == set()


def test_a_signatory_cannot_be_let_in_without_a_mandate(world: World, amina: int, here: int) -> None:
    asked = ask_for_access(NUMBER, "Slipp meg inn.", actor=world.actor(name="Ola"))
    with pytest.raises(ValueError, match="signatory"):
        members.let_in(here, asked, "signatory", actor=actor_of(amina))
    with pytest.raises(members.MandateMissing):
        members.invite(here, "a@example.no", "signatory", actor=actor_of(amina))


def test_the_leader_leads_until_the_next_accepts(world: World, reader: Any, amina: int, here: int) -> None:
    page = f"/organisasjoner/{here}/bytt-leder"
    assert "Elin Strand" in reader(amina).text(page)
    answer = reader(amina).send(page, {"email": "elin@example.no"})
    token = answer.get_data(as_text=True).split("/invitasjon/")[1].split("<")[0]
    assert roles_at(here) == [(amina, "leader")]
    elin = world.person("Elin Strand")
    assert "tar du over som leder etter Amina" in reader(elin).text(f"/invitasjon/{token}")
    assert reader(elin).send(f"/invitasjon/{token}").status_code == 303
    assert roles_at(here) == [(elin, "leader")]
    assert reader(amina).get(page).status_code in (403, 404)
    handed = read(text("SELECT count(*) FROM audit_entry WHERE name = 'organisations.handed_over'"))
    assert handed[0][0] == 1


def test_a_successor_who_is_withdrawn_or_too_late_changes_nothing(
    world: World, amina: int, here: int
) -> None:
    late = members.invite(here, "a@example.no", "leader", hands_over=True, actor=actor_of(amina))
    taken_back = members.invite(here, "b@example.no", "leader", hands_over=True, actor=actor_of(amina))
    members.withdraw(here, queries.successors(here)[0].id, actor=actor_of(amina))
    with pytest.raises(members.Spent, match="withdrawn"):
        members.accept(taken_back, actor=world.actor(name="Elin"))
    with clock.fixed(clock.now() + timedelta(days=15)), pytest.raises(members.Spent, match="expired"):
        members.accept(late, actor=world.actor(name="Elin"))
    assert roles_at(here) == [(amina, "leader")]


def test_a_hand_over_taken_by_two_at_once_gives_one_leader(
    app: Flask, world: World, amina: int, here: int
) -> None:
    token = members.invite(here, "a@example.no", "leader", hands_over=True, actor=actor_of(amina))
    people = [world.person(name) for name in ("Elin", "Ola")]
    actors = [actor_of(person) for person in people]
    came = at_once(app, *(lambda one=one: members.accept(token, actor=one) for one in actors))
    assert came.count(here) == 1, came
    left = roles_at(here)
    assert len(left) == 1
    assert left[0][0] in people


def test_handing_over_and_being_removed_at_once_leaves_a_leader(
    app: Flask, world: World, amina: int, here: int
) -> None:
    nina, elin = world.person("Nina"), world.person("Elin")
    world.grant(nina, "leader", here)
    token = members.invite(here, "a@example.no", "leader", hands_over=True, actor=actor_of(amina))
    held = read(text("SELECT id FROM assignment WHERE person_id = :p"), {"p": amina})[0][0]
    accepting, removing = actor_of(elin), actor_of(nina)
    at_once(
        app,
        lambda: members.accept(token, actor=accepting),
        lambda: members.remove(here, held, actor=removing),
    )
    left = [person for person, role in roles_at(here) if role == "leader"]
    assert nina in left
    assert amina not in left


def test_whoever_asks_goes_to_udi_when_the_leader_is_gone(
    world: World, reader: Any, amina: int, here: int, liv: int
) -> None:
    ola = world.person("Ola Vik")
    answer = reader(ola).send(
        f"/registrer/tilgang/{NUMBER}", {"message": "Jeg er valgt på årsmøtet.", "leader_gone": "y"}
    )
    assert answer.status_code == 200, plain(answer)
    assert "Elvebakken trenger en leder" in reader(liv).text("/varsler")
    assert "Finn ut hvem som leder Elvebakken" in reader(liv).text("/min-side")
    rescue = queries.rescues(actor_of(liv))[0].id
    page = f"/organisasjoner/uten-leder/{rescue}"
    seen = reader(liv).text(page)
    assert "Jeg er valgt på årsmøtet." in seen
    assert "Amina Warsame" in seen
    assert "Elin Strand" in seen
    asked = read(text("SELECT id FROM access_request"))[0][0]
    form = {f"r{asked}-role": "leader", f"r{asked}-checked": " "}
    answer = reader(liv).send(f"{page}/foresporsler/{asked}/slipp-inn", form, seen=page)
    assert "Skriv hvordan du fant det ut" in plain(answer)
    assert roles_at(here) == [(amina, "leader")]
    form[f"r{asked}-checked"] = "Protokoll fra årsmøtet."
    answer = reader(liv).send(f"{page}/foresporsler/{asked}/slipp-inn", form, seen=page)
    assert answer.status_code == 303, plain(answer)
    assert roles_at(here) == [(amina, "leader"), (ola, "leader")]
    assert "UDI slapp noen inn i Elvebakken" in reader(amina).text("/varsler")
    assert reader(liv).get(page).status_code == 404
    reason = read(text("SELECT reason FROM assignment WHERE person_id = :p"), {"p": ola})[0][0]
    assert reason == "Protokoll fra årsmøtet."


def test_an_organisation_without_a_leader_is_found_and_gets_one(
    world: World, reader: Any, amina: int, here: int, liv: int
) -> None:
    rescues.find_leaderless()
    assert queries.rescues(actor_of(liv)) == []
    gone(here)
    rescues.find_leaderless()
    rescues.find_leaderless()
    found = queries.rescues(actor_of(liv))
    assert [(row.unit_id, row.cause) for row in found] == [(here, "no_leader")]
    page = f"/organisasjoner/uten-leder/{found[0].id}"
    form = {"invite-email": "elin@example.no", "invite-checked": "Ringte Elin Strand."}
    answer = reader(liv).send(f"{page}/inviter", form, seen=page)
    token = answer.get_data(as_text=True).split("/invitasjon/")[1].split("<")[0]
    elin = world.person("Elin Strand")
    members.accept(token, actor=actor_of(elin))
    assert (elin, "leader") in roles_at(here)
    assert queries.rescues(actor_of(liv)) == []


def test_staff_name_nobody_in_another_region_or_after_their_role_ended(
    world: World, amina: int, here: int, liv: int
) -> None:
    gone(here)
    rescues.find_leaderless()
    rescue = queries.rescues(actor_of(liv))[0].id
    stranger = world.actor("regional_contact", "nord")
    for act in (
        lambda: rescues.invite_leader(rescue, "a@example.no", "Sjekket.", actor=stranger),
        lambda: rescues.close(rescue, "Sjekket.", actor=stranger),
        lambda: rescues.close(rescue, "Sjekket.", actor=actor_of(amina)),
    ):
        with pytest.raises(OutOfReach):
            act()
    token = rescues.invite_leader(rescue, "a@example.no", "Sjekket.", actor=actor_of(liv))
    with switch_transaction() as session:
        session.execute(text("UPDATE assignment SET ended_at = now() WHERE person_id = :p"), {"p": liv})
    with pytest.raises(members.Spent, match="inviter_left"):
        members.accept(token, actor=world.actor(name="Elin"))


def test_staff_never_let_themselves_in(world: World, here: int, liv: int) -> None:
    asked = ask_for_access(NUMBER, "Meg.", leader_gone=True, actor=actor_of(liv))
    rescue = queries.rescues(actor_of(liv))[0].id
    with pytest.raises(AssignmentRefused, match="to_oneself"):
        rescues.let_in(rescue, asked, "leader", "Sjekket.", actor=actor_of(liv))
    token = rescues.invite_leader(rescue, "a@example.no", "Sjekket.", actor=actor_of(liv))
    with pytest.raises(AssignmentRefused, match="to_oneself"):
        members.accept(token, actor=actor_of(liv))


def test_a_request_nobody_answers_reaches_udi_after_two_weeks(world: World, here: int, liv: int) -> None:
    ask_for_access(NUMBER, "Hei.", actor=world.actor(name="Ola"))
    rescues.find_leaderless()
    assert queries.rescues(actor_of(liv)) == []
    with clock.fixed(clock.now() + timedelta(days=15)):
        rescues.find_leaderless()
    assert [row.cause for row in queries.rescues(actor_of(liv))] == ["silent"]


def test_only_a_leader_names_a_successor(world: World, here: int) -> None:
    for role in ("editor", "treasurer", "signatory", "organisation_coordinator", "reader"):
        person = world.person(role)
        world.grant(person, role, here)
        with pytest.raises(Denied):
            members.invite(here, "a@example.no", "leader", hands_over=True, actor=actor_of(person))
