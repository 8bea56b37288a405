"""Many processes decide at once against one frame: never over, and nothing stranded.

A refused try means that at that moment less was left than it asked for. As nothing is given back during a
round, less than that is left afterwards too: what is left is always smaller than the smallest refused sum.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import create_engine, delete, func, insert, select, update

from portal.casework.models import Case, CaseParticipation
from portal.database import read, scalar, transaction
from portal.funding.models import Application, ApplicationSite, Assessment, AwardEntry, CallFrame
from tests.conftest import ROOT, Database
from tests.deciders import AT_ONCE
from tests.funding import Grants, grants
from tests.world import World

FRAME = 1_000_000_00
PROCESSES = AT_ONCE


@pytest.fixture
def made(world: World) -> Grants:
    return grants(world, frame_ore=FRAME)


@contextmanager
def deciders(database: Database, made: Grants) -> Iterator[list[Any]]:
    """Processes that wait for their rounds."""
    told = {"url": database.app_url, "call_id": made.call_id, "person_id": made.people["decider"]}
    command = [sys.executable, "-m", "tests.deciders"]
    started = [
        subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _number in range(PROCESSES)
    ]
    try:
        for process in started:
            tell(process, told)
        assert [hear(process) for process in started] == ["ready"] * PROCESSES
        yield started
    finally:
        for process in started:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.close()
            process.wait(30)
            process.stdout.close()


def tell(process: Any, what: Any) -> None:
    process.stdin.write(json.dumps(what) + "\n")
    process.stdin.flush()


def hear(process: Any) -> Any:
    return json.loads(process.stdout.readline())


def round_of(started: list[Any], what: str, tries: list[tuple[int, int]]) -> list[list[Any]]:
    """Hand out the tries and gather what came of them."""
    for number, process in enumerate(started):
        tell(process, {"what": what, "tries": tries[number::PROCESSES]})
    return [one for process in started for one in hear(process)]


def check(made: Grants, came: list[list[Any]]) -> None:
    done = sum(amount for _case, amount, how in came if how == "done")
    refused = [amount for _case, amount, how in came if how == "funding.within_frame"]
    assert len(refused) + sum(how == "done" for *_one, how in came) == len(came), came
    committed = scalar(select(CallFrame.committed_ore).where(CallFrame.call_id == made.call_id))
    ledger = scalar(
        select(func.coalesce(func.sum(AwardEntry.amount_ore), 0)).where(AwardEntry.call_id == made.call_id)
    )
    assert (committed, ledger) == (done, done)
    assert committed <= FRAME
    assert refused, "more is asked for than there is"
    assert FRAME - committed < min(refused)


def start_over(database: Database) -> None:
    """An empty frame and ledger; as the owner, since the portal itself cannot take entries out."""
    engine = create_engine(database.owner_url)
    with engine.begin() as connection:
        connection.execute(update(CallFrame).values(committed_ore=0))
        connection.execute(delete(AwardEntry))
    engine.dispose()


def sums(tries: int, seed: int) -> list[int]:
    """As many sums that come to several times the frame, each its own to the øre."""
    drawn = random.Random(seed)
    return [drawn.randint(FRAME // tries, 6 * FRAME // tries) for _try in range(tries)]


def bind_all(started: list[Any], database: Database, made: Grants, rounds: int, tries: int) -> None:
    case_id = made.sent()
    for number in range(rounds):
        start_over(database)
        asked = [(case_id, amount) for amount in sums(tries, number)]
        check(made, round_of(started, "bind", asked))


def decide_all(started: list[Any], database: Database, made: Grants, cases: int) -> None:
    start_over(database)
    tries = list(zip(proposed(made, cases), sums(cases, 7), strict=True))
    came = round_of(started, "decide", tries)
    check(made, came)
    granted = {case_id for case_id, _amount, how in came if how == "done"}
    assert set(in_state("granted")) == granted
    assert len(in_state("proposed")) == cases - len(granted)


def test_many_processes_never_overspend_and_strand_nothing(database: Database, made: Grants) -> None:
    with deciders(database, made) as started:
        bind_all(started, database, made, rounds=2, tries=80)
        decide_all(started, database, made, cases=30)
        start_over(database)  # the control: who looks first and writes afterwards overspends
        case_id = made.sent()
        round_of(started, "unguarded", [(case_id, FRAME * 2 // 5)] * PROCESSES)
        assert scalar(select(func.sum(AwardEntry.amount_ore))) > FRAME


@pytest.mark.proof
def test_a_thousand_at_once_a_hundred_times(database: Database, made: Grants) -> None:
    with deciders(database, made) as started:
        bind_all(started, database, made, rounds=100, tries=1000)
        decide_all(started, database, made, cases=1000)


def in_state(state: str) -> list[int]:
    return [row.id for row in read(select(Case.id).where(Case.state == state, Case.number.like("T/%")))]


def proposed(made: Grants, cases: int) -> list[int]:
    """Many copies of one proposed case, put straight in the tables; the decider has declared for each."""
    template = made.sent(amount_ore=FRAME)
    made.propose(template, 10_000_00)
    facts = made.facts(template, "decider")
    found = []
    with transaction() as session:
        for number in range(cases):
            case_id = session.execute(
                insert(Case)
                .values(
                    number=f"T/{number:06d}", plugin=facts.plugin, kind=facts.kind, title=facts.title,
                    state="proposed", state_kind="waiting", national_id=facts.national_id,
                    regional_id=facts.regional_id, local_id=facts.local_id, owner_id=facts.owner_id,
                    applicant_id=facts.applicant_id, submitted_at=facts.submitted_at,
                )
                .returning(Case.id)
            ).scalar_one()  # fmt: skip
            found.append(case_id)
        for model, columns in (
            (Application, {}),
            (ApplicationSite, {}),
            (Assessment, {}),
            (CaseParticipation, {"id"}),
        ):
            copied = [c for c in model.__table__.columns if c.name not in {"case_id", *columns}]
            copies = (
                select(Case.id, *copied)
                .select_from(Case)
                .join(model, model.case_id == template)
                .where(Case.number.like("T/%"))
            )
            session.execute(insert(model).from_select(["case_id", *(c.name for c in copied)], copies))
    return found
