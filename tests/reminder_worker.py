"""One of two that remind at once: `python -m tests.reminder_worker`, told what to do as JSON on stdin.

`look` runs each reminder in step with the other process: says that it has looked, waits for a line, goes on.
`work` is a worker whose reminders come every second. `loose` takes away what keeps a reminder single.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

import attr
from sqlalchemy import select, update

from portal import clock, create_app
from portal.access import expiring
from portal.casework import reminding
from portal.casework.delivery import reminding as letters
from portal.casework.models import Case, CaseDeadline, LetterDelivery
from portal.database import db, read, transaction
from portal.jobs.kinds import CORE_QUEUE, catalogue
from portal.jobs.running import Work, work
from portal.organisations.members import expiry
from portal.settings import load

REMINDERS: dict[str, Callable[[], object]] = {
    "casework.remind": reminding.remind,
    "casework.notify_of_unopened_letters": letters.notify_of_unopened_letters,
    "organisations.warn_of_ends": expiry.warn_of_ends,
}


def main() -> None:
    """Do what is told."""
    told = json.loads(sys.stdin.readline())
    app = create_app(
        load({"PORTAL_ENV": "test", "DATABASE_URL": told["url"], "PORTAL_MAIL_PORT": str(told["mail"])})
    )
    with app.app_context():
        if told["what"] == "work":
            every_second()
            say("ready")
            work(app, told["url"], lambda _queue: True, Work([CORE_QUEUE], 4, 30.0))
        else:
            look(told)
        for engine in db.engines.values():
            engine.dispose()


def say(what: Any) -> None:
    """One line out."""
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def every_second() -> None:
    """Have each of the reminders come every second, and nothing else by itself."""
    tasks = catalogue.periodic_registry.periodic_tasks
    kept = {key: one for key, one in tasks.items() if one.task.name in REMINDERS}
    tasks.clear()
    tasks.update({key: attr.evolve(one, cron="* * * * * *") for key, one in kept.items()})


def look(told: dict[str, Any]) -> None:
    """Run each reminder in step with the other process; where one claims as it looks, both begin at once."""
    due, taken, endings = reminding._due, letters._taken, expiry.endings
    reminding._due = lambda today: in_step(due(today))
    letters._taken = lambda: in_step(None) or taken()
    expiry.endings = lambda tree: in_step(None) or endings(tree)
    if told["loose"]:
        loosen()
    say("ready")
    for name, remind in REMINDERS.items():
        remind()
        db.session.remove()
        say(name)


def in_step(found: Any) -> Any:
    """Say that one has looked, and go on when the other has looked too."""
    say("looked")
    sys.stdin.readline()
    return found


def loosen() -> None:
    """The control: each looks, and then sends whatever it saw."""
    reminding._remind = send_anyway
    letters._taken = take_anyway
    expiring._first = lambda *_warning: True


def send_anyway(one: Any, due: int) -> bool:
    """Send a reminder, whether or not it still is to be sent."""
    with transaction() as session:
        session.execute(update(CaseDeadline).where(CaseDeadline.id == one.deadline_id).values(reminded=due))
        reminding._send(one)
    return True


def take_anyway() -> list[Any]:
    """The letters nobody has opened, as they stood when one looked."""
    found = read(
        select(LetterDelivery.id, LetterDelivery.document_id, LetterDelivery.available_at, *_OF_THE_CASE)
        .join(Case, Case.id == LetterDelivery.case_id)
        .where(LetterDelivery.again_at.is_(None))
    )
    in_step(None)
    db.session.execute(update(LetterDelivery).values(again_at=clock.now()))
    return list(found)


_OF_THE_CASE = (
    Case.id.label("case_id"),
    Case.number,
    Case.title,
    Case.national_id,
    Case.regional_id,
    Case.local_id,
    Case.owner_id,
)


if __name__ == "__main__":
    main()
