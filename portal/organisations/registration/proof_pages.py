"""What the three ways of showing that one may represent an organisation look like in words."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from portal.documents.queries import list_documents
from portal.organisations.registration import pages, proofs
from portal.organisations.registration.queries import Registered
from portal.web.kit.formats import when
from portal.web.kit.i18n import gettext as _
from portal.web.kit.text import island

Pairs = list[tuple[str, Any]]


def proof_pairs(subject: Registered) -> Pairs:
    """For the caseworker: which of the three there is, and what came of it. Nothing without a number."""
    if subject.path != "number":
        return []
    pairs: Pairs = [
        (_("Compared with the register"), register_text(subject)),
        (_("The organisation's own answer"), question_text(subject)),
        (_("Mandate"), _mandate(subject)),
    ]
    if subject.checked:
        pairs.append((_("Found out by the caseworker"), subject.checked))
    return pairs


def register_text(subject: Registered) -> str:
    """What came of comparing name and birth date with the register."""
    role = pages.register_role(subject)
    if role:
        return _("The name and the birth date the person wrote match the register: %(role)s", role=role)
    if subject.matched_role == proofs.NO_MATCH:
        return _("Nobody with that name and birth date in the register")
    return _("Not compared")


def question_text(subject: Registered) -> str:
    """What the organisation answered, or that it has not."""
    asked = proofs.questions(subject.id)
    if not asked:
        return _("Not asked")
    last = asked[0]
    if last.answer == "yes":
        return _("Yes, the person may represent it (%(when)s)", when=when(last.answered_at))
    if last.answer == "no":
        return _("No, the person may not represent it (%(when)s)", when=when(last.answered_at))
    return _("Asked %(when)s, no answer yet", when=when(last.created_at))


def mandate_name(subject: Registered) -> str | None:
    """The handed-in mandate's file name, or None."""
    found = list_documents([subject.mandate_id]) if subject.mandate_id else []
    return found[0].title if found else None


def _mandate(subject: Registered) -> Any:
    name = mandate_name(subject)
    if name is None:
        return _("Not handed in")
    return Markup('<a class="ds-link" href="/dokument/{}">{}</a>').format(subject.mandate_id, island(name))
