"""Applications of a call that name the same site, side by side: what the children would be offered there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import aliased

from portal.access.actor import Actor
from portal.access.policy import visible
from portal.casework.impartiality import closed_by
from portal.casework.models import Case
from portal.casework.standing import READER, STANDING, parts_in
from portal.casework.workflow import state_label
from portal.database import read
from portal.funding.models import Application, ApplicationSite, Assessment
from portal.funding.permissions import APPLICATION_READ
from portal.funding.scheme import Scheme
from portal.rules import Rule
from portal.units.models import Unit

MOST = 60
SHOWN = 220
_GONE = ("withdrawn", "discarded")
_Owner = aliased(Unit)
_SITES: Any = (
    select(Unit.id, Unit.name, func.count(Case.id))
    .select_from(Application)
    .join(Case, Case.id == Application.case_id)
    .join(ApplicationSite, ApplicationSite.case_id == Case.id)
    .join(Unit, Unit.id == ApplicationSite.unit_id)
    .where(Application.call_id == bindparam("call_id"), Case.state.not_in(_GONE))
    .group_by(Unit.id)
    .order_by(func.count(Case.id).desc(), Unit.sort_key, Unit.id)
)
_AT_SITE: Any = (
    select(
        Case.id,
        Case.number,
        Case.title,
        Case.kind,
        Case.state,
        Case.version,
        Case.plugin,
        Case.national_id,
        Case.regional_id,
        Case.local_id,
        Case.owner_id,
        Case.handler_id,
        Case.submitted_at,
        _Owner.name.label("owner"),
        Application.amount_ore,
        Assessment.proposed_ore,
        Application.answers,
        STANDING.label("standing"),
    )
    .select_from(Application)
    .join(Case, Case.id == Application.case_id)
    .join(ApplicationSite, ApplicationSite.case_id == Case.id)
    .join(_Owner, _Owner.id == Case.owner_id)
    .outerjoin(Assessment, Assessment.case_id == Case.id)
    .where(
        Application.call_id == bindparam("call_id"),
        ApplicationSite.unit_id == bindparam("unit_id"),
        Case.state.not_in(_GONE),
    )
    .order_by(Case.submitted_at, Case.id)
    .limit(MOST)
)


@dataclass(frozen=True, slots=True)
class Compared:
    """One application in the table; `answers` to the questions that are compared, shortened. Sums in øre.

    With `closed`, the rule that closes the content to the reader, there is neither title, sum nor answer.
    """

    id: int
    number: str | None
    title: str
    tag: tuple[Any, str]
    owner: str
    amount_ore: int | None
    proposed_ore: int | None
    answers: tuple[str, ...]
    closed: Rule | None


def sites_of(call_id: int, *, actor: Actor) -> Sequence[Any]:
    """(unit id, name, how many) of the sites named by applications in reach, the most named first."""
    return read(_SITES.where(visible(actor, APPLICATION_READ, Case)), {"call_id": call_id})


def at_site(scheme: Scheme, call_id: int, unit_id: int, *, actor: Actor) -> list[Compared]:
    """The call's applications that name the site, as far as the actor may read them."""
    rows: Any = read(
        _AT_SITE.where(visible(actor, APPLICATION_READ, Case)),
        {"call_id": call_id, "unit_id": unit_id, READER: actor.person_id},
    )
    return [_compared(scheme, row, closed_by(row, actor, parts_in(row.standing))) for row in rows]


def _compared(scheme: Scheme, row: Any, closed: Rule | None) -> Compared:
    return Compared(
        row.id,
        row.number,
        "" if closed else row.title,
        state_label(row.kind, row.state, staff=True),
        row.owner,
        None if closed else row.amount_ore,
        None if closed else row.proposed_ore,
        () if closed else tuple(_shortened(answer) for answer in _answers(scheme, row.answers)),
        closed,
    )


def _answers(scheme: Scheme, answers: dict[str, dict[str, Any]]) -> list[Any]:
    by_code = {q.code: answers.get(group.code, {}).get(q.code) for group, q in scheme.questions()}
    return [by_code.get(code) for code in scheme.compared]


def _shortened(answer: Any) -> str:
    text = " ".join(str("" if answer is None else answer).split())
    return text if len(text) <= SHOWN else text[:SHOWN].rsplit(" ", 1)[0] + " …"
