"""Payments of a grant: the plan, and each payment's next step. The recipient sees the grant's page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import abort, request
from flask.typing import ResponseReturnValue

from portal import clock
from portal.access.policy import require
from portal.funding.granted import accounts, forms, pages, paying
from portal.funding.granted.paths import GrantPaths
from portal.funding.permissions import APPLICATION_READ
from portal.funding.scheme import Scheme
from portal.web.kit.formats import kr
from portal.web.kit.forms import idempotency_key
from portal.web.kit.i18n import gettext as _
from portal.web.kit.requests import actor

Act = Callable[[], object]


def payments(scheme: Scheme, case_id: int) -> str:
    """Account, plan and payments."""
    return _page(scheme, case_id)


def plan_payments(scheme: Scheme, case_id: int) -> ResponseReturnValue:
    """Divide what is not ordered into terms that add up to the grant."""
    found = pages.grant_of(scheme, case_id)
    form: Any = forms.plan_form(found)
    if not form.validate():
        return _page(scheme, case_id, form=form), 422
    lines = [
        (entry.form.amount.data, entry.form.due_on.data or clock.today())
        for entry in form.terms.entries
        if entry.form.amount.data
    ]

    def act(terms: list[tuple[int, date]] = lines) -> None:
        paying.plan(scheme, case_id, terms, key=idempotency_key(), actor=actor())

    try:
        return pages.tried(
            act, GrantPaths(scheme.prefix).payments(case_id), lambda why: _page(scheme, case_id, refusal=why)
        )
    except paying.PlanRefused as refused:
        return _page(scheme, case_id, form=form, refusal=_off(refused.off_ore)), 422


def _off(ore: int) -> str:
    if ore > 0:
        return _("The payments come to %(sum)s more than the grant.", sum=kr(ore))
    return _("The payments come to %(sum)s less than the grant.", sum=kr(-ore))


def payment_step(scheme: Scheme, case_id: int, term_id: int, name: str) -> ResponseReturnValue:
    """Order, attest, register as paid, stop, or register that it came back."""
    paid_form: Any = forms.PaidForm()
    if name == "betalt" and not paid_form.validate():
        return _page(scheme, case_id, paid_form=paid_form, paid_term=term_id), 422
    act = _act(scheme, case_id, term_id, name, paid_form)
    return pages.tried(
        act, GrantPaths(scheme.prefix).payments(case_id), lambda why: _page(scheme, case_id, refusal=why)
    )


def _act(scheme: Scheme, case_id: int, term_id: int, name: str, form: Any) -> Act:
    reason = request.form.get("reason", "")[:2000]
    acts: dict[str, Act] = {
        "bestill": lambda: paying.order(scheme, case_id, term_id, actor=actor()),
        "attester": lambda: paying.attest(scheme, case_id, term_id, actor=actor()),
        "stans": lambda: paying.stop(scheme, case_id, term_id, reason=reason, actor=actor()),
        "retur": lambda: paying.came_back(scheme, case_id, term_id, reason=reason, actor=actor()),
        "betalt": lambda: paying.paid(
            scheme,
            case_id,
            term_id,
            paid_on=form.paid_on.data,
            reference=form.reference.data,
            actor=actor(),
        ),
    }
    return acts.get(name) or abort(404)


def _page(scheme: Scheme, case_id: int, **more: Any) -> str:
    found = pages.grant_of(scheme, case_id)
    require(actor(), APPLICATION_READ, found.application)
    values: dict[str, Any] = {
        "form": forms.plan_form(found),
        "paid_form": forms.PaidForm(formdata=None),
        "paid_term": None,
        "usable_from": accounts.usable_from(found, found.confirmed) if found.confirmed else None,
        "today": clock.today(),
        "me": actor().person_id,
    }
    return pages.show("payments", found, **{**values, **more})
