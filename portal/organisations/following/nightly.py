"""The nightly reading of the feeds, of units and of roles, and looking again at those of ours that it names.

The cursor moves in the transaction that stores the look-ups, and only from where it was read: a crash, a
second worker or a feed that gives the same page twice neither loses an update nor doubles one. What a
look-up finds is compared with what is stored, under a lock, so that each change is told once.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import structlog
from flask import current_app
from sqlalchemy import bindparam, func, insert, select, update

from portal import clock
from portal.database import read, read_one, scalar, transaction
from portal.jobs import job, once, periodic
from portal.organisations.facts import as_stored
from portal.organisations.following import services
from portal.organisations.following.feed import FEEDS, UNITS, Feed, first_update_since, updates_after
from portal.organisations.following.models import FeedCursor
from portal.organisations.models import Organisation
from portal.organisations.registers import client
from portal.organisations.registration.lookup import LONGEST_SECONDS, PAUSES_SECONDS
from portal.record import subscribe
from portal.record.models import AuditEntry
from portal.settings import Registers

log = structlog.get_logger(__name__)
MOST_PAGES = 500
LOOK_BACK = timedelta(days=1)

_CURSOR = select(FeedCursor.last_id).where(FeedCursor.feed == bindparam("feed"))
_KNOWN = select(Organisation.unit_id).where(Organisation.number.in_(bindparam("numbers", expanding=True)))
_OLDEST = select(func.min(Organisation.facts_at)).where(Organisation.number.is_not(None))
_ENTERED = select(AuditEntry.subject_id).where(AuditEntry.id == bindparam("id"))
_NUMBER = select(Organisation.number).where(Organisation.unit_id == bindparam("unit_id"))


@periodic("organisations.follow", cron="17 1-4 * * *")
def follow() -> None:
    """Read each feed on from its cursor to its end. One that is down is read from there next time."""
    services.flag_operators()
    for feed in FEEDS:
        try:
            count = follow_feed(feed)
        except (client.RegisterUnavailable, client.RegisterLied) as error:
            log.warning("register_feed_silent", feed=feed.name, kind=type(error).__name__, reason=str(error))
        else:
            log.info("register_feed_read", feed=feed.name, looked_at_again=count)


def follow_feed(feed: Feed = UNITS) -> int:
    """Read one to the end; gives how many of our organisations are looked up again.

    Raises `RegisterUnavailable` or `RegisterLied`; what was read before that is kept.
    """
    registers = _registers()
    count = 0
    last_id = _begin(feed, registers)
    for _page in range(MOST_PAGES):
        updates = updates_after(last_id, registers=registers, feed=feed) if last_id is not None else ()
        if not updates:
            break
        stored = _store(feed, last_id or 0, updates)
        if stored is None:
            break  # another worker reads it
        count += stored
        last_id = updates[-1].id
    return count


def _begin(feed: Feed, registers: Registers) -> int | None:
    row = read_one(_CURSOR, {"feed": feed.name})
    if row is not None:
        return int(row.last_id)
    oldest = scalar(_OLDEST) or clock.now() - LOOK_BACK
    first = first_update_since(oldest, registers=registers, feed=feed)
    if first is None:
        return None
    with transaction() as session:
        session.execute(insert(FeedCursor).values(feed=feed.name, last_id=first - 1))
    return first - 1


def _store(feed: Feed, last_id: int, updates: Any) -> int | None:
    """Move the cursor past a page and store its look-ups; None when the cursor has moved meanwhile."""
    numbers = sorted({update.number for update in updates})
    with transaction() as session:
        moved = session.execute(
            update(FeedCursor)
            .where(FeedCursor.feed == feed.name, FeedCursor.last_id == last_id)
            .values(last_id=updates[-1].id, read_at=func.now())
            .returning(FeedCursor.feed)
        ).first()
        if moved is None:
            return None
        known = [row.unit_id for row in read(_KNOWN, {"numbers": numbers})]
        for unit_id in known:
            look_again.defer(unit_id=unit_id, lock=f"organisation-{unit_id}")
    return len(known)


@job("organisations.look_again")
def look_again(unit_id: int, attempt: int = 1) -> None:
    """Ask the registers anew about one of ours and store what has changed; ask again if they cannot tell."""
    row = read_one(_NUMBER, {"unit_id": unit_id})
    if row is None or row.number is None:
        return
    wait = 0.0
    facts: dict[str, Any] | None = None
    try:
        facts = as_stored(client.lookup(row.number, registers=_registers()))
    except (client.NumberUnknown, client.NumberRemoved):
        facts = {"removed": True}
    except (client.RegisterUnavailable, client.RegisterLied) as error:
        wait = getattr(error, "retry_after", None) or 0
    with once():
        if facts is None:
            own = PAUSES_SECONDS[min(attempt, len(PAUSES_SECONDS)) - 1]
            at = clock.now() + timedelta(seconds=min(max(own, wait), LONGEST_SECONDS))
            look_again.defer(at=at, lock=f"organisation-{unit_id}", unit_id=unit_id, attempt=attempt + 1)
        else:
            services.take_in(unit_id, facts)


def _look_at_new(entry_id: int) -> None:
    """Look at an organisation once more when it is let in: it may have waited long for that."""
    row = read_one(_ENTERED, {"id": entry_id})
    with once():
        if row is not None:
            look_again.defer(unit_id=row.subject_id, lock=f"organisation-{row.subject_id}")


subscribe("organisations.entered", "organisations.look_at_new", _look_at_new)


def _registers() -> Registers:
    found: Registers = current_app.extensions["settings"].registers
    return found
