"""What the pages after a grant share: the grant, who reads it, and how a use case's refusal is shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portal.access.actor import Actor
from portal.access.policy import allowed
from portal.casework.firing import CaseChanged, Refused
from portal.casework.workflow import state_label
from portal.funding.case_views import is_staff
from portal.funding.granted import queries
from portal.funding.granted.account_number import masked, written
from portal.funding.granted.events import CHANGE_KINDS, GROUNDS
from portal.funding.granted.facts import Grant
from portal.funding.granted.paths import GrantPaths
from portal.funding.permissions import (
    APPLICATION_ASSESS,
    APPLICATION_DECIDE,
    OWN_APPLICATION_EDIT,
    OWN_APPLICATION_SUBMIT,
    OWN_GRANT_ACCEPT,
    PAYMENT_MANAGE,
    PAYMENT_ORDER,
)
from portal.funding.scheme import Scheme
from portal.web.kit.i18n import lazy_gettext
from portal.web.kit.requests import actor, see_other

CHANGED = lazy_gettext(
    "Somebody else has done something here since you opened it. This is how it stands now."
)
MAY = {
    "edit": OWN_APPLICATION_EDIT,
    "submit": OWN_APPLICATION_SUBMIT,
    "accept": OWN_GRANT_ACCEPT,
    "assess": APPLICATION_ASSESS,
    "decide": APPLICATION_DECIDE,
    "order": PAYMENT_ORDER,
    "manage": PAYMENT_MANAGE,
}
PAYMENT_STATES = {
    "planned": (lazy_gettext("Planned"), "neutral"),
    "ordered": (lazy_gettext("Ordered"), "info"),
    "attested": (lazy_gettext("Attested"), "info"),
    "paid": (lazy_gettext("Paid"), "success"),
    "stopped": (lazy_gettext("Stopped"), "warning"),
}
CHANGE_STATES = {
    "sent": (lazy_gettext("Waits for UDI"), "info"),
    "approved": (lazy_gettext("Approved"), "success"),
    "declined": (lazy_gettext("Not approved"), "warning"),
}
ACCOUNT_STATES = {
    "waiting": (lazy_gettext("Waits to be confirmed"), "info"),
    "confirmed": (lazy_gettext("Confirmed"), "success"),
    "rejected": (lazy_gettext("Not used"), "danger"),
    "replaced": (lazy_gettext("Replaced"), "neutral"),
}
Page = Callable[[Any], str]


def grant_of(scheme: Scheme, case_id: int) -> Grant:
    """The grant as the reader may see it; raises `OutOfReach`."""
    return queries.get_grant(case_id, scheme=scheme.code, actor=actor())


def show(template: str, grant: Grant, **more: Any) -> str:
    """A page about a grant; account numbers stand whole only for those who need them."""
    who: Actor = actor()
    facts = grant.application
    staff = is_staff(facts, who)
    may = {name: allowed(who, permission, facts) for name, permission in MAY.items()}
    values: dict[str, Any] = {
        "scheme": facts.scheme,
        "paths": GrantPaths(facts.scheme.prefix),
        "facts": facts,
        "grant": grant,
        "staff": staff,
        "may": may,
        "state": state_label(facts.kind, facts.state, staff=staff),
        "account_text": written if may["manage"] or may["submit"] else masked,
        "payment_states": PAYMENT_STATES,
        "change_states": CHANGE_STATES,
        "account_states": ACCOUNT_STATES,
        "change_kinds": CHANGE_KINDS,
        "grounds": GROUNDS,
        "names": queries.names_of(grant.people()) if staff else {},
        "refusal": None,
        "form": None,
    }
    return render_template(f"funding/granted/{template}.html", **{**values, **more})


def tried(act: Callable[[], object], then: str, page: Page) -> ResponseReturnValue:
    """Do it and go on to `then`; when a rule or somebody else was in the way, `page` says so."""
    try:
        act()
    except Refused as refused:
        return page(refused.rule.cited()), 409
    except CaseChanged:
        return page(CHANGED), 409
    return see_other(then)


def with_reason(
    step: Callable[..., object], scheme: Scheme, case_id: int, form: Any, page: Page
) -> ResponseReturnValue:
    """`tried` for a step that asks for a reason and nothing more; back to the grant."""
    form.validate()

    def act() -> object:
        reason, version = (form.reason.data or "")[:2000], request.form.get("version", 0, type=int)
        return step(scheme, case_id, reason=reason, version=version, actor=actor())

    return tried(act, GrantPaths(scheme.prefix).grant(case_id), page)
