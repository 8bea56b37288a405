"""Beginning with what one wrote before, and files that UDI would get nothing of."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy import update

from plugins.child_grants.scheme import SCHEME
from portal.access.policy import OutOfReach
from portal.database import transaction
from portal.documents.models import Document
from portal.funding import applying, copying
from portal.units.models import Unit
from tests.funding import Grants, grants
from tests.integration.test_funding_pages import browser
from tests.world import World

PREFIX = "/barnetilskudd"


@pytest.fixture
def made(world: World) -> Grants:
    return grants(world)


def begun(made: Grants) -> int:
    return applying.start_application(
        SCHEME,
        made.call_id,
        owner_id=made.owner_id,
        kind="voluntary",
        key=uuid4(),
        actor=made.actor("leader"),
    )


def test_last_years_answers_fill_the_empty_pages_and_nothing_else(made: Grants) -> None:
    old, new = made.sent(), begun(made)
    plan = SCHEME.group("plan")
    assert plan is not None
    applying.save_answers(SCHEME, new, plan, {"plan": "Ny plan."}, version=0, actor=made.actor("leader"))
    copied = copying.copy_earlier(SCHEME, new, old, actor=made.actor("leader"))
    assert "plan" not in copied
    now, before = made.facts(new, "leader"), made.facts(old, "leader")
    assert now.find("plan") == "Ny plan."
    assert now.find("goal") == before.find("goal") == "Barna blir trygge i vann."
    assert now.sites == before.sites
    assert now.budget == before.budget
    assert now.amount_ore == before.amount_ore
    assert (now.state, now.number) == ("draft", None)
    assert before == made.facts(old, "leader")


def test_a_closed_reception_centre_is_not_copied(made: Grants) -> None:
    old, new = made.sent(), begun(made)
    with transaction() as session:
        session.execute(update(Unit).where(Unit.id == made.sites["sor"]).values(valid_to="2024-06-01"))
    copying.copy_earlier(SCHEME, new, old, actor=made.actor("leader"))
    assert made.facts(new, "leader").sites == ()


def test_nobody_copies_from_another_organisation(made: Grants) -> None:
    old = made.sent()
    other = made.world.civil_unit("Nordlys leik og fritid")
    made.member("elin", "leader", other)
    mine = applying.start_application(
        SCHEME, made.call_id, owner_id=other, kind="voluntary", key=uuid4(), actor=made.actor("elin")
    )
    with pytest.raises(OutOfReach):
        copying.copy_earlier(SCHEME, mine, old, actor=made.actor("elin"))
    made.member("elin", "editor", made.owner_id)  # may read both, but they are not one applicant
    with pytest.raises(OutOfReach):
        copying.copy_earlier(SCHEME, mine, old, actor=made.actor("elin"))


def test_the_task_list_offers_it_until_one_has_begun(made: Grants) -> None:
    old, new = made.sent(), begun(made)
    leader, tasks = browser(made, "leader"), f"{PREFIX}/soknad/{new}/skjema"
    assert "Begynne med det dere skrev før?" in leader.get(tasks)
    leader.post(tasks, f"{PREFIX}/soknad/{new}/kopier", {"from": str(old)})
    assert "Begynne med det dere skrev før?" not in leader.get(tasks)
    assert "Svømmekurs for nybegynnere" in leader.get(tasks)


def test_a_refused_file_is_told_of_and_kept_from_being_sent(made: Grants) -> None:
    case_id = made.draft()
    document = applying.attach_file(
        SCHEME, case_id, content=b"%PDF-1.7\n", filename="regnskap.pdf", actor=made.actor("leader")
    )
    with transaction() as session:
        session.execute(
            update(Document).where(Document.id == document).values(state="refused", refusal="malware")
        )
    leader, send = browser(made, "leader"), f"{PREFIX}/soknad/{case_id}/send"
    assert "Filen er ikke trygg" in leader.get(send)
    with pytest.raises(applying.Incomplete):
        applying.submit(SCHEME, case_id, key=uuid4(), actor=made.actor("leader"))
    applying.remove_file(SCHEME, case_id, document, actor=made.actor("leader"))
    applying.submit(SCHEME, case_id, key=uuid4(), actor=made.actor("leader"))
