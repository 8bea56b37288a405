"""“May we apply?” in half a minute, for everybody, before the form."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from werkzeug.datastructures import MultiDict

from portal.funding import call_queries, eligibility, forms
from portal.funding.eligibility import Answer
from portal.funding.facts import CallFacts
from portal.funding.paths import Paths
from portal.funding.scheme import Scheme
from portal.web.kit.requests import actor

CANNOT, JUDGED, CAN = "danger", "info", "success"
TONES = {"no": CANNOT, "judged": JUDGED, "yes": CAN}


def check(scheme: Scheme, call_id: int) -> str:
    """Say what you are; get yes, no, or that UDI considers it, with the rule. Nothing is stored."""
    call = call_queries.get_call(call_id, scheme=scheme.code, actor=actor())
    asked = bool(request.args)
    form: Any = forms.CheckForm(MultiDict(request.args) if asked else None)
    form.kind.choices = forms.choices((kind.code, kind.label) for kind in scheme.applicants)
    answer = _answer(scheme, call, form) if asked else None
    own = [(one, eligibility.check_owner(scheme, call, one)) for one in eligibility.owners(actor())]
    return render_template(
        "funding/check.html",
        scheme=scheme,
        paths=Paths(scheme.prefix),
        call=call,
        form=form,
        answer=answer,
        own=own,
        tones=TONES,
    )


def _answer(scheme: Scheme, call: CallFacts, form: Any) -> Answer | None:
    if not form.validate():
        return None
    declared = scheme.applicant(form.kind.data)
    if declared is not None and declared.verdict == "if_registered" and call.may_apply(declared):
        if not form.register.data:
            form.refuse("register", forms.SAY_REGISTER)
            return None
        return eligibility.check(scheme, call, declared.code, registered=form.register.data == "yes")
    return eligibility.check(scheme, call, form.kind.data, registered=None)
