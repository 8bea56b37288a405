"""The page of an organisation's papers."""

from __future__ import annotations

import re

from flask import render_template, request
from flask.typing import ResponseReturnValue
from wtforms import FileField, RadioField
from wtforms.validators import DataRequired

from portal import clock
from portal.access.policy import allowed
from portal.access.routes import PortalBlueprint, needs, signed_in
from portal.documents.types import UploadRefused
from portal.organisations import queries as organisations
from portal.organisations.papers import queries, services
from portal.organisations.permissions import PAPER_KEEP
from portal.organisations.registration.forms import matches, one_of
from portal.web.kit.forms import Form, LineField
from portal.web.kit.i18n import lazy_gettext as _
from portal.web.kit.requests import actor, see_other

bp = PortalBlueprint("papers", __name__)
OWN_OR_STAFF = signed_in("The query shows an organisation to its members and to staff in whose reach it is.")
YEAR = re.compile("^(19[5-9][0-9]|20[0-9]{2})$")


class PaperForm(Form):
    """A paper to hand in."""

    kind = RadioField(
        _("What is it?"),
        [one_of(_("Choose what it is."))],
        choices=lambda: list(queries.KIND_LABELS.items()),
        validate_choice=False,
    )
    year = LineField(
        _("Year"),
        [
            matches(YEAR, _("Write the year with four digits.")),
            DataRequired(_("Write the year with four digits.")),
        ],
        description=_("The year it is for; for statutes, the year they were adopted."),
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )
    file = FileField(_("Choose a file"), description=_("PDF, Word, Excel, OpenDocument, JPEG or PNG."))


@bp.get("/organisasjoner/<int:unit_id>/papirer", access=OWN_OR_STAFF)
def listed(unit_id: int) -> ResponseReturnValue:
    """What is handed in, and the form for whoever may hand in more."""
    return _page(unit_id, PaperForm(formdata=None, data={"year": str(clock.today().year - 1)}))


@bp.post("/organisasjoner/<int:unit_id>/papirer", access=needs(PAPER_KEEP))
def keep(unit_id: int) -> ResponseReturnValue:
    """Hand in one paper; a refused file is explained where it was chosen."""
    form, sent = PaperForm(), request.files.get("file")
    if not form.validate_on_submit():
        return _page(unit_id, form)
    kind, year = form.kind.data, int(form.year.data or 0)
    try:
        if sent is None or not sent.filename:
            raise UploadRefused("empty")
        services.keep(unit_id, kind, year, sent.read(), sent.filename, actor=actor())
    except UploadRefused as refused:
        form.refuse("file", str(refused.message))
        return _page(unit_id, form)
    return see_other(f"/organisasjoner/{unit_id}/papirer")


def _page(unit_id: int, form: PaperForm) -> ResponseReturnValue:
    subject = organisations.get(unit_id, actor=actor())
    papers = queries.all_papers_of(unit_id)
    return render_template(
        "organisations/papers.html",
        subject=subject,
        form=form,
        papers=[one for one in papers if not one.replaced],
        replaced=[one for one in papers if one.replaced],
        may_keep=allowed(actor(), PAPER_KEEP, subject),
    )
