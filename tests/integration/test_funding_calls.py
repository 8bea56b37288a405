"""Calls: written as drafts, announced, changed in the open, closed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from icalendar import Calendar
from sqlalchemy import insert, select

from plugins.child_grants.scheme import SCHEME
from portal import clock
from portal.access.policy import Denied
from portal.database import read, scalar, transaction
from portal.funding import applying, call_queries, calls
from portal.funding.distribution import SEVERAL, place_for
from portal.funding.eligibility import NotEligible
from portal.funding.models import Application, Call
from portal.notifications.models import Notice
from portal.organisations.models import Organisation
from tests.funding import Grants, grants, terms
from tests.integration.test_funding_pages import Browser, browser
from tests.world import World

PREFIX = "/barnetilskudd"
NEW = f"{PREFIX}/utlysninger/ny"


@pytest.fixture
def made(world: World) -> Grants:
    found = grants(world)
    found.people["chief"] = found.people["decider"]
    found.staff("regional", "decision_maker", "sor")
    return found


def typed(**changed: Any) -> dict[str, Any]:
    """What somebody writes in the form of a new call."""
    today = clock.today()
    written: dict[str, Any] = {
        "year": str(today.year + 1),
        "title_nb": "Sommer for barn",
        "title_nn": "Sommar for barn",
        "intro_nb": "Søk om penger til sommeren.",
        "goals": ["everyday", "reach"],
        "frame": "250 000",
        "opens_on": (today - timedelta(days=1)).isoformat(),
        "closes_on": (today + timedelta(days=20)).isoformat(),
        "rolling": "no",
        "applicants": ["voluntary", "non_profit"],
        "register_strength": "must",
        "appeal_to": "Justis- og beredskapsdepartementet",
    }
    return {**written, **changed}


def drafted(made: Grants, **changed: Any) -> tuple[Browser, str]:
    chief = browser(made, "chief")
    where = chief.post(NEW, NEW, typed(**changed))
    assert where.startswith(f"{PREFIX}/utlysning/")
    return chief, where


def test_a_draft_is_seen_by_nobody_outside_and_published_as_it_was_shown(made: Grants) -> None:
    chief, where = drafted(made)
    anybody = Browser(made.world.app.test_client())
    for who in (anybody, browser(made, "leader"), browser(made, "caseworker")):
        who.get(where, 404)
        who.get(f"{where}/kalender.ics", 404)
        assert "Sommer for barn" not in who.get(f"{PREFIX}/")
    shown = chief.get(where)
    assert "Dette er et utkast" in shown
    assert "Budsjettet er ikke vedtatt ennå" in shown
    number = where.rsplit("/", 1)[1]
    chief.post(where, f"{PREFIX}/utlysninger/{number}/publiser", {})
    page = anybody.get(where)
    assert "Sommer for barn" in page
    assert "Dette er et utkast" not in page
    assert "Budsjettet er ikke vedtatt ennå" in page
    assert "Sommer for barn" in anybody.get(f"{PREFIX}/")


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"goals": []}, "Velg minst ett mål."),
        ({"frame": "0"}, "Rammen må være over null"),
        ({"closes_on": "2020-01-01"}, "Den siste dagen må komme etter den første."),
        ({"title_nb": ""}, "Skriv tittelen."),
        ({"applicants": []}, "Velg minst én type søker."),
        ({"opens_on": "igår"}, "Skriv datoen som dag.måned.år"),
    ],
)
def test_what_is_wrong_is_told_in_place_and_what_was_written_stays(
    made: Grants, wrong: dict[str, Any], told: str
) -> None:
    before = scalar(select(Call.id).order_by(Call.id.desc()).limit(1))
    page = browser(made, "chief").post(NEW, NEW, typed(**wrong), 422)
    assert told in page
    assert "Søk om penger til sommeren." in page
    assert scalar(select(Call.id).order_by(Call.id.desc()).limit(1)) == before


def test_a_goal_without_criterion_question_or_report_field_is_not_announced(
    made: Grants, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = calls.SCHEMES[SCHEME.code]
    monkeypatch.setattr(type(whole), "bound_goals", lambda _self: {"everyday"})
    with pytest.raises(calls.CallRefused, match="unbound_goal"):
        calls.publish_call(terms(), actor=made.actor("chief"))
    assert calls.publish_call(terms(goals=("everyday",)), actor=made.actor("chief"))


def test_a_change_is_a_new_version_and_everybody_with_a_draft_is_told(made: Grants) -> None:
    case_id = made.draft()
    chief, where = browser(made, "chief"), f"{PREFIX}/utlysninger/{made.call_id}"
    page = chief.post(where, where, typed(title_nb="Aktiviteter for barn 2027"), 422)
    assert "Skriv hva som er nytt." in page
    chief.post(where, where, typed(title_nb="Aktiviteter for barn 2027", change_nb="Fristen er flyttet."))
    assert scalar(select(Application.call_version).where(Application.case_id == case_id)) == 2
    told = {row.kind for row in read(select(Notice.kind).where(Notice.person_id == made.people["leader"]))}
    assert "funding.call_changed" in told
    public = f"{PREFIX}/utlysning/{made.call_id}"
    anybody = Browser(made.world.app.test_client())
    now = anybody.get(public)
    assert "Fristen er flyttet." in now
    assert "Søk om penger til sommeren." in now
    then = anybody.get(f"{public}/versjon/1")
    assert "Dette er en tidligere versjon" in then
    assert "Søk om penger til sommeren." not in then
    anybody.get(f"{public}/versjon/9", 404)


def test_two_who_change_a_call_do_not_overwrite_each_other(made: Grants) -> None:
    where = f"{PREFIX}/utlysninger/{made.call_id}"
    first, data = browser(made, "chief"), typed(change_nb="Ny frist.")
    stale = {**data, "version": "1", "title_nb": "Skrevet samtidig"}
    first.post(where, where, data)
    page = first.post(where, where, stale, 409)
    assert "Noen andre endret utlysningen imens" in page
    assert "Skrevet samtidig" in page
    assert call_queries.get_call(made.call_id, scheme=SCHEME.code).version == 2


def test_the_frame_cannot_go_below_what_is_bound(made: Grants) -> None:
    case_id = made.sent()
    made.propose(case_id, 40_000_00)
    made.decide(case_id, 40_000_00)
    where = f"{PREFIX}/utlysninger/{made.call_id}"
    page = browser(made, "chief").post(where, where, typed(frame="39 999", change_nb="Mindre penger."), 422)
    assert "ikke lavere enn det vedtak allerede har bundet" in page
    browser(made, "chief").post(where, where, typed(frame="40 000", change_nb="Mindre penger."))


def test_only_who_manages_calls_nationally_writes_them(made: Grants) -> None:
    for who in ("leader", "caseworker", "regional"):
        client = made.world.client(made.people[who])
        assert client.get(f"{PREFIX}/utlysninger").status_code in (403, 404), who
        assert client.get(NEW).status_code in (403, 404), who
        with pytest.raises(Denied):
            calls.keep_draft(terms(), actor=made.actor(who))
    browser(made, "chief").get(f"{PREFIX}/utlysninger")


def test_the_calendar_holds_the_last_whole_day(made: Grants) -> None:
    last = clock.today() + timedelta(days=30)
    calls.change_call(made.call_id, terms(closes_at=clock.end_of_day(last)), actor=made.actor("chief"))
    client = made.world.app.test_client()
    for path in (f"{PREFIX}/utlysning/{made.call_id}/kalender.ics", f"{PREFIX}/kalender.ics"):
        response = client.get(path)
        assert response.mimetype == "text/calendar"
        events = {str(e["uid"]).split("@")[0]: e for e in Calendar.from_ical(response.data).walk("VEVENT")}
        closing = events[f"call-{made.call_id}-closes"]
        assert closing["dtstart"].dt == last
        assert type(closing["dtstart"].dt) is date
        assert int(closing["sequence"]) == 2


def test_a_call_for_some_kinds_turns_the_others_away_with_its_rule(made: Grants) -> None:
    calls.change_call(made.call_id, terms(applicants=("individual",)), actor=made.actor("chief"))
    with pytest.raises(NotEligible) as refused:
        made.draft()
    assert refused.value.rule.name == "funding.call_names_applicants"


def test_outside_the_voluntary_register_depends_on_the_calls_strength(world: World) -> None:
    made = grants(world)
    with transaction() as session:
        session.execute(
            insert(Organisation).values(
                unit_id=made.owner_id,
                owner_id=made.owner_id,
                kind="voluntary",
                name="Elvebakken frivilligsentral",
                sort_key="e",
                level="local",
                facts={"in_voluntary_register": False},
            )
        )
    with pytest.raises(NotEligible) as refused:
        made.draft()
    assert refused.value.rule.name == "child_grants.voluntary_register"
    calls.change_call(made.call_id, terms(register_strength="should"), actor=made.actor("decider"))
    assert made.draft()


def test_plans_in_many_counties_go_where_the_table_says(made: Grants) -> None:
    world = made.world
    here = [world.site(f"Mottak {town}", "sor", municipality=town) for town in ("3301", "4601", "5001")]
    nord, sor = world.unit("nord"), world.unit("sor")
    assert place_for(here, {SEVERAL: nord}, national_unit="udi").regional_id == nord
    assert place_for(here[:2], {SEVERAL: nord}, national_unit="udi").regional_id == sor
    assert place_for(here, {}, national_unit="udi").regional_id == sor


def test_a_closed_call_takes_no_late_applications(made: Grants) -> None:
    chief = made.actor("chief")
    with pytest.raises(calls.CallRefused, match="open"):
        calls.close_call(SCHEME, made.call_id, actor=chief)
    now = clock.now()
    passed = terms(opens_at=now - timedelta(days=9), closes_at=now - timedelta(days=1))
    calls.change_call(made.call_id, passed, actor=chief)
    assert made.draft()
    calls.close_call(SCHEME, made.call_id, actor=made.actor("chief"))
    with pytest.raises(applying.OutOfReach):
        made.draft()
    assert "Utlysningen er stengt." in Browser(made.world.app.test_client()).get(
        f"{PREFIX}/utlysning/{made.call_id}"
    )
