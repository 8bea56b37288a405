"""The audit trail for auditors: what they see, in words, and whether the chain holds."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import create_engine, insert, select, text

from portal.access.events import AssignmentGranted
from portal.administration.audit_words import SUBJECTS, in_words, kind_of_event
from portal.database import scalar, transaction
from portal.record import record, sealing
from portal.record.events import EVENT_TYPES
from portal.record.models import AuditEntry
from portal.record.verification import check_chain
from portal.units.events import ContactEnded, UnitChanged
from tests.conftest import Database
from tests.funding import grants
from tests.pages import Reader, statements
from tests.world import World, holder

LATER = datetime(2099, 1, 1, tzinfo=UTC)


@pytest.fixture
def auditor(world: World) -> Reader:
    """A national auditor at their browser."""
    return holder(world, "auditor", "udi", valid_to=LATER)


def listed(reader: Reader, path: str) -> str:
    """The entries of a page of the trail as text, without the form above them."""
    html = reader.get(path).get_data(as_text=True)
    return " ".join(
        re.sub(r"<[^>]+>", " ", "".join(re.findall(r"<tbody>.*?</tbody>", html, re.DOTALL))).split()
    )


def changed(world: World, unit: str, by: int | None = None) -> int:
    place = {"national_id": world.unit("udi"), "regional_id": world.unit(unit)}
    event = UnitChanged(subject_id=world.unit(unit), fields="name", **place)
    actor = None if by is None else world.actor()
    with transaction():
        return record(event, actor=actor)


def test_national_sees_all_and_a_region_its_own(world: World, auditor: Reader) -> None:
    mine, other = (changed(world, unit) for unit in ("sor", "nord"))
    with transaction():
        record(ContactEnded(subject_id=7, unit_id=world.unit("vest")), actor=None)
    everything = listed(auditor, "/revisjon")
    assert everything.count("Opplysninger om en enhet ble endret.") == 2
    assert "Region Vest ble fjernet" in everything
    regional = holder(world, "auditor", "sor", valid_to=LATER)
    own = listed(regional, "/revisjon")
    assert own.count("Opplysninger om en enhet ble endret.") == 1
    assert "Region Vest" not in own
    assert regional.get(f"/revisjon/{mine}").status_code == 200
    assert regional.get(f"/revisjon/{other}").status_code == 404
    assert "name" in auditor.text(f"/revisjon/{other}")
    assert auditor.get("/revisjon/999999").status_code == 404


def test_entries_are_told_with_names_in_the_readers_language(world: World, auditor: Reader) -> None:
    person = world.person("Ola Dybvik")
    with transaction():
        record(
            AssignmentGranted(
                subject_id=3,
                person_id=person,
                role="grant_caseworker",
                unit_id=world.unit("sor"),
                valid_from="2026-01-01",
                valid_to=None,
                national_id=world.unit("udi"),
            ),
            actor=None,
        )
    assert "Ola Dybvik fikk rollen Saksbehandler for tilskudd ved Region Sør." in auditor.text("/revisjon")
    auditor.client.set_cookie("__Host-language", "en", secure=True)
    assert "Ola Dybvik got the role Grant caseworker at Region Sør." in auditor.text("/revisjon")


def test_a_grant_is_told_in_words_without_codes_or_ore(world: World, auditor: Reader) -> None:
    made = grants(world)
    case_id = made.sent()
    made.propose(case_id, 40_000_00)
    made.decide(case_id, 40_000_00)
    told = listed(auditor, "/revisjon")
    for words in (
        "om 48\u202f500\u00a0kr ble sendt.",
        "fra «Utkast» til «Mottatt». Søknaden ble sendt.",
        "Delvis innvilget, 40\u202f000\u00a0kr.",
        "En sak ble åpnet: Tilskuddssøknad.",
        f"Sak {case_id}",
    ):
        assert " ".join(words.split()) in told, words
    for code in ("submitted", "funding.application", "False", "øre", "partly", f"case {case_id}"):
        assert code not in told, code
    entry = scalar(select(AuditEntry.id).where(AuditEntry.name == "funding.application.submitted"))
    page = auditor.text(f"/revisjon/{entry}")
    assert "Etter fristen Nei" in page
    assert "amount_ore" not in page
    form = auditor.get("/revisjon").get_data(as_text=True)
    assert re.search(r'<option[^>]* value="case">Sak</option>', form)
    assert re.search(r'<option[^>]* value="casework.case.moved">Sak …: fra «…» til «…»', form)


def test_every_event_is_known_by_words(app: Flask) -> None:
    with app.test_request_context("/"):
        for name, event in EVENT_TYPES.items():
            if event.__module__.startswith("tests."):
                continue
            assert event.subject in SUBJECTS, name
            assert kind_of_event(name) != name


def test_an_entry_of_a_plugin_that_is_gone_can_still_be_read(
    app: Flask, world: World, auditor: Reader
) -> None:
    with transaction() as session:
        session.execute(
            insert(AuditEntry).values(
                name="boats.launched", message="Boat %(boat)s was launched by %(crew)s.", subject="boat",
                subject_id=4, data={"boat": "B-12"},
            )
        )  # fmt: skip
    assert "Boat B-12 was launched by –." in auditor.text("/revisjon?event=boats.launched")
    with app.test_request_context("/"):
        for broken in ("100 % of %(x)", "%(x)d boats", "%"):
            assert in_words(broken, {"x": "three"}, {}) == broken


def test_the_trail_is_narrowed_and_paged(world: World, auditor: Reader) -> None:
    for _again in range(30):
        changed(world, "sor")
    changed(world, "nord")
    path = f"/revisjon?event=units.unit_changed&subject=unit&number={world.unit('sor')}"
    first = auditor.get(path)
    assert listed(auditor, path).count("ble endret.") == 25
    more = first.get_data(as_text=True).split('class="table-more"')[1].split('href="')[1].split('"')[0]
    assert listed(auditor, more.replace("&amp;", "&")).count("ble endret.") == 5
    assert listed(auditor, f"/revisjon?number={world.unit('nord')}").count("ble endret.") == 1
    assert "Ingen oppføringer" in auditor.text("/revisjon?last=2001-01-01")
    assert "Ingen oppføringer" in auditor.text("/revisjon?person=Ingen")
    bad = auditor.text("/revisjon?first=tull")
    assert "tull" in auditor.get("/revisjon?first=tull").get_data(as_text=True)
    assert "dag.måned.år" in bad


def test_the_chain_is_checked_from_the_page_and_a_fault_is_named(
    app: Flask, database: Database, world: World, auditor: Reader
) -> None:
    ids = [changed(world, "sor") for _again in range(3)]
    sealing.seal(app.extensions["settings"].audit_key.encode())
    assert auditor.client.post("/revisjon/kontroller").status_code == 400
    for _click in range(2):
        assert auditor.send("/revisjon/kontroller", seen="/min-side").status_code == 303
    assert auditor.get("/revisjon/kontroll").status_code == 202
    assert scalar(text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'record.check_chain'")) == 1
    check_chain(check_id=scalar(text("SELECT max(id) FROM audit_verification")))
    assert "Kjeden holder" in auditor.text("/revisjon")
    owner = create_engine(database.owner_url)
    with owner.begin() as connection:
        connection.execute(text("UPDATE audit_entry SET subject_id = 99 WHERE id = :id"), {"id": ids[1]})
    owner.dispose()
    assert auditor.send("/revisjon/kontroller", seen="/min-side").status_code == 303
    check_chain(check_id=scalar(text("SELECT max(id) FROM audit_verification")))
    shown = auditor.text("/revisjon")
    assert "Kjeden holder ikke" in shown
    assert f"nummer {ids[1]}" in shown


def test_pages_of_administration_send_at_most_six_statements(world: World, auditor: Reader) -> None:
    for _again in range(30):
        changed(world, "sor")
    admin = world.person("Admin")
    world.grant(admin, "access_administrator", world.unit("udi"))
    reader = Reader(world.client(admin))
    site = world.site("Dale", "sor")
    asked = f"/tilgang/hvorfor?person=Admin&permission=record.audit.read&unit={world.unit('sor')}"
    pages = {
        auditor: ("/revisjon",),
        reader: (
            "/enheter", f"/enheter/{world.unit('sor')}", f"/enheter/{site}", f"/enheter/{site}/endre",
            f"/enheter/{world.unit('sor')}/nytt-sted", "/enheter/fylker", "/enheter/fylker/33/flytt",
            "/tilgang", "/tilgang/ny", "/tilgang/1", asked,
        ),
    }  # fmt: skip
    for who, paths in pages.items():
        for path in paths:
            with statements() as sent:
                assert who.get(path).status_code == 200, path
            most = 8 if path == asked else 6  # who looks up another's access is recorded, in a transaction
            assert 1 <= len(sent) <= most, (path, sent)
