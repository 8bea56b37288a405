"""Pages of an organisation's agreements with UDI."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, HiddenField
from wtforms.validators import DataRequired, InputRequired, Length, Optional, ValidationError

from portal.access.policy import allowed, require
from portal.access.routes import PortalBlueprint, needs, signed_in
from portal.organisations import queries as organisations
from portal.organisations.affiliation.queries import above
from portal.organisations.agreements import queries, services
from portal.organisations.permissions import AGREEMENT_RECORD, ORGANISATION_READ
from portal.organisations.queries import Found
from portal.organisations.registration.pages import version
from portal.organisations.services import Changed
from portal.web.kit.forms import DayField, Form, LineField, idempotency_key
from portal.web.kit.i18n import LazyString
from portal.web.kit.i18n import lazy_gettext as _
from portal.web.kit.requests import actor, see_other

bp = PortalBlueprint("organisation_agreements", __name__)
OWN_OR_STAFF = signed_in("The query shows an organisation to its members and to staff in whose reach it is.")
RECORD = needs(AGREEMENT_RECORD)
LABELS: dict[str, tuple[LazyString, str]] = {
    "now": (_("Stands now"), "success"),
    "later": (_("Not begun"), "info"),
    "expired": (_("Ended"), "neutral"),
}


class AgreementForm(Form):
    """What staff note of an agreement."""

    version = HiddenField()
    title = LineField(
        _("What is it called?"),
        [DataRequired(_("Write what the agreement is called.")), Length(max=200)],
        description=_("For example: Letter of intent on activities at reception centres."),
    )
    valid_from = DayField(_("From and with"), [InputRequired(_("Write the first day."))])
    valid_to = DayField(
        _("Until and with"), [Optional()], description=_("Empty means until one of the parties ends it.")
    )
    reference = LineField(
        _("Reference in UDIsak"), [Optional(), Length(max=60)], description=_("For example 26/01234.")
    )
    covers_branches = BooleanField(_("The agreement says that it holds for local branches too"))

    def validate_valid_to(self, field: DayField) -> None:
        """The last day is not before the first."""
        if field.data and self.valid_from.data and field.data < self.valid_from.data:
            raise ValidationError(str(_("The last day cannot be before the first.")))

    def written(self) -> services.Written:
        """What the form says, once it is valid."""
        if self.valid_from.data is None:
            raise ValueError("the form is not valid")
        return services.Written(
            title=self.title.data or "",
            valid_from=self.valid_from.data,
            valid_to=self.valid_to.data,
            reference=self.reference.data or "",
            covers_branches=bool(self.covers_branches.data),
        )


@bp.get("/organisasjoner/<int:unit_id>/avtaler", access=OWN_OR_STAFF)
def listed(unit_id: int) -> ResponseReturnValue:
    """The agreements there are and have been, and the form for whoever notes them."""
    return _page(unit_id, AgreementForm(formdata=None))


@bp.post("/organisasjoner/<int:unit_id>/avtaler", access=RECORD)
def add(unit_id: int) -> ResponseReturnValue:
    """Note one more."""
    form = AgreementForm()
    if not form.validate_on_submit():
        return _page(unit_id, form)
    services.add(unit_id, form.written(), key=idempotency_key(), actor=actor())
    return see_other(f"/organisasjoner/{unit_id}/avtaler")


@bp.route(
    "/organisasjoner/<int:unit_id>/avtaler/<int:agreement_id>",
    methods=["GET", "POST"],
    access={"GET": RECORD, "POST": RECORD},
)
def change(unit_id: int, agreement_id: int) -> ResponseReturnValue:
    """Mend, prolong or end one."""
    subject = organisations.get(unit_id, actor=actor())
    require(actor(), AGREEMENT_RECORD, subject)
    noted = queries.one(agreement_id, unit_id=unit_id)
    form, moved = AgreementForm(obj=noted), False
    if form.validate_on_submit():
        try:
            services.change(unit_id, agreement_id, form.written(), version=version(form), actor=actor())
            return see_other(f"/organisasjoner/{unit_id}/avtaler")
        except Changed:
            moved = True
    return render_template(
        "organisations/agreement.html", subject=subject, noted=noted, form=form, moved=moved
    )


@bp.post("/organisasjoner/<int:unit_id>/avtaler/<int:agreement_id>/fjern", access=RECORD)
def remove(unit_id: int, agreement_id: int) -> ResponseReturnValue:
    """Take out a mistake."""
    services.remove(unit_id, agreement_id, actor=actor())
    return see_other(f"/organisasjoner/{unit_id}/avtaler")


def _page(unit_id: int, form: AgreementForm) -> ResponseReturnValue:
    subject = organisations.get(unit_id, actor=actor())
    higher = {one.unit_id: one.name for one in above(unit_id) if one.state == "confirmed"}
    return render_template(
        "organisations/agreements.html",
        subject=subject,
        form=form,
        agreements=queries.of(unit_id, list(higher)),
        labels=LABELS,
        higher=higher,
        **_rights(subject),
    )


def _rights(subject: Found) -> dict[str, Any]:
    return {
        "may_record": allowed(actor(), AGREEMENT_RECORD, subject),
        "staff": allowed(actor(), ORGANISATION_READ, subject),
    }
