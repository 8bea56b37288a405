"""The recipient's account number: proposed, confirmed, rejected; with its history."""

from __future__ import annotations

from typing import Any

from flask import abort, request
from flask.typing import ResponseReturnValue

from portal.funding.granted import accounts, forms, pages
from portal.funding.granted.paths import GrantPaths
from portal.funding.scheme import Scheme
from portal.web.kit.forms import idempotency_key
from portal.web.kit.i18n import gettext as _
from portal.web.kit.requests import actor


def account(scheme: Scheme, case_id: int) -> str:
    """The account money is paid to, and what waits."""
    return _page(scheme, case_id)


def propose_account(scheme: Scheme, case_id: int) -> ResponseReturnValue:
    """Ask for another account."""
    form: Any = forms.AccountForm()
    if not form.validate():
        return _page(scheme, case_id, form=form), 422
    return pages.tried(
        lambda: accounts.propose(
            scheme,
            case_id,
            number=form.number.data,
            reason=form.reason.data,
            key=idempotency_key(),
            actor=actor(),
        ),
        GrantPaths(scheme.prefix).account(case_id),
        lambda why: _page(scheme, case_id, refusal=why),
    )


def answer_account(scheme: Scheme, case_id: int, account_id: int) -> ResponseReturnValue:
    """Confirm or reject the account that waits."""
    form: Any = forms.AccountAnswerForm()
    act = {"confirm": accounts.confirm, "reject": accounts.reject}.get(request.form.get("answer", ""))
    if act is None:
        abort(400)
    if not form.validate():
        return _page(scheme, case_id, answer_form=form), 422
    return pages.tried(
        lambda: act(scheme, case_id, account_id, note=form.note.data, actor=actor()),
        GrantPaths(scheme.prefix).account(case_id),
        lambda why: _page(scheme, case_id, refusal=why),
    )


def _page(scheme: Scheme, case_id: int, **more: Any) -> str:
    found = pages.grant_of(scheme, case_id)
    waits = found.confirmed is not None and accounts.usable_from(found, found.confirmed)
    values = {"form": forms.AccountForm(), "answer_form": forms.AccountAnswerForm(), "usable_from": waits}
    match = found.waiting and found.register_account and found.waiting.number == found.register_account
    signals = []
    if found.waiting and found.register_account and not match:
        signals.append(_("It is another account than the one in the Register of Voluntary Organisations."))
    if found.waiting and not found.register_account:
        signals.append(_("No account stands in the register to compare with."))
    return pages.show("account", found, **{**values, "signals": signals, "match": match, **more})
