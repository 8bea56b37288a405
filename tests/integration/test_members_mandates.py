"""A mandate is withdrawn at once, and both holder and leader are warned before it runs out."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from portal import clock
from portal.access.policy import Denied, OutOfReach
from portal.access.refusals import AssignmentRefused
from portal.database import read
from portal.identity.context import actor_of
from portal.notifications import mail as mailing
from portal.organisations.members import mandates, services
from portal.organisations.members.expiry import warn_of_ends
from tests.integration.test_organisation_agreements import make
from tests.pages import Reader
from tests.world import World

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
Signing = tuple[int, int, int, int]


@pytest.fixture
def signing(world: World) -> Signing:
    """(unit, leader, signatory, assignment) with a mandate that stands for forty days."""
    unit_id, leader = make(world, "Fjordglimt")
    until = clock.today() + timedelta(days=40)
    mandate = services.Mandate(PDF, "fullmakt.pdf", until)
    token = services.invite(unit_id, "kari@example.no", "signatory", mandate=mandate, actor=actor_of(leader))
    kari = world.person("Kari Solbakken", language="nn")
    services.accept(token, actor=actor_of(kari))
    row = read(text("SELECT id FROM assignment WHERE role = 'signatory'"))[0]
    return unit_id, leader, kari, row.id


def titles(person: int) -> list[str]:
    rows = read(text("SELECT title_id FROM notice WHERE person_id = :p AND kind = 'role_end'"), {"p": person})
    return [row.title_id for row in rows]


def test_a_withdrawn_mandate_gives_no_right_from_that_moment(world: World, signing: Signing) -> None:
    unit_id, leader, kari, held = signing
    page, holder = Reader(world.client(leader)), Reader(world.client(kari))
    members = f"/organisasjoner/{unit_id}/medlemmer"
    assert holder.get(f"/organisasjoner/{unit_id}").status_code == 200
    assert "Trekk tilbake fullmakten – Kari Solbakken" in page.text(members)
    assert page.send(f"{members}/{held}/trekk-fullmakt", seen=members).status_code == 303
    assert holder.get(f"/organisasjoner/{unit_id}").status_code == 404
    assert "Kari Solbakken" not in page.text(members)
    assert "er trekt tilbake" in holder.text("/varsler") or "er trukket tilbake" in holder.text("/varsler")
    event = read(text("SELECT data FROM audit_entry WHERE name = 'organisations.mandate_withdrawn'"))
    assert [row.data["person_id"] for row in event] == [kari]
    with pytest.raises(AssignmentRefused):
        mandates.withdraw(unit_id, held, actor=actor_of(leader))


def test_only_the_leader_withdraws_and_only_a_mandate_here(world: World, signing: Signing) -> None:
    unit_id, leader, kari, held = signing
    with pytest.raises(Denied):
        mandates.withdraw(unit_id, held, actor=actor_of(kari))
    other, head = make(world, "Nabolaget")
    with pytest.raises(OutOfReach):
        mandates.withdraw(other, held, actor=actor_of(head))
    own = read(text("SELECT id FROM assignment WHERE person_id = :p"), {"p": leader})[0].id
    with pytest.raises(OutOfReach):
        mandates.withdraw(unit_id, own, actor=actor_of(leader))


def test_holder_and_leader_are_warned_a_month_and_a_week_before_once_each(
    world: World, signing: Signing
) -> None:
    _unit, leader, kari, _held = signing
    start = clock.now()
    counts = []
    for days in (5, 12, 13, 34, 35, 50):
        with clock.fixed(start + timedelta(days=days)):
            warn_of_ends()
        counts.append((len(titles(kari)), len(titles(leader))))
    assert counts == [(0, 0), (1, 1), (1, 1), (2, 2), (2, 2), (2, 2)]
    assert titles(kari)[0] == "Your mandate to sign for %(organisation)s ends %(day)s"
    assert titles(leader)[0] == "The mandate of %(person)s to sign for %(organisation)s ends %(day)s"


def test_the_day_is_written_in_the_readers_language(
    world: World, signing: Signing, monkeypatch: pytest.MonkeyPatch
) -> None:
    _unit, leader, kari, _held = signing
    end = read(text("SELECT valid_to FROM assignment WHERE role = 'signatory'"))[0].valid_to
    with clock.fixed(datetime.fromisoformat(str(end)) - timedelta(days=5)):
        warn_of_ends()
    stored = read(
        text("SELECT id, values FROM notice WHERE kind = 'role_end' AND person_id = :p"), {"p": kari}
    )
    last = clock.today() + timedelta(days=40)
    assert stored[0].values["day"] == {"date": last.isoformat()}
    page = Reader(world.client(leader))
    month = {"nb": "desember", "en": "December"} if last.month == 12 else {}
    for code, word in month.items():
        page.client.set_cookie("__Host-language", code, secure=True)
        assert word in page.text("/varsler")
    sent: list[str] = []
    monkeypatch.setattr(mailing, "hand_over", lambda _s, message: sent.append(message["Subject"]))
    mailing.send_mail(notice_id=stored[0].id)
    assert str(last.year) in sent[0]
    assert sent[0].startswith("Fullmakta di")
