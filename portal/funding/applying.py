"""Use cases of the applicant: begin, write, attach, send. Drafts belong to the applicant alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, literal, select, update
from sqlalchemy.dialects.postgresql import JSONB, array
from sqlalchemy.orm import Session

from portal import clock
from portal.access.actor import Actor, Place
from portal.access.policy import OutOfReach, require
from portal.casework import services as casework
from portal.casework.firing import CaseChanged, fire
from portal.casework.models import Case, CaseDocument
from portal.database import answer_once, db, transaction
from portal.documents import services as documents
from portal.documents.queries import list_documents, readable
from portal.funding.call_queries import get_call
from portal.funding.completeness import Missing, missing, refused_files
from portal.funding.distribution import place_for
from portal.funding.eligibility import NotEligible, judge
from portal.funding.events import ApplicationSubmitted
from portal.funding.facts import ApplicationFacts, CallFacts, Line
from portal.funding.models import Application, ApplicationSite, BudgetLine
from portal.funding.permissions import APPLICATION_READ, OWN_APPLICATION_EDIT, OWN_APPLICATION_SUBMIT
from portal.funding.queries import get_application
from portal.funding.receipts import order_receipt
from portal.funding.scheme import Group, Scheme
from portal.funding.workflow import KIND
from portal.funding.writing import note_save
from portal.notifications.services import notify
from portal.organisations.exclusion.queries import barred
from portal.organisations.papers.queries import Kept, papers_of
from portal.record import record
from portal.web.kit.i18n import N_

PARTY_READS = ("casework.own.read",)


class Conflict(Exception):
    """Somebody else saved the same page meanwhile; `version` is theirs."""

    def __init__(self, version: int) -> None:
        super().__init__(version)
        self.version = version


class Incomplete(Exception):
    """The application lacks answers; `found` says which and where."""

    def __init__(self, found: Sequence[Missing]) -> None:
        super().__init__(len(found))
        self.found = found


@dataclass(frozen=True, slots=True)
class Saved:
    """What a save gives back: the group's new version."""

    version: int


def start_application(
    scheme: Scheme, call_id: int, *, owner_id: int, kind: str, key: UUID, actor: Actor
) -> int:
    """Begin a draft for `owner_id` and give its case id; the same key gives the same draft.

    Raises `Denied`, `OutOfReach` for an unknown call, `NotEligible` with the rule (the scheme's § 2).
    """
    call = get_call(call_id, scheme=scheme.code)
    with transaction(actor=actor) as session:
        require(actor, OWN_APPLICATION_EDIT, Place(owner_id=owner_id, plugin=scheme.plugin))
        if call.state != "published" or call.opens_at > clock.now():
            raise OutOfReach(f"call {call_id}")
        rule = judge(scheme, call, kind, owner_id=owner_id)
        if rule is not None:
            raise NotEligible(rule)
        return answer_once(key, actor.person_id, lambda: _begin(session, scheme, call, owner_id, kind, actor))


def _begin(session: Session, scheme: Scheme, call: CallFacts, owner_id: int, kind: str, actor: Actor) -> int:
    case_id = casework.open_case(
        kind=KIND, plugin=scheme.plugin, title=call.title, owner_id=owner_id, actor=actor
    )
    session.execute(
        insert(Application).values(
            case_id=case_id,
            call_id=call.id,
            call_version=call.version,
            form_version=scheme.form_version,
            applicant_kind=kind,
        )
    )
    return case_id


def save_answers(
    scheme: Scheme, case_id: int, group: Group, values: Mapping[str, Any], *, version: int, actor: Actor
) -> Saved:
    """Store the answers of one page of a draft, complete or not. Sums in øre, sites as unit ids in order.

    Raises `Conflict` when the page was saved by somebody else since `version`, `CaseChanged` after sending.
    """
    with transaction(actor=actor):
        saved = store_answers(_draft(scheme, case_id, actor), group, values, version=version)
        note_save(case_id, group.code, actor=actor)
    return saved


def store_answers(facts: ApplicationFacts, group: Group, values: Mapping[str, Any], *, version: int) -> Saved:
    """Write the answers of one page in the current transaction, for an application that may be changed."""
    plain, scheme, case_id = dict(values), facts.scheme, facts.id
    sites = plain.pop(scheme.sites_question, None)
    saved = _write_group(case_id, group.code, plain, version)
    if sites is not None:
        _write_sites(case_id, sites)
    if scheme.title_question in plain:
        title = plain[scheme.title_question] or facts.call_title
        db.session.execute(update(Case).where(Case.id == case_id).values(title=title))
    if scheme.amount_question in plain:
        amount = plain[scheme.amount_question]
        db.session.execute(
            update(Application).where(Application.case_id == case_id).values(amount_ore=amount)
        )
    return saved


def save_budget(
    scheme: Scheme, case_id: int, group: Group, lines: Sequence[Line], *, version: int, actor: Actor
) -> Saved:
    """Store a draft's budget, all lines at once. Raises as `save_answers`."""
    with transaction(actor=actor):
        saved = store_budget(_draft(scheme, case_id, actor), group, lines, version=version)
        note_save(case_id, group.code, actor=actor)
    return saved


def store_budget(facts: ApplicationFacts, group: Group, lines: Sequence[Line], *, version: int) -> Saved:
    """Write a budget in the current transaction, for an application that may be changed."""
    saved = _write_group(facts.id, group.code, {}, version)
    db.session.execute(delete(BudgetLine).where(BudgetLine.case_id == facts.id))
    rows = [
        {
            "case_id": facts.id,
            "position": position,
            "side": line.side,
            "post": line.post,
            "text": line.text,
            "amount_ore": line.amount_ore,
        }
        for position, line in enumerate(lines)
    ]
    if rows:
        db.session.execute(insert(BudgetLine), rows)
    return saved


def attach_file(scheme: Scheme, case_id: int, *, content: bytes, filename: str, actor: Actor) -> int:
    """Attach an upload to a draft and give the document's id. Raises `UploadRefused`."""
    with transaction(actor=actor):
        facts = _draft(scheme, case_id, actor)
        document_id = documents.store(
            content=content,
            filename=filename,
            place=Place(owner_id=facts.owner_id, plugin=scheme.plugin),
            read_permissions=PARTY_READS,
            actor=actor,
        )
        casework.attach(case_id, document_id, "attachment", actor=actor)
    return document_id


def attach_paper(scheme: Scheme, case_id: int, document_id: int, *, actor: Actor) -> int:
    """Attach a copy of a paper the applicant has handed in before; gives the copy's id, or the one there is.

    A copy, since the application keeps what was sent when the paper is replaced. Raises `OutOfReach` for
    anything but a paper of theirs that stands and is ready.
    """
    with transaction(actor=actor):
        facts = _draft(scheme, case_id, actor)
        paper, content = kept_paper(facts.owner_id, document_id, actor=actor)
        for attached in list_documents(facts.attachments):
            if attached.digest == paper.digest:
                known: int = attached.id
                return known
        return attach_file(scheme, case_id, content=content, filename=paper.filename, actor=actor)


def kept_paper(owner_id: int, document_id: int, *, actor: Actor) -> tuple[Kept, bytes]:
    """A paper of the organisation that stands and is ready, and its content. Raises `OutOfReach`."""
    standing = {paper.document_id: paper for paper in papers_of(owner_id)}
    opened = readable(document_id, actor)
    if document_id not in standing or opened.content is None:
        raise OutOfReach(f"document {document_id}")
    return standing[document_id], opened.content


def remove_file(scheme: Scheme, case_id: int, document_id: int, *, actor: Actor) -> None:
    """Take an attachment away from a draft. Raises `OutOfReach` for a document of something else."""
    with transaction(actor=actor) as session:
        facts = _draft(scheme, case_id, actor)
        if document_id not in facts.attachments:
            raise OutOfReach(f"document {document_id}")
        session.execute(
            delete(CaseDocument).where(
                CaseDocument.case_id == case_id, CaseDocument.document_id == document_id
            )
        )
        documents.remove(document_id)


def submit(scheme: Scheme, case_id: int, *, key: UUID, actor: Actor) -> int:
    """Send an application: number, place, receipt to everybody in the organisation. Gives the case id.

    The server's clock decides whether it is late: late ones are received and marked. The same key twice
    sends once. Raises `Denied`, `CaseChanged` when it is sent already, `Incomplete`, and `NotEligible` when
    UDI has ended the cooperation meanwhile.
    """
    with transaction(actor=actor):
        answer_once(key, actor.person_id, lambda: _check_and_send(scheme, case_id, actor))
    return case_id


def _check_and_send(scheme: Scheme, case_id: int, actor: Actor) -> int:
    facts = get_application(case_id, scheme=scheme.code, actor=actor)
    require(actor, OWN_APPLICATION_SUBMIT, facts)
    if facts.state != "draft":
        raise CaseChanged
    ended = barred(facts.owner_id)
    if ended is not None:
        raise NotEligible(ended)
    found = [*missing(facts), *refused_files(facts)]
    if found:
        raise Incomplete(found)
    _send(facts, actor)
    return case_id


def _send(facts: ApplicationFacts, actor: Actor) -> None:
    sent_at = clock.now()
    late = sent_at >= facts.closes_at
    to = place_for(
        [unit for unit, _name in facts.sites], facts.distribution, national_unit=facts.scheme.national_unit
    )
    place = Place(to.national_id, to.regional_id, to.local_id, facts.owner_id, facts.plugin)
    documents.share(facts.attachments, [APPLICATION_READ.name], place=place)
    db.session.execute(update(Application).where(Application.case_id == facts.id).values(late=late))
    number = casework.next_number()
    places = {
        "national_id": place.national_id,
        "regional_id": place.regional_id,
        "local_id": place.local_id,
    }
    changes = {"number": number, "submitted_at": sent_at, **places}
    fire(facts, "submit", actor=actor, changes=changes)
    event = ApplicationSubmitted(
        subject_id=facts.id,
        owner_id=facts.owner_id,
        call_id=facts.call_id,
        number=number,
        amount_ore=facts.amount_ore or 0,
        late=late,
        **places,
    )
    record(event, actor=actor)
    order_receipt(facts, number=number, sent_at=sent_at, late=late, place=place, actor=actor)
    notify(
        unit_id=facts.owner_id,
        kind="funding.received",
        title_id=N_("We have received application %(number)s"),
        body_id=N_("“%(title)s” is received. You find the receipt and follow the case in the portal."),
        values={"number": number, "title": facts.title},
        href=facts.scheme.case_path(facts.id),
    )


def _draft(scheme: Scheme, case_id: int, actor: Actor) -> ApplicationFacts:
    facts = get_application(case_id, scheme=scheme.code, actor=actor)
    require(actor, OWN_APPLICATION_EDIT, facts)
    if facts.state != "draft":
        raise CaseChanged
    return facts


def _write_group(case_id: int, group: str, values: Mapping[str, Any], version: int) -> Saved:
    known = func.coalesce(Application.versions[group].as_integer(), 0)
    old = func.coalesce(Application.answers[group], literal({}, JSONB))
    written = db.session.execute(
        update(Application)
        .where(Application.case_id == case_id, known == version)
        .values(
            answers=func.jsonb_set(
                Application.answers, array([group]), old.op("||")(literal(dict(values), JSONB))
            ),
            versions=func.jsonb_set(Application.versions, array([group]), func.to_jsonb(known + 1)),
            saved_at=clock.now(),
        )
        .returning(Application.case_id)
    ).first()
    if written is None:
        now = db.session.execute(select(known).where(Application.case_id == case_id)).scalar_one()
        raise Conflict(now)
    return Saved(version + 1)


def _write_sites(case_id: int, sites: Sequence[int]) -> None:
    db.session.execute(delete(ApplicationSite).where(ApplicationSite.case_id == case_id))
    rows = [
        {"case_id": case_id, "position": position, "unit_id": unit}
        for position, unit in enumerate(dict.fromkeys(sites))
    ]
    if rows:
        db.session.execute(insert(ApplicationSite), rows)
