"""Asking the registers, in a worker, for as long as it takes.

The call stands outside the transaction; its answer is stored once. A register that is down, slow or
answers nonsense is asked again, ever more seldom, until it is well: nobody waits for it meanwhile.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import structlog
from flask import current_app
from sqlalchemy import bindparam, func, select, update

from portal import clock
from portal.database import db, read_one
from portal.jobs import job, once
from portal.notifications.services import notify
from portal.organisations.events import RegisterAnswered
from portal.organisations.facts import as_stored, written_name
from portal.organisations.models import Registration
from portal.organisations.registers import client
from portal.record import record
from portal.web.kit.i18n import N_

log = structlog.get_logger(__name__)
PAUSES_SECONDS = (5, 15, 60, 180, 300)
LONGEST_SECONDS = 900  # whatever the register asks for

_ASKED = select(
    Registration.number, Registration.state, Registration.lookup, Registration.person_id, Registration.data
).where(Registration.id == bindparam("id"))


@job("organisations.look_up", awaited=True)
def look_up(registration_id: int, attempt: int = 1) -> None:
    """Look the registration's number up and store what the registers say; ask again later if they cannot."""
    row = read_one(_ASKED, {"id": registration_id})
    if row is None or row.lookup != "waiting" or row.state in ("declined", "withdrawn"):
        return
    answer, facts, wait = _ask(row.number)
    with once():
        if answer == "waiting":
            _again(registration_id, attempt, wait)
        elif _store(registration_id, row.data, answer, facts) and answer != "found" and row.state != "draft":
            _tell(registration_id, row)


def _ask(number: str) -> tuple[str, dict[str, Any] | None, float]:
    settings = current_app.extensions["settings"]
    try:
        return "found", as_stored(client.lookup(number, registers=settings.registers)), 0
    except client.NumberUnknown:
        return "unknown", None, 0
    except client.NumberRemoved:
        return "removed", None, 0
    except (client.RegisterUnavailable, client.RegisterLied) as error:
        log.warning("register_silent", kind=type(error).__name__)
        return "waiting", None, getattr(error, "retry_after", None) or 0


def _again(registration_id: int, attempt: int, wait: float) -> None:
    _set(registration_id, lookup_failed_at=func.now())
    own = PAUSES_SECONDS[min(attempt, len(PAUSES_SECONDS)) - 1]
    pause = min(max(own, wait), LONGEST_SECONDS)
    look_up.defer(
        at=clock.now() + timedelta(seconds=pause), registration_id=registration_id, attempt=attempt + 1
    )


def _store(registration_id: int, typed: dict[str, Any], answer: str, facts: dict[str, Any] | None) -> bool:
    known = {"name": written_name(facts, typed.get("name"))} if facts else {}
    stored = _set(registration_id, lookup=answer, facts=facts, facts_at=func.now(), **known)
    if stored:
        record(RegisterAnswered(subject_id=registration_id, answer=answer), actor=None)
    return stored


def _tell(registration_id: int, row: Any) -> None:
    notify(
        person_ids=[row.person_id],
        kind="registration",
        title_id=N_("The register does not know number %(number)s"),
        body_id=N_(
            "We could not look the number up when you sent the registration. Now we have, and the"
            " register has nobody with that number. Check it: you can withdraw and begin again."
        ),
        values={"number": row.number},
        href=f"/registrer/{registration_id}",
    )


def _set(registration_id: int, **values: Any) -> bool:
    changed = db.session.execute(
        update(Registration)
        .where(Registration.id == registration_id, Registration.lookup == "waiting")
        .values(**values)
        .returning(Registration.id)
    ).first()
    return changed is not None
