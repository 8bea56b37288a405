"""The portal with one guarantee taken out, as control of the crash tests: `python -m tests.e2e.broken_app`.

Which one stands in the file `broken` in DATA_DIR, and may change while the portal runs. With none out, all is
as it should be, except that the moments in which a kill hurts most last longer.
"""

from __future__ import annotations

import functools
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from flask import current_app, has_request_context, request
from flask_sqlalchemy.session import Session
from sqlalchemy import select

from portal import run
from portal.database import db, idempotency, read_one, transaction
from portal.documents import letters
from portal.funding import deciding
from portal.funding.granted import paying
from portal.funding.granted.models import Instalment
from portal.jobs import effects, once
from portal.notifications import mail
from portal.record import Event, record, subscribe
from portal.record.models import AuditEntry
from portal.supervisor import plan
from portal.supervisor.services import Command

SECONDS_BEFORE_AN_ANSWER = 0.1
SECONDS_BEFORE_A_JOB_IS_REPORTED = 0.1
SECONDS_BEFORE_A_LATE_COMMIT = 0.3
SECONDS_BETWEEN_TWO_COMMITS = 0.3
FORMS = ("/registrer", "/barnetilskudd", "/sak", "/klager")
LATE = {
    "a decision is stored before acknowledged": "/vedtak",
    "an appeal is stored before acknowledged": "/klage",
    "a payment is stored before acknowledged": "/betalt",
}
"""A guarantee → how the paths of its forms end."""
BROKEN = "broken"


@dataclass(frozen=True, kw_only=True)
class Told(Event):
    """A subscriber has had its effect."""

    name = "tests.told"
    message = "Somebody was told."
    subject = "registration"


def out(guarantee: str) -> bool:
    """Whether this guarantee is taken out now."""
    try:
        return (Path(os.environ["DATA_DIR"]) / BROKEN).read_text() == guarantee
    except OSError:
        return False


def commit(session: Session, whole: Callable[[Session], None] = Session.commit) -> None:
    """Commit, and be slow to say so; or say so first."""
    writing = has_request_context() and request.method == "POST" and request.path.startswith(FORMS)
    if writing and (out("stored before acknowledged") or _is_late(request.path)):
        db.session.registry.clear()  # so that the end of the request leaves the transaction open
        later = threading.Timer(SECONDS_BEFORE_A_LATE_COMMIT, _late, [session, whole])
        later.daemon = True  # a process that ends does not wait for it
        later.start()
        time.sleep(SECONDS_BEFORE_AN_ANSWER)
        return
    whole(session)
    if writing:
        time.sleep(SECONDS_BEFORE_AN_ANSWER)
    elif effects.current_run.get() is not None:
        time.sleep(SECONDS_BEFORE_A_JOB_IS_REPORTED)


def _is_late(path: str) -> bool:
    return any(path.endswith(ending) and out(guarantee) for guarantee, ending in LATE.items())


def _late(session: Session, whole: Callable[[Session], None]) -> None:
    whole(session)
    session.close()


def claim_key(
    key: UUID, person_id: int, whole: Callable[..., int | None] = idempotency.claim_key
) -> int | None:
    """Claim a form's key; or take every form for a new one."""
    known = whole(key, person_id)
    return None if out("a form acts once") else known


def claim_effect(session: Any, job: effects.Run, whole: Callable[..., None] = effects._claim) -> None:
    """Claim a job's effect; or have it however often the job is run."""
    if out("a job has its effect once"):
        return
    whole(session, job)


def tell(entry_id: int) -> None:
    """A subscriber with nothing but `once()` to keep its effect single."""
    with once():
        row = read_one(select(AuditEntry.subject_id).where(AuditEntry.id == entry_id))
        assert row is not None
        record(Told(subject_id=row.subject_id), actor=None)


def bind_award(*given: Any, whole: Callable[..., None] = deciding.bind_award, **more: Any) -> None:
    """Bind a sum; or commit that by itself, before the decision is written."""
    whole(*given, **more)
    if out("a decision is one transaction"):
        db.session.commit()
        time.sleep(SECONDS_BETWEEN_TWO_COMMITS)


def move(*given: Any, whole: Callable[..., None] = paying._move, **values: Any) -> None:
    """Take a step of a payment from the state it may come from; or from whatever it has."""
    if not out("a payment moves once"):
        whole(*given, **values)
        return
    grant, term, _source, target, actor = given
    stands = db.session.get_one(Instalment, term.id).state
    whole(grant, term, stands, target, actor, **values)


def order(*given: Any, whole: Callable[..., object] = letters.make_letter.defer, **about: Any) -> None:
    """Order a letter with its decision; or a little later."""
    if not out("a letter is ordered with its decision"):
        whole(*given, **about)
        return
    app = current_app._get_current_object()  # type: ignore[attr-defined]

    def later() -> None:
        with app.app_context(), transaction():
            whole(*given, **about)

    timer = threading.Timer(SECONDS_BEFORE_A_LATE_COMMIT, later)
    timer.daemon = True
    timer.start()


def compose(*given: Any, whole: Callable[..., Any] = mail._compose) -> Any:
    """A mail under the id it has; or under a new one each time it is handed over."""
    message = whole(*given)
    if out("a mail keeps its id"):
        message.replace_header("Message-ID", f"<{uuid4()}@example.no>")
    return message


def weaken() -> None:
    """Make the portal that is built next slower where it hurts, and breakable."""
    Session.commit = functools.partialmethod(commit)  # type: ignore[assignment]
    idempotency.claim_key = claim_key
    effects._claim = claim_effect
    deciding.bind_award = bind_award
    paying._move = move
    letters.make_letter.defer = order  # type: ignore[method-assign]
    mail._compose = compose
    subscribe("organisations.registration_started", "tests.tell", tell)


def portal(*given: Any, whole: Callable[..., list[Command]] = plan.portal) -> list[Command]:
    """The portal's commands, with this module for the app."""
    return [replace(one, command=_with_this(one.command)) for one in whole(*given)]


def _with_this(command: tuple[str, ...]) -> tuple[str, ...]:
    """The command with `wsgi:app`, or the word after `--app`, replaced."""
    before = ("", *command)
    return tuple(
        "tests.e2e.broken_wsgi:app" if word == "wsgi:app" or previous == "--app" else word
        for previous, word in zip(before, command, strict=False)
    )


if __name__ == "__main__":
    plan.portal = portal
    raise SystemExit(run.main())
