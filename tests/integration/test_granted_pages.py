"""The pages after a grant, as both sides and everybody open them, without scripts."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from plugins.child_grants.scheme import SCHEME
from portal import clock
from portal.funding.granted import published, reporting
from tests.funding import Grants, reader
from tests.granted import (
    ACCOUNT,
    OTHER_ACCOUNT,
    accept,
    accepted,
    confirm,
    controlled,
    grant,
    granted,
    paid,
    paying_world,
    report,
)
from tests.pages import Reader, statements
from tests.world import World

BASE = SCHEME.prefix


@pytest.fixture
def made(world: World) -> Grants:
    return paying_world(world)


def test_the_recipient_accepts_on_one_screen_with_a_sound_account(made: Grants) -> None:
    path = f"{BASE}/soknad/{granted(made)}/aksept"
    leader = reader(made, "leader")
    words = leader.text(path)
    assert "48 500" in words.replace("\N{NARROW NO-BREAK SPACE}", " ")
    wrong = leader.send(path, {"number": "1234 56 78904", "conditions": "y"})
    assert wrong.status_code == 422
    assert "1234 56 78904" in wrong.get_data(as_text=True)
    assert leader.send(path, {"number": ACCOUNT}).status_code == 422
    done = leader.send(path, {"number": "1234.56.78903", "conditions": "y"})
    assert done.status_code == 303
    assert "kontrollerer konto" in leader.text(done.headers["Location"])


def test_an_account_is_masked_for_those_who_do_not_need_it(made: Grants) -> None:
    case_id = accepted(made)
    made.member("reader", "reader")
    for who, whole in (("leader", True), ("officer", True), ("reader", False), ("caseworker", False)):
        words = reader(made, who).text(f"{BASE}/soknad/{case_id}/konto")
        assert ("1234 56 78903" in words) == whole, who
        assert "8903" in words


def test_order_attest_file_and_paid_through_the_pages(made: Grants) -> None:
    case_id = accepted(made)
    officer, decider = reader(made, "officer"), reader(made, "decider")
    page = f"{BASE}/soknad/{case_id}"
    waiting = grant(made, case_id).waiting
    assert waiting is not None
    answer = {"answer": "confirm", "note": "Ringte lederen."}
    assert officer.send(f"{page}/konto/{waiting.id}", answer, seen=f"{page}/konto").status_code == 303
    plan = {"terms-0-amount": "40 000", "terms-0-due_on": "01.12.2026"}
    refused = decider.send(f"{page}/utbetaling", plan)
    assert refused.status_code == 422
    assert "8 500" in refused.get_data(as_text=True).replace("\N{NARROW NO-BREAK SPACE}", " ")
    plan |= {"terms-1-amount": "8 500", "terms-1-due_on": "01.06.2027"}
    assert decider.send(f"{page}/utbetaling", plan).status_code == 303
    first = grant(made, case_id).terms[0].id
    pay = f"{page}/utbetaling/{first}"
    for who, step in ((decider, "bestill"), (officer, "attester")):
        assert who.send(f"{pay}/{step}", seen=f"{page}/utbetaling").status_code == 303
        assert who.send(f"{pay}/{step}", seen=f"{page}/utbetaling").status_code == 409
    assert officer.send(f"{BASE}/utbetalingsfiler").status_code == 303
    batch = grant(made, case_id).terms[0].batch_id
    file = officer.get(f"{BASE}/utbetalingsfiler/{batch}.csv")
    assert f"child_grants-{first};" in file.get_data(as_text=True)
    assert decider.get(f"{BASE}/utbetalingsfiler/{batch}.csv").status_code == 403
    form = {"paid_on": clock.today().isoformat(), "reference": "B-77"}
    assert officer.send(f"{pay}/betalt", form, seen=f"{page}/utbetaling").status_code == 303
    assert "40 000" in reader(made, "leader").text(f"{page}/tilskudd").replace(
        "\N{NARROW NO-BREAK SPACE}", " "
    )


def test_the_report_is_written_saved_as_one_types_and_sent(made: Grants) -> None:
    case_id = paid(made)
    page = f"{BASE}/soknad/{case_id}/rapport"
    leader = reader(made, "leader")
    assert leader.get(page).status_code == 200
    wrong = {"activities": "Ti onsdager", "children_reached": "mange"}
    kept = leader.send(f"{page}/maal", wrong)
    assert kept.status_code == 422
    assert "mange" in kept.get_data(as_text=True)
    right = {
        "activities": "Ti onsdager",
        "effect": "Trygge",
        "adaptation": "To grupper",
        "children_reached": "22",
    }
    assert leader.send(f"{page}/maal", right).status_code == 303
    stale = leader.send(f"{page}/maal", {**right, "version": "0"})
    assert stale.status_code == 409
    assert leader.send(f"{page}/regnskap", {"spent_rent": "40 000"}).status_code == 303
    assert "82" in leader.text(f"{page}/send")
    done = leader.send(f"{page}/send")
    assert done.headers["Location"] == f"{page}/kvittering"
    assert "8 500" in leader.text(done.headers["Location"]).replace("\N{NARROW NO-BREAK SPACE}", " ")
    caseworker = reader(made, "caseworker")
    assert "Ti onsdager" in caseworker.text(f"{BASE}/soknad/{case_id}/kontroll")
    asked = caseworker.send(
        f"{BASE}/soknad/{case_id}/kontroll/tilbake", {"reason": "Hvor ble det av bussen?"},
        seen=f"{BASE}/soknad/{case_id}/kontroll",
    )  # fmt: skip
    assert asked.status_code == 303
    assert leader.get(page).status_code == 200


def test_unused_money_is_demanded_paid_in_parts_and_the_case_finished(made: Grants) -> None:
    case_id = paid(made)
    report(made, case_id, 40_000_00)
    controlled(made, case_id)
    page = f"{BASE}/soknad/{case_id}/tilbakebetaling"
    decider, officer, leader = (reader(made, who) for who in ("decider", "officer", "leader"))
    day = (clock.today() + timedelta(days=21)).isoformat()
    claim = {
        "ground": "unused",
        "amount": "8 500",
        "due_on": day,
        "pay_to": OTHER_ACCOUNT,
        "reasons": "Ikke brukt.",
    }
    too_much = decider.send(f"{page}/krav", {**claim, "amount": "9 000"}, seen=page)
    assert too_much.status_code == 422
    assert decider.send(f"{page}/krav", claim, seen=page).status_code == 303
    assert "8601 11 17947" in leader.text(page)
    demand = grant(made, case_id).demands[0].id
    part = {"demand": demand, "amount": "8 500", "paid_on": clock.today().isoformat()}
    assert officer.send(f"{page}/innbetaling", part, seen=page).status_code == 303
    assert officer.send(f"{page}/ferdig", seen=page).status_code == 303
    assert made.facts(case_id).state == "closed"


def test_changes_are_told_and_answered(made: Grants) -> None:
    case_id = accepted(made)
    page = f"{BASE}/soknad/{case_id}/endring"
    leader, caseworker = reader(made, "leader"), reader(made, "caseworker")
    assert leader.send(page, {"kind": "less"}).status_code == 422
    assert leader.send(page, {"kind": "less", "text": "Bare åtte onsdager."}).status_code == 303
    change = grant(made, case_id).changes[0].id
    answer = {"outcome": "approved", "text": "Det er greit."}
    assert caseworker.send(f"{page}/{change}", answer, seen=page).status_code == 303
    assert "Det er greit." in leader.text(page)


def test_what_waits_stands_in_the_lists_and_on_min_side_of_those_it_waits_for(made: Grants) -> None:
    case_id = accepted(made)
    officer = reader(made, "officer")
    assert "Svømmekurs" in officer.text(f"{BASE}/oppfolging?vis=konto")
    assert "Bekreft: 20" in officer.text("/min-side")
    made.staff("far", "payment_officer", "nord")
    assert "Svømmekurs" not in reader(made, "far").text(f"{BASE}/oppfolging?vis=konto")
    confirm(made, case_id)
    decider = reader(made, "decider")
    assert "Svømmekurs" in decider.text(f"{BASE}/oppfolging?vis=bestille")
    for who in ("officer", "decider", "caseworker"):
        for code in (
            "konto",
            "bestille",
            "attestere",
            "betale",
            "endringer",
            "rapporter",
            "forfalt",
            "tilbake",
        ):
            assert reader(made, who).get(f"{BASE}/oppfolging?vis={code}").status_code == 200
    with clock.fixed(clock.now() + timedelta(days=600)):
        assert made.facts(case_id).state == "accepted"


def test_others_reach_none_of_it(made: Grants) -> None:
    case_id = paid(made)
    made.member("stranger", owner_id=made.world.civil_unit("Et annet lag"))
    for end in ("tilskudd", "konto", "endring", "tilbakebetaling", "rapport", "aksept"):
        assert reader(made, "stranger").get(f"{BASE}/soknad/{case_id}/{end}").status_code == 404
    for end in ("tilskudd", "konto", "utbetaling", "kontroll", "tilbakebetaling"):
        assert reader(made, "other_region").get(f"{BASE}/soknad/{case_id}/{end}").status_code == 404
        assert reader(made, "caseworker").get(f"{BASE}/soknad/{case_id}/{end}").status_code == 200


def test_pages_send_few_statements(made: Grants) -> None:
    case_id = paid(made)
    report(made, case_id, 40_000_00)
    page = f"{BASE}/soknad/{case_id}"
    for who, path in (
        ("leader", f"{page}/tilskudd"), ("officer", f"{page}/utbetaling"), ("officer", f"{page}/konto"),
        ("caseworker", f"{page}/kontroll"), ("decider", f"{page}/tilbakebetaling"),
        ("leader", f"{page}/rapport/kvittering"), ("officer", f"{BASE}/oppfolging"),
        ("officer", f"{BASE}/utbetalingsfiler"), ("officer", f"{BASE}/tildelinger"),
    ):  # fmt: skip
        opened = reader(made, who)
        with statements() as sent:
            assert opened.get(path).status_code == 200
        assert len(sent) <= 6, (path, len(sent), sent)


def test_everybody_reads_what_is_given_and_nobody_reads_a_private_name(made: Grants) -> None:
    paid(made)
    visitor = Reader(made.world.app.test_client())
    words = visitor.text(f"{BASE}/tildelinger")
    assert "Elvebakken frivilligsentral" in words
    rows = json.loads(visitor.get(f"{BASE}/tildelinger.json").get_data(as_text=True))["tildelinger"]
    assert [tuple(rows[0]), rows[0]["utbetalt_belop"]] == [published.COLUMNS, 48_500]
    answer = visitor.get(f"{BASE}/tildelinger.csv")
    assert answer.headers["Cache-Control"] == "public, max-age=600"
    again = visitor.client.get(f"{BASE}/tildelinger.csv", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    made.owner_id = made.world.civil_unit("Kari Privatperson", kind="individual")
    made.member("private", "individual_applicant", owner_id=made.owner_id)
    granted(made, who="private")
    for end in ("", ".csv", ".json"):
        text = visitor.get(f"{BASE}/tildelinger{end}").get_data(as_text=True)
        assert "Kari Privatperson" not in text
        assert "Enkeltperson" in text


def test_a_sent_file_of_a_report_opens_for_staff_and_a_draft_does_not(made: Grants) -> None:
    case_id = paid(made)
    leader = made.actor("leader")
    document = reporting.attach(
        SCHEME, case_id, content=b"%PDF-1.7\n%%EOF\n", filename="r.pdf", kind="accounts", actor=leader
    )
    caseworker = reader(made, "caseworker")
    assert caseworker.get(f"/dokument/{document}").status_code == 404
    report(made, case_id, 48_500_00)
    assert caseworker.get(f"/dokument/{document}").status_code == 200


def test_an_account_waits_for_whoever_reaches_any_of_the_owners_grants(made: Grants) -> None:
    made.staff("north", "grant_caseworker", "nord")
    elsewhere = made.sent(site="nord")
    made.propose(elsewhere, 10_000_00, who="north")
    made.decide(elsewhere, 10_000_00)
    accept(made, elsewhere)
    case_id = accepted(made)
    assert elsewhere < case_id
    assert "Elvebakken" in reader(made, "officer").text(f"{BASE}/oppfolging?vis=konto")
    made.staff("everywhere", "payment_officer", "udi")
    page = reader(made, "everywhere").text(f"{BASE}/oppfolging?vis=konto")
    assert page.count("Elvebakken") == 1
