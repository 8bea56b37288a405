"""The audit trail: read it, see whether the chain holds, have it checked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Row
from wtforms import IntegerField, SelectField
from wtforms.validators import Optional

from portal.access.declared import AUDIT_READ, AUDIT_VERIFY
from portal.access.routes import PortalBlueprint, needs
from portal.administration import audit_queries as queries
from portal.administration.audit_words import (
    SUBJECTS,
    Names,
    details_in_words,
    in_words,
    kind_of_event,
    subject_in_words,
)
from portal.record.sealing import status
from portal.record.verification import ask_for_check, last_check
from portal.web.kit.forms import DayField, Form, LineField
from portal.web.kit.i18n import gettext as _
from portal.web.kit.i18n import lazy_gettext
from portal.web.kit.paging import decode_key, page_of
from portal.web.kit.requests import actor, see_other

bp = PortalBlueprint("audit", __name__, url_prefix="/revisjon")


class AuditFilterForm(Form):
    """What the trail is narrowed to."""

    event = SelectField(lazy_gettext("Event"), [Optional()], validate_choice=False)
    person = LineField(
        lazy_gettext("Who"), [Optional()], description=lazy_gettext("The e-mail address or the full name.")
    )
    subject = SelectField(lazy_gettext("What kind"), [Optional()], validate_choice=False)
    number = IntegerField(lazy_gettext("Which number"), [Optional()])
    first = DayField(lazy_gettext("From"), [Optional()])
    last = DayField(lazy_gettext("To"), [Optional()])


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as it is read: who, when, what in words, about what."""

    id: int
    at: datetime
    who: str | None
    on_behalf_of: str | None
    text: str
    name: str
    subject: str
    subject_id: int
    about: str
    details: list[tuple[str, Any]]


@bp.get("", access=needs(AUDIT_READ))
def trail() -> str:
    """The trail, narrowed by event, person, subject and days, with the chain's state above it."""
    form = AuditFilterForm(formdata=request.args)
    form.event.choices = [
        ("", _("All events")),
        *_sorted({n: kind_of_event(n) for n in queries.event_names()}),
    ]
    form.subject.choices = [("", _("All kinds")), *_sorted({code: str(SUBJECTS[code]) for code in SUBJECTS})]
    filters = _filters(form) if form.validate() else queries.Filters()
    after = decode_key(request.args.get("after"), (int,))
    page = page_of(queries.audit_page(actor(), filters, after), lambda row: (row.id,))
    names = queries.names_in(page.rows)
    sealed, unsealed = status()
    return render_template(
        "administration/audit.html",
        form=form,
        narrowed=filters != queries.Filters() or bool(form.errors),
        entries=[_entry(row, names) for row in page.rows],
        next_url=page.next_url,
        sealed=sealed,
        unsealed=unsealed,
        check=last_check(),
        may_check=actor().may_somewhere(AUDIT_VERIFY.name),
    )


@bp.get("/<int:entry_id>", access=needs(AUDIT_READ))
def entry(entry_id: int) -> str:
    """One entry with everything it holds, and its place in the chain."""
    row = queries.get_entry(entry_id, actor())
    seal = bytes(row.digest).hex() if row.digest is not None else None
    return render_template(
        "administration/audit_entry.html",
        entry=_entry(row, queries.names_in([row])),
        position=row.position,
        seal=seal,
    )


@bp.post("/kontroller", access=needs(AUDIT_VERIFY))
def check() -> ResponseReturnValue:
    """Have a worker check the chain, then come back to see how it went."""
    ask_for_check(actor=actor())
    return see_other("/revisjon#kontroll")


@bp.get("/kontroll", access=needs(AUDIT_READ))
def outcome() -> ResponseReturnValue:
    """The part of the page that shows the last check; 202 while it is at work."""
    found = last_check()
    page = render_template("administration/audit_check.html", check=found)
    return page, (202 if found is not None and found.finished_at is None else 200)


def _sorted(labels: dict[str, str]) -> list[tuple[str, str]]:
    return sorted(labels.items(), key=lambda choice: choice[1].casefold())


def _filters(form: AuditFilterForm) -> queries.Filters:
    return queries.Filters(
        name=form.event.data or "",
        person=form.person.data or "",
        subject=form.subject.data or "",
        subject_id=form.number.data,
        first=form.first.data,
        last=form.last.data,
    )


def _entry(row: Row[Any], names: Names) -> Entry:
    return Entry(
        id=row.id,
        at=row.at,
        who=row.actor or (_("person %(number)s", number=row.actor_id) if row.actor_id else None),
        on_behalf_of=row.on_behalf_of,
        text=in_words(row.message, row.data, names, name=row.name),
        name=row.name,
        subject=row.subject,
        subject_id=row.subject_id,
        about=subject_in_words(row.subject, row.subject_id),
        details=details_in_words(row.name, row.data, names),
    )
