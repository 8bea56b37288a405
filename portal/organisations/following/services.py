"""Taking in what the register says anew: stored, recorded, told to members, put before staff, once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import exists, func, insert, select, update
from sqlalchemy.orm import Session

from portal import clock
from portal.access.actor import Actor
from portal.access.policy import require
from portal.database import db, transaction
from portal.notifications.services import notify
from portal.organisations import queries as organisations
from portal.organisations.facts import register_status, written_name
from portal.organisations.following import queries
from portal.organisations.following.changes import changes, told
from portal.organisations.following.events import ChangeSeen, NewPeopleAnswered, RegisterChanged
from portal.organisations.following.models import RegisterChange
from portal.organisations.following.moving import Mover, settle
from portal.organisations.following.vocabulary import GRAVE
from portal.organisations.models import Organisation
from portal.organisations.permissions import MEMBER_MANAGE, REGISTRATION_HANDLE
from portal.organisations.placing import place_of
from portal.organisations.searching import words
from portal.record import record
from portal.units.models import Operator, Unit
from portal.units.ordering import sort_key
from portal.web.kit.i18n import N_

_O = Organisation
_SUBJECT = select(
    _O.unit_id,
    _O.name,
    _O.number,
    _O.kind,
    _O.facts,
    _O.national_id,
    _O.regional_id,
    _O.local_id,
    _O.level,
    _O.municipality_number,
)
_NOTICES = {
    "deleted": N_("The register says that %(name)s is deleted"),
    "removed": N_("%(name)s is no longer in the register"),
    "bankrupt": N_("The register says that %(name)s is bankrupt"),
    "winding_up": N_("The register says that %(name)s is being wound up"),
    "restored": N_("The register no longer says that %(name)s is deleted, bankrupt or being wound up"),
    "name": N_("The register has a new name for %(name)s"),
    "roles": N_("The register has new people in the roles of %(name)s"),
    "voluntary_in": N_("%(name)s is entered in the Register of Voluntary Organisations"),
    "voluntary_out": N_("%(name)s is no longer in the Register of Voluntary Organisations"),
    "legal_form": N_("%(name)s has a new legal form in the register"),
}
_BODIES = {
    "roles": N_("Have you had an annual meeting? Then change who leads the organisation here too."),
    "voluntary_out": N_("Some grants demand that you are entered. Being entered is free: brreg.no."),
    "voluntary_in": N_("Now you can also apply for grants that demand it."),
}
_WRONG = N_("If it is wrong, tell Brønnøysundregistrene. UDI can see the change too.")


@dataclass(frozen=True, slots=True)
class _Subject:
    unit_id: int
    name: str
    number: str | None
    kind: str
    facts: dict[str, Any] | None
    national_id: int | None
    regional_id: int | None
    local_id: int | None
    level: str
    municipality_number: str | None


def take_in(unit_id: int, answer: Mapping[str, Any]) -> list[str]:
    """Store the registers' answer about one of ours and tell of what is new; gives the codes of `CHANGES`.

    Called inside a job's transaction. `{"removed": True}` is a number the register no longer gives out: what
    was known is kept. The same answer again changes nothing but its time.
    """
    row = db.session.execute(_SUBJECT.where(_O.unit_id == unit_id).with_for_update()).one_or_none()
    if row is None:
        return []
    subject = _Subject(*tuple(row))
    facts = _kept(subject, answer)
    found = changes(subject.facts, facts)
    values: dict[str, Any] = {"facts": facts, "facts_at": func.now(), "register_status": _status(facts)}
    values["legal_form"] = facts.get("legal_form") or ""
    if "name" in found:
        values |= _renamed(subject, facts)
    db.session.execute(update(_O).where(_O.unit_id == unit_id).values(**values))
    if "municipality" in found and subject.level != "national":
        subject, more = _moved(subject, facts)
        found += more
    if found:
        _tell(subject, found, told(subject.facts), told(facts))
    return found


def flag_operators() -> int:
    """Flag organisations that have come to run sites since last: their kind follows. Gives how many."""
    runs_sites = exists().where(Operator.organisation_number == _O.number)
    with transaction():
        rows = db.session.execute(_SUBJECT.where(_O.kind != "operator", runs_sites).with_for_update()).all()
        for subject in (_Subject(*tuple(row)) for row in rows):
            changed = update(_O).where(_O.unit_id == subject.unit_id)
            db.session.execute(changed.values(kind="operator", version=_O.version + 1))
            _tell(subject, ["operator"], {"kind": subject.kind}, {"kind": "operator"})
    return len(rows)


def mark_seen(change_id: int, *, unit_id: int, actor: Actor) -> None:
    """Note that somebody has looked at a change; a second time changes nothing. `OutOfReach`, `Denied`."""
    with transaction(actor=actor) as session:
        subject = organisations.get(unit_id, actor=actor)
        require(actor, REGISTRATION_HANDLE, subject)
        marked = session.execute(
            update(RegisterChange)
            .where(
                RegisterChange.id == change_id,
                RegisterChange.unit_id == unit_id,
                RegisterChange.seen_at.is_(None),
            )
            .values(seen_at=func.now(), seen_by=actor.person_id)
            .returning(RegisterChange.id)
        ).first()
        if marked is None:
            queries.check_there(change_id, unit_id=unit_id)
            return
        event = ChangeSeen(
            subject_id=unit_id,
            national_id=subject.national_id,
            regional_id=subject.regional_id,
            owner_id=unit_id,
            change_id=change_id,
        )
        record(event, actor=actor)


def answer_new_people(unit_id: int, *, actor: Actor) -> None:
    """The leader says that nobody new is to act for it here. Raises `OutOfReach`, `Denied`."""
    with transaction(actor=actor) as session:
        subject = organisations.get(unit_id, actor=actor)
        require(actor, MEMBER_MANAGE, subject)
        close_new_people(session, unit_id, actor=actor)


def close_new_people(session: Session, unit_id: int, *, actor: Actor) -> None:
    """Take away the leader's task of new people in the register, in the caller's transaction; once."""
    closed = session.execute(
        update(RegisterChange)
        .where(
            RegisterChange.unit_id == unit_id,
            RegisterChange.codes.contains(["roles"]),
            RegisterChange.answered_at.is_(None),
        )
        .values(answered_at=func.now(), answered_by=actor.person_id)
        .returning(RegisterChange.id, RegisterChange.national_id, RegisterChange.regional_id)
    ).all()
    for row in closed:
        where = {"national_id": row.national_id, "regional_id": row.regional_id, "owner_id": unit_id}
        record(NewPeopleAnswered(subject_id=unit_id, change_id=row.id, **where), actor=actor)


def _kept(subject: _Subject, answer: Mapping[str, Any]) -> dict[str, Any]:
    if answer.get("removed"):
        return {**(subject.facts or {"number": subject.number}), "removed": True}
    if answer.get("deleted_on"):  # few fields: what was known stands beside it
        return {
            **(subject.facts or {}),
            **{k: v for k, v in answer.items() if v not in (None, "", [], False)},
        }
    return dict(answer)


def _moved(subject: _Subject, facts: Mapping[str, Any]) -> tuple[_Subject, list[str]]:
    """Follow it where its own place was the register's too; otherwise staff see to it."""
    new, before = str(facts["municipality_number"]), (subject.facts or {}).get("municipality_number")
    if subject.municipality_number not in (None, before):
        elsewhere = place_of(subject.level, new).regional_id != subject.regional_id
        return subject, ["address_elsewhere"] if elsewhere else []
    mover = Mover(subject.unit_id, subject.name, subject.level, subject.national_id, subject.regional_id)
    place = settle(db.session(), mover, new, actor=None)
    if place is None or place.regional_id == subject.regional_id:
        return subject, []
    return replace(subject, national_id=place.national_id, regional_id=place.regional_id), ["region"]


def _status(facts: Mapping[str, Any]) -> str:
    return "deleted" if facts.get("removed") else register_status(facts)


def _renamed(subject: _Subject, facts: Mapping[str, Any]) -> dict[str, Any]:
    name = written_name(facts, subject.name)
    key = sort_key(name)
    db.session.execute(update(Unit).where(Unit.id == subject.unit_id).values(name=name, sort_key=key))
    return {"name": name, "sort_key": key, "words": words(name), "version": _O.version + 1}


def _tell(subject: _Subject, found: list[str], before: dict[str, Any], after: dict[str, Any]) -> None:
    where = {
        "national_id": subject.national_id,
        "regional_id": subject.regional_id,
        "local_id": subject.local_id,
        "owner_id": subject.unit_id,
    }
    change_id: int = db.session.execute(
        insert(RegisterChange)
        .values(
            unit_id=subject.unit_id,
            codes=found,
            before=before,
            after=after,
            grave=bool(GRAVE & set(found)),
            found_at=clock.now(),
            **where,
        )
        .returning(RegisterChange.id)
    ).scalar_one()
    event = RegisterChanged(subject_id=subject.unit_id, codes=", ".join(found), change_id=change_id, **where)
    record(event, actor=None)
    first = next((code for code in _NOTICES if code in found), None)
    if first is not None:
        notify(
            unit_id=subject.unit_id,
            kind="register_change",
            title_id=_NOTICES[first],
            body_id=_BODIES.get(first, _WRONG),
            values={"name": subject.name},
            href=f"/organisasjoner/{subject.unit_id}"
            if first != "roles"
            else f"/organisasjoner/{subject.unit_id}/bytt-leder",
        )
