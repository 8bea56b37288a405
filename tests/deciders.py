"""One process of many that decide at once: `python -m tests.deciders` with what to do as JSON on stdin.

Says `ready`, waits for a line, and then tells what came of each try as JSON, one line in all.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

from sqlalchemy import func, insert, select, text

from plugins.child_grants.scheme import SCHEME
from portal import create_app
from portal.access.actor import Actor
from portal.access.policy import Denied
from portal.casework.firing import CaseChanged, Refused
from portal.database import db, scalar, transaction
from portal.funding import deciding, queries
from portal.funding.models import AwardEntry, CallFrame
from portal.identity.context import actor_of
from portal.settings import Settings

AT_ONCE = 3
LONGEST_WAIT = 2.0
_LOOKED = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 42 AND granted")


def main() -> None:
    """Do each round as it is told on stdin, until stdin ends."""
    told = json.loads(sys.stdin.readline())
    settings = Settings(environment="test", database_url=told["url"])
    app = create_app(settings)
    with app.app_context():
        actor = actor_of(told["person_id"])
        say("ready")
        for line in sys.stdin:
            asked = json.loads(line)
            say([attempt(asked["what"], told["call_id"], one, actor) for one in asked["tries"]])
        for engine in db.engines.values():
            engine.dispose()


def say(what: Any) -> None:
    """One line out."""
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def attempt(what: str, call_id: int, one: list[int], actor: Actor) -> list[Any]:
    """`bind`, `decide` or, for the control, `unguarded`; gives the case, the sum and how it went."""
    case_id, amount = one
    try:
        if what == "decide":
            decide(case_id, amount, actor)
        else:
            bind = deciding.bind_award if what == "bind" else read_then_write
            with transaction():
                bind(call_id, case_id, amount, actor=actor)
    except Refused as refused:
        return [case_id, amount, refused.rule.name]
    except (CaseChanged, Denied) as other:
        return [case_id, amount, type(other).__name__]
    finally:
        db.session.remove()
    return [case_id, amount, "done"]


def decide(case_id: int, amount: int, actor: Actor) -> None:
    """The whole use case: state, frame, decision, letter, notice."""
    facts = queries.get_application(case_id, scheme=SCHEME.code, actor=actor)
    verdict = deciding.Verdict(granted=True, amount_ore=amount, reasons="Godt tiltak.", deviation="Prøve")
    deciding.decide(SCHEME, case_id, verdict, version=facts.version, actor=actor)


def read_then_write(call_id: int, case_id: int, amount_ore: int, *, actor: Actor) -> None:
    """The control: look whether there is room, and then enter the award."""
    frame = scalar(select(CallFrame.frame_ore).where(CallFrame.call_id == call_id))
    spent = scalar(
        select(func.coalesce(func.sum(AwardEntry.amount_ore), 0)).where(AwardEntry.call_id == call_id)
    )
    db.session.execute(text("SELECT pg_advisory_xact_lock_shared(42)"))
    until = time.monotonic() + LONGEST_WAIT
    # All have looked before anybody writes; one that is left alone in the end does not wait for ever.
    while db.session.execute(_LOOKED).scalar_one() < AT_ONCE and time.monotonic() < until:
        db.session.execute(text("SELECT pg_sleep(0.01)"))
    if spent + amount_ore > frame:
        raise Refused(deciding.WITHIN_FRAME)
    db.session.execute(
        insert(AwardEntry).values(
            call_id=call_id, case_id=case_id, kind="award", amount_ore=amount_ore, person_id=actor.person_id
        )
    )


if __name__ == "__main__":
    main()
