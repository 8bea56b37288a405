"""Asking for a role from the refusal page: who is told, who answers, what nobody learns."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, text, update

from portal import clock
from portal.access.actor import Actor
from portal.access.policy import OutOfReach
from portal.access.refusals import AssignmentRefused
from portal.administration import asking
from portal.database import read, transaction
from portal.identity.context import actor_of
from portal.units.models import Unit
from tests.pages import Reader, plain
from tests.world import World


@pytest.fixture
def rune(world: World) -> int:
    """The access administrator of the south."""
    person = world.person("Rune Sør")
    world.grant(person, "access_administrator", world.unit("sor"))
    return person


@pytest.fixture
def siri(world: World) -> int:
    """A contact person of the south who needs more."""
    person = world.person("Siri Sør")
    world.grant(person, "regional_contact", world.unit("sor"))
    return person


def notices(person: int) -> list[str]:
    rows = read(text("SELECT title_id FROM notice WHERE person_id = :p ORDER BY id"), {"p": person})
    return [row.title_id for row in rows]


def asked(world: World, person: int, role: str = "archivist", unit: str = "sor") -> int:
    return asking.ask(role, world.unit(unit), None, "Vikar for Arne", actor=actor_of(person))


def test_one_asks_from_the_refusal_page_and_the_right_administrator_gives_it(
    world: World, rune: int, siri: int
) -> None:
    boss = world.person("Berit Nasjonal")
    world.grant(boss, "access_administrator", world.unit("udi"))
    holder, admin = Reader(world.client(siri)), Reader(world.client(rune))
    refused = holder.get("/sak/arkiv")
    assert refused.status_code == 403
    assert "Arkivar" in plain(refused)
    link = re.search(r'href="(/tilgangsonsker/ny[^"]*)"', refused.get_data(as_text=True))
    assert link is not None
    page = link.group(1).replace("&amp;", "&")
    assert "Arkivar" in holder.text(page)
    form = {"role": "archivist", "unit": world.unit("sor"), "reason": "Vikar for Arne"}
    sent = holder.send(page, form)
    assert sent.status_code == 303, plain(sent)
    assert holder.send(page, form).location == sent.location, "asking twice is asking once"
    assert world.count("role_request") == 1
    assert "Arkivar" in holder.text("/min-side")
    assert len(notices(rune)) == 1
    assert notices(boss) == [], "the nearest administrator is told, not everybody"
    assert "Siri Sør" in admin.text("/min-side")
    assert "Vikar for Arne" in admin.text(sent.location)
    given = admin.send(f"{sent.location}/gi", {"reason": "Ja, ut året"}, seen=sent.location)
    assert given.status_code == 303, plain(given)
    assert holder.get("/sak/arkiv").status_code == 200
    assert notices(siri) == ["You got the role you asked for at %(unit)s"]
    assert "Ja, ut året" in holder.text(sent.location)
    names = [row.name for row in read(text("SELECT name FROM audit_entry ORDER BY id"))]
    assert names == ["access.role_asked", "access.assignment_granted", "access.role_request_answered"]


def test_a_declined_request_is_told_with_its_reason_and_gives_nothing(
    world: World, rune: int, siri: int
) -> None:
    made = asked(world, siri)
    page, admin = f"/tilgangsonsker/{made}", Reader(world.client(rune))
    assert admin.send(f"{page}/avsla", {"reason": " "}, seen=page).status_code == 422
    assert admin.send(f"{page}/avsla", {"reason": "Ikke nå"}, seen=page).status_code == 303
    assert "Ikke nå" in Reader(world.client(siri)).text(page)
    assert notices(siri) == ["You did not get the role you asked for at %(unit)s"]
    assert not actor_of(siri).may_somewhere("casework.case.journal")
    with pytest.raises(AssignmentRefused) as late:
        asking.decline(made, "Igjen", actor=actor_of(rune))
    assert late.value.code == "answered"
    assert asked(world, siri) != made, "a new request may be sent after an answer"


def test_what_no_administrator_could_grant_is_refused_at_once(world: World, rune: int, siri: int) -> None:
    world.grant(siri, "payment_officer", world.unit("sor"))
    for role, unit, code in (
        ("decision_maker", "sor", "never_together"),
        ("regional_contact", "sor", "already_has"),
        ("coordinator", "sor", "wrong_place"),
        ("superuser", "sor", "unknown_role"),
        ("signatory", "sor", "unknown_role"),
    ):
        with pytest.raises(AssignmentRefused) as caught:
            asked(world, siri, role, unit)
        assert caught.value.code == code
    with transaction() as session:
        session.execute(update(Unit).where(Unit.code == "nord").values(valid_to=clock.today()))
    with pytest.raises(AssignmentRefused) as closed:
        asked(world, siri, "archivist", "nord")
    assert closed.value.code == "unknown_unit"
    with pytest.raises(AssignmentRefused):
        asking.ask("archivist", world.unit("sor"), None, "  ", actor=actor_of(siri))
    assert world.count("role_request") == 0
    with pytest.raises(ValueError, match="anonymous"):
        asking.ask("archivist", world.unit("sor"), None, "x", actor=Actor())


def test_nobody_learns_of_a_site_out_of_reach_by_asking(world: World, siri: int) -> None:
    hidden = world.site("Granheim særbol", "nord")
    reader = Reader(world.client(siri))
    assert "Granheim" not in reader.text(f"/tilgangsonsker/ny?rett=units.unit.read&enhet={hidden}")
    codes = set()
    for unit in (hidden, 10**9):
        with pytest.raises(AssignmentRefused) as caught:
            asking.ask("site_manager", unit, None, "x", actor=actor_of(siri))
        codes.add(caught.value.code)
    assert codes == {"unknown_unit"}
    assert "Be om tilgang" not in plain(reader.get(f"/enheter/{hidden}"))
    assert reader.get(f"/enheter/{hidden}").status_code == 404


def test_only_sender_and_who_gives_roles_there_see_a_request(world: World, rune: int, siri: int) -> None:
    made = asked(world, siri)
    other = world.person("Nora Nord")
    world.grant(other, "access_administrator", world.unit("nord"))
    for stranger in (other, world.person("Hvem")):
        reader = Reader(world.client(stranger))
        assert reader.get(f"/tilgangsonsker/{made}").status_code == 404
        assert (
            reader.send(f"/tilgangsonsker/{made}/gi", {"reason": "x"}, seen="/tilgangsonsker/ny").status_code
            == 404
        )
        with pytest.raises(OutOfReach):
            asking.decline(made, "x", actor=actor_of(stranger))
    assert Reader(world.client(rune)).get(f"/tilgangsonsker/{made}").status_code == 200


def test_an_administrator_does_not_answer_their_own_request(world: World, rune: int) -> None:
    boss = world.person("Berit Nasjonal")
    world.grant(boss, "access_administrator", world.unit("udi"))
    made = asked(world, rune, "archivist")
    assert len(notices(boss)) == 1, "with nobody else in the region, the directorate is told"
    with pytest.raises(AssignmentRefused) as caught:
        asking.grant_request(made, clock.now(), None, "Ja", actor=actor_of(rune))
    assert caught.value.code == "to_oneself"
    assert "Svar" not in [task for task in notices(rune)]
    until = clock.now() + timedelta(days=30)
    assert asking.grant_request(made, clock.now(), until, "Ja", actor=actor_of(boss))


def test_a_member_asks_their_leader(world: World) -> None:
    unit = world.civil_unit("Fjordglimt")
    leader, reader = world.person("Lise Leder"), world.person("Leif Leser")
    world.grant(leader, "leader", unit)
    world.grant(reader, "reader", unit)
    made = asking.ask("editor", unit, "funding.own.edit", "Skriver søknaden", actor=actor_of(reader))
    assert notices(leader) == ["%(person)s asks for a role at %(unit)s"]
    with pytest.raises(AssignmentRefused):
        asking.ask("editor", unit, None, "Utenfra", actor=actor_of(world.person("Fremmed")))
    assert asking.grant_request(made, clock.now(), None, "Fint", actor=actor_of(leader))
    assert actor_of(reader).may_somewhere("funding.own.edit")
    assert read(select(text("state FROM role_request")))[0].state == "granted"
