"""Rules inherit downward and may be made stricter, never weaker; ATE may leave a duty with a reason."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal import clock
from portal.access.actor import Place
from portal.administration.level_rules import DEPUTY
from portal.casework.asking import earliest_answer
from portal.casework.rules import DAYS_TO_ANSWER
from portal.database import read, transaction
from portal.organisations.registration.deadlines import watch_deadlines
from portal.organisations.registration.level_rules import ANSWER_WITHIN, CHECKS, WARNED_BEFORE
from portal.record.models import AuditEntry
from portal.rules import LevelRule, Rule, declare_level_rule
from portal.rules.holding import everywhere, holding
from portal.units.contacts import Contact, add_contact
from portal.web.kit.i18n import lazy_gettext as _
from tests.funding import Grants, grants
from tests.pages import Reader, plain, statements
from tests.registering import registration, sent
from tests.world import World, holder


@pytest.fixture
def national(world: World) -> Reader:
    return holder(world, "coordinator", "lt-mottaksoppfolging")


@pytest.fixture
def south(world: World) -> Reader:
    return holder(world, "regional_director", "sor")


def page(world: World, unit: str | int, about: LevelRule) -> str:
    return f"/enheter/{world.unit(unit) if isinstance(unit, str) else unit}/regler/{about.name}"


def say(by: Reader, path: str, **typed: object) -> None:
    answer = by.send(path, {"reason": "Vi trenger det.", **typed})
    assert answer.status_code == 303, plain(answer)


def at(world: World, *codes: str | int) -> Place:
    units = [world.unit(one) if isinstance(one, str) else one for one in codes]
    return Place(world.unit("udi"), *units)


def test_the_strictest_holds_downward_and_beside_it_nothing_changes(
    world: World, national: Reader, south: Reader
) -> None:
    site = world.site("Mottak Sør", "sor")
    say(national, page(world, "lt-mottaksoppfolging", DAYS_TO_ANSWER), number=5)
    say(south, page(world, "sor", DAYS_TO_ANSWER), number=10)
    say(south, page(world, site, DAYS_TO_ANSWER), number=12)
    below = at(world, "sor", site)
    with statements() as sql:
        assert holding(DAYS_TO_ANSWER, below).number == 12
    assert len(sql) == 1
    places = {"sor": 10, "nord": 5, "ate": 5}
    for code, days in places.items():
        assert holding(DAYS_TO_ANSWER, at(world, code)).number == days
        assert everywhere(DAYS_TO_ANSWER)(at(world, code)).number == days
    say(national, page(world, "lt-mottaksoppfolging", DAYS_TO_ANSWER), number=20)
    assert holding(DAYS_TO_ANSWER, at(world, "sor", site)).number == 20


@pytest.mark.parametrize("days", ["3", "5", "4", "61", "0", "mange"])
def test_weaker_than_what_comes_from_above_is_refused_at_the_field_and_kept(
    world: World, national: Reader, south: Reader, days: str
) -> None:
    say(national, page(world, "lt-mottaksoppfolging", DAYS_TO_ANSWER), number=5)
    path = page(world, "sor", DAYS_TO_ANSWER)
    answer = south.send(path, {"number": days, "reason": "Kortere er nok"})
    assert answer.status_code == 422
    html = answer.get_data(as_text=True)
    assert 'id="number-error"' in html
    assert f'value="{days}"' in html
    assert "Kortere er nok" in html
    assert holding(DAYS_TO_ANSWER, at(world, "sor")).number == 5
    assert south.send(path, {"number": 8, "reason": " "}).status_code == 422


def test_a_list_grows_downward_and_nobody_below_strikes_a_point_from_above(
    world: World, national: Reader, south: Reader
) -> None:
    above, here = page(world, "lt-mottaksoppfolging", CHECKS), page(world, "sor", CHECKS)
    say(national, above, point="Se i Frivillighetsregisteret")
    say(south, here, point="Ring lederen")
    assert holding(CHECKS, at(world, "sor")).points == ("Se i Frivillighetsregisteret", "Ring lederen")
    assert holding(CHECKS, at(world, "nord")).points == ("Se i Frivillighetsregisteret",)
    assert south.send(here, {"point": "Ring lederen", "reason": "x"}).status_code == 422
    first = holding(CHECKS, at(world, "nord")).sources[0].id
    assert south.send(f"{here}/ta-tilbake", {"said": first}, seen=here).status_code == 409
    assert len(holding(CHECKS, at(world, "sor")).points) == 2
    made = sent(world.person("Nora"), path="group")
    shown = holder(world, "regional_contact", "sor").text(f"/organisasjoner/registreringer/{made}")
    assert "Ring lederen (Region Sør)" in shown
    assert "Se i Frivillighetsregisteret" in shown


def test_only_ate_leaves_a_duty_only_one_that_can_be_left_and_with_a_reason(
    world: World, national: Reader, south: Reader
) -> None:
    ate = holder(world, "ate_leader", "ate")
    site = world.site("Ankomst", "ate", municipality="3118")
    for unit in (world.unit("ate"), world.unit("sor")):
        with transaction() as session:
            add_contact(session, unit, Contact(name="Liv", email="liv@example.no"), actor=None)
    here = page(world, "ate", DEPUTY)
    assert ate.send(f"{here}/forlat", {"leave-reason": "Nei"}, seen=here).status_code == 422
    say(national, page(world, "lt-mottaksoppfolging", DEPUTY))
    assert "Ingen stedfortreder" in ate.text(f"/enheter/{world.unit('ate')}")
    assert ate.send(f"{here}/forlat", {"leave-reason": ""}, seen=here).status_code == 422
    assert (
        ate.send(f"{here}/forlat", {"leave-reason": "Vaktordning døgnet rundt"}, seen=here).status_code == 303
    )
    assert not holding(DEPUTY, at(world, "ate")).on
    assert not holding(DEPUTY, at(world, "ate", site)).on
    assert holding(DEPUTY, at(world, "sor")).on
    assert "Vaktordning" in ate.text(f"/enheter/{world.unit('ate')}/regler")
    assert "Ingen stedfortreder" not in ate.text(f"/enheter/{world.unit('ate')}")
    region = page(world, "sor", DEPUTY)
    refused = south.send(f"{region}/forlat", {"leave-reason": "Vi også"}, seen=region)
    assert refused.status_code == 422
    assert "Bare ATE" in plain(refused)
    say(ate, page(world, site, DEPUTY))
    assert holding(DEPUTY, at(world, "ate", site)).on
    say(ate, here)
    assert holding(DEPUTY, at(world, "ate")).on


def test_what_must_be_done_cannot_be_declared_as_leavable() -> None:
    must = Rule("x.must", "must", _("x"), "lov § 1", clock.today())
    with pytest.raises(ValueError, match="cannot be left"):
        declare_level_rule(LevelRule(_("x"), _("x"), must, "duty", leavable=True))


def test_who_may_say_what_is_judged_at_the_unit_and_everything_said_is_in_the_trail(
    world: World, south: Reader
) -> None:
    caseworker = holder(world, "grant_caseworker", "sor")
    listing = f"/enheter/{world.unit('sor')}/regler"
    assert "Endre det" not in caseworker.text(listing)
    path = page(world, "sor", ANSWER_WITHIN)
    assert caseworker.get(path).status_code == 403
    assert south.get(page(world, "nord", ANSWER_WITHIN)).status_code == 404
    assert south.get(page(world, "udi", ANSWER_WITHIN)).status_code == 404
    say(south, path, number=20)
    assert "Høyst 20 dager" in caseworker.text(listing)
    assert "forvaltningsloven § 11 a" in caseworker.text(listing)
    rows = read(AuditEntry.__table__.select().where(AuditEntry.subject == "unit_rule"))
    assert [(row.name, row.data["number"]) for row in rows] == [("rules.tightened", 20)]


def test_registrations_are_answered_and_reminded_of_by_the_days_of_their_place(
    world: World, south: Reader
) -> None:
    say(south, page(world, "sor", ANSWER_WITHIN), number=15)
    say(south, page(world, "sor", WARNED_BEFORE), number=10)
    today = clock.today()
    made = sent(world.person("Nora"), path="group")
    assert registration(made).due_on == today + timedelta(days=15)
    with clock.fixed(clock.now() + timedelta(days=4)):
        watch_deadlines()
    assert registration(made).warned_for is None
    with clock.fixed(clock.now() + timedelta(days=5)):
        watch_deadlines()
    assert registration(made).warned_for == registration(made).due_on
    assert registration(made).due_on < clock.months_later(today, 1)


def test_an_applicant_gets_the_days_that_hold_where_the_case_stands(world: World, south: Reader) -> None:
    made: Grants = grants(world)
    case_id = made.sent()
    made.step(case_id, "take", "caseworker")
    assert earliest_answer(made.facts(case_id)) == clock.today() + timedelta(days=3)
    say(south, page(world, "sor", DAYS_TO_ANSWER), number=10)
    ingrid = Reader(world.client(made.people["caseworker"]))
    path = f"/barnetilskudd/soknad/{case_id}/mangler"
    typed = {"text": "Mer, takk.", "felt": "plan.plan", "due_on": clock.today() + timedelta(days=9)}
    refused = ingrid.send(path, typed)
    assert refused.status_code == 422
    assert "minst 10 dager" in plain(refused)
    later = clock.today() + timedelta(days=10)
    assert ingrid.send(path, {**typed, "due_on": later}).status_code == 303
