"""What all cases share: ties and substitutes, deadlines, notes, the archive and its package."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import timedelta
from uuid import uuid4
from xml.etree.ElementTree import fromstring

import pytest
from sqlalchemy import func, select, update

from plugins.child_grants.scheme import SCHEME
from portal import clock
from portal.access.models import ReportingLine
from portal.access.reporting import report_to
from portal.casework import deadlines, declaring, distributing, reminding
from portal.casework.firing import Refused
from portal.casework.impartiality import Undeclared
from portal.casework.models import Case
from portal.casework.queries import timeline
from portal.casework.rules import UNDECLARED
from portal.casework.staff import get_case
from portal.database import read, scalar, transaction
from portal.documents.letters import make_letter
from portal.documents.queries import readable
from portal.documents.services import scan
from portal.funding import applying
from portal.funding.queries import get_application
from portal.notifications.models import Notice
from portal.record.models import AuditEntry
from tests.funding import Grants, grants, reader
from tests.pages import statements
from tests.world import World

CASE = "/barnetilskudd/soknad"
PACKAGED = "casework.case_packaged"
PDF = b"%PDF-1.7\n%%EOF\n"


@pytest.fixture
def made(world: World) -> Grants:
    built = grants(world)
    built.staff("second", "grant_caseworker", "sor")
    built.staff("auditor", "auditor", "udi")
    built.staff("administrator", "access_administrator", "udi")
    return built


def rule_of(made: Grants, case_id: int, who: str) -> str | None:
    """The rule that closes a case to somebody, or None when it is open."""
    try:
        get_application(case_id, scheme=SCHEME.code, actor=made.actor(who))
    except Undeclared as closed:
        return closed.rule.name
    return None


def with_file(made: Grants) -> tuple[int, int]:
    """A sent case with an attachment."""
    case_id = made.draft()
    document = applying.attach_file(
        SCHEME, case_id, content=PDF, filename="vedtekter.pdf", actor=made.actor("leader")
    )
    scan(document_id=document)
    applying.submit(SCHEME, case_id, key=uuid4(), actor=made.actor("leader"))
    return case_id, document


def test_a_case_and_its_files_open_when_one_declares_and_not_before(made: Grants) -> None:
    case_id, document = with_file(made)
    ingrid = reader(made, "caseworker")
    for path in (f"{CASE}/{case_id}", f"{CASE}/{case_id}/mottak", f"/dokument/{document}"):
        answer = ingrid.get(path)
        assert answer.status_code == 303, path
        assert answer.headers["Location"].startswith(f"/sak/{case_id}/habilitet")
    asked = ingrid.text(f"/sak/{case_id}/habilitet")
    assert "Elvebakken frivilligsentral" in asked
    assert "Lia mottak" in asked
    assert "Svømmekurs" not in asked
    for path in (f"/sak/{case_id}/notater", f"/sak/{case_id}/mappe.zip"):
        assert ingrid.get(path).status_code == 303
    sent = ingrid.send(f"/sak/{case_id}/habilitet", {"ties": "none", "next": f"{CASE}/{case_id}"})
    assert sent.headers["Location"] == f"{CASE}/{case_id}"
    assert "Svømmekurs" in ingrid.text(f"{CASE}/{case_id}")
    assert ingrid.get(f"/dokument/{document}").status_code == 200
    assert rule_of(made, case_id, "second") == UNDECLARED.name
    assert readable(document, made.actor("leader")).content == PDF
    assert "Erklærte seg habil" in ingrid.text(f"{CASE}/{case_id}")
    assert "Erklærte seg habil" not in reader(made, "leader").text(f"{CASE}/{case_id}")


def test_an_auditor_reads_without_declaring_and_a_step_asks_for_it(made: Grants) -> None:
    case_id = made.sent()
    assert rule_of(made, case_id, "auditor") is None
    with pytest.raises(Refused) as refused:
        get_application(case_id, scheme=SCHEME.code, actor=made.actor("caseworker"))
    assert refused.value.rule is UNDECLARED


def test_a_tie_found_later_taints_what_was_prepared_until_a_substitute_goes_over_it(made: Grants) -> None:
    case_id = made.sent()
    made.propose(case_id, 10_000_00)
    declaring.declare_tie(case_id, ground="board", reason="", actor=made.actor("caseworker"))
    assert rule_of(made, case_id, "caseworker") == "casework.disqualified"
    with pytest.raises(Refused) as refused:
        made.decide(case_id, 10_000_00)
    assert refused.value.rule.name == "casework.prepared_by_disqualified"
    made.step(case_id, "send_back", "decider", reason="Ny saksbehandler må se på den.")
    told = [row.href for row in read(select(Notice.href))]
    assert f"/sak/{case_id}/fordeling" in told
    version = get_case(case_id, actor=made.actor("decider")).version
    distributing.give(case_id, made.people["second"], reason="", version=version, actor=made.actor("decider"))
    made.propose(case_id, 10_000_00, who="second")
    assert made.decide(case_id, 10_000_00) == "partly"
    entries = [str(text) for _at, text, _who in timeline(case_id, "funding.application", staff=True)]
    assert any("etter å ha arbeidet med saken" in text for text in entries)
    shown = [str(text) for _at, text, _who in timeline(case_id, "funding.application", staff=False)]
    assert not any("tilknytning" in text for text in shown)
    assert any("saksbehandler" in text for text in shown)


def test_who_reports_to_a_disqualified_leader_is_barred_and_only_as_long(made: Grants) -> None:
    case_id = made.sent()
    assert rule_of(made, case_id, "second") == UNDECLARED.name
    report_to(made.people["second"], made.people["caseworker"], actor=made.actor("administrator"))
    made.declare(case_id, "second")
    assert rule_of(made, case_id, "second") is None
    declaring.declare_tie(case_id, ground="spouse", reason="", actor=made.actor("caseworker"))
    assert rule_of(made, case_id, "second") == "casework.subordinate_of_disqualified"
    with pytest.raises(Refused) as refused:
        made.step(case_id, "take", "second")
    assert refused.value.rule.basis == "forvaltningsloven § 6 tredje ledd"
    case = get_case(case_id, actor=made.actor("decider"))
    assert made.people["second"] not in dict(distributing.candidates(case))
    with transaction() as session:  # without the line nobody is barred
        session.execute(update(ReportingLine).values(ended_at=clock.now() + timedelta(seconds=1)))
    assert rule_of(made, case_id, "second") is None
    assert made.people["second"] in dict(distributing.candidates(case))


def test_only_those_who_may_handle_are_offered_and_a_case_taken_is_not_anothers(made: Grants) -> None:
    case_id = made.sent()
    made.member("caseworker_member", "reader")
    made.people["both"] = made.staff("both", "grant_caseworker", "sor")
    made.world.grant(made.people["both"], "reader", made.owner_id)
    made.step(case_id, "take", "caseworker")
    case = get_case(case_id, actor=made.actor("decider"))
    assert [name for _person, name in distributing.candidates(case)] == ["second"]
    with pytest.raises(Refused) as refused:
        made.propose(case_id, 10_000_00, who="second")
    assert refused.value.rule.name == "casework.handled_by_another"
    for wrong in ("both", "other_region", "auditor"):
        with pytest.raises(Refused):
            distributing.give(
                case_id, made.people[wrong], reason="", version=case.version, actor=made.actor("decider")
            )
    page = reader(made, "decider")
    path = f"/sak/{case_id}/fordeling"
    assert page.send(path, {"person": made.people["second"]}).status_code == 303
    made.propose(case_id, 10_000_00, who="second")
    assert reader(made, "caseworker").get(path).status_code == 403


def test_who_distributes_without_reading_applications_comes_to_what_staff_may_know(made: Grants) -> None:
    case_id = made.sent()
    made.staff("coordinator", "coordinator", "udi")
    page = reader(made, "coordinator")
    assert page.get(f"/sak/{case_id}").headers["Location"] == f"/sak/{case_id}/habilitet"
    shown = page.text(f"/sak/{case_id}/habilitet")
    assert "Elvebakken frivilligsentral" in shown
    assert "Svømmekurs" not in shown
    assert f'href="/sak/{case_id}"' not in page.get(f"/sak/{case_id}/habilitet").get_data(as_text=True)


def test_another_region_gets_the_case_with_its_files(made: Grants) -> None:
    case_id, document = with_file(made)
    made.staff("regional", "decision_maker", "sor")
    path, nord = f"/sak/{case_id}/send-over", made.world.unit("nord")
    regional = reader(made, "regional")
    refused = regional.send(path, {"region": nord, "why": ""}, seen=f"/sak/{case_id}/fordeling")
    assert refused.status_code == 422
    assert rule_of(made, case_id, "caseworker") == UNDECLARED.name
    passed = regional.send(
        path, {"region": nord, "why": "Nord kjenner mottaket."}, seen=f"/sak/{case_id}/fordeling"
    )
    assert passed.status_code == 303
    assert regional.get(f"/sak/{case_id}/fordeling").status_code == 404
    assert reader(made, "caseworker").get(f"{CASE}/{case_id}").status_code == 404
    assert reader(made, "caseworker").get(f"/dokument/{document}").status_code == 404
    made.declare(case_id, "other_region")
    north = reader(made, "other_region")
    assert north.get(f"/dokument/{document}").status_code == 200
    assert "Nord kjenner mottaket." in north.text(f"{CASE}/{case_id}")
    theirs = reader(made, "leader").text(f"/saker/{case_id}")
    assert "annen av UDIs regioner" in theirs
    assert "Nord kjenner" not in theirs


def test_notes_are_staffs_alone(made: Grants) -> None:
    case_id = made.sent()
    made.declare(case_id, "caseworker")
    path = f"/sak/{case_id}/notater"
    ingrid = reader(made, "caseworker")
    assert ingrid.send(path, {"text": "Ring mottaket."}).status_code == 303
    assert "Ring mottaket." in ingrid.text(path)
    assert "Ring mottaket." in reader(made, "auditor").text(path)
    assert reader(made, "auditor").send(path, {"text": "Nei"}).status_code == 403
    assert reader(made, "second").get(path).status_code == 303
    assert reader(made, "leader").get(path).status_code == 403
    for page in (f"/saker/{case_id}", f"{CASE}/{case_id}"):
        theirs = reader(made, "leader").text(page)
        assert "Ring mottaket" not in theirs
        assert "notat" not in theirs.lower()


def test_reminders_are_sent_once_each_and_never_for_what_is_met(made: Grants) -> None:
    met, kept = made.sent(), made.sent()
    today = clock.today()
    with transaction():
        for case_id in (met, kept):
            deadlines.set_deadline(case_id, "answer", today + timedelta(days=10), for_party=True)
    with transaction():
        deadlines.meet_deadline(met, "answer")
    before = made.world.count("notice")
    assert reminding.remind() == 0
    with clock.fixed(clock.now() + timedelta(days=7)):
        first = reminding._due(clock.today())  # two workers that looked at the same moment
        assert [reminding._remind(one, 1) for one in first] == [True]
        assert [reminding._remind(one, 1) for one in first] == [False]
        assert reminding.remind() == 0
    assert made.world.count("notice") == before + 1
    with clock.fixed(clock.now() + timedelta(days=11)):
        assert reminding.remind() == 1
    entries = [str(text) for _at, text, _who in timeline(kept, "funding.application", staff=False)]
    assert any("påminnelse om frist" in text for text in entries)
    made.people["liv"] = made.staff("Liv", "regional_contact", "sor")
    page = reader(made, "liv").get("/frister?vis=alle").text  # whose role does not open applications
    assert re.findall(r'href="(/sak/\d+/habilitet)"', page)
    assert f"/soknad/{kept}" not in page
    theirs = reader(made, "leader").text("/frister")
    assert "Svar på det UDI har spurt om" in theirs
    assert "forvaltningsloven § 11" in theirs
    assert str(made.facts(met, "leader").number) not in theirs


def test_a_case_is_journalled_until_something_is_new(made: Grants) -> None:
    case_id = made.sent()
    number = str(scalar(select(Case.number).where(Case.id == case_id)))
    made.declare(case_id, "caseworker")
    ingrid, path = reader(made, "caseworker"), f"/sak/{case_id}/arkiv"
    assert number in ingrid.text("/sak/arkiv")
    assert number not in reader(made, "other_region").text("/sak/arkiv")
    assert ingrid.send(path, {"reference": "", "journalled": "1"}).status_code == 422
    assert ingrid.send(path, {"reference": "27/01234", "journalled": "1"}).status_code == 303
    assert number not in ingrid.text("/sak/arkiv")
    assert "27/01234" in reader(made, "leader").text(f"/saker/{case_id}")
    made.propose(case_id, 10_000_00)
    made.decide(case_id, 10_000_00)
    assert number in ingrid.text("/sak/arkiv")
    assert reader(made, "other_region").get(path).status_code == 404


def test_the_package_holds_the_case_its_documents_and_their_metadata(made: Grants) -> None:
    case_id, document = with_file(made)
    made.propose(case_id, 10_000_00)
    made.decide(case_id, 10_000_00)
    [letter] = made.facts(case_id).letters
    make_letter(document_id=letter)
    before = scalar(select(func.count()).select_from(AuditEntry).where(AuditEntry.name == PACKAGED))
    answer = reader(made, "caseworker").get(f"/sak/{case_id}/mappe.zip")
    assert answer.status_code == 200
    assert answer.is_streamed
    held = zipfile.ZipFile(io.BytesIO(answer.data))
    assert held.testzip() is None
    assert held.read(f"dokumenter/{document}-vedtekter.pdf") == PDF
    assert held.read("sak.pdf").startswith(b"%PDF")
    root = fromstring(held.read("metadata.xml"))
    assert root.get("id") == made.facts(case_id).number
    made_by_now = [one for one in root.findall("dokument") if one.findtext("fil")]
    described = {one.findtext("fil"): one for one in made_by_now}
    assert set(described) == set(held.namelist()) - {"sak.pdf", "metadata.xml"}
    sent_in = described[f"dokumenter/{document}-vedtekter.pdf"]
    assert sent_in.findtext("avsender") == "Elvebakken frivilligsentral"
    for name in ("tittel", "mottaker", "dokumentdato", "mottatt", "registrert", "sammenheng"):
        assert sent_in.findtext(name), name
    after = scalar(select(func.count()).select_from(AuditEntry).where(AuditEntry.name == PACKAGED))
    assert after == before + 1
    assert reader(made, "other_region").get(f"/sak/{case_id}/mappe.zip").status_code == 404
    assert reader(made, "auditor").get(f"/sak/{case_id}/mappe.zip").status_code == 403


def test_leaders_are_registered_and_ended_by_whoever_gives_roles(made: Grants) -> None:
    page, path = reader(made, "administrator"), "/tilgang/ledere"
    assert page.send(path, {"person": "second", "leader": "second"}).status_code == 422
    assert page.send(path, {"person": "second", "leader": "caseworker"}).status_code == 303
    assert page.send(path, {"person": "caseworker", "leader": "second"}).status_code == 422
    assert page.send(path, {"person": "leader", "leader": "second"}).status_code == 422
    assert "second" in page.text(path)
    line = scalar(select(ReportingLine.id))
    assert reader(made, "auditor").send(f"{path}/{line}/avslutt", {}, seen=path).status_code == 403
    assert page.send(f"{path}/{line}/avslutt", {}, seen=path).status_code == 303
    assert scalar(select(ReportingLine.ended_at)) is not None
    assert "Ingen er registrert" in page.text(path)


@pytest.mark.parametrize(
    ("who", "page"),
    [
        ("decider", "/sak/{case}/fordeling"),
        ("caseworker", "/sak/{case}/habilitet"),
        ("caseworker", "/sak/{case}/notater"),
        ("caseworker", "/sak/{case}/arkiv"),
        ("caseworker", "/sak/arkiv"),
        ("caseworker", "/frister"),
        ("leader", "/frister"),
        ("administrator", "/tilgang/ledere"),
    ],
)
def test_a_page_sends_few_statements(made: Grants, who: str, page: str) -> None:
    case_id = made.sent()
    made.declare(case_id, "caseworker")
    one = reader(made, who)
    with statements() as sent:
        one.text(page.format(case=case_id))
    assert len(sent) <= 6
