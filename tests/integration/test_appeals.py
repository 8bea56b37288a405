"""Appeals: sent by the party, handled by others than the first time, changed, rejected, sent on, answered."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select, text, update

from portal import clock
from portal.access.policy import OutOfReach
from portal.casework.appeals import sending, services
from portal.casework.appeals.effects import AmountRefused
from portal.casework.appeals.facts import AppealFacts
from portal.casework.appeals.queries import own_appeal, staff_appeal
from portal.casework.appeals.rules import CANNOT_REJECT, CANNOT_TRY, FRESH_EYES
from portal.casework.declaring import declare_impartial
from portal.casework.impartiality import Undeclared
from portal.casework.models import Decision
from portal.casework.rules import Refused
from portal.database import read, read_one, switch_transaction, transaction
from portal.documents.letters import make_letter
from portal.documents.models import Document
from portal.documents.services import scan
from portal.funding.models import CallFrame
from tests.funding import Grants, grants, with_others
from tests.pages import Reader
from tests.world import World

WHY = "Barna har ikke noe annet tilbud."


@pytest.fixture
def made(world: World) -> Grants:
    """Grants with staff who had nothing to do with the first decision."""
    return with_others(grants(world))


def refused(made: Grants, granted: int = 0) -> int:
    """A decided case, with its letter made."""
    case_id = made.sent()
    made.propose(case_id, granted)
    made.decide(case_id, granted)
    make_letter(document_id=made.facts(case_id, "leader").letters[0])
    return case_id


def appeal(made: Grants, case_id: int, **more: Any) -> int:
    values: dict[str, Any] = {"text": WHY, "key": uuid4(), **more}
    return sending.send_appeal(case_id, actor=made.actor("leader"), **values)


def as_staff(made: Grants, case_id: int, who: str) -> AppealFacts:
    """The appeal, and what it is about, for somebody who says they have no ties."""
    for _ in range(4):
        try:
            facts = staff_appeal(case_id, actor=made.actor(who))
            services.limits(facts, actor=made.actor(who))
        except Undeclared as closed:
            declare_impartial(closed.case_id, actor=made.actor(who))
        else:
            return facts
    raise AssertionError("never opened")


def prepare(made: Grants, case_id: int, outcome: str, amount_ore: int = 0, **checks: bool) -> None:
    version = as_staff(made, case_id, "fresh").version
    if staff_appeal(case_id, actor=made.actor("fresh")).state == "submitted":
        services.step(case_id, "take", version=version, actor=made.actor("fresh"))
    prepared = services.Prepared(
        **{"party": True, "signed": True, "late_accepted": False, **checks},
        note="",
        outcome=outcome,
        amount_ore=amount_ore,
        reasons="Vi har sett på saken på nytt.",
    )
    version = as_staff(made, case_id, "fresh").version
    services.propose(case_id, prepared, version=version, actor=made.actor("fresh"))


def decide(made: Grants, case_id: int, outcome: str, amount_ore: int = 0, who: str = "chief") -> None:
    services.decide(
        case_id,
        outcome=outcome,
        amount_ore=amount_ore,
        reasons="Vi har sett på saken på nytt.",
        version=as_staff(made, case_id, who).version,
        actor=made.actor(who),
    )


def letters(case_id: int) -> list[tuple[int, str, dict[str, Any]]]:
    rows = read(
        text(
            "SELECT d.id, d.template, d.context FROM document d JOIN casework_document c"
            " ON c.document_id = d.id WHERE c.case_id = :case AND d.origin = 'letter' ORDER BY d.id"
        ),
        {"case": case_id},
    )
    return [tuple(row) for row in rows]


def bound(made: Grants) -> int:
    row = read_one(select(CallFrame.committed_ore).where(CallFrame.call_id == made.call_id))
    assert row is not None
    return int(row.committed_ore)


def test_a_refusal_is_won_by_others_than_those_who_refused(made: Grants) -> None:
    case_id = refused(made)
    appealed = appeal(made, case_id)
    version = as_staff(made, appealed, "caseworker").version
    with pytest.raises(Refused) as again:
        services.step(appealed, "take", version=version, actor=made.actor("caseworker"))
    assert again.value.rule is FRESH_EYES
    prepare(made, appealed, "changed", 40_000_00)
    with pytest.raises(Refused) as first:
        decide(made, appealed, "changed", 40_000_00, who="decider")
    assert first.value.rule is FRESH_EYES
    decide(made, appealed, "changed", 40_000_00)
    facts = made.facts(case_id, "leader")
    assert (facts.state, facts.outcome, facts.awarded_ore) == ("granted", "partly", 40_000_00)
    assert bound(made) == 40_000_00
    [(letter, template, context)] = letters(appealed)
    assert template.endswith("/2026-1/decision_nb.html")
    assert context["after_appeal"]
    make_letter(document_id=letter)
    row = read_one(select(Decision.appeal_until).where(Decision.case_id == appealed))
    assert row is not None
    assert row.appeal_until == clock.today() + timedelta(days=21)
    first_decision = read_one(select(Decision.outcome).where(Decision.case_id == case_id))
    assert first_decision is not None
    assert first_decision.outcome == "refused"


def test_a_grant_in_part_is_raised_within_what_was_sought_and_the_frame(made: Grants) -> None:
    case_id = refused(made, 20_000_00)
    appealed = appeal(made, case_id)
    prepare(made, appealed, "changed", 48_500_00)
    for wrong in (20_000_00, 48_500_01):
        with pytest.raises(AmountRefused):
            decide(made, appealed, "changed", wrong)
    assert bound(made) == 20_000_00
    with transaction() as session:
        session.execute(update(CallFrame).values(frame_ore=30_000_00))
    with pytest.raises(Refused):
        decide(made, appealed, "changed", 48_500_00)
    assert staff_appeal(appealed, actor=made.actor("chief")).state == "proposed"
    decide(made, appealed, "changed", 30_000_00)
    assert made.facts(case_id, "leader").awarded_ore == 30_000_00
    assert bound(made) == 30_000_00


def test_a_late_appeal_is_received_and_rejected_only_for_a_reason_and_that_can_be_appealed(
    made: Grants,
) -> None:
    case_id = refused(made)
    with transaction() as session:
        session.execute(update(Decision).values(appeal_until=clock.today() - timedelta(days=1)))
    with pytest.raises(sending.LateReasonNeeded):
        appeal(made, case_id)
    assert read_one(text("SELECT 1 FROM casework_appeal")) is None
    appealed = appeal(made, case_id, late_reason="Vi var bortreist.")
    assert not own_appeal(appealed, actor=made.actor("leader")).in_time
    prepare(made, appealed, "rejected")
    with pytest.raises(Refused) as untried:
        decide(made, appealed, "forwarded")
    assert untried.value.rule is CANNOT_TRY
    decide(made, appealed, "rejected")
    second = appeal(made, appealed)
    prepare_by = made.staff("third", "grant_caseworker", "sor")
    made.people["fresh"] = prepare_by
    made.staff("fourth", "decision_maker", "udi")
    prepare(made, second, "changed")
    decide(made, second, "changed", who="fourth")
    assert staff_appeal(appealed, actor=made.actor("chief")).state == "in_progress"


def test_an_appeal_in_time_cannot_be_rejected(made: Grants) -> None:
    appealed = appeal(made, refused(made))
    prepare(made, appealed, "rejected")
    with pytest.raises(Refused) as whole:
        decide(made, appealed, "rejected")
    assert whole.value.rule is CANNOT_REJECT


def answer(made: Grants, appealed: int, result: str, amount_ore: int = 0) -> None:
    given = services.Answer(
        result=result,
        reference="26/123",
        answered_on=clock.today(),
        amount_ore=amount_ore,
        filename="svar.pdf",
        content=b"%PDF-1.4\n%%EOF\n",
    )
    who = "chief" if result == "changed" else "fresh"
    version = as_staff(made, appealed, who).version
    services.register_answer(appealed, given, version=version, actor=made.actor(who))


@pytest.mark.parametrize(
    ("result", "state"), [("upheld", "upheld"), ("changed", "altered"), ("returned", "in_progress")]
)
def test_what_is_kept_goes_to_the_appeal_body_with_a_copy_and_comes_back(
    made: Grants, result: str, state: str
) -> None:
    case_id = refused(made)
    appealed = appeal(made, case_id)
    prepare(made, appealed, "forwarded")
    decide(made, appealed, "forwarded")
    [(letter, template, context)] = letters(appealed)
    make_letter(document_id=letter)
    assert "appeal_forwarded_nb" in template
    assert context["to"] == "Justis- og beredskapsdepartementet"
    assert context["text"] == WHY
    sending.add_comment(appealed, "Vi er uenige.", actor=made.actor("leader"))
    answer(made, appealed, result, 48_500_00 if result == "changed" else 0)
    facts = own_appeal(appealed, actor=made.actor("leader"))
    assert (facts.state, facts.result, len(facts.comments)) == (state, result, 1)
    uploads = read(select(Document.id).where(Document.filename == "svar.pdf"))
    scan(document_id=uploads[0].id)
    told = read(text("SELECT 1 FROM casework_letter_delivery WHERE available_at IS NOT NULL"))
    assert len(told) == 3
    assert made.facts(case_id, "leader").awarded_ore == (48_500_00 if result == "changed" else 0)
    if result == "changed":
        assert letters(appealed)[-1][2]["final"]


def test_two_sends_at_once_and_a_repeated_form_give_one_appeal(app: Flask, made: Grants) -> None:
    case_id = refused(made)
    together = Barrier(2)

    def send(key: Any) -> int:
        with app.app_context():
            together.wait(timeout=20)
            try:
                return appeal(made, case_id, key=key)
            except sending.AppealExists as exists:
                return exists.case_id

    for keys in ([uuid4(), uuid4()], [uuid4()] * 2):
        with ThreadPoolExecutor(2) as both:
            found = {done.result() for done in [both.submit(send, key) for key in keys]}
        assert len(found) == 1
    assert made.world.count("casework_appeal") == 1
    assert len(read(text("SELECT 1 FROM notice WHERE kind = 'casework.appeal_received'"))) == 1


def test_nobody_else_can_appeal_or_see_the_appeal(made: Grants) -> None:
    case_id = refused(made)
    other = made.world.civil_unit("Andre")
    made.member("stranger", owner_id=other)
    made.member("reader", "reader")
    stranger = Reader(made.world.client(made.people["stranger"]))
    assert stranger.get(f"/saker/{case_id}/klage").status_code == 404
    with pytest.raises(OutOfReach):
        sending.send_appeal(case_id, text=WHY, key=None, actor=made.actor("stranger"))
    assert Reader(made.world.client(made.people["reader"])).get(f"/saker/{case_id}/klage").status_code == 403
    appealed = appeal(made, case_id)
    for path in (f"/saker/{appealed}", f"/saker/{appealed}/klage/kvittering"):
        assert stranger.get(path).status_code == 404
    north = Reader(made.world.client(made.people["other_region"]))
    assert north.get(f"/klager/{appealed}").status_code == 404
    assert Reader(made.world.client(made.people["leader"])).get(f"/klager/{appealed}").status_code == 403
    assert Reader(made.world.client(made.people["reader"])).get(f"/saker/{appealed}").status_code == 200


def test_the_party_appeals_while_the_plugin_is_off(made: Grants) -> None:
    case_id = refused(made)
    with switch_transaction() as session:
        session.execute(
            text(
                "INSERT INTO plugin_switch (plugin, enabled, message, changed_by)"
                " VALUES ('child_grants', false, 'Stengt', :person)"
            ),
            {"person": made.people["decider"]},
        )
    page = Reader(made.world.client(made.people["leader"]))
    assert f'href="/saker/{case_id}/klage"' in page.get(f"/saker/{case_id}").get_data(as_text=True)
    form = {"text": WHY, "files": (BytesIO(b"%PDF-1.4\n%%EOF\n"), "vedlegg.pdf")}
    sent = page.send(f"/saker/{case_id}/klage", form)
    assert sent.status_code == 303
    receipt = page.text(sent.headers["Location"])
    assert WHY in receipt
    assert "Klagen er mottatt" in receipt
    assert page.send(f"/saker/{case_id}/klage", {"text": ""}, seen="/saker").status_code in (303, 422)
    assert made.world.count("casework_appeal") == 1


def test_a_refused_file_keeps_what_was_typed_and_stores_nothing(made: Grants) -> None:
    case_id = refused(made)
    page = Reader(made.world.client(made.people["leader"]))
    form = {"text": WHY, "files": (BytesIO(b"MZ\x90"), "vedlegg.exe")}
    answer_page = page.send(f"/saker/{case_id}/klage", form)
    assert answer_page.status_code == 422
    assert WHY in answer_page.get_data(as_text=True)
    assert made.world.count("casework_appeal") == 0


def test_a_letter_of_an_appeal_names_nobody_but_its_party(made: Grants) -> None:
    other = made.world.civil_unit("Nabolaget idrettslag")
    made.member("rival", owner_id=other)
    mine, owner = refused(made), made.owner_id
    made.owner_id = other
    theirs = made.sent(who="rival")
    made.propose(theirs, 10_000_00)
    made.decide(theirs, 10_000_00)
    made.owner_id = owner
    appealed = appeal(made, mine)
    prepare(made, appealed, "forwarded")
    decide(made, appealed, "forwarded")
    for case_id, stranger in ((mine, "Nabolaget"), (appealed, "Nabolaget"), (theirs, "Elvebakken")):
        for _letter, _template, context in letters(case_id):
            assert stranger not in str(context)
    assert "Nabolaget" in str(letters(theirs)[0][2])
