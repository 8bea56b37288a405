"""Pages of an organisation: what is known of it, its contact details."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from portal.access.policy import allowed, require
from portal.access.roles import ROLES
from portal.access.routes import PortalBlueprint, needs, signed_in
from portal.organisations import own_cases, queries, services
from portal.organisations.affiliation.queries import above
from portal.organisations.affiliation.views import troubles
from portal.organisations.agreements import queries as agreements
from portal.organisations.agreements.views import LABELS as AGREEMENT_LABELS
from portal.organisations.facts import warnings
from portal.organisations.following.queries import of as changes_of
from portal.organisations.following.vocabulary import CHANGES
from portal.organisations.forms import ContactForm
from portal.organisations.labels import STATUS_LABELS, STATUS_TAGS
from portal.organisations.members.queries import members
from portal.organisations.permissions import (
    AGREEMENT_RECORD,
    MEMBER_MANAGE,
    ORGANISATION_READ,
    OWN_EDIT,
    OWN_READ,
    REGISTRATION_HANDLE,
)
from portal.organisations.registration.pages import WARNINGS, register_pairs, register_roles, version
from portal.organisations.vocabulary import KIND_LABELS, LEVEL_LABELS, activity_names
from portal.web.kit.i18n import gettext as _
from portal.web.kit.requests import actor, see_other

bp = PortalBlueprint("organisations", __name__)
OWN_OR_STAFF = signed_in("The query shows an organisation to its members and to staff in whose reach it is.")


@bp.get("/organisasjoner/<int:unit_id>", access=OWN_OR_STAFF)
def one(unit_id: int) -> ResponseReturnValue:
    """The organisation: state and contact first, then the register, then who acts for it."""
    subject = queries.get(unit_id, actor=actor())
    higher = above(unit_id)
    confirmed = [one for one in higher if one.state == "confirmed"]
    staff = allowed(actor(), ORGANISATION_READ, subject)
    return render_template(
        "organisations/organisation.html",
        subject=subject,
        above=confirmed,
        troubles=troubles(higher),
        contact=_contact(subject),
        agreements=agreements.of(unit_id, [one.unit_id for one in confirmed]),
        agreement_labels=AGREEMENT_LABELS,
        may_record=allowed(actor(), AGREEMENT_RECORD, subject),
        register_facts=register_pairs(subject),
        register_roles=register_roles(subject),
        warnings=[WARNINGS[code] for code in warnings(subject.facts)],
        status=(STATUS_LABELS[subject.register_status], STATUS_TAGS.get(subject.register_status, "neutral")),
        people=[
            (name, ROLES[role].title)
            for _id, _person, name, role, _since in members(unit_id)
            if role in ROLES
        ],
        may_edit=allowed(actor(), OWN_EDIT, subject),
        may_manage=allowed(actor(), MEMBER_MANAGE, subject),
        own=allowed(actor(), OWN_READ, subject),
        staff=staff,
        handles=allowed(actor(), REGISTRATION_HANDLE, subject),
        changes=changes_of(unit_id) if subject.number else [],
        change_labels=CHANGES,
    )


@bp.route(
    "/organisasjoner/<int:unit_id>/kontakt",
    methods=["GET", "POST"],
    access={"GET": needs(OWN_EDIT), "POST": needs(OWN_EDIT)},
)
def contact(unit_id: int) -> ResponseReturnValue:
    """Change the contact details."""
    subject = queries.get(unit_id, actor=actor())
    require(actor(), OWN_EDIT, subject)
    form = ContactForm(obj=subject)
    moved = False
    if form.validate_on_submit():
        typed = {field.name: field.data or "" for field in form if field.name != "version"}
        try:
            services.change_contact(unit_id, typed, version=version(form), actor=actor())
            return see_other(f"/organisasjoner/{unit_id}")
        except services.Changed:
            moved = True
    return render_template("organisations/contact.html", form=form, subject=subject, moved=moved)


@bp.get("/organisasjoner/<int:unit_id>/registrering", access=needs(OWN_READ))
def entered(unit_id: int) -> ResponseReturnValue:
    """How the organisation came to be registered: number, times, what was accepted."""
    subject = queries.get(unit_id, actor=actor())
    require(actor(), OWN_READ, subject)
    return render_template("organisations/entered.html", subject=subject, entered=own_cases.of_unit(unit_id))


def _contact(subject: queries.Found) -> list[tuple[str, Any]]:
    return [
        (_("Kind"), KIND_LABELS[subject.kind]),
        (_("Works in"), LEVEL_LABELS[subject.level]),
        (_("Municipality"), subject.municipality),
        (_("Followed up by"), subject.handler),
        (_("E-mail"), subject.email),
        (_("Telephone"), subject.phone),
        (_("Website"), subject.website),
        (_("Postal address"), subject.address),
        (_("Activities"), ", ".join(activity_names(subject.activities))),
        (_("In their own words"), subject.purpose),
    ]
