"""One process of several in a race: `python -m tests.race_worker` with what to do as JSON on stdin.

`use` adds contact persons at a unit as one person, again and again, until it was refused a few times, with
rights that may be old. `grant` waits for a line and gives one role. `loose` takes the protection away.
"""

from __future__ import annotations

import json
import sys
import time
from datetime import timedelta
from typing import Any

from sqlalchemy import text

from portal import clock, create_app
from portal.access import assignments
from portal.access.policy import Denied, OutOfReach
from portal.access.refusals import AssignmentRefused
from portal.administration import unit_services
from portal.database import GenerationMoved, db, transaction
from portal.identity.context import actor_of
from portal.settings import Settings
from portal.units.contacts import Contact

REFUSALS = 3
LOOKED = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 43 AND granted")


def main() -> None:
    """Do what is told, and tell what came of it."""
    told = json.loads(sys.stdin.readline())
    app = create_app(Settings(environment="test", database_url=told["url"]))
    with app.app_context():
        (use if told["what"] == "use" else give)(told)
        for engine in db.engines.values():
            engine.dispose()


def say(what: Any) -> None:
    """One line out."""
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def use(told: dict[str, Any]) -> None:
    """Act until refused a few times; tells when each try that succeeded began, and when those refused did."""
    if told["loose"]:
        unit_services.transaction = lambda actor=None: transaction()  # type: ignore[assignment]
    actor, done, refused, moved = actor_of(told["person_id"]), [], [], 0
    say("ready")
    deadline = time.monotonic() + told["seconds"]
    while len(refused) < REFUSALS and time.monotonic() < deadline:
        began = time.monotonic()
        try:
            contact = Contact(name="Kari", email="kari@example.no")
            unit_services.add_contact(told["unit_id"], contact, actor=actor)
            done.append(began)
            if len(done) == 1:
                say("begun")
        except (Denied, OutOfReach):
            refused.append(began)
        except GenerationMoved:
            actor, moved = actor_of(told["person_id"]), moved + 1
    say({"done": done, "refused": refused, "moved": moved})


def give(told: dict[str, Any]) -> None:
    """Give a role when a line comes; tells how it went."""
    if told["loose"]:
        loosen()
    actor = actor_of(told["actor_id"])
    say("ready")
    for line in sys.stdin:
        person = json.loads(line)
        say(attempt(person, told, actor))
        actor = actor_of(told["actor_id"])


def attempt(person: int, told: dict[str, Any], actor: Any) -> str:
    """Try, and once more with fresh rights when another's grant came in between."""
    ends = clock.now() + timedelta(days=9)
    while True:
        try:
            assignments.grant(person, told["role"], told["unit_id"], clock.now(), ends, "Prøve", actor=actor)
        except GenerationMoved:
            actor = actor_of(told["actor_id"])
        except AssignmentRefused as refused:
            return refused.code
        else:
            return "done"


def loosen() -> None:
    """The control: nobody waits for the other, and both have looked before anybody writes."""
    plain = assignments.check_person

    def look(*args: Any) -> None:
        plain(*args)
        db.session.execute(text("SELECT pg_advisory_xact_lock_shared(43)"))
        deadline = time.monotonic() + 20
        while db.session.execute(LOOKED).scalar_one() < 2 and time.monotonic() < deadline:
            db.session.execute(text("SELECT pg_sleep(0.01)"))

    assignments.check_person = look  # type: ignore[assignment]
    assignments.switch_transaction = transaction  # type: ignore[assignment]


if __name__ == "__main__":
    main()
