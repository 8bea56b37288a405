"""What staff do in every kind of case: declare themselves impartial before its content opens."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portal.access.actor import Actor
from portal.access.routes import PortalBlueprint, needs, signed_in
from portal.casework import declaring
from portal.casework.about import page_of_case, sites_of
from portal.casework.impartiality import barred, closed_by, handles
from portal.casework.permissions import CASE_DISTRIBUTE, CASE_READ
from portal.casework.rules import REASON_NEEDED, Refused
from portal.casework.staff import StaffCase, get_case
from portal.casework.staff_forms import TieForm
from portal.web.kit.i18n import gettext as _
from portal.web.kit.requests import actor, see_other
from portal.web.kit.safety import local_path

bp = PortalBlueprint("cases", __name__, url_prefix="/sak")
READ = needs(CASE_READ)
DECLARE = signed_in("Whoever handles a kind of case declares; its workflow says who that is.")


@bp.get("/<int:case_id>", access=READ)
def open_case(case_id: int) -> ResponseReturnValue:
    """Lead to the case's own page."""
    case = get_case(case_id, actor=actor())
    page = page_of_case(case.plugin, case.id, actor())
    return see_other(f"{page}/habilitet" if page == request.path else page)


@bp.get("/<int:case_id>/habilitet", access=READ)
def impartiality(case_id: int) -> str:
    """What anybody may know of a case, and the question."""
    return _declare_page(get_case(case_id, actor=actor()), TieForm(formdata=None))


@bp.post("/<int:case_id>/habilitet", access=DECLARE)
def declare(case_id: int) -> ResponseReturnValue:
    """No ties: the content opens. A tie: it closes, and a substitute is to be found."""
    case = get_case(case_id, actor=actor())
    if request.form.get("ties") == "none":
        try:
            declaring.declare_impartial(case_id, actor=actor())
        except Refused:
            return _declare_page(case, TieForm(formdata=None)), 409
        return see_other(local_path(request.form.get("next"), default=page_of_case(case.plugin, case.id)))
    form = TieForm()
    if not form.validate():
        return _declare_page(case, form), 422
    try:
        declaring.declare_tie(case_id, ground=form.ground.data, reason=form.reason.data or "", actor=actor())
    except Refused:
        form.refuse("reason", str(REASON_NEEDED.text))
        return _declare_page(case, form), 422
    return see_other(f"/sak/{case_id}/habilitet")


def _declare_page(case: StaffCase, form: TieForm) -> str:
    who: Actor = actor()
    page = page_of_case(case.plugin, case.id, who)
    return render_template(
        "casework/impartiality.html",
        case=case,
        form=form,
        sites=sites_of(case.kind, case.id),
        asked=handles(case, who),
        barred=barred(case, who, case.parts),
        open=closed_by(case, who, case.parts) is None,
        page=None if page == f"/sak/{case.id}/habilitet" else page,
        next=local_path(request.values.get("next"), default=""),
        distributes=who.may_somewhere(CASE_DISTRIBUTE.name),
        age=_age(case),
    )


def _age(case: StaffCase) -> str:
    days = case.age_days
    return _("sent today") if days == 0 else _("%(days)s days", days=days)
