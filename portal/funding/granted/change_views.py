"""Changed circumstances: the recipient tells, UDI answers."""

from __future__ import annotations

from typing import Any

from flask.typing import ResponseReturnValue

from portal.funding.granted import changing, forms, pages
from portal.funding.granted.paths import GrantPaths
from portal.funding.scheme import Scheme
from portal.web.kit.forms import idempotency_key
from portal.web.kit.i18n import gettext as _
from portal.web.kit.requests import actor


def changes(scheme: Scheme, case_id: int) -> str:
    """Tell of a change, or answer one."""
    return _page(scheme, case_id)


def tell_change(scheme: Scheme, case_id: int) -> ResponseReturnValue:
    """Send a change to UDI."""
    form: Any = forms.ChangeForm()
    if not form.validate():
        return _page(scheme, case_id, form=form), 422

    def act() -> None:
        changing.tell_of(
            scheme,
            case_id,
            kind=form.kind.data,
            text=form.text.data,
            use_by=form.use_by.data,
            key=idempotency_key(),
            actor=actor(),
        )

    try:
        return pages.tried(
            act, GrantPaths(scheme.prefix).change(case_id), lambda why: _page(scheme, case_id, refusal=why)
        )
    except changing.DayRefused:
        form.refuse("use_by", _("Write a later day than the one you have, or leave it empty."))
        return _page(scheme, case_id, form=form), 422


def answer_change(scheme: Scheme, case_id: int, change_id: int) -> ResponseReturnValue:
    """UDI's answer, with reasons."""
    form: Any = forms.ChangeAnswerForm()
    if not form.validate():
        return _page(scheme, case_id, answer_form=form), 422
    return pages.tried(
        lambda: changing.answer(
            scheme,
            case_id,
            change_id,
            approved=form.outcome.data == "approved",
            text=form.text.data,
            actor=actor(),
        ),
        GrantPaths(scheme.prefix).change(case_id),
        lambda why: _page(scheme, case_id, refusal=why),
    )


def _page(scheme: Scheme, case_id: int, **more: Any) -> str:
    found = pages.grant_of(scheme, case_id)
    waiting = next((one for one in found.changes if one.state == "sent"), None)
    values: dict[str, Any] = {
        "form": forms.ChangeForm(formdata=None),
        "answer_form": forms.ChangeAnswerForm(formdata=None),
        "waiting": waiting,
        "may_answer": waiting and changing.may_answer(found.application, waiting, actor=actor()),
    }
    return pages.show("change", found, **{**values, **more})
