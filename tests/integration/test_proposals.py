"""The list of proposals: tried sums, signing in one go, and what cannot be signed by whom."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from plugins.child_grants.scheme import SCHEME
from portal.casework.declaring import declare_tie
from portal.casework.firing import CaseChanged, Refused
from portal.database import scalar, transaction
from portal.funding import deciding, proposals, signing
from portal.funding.models import CallFrame
from portal.funding.signing import RowsRefused, Signature
from portal.identity.models import UserSession
from tests.funding import Grants, grants
from tests.pages import Reader, plain, statements
from tests.world import World

LIST = "/barnetilskudd/innstillinger"


@pytest.fixture
def made(world: World) -> Grants:
    return grants(world, frame_ore=200_000_00)


def proposed(made: Grants, *amounts: int) -> list[int]:
    """Cases with these sums proposed, in kroner; gives their ids."""
    cases = []
    for amount in amounts:
        case_id = made.sent(amount_ore=150_000_00)
        made.propose(case_id, amount * 100)
        cases.append(case_id)
    return cases


def signature(made: Grants, case_id: int, kroner: int, why: str = "") -> Signature:
    return Signature(case_id, made.facts(case_id).version, kroner * 100, why)


def sign(made: Grants, *wanted: Signature, who: str = "decider") -> list[signing.Signed]:
    return signing.sign(SCHEME, made.call_id, wanted, actor=made.actor(who))


def test_a_list_is_signed_in_one_go_with_reasoned_exceptions(made: Grants) -> None:
    whole, cut, none = proposed(made, 100_000, 80_000, 0)
    done = sign(
        made,
        signature(made, whole, 100_000),
        signature(made, cut, 60_000, "Rammen er liten i år."),
        signature(made, none, 0),
    )
    assert [one.outcome for one in done] == ["partly", "partly", "refused"]
    assert made.facts(cut).awarded_ore == 60_000_00
    assert "Rammen er liten i år." in (made.facts(cut).reasons or "")
    assert scalar(select(CallFrame.committed_ore)) == 160_000_00
    assert proposals.proposed(made.call_id, actor=made.actor("decider")) == []


def test_a_list_over_the_frame_decides_nothing(made: Grants) -> None:
    cases = proposed(made, 100_000, 100_000, 1)
    with pytest.raises(Refused, match="within_frame"):
        sign(
            made,
            *[signature(made, one, kroner) for one, kroner in zip(cases, (100_000, 100_000, 1), strict=True)],
        )
    assert {made.facts(one).state for one in cases} == {"proposed"}
    assert scalar(select(CallFrame.committed_ore)) == 0


def test_every_faulty_row_is_told_and_nothing_is_decided(made: Grants) -> None:
    good, unreasoned, above = proposed(made, 10_000, 20_000, 30_000)
    with pytest.raises(RowsRefused) as refused:
        sign(
            made,
            signature(made, good, 10_000),
            signature(made, unreasoned, 19_999),
            signature(made, above, 150_001, "Mer enn søkt"),
        )
    faults = refused.value.rows
    assert faults[above] == "above"
    assert getattr(faults[unreasoned], "name", "") == "funding.reasoned_deviation"
    assert good not in faults
    assert made.facts(good).state == "proposed"


def test_own_preparation_and_disqualification_cannot_be_signed_and_who_can_is_told(made: Grants) -> None:
    [mine, barred, free] = proposed(made, 10_000, 20_000, 30_000)
    sor = made.world.unit("sor")
    made.world.grant(made.people["caseworker"], "decision_maker", sor)
    made.staff("second", "decision_maker", "sor")
    for case_id in (mine, free):
        made.declare(case_id, "second")
    declare_tie(barred, ground="family", reason="", actor=made.actor("second"))
    own = {
        one.id: one.kept_from(made.actor("caseworker"))
        for one in proposals.proposed(made.call_id, actor=made.actor("caseworker"))
    }
    assert {rule.name for rule in own.values() if rule} == {"casework.separation_of_duties"}
    assert len(own) == 3
    listed = proposals.proposed(made.call_id, actor=made.actor("second"))
    kept = {one.id: one.kept_from(made.actor("second")) for one in listed}
    assert [kept[mine], kept[free]] == [None, None]
    assert getattr(kept[barred], "name", "") == "casework.disqualified"
    with pytest.raises(RowsRefused):
        sign(made, signature(made, barred, 20_000), who="second")
    page = Reader(made.world.client(made.people["second"])).text(f"{LIST}/{made.call_id}")
    assert "registrert som inhabil" in page
    assert "caseworker, decider" in page


def test_what_others_decide_meanwhile_is_told_and_the_rest_is_decided(made: Grants, monkeypatch: Any) -> None:
    first, second, third = proposed(made, 10_000, 20_000, 30_000)
    real = deciding.decide

    def meanwhile(scheme: Any, case_id: int, *rest: Any, **more: Any) -> str:
        if case_id == second:
            raise CaseChanged
        return real(scheme, case_id, *rest, **more)

    monkeypatch.setattr(deciding, "decide", meanwhile)
    wanted = [
        signature(made, one, kroner) for one, kroner in ((first, 10_000), (second, 20_000), (third, 30_000))
    ]
    done = sign(made, *wanted)
    assert [one.outcome for one in done] == ["partly", None, "partly"]
    assert sign(made, wanted[0]) == []  # decided already: it is not in the list any more


def test_another_region_sees_none_of_it(made: Grants) -> None:
    proposed(made, 10_000)
    made.staff("north", "decision_maker", "nord")
    assert proposals.proposed(made.call_id, actor=made.actor("north")) == []
    assert proposals.calls_with_proposals(SCHEME.code, actor=made.actor("north")) == []
    assert len(proposals.calls_with_proposals(SCHEME.code, actor=made.actor("decider"))) == 1


def test_sums_are_tried_by_address_and_nothing_is_stored(made: Grants) -> None:
    proposed(made, 100_000, 60_000, 60_000)
    reader = Reader(made.world.client(made.people["decider"]))
    with statements() as sent:
        page = reader.get(f"{LIST}/{made.call_id}?tak=50000")
    assert len(sent) <= 6, sent
    tried = page.get_data(as_text=True)
    assert (tried.count('value="50000"'), tried.count('value="50\u00a0000"')) == (1, 3)  # as typed; the rows
    assert "150 000 kr" in plain(page).replace("\N{NO-BREAK SPACE}", " ")
    fitted = reader.get(f"{LIST}/{made.call_id}?fordel=y").get_data(as_text=True)
    assert [
        fitted.count(f'value="{kroner}"') for kroner in ("90\u00a0909", "54\u00a0546", "54\u00a0545")
    ] == [1, 1, 1]
    wrong = reader.get(f"{LIST}/{made.call_id}?andel=150")
    assert "0 til 100" in plain(wrong)
    assert {one.proposed_ore for one in proposals.proposed(made.call_id, actor=made.actor("decider"))} == {
        100_000_00,
        60_000_00,
    }


def test_signing_on_the_page_without_scripts(made: Grants) -> None:
    whole, cut = proposed(made, 100_000, 80_000)
    reader, path = Reader(made.world.client(made.people["decider"])), f"{LIST}/{made.call_id}"
    assert "Tick" not in reader.text(path)
    versions = {f"version_{one}": made.facts(one).version for one in (whole, cut)}
    filled = {"kryss": [whole, cut], f"amount_{whole}": "100 000", f"amount_{cut}": "60 000", **versions}
    refused = reader.send(path, filled)
    assert refused.status_code == 422
    assert "begrunn" in plain(refused).lower()
    assert 'value="60 000"' in refused.get_data(as_text=True)
    done = reader.send(path, {**filled, "all_why": "Rammen er liten."})
    assert (done.status_code, done.headers["Location"]) == (303, f"{path}?signert=2")
    assert made.facts(cut).awarded_ore == 60_000_00
    again = reader.send(path, {**filled, "all_why": "Rammen er liten."}, seen=f"{path}?signert=2")
    assert again.status_code == 409
    assert scalar(select(CallFrame.committed_ore)) == 160_000_00


def test_the_list_opens_row_by_row_as_one_says_to_have_no_ties(made: Grants) -> None:
    seen, closed = proposed(made, 100_000, 80_000)
    made.staff("second", "decision_maker", "sor")
    reader, path = Reader(made.world.client(made.people["second"])), f"{LIST}/{made.call_id}"
    number = str(made.facts(seen).number)
    before = reader.text(path)
    assert number in before
    assert "Svømmekurs" not in before
    assert "100\u202f000" not in before
    with pytest.raises(RowsRefused):
        sign(made, signature(made, closed, 80_000), who="second")
    assert reader.send(f"{path}/habilitet", {"habil": seen}, seen=path).status_code == 303
    after = reader.text(path)
    assert after.count("Svømmekurs") >= 1
    file = reader.get(f"{path}/liste.csv").get_data(as_text=True)
    assert number in file
    assert str(made.facts(closed).number) not in file


def test_an_old_login_signs_nothing_and_keeps_the_ticks(made: Grants) -> None:
    [case_id] = proposed(made, 10_000)
    reader, path = Reader(made.world.client(made.people["decider"])), f"{LIST}/{made.call_id}"
    with transaction() as session:
        session.execute(update(UserSession).values(authenticated_at=datetime.now(UTC) - timedelta(hours=1)))
    filled = {
        "kryss": case_id,
        f"amount_{case_id}": "10000",
        f"version_{case_id}": made.facts(case_id).version,
    }
    refused = reader.send(path, filled, seen="/min-side")
    assert refused.status_code == 303
    assert refused.headers["Location"].startswith("/bekreft-deg?next=/bekreft-deg/fortsett/")
    assert made.facts(case_id).state == "proposed"
    kept = reader.get(refused.headers["Location"].split("next=")[1].split("&")[0]).get_data(as_text=True)
    assert f'name="kryss" hidden>\n{case_id}<' in kept
    assert f'href="/bekreft-deg?next={path}' in reader.get(path).get_data(as_text=True)
    with transaction() as session:
        session.execute(update(UserSession).values(authenticated_at=datetime.now(UTC)))
    assert reader.send(path, filled).status_code == 303


def test_the_file_holds_the_list_and_taking_it_out_is_recorded(made: Grants) -> None:
    proposed(made, 100_000, 60_000)
    reader = Reader(made.world.client(made.people["decider"]))
    before = made.world.count("audit_entry")
    answer = reader.get(f"{LIST}/{made.call_id}/liste.csv?tak=50000")
    rows = answer.get_data(as_text=True).splitlines()
    assert len(rows) == 3
    assert "50000,00" in rows[1]
    assert "100000,00" in rows[1]
    assert made.world.count("audit_entry") == before + 1
    other = Reader(made.world.client(made.staff("reader", "grant_caseworker", "sor")))
    assert other.get(f"{LIST}/{made.call_id}").status_code == 403
