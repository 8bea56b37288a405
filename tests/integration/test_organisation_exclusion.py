"""Ending the cooperation with an organisation: notice, being heard, another decides, branches, lifting."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from portal import clock
from portal.access.policy import Denied, OutOfReach
from portal.database import read, transaction
from portal.identity.context import actor_of
from portal.organisations.affiliation import services as affiliation
from portal.organisations.exclusion import queries, services
from portal.organisations.exclusion.rules import NOT_EXCLUDED
from portal.organisations.exclusion.services import ExclusionRefused
from tests.integration.test_organisation_agreements import make
from tests.pages import Reader
from tests.world import World

SECRET = "Regnskapet er forfalsket"


@pytest.fixture
def liv(world: World) -> int:
    person = world.person("Liv Tangen")
    world.grant(person, "regional_contact", world.unit("sor"))
    return person


@pytest.fixture
def per(world: World) -> int:
    person = world.person("Per Myhre")
    world.grant(person, "decision_maker", world.unit("sor"))
    return person


def notice(unit_id: int, by: int, days: int = 21) -> None:
    last = clock.today() + timedelta(days=days)
    services.give_notice(unit_id, SECRET, "Avtalen punkt 7", last, actor=actor_of(by))


def after_the_deadline() -> Any:
    day = clock.today() + timedelta(days=22)
    return clock.fixed(datetime.combine(day, time(9), ZoneInfo("Europe/Oslo")))


def excluded(unit_id: int, liv: int, per: int) -> None:
    notice(unit_id, liv)
    with after_the_deadline():
        services.decide(unit_id, "excluded", "Vi så ingen forklaring", version=1, actor=actor_of(per))


def code(act: Any) -> str:
    with pytest.raises(ExclusionRefused) as refused:
        act()
    return refused.value.code


def run_branch_jobs() -> None:
    with transaction() as session:
        rows = session.execute(
            text(
                "UPDATE procrastinate_jobs SET status = 'succeeded'"
                " WHERE task_name = 'organisations.tell_branches' AND status = 'todo' RETURNING args"
            )
        ).all()
    for row in rows:
        services.tell_branches(**row.args)


def test_from_notice_to_answer_to_decision_to_lifting(world: World, liv: int, per: int) -> None:
    unit_id, leader = make(world, "Fjordglimt")
    here = f"/organisasjoner/{unit_id}/samarbeid"
    staff, own, decider = (Reader(world.client(who)) for who in (liv, leader, per))
    last = (clock.today() + timedelta(days=20)).isoformat()
    sent = staff.send(
        f"{here}/varsel",
        {"notice-reason": SECRET, "notice-legal_basis": "Avtalen punkt 7", "notice-answer_by": last},
        seen=here,
    )
    assert sent.status_code == 303
    assert "UDI vurderer å avslutte samarbeidet med Fjordglimt" in own.text("/min-side")
    assert SECRET in own.text(here)
    assert "Les hvorfor, og svar" in own.text(f"/organisasjoner/{unit_id}")
    assert "Avgjør om samarbeidet" not in decider.text("/min-side")  # not heard yet
    assert queries.barred(unit_id) is None
    said = {"answer-reply": "Det stemmer ikke", "answer-version": "1"}
    assert own.send(f"{here}/svar", said, seen=here).status_code == 303
    assert "Avgjør om samarbeidet med Fjordglimt" in decider.text("/min-side")
    assert "Det stemmer ikke" in decider.text(here)
    outcome = {"decide-outcome": "excluded", "decide-reason": "Ikke forklart", "decide-version": "2"}
    assert decider.send(f"{here}/vedtak", outcome, seen=here).status_code == 303
    page = own.text(here)
    assert "Ikke forklart" in page
    assert "klage innen tre uker" in page
    assert "kan ikke søke om nye tilskudd" in page
    assert queries.barred(unit_id) is NOT_EXCLUDED
    assert "Samarbeidet avsluttet" in staff.text("/organisasjoner")
    lifted = {"lift-reason": "Nytt styre", "lift-version": "3"}
    assert decider.send(f"{here}/opphev", lifted, seen=here).status_code == 303
    assert queries.barred(unit_id) is None
    assert "er med i samarbeidet med UDI" in own.text(here)
    assert "Nytt styre" in own.text(here)
    names = [row.name for row in read(text("SELECT name FROM audit_entry WHERE name LIKE '%exclusion%'"))]
    assert sorted(names) == [
        f"organisations.exclusion_{step}" for step in ("answered", "decided", "lifted", "noticed")
    ]
    assert (
        len(read(text("SELECT 1 FROM notice WHERE kind = 'exclusion' AND person_id = :p"), {"p": leader}))
        == 3
    )


def test_nobody_is_excluded_unheard_nor_by_whoever_gave_notice(world: World, liv: int, per: int) -> None:
    unit_id, _leader = make(world, "Fjordglimt")
    world.grant(liv, "decision_maker", world.unit("sor"))
    assert code(lambda: notice(unit_id, liv, days=13)) == "too_soon"
    notice(unit_id, liv)
    assert code(lambda: notice(unit_id, liv)) == "open_already"

    def decide(by: int, outcome: str = "excluded", version: int = 1) -> None:
        services.decide(unit_id, outcome, "Grunn", version=version, actor=actor_of(by))

    assert code(lambda: decide(per)) == "not_heard"
    with after_the_deadline():
        assert code(lambda: decide(liv)) == "same_person"
        assert code(lambda: decide(per, version=7)) == "moved"
        decide(per)
    with pytest.raises(Denied):
        services.lift(unit_id, "x", version=2, actor=world.actor("regional_contact", "sor"))


def test_letting_it_go_on_needs_no_waiting_and_bars_nothing(world: World, liv: int, per: int) -> None:
    unit_id, _leader = make(world, "Fjordglimt")
    notice(unit_id, liv)
    services.decide(unit_id, "dropped", "Misforståelse", version=1, actor=actor_of(per))
    assert queries.barred(unit_id) is None
    notice(unit_id, liv)  # a new case can be opened later


def test_whoever_belongs_to_it_does_not_handle_it_and_others_do_not_see_it(
    world: World, liv: int, per: int
) -> None:
    unit_id, _leader = make(world, "Fjordglimt")
    world.grant(liv, "reader", unit_id)
    assert code(lambda: notice(unit_id, liv)) == "own_case"
    with pytest.raises(OutOfReach):
        notice(unit_id, world.actor("regional_contact", "nord").person_id or 0)
    other = world.actor("regional_contact", "sor").person_id or 0
    notice(unit_id, other)
    stranger = Reader(world.client(world.person("Ola")))
    assert stranger.get(f"/organisasjoner/{unit_id}/samarbeid").status_code == 404
    reader = Reader(world.client(world.person("Nora")))
    assert reader.get(f"/organisasjoner/{unit_id}/samarbeid").status_code == 404


def test_branches_are_told_the_fact_and_never_why(world: World, liv: int, per: int) -> None:
    parent, head = make(world, "Landslaget")
    branch, leader = make(world, "Lokallaget")
    made = affiliation.claim(branch, parent, actor=actor_of(leader))
    affiliation.step(made, "confirm", unit_id=parent, version=1, actor=actor_of(head))
    notice(parent, liv)
    own = Reader(world.client(leader))
    quiet = own.text(f"/organisasjoner/{branch}") + own.text("/varsler")
    assert "avslutte" not in quiet  # a notice is not a fact about the parent yet
    with after_the_deadline():
        services.decide(parent, "excluded", "Grunnen", version=1, actor=actor_of(per))
    run_branch_jobs()
    for page in (own.text(f"/organisasjoner/{branch}"), own.text("/varsler")):
        assert "Landslaget, som dere hører til, er ikke lenger med i samarbeidet med UDI" in page
        assert SECRET not in page
        assert "Grunnen" not in page
    assert own.get(f"/organisasjoner/{parent}/samarbeid").status_code == 404
    services.lift(parent, "Alt i orden", version=2, actor=actor_of(per))
    run_branch_jobs()
    assert "er ikke lenger" not in own.text(f"/organisasjoner/{branch}")
    assert "er med i samarbeidet med UDI igjen" in own.text("/varsler")


def test_a_form_that_lacks_something_keeps_what_was_written(world: World, liv: int) -> None:
    unit_id, _leader = make(world, "Fjordglimt")
    here = f"/organisasjoner/{unit_id}/samarbeid"
    answer = Reader(world.client(liv)).send(
        f"{here}/varsel", {"notice-reason": SECRET, "notice-answer_by": "2020-01-01"}, seen=here
    )
    page = answer.get_data(as_text=True)
    assert SECRET in page
    assert "Skriv loven, forskriften eller avtalen" in page
    assert world.count("organisation_exclusion") == 0
