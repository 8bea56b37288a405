"""Papers kept once and used often: who reads them, what replaces what, and the copy an application keeps."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from plugins.child_grants.scheme import SCHEME
from portal.access.actor import Place
from portal.access.policy import Denied, OutOfReach
from portal.database import read, switch_transaction
from portal.documents.queries import readable
from portal.documents.services import scan
from portal.funding import applying, queries
from portal.funding.granted import reporting
from portal.identity.context import actor_of
from portal.organisations.papers.queries import all_papers_of, papers_of
from portal.organisations.papers.services import keep
from portal.organisations.services import NewOrganisation, enter
from tests.funding import Grants, grants
from tests.granted import accepted, grant, paying_world
from tests.pages import Reader, plain
from tests.running_at_once import at_once
from tests.world import World

PDF = b"%PDF-1.7\n%%EOF\n"
NEWER = b"%PDF-1.7\n% newer\n%%EOF\n"


@pytest.fixture
def amina(world: World) -> int:
    return world.person("Amina Warsame")


@pytest.fixture
def here(world: World, amina: int) -> int:
    place = Place(national_id=world.unit("udi"), regional_id=world.unit("sor"))
    new = NewOrganisation("Elvebakken", "voluntary", "local", place)
    with switch_transaction() as session:
        return enter(session, new, leader_id=amina, actor=None)


def hand_in(unit_id: int, who: int, content: bytes = PDF, **what: Any) -> int:
    """Keep and scan a paper; gives the document's id."""
    about = {"kind": "statutes", "year": 2024, **what}
    made = keep(unit_id, about["kind"], about["year"], content, "vedtekter.pdf", actor=actor_of(who))
    document = next(paper.document_id for paper in papers_of(unit_id) if paper.id == made)
    scan(document_id=document)
    return document


def test_a_treasurer_hands_in_the_accounts_on_the_page(world: World, here: int) -> None:
    kari = world.person("Kari")
    world.grant(kari, "treasurer", here)
    page, reader = f"/organisasjoner/{here}/papirer", Reader(world.client(kari))
    answer = reader.send(page, {"kind": "accounts", "year": "20x5", "file": (BytesIO(PDF), "r.pdf")})
    assert "Skriv året med fire sifre" in plain(answer)
    answer = reader.send(page, {"kind": "accounts", "year": "2025", "file": (BytesIO(b""), "r.pdf")})
    assert "Filen er tom" in plain(answer)
    assert world.count("organisation_paper") == 0
    answer = reader.send(page, {"kind": "accounts", "year": "2025", "file": (BytesIO(PDF), "r.pdf")})
    assert answer.status_code == 303, plain(answer)
    assert [(one.kind, one.year) for one in papers_of(here)] == [("accounts", 2025)]
    assert "r.pdf" in reader.text(page)


def test_its_own_people_and_its_own_staff_read_it_and_nobody_else(
    world: World, here: int, amina: int
) -> None:
    document = hand_in(here, amina)
    own = world.actor("reader", here)
    staff = world.actor("regional_contact", "sor")
    for actor in (own, staff):
        assert readable(document, actor).content == PDF
        page = Reader(world.client(actor.person_id or 0)).text(f"/organisasjoner/{here}/papirer")
        assert "vedtekter.pdf" in page
        assert "Lever et papir" not in page
    for actor in (world.actor("regional_contact", "nord"), world.actor(name="Ola")):
        with pytest.raises(OutOfReach):
            readable(document, actor)
        answer = Reader(world.client(actor.person_id or 0)).get(f"/organisasjoner/{here}/papirer")
        assert answer.status_code == 404
    with pytest.raises(Denied):
        keep(here, "statutes", 2025, PDF, "v.pdf", actor=actor_of(own.person_id or 0))


def test_a_newer_one_replaces_the_year_and_the_old_stays_readable(here: int, amina: int) -> None:
    old = hand_in(here, amina)
    other = hand_in(here, amina, year=2023)
    new = hand_in(here, amina, NEWER)
    assert {paper.document_id for paper in papers_of(here)} == {new, other}
    assert {paper.document_id for paper in all_papers_of(here)} == {old, new, other}
    assert readable(old, actor_of(amina)).content == PDF


def test_two_handed_in_at_once_leave_one_that_stands(app: Flask, here: int, amina: int) -> None:
    who = actor_of(amina)
    came = at_once(
        app,
        lambda: keep(here, "accounts", 2025, PDF, "a.pdf", actor=who),
        lambda: keep(here, "accounts", 2025, NEWER, "b.pdf", actor=who),
    )
    assert all(isinstance(one, int) for one in came), came
    assert len(papers_of(here)) == 1
    assert len(all_papers_of(here)) == 2


@pytest.fixture
def made(world: World, here: int, amina: int) -> Grants:
    """Grants whose applicant is Amina's organisation."""
    found = grants(world)
    found.owner_id = here
    found.people["leader"] = amina
    return found


def test_an_application_keeps_a_copy_of_its_own(made: Grants, here: int, amina: int) -> None:
    document = hand_in(here, amina)
    case = made.draft()
    reader = Reader(made.world.client(amina))
    page = f"/barnetilskudd/soknad/{case}/skjema/{_files()}"
    assert "Papirer dere har levert før" in reader.text(page)
    answer = reader.send(f"/barnetilskudd/soknad/{case}/vedlegg", {"paper": document}, seen=page)
    assert answer.status_code == 303, plain(answer)
    attached = _attached(made, case)
    assert len(attached) == 1
    assert attached[0] != document
    assert "Papirer dere har levert før" not in reader.text(page)
    assert applying.attach_paper(SCHEME, case, document, actor=actor_of(amina)) == attached[0]
    applying.remove_file(SCHEME, case, attached[0], actor=actor_of(amina))
    assert [paper.document_id for paper in papers_of(here)] == [document]
    assert readable(document, actor_of(amina)).content == PDF


def test_only_papers_of_the_applicant_that_stand_are_attached(
    made: Grants, world: World, here: int, amina: int
) -> None:
    place = Place(national_id=world.unit("udi"), regional_id=world.unit("sor"))
    with switch_transaction() as session:
        other = enter(
            session, NewOrganisation("Nordlys", "voluntary", "local", place), leader_id=amina, actor=None
        )
    theirs, old = hand_in(other, amina), hand_in(here, amina)
    hand_in(here, amina, NEWER)
    case = made.draft()
    for document in (theirs, old, 999_999):
        with pytest.raises(OutOfReach):
            applying.attach_paper(SCHEME, case, document, actor=actor_of(amina))
    assert _attached(made, case) == []


def test_a_report_gets_a_copy_that_never_passes_for_an_auditors(world: World, here: int, amina: int) -> None:
    made = paying_world(world)
    made.owner_id = here
    made.people["leader"] = amina
    document = hand_in(here, amina, kind="accounts")
    case = accepted(made, 250_000_00)
    reader = Reader(made.world.client(amina))
    page = f"/barnetilskudd/soknad/{case}/rapport/vedlegg"
    assert "Papirer dere har levert før" in reader.text(page)
    assert reader.send(page, {"paper": document}, seen=page).status_code == 303
    text = reader.text(page)
    assert "Papirer dere har levert før" not in text
    assert "(Regnskap)" in text
    found = grant(made, case, "leader")
    assert found.report is not None
    [(number, entry)] = found.report.files.items()
    assert (int(number) != document, entry["kind"]) == (True, "accounts")
    assert "vedlegg" in [lack.page for lack in reporting.lacking(found)]
    assert reporting.attach_paper(SCHEME, case, document, actor=actor_of(amina)) == int(number)
    with pytest.raises(OutOfReach):
        reporting.attach_paper(SCHEME, case, 999_999, actor=actor_of(amina))
    reporting.remove(SCHEME, case, int(number), actor=actor_of(amina))
    assert readable(document, actor_of(amina)).content == PDF


def _files() -> str:
    return next(group.code for group in SCHEME.groups if group.kind == "files")


def _attached(made: Grants, case: int) -> list[int]:
    return list(queries.get_application(case, scheme=SCHEME.code, actor=made.actor("leader")).attachments)


def test_handing_in_is_in_the_trail_without_the_file_name(here: int, amina: int) -> None:
    hand_in(here, amina)
    rows = read(text("SELECT * FROM audit_entry WHERE name = 'organisations.paper_kept'"))
    assert len(rows) == 1
    assert "vedtekter.pdf" not in str(tuple(rows[0]))
