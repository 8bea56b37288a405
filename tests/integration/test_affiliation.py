"""A branch and its parent: claimed, answered, ended; what is shared, and that nothing else is reached."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from portal.access.actor import Place
from portal.database import db, read, switch_transaction, transaction
from portal.identity.context import actor_of
from portal.organisations.affiliation import queries, services
from portal.organisations.affiliation.services import AffiliationRefused
from portal.organisations.services import NewOrganisation, enter
from tests.pages import Reader, plain, statements
from tests.world import World

CONTACT = {"email": "lag@example.no", "phone": "900 11 222"}


@dataclass(frozen=True)
class Led:
    """An organisation with a leader."""

    unit_id: int
    leader: int
    page: Reader

    @property
    def here(self) -> str:
        return f"/organisasjoner/{self.unit_id}/tilknytning"


Make = Callable[..., Led]


@pytest.fixture
def make(world: World) -> Make:
    """Enter an organisation with a new leader."""

    def entered(name: str, **other: Any) -> Led:
        leader = world.person(f"Leder av {name}")
        place = Place(national_id=world.unit("udi"), regional_id=world.unit("sor"))
        given = {"kind": "voluntary", "level": "local", **other}
        with switch_transaction() as session:
            unit_id = enter(
                session, NewOrganisation(name=name, place=place, **given), leader_id=leader, actor=None
            )
        return Led(unit_id, leader, Reader(world.client(leader)))

    return entered


def confirmed(branch: Led, parent: Led) -> int:
    """An affiliation the parent has confirmed."""
    made = services.claim(branch.unit_id, parent.unit_id, actor=actor_of(branch.leader))
    services.step(made, "confirm", unit_id=parent.unit_id, version=1, actor=actor_of(parent.leader))
    return made


def test_a_branch_claims_and_the_parent_confirms_on_their_pages(make: Make) -> None:
    parent, branch = make("Norsk Leik", number="311116444"), make("Leik i Larvik")
    page = branch.page.text(f"{branch.here}?q=norsk+le")
    assert "Vi hører til Norsk Leik" in page
    assert branch.page.send(branch.here, {"parent": parent.unit_id}).status_code == 303
    assert "Venter på svar" in branch.page.text(branch.here)
    assert "Hører Leik i Larvik til dere?" in parent.page.text("/min-side")
    assert "sier at de hører til dere" in parent.page.text("/varsler")
    (made,) = read(text("SELECT id FROM affiliation"))[0]
    assert parent.page.send(f"{parent.here}/{made}/confirm", seen=parent.here).status_code == 303
    assert "Dere hører til Norsk Leik" in branch.page.text(branch.here)
    assert "Leik i Larvik" in parent.page.text(parent.here)
    assert "Hører Leik i Larvik" not in parent.page.text("/min-side")
    row = read(text("SELECT state, valid_from, valid_to FROM affiliation"))[0]
    assert row.state == "confirmed"
    assert row.valid_from is not None
    events = read(
        text(
            "SELECT data->>'step' FROM audit_entry WHERE name = 'organisations.affiliation_moved' ORDER BY id"
        )
    )
    assert [step for (step,) in events] == ["claim", "confirm"]


def test_the_parents_people_reach_nothing_in_the_branch(world: World, make: Make) -> None:
    parent, branch = make("Norsk Leik"), make("Leik i Larvik", **CONTACT)
    made = confirmed(branch, parent)
    own = f"/organisasjoner/{branch.unit_id}"
    reader = world.person("Leser sentralt")
    world.grant(reader, "reader", parent.unit_id)
    pages = (own, f"{own}/medlemmer", f"{own}/kontakt", f"{own}/tilknytning", f"{own}/bytt-leder")
    for page in pages:
        assert branch.page.get(page).status_code == 200, page
        assert parent.page.get(page).status_code == 404, page
        assert Reader(world.client(reader)).get(page).status_code in (403, 404), page
    draft = _draft(branch)
    assert branch.page.get(f"/saker/{draft}").status_code == 200
    assert parent.page.get(f"/saker/{draft}").status_code == 404
    assert "Utkast fra laget" not in parent.page.text("/saker")
    assert actor_of(parent.leader).reach["organisations.own.read"].owner == {parent.unit_id}
    shared = f"/organisasjoner/{parent.unit_id}/lag/{made}"
    assert parent.page.get(shared).status_code == 200
    assert Reader(world.client(reader)).get(shared).status_code == 200
    assert branch.page.get(shared).status_code == 404


def _draft(branch: Led) -> int:
    with transaction() as session:
        made: int = session.execute(
            text(
                "INSERT INTO casework_case (kind, title, state, state_kind, owner_id, applicant_id)"
                " VALUES ('unknown', 'Utkast fra laget', 'draft', 'draft', :o, :p) RETURNING id"
            ),
            {"o": branch.unit_id, "p": branch.leader},
        ).scalar_one()
    return made


def test_the_parent_sees_what_the_branch_shares_and_no_more(make: Make) -> None:
    parent = make("Norsk Leik")
    branch = make(
        "Leik i Larvik", number="311094688", purpose="Vi leker ute", activities=["sport"], **CONTACT
    )
    made = confirmed(branch, parent)
    shared = f"/organisasjoner/{parent.unit_id}/lag/{made}"
    page = parent.page.text(shared)
    for told in ("311 094 688".replace(" ", "\N{NO-BREAK SPACE}"), "lag@example.no", "Ingen notert"):
        assert told in page.replace(" 094 ", "\N{NO-BREAK SPACE}094\N{NO-BREAK SPACE}"), told
    assert "Vi leker ute" not in page
    assert "Leder av Leik" not in page
    branch.page.send(f"{branch.here}/{made}/deling", {"shares": ["activities"]}, seen=branch.here)
    page = parent.page.text(shared)
    assert "Vi leker ute" in page
    assert "lag@example.no" not in page
    assert "311" not in page
    branch.page.send(f"{branch.here}/{made}/deling", {}, seen=branch.here)
    assert "deler ingenting" in parent.page.text(shared)


def test_what_is_shared_ends_with_the_affiliation(make: Make) -> None:
    parent, branch = make("Norsk Leik"), make("Leik i Larvik")
    made = confirmed(branch, parent)
    shared = f"/organisasjoner/{parent.unit_id}/lag/{made}"
    assert parent.page.get(shared).status_code == 200
    assert branch.page.send(f"{branch.here}/{made}/leave", seen=branch.here).status_code == 303
    assert parent.page.get(shared).status_code == 404
    assert read(text("SELECT valid_to FROM affiliation"))[0].valid_to is not None
    again = confirmed(branch, parent)
    assert again != made
    assert parent.page.get(f"/organisasjoner/{parent.unit_id}/lag/{again}").status_code == 200


def test_only_the_side_it_concerns_takes_a_step(world: World, make: Make) -> None:
    parent, branch, other = make("Norsk Leik"), make("Leik i Larvik"), make("Fremmed lag")
    made = services.claim(branch.unit_id, parent.unit_id, actor=actor_of(branch.leader))
    assert services.claim(branch.unit_id, parent.unit_id, actor=actor_of(branch.leader)) == made
    for who in (branch, other):
        path = f"{who.here}/{made}/confirm"
        assert who.page.send(path, {"version": 1}, seen=who.here).status_code == 404
        path = f"{parent.here}/{made}/confirm"
        assert who.page.send(path, {"version": 1}, seen=who.here).status_code == 404
    editor = world.person("Redaktør")
    world.grant(editor, "editor", parent.unit_id)
    answer = Reader(world.client(editor)).send(
        f"{parent.here}/{made}/confirm", {"version": 1}, seen=parent.here
    )
    assert answer.status_code == 403
    assert parent.page.get(f"/organisasjoner/{parent.unit_id}/lag/{made}").status_code == 404
    services.step(made, "decline", unit_id=parent.unit_id, version=1, actor=actor_of(parent.leader))
    with pytest.raises(AffiliationRefused, match="moved"):
        services.step(made, "confirm", unit_id=parent.unit_id, version=2, actor=actor_of(parent.leader))


def test_no_circles_no_second_parent_and_no_persons_above(make: Make) -> None:
    top, middle, low = make("Topp"), make("Midt"), make("Lag")
    confirmed(middle, top)
    services.claim(low.unit_id, middle.unit_id, actor=actor_of(low.leader))
    with pytest.raises(AffiliationRefused, match="circle"):
        services.claim(top.unit_id, low.unit_id, actor=actor_of(top.leader))
    with pytest.raises(AffiliationRefused, match="itself"):
        services.claim(top.unit_id, top.unit_id, actor=actor_of(top.leader))
    with pytest.raises(AffiliationRefused, match="open_already"):
        services.claim(low.unit_id, top.unit_id, actor=actor_of(low.leader))
    person = make("Ola Nordmann", kind="individual")
    with pytest.raises(AffiliationRefused, match="not_a_parent"):
        services.claim(top.unit_id, person.unit_id, actor=actor_of(top.leader))
    assert not queries.candidates(top.unit_id, "ola nordmann")
    assert top.page.send(top.here, {"parent": 999999}).status_code == 404


def test_two_who_claim_each_other_at_once_close_no_circle(app: Flask, make: Make) -> None:
    pair = make("En"), make("To")
    actors = [actor_of(one.leader) for one in pair]
    came: list[object] = []
    start = threading.Barrier(2)

    def take(mine: int) -> None:
        with app.app_context():
            start.wait()
            try:
                came.append(services.claim(pair[mine].unit_id, pair[1 - mine].unit_id, actor=actors[mine]))
            except AffiliationRefused as error:
                came.append(error.code)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=take, args=(mine,)) for mine in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(str(one) for one in came if isinstance(one, str)) == ["circle"], came
    assert len(read(text("SELECT id FROM affiliation"))) == 1


def test_the_register_proposes_a_parent(make: Make) -> None:
    make("Etaten", number="311116444", kind="public_body")
    branch = make("Avdelingen", number="311094688", facts={"parent": "311116444", "legal_form": "ORGL"})
    assert "Registeret sier at dere er under Etaten" in branch.page.text(branch.here)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("register_status = 'deleted'", "er slettet"),
        ("register_status = 'bankrupt'", "er konkurs"),
        ("state = 'excluded'", "ikke lenger med i samarbeidet"),
    ],
)
def test_trouble_at_the_top_is_told_below(make: Make, change: str, told: str) -> None:
    top, middle, low = make("Toppen"), make("Midten"), make("Laget")
    confirmed(middle, top)
    confirmed(low, middle)
    page = f"/organisasjoner/{low.unit_id}"
    assert told not in low.page.text(page)
    with transaction() as session:
        session.execute(text(f"UPDATE organisation SET {change} WHERE unit_id = :u"), {"u": top.unit_id})
    for where in (page, low.here):
        found = low.page.text(where)
        assert "Toppen, som dere hører til" in found
        assert told in found
    assert told not in make("Andre").page.text("/min-side")


def test_a_claim_not_answered_brings_no_trouble_down(make: Make) -> None:
    top, low = make("Toppen"), make("Laget")
    services.claim(low.unit_id, top.unit_id, actor=actor_of(low.leader))
    with transaction() as session:
        session.execute(text("UPDATE organisation SET register_status = 'deleted' WHERE name = 'Toppen'"))
    assert "er slettet" not in low.page.text(f"/organisasjoner/{low.unit_id}")


def test_many_branches_come_in_pages_with_few_statements(make: Make) -> None:
    parent = make("Norsk Leik")
    for number in range(27):
        confirmed(make(f"Lag {number:02d}"), parent)
    with statements() as sent:
        html = parent.page.get(parent.here).get_data(as_text=True)
    assert len(sent) <= 6, sent
    rows = re.findall(r"Lag \d\d</a>", html)
    assert len(rows) == 25
    more = re.search(r'href="([^"]*after=[^"]*)"', html)
    assert more is not None
    assert len(re.findall(r"Lag \d\d</a>", parent.page.get(more[1]).get_data(as_text=True))) == 2
    with statements() as sent:
        parent.page.text(f"/organisasjoner/{parent.unit_id}")
    assert len(sent) <= 6, sent
    assert plain(parent.page.get(parent.here))
