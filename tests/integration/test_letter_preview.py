"""The letter seen before it is sent, who decides appeals, and the deadline that keeps a plugin on."""

from __future__ import annotations

from plugins.child_grants.blocking import appeals_may_still_come
from tests.funding import grants
from tests.pages import Reader
from tests.world import World


def test_the_decision_is_previewed_as_it_will_be_and_nothing_is_stored(world: World) -> None:
    made = grants(world)
    case_id = made.sent()
    made.propose(case_id, 40_000_00)
    made.declare(case_id, "decider")
    page = Reader(world.client(made.people["decider"]))
    path = f"/barnetilskudd/soknad/{case_id}/vedtak"
    form = {"outcome": "granted", "amount": "40000", "reasons": "Et godt tilbud.", "deviation": ""}
    shown = page.send(path, {**form, "preview": "page"})
    assert shown.status_code == 200
    assert "Dere får 40 000 kr" in " ".join(shown.get_data(as_text=True).split())
    assert "default-src 'none'" in shown.headers["Content-Security-Policy"]
    assert page.send(path, {**form, "preview": "pdf"}).data.startswith(b"%PDF-")
    assert made.facts(case_id).state == "proposed"
    assert appeals_may_still_come() == []
    assert "ikke bekreftet" in page.text(path)
    assert page.send(f"{path}/klageinstans", {}, seen=path).status_code == 303
    assert "ikke bekreftet" not in page.text(path)
    caseworker = Reader(world.client(made.people["caseworker"]))
    assert caseworker.send(path, {**form, "preview": "page"}, seen="/saker").status_code in (400, 403)
    made.decide(case_id, 40_000_00)
    assert len(appeals_may_still_come()) == 1
