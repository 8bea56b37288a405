"""Pages everybody may read: how it all works, privacy, and how well the portal can be used by all."""

from __future__ import annotations

from flask import render_template

from portal.access.routes import PortalBlueprint, public

bp = PortalBlueprint("about", __name__)


@bp.get("/veiledning", access=public("Whoever thinks of applying reads the whole way before logging in."))
def guide() -> str:
    """The way from registration to report, step by step (*veiledning*)."""
    return render_template("shell/guide.html")


@bp.get("/personvern", access=public("Everybody may know what is stored about them, before anything is."))
def privacy() -> str:
    """What the portal stores, why, and one's rights (*personvernerklæring*)."""
    return render_template("shell/privacy.html")


@bp.get("/tilgjengelighet", access=public("The statement is owed to everybody who tries to use the portal."))
def accessibility() -> str:
    """How well the portal can be used by all, and how to complain (*tilgjengelighetserklæring*)."""
    return render_template("shell/accessibility.html")
