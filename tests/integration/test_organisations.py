"""Organisations and their members: who reads them, who is let in, and how the last leader stays."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from portal import clock
from portal.access.actor import Place
from portal.access.refusals import AssignmentRefused
from portal.database import db, read, read_one, switch_transaction, transaction
from portal.identity.context import actor_of
from portal.organisations import queries
from portal.organisations.members import services as members
from portal.organisations.searching import Wish
from portal.organisations.services import NewOrganisation, enter
from tests.pages import Reader, plain
from tests.world import World

LINK = re.compile(r"http://localhost(/invitasjon/[A-Za-z0-9_-]+)")
Make = Callable[..., int]


@pytest.fixture
def make(world: World) -> Make:
    """Enter an organisation with a new leader; gives the unit's id."""

    def entered(name: str, *, region: str = "sor", leader: int | None = None, **other: Any) -> int:
        place = Place(national_id=world.unit("udi"), regional_id=world.unit(region))
        leader_id = leader or world.person("Amina Warsame")
        with switch_transaction() as session:
            given = {"kind": "voluntary", "level": "local", **other}
            return enter(
                session, NewOrganisation(name=name, place=place, **given), leader_id=leader_id, actor=None
            )

    return entered


@pytest.fixture
def amina(world: World) -> int:
    """A leader to be."""
    return world.person("Amina Warsame")


def reader(world: World, person_id: int) -> Reader:
    return Reader(world.client(person_id))


def invited(leader: Reader, unit_id: int, role: str = "editor") -> str:
    """The path of the link that the leader is shown."""
    answer = leader.send(f"/organisasjoner/{unit_id}/medlemmer", {"email": "ny@example.no", "role": role})
    found = LINK.search(answer.get_data(as_text=True))
    assert found is not None, plain(answer)
    return found.group(1)


def roles_at(unit_id: int) -> list[tuple[int, str]]:
    rows = read(
        text("SELECT person_id, role FROM assignment WHERE unit_id = :u AND ended_at IS NULL ORDER BY id"),
        {"u": unit_id},
    )
    return [(row.person_id, row.role) for row in rows]


def test_staff_see_the_organisations_of_their_region_in_norwegian_order(world: World, make: Make) -> None:
    for name in ("Ås barnelag", "Alta leik", "Økseby IL", "Ærlig talt", "aurskog lag", "Aasen ungdom"):
        make(name)
    make("Bodø nabolag", region="nord")
    liv = world.person("Liv")
    world.grant(liv, "regional_contact", world.unit("sor"))
    page = reader(world, liv).text("/organisasjoner")
    names = ["Alta leik", "aurskog lag", "Ærlig talt", "Økseby IL", "Ås barnelag", "Aasen ungdom"]
    places = [page.index(name) for name in names if name in page]
    assert len(places) == len(names)
    assert places == sorted(places)
    assert "Bodø nabolag" not in page


def test_the_list_goes_on_where_it_ended_and_never_repeats(world: World, make: Make) -> None:
    for number in range(30):
        make(f"Lag {number:03d}", region="sor" if number % 2 else "nord")
    tove = world.person("Tove")
    world.grant(tove, "regional_contact", world.unit("sor"))
    world.grant(tove, "regional_contact", world.unit("nord"))
    actor = actor_of(tove)
    first = queries.listed(actor, None)
    second = queries.listed(actor, first.next_key)
    names = [row.name for row in [*first.rows, *second.rows]]
    assert names == [f"Lag {number:03d}" for number in range(30)]
    assert second.next_key is None


def test_search_finds_the_beginning_of_a_name_and_a_number(world: World, make: Make) -> None:
    make("Ådal leik", number="311094688")
    make("Larvik turlag")
    make("100 % fritid")
    actor = world.actor("regional_contact", "sor")

    def found(search: str, **chosen: str) -> list[str]:
        return [row.name for row in queries.listed(actor, None, Wish(search, **chosen)).rows]

    assert found("åd") == ["Ådal leik"]
    assert found("311 094") == ["Ådal leik"]
    assert found("100 %") == ["100 % fritid"]
    assert found("%") == []
    assert found("", kind="operator") == []
    assert found("LARV", kind="voluntary") == ["Larvik turlag"]


def test_only_members_and_their_own_staff_open_an_organisation(world: World, make: Make, amina: int) -> None:
    unit_id = make("Elvebakken frivilligsentral", leader=amina)
    other = make("Bodø nabolag", region="nord")
    assert reader(world, amina).get(f"/organisasjoner/{unit_id}").status_code == 200
    assert reader(world, amina).get(f"/organisasjoner/{other}").status_code == 404
    assert reader(world, world.person("Ola")).get(f"/organisasjoner/{unit_id}").status_code == 404
    nils = world.person("Nils")
    world.grant(nils, "regional_contact", world.unit("nord"))
    assert reader(world, nils).get(f"/organisasjoner/{unit_id}").status_code == 404
    assert reader(world, nils).get(f"/organisasjoner/{other}").status_code == 200


def test_a_leader_changes_contact_details_and_an_editor_does_not(
    world: World, make: Make, amina: int
) -> None:
    unit_id = make("Elvebakken", leader=amina)
    here = f"/organisasjoner/{unit_id}/kontakt"
    typed = {"email": "ny@elvebakken.example.no", "language": "nn", "phone": "", "website": "", "address": ""}
    assert reader(world, amina).send(here, typed).status_code == 303
    found = read_one(text("SELECT email, language FROM organisation"))
    assert found is not None
    assert tuple(found) == ("ny@elvebakken.example.no", "nn")
    jonas = world.person("Jonas")
    world.grant(jonas, "editor", unit_id)
    assert reader(world, jonas).send(here, typed, seen="/min-side").status_code == 403
    old = reader(world, amina)
    first = old.client.get(here).get_data(as_text=True)
    assert 'value="2"' in first
    answer = old.send(here, {**typed, "email": "gammel@example.no", "version": "1"})
    assert "Noen andre har endret dette" in plain(answer)


def test_an_invitation_works_once_for_whoever_is_logged_in(world: World, make: Make, amina: int) -> None:
    unit_id = make("Elvebakken", leader=amina)
    leader = reader(world, amina)
    link = invited(leader, unit_id)
    token = link.rsplit("/", 1)[1]
    stored = read(text("SELECT * FROM invitation"))[0]
    assert token not in str(tuple(stored))
    jonas, ola = world.person("Jonas Haug"), world.person("Ola Vik")
    assert "Elvebakken" in reader(world, jonas).text(link)
    assert reader(world, jonas).send(link).status_code == 303
    assert roles_at(unit_id) == [(amina, "leader"), (jonas, "editor")]
    assert "Den virker bare én gang" in reader(world, ola).text(link)
    assert "Den virker bare én gang" in plain(reader(world, ola).send(link, seen="/registrer"))
    assert roles_at(unit_id) == [(amina, "leader"), (jonas, "editor")]


def test_a_withdrawn_or_expired_invitation_gives_nothing(world: World, make: Make, amina: int) -> None:
    unit_id = make("Elvebakken", leader=amina)
    leader = reader(world, amina)
    withdrawn, expired = invited(leader, unit_id), invited(leader, unit_id)
    first = read(text("SELECT id FROM invitation ORDER BY id"))[0][0]
    here = f"/organisasjoner/{unit_id}/medlemmer"
    assert leader.send(f"/organisasjoner/{unit_id}/invitasjoner/{first}/trekk", seen=here).status_code == 303
    jonas = reader(world, world.person("Jonas"))
    assert "trukket tilbake" in plain(jonas.send(withdrawn, seen="/registrer"))
    with (
        clock.fixed(clock.now() + timedelta(days=14, minutes=1)),
        pytest.raises(members.Spent, match="expired"),
    ):
        members.accept(expired.rsplit("/", 1)[1], actor=world.actor(name="Ola"))
    assert roles_at(unit_id) == [(amina, "leader")]
    assert jonas.get("/invitasjon/not-a-link").status_code == 404


def test_an_invitation_dies_with_the_inviters_right(world: World, make: Make, amina: int) -> None:
    unit_id = make("Elvebakken", leader=amina)
    link = invited(reader(world, amina), unit_id, "leader")
    elin = world.person("Elin")
    world.grant(elin, "leader", unit_id)
    mine = read(text("SELECT id FROM assignment WHERE person_id = :p"), {"p": amina})[0][0]
    members.remove(unit_id, mine, actor=actor_of(amina))
    with pytest.raises(members.Spent, match="inviter_left"):
        members.accept(link.rsplit("/", 1)[1], actor=world.actor(name="Jonas"))


def test_a_leader_elsewhere_cannot_reach_in(world: World, make: Make, amina: int) -> None:
    own, other = make("Elvebakken", leader=amina), make("Nordlys")
    theirs = read(text("SELECT id FROM assignment WHERE unit_id = :u"), {"u": other})[0][0]
    leader = reader(world, amina)
    seen = f"/organisasjoner/{own}/medlemmer"
    form = {"email": "a@example.no", "role": "leader"}
    assert leader.get(f"/organisasjoner/{other}/medlemmer").status_code == 404
    assert leader.send(f"/organisasjoner/{other}/medlemmer", form, seen=seen).status_code == 404
    for unit_id in (own, other):
        path = f"/organisasjoner/{unit_id}/medlemmer/{theirs}/avslutt"
        assert leader.send(path, seen=seen).status_code == 404
    assert len(roles_at(other)) == 1


def test_the_last_leader_stays(world: World, make: Make, amina: int) -> None:
    unit_id = make("Elvebakken", leader=amina)
    mine = read(text("SELECT id FROM assignment WHERE unit_id = :u"), {"u": unit_id})[0][0]
    here = f"/organisasjoner/{unit_id}/medlemmer"
    answer = reader(world, amina).send(f"{here}/{mine}/avslutt", seen=here)
    assert answer.status_code == 200
    assert "Det lot seg ikke gjøre" in plain(answer)
    assert roles_at(unit_id) == [(amina, "leader")]


def test_two_leaders_who_remove_each_other_at_once_leave_one(
    app: Flask, world: World, make: Make, amina: int
) -> None:
    unit_id = make("Elvebakken", leader=amina)
    elin = world.person("Elin")
    world.grant(elin, "leader", unit_id)
    held = {
        p: i for i, p in read(text("SELECT id, person_id FROM assignment WHERE unit_id = :u"), {"u": unit_id})
    }
    actors = {amina: actor_of(amina), elin: actor_of(elin)}
    came: dict[int, object] = {}
    start = threading.Barrier(2)

    def end(who: int, whose: int) -> None:
        with app.app_context():
            start.wait()
            try:
                members.remove(unit_id, held[whose], actor=actors[who])
                came[who] = "done"
            except Exception as error:
                came[who] = error
            finally:
                db.session.remove()

    threads = [threading.Thread(target=end, args=pair) for pair in ((amina, elin), (elin, amina))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert list(came.values()).count("done") == 1, came
    assert len(roles_at(unit_id)) == 1


def test_one_link_taken_by_two_at_once_lets_one_in(app: Flask, world: World, make: Make, amina: int) -> None:
    unit_id = make("Elvebakken", leader=amina)
    token = invited(reader(world, amina), unit_id).rsplit("/", 1)[1]
    actors = [world.actor(name=name) for name in ("Jonas", "Ola")]
    came: list[object] = []
    start = threading.Barrier(2)

    def take(actor: Any) -> None:
        with app.app_context():
            start.wait()
            try:
                came.append(members.accept(token, actor=actor))
            except Exception as error:
                came.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=take, args=(actor,)) for actor in actors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert len([one for one in came if one == unit_id]) == 1, came
    assert len(roles_at(unit_id)) == 2


def test_nobody_lets_themselves_in(world: World, make: Make, amina: int) -> None:
    unit_id = make("Elvebakken", leader=amina, number="311094688")
    link = invited(reader(world, amina), unit_id, "editor")
    with pytest.raises(AssignmentRefused, match="to_oneself"):
        members.accept(link.rsplit("/", 1)[1], actor=actor_of(amina))
    assert roles_at(unit_id) == [(amina, "leader")]


def test_the_database_refuses_a_second_organisation_with_the_number(world: World, make: Make) -> None:
    make("Elvebakken", number="311094688")
    with pytest.raises(Exception, match="uq_organisation_number"):
        make("Elvebakken to", number="311094688")
    assert world.count("organisation") == 1


def test_hostile_names_are_inert(world: World, make: Make, amina: int) -> None:
    unit_id = make("<img src=x onerror=alert(1)>", leader=amina)
    liv = world.person("Liv")
    world.grant(liv, "regional_contact", world.unit("sor"))
    pages = [
        reader(world, liv).get("/organisasjoner"),
        reader(world, liv).get("/organisasjoner?q=%3Cscript%3Ealert(1)%3C/script%3E&type=%22%3E%3Cb%3E"),
        reader(world, amina).get(f"/organisasjoner/{unit_id}"),
        reader(world, amina).get(f"/organisasjoner/{unit_id}/medlemmer"),
    ]
    for page in pages:
        assert page.status_code == 200
        html = page.get_data(as_text=True)
        assert "<img src=x" not in html
        assert "<script>alert" not in html
        assert '"><b>' not in html


def test_an_invitation_is_mailed_with_its_link(
    world: World, make: Make, amina: int, monkeypatch: Any
) -> None:
    from portal.organisations import addressed
    from portal.organisations.members import mail

    sent: list[Any] = []
    monkeypatch.setattr(addressed, "hand_over", lambda _settings, message: sent.append(message))
    unit_id = make("Elvebakken", leader=amina)
    link = invited(reader(world, amina), unit_id)
    job = read(text("SELECT args FROM procrastinate_jobs WHERE task_name = 'organisations.send_invitation'"))[
        0
    ]
    mail.send_invitation(**job.args)
    assert link in sent[0].get_body(("plain",)).get_content()
    assert sent[0]["To"] == "ny@example.no"
    with transaction() as session:
        session.execute(text("UPDATE invitation SET withdrawn_at = now()"))
    mail.send_invitation(**job.args)
    assert len(sent) == 1


def test_the_demo_has_organisations_everywhere_and_one_that_waits(world: World, amina: int) -> None:
    from portal.organisations.demo import load_demo

    load_demo({"amina": amina, "jonas": world.person("Jonas Haug")})
    load_demo({})
    assert world.count("organisation") == 29
    assert world.count("cooperation_agreement") == 12
    regions = read(text("SELECT DISTINCT regional_id FROM organisation WHERE regional_id IS NOT NULL"))
    assert len(regions) == 5
    actor = world.actor("regional_contact", "sor")
    from portal.organisations.registration.queries import queue

    assert [row.name for row in queue(actor, None, state="submitted").rows] == [
        "Ukrainsk forening i Vestfold"
    ]
