"""The report (*rapport*, § 5): written by several on the goals and the budget, sent by who may sign."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, literal, select, update
from sqlalchemy.dialects.postgresql import JSONB, array, insert

from portal import clock
from portal.access.actor import Actor, Place
from portal.access.policy import OutOfReach, require
from portal.casework import services as casework
from portal.casework.firing import CaseChanged, fire
from portal.casework.models import CaseDocument
from portal.database import answer_once, db, transaction
from portal.documents import services as documents
from portal.documents.queries import list_documents
from portal.funding.applying import PARTY_READS, Conflict, kept_paper
from portal.funding.granted import deadlines
from portal.funding.granted.facts import Grant
from portal.funding.granted.handling import locked, tell, tell_handler
from portal.funding.granted.models import GrantReport
from portal.funding.granted.rules import AUDIT_NEEDED
from portal.funding.permissions import APPLICATION_READ, OWN_APPLICATION_EDIT
from portal.funding.scheme import Scheme
from portal.web.kit.i18n import N_, LazyString
from portal.web.kit.i18n import lazy_gettext as _

GOALS, ACCOUNTS, FILES = "maal", "regnskap", "vedlegg"
FILE_KINDS = {
    "accounts": _("Accounts"),
    "auditor": _("Accounts confirmed by an auditor"),
    "other": _("Something else"),
}


@dataclass(frozen=True, slots=True)
class Lack:
    """One thing a report lacks: on which page, at which field (None: the whole page), what to do."""

    page: str
    field: str | None
    label: LazyString | str
    text: LazyString | str


class Incomplete(Exception):
    """The report lacks something; `found` says what."""

    def __init__(self, found: list[Lack]) -> None:
        super().__init__(len(found))
        self.found = found


def save_answers(
    scheme: Scheme, case_id: int, values: Mapping[str, Any], *, version: int, actor: Actor
) -> int:
    """Store answers on the goals, complete or not, and give the page's new version.

    Raises `Conflict` when somebody else saved the page since `version`, `CaseChanged` after sending.
    """
    with transaction(actor=actor):
        _writable(scheme, case_id, actor)
        kept = GrantReport.answers.op("||")(literal(dict(values), JSONB))
        return _save(case_id, GOALS, version, answers=kept)


def save_accounts(
    scheme: Scheme, case_id: int, spent: Mapping[str, int | None], *, version: int, actor: Actor
) -> int:
    """Store what was used of the grant by budget post, in øre; what is not written is left out.

    Gives the page's new version. Raises as `save_answers`.
    """
    with transaction(actor=actor):
        _writable(scheme, case_id, actor)
        lines = [{"post": post, "spent_ore": ore} for post, ore in spent.items() if ore is not None]
        total = sum(int(line["spent_ore"]) for line in lines) if lines else None  # type: ignore[call-overload]
        return _save(case_id, ACCOUNTS, version, lines=lines, spent_ore=total)


def attach(scheme: Scheme, case_id: int, *, content: bytes, filename: str, kind: str, actor: Actor) -> int:
    """Attach an upload of one of `FILE_KINDS` to the report. Raises `UploadRefused`, `CaseChanged`."""
    with transaction(actor=actor):
        grant = _writable(scheme, case_id, actor)
        facts = grant.application
        document_id = documents.store(
            content=content,
            filename=filename,
            place=Place(owner_id=facts.owner_id, plugin=scheme.plugin),
            read_permissions=PARTY_READS,
            actor=actor,
        )
        casework.attach(case_id, document_id, "report", actor=actor)
        entry = {str(document_id): {"kind": kind if kind in FILE_KINDS else "other", "sent": False}}
        files = GrantReport.files.op("||")(literal(entry, JSONB))
        db.session.execute(update(GrantReport).where(GrantReport.case_id == case_id).values(files=files))
    return document_id


def attach_paper(scheme: Scheme, case_id: int, document_id: int, *, actor: Actor) -> int:
    """Attach a copy of a paper handed in before; gives the copy's id, or the one there is.

    Accounts kept from before never pass for those an auditor has confirmed (§ 5): who has them uploads
    them as such. Raises `OutOfReach` for anything but a paper of theirs that stands, `CaseChanged`.
    """
    with transaction(actor=actor):
        grant = _writable(scheme, case_id, actor)
        paper, content = kept_paper(grant.application.owner_id, document_id, actor=actor)
        for attached in list_documents(
            int(number) for number in (grant.report.files if grant.report else {})
        ):
            if attached.digest == paper.digest:
                known: int = attached.id
                return known
        kind = "accounts" if paper.kind == "accounts" else "other"
        return attach(scheme, case_id, content=content, filename=paper.filename, kind=kind, actor=actor)


def remove(scheme: Scheme, case_id: int, document_id: int, *, actor: Actor) -> None:
    """Take away an attachment that has not been sent. Raises `OutOfReach` for any other document."""
    with transaction(actor=actor) as session:
        grant = _writable(scheme, case_id, actor)
        entry = grant.report.files.get(str(document_id)) if grant.report else None
        if entry is None or entry["sent"]:
            raise OutOfReach(f"document {document_id}")
        session.execute(
            delete(CaseDocument).where(
                CaseDocument.case_id == case_id, CaseDocument.document_id == document_id
            )
        )
        session.execute(
            update(GrantReport)
            .where(GrantReport.case_id == case_id)
            .values(files=GrantReport.files.op("-")(str(document_id)))
        )
        documents.remove(document_id)


def lacking(grant: Grant) -> list[Lack]:
    """Everything a report lacks before it can be sent, in the order of its pages."""
    facts, report = grant.application, grant.report
    answers = report.answers if report else {}
    found = [
        Lack(GOALS, question.code, question.label, _("Answer this question."))
        for question, _goal in facts.scheme.reported_on(facts.goals)
        if question.required and answers.get(question.code) in (None, "")
    ]
    spent = report.spent_ore if report else None
    title = _("Accounts")
    if spent is None:
        found.append(Lack(ACCOUNTS, None, title, _("Write what you used of the grant. Write 0 if nothing.")))
    elif spent > facts.awarded_ore:
        text = _("You cannot have used more of the grant than you got. Leave out what others paid.")
        found.append(Lack(ACCOUNTS, None, title, text))
    kinds = {entry["kind"] for entry in report.files.values()} if report else set()
    if grant.needs_audit and "auditor" not in kinds:
        found.append(Lack(FILES, None, _("Attachments to the report"), AUDIT_NEEDED.cited()))
    return found


def send(scheme: Scheme, case_id: int, *, key: UUID | None, actor: Actor) -> int:
    """Send the report, with receipt to everybody in the organisation; the same key sends once.

    Raises `Denied`, `CaseChanged` when it is sent already, `Incomplete`.
    """
    with transaction(actor=actor):
        return answer_once(key, actor.person_id, lambda: _send(scheme, case_id, actor))


def _send(scheme: Scheme, case_id: int, actor: Actor) -> int:
    grant = locked(scheme, case_id, actor=actor)
    facts = grant.application
    found = lacking(grant)
    fire(facts, "report", actor=actor)
    if found or grant.report is None:
        raise Incomplete(found)
    place = Place(facts.national_id, facts.regional_id, facts.local_id, facts.owner_id, facts.plugin)
    fresh = [int(number) for number, entry in grant.report.files.items() if not entry["sent"]]
    documents.share(fresh, [APPLICATION_READ.name], place=place)
    files = {number: {**entry, "sent": True} for number, entry in grant.report.files.items()}
    db.session.execute(
        update(GrantReport)
        .where(GrantReport.case_id == case_id)
        .values(sent_by=actor.person_id, sent_at=clock.now(), files=files)
    )
    deadlines.met(case_id, deadlines.REPORT)
    tell(
        facts,
        "report_received",
        N_("We have received the report in case %(number)s"),
        N_("The report on “%(title)s” is received. You find the receipt in the portal."),
    )
    tell_handler(
        facts,
        "report_to_control",
        N_("A report waits in case %(number)s"),
        N_("The report in case %(number)s can be controlled."),
        "kontroll",
    )
    return case_id


def _writable(scheme: Scheme, case_id: int, actor: Actor) -> Grant:
    """The grant with a report begun, for somebody who may write it while it is in use."""
    grant = locked(scheme, case_id, actor=actor)
    require(actor, OWN_APPLICATION_EDIT, grant.application)
    if grant.application.state != "accepted":
        raise CaseChanged
    db.session.execute(insert(GrantReport).values(case_id=case_id).on_conflict_do_nothing())
    return grant


def _save(case_id: int, page: str, version: int, **values: Any) -> int:
    known = func.coalesce(GrantReport.versions[page].as_integer(), 0)
    written = db.session.execute(
        update(GrantReport)
        .where(GrantReport.case_id == case_id, known == version)
        .values(
            versions=func.jsonb_set(GrantReport.versions, array([page]), func.to_jsonb(known + 1)),
            saved_at=clock.now(),
            **values,
        )
        .returning(GrantReport.case_id)
    ).first()
    if written is None:
        now = db.session.execute(select(known).where(GrantReport.case_id == case_id)).scalar_one()
        raise Conflict(now)
    return version + 1
