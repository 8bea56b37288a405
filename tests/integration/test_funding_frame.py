"""The frame cannot be overspent, however many decide at once; and the test would see it if it could."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError

from portal.casework.firing import CaseChanged, Refused
from portal.database import db, transaction
from portal.funding.deciding import bind_award, release_award
from portal.funding.models import AwardEntry, CallFrame
from tests.funding import Grants, grants
from tests.world import World

WRITERS = 10  # the pool of connections has room for twelve
EACH = 90_000_01
FRAME = 500_000_00
FIT = FRAME // EACH


@pytest.fixture
def made(world: World) -> Grants:
    return grants(world, frame_ore=FRAME)


def at_once(app: Flask, work: Callable[[], None]) -> int:
    """Run `work` in many threads that start together; gives how many were not refused."""
    barrier = threading.Barrier(WRITERS)

    def one(_number: int) -> bool:
        with app.app_context():
            try:
                barrier.wait(timeout=30)
                work()
            except Refused:
                return False
            finally:
                db.session.remove()
            return True

    with ThreadPoolExecutor(WRITERS) as pool:
        return sum(pool.map(one, range(WRITERS)))


def awarded() -> int:
    with transaction() as session:
        return int(session.execute(select(func.coalesce(func.sum(AwardEntry.amount_ore), 0))).scalar_one())


def committed() -> int:
    with transaction() as session:
        return int(session.execute(select(CallFrame.committed_ore)).scalar_one())


def test_decisions_at_the_same_moment_never_overspend_and_strand_nothing(app: Flask, made: Grants) -> None:
    case_id, decider = made.sent(), made.actor("decider")

    def bind() -> None:
        with transaction():
            bind_award(made.call_id, case_id, EACH, actor=decider)

    assert at_once(app, bind) == FIT
    assert awarded() == FIT * EACH
    assert committed() == FIT * EACH
    rest = FRAME - FIT * EACH
    with transaction():
        bind_award(made.call_id, case_id, rest, actor=decider)
    assert awarded() == FRAME


def test_without_the_row_as_guard_the_same_rush_overspends(app: Flask, made: Grants) -> None:
    case_id, decider = made.sent(), made.actor("decider")
    looked = threading.Barrier(WRITERS)

    def bind_unguarded() -> None:
        with transaction() as session:
            spent = session.execute(select(func.coalesce(func.sum(AwardEntry.amount_ore), 0))).scalar_one()
            looked.wait(timeout=30)
            if spent + EACH <= FRAME:
                session.execute(
                    insert(AwardEntry).values(
                        call_id=made.call_id,
                        case_id=case_id,
                        kind="award",
                        amount_ore=EACH,
                        person_id=decider.person_id,
                    )
                )

    at_once(app, bind_unguarded)
    assert awarded() > FRAME


def test_the_database_refuses_an_overspent_frame_by_itself(made: Grants) -> None:
    with pytest.raises(IntegrityError, match="never_overspent"), transaction() as session:
        session.execute(update(CallFrame).values(committed_ore=CallFrame.frame_ore + 1))


def test_two_deciders_of_one_case_decide_once(app: Flask, made: Grants) -> None:
    case_id = made.sent()
    made.propose(case_id, 10_000_00)
    made.staff("second", "decision_maker", "sor")
    assert made.decide(case_id, 10_000_00, who="second") == "partly"
    with pytest.raises(CaseChanged):
        made.decide(case_id, 10_000_00)
    assert awarded() == 10_000_00


def test_what_is_given_back_can_be_granted_again_and_no_more_than_was_bound(made: Grants) -> None:
    case_id, other, decider = made.sent(), made.sent(), made.actor("decider")
    with transaction():
        bind_award(made.call_id, case_id, FRAME - 100, actor=decider)
        bind_award(made.call_id, other, 100, actor=decider)
    for amount in (0, -1, FRAME):
        with pytest.raises(Refused, match="release_what_is_bound"), transaction():
            release_award(made.call_id, case_id, amount, actor=decider)
    with pytest.raises(Refused, match="release_what_is_bound"), transaction():
        release_award(made.call_id, other, 101, actor=decider)
    assert (awarded(), committed()) == (FRAME, FRAME)
    with transaction():
        release_award(made.call_id, case_id, 50_000_00, actor=decider)
    assert (awarded(), committed()) == (FRAME - 50_000_00, FRAME - 50_000_00)
    with transaction():
        bind_award(made.call_id, other, 50_000_00, actor=decider)
    assert awarded() == FRAME


def test_releases_at_the_same_moment_give_back_no_more_than_was_bound(app: Flask, made: Grants) -> None:
    case_id, other, decider = made.sent(), made.sent(), made.actor("decider")
    with transaction():
        bind_award(made.call_id, case_id, 3 * EACH, actor=decider)
        bind_award(made.call_id, other, EACH, actor=decider)

    def release() -> None:
        with transaction():
            release_award(made.call_id, case_id, EACH, actor=decider)

    assert at_once(app, release) == 3
    assert (awarded(), committed()) == (EACH, EACH)
