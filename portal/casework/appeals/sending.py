"""What the party does: sends an appeal, adds to it, withdraws it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import insert, select, update

from portal import clock
from portal.access.actor import Actor, Place, scope_of
from portal.access.policy import require
from portal.casework.appeals.deadlines import ANSWER_IN_A_MONTH, month_from_today
from portal.casework.appeals.events import AppealCommented, AppealSent
from portal.casework.appeals.models import AppealComment
from portal.casework.appeals.queries import Appealable, appealable, own_appeal
from portal.casework.appeals.workflow import KIND, OPEN
from portal.casework.deadlines import set_deadline
from portal.casework.decisions import ABOUT
from portal.casework.firing import CaseChanged, fire
from portal.casework.models import Appeal, Case, Decision
from portal.casework.permissions import APPEAL_READ, OWN_APPEAL_SEND, OWN_CASE_READ
from portal.casework.services import attach, next_number, open_case
from portal.database import answer_once, db, transaction
from portal.documents.services import store
from portal.notifications.services import notify
from portal.record import record
from portal.web.kit.i18n import N_

READS = (OWN_CASE_READ.name, APPEAL_READ.name)


class AppealExists(Exception):
    """An appeal against the same decision is being handled already: `case_id`."""

    def __init__(self, case_id: int) -> None:
        super().__init__(case_id)
        self.case_id = case_id


class LateReasonNeeded(Exception):
    """The deadline has passed: an appeal is received all the same, but must say why it is late (§ 31)."""


@dataclass(frozen=True, slots=True)
class _Draft:
    """An appeal just begun, as its workflow sees it."""

    id: int
    owner_id: int
    handler_id: int | None = None
    kind: str = KIND
    number: str | None = None
    state: str = "draft"
    version: int = 1
    plugin: str | None = None
    national_id: int | None = None
    regional_id: int | None = None
    local_id: int | None = None


def is_late(decision: Appealable) -> bool:
    """True after the last day. The weeks have not begun while the letter waits to be posted (§ 29)."""
    return decision.appeal_until is not None and clock.today() > decision.appeal_until


def send_appeal(
    decided_id: int,
    decision_id: int | None = None,
    *,
    text: str,
    late_reason: str = "",
    files: Sequence[tuple[str, bytes]] = (),
    key: UUID | None,
    actor: Actor,
) -> int:
    """Appeal against a decision in a case of the actor's own; gives the appeal's case id.

    `decision_id`: which, where it is not the one on what the case is about.
    Works also where the plugin of the case is off: the appeal is the core's. The same key twice, or twice
    at once, gives one. Raises `OutOfReach`, `Denied`, `AppealExists`, `LateReasonNeeded`, `UploadRefused`.
    """
    with transaction(actor=actor):
        decision = appealable(decided_id, decision_id, actor=actor)
        place = Place(decision.national_id, decision.regional_id, decision.local_id, decision.owner_id, None)
        require(actor, OWN_APPEAL_SEND, place)
        return answer_once(
            key, actor.person_id, lambda: _send(decision, place, text, late_reason, files, actor)
        )


def _send(
    decision: Appealable,
    place: Place,
    text: str,
    late_reason: str,
    files: Sequence[tuple[str, bytes]],
    actor: Actor,
) -> int:
    # Two at once stand in line here; the second then sees the first one's appeal.
    db.session.execute(select(Decision.id).where(Decision.id == decision.id).with_for_update())
    existing = appealable(decision.case_id, decision.id, actor=actor).open_appeal
    if existing is not None:
        raise AppealExists(existing)
    late = is_late(decision)
    if late and not late_reason.strip():
        raise LateReasonNeeded
    case_id = open_case(
        kind=KIND,
        plugin=None,
        title=f"{ABOUT[decision.about].title}: {decision.title}"[:300],
        owner_id=decision.owner_id,
        actor=actor,
    )
    db.session.execute(update(Case).where(Case.id == case_id).values(parent_id=decision.case_id))
    db.session.execute(
        insert(Appeal).values(
            case_id=case_id,
            decision_id=decision.id,
            text=text,
            in_time=not late,
            late_reason=late_reason.strip(),
        )
    )
    for filename, content in files:
        document = store(content=content, filename=filename, place=place, read_permissions=READS, actor=actor)
        attach(case_id, document, "appeal", actor=actor)
    _receive(case_id, decision, place, late, actor)
    return case_id


def _receive(case_id: int, decision: Appealable, place: Place, late: bool, actor: Actor) -> None:
    number = next_number()
    places = {
        "national_id": place.national_id,
        "regional_id": place.regional_id,
        "local_id": place.local_id,
    }
    fire(
        _Draft(case_id, decision.owner_id),
        "submit",
        actor=actor,
        changes={"number": number, "submitted_at": clock.now(), **places},
    )
    set_deadline(case_id, ANSWER_IN_A_MONTH.code, month_from_today(), for_party=False)
    event = AppealSent(
        subject_id=case_id, owner_id=decision.owner_id, decision_id=decision.id, in_time=not late, **places
    )
    record(event, actor=actor)
    notify(
        unit_id=decision.owner_id,
        kind="casework.appeal_received",
        title_id=N_("We have received appeal %(number)s"),
        body_id=N_(
            "The appeal against the decision on “%(title)s” is received. You follow it in the portal."
        ),
        values={"number": number, "title": decision.title},
        href=f"/saker/{case_id}",
    )


def add_comment(case_id: int, text: str, *, actor: Actor) -> None:
    """Add to an appeal that is not finished. Raises `OutOfReach`, `Denied`, `CaseChanged`."""
    with transaction(actor=actor):
        facts = own_appeal(case_id, actor=actor)
        require(actor, OWN_APPEAL_SEND, facts)
        if facts.state not in OPEN:
            raise CaseChanged
        db.session.execute(
            insert(AppealComment).values(case_id=case_id, text=text, person_id=actor.person_id)
        )
        event = AppealCommented(
            subject_id=case_id,
            **scope_of(facts),
        )
        record(event, actor=actor)


def withdraw(case_id: int, *, version: int, actor: Actor) -> None:
    """Take an appeal back. Raises `OutOfReach`, `Denied`, `CaseChanged`."""
    with transaction(actor=actor):
        facts = own_appeal(case_id, actor=actor)
        if facts.version != version:
            raise CaseChanged
        fire(facts, "withdraw", actor=actor)
