"""Standard sentences (*standardtekster*): what the scheme declares to begin with, then what units write.

The national unit owns those for everybody; a region adds its own and leaves the national ones alone.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, or_, select

from portal.access.actor import Actor, Place
from portal.access.policy import OutOfReach, allowed, require
from portal.casework.firing import CaseChanged
from portal.database import db, read, transaction
from portal.funding.events import SentenceWritten
from portal.funding.models import StandardSentence
from portal.funding.permissions import APPLICATION_READ, SENTENCE_MANAGE
from portal.funding.scheme import Scheme
from portal.identity.models import Person
from portal.record import record
from portal.units.models import Unit
from portal.web.kit.i18n import LANGUAGES, language, use_locale

Texts = Mapping[str, Mapping[str, str]]
# From the units, so that the national one is found also while nobody has written anything.
_ALL: Any = (
    select(
        StandardSentence.code,
        Unit.id.label("unit_id"),
        Unit.name.label("unit_name"),
        StandardSentence.version,
        StandardSentence.texts,
        StandardSentence.basis,
        StandardSentence.refuses,
        StandardSentence.retired,
        StandardSentence.written_at,
        Person.name.label("written_by"),
        Unit.code.label("unit_code"),
    )
    .select_from(Unit)
    .outerjoin(
        StandardSentence,
        (StandardSentence.unit_id == Unit.id) & (StandardSentence.scheme == bindparam("scheme")),
    )
    .outerjoin(Person, Person.id == StandardSentence.written_by)
    .order_by(Unit.id, StandardSentence.code, StandardSentence.version.desc())
)


@dataclass(frozen=True, slots=True)
class SentenceFacts:
    """A version of a sentence; version 0 is what the scheme declares, written by nobody here."""

    code: str
    unit_id: int
    unit_name: str
    version: int
    texts: Texts
    basis: str
    refuses: bool
    retired: bool = False
    written_at: datetime | None = None
    written_by: str = ""

    def said(self, part: str, in_language: str | None = None) -> str:
        """`label` or `text` in a language, by default the reader's; bokmål where it is not written in it."""
        wanted = in_language or language()
        return self.texts.get(wanted, {}).get(part) or self.texts["nb"][part]


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What somebody writes: texts by language, where the sentence comes from, whether it is for refusals."""

    texts: Texts
    basis: str
    refuses: bool


def usable(scheme: Scheme, regional_id: int | None) -> list[SentenceFacts]:
    """The sentences in use for a case of a region: the national ones, then the region's own."""
    found = _current(scheme, Unit.id == regional_id)
    return sorted((one for one in found if not one.retired), key=lambda one: one.refuses)


def listed(scheme: Scheme, *, actor: Actor) -> list[SentenceFacts]:
    """Every sentence the actor may read, out of use ones too: the national, then those of their regions."""
    reach = actor.reach[APPLICATION_READ.name]
    everywhere = StandardSentence.id.is_not(None)
    return _current(scheme, everywhere if reach.national else Unit.id.in_(list(reach.regional)))


def history(scheme: Scheme, unit_id: int, code: str, *, actor: Actor) -> list[SentenceFacts]:
    """The versions of a sentence, the newest first. Raises `OutOfReach`."""
    if not any((one.unit_id, one.code) == (unit_id, code) for one in listed(scheme, actor=actor)):
        raise OutOfReach(f"sentence {code}")
    begun, written = _read(scheme, Unit.id == unit_id)
    return [one for one in (*written, *begun) if (one.unit_id, one.code) == (unit_id, code)]


def units_of(scheme: Scheme, *, actor: Actor) -> list[tuple[int, str]]:
    """(id, name) of the units the actor may write new sentences for."""
    national = _national(scheme)
    reach = actor.reach[SENTENCE_MANAGE.name]
    found = [national] if national[0] in reach.national else []
    regions = select(Unit.id, Unit.name).where(Unit.id.in_(list(reach.regional))).order_by(Unit.name)
    return found + [(row.id, row.name) for row in (read(regions) if reach.regional else ())]


def may_change(scheme: Scheme, unit_id: int, *, actor: Actor) -> bool:
    """May the actor write the sentences of this unit?"""
    return allowed(actor, SENTENCE_MANAGE, _place(scheme, unit_id))


def write(scheme: Scheme, unit_id: int, code: str, said: Said, *, version: int, actor: Actor) -> str:
    """Write the next version of a sentence, or with no `code` a new one; gives its code.

    Raises `Denied`, and `CaseChanged` when `version` is not the newest one.
    """
    with transaction(actor=actor):
        place = _manages(scheme, unit_id, actor)
        known = _newest(scheme, unit_id, code, version) if code else None
        retired = known.retired if known is not None else False
        values = {"texts": said.texts, "basis": said.basis, "refuses": said.refuses, "retired": retired}
        return _store(scheme, place, code or f"own_{secrets.token_hex(4)}", version, "written", values, actor)


def retire(scheme: Scheme, unit_id: int, code: str, *, retired: bool, version: int, actor: Actor) -> None:
    """Take a sentence out of use, or into use again; what is written in cases stays. Raises as `write`."""
    with transaction(actor=actor):
        place = _manages(scheme, unit_id, actor)
        now = _newest(scheme, unit_id, code, version)
        values = {"texts": now.texts, "basis": now.basis, "refuses": now.refuses, "retired": retired}
        _store(scheme, place, code, version, "retired" if retired else "restored", values, actor)


def _manages(scheme: Scheme, unit_id: int, actor: Actor) -> Place:
    place = _place(scheme, unit_id)
    require(actor, SENTENCE_MANAGE, place)
    return place


def _newest(scheme: Scheme, unit_id: int, code: str, version: int) -> SentenceFacts:
    # Two at once stand in line here; the second then sees the first one's version.
    db.session.execute(select(Unit.id).where(Unit.id == unit_id).with_for_update())
    known = _current(scheme, Unit.id == unit_id)
    found = next((one for one in known if (one.unit_id, one.code) == (unit_id, code)), None)
    if found is None or found.version != version:
        raise CaseChanged
    return found


def _store(
    scheme: Scheme, place: Place, code: str, version: int, step: str, values: dict[str, Any], actor: Actor
) -> str:
    made: int = db.session.execute(
        insert(StandardSentence)
        .values(
            scheme=scheme.code,
            unit_id=place.regional_id or place.national_id,
            code=code,
            version=version + 1,
            written_by=actor.person_id,
            **values,
        )
        .returning(StandardSentence.id)
    ).scalar_one()
    event = SentenceWritten(
        subject_id=made,
        national_id=place.national_id,
        regional_id=place.regional_id,
        scheme=scheme.code,
        version=version + 1,
        step=step,
    )
    record(event, actor=actor)
    return code


def _current(scheme: Scheme, also: Any) -> list[SentenceFacts]:
    """The newest version of each: the national unit's, declared or written, and of units `also` holds for."""
    begun, written = _read(scheme, also)
    newest: dict[tuple[int, str], SentenceFacts] = {}
    for one in written:
        newest.setdefault((one.unit_id, one.code), one)
    first = [newest.pop((one.unit_id, one.code), one) for one in begun]
    national = begun[0].unit_id if begun else 0
    rest = sorted(newest.values(), key=lambda one: (one.unit_id != national, one.unit_name, one.code))
    return first + rest


def _read(scheme: Scheme, also: Any) -> tuple[list[SentenceFacts], list[SentenceFacts]]:
    """What the scheme declares, and every version written, the newest first of each; one statement."""
    rows: Any = read(_ALL.where(or_(Unit.code == scheme.national_unit, also)), {"scheme": scheme.code})
    begun: list[SentenceFacts] = []
    written: list[SentenceFacts] = []
    for row in rows:
        if row.unit_code == scheme.national_unit and not begun:
            begun = _declared(scheme, row.unit_id, row.unit_name)
        if row.code is not None:
            written.append(SentenceFacts(*tuple(row)[:-1]))
    return begun, written


def _declared(scheme: Scheme, unit_id: int, unit_name: str) -> list[SentenceFacts]:
    found = []
    for one in scheme.sentences:
        texts = {}
        for code in LANGUAGES:
            with use_locale(code):
                texts[code] = {"label": str(one.label), "text": str(one.text)}
        found.append(SentenceFacts(one.code, unit_id, unit_name, 0, texts, one.basis, one.refuses))
    return found


def _national(scheme: Scheme) -> tuple[int, str]:
    [row] = read(select(Unit.id, Unit.name).where(Unit.code == scheme.national_unit))
    return row.id, row.name


def _place(scheme: Scheme, unit_id: int) -> Place:
    national = _national(scheme)[0]
    region = None if unit_id == national else unit_id
    return Place(national_id=national, regional_id=region, plugin=scheme.plugin)
