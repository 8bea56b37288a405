"""The reception centres an application names are asked, answer for themselves, and stop nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import text

from plugins.child_grants import services
from plugins.child_grants.permissions import SITE_CONTACT_ANSWER
from plugins.child_grants.queries import Contact, asked, contacts_of
from portal import clock
from portal.access.policy import OutOfReach
from portal.database import read, switch_transaction
from portal.jobs.kinds import catalogue
from portal.pluginhost import switching
from tests.funding import Grants, grants
from tests.pages import Reader, statements
from tests.world import World

PREFIX = "/barnetilskudd"


@pytest.fixture
def made(world: World) -> Grants:
    found = grants(world)
    found.people["mari"] = world.person("Mari Lund")
    world.grant(found.people["mari"], "site_manager", found.sites["sor"])
    found.people["jo"] = world.person("Jo i nord")
    world.grant(found.people["jo"], "site_volunteer_coordinator", found.sites["nord"])
    return found


@pytest.fixture(autouse=True)
def _listening() -> Iterator[None]:
    yield
    work.done = 0


class _Work:
    """Does what waits for a worker, and what that leads to; mail and files apart."""

    done = 0

    def __call__(self) -> None:
        while rows := read(_WAITING, {"after": self.done}):
            for number, name, args in map(tuple, rows):
                self.done = number
                catalogue.tasks[name](**args)


_WAITING = text(
    "SELECT id, task_name, args FROM procrastinate_jobs WHERE id > :after AND status = 'todo'"
    " AND task_name IN ('record.dispatch', 'record.handle') ORDER BY id"
)
work = _Work()


def contact(made: Grants, case_id: int, site: str = "sor") -> Contact:
    return contacts_of(case_id)[made.sites[site]]


def answer(made: Grants, who: str, asked_for: Contact, said: str = "confirmed", note: str = "") -> None:
    services.answer_contact(
        asked_for.id,
        answer=said,
        note=note,
        day=clock.today(),
        version=asked_for.version,
        actor=made.actor(who),
    )


def test_sending_asks_each_named_site_at_its_own_place_and_tells_those_who_answer(made: Grants) -> None:
    case_id = made.sent()
    assert contacts_of(case_id) == {}, "sending waits for nobody"
    work()
    one = contact(made, case_id)
    assert (one.local_id, one.regional_id, one.told) == (made.sites["sor"], made.world.unit("sor"), 1)
    assert [c.id for c in asked(made.actor("mari"))] == [one.id]
    assert asked(made.actor("jo")) == []
    told = read(text("SELECT person_id, href FROM notice WHERE kind = 'child_grants.asked'"))
    assert [tuple(row) for row in told] == [(made.people["mari"], f"{PREFIX}/mottak/{one.id}")]
    work.done = 0
    work()
    assert made.world.count("child_grants_site_contact") == 1, "asked once, however often the event is told"


def test_the_site_sees_the_plan_as_it_was_sent_and_nothing_of_the_money_or_the_case(made: Grants) -> None:
    case_id = made.sent()
    work()
    mari = Reader(made.world.client(made.people["mari"]))
    assert "Elvebakken frivilligsentral" in mari.text("/min-side")
    page = mari.text(f"{PREFIX}/mottak/{contact(made, case_id).id}")
    for shown in ("Svømmekurs for nybegynnere", "Ti onsdager", "Vi har snakket med mottaket", "24"):
        assert shown in page
    for hidden in ("48\u202f500", "Kari Solbakken", "kari@example.no", "Svømmehall "):
        assert hidden not in page
    for closed in (f"{PREFIX}/soknad/{case_id}", f"{PREFIX}/soknad/{case_id}/mottak", f"/saker/{case_id}"):
        assert mari.get(closed).status_code in (403, 404), closed
    jo = Reader(made.world.client(made.people["jo"]))
    assert jo.get(f"{PREFIX}/mottak/{contact(made, case_id).id}").status_code == 404


def test_an_answer_is_seen_by_both_sides_and_can_be_changed_until_the_decision(made: Grants) -> None:
    case_id = made.sent()
    work()
    mari = Reader(made.world.client(made.people["mari"]))
    page = f"{PREFIX}/mottak/{contact(made, case_id).id}"
    refused = mari.send(page, {"answer": "disagrees", "note": ""})
    assert refused.status_code == 422
    assert "Skriv hva dere ser annerledes" in refused.get_data(as_text=True)
    assert mari.send(page, {"answer": "confirmed", "note": "Onsdager passer."}).status_code == 303
    assert mari.send(page, {"answer": "disagrees", "note": "Bare annenhver onsdag."}).status_code == 303
    assert "in contact" not in mari.text("/min-side")
    made.declare(case_id, "caseworker")
    for who in ("leader", "caseworker"):
        case = Reader(made.world.client(made.people[who])).text(f"{PREFIX}/soknad/{case_id}")
        assert "Bare annenhver onsdag." in case, who
    events = read(
        text("SELECT data->>'answer' FROM audit_entry WHERE name LIKE '%contact_answered' ORDER BY id")
    )
    assert [row[0] for row in events] == ["confirmed", "disagrees"]
    made.propose(case_id, 10_000_00)
    made.decide(case_id, 10_000_00)
    with pytest.raises(services.AnswerStands, match="decided"):
        answer(made, "mari", contact(made, case_id))
    work()
    assert contact(made, case_id).closed_at is not None
    assert "Bare annenhver onsdag." in mari.text(page)


def test_silence_stops_nothing_and_the_task_goes_when_the_case_is_withdrawn(made: Grants) -> None:
    silent, withdrawn = made.sent(), made.sent(site="nord")
    work()
    made.propose(silent, 10_000_00)
    assert made.decide(silent, 10_000_00) == "partly"
    assert asked(made.actor("jo"))[0].closed_at is None
    made.step(withdrawn, "withdraw", "leader")
    work()
    for who in ("mari", "jo"):
        assert (
            "Svar"
            not in Reader(made.world.client(made.people[who])).text("/min-side").split("Dere venter")[0]
        )
    assert contact(made, withdrawn, "nord").closed_at is not None


def test_a_role_at_the_site_that_has_ended_with_the_contract_opens_nothing(made: Grants) -> None:
    case_id = made.sent()
    work()
    one = contact(made, case_id)
    with switch_transaction() as session:
        session.execute(
            text("UPDATE assignment SET valid_to = :then WHERE person_id = :mari"),
            {"then": clock.now() - timedelta(minutes=1), "mari": made.people["mari"]},
        )
    assert not made.actor("mari").may_somewhere(SITE_CONTACT_ANSWER.name)
    with pytest.raises(OutOfReach):
        answer(made, "mari", one)
    assert Reader(made.world.client(made.people["mari"])).get(f"{PREFIX}/mottak/{one.id}").status_code == 403


def test_what_is_heard_by_telephone_gives_way_to_the_sites_own_word_and_never_the_other_way(
    made: Grants,
) -> None:
    case_id = made.sent()
    made.declare(case_id, "caseworker")
    heard = {"answer": "not_known", "answered_on": clock.today(), "note": ""}
    unit = made.sites["sor"]
    services.record_contact(case_id, unit, **heard, actor=made.actor("caseworker"))
    work()
    assert made.world.count("child_grants_site_contact") == 1
    stale = contact(made, case_id)
    answer(made, "mari", stale)
    with pytest.raises(services.AnswerStands, match="own"):
        services.record_contact(case_id, unit, **heard, actor=made.actor("caseworker"))
    with pytest.raises(services.AnswerStands, match="changed"):
        answer(made, "mari", stale, "not_known")
    assert contact(made, case_id).answer == "confirmed"
    page = Reader(made.world.client(made.people["caseworker"])).text(f"{PREFIX}/soknad/{case_id}/mottak")
    assert "Mottaket har selv svart i portalen" in page


def test_what_is_sent_while_the_plugin_is_off_at_once_after_is_asked_when_it_is_on_again(
    made: Grants,
) -> None:
    case_id = made.sent()
    switching.disable("child_grants", actor=None, message="Av.", despite_blockers=True)
    assert Reader(made.world.client(made.people["mari"])).get(f"{PREFIX}/mottak").status_code == 404
    switching.enable("child_grants", actor=None)
    work()
    assert contact(made, case_id).told == 1


def test_the_pages_of_a_site_send_at_most_six_statements(made: Grants) -> None:
    case_id = made.sent()
    made.sent()
    work()
    mari = Reader(made.world.client(made.people["mari"]))
    for page in (f"{PREFIX}/mottak", f"{PREFIX}/mottak/{contact(made, case_id).id}", "/min-side"):
        with statements() as sent:
            mari.text(page)
        assert 0 < len(sent) <= 6, (page, sent)


def test_only_who_writes_down_what_a_site_says_is_led_there(made: Grants) -> None:
    case_id = made.sent()
    link = f'href="/barnetilskudd/soknad/{case_id}/mottak"'
    for who, led in (("caseworker", True), ("decider", False)):
        made.declare(case_id, who)
        page = made.world.client(made.people[who]).get(f"/barnetilskudd/soknad/{case_id}")
        assert page.status_code == 200
        assert (link in page.get_data(as_text=True)) is led
