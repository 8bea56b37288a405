"""All that follows a grant on one page, and yes or no to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from portal.access.policy import require
from portal.documents.queries import list_documents
from portal.funding.granted import accepting, forms, pages
from portal.funding.granted.accounts import ReasonNeeded
from portal.funding.granted.facts import Grant
from portal.funding.granted.paths import GrantPaths
from portal.funding.permissions import OWN_APPLICATION_READ
from portal.funding.scheme import Scheme
from portal.web.kit.forms import idempotency_key
from portal.web.kit.i18n import gettext as _
from portal.web.kit.requests import actor, see_other


def grant(scheme: Scheme, case_id: int) -> str:
    """The grant from acceptance to the end, for both sides."""
    return pages.show("grant", pages.grant_of(scheme, case_id))


def acceptance(scheme: Scheme, case_id: int) -> ResponseReturnValue:
    """What was granted, on which conditions, and to which account: one screen."""
    found = _own(scheme, case_id)
    if found.application.state != "granted":
        return see_other(GrantPaths(scheme.prefix).grant(case_id))
    known = found.confirmed or found.waiting
    number = known.number if known else found.register_account
    return _accept_page(found, forms.AcceptForm(data={"number": number}))


def accept(scheme: Scheme, case_id: int) -> ResponseReturnValue:
    """Yes."""
    found = _own(scheme, case_id)
    form: Any = forms.AcceptForm()
    if not form.validate():
        return _accept_page(found, form), 422

    def act() -> None:
        accepting.accept(
            scheme,
            case_id,
            number=form.number.data,
            reason=form.reason.data or "",
            version=request.form.get("version", 0, type=int),
            key=idempotency_key(),
            actor=actor(),
        )

    try:
        return pages.tried(
            act,
            GrantPaths(scheme.prefix).grant(case_id),
            lambda why: pages.show("grant", pages.grant_of(scheme, case_id), refusal=why),
        )
    except ReasonNeeded:
        form.refuse("reason", _("Write why it is another account than the one UDI has confirmed."))
        return _accept_page(found, form), 422


def decline(scheme: Scheme, case_id: int) -> ResponseReturnValue:
    """No."""
    return _with_reason(accepting.decline, scheme, case_id, forms.DeclineForm())


def lapse(scheme: Scheme, case_id: int) -> ResponseReturnValue:
    """UDI lets a grant go that nobody has accepted."""
    return _with_reason(accepting.lapse, scheme, case_id, forms.ReasonForm())


def _with_reason(step: Callable[..., object], scheme: Scheme, case_id: int, form: Any) -> ResponseReturnValue:
    def page(why: Any) -> str:
        return pages.show("grant", pages.grant_of(scheme, case_id), refusal=why)

    return pages.with_reason(step, scheme, case_id, form, page)


def _own(scheme: Scheme, case_id: int) -> Grant:
    found = pages.grant_of(scheme, case_id)
    require(actor(), OWN_APPLICATION_READ, found.application)
    return found


def _accept_page(found: Grant, form: Any) -> str:
    letters = list_documents(found.application.letters)
    return pages.show("accept", found, form=form, decline_form=forms.DeclineForm(), letters=letters)
