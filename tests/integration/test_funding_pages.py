"""The pages of a grant, as a browser without scripts uses them."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select

from plugins.child_grants.scheme import SCHEME
from portal.database import db, scalar
from portal.funding.models import Application
from tests.funding import ANSWERS, Grants, grants
from tests.world import World

PREFIX = "/barnetilskudd"


@pytest.fixture
def made(world: World) -> Grants:
    return grants(world)


class Browser:
    """Fetches pages and sends their forms, tokens and all."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def get(self, path: str, status: int = 200) -> str:
        response = self.client.get(path)
        assert response.status_code == status, (path, response.status_code)
        return response.get_data(as_text=True)

    def post(self, page: str, path: str, data: dict[str, Any], status: int = 303) -> str:
        """Send `data` from the form that stands on `page`; gives where it leads, or the page shown."""
        html = self.get(page)
        start = html.index(f'action="{path}"')
        form = html[start : html.index("</form>", start)]
        hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))
        response = self.client.post(path, data={**hidden, **data}, headers={"Referer": "http://localhost/"})
        assert response.status_code == status, (
            path,
            response.status_code,
            response.get_data(as_text=True)[-3000:],
        )
        return response.headers.get("Location") or response.get_data(as_text=True)


def browser(made: Grants, who: str) -> Browser:
    return Browser(made.world.client(made.people[who]))


def kroner(ore: int) -> str:
    return str(ore // 100)


def write_everything(leader: Browser, made: Grants, case_id: int) -> None:
    """Fill in every page of the form in its order."""
    form = f"{PREFIX}/soknad/{case_id}/skjema"
    for code, answers in ANSWERS.items():
        typed = {
            name: kroner(v) if name in ("amount", "own_contribution") else str(v)
            for name, v in answers.items()
        }
        if code == "barna":
            typed["sites_0"] = str(made.sites["sor"])
        leader.post(f"{form}/{code}", f"{form}/{code}", typed)
    lines = {"cost-0-post": "rent", "cost-0-text": "Svømmehall", "cost-0-amount": "53 500"}
    lines |= {"income-0-post": "own", "income-0-text": "Dugnad", "income-0-amount": "5000"}
    leader.post(f"{form}/budsjett", f"{form}/budsjett", lines)


def test_the_whole_way_without_scripts(made: Grants) -> None:
    leader, call = browser(made, "leader"), f"{PREFIX}/utlysning/{made.call_id}"
    assert "Aktiviteter for barn 2027" in Browser(made.world.app.test_client()).get(call)
    tasks = leader.post(f"{call}/sok", f"{call}/sok", {"owner": str(made.owner_id), "kind": "voluntary"})
    case_id = int(re.findall(r"/soknad/(\d+)/", tasks)[0])
    case, files = f"{PREFIX}/soknad/{case_id}", f"{PREFIX}/soknad/{case_id}/vedlegg"
    assert "Svar på spørsmålet" in leader.get(f"{case}/send")
    write_everything(leader, made, case_id)
    upload = {"file": (BytesIO(b"%PDF-1.7\n"), "vedtekter.pdf")}
    leader.post(f"{case}/skjema/vedlegg", files, upload)
    summary = leader.get(f"{case}/send")
    assert "48 500" in summary.replace("\u202f", " ")
    assert "vedtekter.pdf" in summary
    receipt = leader.post(f"{case}/send", f"{case}/send", {})
    number = made.facts(case_id).number
    assert number is not None
    assert number in leader.get(receipt)

    caseworker = browser(made, "caseworker")
    assert "Svømmekurs for nybegynnere" in caseworker.get(f"{PREFIX}/behandling")
    made.declare(case_id, "caseworker")
    made.declare(case_id, "decider")
    caseworker.post(case, f"{case}/steg/take", {})
    proposal = {"outcome": "granted", "amount": "40 000", "reasons": "Mange barn.", "send": "1"}
    judged = {f"criterion_{code}": "yes" for code, _label in SCHEME.all_criteria()}
    caseworker.post(f"{case}/vurdering", f"{case}/vurdering", {**proposal, **judged})
    decision = {"outcome": "granted", "amount": "40000", "reasons": "Mange barn."}
    browser(made, "decider").post(f"{case}/vedtak", f"{case}/vedtak", decision)
    answer = leader.get(case)
    assert "får 40\u202f000\u00a0kr av de 48\u202f500\u00a0kr" in answer
    assert "Du kan klage til" in answer
    assert made.facts(case_id).awarded_ore == 40_000_00


def test_others_get_404_for_every_page_of_a_case(made: Grants) -> None:
    case_id = made.sent()
    case = f"{PREFIX}/soknad/{case_id}"
    made.member("stranger", owner_id=made.world.civil_unit("Et annet lag"))
    for who in ("other_region", "stranger"):
        for page in (
            "",
            "/skjema",
            "/skjema/plan",
            "/send",
            "/kvittering",
            "/vurdering",
            "/vedtak",
            "/mottak",
        ):
            status = browser(made, who).client.get(case + page).status_code
            assert status in (404, 403), (who, page, status)
        assert browser(made, who).client.get(case).status_code == 404
        assert browser(made, who).client.get(f"/saker/{case_id}").status_code in (404, 403)
    assert made.world.app.test_client().get(case).status_code == 303
    made.declare(case_id, "caseworker")
    assert browser(made, "caseworker").get(case)
    assert browser(made, "leader").get(case)


def test_what_cannot_be_read_is_told_at_its_place_and_the_rest_is_saved(made: Grants) -> None:
    case_id, leader = made.draft(), browser(made, "leader")
    page = f"{PREFIX}/soknad/{case_id}/skjema/sum"
    html = leader.post(page, page, {"amount": "førti tusen", "own_contribution": "2500"}, status=422)
    assert "førti tusen" in html
    assert "Skriv beløpet i hele kroner" in html
    facts = made.facts(case_id, "leader")
    assert (facts.amount_ore, facts.find("own_contribution")) == (48_500_00, 2_500_00)


def test_saving_is_never_blocked_by_what_is_missing(made: Grants) -> None:
    case_id, leader = made.draft(), browser(made, "leader")
    page = f"{PREFIX}/soknad/{case_id}/skjema/plan"
    leader.post(page, page, {"plan": ""})
    assert made.facts(case_id, "leader").find("plan") == ""
    assert "Svar på spørsmålet" in leader.get(f"{PREFIX}/soknad/{case_id}/send")


def test_autosave_answers_with_time_and_version(made: Grants) -> None:
    case_id, leader = made.draft(), browser(made, "leader")
    page = f"{PREFIX}/soknad/{case_id}/skjema/plan"
    token = re.findall(r'name="csrf_token" value="([^"]+)"', leader.get(page))[-1]
    sent = {"csrf_token": token, "version": "1", "plan": "Underveis"}
    saved = leader.client.post(page, data=sent, headers={"X-Autosave": "1"})
    assert saved.get_json()["version"] == 2
    again = leader.client.post(page, data=sent, headers={"X-Autosave": "1"})
    assert again.status_code == 409
    assert scalar(select(Application.versions))["plan"] == 2


def test_a_conflict_keeps_what_was_typed(made: Grants) -> None:
    case_id, leader = made.draft(), browser(made, "leader")
    page = f"{PREFIX}/soknad/{case_id}/skjema/plan"
    html = leader.post(page, page, {"version": "0", "plan": "Min tekst"}, status=409)
    assert "Min tekst" in html
    assert "Noen andre lagret denne siden" in html


def test_a_police_certificate_is_never_taken(made: Grants) -> None:
    case_id, leader = made.draft(), browser(made, "leader")
    files = f"{PREFIX}/soknad/{case_id}/vedlegg"
    upload = {"file": (BytesIO(b"%PDF-1.7\n"), "politiattest Kari.pdf")}
    html = leader.post(f"{PREFIX}/soknad/{case_id}/skjema/vedlegg", files, upload, status=422)
    assert "politiattest" in html.lower()
    assert made.world.count("document") == 0


def test_the_decision_form_tells_who_may_not(made: Grants) -> None:
    case_id = made.sent()
    made.world.grant(made.people["caseworker"], "decision_maker", made.world.unit("sor"))
    made.propose(case_id, 10_000_00)
    case = f"{PREFIX}/soknad/{case_id}"
    assert "Den som har forberedt en sak" in browser(made, "caseworker").get(case)
    sent = {"outcome": "granted", "amount": "10000", "reasons": "Ja."}
    html = browser(made, "caseworker").post(f"{case}/vedtak", f"{case}/vedtak", sent, status=409)
    assert "reglement for økonomistyring" in html
    assert made.facts(case_id).state == "proposed"


def test_what_a_reception_centre_says_is_recorded(made: Grants) -> None:
    case_id = made.sent()
    case, unit = f"{PREFIX}/soknad/{case_id}", made.sites["sor"]
    caseworker = browser(made, "caseworker")
    made.declare(case_id, "caseworker")
    said = {f"{unit}-answer": "confirmed", f"{unit}-answered_on": "2026-11-20", f"{unit}-note": "Avtalt."}
    caseworker.post(f"{case}/mottak", f"{case}/mottak/{unit}", said)
    assert "Avtalt." in caseworker.get(f"{case}/mottak")
    caseworker.post(f"{case}/mottak", f"{case}/mottak/{unit}", {f"{unit}-answer": "confirmed"}, status=422)
    assert browser(made, "other_region").client.get(f"{case}/mottak").status_code == 404


@pytest.mark.parametrize(
    ("who", "page"),
    [
        ("leader", "/saker"),
        ("leader", "/saker/{case}"),
        ("leader", "/barnetilskudd/"),
        ("leader", "/barnetilskudd/utlysning/{call}"),
        ("leader", "/barnetilskudd/utlysning/{call}/sok"),
        ("leader", "/barnetilskudd/soknad/{case}"),
        ("leader", "/barnetilskudd/soknad/{case}/kvittering"),
        ("leader", "/barnetilskudd/soknad/{draft}/skjema"),
        ("leader", "/barnetilskudd/soknad/{draft}/skjema/barna"),
        ("leader", "/barnetilskudd/soknad/{draft}/skjema/vedlegg"),
        ("leader", "/barnetilskudd/soknad/{draft}/send"),
        ("caseworker", "/barnetilskudd/behandling"),
        ("caseworker", "/barnetilskudd/behandling?vis=alle"),
        ("caseworker", "/barnetilskudd/soknad/{case}"),
        ("decider", "/barnetilskudd/soknad/{case}/vedtak"),
        ("leader", "/min-side"),
        ("decider", "/min-side"),
    ],
)
def test_a_page_sends_at_most_six_statements(app: Flask, made: Grants, who: str, page: str) -> None:
    case_id, draft = made.sent(), made.draft()
    made.propose(case_id, 10_000_00)
    for _more in range(3):
        made.sent()
    made.declare(case_id, who)
    path = page.format(case=case_id, draft=draft, call=made.call_id)
    one, sent = browser(made, who), []
    for engine in db.engines.values():
        event.listen(engine, "before_cursor_execute", lambda *about: sent.append(about[2]))
    one.get(path)
    assert 0 < len(sent) <= 6, "\n".join(sent)
