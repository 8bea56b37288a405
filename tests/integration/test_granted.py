"""What follows a grant: money moves after acceptance, to a confirmed account, by two persons, once."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from plugins.child_grants.scheme import SCHEME
from portal import clock
from portal.access.policy import Denied, OutOfReach
from portal.casework.firing import CaseChanged, Refused
from portal.casework.models import CaseDeadline
from portal.casework.queries import timeline
from portal.database import read, scalar, transaction
from portal.documents.services import UploadRefused
from portal.funding.applying import Conflict
from portal.funding.granted import (
    accepting,
    accounts,
    changing,
    exporting,
    paying,
    repaying,
    reporting,
    reviewing,
)
from portal.funding.granted.facts import Claim
from portal.funding.granted.models import GrantReport, Instalment, PayeeAccount
from portal.funding.models import AwardEntry, CallFrame
from portal.funding.workflow import KIND
from portal.notifications.models import Notice
from portal.web.kit.formats import kr
from tests.funding import Grants
from tests.granted import (
    ACCOUNT,
    OTHER_ACCOUNT,
    REPORT,
    accept,
    accepted,
    confirm,
    controlled,
    grant,
    granted,
    in_two_weeks,
    paid,
    pay,
    paying_world,
    report,
    reported,
)
from tests.running_at_once import at_once
from tests.world import World

PDF = b"%PDF-1.7\n%%EOF\n"
CHECKED = dict.fromkeys(reviewing.CHECKS, "ok")


@pytest.fixture
def made(world: World) -> Grants:
    return paying_world(world)


def rule_of(act: Callable[[], object]) -> str:
    """The rule that refuses the act."""
    with pytest.raises(Refused) as refused:
        act()
    return refused.value.rule.name.removeprefix("funding.")


def ledger(made: Grants) -> tuple[int, int]:
    """(bound by the frame, sum of the ledger)."""
    bound = scalar(select(CallFrame.committed_ore).where(CallFrame.call_id == made.call_id))
    entries = scalar(
        select(func.coalesce(func.sum(AwardEntry.amount_ore), 0)).where(AwardEntry.call_id == made.call_id)
    )
    return int(bound), int(entries)


def test_from_a_grant_to_a_repaid_remainder(made: Grants) -> None:
    case_id = reported(made, 40_000_00)
    standing = grant(made, case_id)
    assert (standing.unused_ore, standing.used_share) == (8_500_00, 82)
    caseworker, decider, officer = (made.actor(who) for who in ("caseworker", "decider", "officer"))
    version = standing.application.version

    def approve() -> None:
        reviewing.approve(
            SCHEME, case_id, checks=CHECKED, review="Alt stemmer.", version=version, actor=caseworker
        )

    assert rule_of(approve) == "money_owed"
    claim = Claim(
        ground="unused", amount_ore=8_500_00, reasons="Ikke brukt.", due_on=in_two_weeks(), pay_to=ACCOUNT
    )

    def demand_it() -> int:
        return repaying.demand(SCHEME, case_id, claim, version=version, key=uuid4(), actor=decider)

    assert rule_of(demand_it) == "demand_prepared"
    assert controlled(made, case_id) == version
    demand = demand_it()

    def finish() -> None:
        now = made.facts(case_id, "officer").version
        repaying.finish(SCHEME, case_id, version=now, actor=officer)

    for part in (3_000_00, 5_500_00):
        assert rule_of(finish) == "not_repaid"
        key = uuid4()
        for _click in range(2):
            repaying.register(
                SCHEME, case_id, demand, amount_ore=part, paid_on=clock.today(), reference="I-1", key=key,
                actor=officer,
            )  # fmt: skip
    with pytest.raises(repaying.AmountRefused):
        repaying.register(
            SCHEME, case_id, demand, amount_ore=1_00, paid_on=clock.today(), reference="", key=uuid4(),
            actor=officer,
        )  # fmt: skip
    finish()
    assert made.facts(case_id).state == "closed"
    assert_both_are_told(case_id)
    assert [part.amount_ore for part in grant(made, case_id).parts] == [3_000_00, 5_500_00]
    assert ledger(made) == (48_500_00, 48_500_00)
    assert not read(select(CaseDeadline.code).where(CaseDeadline.met_at.is_(None)))


def assert_both_are_told(case_id: int) -> None:
    """The timeline tells each side what happened to the money, oldest first; staff alone see names."""
    ours = [(str(told), who) for _at, told, who in reversed(timeline(case_id, KIND, staff=True))]
    theirs = [(str(told), who) for _at, told, who in reversed(timeline(case_id, KIND, staff=False))]
    money = f"{kr(48_500_00)}."
    for steps, by in (
        (ours, ("leader", "officer", "decider", "officer", "officer", "caseworker", "officer")),
        (theirs, ("leader", "UDI", "UDI", "UDI", "UDI", "UDI", "UDI")),
    ):
        words = (
            "Kontonummer ble oppgitt",
            "ekreftet",
            f"best.*{money}",
            f"(attestert|godkjente).*{money}",
            f"(Utbetalt|betalte).*{money}",
            "kontroller",
            f"(inn|tilbakebetaling): {kr(5_500_00)}",
        )
        found = [(word, who) for word in words for told, who in steps if re.search(word, told)]
        assert [word for word, _who in found] == list(words)
        assert [who for _word, who in found] == list(by)


def test_all_used_is_approved_and_what_was_never_paid_goes_to_the_frame(made: Grants) -> None:
    case_id = accepted(made)
    confirm(made, case_id)
    terms = [(30_000_00, clock.today()), (18_500_00, in_two_weeks())]
    paying.plan(SCHEME, case_id, terms, key=uuid4(), actor=made.actor("decider"))
    pay(made, case_id)
    report(made, case_id, 30_000_00)
    caseworker, version = made.actor("caseworker"), made.facts(case_id).version

    def approve(checks: dict[str, str]) -> None:
        reviewing.approve(SCHEME, case_id, checks=checks, review="Sett.", version=version, actor=caseworker)

    assert rule_of(lambda: approve({})) == "control_written"
    approve(CHECKED)
    assert made.facts(case_id).state == "closed"
    assert [term.state for term in grant(made, case_id).terms] == ["paid", "stopped"]
    assert ledger(made) == (30_000_00, 30_000_00)


def test_no_gives_the_money_back_and_the_frame_is_never_below_zero(made: Grants) -> None:
    first, second = granted(made), accepted(made)
    assert ledger(made) == (97_000_00, 97_000_00)
    for case_id in (first, second):
        version = made.facts(case_id, "leader").version
        accepting.decline(SCHEME, case_id, reason="", version=version, actor=made.actor("leader"))
        with pytest.raises(CaseChanged):
            accepting.decline(SCHEME, case_id, reason="", version=version, actor=made.actor("leader"))
    assert ledger(made) == (0, 0)
    third = paid(made)
    version = made.facts(third, "leader").version
    no = lambda: accepting.decline(SCHEME, third, reason="", version=version, actor=made.actor("leader"))  # noqa: E731
    assert rule_of(no) == "paid_already"


def test_a_grant_lapses_after_the_deadline_only(made: Grants) -> None:
    case_id = granted(made)

    def lapse() -> None:
        version = made.facts(case_id, "decider").version
        accepting.lapse(SCHEME, case_id, reason="Ikke svart.", version=version, actor=made.actor("decider"))

    assert rule_of(lapse) == "close_after_appeal"
    with clock.fixed(clock.now() + timedelta(days=30)):
        lapse()
    assert made.facts(case_id).state == "declined"
    assert ledger(made) == (0, 0)


def test_who_may_accept_and_that_a_double_click_accepts_once(made: Grants) -> None:
    case_id, key = granted(made), uuid4()
    made.member("editor", "editor")
    version = made.facts(case_id, "leader").version
    with pytest.raises(Denied):
        accepting.accept(
            SCHEME, case_id, number=ACCOUNT, version=version, key=uuid4(), actor=made.actor("editor")
        )
    for _click in range(2):
        accepting.accept(
            SCHEME, case_id, number=ACCOUNT, version=version, key=key, actor=made.actor("leader")
        )
    standing = grant(made, case_id)
    assert [term.amount_ore for term in standing.terms] == [48_500_00]
    assert standing.waiting is not None
    assert standing.waiting.number == ACCOUNT


def test_nothing_is_paid_before_acceptance_nor_to_an_unconfirmed_account(made: Grants) -> None:
    case_id = granted(made)
    decider = made.actor("decider")
    plan = lambda: paying.plan(  # noqa: E731
        SCHEME, case_id, [(48_500_00, in_two_weeks())], key=uuid4(), actor=decider
    )
    assert rule_of(plan) == "accepted_before_payment"
    with pytest.raises(IntegrityError), transaction() as session:
        session.execute(
            insert(Instalment).values(case_id=case_id, position=1, amount_ore=1, due_on=clock.today())
        )
    accept(made, case_id)
    [term] = grant(made, case_id).terms
    order = lambda: paying.order(SCHEME, case_id, term.id, actor=decider)  # noqa: E731
    assert rule_of(order) == "account_confirmed"
    confirm(made, case_id)
    order()


def test_the_database_itself_wants_two_persons_and_a_confirmed_account(made: Grants) -> None:
    case_id = accepted(made)
    waiting = grant(made, case_id).waiting
    assert waiting is not None
    one, other = made.people["decider"], made.people["officer"]
    attested: dict[str, Any] = {
        "state": "attested", "account_id": waiting.id, "ordered_by": one, "attested_by": other
    }  # fmt: skip

    def write(**values: Any) -> None:
        with transaction() as session:
            session.execute(update(Instalment).values(**{**attested, **values}))

    with pytest.raises(IntegrityError, match="account_sound"):
        write()
    own = {"state": "confirmed", "confirmed_by": waiting.proposed_by, "confirmed_at": clock.now()}
    with pytest.raises(IntegrityError, match="two_persons"), transaction() as session:
        session.execute(update(PayeeAccount).values(**own))
    confirm(made, case_id)
    for missing, name in (({"attested_by": one}, "two_persons"), ({"ordered_by": None}, "ordered")):
        with pytest.raises(IntegrityError, match=name):
            write(**missing)
    write()
    with pytest.raises(IntegrityError, match="paid"):
        write(state="paid")
    write(state="paid", paid_on=clock.today())


def test_the_checks_are_what_stops_it(made: Grants, database: Any) -> None:
    """With the database's own words taken away, the same rows go in: it is they that refuse."""
    from sqlalchemy import create_engine

    case_id = accepted(made)
    waiting = grant(made, case_id).waiting
    assert waiting is not None
    owner = create_engine(database.owner_url)
    with owner.begin() as session:
        found = session.execute(
            text(
                "SELECT conname FROM pg_constraint WHERE conrelid = 'funding_instalment'::regclass"
                " AND (conname LIKE '%account_sound%' OR conname LIKE '%two_persons')"
            )
        ).scalars()
        for name in found.all():
            session.execute(text(f'ALTER TABLE funding_instalment DROP CONSTRAINT "{name}"'))
    owner.dispose()
    one = made.people["decider"]
    with transaction() as session:
        session.execute(
            update(Instalment).values(
                state="attested", account_id=waiting.id, ordered_by=one, attested_by=one
            )
        )
    assert grant(made, case_id).terms[0].state == "attested"


def test_the_service_wants_two_persons_too(made: Grants) -> None:
    case_id = accepted(made)
    waiting = grant(made, case_id).waiting
    assert waiting is not None
    made.world.grant(made.people["decider"], "payment_officer", made.world.unit("sor"))
    both = lambda: made.actor("decider")  # noqa: E731
    confirming = lambda: accounts.confirm(SCHEME, case_id, waiting.id, note="Sett.", actor=both())  # noqa: E731
    assert rule_of(confirming) == "account_apart_from_budget"
    confirm(made, case_id)
    [term] = grant(made, case_id).terms
    paying.order(SCHEME, case_id, term.id, actor=both())
    assert rule_of(lambda: paying.attest(SCHEME, case_id, term.id, actor=both())) == "payment_two_persons"
    with pytest.raises(Denied):
        paying.order(SCHEME, case_id, term.id, actor=made.actor("officer"))
    with pytest.raises(OutOfReach):
        paying.attest(SCHEME, case_id, term.id, actor=made.actor("other_region"))
    paying.attest(SCHEME, case_id, term.id, actor=made.actor("officer"))


def test_who_proposed_an_account_does_not_confirm_it(made: Grants) -> None:
    case_id = accepted(made)
    confirm(made, case_id)
    officer = made.actor("officer")
    account_id = accounts.propose(
        SCHEME, case_id, number=OTHER_ACCOUNT, reason="Ny bank.", key=uuid4(), actor=officer
    )
    own = lambda: accounts.confirm(SCHEME, case_id, account_id, note="Sett.", actor=officer)  # noqa: E731
    assert rule_of(own) == "account_two_persons"
    made.staff("second", "payment_officer", "sor")
    made.declare(case_id, "second")
    accounts.confirm(SCHEME, case_id, account_id, note="Ringte lederen.", actor=made.actor("second"))


def test_a_changed_account_is_told_to_every_leader_delays_and_is_ordered_anew(made: Grants) -> None:
    case_id = accepted(made)
    confirm(made, case_id)
    made.member("second_leader")
    [term] = grant(made, case_id).terms
    paying.order(SCHEME, case_id, term.id, actor=made.actor("decider"))
    leader = made.actor("leader")
    with pytest.raises(accounts.ReasonNeeded):
        accounts.propose(SCHEME, case_id, number=OTHER_ACCOUNT, reason=" ", key=uuid4(), actor=leader)
    accounts.propose(SCHEME, case_id, number=OTHER_ACCOUNT, reason="Ny bank.", key=uuid4(), actor=leader)
    told = read(select(Notice.person_id, Notice.values).where(Notice.kind == "funding.account_change"))
    assert {row.person_id for row in told} == {made.people["leader"], made.people["second_leader"]}
    assert all(OTHER_ACCOUNT not in str(row[1]) for row in told)
    attest = lambda: paying.attest(SCHEME, case_id, term.id, actor=made.actor("officer"))  # noqa: E731
    assert rule_of(attest) == "account_change_waits"
    confirm(made, case_id)
    assert grant(made, case_id).terms[0].state == "planned"
    order = lambda: paying.order(SCHEME, case_id, term.id, actor=made.actor("decider"))  # noqa: E731
    assert rule_of(order) == "account_change_delays"
    with clock.fixed(clock.now() + timedelta(days=SCHEME.account_delay_days)):
        order()


def test_the_plan_is_exactly_the_grant(made: Grants) -> None:
    case_id = accepted(made, 48_500_00)
    confirm(made, case_id)
    decider, day = made.actor("decider"), in_two_weeks()
    for terms, off in (([(48_499_00, day)], -1_00), ([(40_000_00, day), (8_501_00, day)], 1_00)):
        with pytest.raises(paying.PlanRefused) as refused:
            paying.plan(SCHEME, case_id, terms, key=uuid4(), actor=decider)
        assert refused.value.off_ore == off
    paying.plan(SCHEME, case_id, [(20_000_01, day), (28_499_99, day)], key=uuid4(), actor=decider)
    pay(made, case_id)
    second = grant(made, case_id).terms[1]
    paying.stop(SCHEME, case_id, second.id, reason="Rapporten mangler.", actor=decider)
    paying.plan(SCHEME, case_id, [(28_499_99, day)], key=uuid4(), actor=decider)
    standing = grant(made, case_id)
    assert [term.state for term in standing.terms] == ["paid", "stopped", "planned"]
    assert standing.planned_ore == standing.application.awarded_ore


def test_two_who_attest_or_pay_at_once_do_it_once(made: Grants, app: Flask) -> None:
    case_id = accepted(made)
    confirm(made, case_id)
    made.staff("second", "payment_officer", "sor")
    made.declare(case_id, "second")
    [term] = grant(made, case_id).terms
    paying.order(SCHEME, case_id, term.id, actor=made.actor("decider"))
    people = ("officer", "second", "officer", "second")
    came = at_once(
        app, *[lambda w=who: paying.attest(SCHEME, case_id, term.id, actor=made.actor(w)) for who in people]
    )
    assert sorted(type(one).__name__ for one in came) == ["CaseChanged"] * 3 + ["NoneType"]
    files = at_once(
        app, *[lambda w=who: exporting.export(SCHEME, key=uuid4(), actor=made.actor(w)) for who in people]
    )
    assert sum(isinstance(one, int) for one in files) == 1
    day = clock.today()
    came = at_once(
        app,
        *[
            lambda w=who: paying.paid(
                SCHEME, case_id, term.id, paid_on=day, reference="B", actor=made.actor(w)
            )
            for who in people
        ],
    )
    assert sum(one is None for one in came) == 1
    assert grant(made, case_id).application.paid_ore == 48_500_00


def test_a_file_holds_each_payment_once_and_its_reading_is_recorded(made: Grants) -> None:
    case_id = accepted(made)
    confirm(made, case_id)
    [term] = grant(made, case_id).terms
    paying.order(SCHEME, case_id, term.id, actor=made.actor("decider"))
    officer, key = made.actor("officer"), uuid4()
    with pytest.raises(exporting.NothingToExport):
        exporting.export(SCHEME, key=uuid4(), actor=officer)
    paying.attest(SCHEME, case_id, term.id, actor=officer)
    assert exporting.waiting_for_file(SCHEME, actor=officer) == (1, 48_500_00)
    batch = exporting.export(SCHEME, key=key, actor=officer)
    assert exporting.export(SCHEME, key=key, actor=officer) == batch
    heading, line, end = exporting.take_out(SCHEME, batch, actor=officer).split("\r\n")
    assert heading.lstrip("\ufeff").split(";") == list(exporting.COLUMNS)
    assert f";{ACCOUNT};48500,00;NOK;" in line
    assert end == ""
    entries = "SELECT count(*) FROM audit_entry WHERE name = 'funding.payment.exported'"
    assert scalar(text(entries)) == 1
    made.staff("far", "payment_officer", "nord")
    with pytest.raises(OutOfReach):
        exporting.take_out(SCHEME, batch, actor=made.actor("far"))
    with pytest.raises(CaseChanged):
        paying.stop(SCHEME, case_id, term.id, reason="For sent.", actor=made.actor("officer"))
    paying.came_back(SCHEME, case_id, term.id, reason="Kontoen er stengt.", actor=made.actor("officer"))
    assert grant(made, case_id).terms[0].state == "planned"


def test_a_change_is_told_answered_with_reasons_and_moves_the_day(made: Grants) -> None:
    case_id = accepted(made)
    before = grant(made, case_id).use_by
    assert before is not None
    later = before + timedelta(days=60)
    leader = made.actor("leader")
    with pytest.raises(changing.DayRefused):
        changing.tell_of(SCHEME, case_id, kind="later", text="x", use_by=before, key=None, actor=leader)
    change = changing.tell_of(
        SCHEME, case_id, kind="later", text="Hallen er stengt.", use_by=later, key=uuid4(), actor=leader
    )
    with pytest.raises(CaseChanged):
        changing.tell_of(SCHEME, case_id, kind="less", text="Mer.", use_by=None, key=uuid4(), actor=leader)

    def answer(who: str, words: str) -> None:
        changing.answer(SCHEME, case_id, change, approved=True, text=words, actor=made.actor(who))

    assert rule_of(lambda: answer("caseworker", "Greit.")) == "extension_is_decided"
    with pytest.raises(Refused):
        answer("decider", " ")
    answer("decider", "God grunn.")
    with pytest.raises(CaseChanged):
        answer("decider", "En gang til.")
    assert grant(made, case_id).use_by == later


def test_several_write_the_report_and_one_who_may_sign_sends_it(made: Grants) -> None:
    case_id = paid(made)
    made.member("treasurer", "treasurer")
    leader, treasurer = made.actor("leader"), made.actor("treasurer")
    assert reporting.save_answers(SCHEME, case_id, REPORT, version=0, actor=leader) == 1
    with pytest.raises(Conflict):
        reporting.save_answers(SCHEME, case_id, {"effect": "Annet"}, version=0, actor=treasurer)
    assert reporting.save_accounts(SCHEME, case_id, {"rent": 48_500_00}, version=0, actor=treasurer) == 1
    document = reporting.attach(
        SCHEME, case_id, content=PDF, filename="regnskap.pdf", kind="accounts", actor=treasurer
    )
    with pytest.raises(UploadRefused):
        reporting.attach(SCHEME, case_id, content=b"MZ", filename="a.exe", kind="other", actor=treasurer)
    with pytest.raises(Denied):
        reporting.send(SCHEME, case_id, key=uuid4(), actor=treasurer)
    key = uuid4()
    for _click in range(2):
        reporting.send(SCHEME, case_id, key=key, actor=leader)
    with pytest.raises(CaseChanged):
        reporting.save_answers(SCHEME, case_id, REPORT, version=1, actor=leader)
    version = made.facts(case_id).version
    reviewing.ask_better(
        SCHEME, case_id, reason="Hvor mange barn?", version=version, actor=made.actor("caseworker")
    )
    with pytest.raises(OutOfReach):
        reporting.remove(SCHEME, case_id, document, actor=leader)
    report(made, case_id, 48_500_00)
    assert made.facts(case_id).state == "reported"


def test_a_large_grant_needs_an_auditor(made: Grants) -> None:
    case_id = paid(made, SCHEME.audit_from_ore)
    leader = made.actor("leader")
    with pytest.raises(reporting.Incomplete) as incomplete:
        report(made, case_id, SCHEME.audit_from_ore)
    assert [lack.page for lack in incomplete.value.found] == ["vedlegg"]
    assert "§ 5" in str(incomplete.value.found[0].text)
    reporting.attach(SCHEME, case_id, content=PDF, filename="revisor.pdf", kind="auditor", actor=leader)
    reporting.send(SCHEME, case_id, key=uuid4(), actor=leader)
    assert scalar(select(GrantReport.spent_ore)) == SCHEME.audit_from_ore


def test_more_than_the_grant_cannot_be_used(made: Grants) -> None:
    case_id = paid(made)
    with pytest.raises(reporting.Incomplete) as incomplete:
        report(made, case_id, 48_501_00)
    assert [lack.page for lack in incomplete.value.found] == ["regnskap"]


def test_a_breach_is_told_of_before_it_is_demanded(made: Grants) -> None:
    case_id = paid(made)
    decider, caseworker = made.actor("decider"), made.actor("caseworker")
    claim = Claim(
        ground="breach",
        amount_ore=48_500_00,
        reasons="Brukt til annet.",
        due_on=in_two_weeks(),
        pay_to=ACCOUNT,
    )

    def demand() -> None:
        version = made.facts(case_id).version
        repaying.demand(SCHEME, case_id, claim, version=version, key=uuid4(), actor=decider)

    assert rule_of(demand) == "advance_notice"
    repaying.tell_of_breach(
        SCHEME, case_id, amount_ore=48_500_00, reasons="Brukt til annet.", key=uuid4(), actor=caseworker
    )
    assert rule_of(demand) == "advance_notice"
    repaying.comment(SCHEME, case_id, text="Det stemmer ikke.", actor=made.actor("leader"))
    demand()
    assert made.facts(case_id).state == "repayment"
