"""Pages everybody may read: how it all works, whom to ask, privacy, and how well all can use the portal."""

from __future__ import annotations

from datetime import date
from itertools import groupby
from operator import itemgetter

from flask import render_template

from portal.access.routes import PortalBlueprint, public
from portal.units.queries import contacts_shown_to_all

bp = PortalBlueprint("about", __name__)

REVIEWED = date(2026, 11, 22)
"""When somebody last read these pages against what the portal really does."""


@bp.get("/veiledning", access=public("Whoever thinks of applying reads the whole way before logging in."))
def guide() -> str:
    """The way from registration to decision, step by step (*veiledning*)."""
    return render_template("shell/guide.html", reviewed=REVIEWED)


@bp.get("/personvern", access=public("Everybody may know what is stored about them, before anything is."))
def privacy() -> str:
    """What the portal stores, why, and one's rights (*personvernerklæring*)."""
    return render_template("shell/privacy.html", reviewed=REVIEWED)


@bp.get("/tilgjengelighet", access=public("The statement is owed to everybody who tries to use the portal."))
def accessibility() -> str:
    """How well the portal can be used by all, and how to complain (*tilgjengelighetserklæring*)."""
    return render_template("shell/accessibility.html", reviewed=REVIEWED)


@bp.get("/kontakt", access=public("Whom to ask at UDI is told to everybody; sites and their people are not."))
def contact() -> str:
    """Contact persons (*kontaktpersoner*) of the regions, ATE and the national level."""
    rows = [tuple(row) for row in contacts_shown_to_all()]
    places = [
        (unit_id, name, level, counties, [person[4:] for person in persons])
        for (unit_id, name, level, counties), persons in groupby(rows, key=itemgetter(0, 1, 2, 3))
    ]
    return render_template("shell/contact.html", places=places)
