"""*Se som*: what a role sees somewhere, judged by what somebody with that role then meets; nobody's data."""

from __future__ import annotations

import pytest

from portal.database import read
from portal.record.models import AuditEntry
from tests.pages import Reader, plain
from tests.world import World

PAGE = "/tilgang/se-som"


@pytest.fixture
def auditor(world: World) -> Reader:
    person = world.person("Revisor Ruud")
    world.grant(person, "auditor", world.unit("udi"))
    return Reader(world.client(person))


@pytest.mark.parametrize(
    ("role", "unit"), [("regional_contact", "sor"), ("payment_officer", "udi"), ("ate_leader", "ate")]
)
def test_what_it_says_is_what_somebody_with_the_role_meets(
    world: World, auditor: Reader, role: str, unit: str
) -> None:
    person = world.person("Som Har Rollen")
    world.grant(person, role, world.unit(unit))
    shown = auditor.get(f"{PAGE}?role={role}&spot={world.unit(unit)}").get_data(as_text=True)
    has = Reader(world.client(person))
    for path in ("/enheter", "/tilgang", "/revisjon", "/organisasjoner", "/organisasjoner/registreringer"):
        listed = f"<code>{path}</code>" in shown
        assert has.get(path).status_code == (200 if listed else 403), (role, path)
    menu = plain(has.get("/min-side")).split("Min side", 1)[1]
    for entry in shown.split("Menyen</h3>")[1].split("</p>")[0].removeprefix("\n<p>").split(" · "):
        assert entry in f"Min side {menu}", entry


def test_a_plugin_that_is_off_there_is_said_to_be(world: World, auditor: Reader) -> None:
    south = world.unit("sor")
    with world.app.app_context():
        from sqlalchemy import text

        from portal.database import switch_transaction

        with switch_transaction() as session:
            session.execute(
                text(
                    "INSERT INTO plugin_switch (plugin, unit_id, enabled) VALUES ('child_grants', :u, false)"
                ),
                {"u": south},
            )
    assert "Slått av her" in auditor.text(f"{PAGE}?role=grant_caseworker&spot={south}")
    north = f"{PAGE}?role=grant_caseworker&spot={world.unit('nord')}"
    assert "child_grants" not in auditor.text(north)
    assert "Slått av her" not in auditor.text(f"{PAGE}?role=grant_caseworker&spot={world.unit('nord')}")


def test_two_roles_beside_each_other_show_what_only_one_has(world: World, auditor: Reader) -> None:
    shown = auditor.text(f"{PAGE}?role=grant_caseworker&other=payment_officer&spot={world.unit('sor')}")
    assert "Det bare én av dem kan gjøre" in shown
    local = auditor.text(f"{PAGE}?role=leader&other=reader&spot=local")
    assert "Mine saker" in local


def test_a_role_that_cannot_stand_there_is_refused_at_its_field(world: World, auditor: Reader) -> None:
    for query in ("role=leader&spot=%d", "role=site_manager&spot=%d", "role=ate_leader&spot=%d"):
        answer = auditor.get(f"{PAGE}?{query % world.unit('sor')}")
        assert 'id="role-error"' in answer.get_data(as_text=True)
    assert 'id="spot-error"' in auditor.get(f"{PAGE}?role=auditor&spot=999999").get_data(as_text=True)
    assert 'id="role-error"' in auditor.get(f"{PAGE}?role=keiser&spot=local").get_data(as_text=True)


def test_only_who_sees_roles_there_looks_each_look_is_recorded_and_no_session_is_made(
    world: World, auditor: Reader
) -> None:
    sessions = world.count("user_session")
    auditor.text(f"{PAGE}?role=payment_officer&spot={world.unit('sor')}")
    assert world.count("user_session") == sessions
    rows = read(AuditEntry.__table__.select().where(AuditEntry.name == "access.looked_up"))
    assert [(r.data["question"], r.data["role"], r.data["unit_id"]) for r in rows] == [
        ("role", "payment_officer", world.unit("sor"))
    ]
    caseworker = world.person("Ingrid")
    world.grant(caseworker, "grant_caseworker", world.unit("sor"))
    assert Reader(world.client(caseworker)).get(PAGE).status_code == 403
    regional = world.person("Regionsrevisor")
    world.grant(regional, "auditor", world.unit("sor"))
    north = f"{PAGE}?role=payment_officer&spot={world.unit('nord')}"
    assert 'id="spot-error"' in Reader(world.client(regional)).get(north).get_data(as_text=True)
