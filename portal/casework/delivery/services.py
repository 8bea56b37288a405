"""Sending letters and following them: available and notified, opened, printed and posted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from portal import clock
from portal.access.actor import Actor, Place, scope_of
from portal.access.policy import OutOfReach, require
from portal.access.roles import ROLES
from portal.casework.delivery.deadline import appeal_until
from portal.casework.delivery.events import LetterAvailable, LetterChosen, LetterOpened, LetterPosted
from portal.casework.delivery.models import LetterChoice
from portal.casework.delivery.recipients import Recipient, recipient_of
from portal.casework.models import Case, CaseDocument, Decision, LetterDelivery
from portal.casework.permissions import LETTER_POST, OWN_CASE_READ, OWN_LETTERS
from portal.casework.services import attach
from portal.database import db, read, read_one, transaction
from portal.documents.letters import Letter, order_letter
from portal.documents.queries import Opened
from portal.identity.context import session_of
from portal.identity.models import Person
from portal.notifications.models import Notice
from portal.notifications.services import notify
from portal.record import record
from portal.units.models import Unit
from portal.web.kit.i18n import N_

DECIDED = (
    N_("Case %(number)s is decided"),
    N_(
        "The decision on “%(title)s” is in the portal. Log in to read the letter. It also says how to appeal."
    ),
)
WRITTEN = (
    N_("There is a letter in case %(number)s"),
    N_("A letter about “%(title)s” is in the portal. Log in to read it."),
)


class PostingRefused(ValueError):
    """A posting date that cannot be; `code` is `future` or `before`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def send_letter(
    case: Any,
    letter: Letter,
    *,
    read_permissions: Sequence[str],
    decision_id: int | None = None,
    actor: Actor | None = None,
) -> int:
    """Order a letter to a case's party in the current transaction and give the document's id.

    `case` has `id`, the places, `owner_id` and `plugin`; `decision_id` is the decision the letter tells of,
    whose appeal deadline is counted from when the letter reaches the party. The party is told when the
    worker has made the letter; who is reserved gets it by post (eForvaltningsforskriften §§ 8 and 9).
    """
    document_id = order_letter(
        template=letter.template,
        context=letter.context,
        language=letter.language,
        place=Place(case.national_id, case.regional_id, case.local_id, case.owner_id, case.plugin),
        read_permissions=(OWN_CASE_READ.name, *read_permissions),
        title=letter.title,
        filename=letter.filename,
        actor=actor,
    )
    attach(case.id, document_id, "letter" if decision_id is None else "decision_letter", actor=actor)
    follow(case.id, document_id, case.owner_id, decision_id)
    return document_id


def follow(case_id: int, document_id: int, owner_id: int, decision_id: int | None = None) -> None:
    """Deliver a document of a case to its party when it is ready; in the current transaction."""
    by_post = recipient_of(owner_id).by_post
    channel = "post" if by_post else "portal"
    db.session.execute(
        insert(LetterDelivery).values(
            case_id=case_id, document_id=document_id, channel=channel, decision_id=decision_id
        )
    )
    if by_post:
        _set_appeal_until(decision_id, None)


def on_ready(document_id: int) -> None:
    """A document is ready: a letter in the portal is available from now, and its party is told.

    Where nobody with an address can be told, the letter becomes one to print and post. So does an
    individual's when the contact register, read anew since it was ordered, says so by now.
    """
    row = read_one(_WAITING.where(LetterDelivery.document_id == document_id))
    if row is None or row.channel != "portal":
        return
    title, body = DECIDED if row.decision_id is not None else WRITTEN
    recipient = recipient_of(row.owner_id)
    if recipient.by_post or not _tell(row, recipient, "casework.letter", title, body, {}):
        _update(row.id, channel="post")
        _set_appeal_until(row.decision_id, None)
        return
    now = clock.now()
    _update(row.id, available_at=now)
    record(LetterAvailable(subject_id=row.case_id, document_id=document_id, **scope_of(row)), actor=None)
    _set_appeal_until(row.decision_id, appeal_until(notified_at=now))


def on_opened(opened: Opened, actor: Actor) -> None:
    """Keep the party's first opening, with what proved the right to it (eForvaltningsforskriften § 8).

    Staff who open the same letter are not the party: their own right let them in.
    """
    if opened.content is None or opened.permission != OWN_CASE_READ.name:
        return
    first = db.session.execute(
        update(LetterDelivery)
        .where(LetterDelivery.document_id == opened.id, LetterDelivery.opened_at.is_(None))
        .values(opened_at=clock.now(), opened_by=actor.person_id, proof=_proof(opened, actor))
        .returning(LetterDelivery.case_id, LetterDelivery.proof)
    ).first()
    if first is not None:
        event = LetterOpened(
            subject_id=first.case_id, document_id=opened.id, proof=first.proof, **opened.scope
        )
        record(event, actor=actor)


def _proof(opened: Opened, actor: Actor) -> str:
    owner = opened.scope["owner_id"]
    roles = [
        held.role
        for held in actor.held
        if held.unit_id == owner and OWN_CASE_READ.name in ROLES[held.role].permissions
    ]
    session = session_of(actor)
    how = f"{session.provider} {session.acr}".strip() if session else "-"
    return f"{'+'.join(sorted(set(roles)))}@{owner} {how}"


def post_letter(delivery_id: int, *, posted_on: date, actor: Actor) -> None:
    """Register that a printed letter was posted; the appeal deadline is counted from that.

    Raises `OutOfReach`, `Denied`, and `PostingRefused` for a day in the future or before the letter.
    """
    with transaction(actor=actor):
        row = read_one(_WAITING.where(LetterDelivery.id == delivery_id, LetterDelivery.channel == "post"))
        if row is None:
            raise OutOfReach(f"letter {delivery_id}")
        require(actor, LETTER_POST, row)
        if posted_on > clock.today():
            raise PostingRefused("future")
        if posted_on < clock.oslo(row.added_at).date():
            raise PostingRefused("before")
        at = datetime.combine(posted_on, time(12), clock.OSLO)
        _update(delivery_id, posted_at=at, posted_by=actor.person_id)
        event = LetterPosted(
            subject_id=row.case_id,
            document_id=row.document_id,
            posted_on=posted_on.isoformat(),
            **scope_of(row),
        )
        record(event, actor=actor)
        _set_appeal_until(row.decision_id, appeal_until(posted_on=posted_on))


def choose(unit_id: int, *, by_post: bool, address: str, actor: Actor) -> None:
    """An individual says how letters are to come; from the next letter on. Raises `Denied`, `OutOfReach`."""
    with transaction(actor=actor):
        require(actor, OWN_LETTERS, Place(owner_id=unit_id))
        if read_one(select(Unit.id).where(Unit.id == unit_id, Unit.kind == "individual")) is None:
            raise OutOfReach(f"unit {unit_id}")
        values = {
            "by_post": by_post,
            "address": address,
            "stated_by": actor.person_id,
            "stated_at": clock.now(),
        }
        db.session.execute(
            upsert(LetterChoice)
            .values(unit_id=unit_id, **values)
            .on_conflict_do_update(index_elements=[LetterChoice.unit_id], set_=values)
        )
        record(LetterChosen(subject_id=unit_id, owner_id=unit_id, by_post=by_post), actor=actor)


def remind(row: Any, title: str, body: str, values: dict[str, Any]) -> None:
    """Tell the party of a letter once more; `row` as `unopened` gives it."""
    _tell(row, recipient_of(row.owner_id), "casework.letter_again", title, body, values)


def _tell(row: Any, recipient: Recipient, kind: str, title: str, body: str, values: dict[str, Any]) -> bool:
    notices = notify(
        unit_id=row.owner_id,
        registered=recipient.registered,
        kind=kind,
        title_id=title,
        body_id=body,
        values={"number": row.number or "", "title": row.title, **values},
        href=f"/saker/{row.case_id}",
    )
    reached = select(func.count()).select_from(Notice).join(Person, Person.id == Notice.person_id)
    found = read(reached.where(Notice.id.in_(notices), Person.email != ""))
    return recipient.registered or bool(found and found[0][0])


def _update(delivery_id: int, **values: Any) -> None:
    db.session.execute(update(LetterDelivery).where(LetterDelivery.id == delivery_id).values(**values))


def _set_appeal_until(decision_id: int | None, until: date | None) -> None:
    if decision_id is not None:
        db.session.execute(update(Decision).where(Decision.id == decision_id).values(appeal_until=until))


_WAITING: Any = (
    select(
        LetterDelivery.id,
        LetterDelivery.case_id,
        LetterDelivery.document_id,
        LetterDelivery.channel,
        LetterDelivery.decision_id,
        CaseDocument.added_at,
        Case.number,
        Case.title,
        Case.national_id,
        Case.regional_id,
        Case.local_id,
        Case.owner_id,
        Case.plugin,
    )
    .join(Case, Case.id == LetterDelivery.case_id)
    .join(CaseDocument, CaseDocument.document_id == LetterDelivery.document_id)
    .where(LetterDelivery.available_at.is_(None), LetterDelivery.posted_at.is_(None))
)
