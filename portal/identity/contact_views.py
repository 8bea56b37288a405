"""One's own page of how the portal reaches one."""

from __future__ import annotations

from flask import render_template

from portal.access.routes import PortalBlueprint, signed_in
from portal.identity import contact_register, contacts
from portal.web.kit.requests import actor

bp = PortalBlueprint("identity_contact", __name__)


@bp.get("/min-side/kontakt", access=signed_in("Everybody sees what is known of themselves, and nobody else."))
def own_contact() -> str:
    """The address ordinary messages go to, and what the contact register said, and when."""
    person_id = actor().person_id or 0
    return render_template(
        "identity/contact.html",
        email=contacts.own_address(person_id),
        in_use=contact_register.in_use(),
        contact=next(iter(contacts.contacts_of([person_id])), None),
    )
