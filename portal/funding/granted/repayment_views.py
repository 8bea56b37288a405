"""Money back: told of first, commented, demanded, registered, finished. For both sides."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import abort, request
from flask.typing import ResponseReturnValue

from portal import clock
from portal.access.policy import allowed
from portal.casework.appeals.workflow import KIND as APPEAL
from portal.casework.decisions import decisions_of
from portal.casework.permissions import APPEAL_READ, OWN_APPEAL_SEND
from portal.casework.workflow import state_label
from portal.funding.granted import forms, pages, repaying
from portal.funding.granted.account_number import written
from portal.funding.granted.facts import Claim, Grant
from portal.funding.granted.paths import GrantPaths
from portal.funding.scheme import Scheme
from portal.web.kit.formats import kr
from portal.web.kit.forms import idempotency_key
from portal.web.kit.i18n import gettext as _
from portal.web.kit.requests import actor

FORMS: dict[str, tuple[str, Any]] = {
    "forvarsel": ("breach_form", forms.BreachForm),
    "svar": ("comment_form", forms.CommentForm),
    "krav": ("demand_form", forms.DemandForm),
    "innbetaling": ("part_form", forms.PartForm),
    "gi-tilbake": ("back_form", forms.PaidForm),
}


def repayment(scheme: Scheme, case_id: int) -> str:
    """What is to be paid back, and why."""
    return _page(scheme, case_id)


def repayment_step(scheme: Scheme, case_id: int, step: str) -> ResponseReturnValue:
    """Tell of a breach, comment, demand, register money, or finish."""
    form: Any = None
    if step in FORMS:
        name, made = FORMS[step]
        form = made()
        if not form.validate():
            return _page(scheme, case_id, **{name: form}), 422
    act = _act(scheme, case_id, step, form)
    try:
        return pages.tried(
            act,
            GrantPaths(scheme.prefix).repayment(case_id),
            lambda why: _page(scheme, case_id, refusal=why),
        )
    except repaying.AmountRefused as refused:
        form.refuse("amount", _("Write a sum of at most %(sum)s.", sum=kr(refused.most_ore)))
        return _page(scheme, case_id, **{FORMS[step][0]: form}), 422


def _act(scheme: Scheme, case_id: int, step: str, form: Any) -> Callable[[], object]:
    version, key = request.form.get("version", 0, type=int), idempotency_key()
    acts: dict[str, Callable[[], object]] = {
        "forvarsel": lambda: repaying.tell_of_breach(
            scheme, case_id, amount_ore=form.amount.data, reasons=form.reasons.data, key=key, actor=actor()
        ),
        "svar": lambda: repaying.comment(scheme, case_id, text=form.text.data, actor=actor()),
        "krav": lambda: repaying.demand(
            scheme, case_id, _claim(form), version=version, key=key, actor=actor()
        ),
        "innbetaling": lambda: repaying.register(
            scheme,
            case_id,
            request.form.get("demand", 0, type=int),
            amount_ore=form.amount.data,
            paid_on=form.paid_on.data,
            reference=form.reference.data or "",
            key=key,
            actor=actor(),
        ),
        "gi-tilbake": lambda: repaying.give_back(
            scheme,
            case_id,
            request.form.get("demand", 0, type=int),
            paid_on=form.paid_on.data,
            reference=form.reference.data,
            key=key,
            actor=actor(),
        ),
        "ferdig": lambda: repaying.finish(scheme, case_id, version=version, actor=actor()),
    }
    return acts.get(step) or abort(404)


def _claim(form: Any) -> Claim:
    return Claim(
        ground=form.ground.data,
        amount_ore=form.amount.data,
        reasons=form.reasons.data,
        due_on=form.due_on.data,
        pay_to=form.pay_to.data,
    )


def _page(scheme: Scheme, case_id: int, **more: Any) -> str:
    found = pages.grant_of(scheme, case_id)
    values: dict[str, Any] = {
        "breach_form": forms.BreachForm(formdata=None),
        "comment_form": forms.CommentForm(formdata=None),
        "demand_form": _demand_form(found),
        "part_form": forms.PartForm(formdata=None),
        "back_form": forms.PaidForm(formdata=None),
        "account_of": written,
        "decisions": {one.id: one for one in decisions_of(case_id)} if found.demands else {},
        "appeal_state": appeal_state,
        "may_appeal": allowed(actor(), OWN_APPEAL_SEND, found.application),
        "may_read_appeals": allowed(actor(), APPEAL_READ, found.application),
    }
    return pages.show("repayment", found, **{**values, **more})


def appeal_state(state: str, staff: bool) -> tuple[Any, str]:
    """The state of an appeal in words, and its kind."""
    return state_label(APPEAL, state, staff=staff)


def _demand_form(found: Grant) -> Any:
    """Filled with what is known: unused money, or what was told of after a breach."""
    scheme, notice = found.application.scheme, found.notice
    data: dict[str, Any] = {
        "due_on": clock.today() + timedelta(days=scheme.repay_within_days),
        "pay_to": scheme.repayment_account,
    }
    if notice is not None:
        data |= {"ground": "breach", "amount": notice.amount_ore, "reasons": notice.reasons}
    elif found.unused_ore:
        reasons = _("You got %(paid)s and used %(spent)s. What is not used is paid back (§ 10).",
                    paid=kr(found.application.paid_ore), spent=kr(found.application.spent_ore))  # fmt: skip
        data |= {"ground": "unused", "amount": found.unused_ore, "reasons": reasons}
    return forms.DemandForm(formdata=None, data=data)
