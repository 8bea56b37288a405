"""Who reports to whom: shown, set, ended. A disqualified leader's people are barred with them."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue
from wtforms.validators import InputRequired

from portal.access.actor import Actor
from portal.access.declared import ASSIGNMENT_MANAGE, ASSIGNMENT_READ
from portal.access.policy import Denied
from portal.access.reporting import LineRefused, end_line, report_to
from portal.access.routes import PortalBlueprint, needs
from portal.administration import people
from portal.administration.reporting_queries import reporting_lines
from portal.web.kit.forms import Form, LineField
from portal.web.kit.i18n import gettext as _
from portal.web.kit.i18n import lazy_gettext
from portal.web.kit.requests import actor, see_other

bp = PortalBlueprint("reporting", __name__, url_prefix="/tilgang/ledere")
REFUSALS = {
    "oneself": lazy_gettext("Nobody reports to themselves."),
    "circle": lazy_gettext("The leader reports to this person. Turn that around first."),
}


class LineForm(Form):
    """Who reports to whom."""

    person = LineField(
        lazy_gettext("Who"),
        [InputRequired(lazy_gettext("Write the person's e-mail address or full name."))],
        description=lazy_gettext("The e-mail address or the full name. They must have logged in once."),
    )
    leader = LineField(
        lazy_gettext("Reports to"),
        [InputRequired(lazy_gettext("Write the person's e-mail address or full name."))],
        description=lazy_gettext("The nearest leader. An earlier one is replaced."),
    )


@bp.get("", access=needs(ASSIGNMENT_READ))
def lines() -> str:
    """Everybody with a role in the reader's reach who reports to somebody."""
    return _page(LineForm(formdata=None))


@bp.post("", access=needs(ASSIGNMENT_MANAGE))
def set_line() -> ResponseReturnValue:
    """Let somebody report to somebody."""
    form = LineForm()
    if form.validate():
        found = {name: _named(form, name) for name in ("person", "leader")}
        if all(found.values()):
            try:
                report_to(found["person"] or 0, found["leader"] or 0, actor=actor())
                return see_other("/tilgang/ledere")
            except LineRefused as refused:
                form.refuse("leader", str(REFUSALS[refused.code]))
            except Denied:
                form.refuse("person", _("The person has no role where you give roles."))
    return _page(form), 422


@bp.post("/<int:line_id>/avslutt", access=needs(ASSIGNMENT_MANAGE))
def end(line_id: int) -> ResponseReturnValue:
    """End a line now."""
    end_line(line_id, actor=actor())
    return see_other("/tilgang/ledere")


def _named(form: LineForm, field: str) -> int | None:
    found = people.named(form[field].data or "")
    if len(found) == 1:
        return found[0][0]
    if found:
        form.refuse(field, _("More than one person has that name. Write the e-mail address."))
    else:
        form.refuse(field, _("We do not know this person. They must have logged in once."))
    return None


def _page(form: LineForm) -> str:
    who: Actor = actor()
    return render_template(
        "administration/reporting.html",
        form=form,
        rows=reporting_lines(who),
        may=who.may_somewhere(ASSIGNMENT_MANAGE.name),
    )
