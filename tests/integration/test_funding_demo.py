"""The demo's grants: cases in every state, made by the same use cases as everybody's."""

from __future__ import annotations

import tomllib
from typing import Any

from sqlalchemy import select

from portal import clock
from portal.casework.models import Case
from portal.database import read, switch_transaction
from portal.documents.letters import make_letter
from portal.documents.models import Document
from portal.funding import call_queries, demo
from portal.funding.models import Call
from portal.organisations import demo as organisations
from portal.organisations.models import Organisation
from portal.units.models import Unit
from tests.world import World


def staff(world: World) -> None:
    """Somebody for each job in each region, and a site there."""
    with switch_transaction() as session:
        regions = session.execute(select(Unit.id, Unit.code).where(Unit.kind == "region")).all()
    for region, code in regions:
        world.site(f"Mottaket i {code}", code)
        world.grant(world.person(f"Saksbehandler {code}"), "grant_caseworker", region)
        world.grant(world.person(f"Økonomi {code}"), "payment_officer", region)
    world.grant(world.person("Beslutter"), "decision_maker", world.unit("udi"))


def test_the_demo_shows_a_case_in_every_state(world: World) -> None:
    staff(world)
    organisations.load_demo({})
    demo.load_demo()
    states = sorted(row.state for row in read(select(Case.state)))
    assert set(states) == {
        "draft", "submitted", "in_progress", "returned", "proposed", "granted", "refused",
        "accepted", "reported", "repayment",
    }  # fmt: skip
    [call] = call_queries.open_calls()
    assert call.closes_at > clock.now()
    assert call.committed_ore == (75_000 + 52_000 + 35_000) * 100
    for row in read(select(Document.id).where(Document.origin == "letter")):
        make_letter(document_id=row.id)
    letters = [row.state for row in read(select(Document.state).where(Document.origin == "letter"))]
    assert set(letters) == {"ready"}
    assert len(letters) >= 8  # each decision and the demand; acknowledgements besides
    demo.load_demo()
    assert len(read(select(Call.id))) == 2


def test_every_demo_application_has_its_organisation(world: World) -> None:
    given: dict[str, Any] = tomllib.loads(demo.DATA.read_text(encoding="utf-8"))
    organisations.load_demo({})
    known = {row.name for row in read(select(Organisation.name))}
    assert {one["organisation"] for one in given["application"]} <= known


def test_without_organisations_there_is_a_call_and_nothing_else(world: World) -> None:
    demo.load_demo()
    assert len(call_queries.open_calls()) == 1
    assert world.count("casework_case") == 0
