"""Asking an applicant for more once: what opens, what stays, and what stood there before."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest

from plugins.child_grants.scheme import SCHEME
from portal import clock
from portal.casework.asking import requests_of
from portal.casework.deadlines import open_deadlines
from portal.casework.firing import Refused
from portal.funding import asking
from tests.funding import ANSWERS, Grants, grants, reader
from tests.pages import plain
from tests.world import World

CASE = "/barnetilskudd/soknad"
FIELDS = ("plan.plan", "sum.amount", "budsjett", "vedlegg")


@pytest.fixture
def made(world: World) -> Grants:
    return grants(world)


def asked(made: Grants, *fields: str, days: int = 10) -> int:
    case_id = made.sent()
    made.step(case_id, "take", "caseworker")
    facts = made.facts(case_id)
    due = clock.today() + timedelta(days=days)
    about: dict[str, Any] = {"text": "Si mer om planen.", "due_on": due, "version": facts.version}
    asking.ask_more(SCHEME, case_id, fields=fields or FIELDS, actor=made.actor("caseworker"), **about)
    return case_id


def test_only_what_is_asked_opens_and_the_first_answer_is_kept(made: Grants) -> None:
    case_id = asked(made)
    kari, path = reader(made, "leader"), f"{CASE}/{case_id}/svar"
    assert "Si mer om planen." in kari.text(path)
    page = kari.get(f"{path}/plan").get_data(as_text=True)
    assert 'name="plan"' in page
    assert 'name="partners"' not in page
    assert kari.get(f"{path}/maal").status_code == 404
    assert kari.send(f"{path}/maal", {"title": "Nytt navn"}, seen=path).status_code == 404
    sneaked = {"plan": "Tjue tirsdager.", "partners": "Uspurt"}
    assert kari.send(f"{path}/plan", sneaked).status_code == 303
    assert kari.send(f"{path}/sum", {"amount": "40 000", "own_contribution": "1"}).status_code == 303
    lines = {"cost-0-post": "rent", "cost-0-text": "Hall", "cost-0-amount": "40000"}
    assert kari.send(f"{path}/budsjett", lines).status_code == 303
    file = {"file": (BytesIO(b"%PDF-1.7\n"), "regnskap.pdf")}
    assert kari.send(f"{path}/vedlegg", file).status_code == 303
    seen = made.facts(case_id)
    assert (seen.find("plan"), seen.amount_ore) == (ANSWERS["plan"]["plan"], 48_500_00)
    assert seen.attachments == []
    assert kari.send(path, {}).status_code == 303
    kari.send(path, {}, seen=f"{CASE}/{case_id}")  # a second click changes nothing
    after = made.facts(case_id)
    assert (after.state, after.find("plan"), after.amount_ore) == (
        "in_progress",
        "Tjue tirsdager.",
        40_000_00,
    )
    assert after.find("partners") is None
    assert after.find("own_contribution") == 5_000_00
    assert [line.text for line in after.budget] == ["Hall"]
    assert len(after.attachments) == 1
    shown = reader(made, "caseworker").text(f"{CASE}/{case_id}/mangler")
    assert "Ti onsdager i svømmehallen." in shown
    assert "Tjue tirsdager." in shown
    assert open_deadlines(case_id) == []


def test_what_is_begun_and_never_sent_leaves_the_application_as_it_was(made: Grants) -> None:
    case_id = asked(made, "plan.plan", days=5)
    kari = reader(made, "leader")
    assert kari.send(f"{CASE}/{case_id}/svar/plan", {"plan": "Halvferdig"}).status_code == 303
    version = made.facts(case_id).version
    with pytest.raises(Refused) as refused:
        asking.go_on(SCHEME, case_id, version=version, actor=made.actor("caseworker"))
    assert refused.value.rule.name == "funding.answer_period"
    with clock.fixed(clock.now() + timedelta(days=6)):
        asking.go_on(SCHEME, case_id, version=version, actor=made.actor("caseworker"))
    assert made.facts(case_id).find("plan") == ANSWERS["plan"]["plan"]
    [one] = requests_of(case_id)
    assert (one.answered_by, one.draft, one.changed) == (None, {}, [])
    assert kari.get(f"{CASE}/{case_id}/svar").status_code == 303
    assert kari.send(f"{CASE}/{case_id}/svar/vedlegg/1/fjern", {}).status_code == 303
    assert open_deadlines(case_id) == []


def test_two_writers_do_not_overwrite_each_other_and_only_some_may_send(made: Grants) -> None:
    case_id = asked(made, "plan.plan")
    made.member("editor", "editor")
    editor, path = reader(made, "editor"), f"{CASE}/{case_id}/svar"
    assert editor.send(f"{path}/plan", {"plan": "Første"}).status_code == 303
    conflict = editor.send(f"{path}/plan", {"plan": "Andre", "version": "0"})
    assert conflict.status_code == 409
    assert "Andre" in plain(conflict)
    assert editor.send(path, {}).status_code == 403
    assert made.facts(case_id).state == "returned"


def test_asking_takes_words_fields_and_time_and_another_caseworker_cannot(made: Grants) -> None:
    case_id = made.sent()
    made.step(case_id, "take", "caseworker")
    ingrid, path = reader(made, "caseworker"), f"{CASE}/{case_id}/mangler"
    due = clock.today() + timedelta(days=14)
    assert ingrid.send(path, {"text": "", "felt": "plan.plan", "due_on": due}).status_code == 422
    nothing = ingrid.send(path, {"text": "Mer, takk.", "due_on": due})
    assert nothing.status_code == 422
    assert "Mer, takk." in plain(nothing)
    soon = ingrid.send(path, {"text": "Mer", "felt": "plan.plan", "due_on": clock.today()})
    assert soon.status_code == 422
    made.staff("second", "grant_caseworker", "sor")
    made.declare(case_id, "second")
    other = reader(made, "second").send(path, {"text": "Mer", "felt": "plan.plan", "due_on": due})
    assert other.status_code in (409, 422)
    assert made.facts(case_id).state == "in_progress"
    assert ingrid.send(path, {"text": "Mer", "felt": "plan.plan", "due_on": due}).status_code == 303
    assert "trenger mer fra dere" in reader(made, "leader").text("/varsler")
    assert "Svar på det UDI har spurt om" in reader(made, "leader").text("/min-side")
