"""The catalogue of roles: what each is, where it stands, what it carries, what it may never meet."""

from __future__ import annotations

from dataclasses import dataclass

from flask import render_template

from portal.access.permissions import PERMISSIONS
from portal.access.roles import ROLES, Role
from portal.access.routes import PortalBlueprint, signed_in
from portal.web.kit.i18n import lazy_gettext as _

bp = PortalBlueprint("role_catalogue", __name__, url_prefix="/tilgang/roller")

LEVELS = {
    "authority": {
        "national": _("UDI nationally"),
        "regional": _("Regions and ATE"),
        "local": _("Sites"),
    },
    "civil": {
        "national": _("National organisations"),
        "regional": _("Regional organisations"),
        "local": _("Local branches"),
    },
}
KINDS = {"ate": _("ATE"), "region": _("Regions")}
ORDER = ("national", "regional", "local")


@dataclass(frozen=True, slots=True)
class Listed:
    """A role as the table shows it."""

    role: Role
    where: tuple[str, ...]
    deeds: tuple[str, ...]
    apart: tuple[str, ...]


@bp.get("", access=signed_in("What the roles are is no secret; who holds them stands elsewhere."))
def catalogue() -> str:
    """All roles of both trees in one table, UDI's first, from the national level down."""
    rows = sorted(ROLES.values(), key=lambda one: (one.tree, min(map(ORDER.index, one.levels))))
    return render_template("administration/roles.html", rows=[listed(one) for one in rows])


def listed(role: Role) -> Listed:
    """A role with everything the table says of it, in the reader's language."""
    return Listed(role, tuple(where(role)), tuple(deeds(role)), tuple(apart(role)))


def where(role: Role) -> list[str]:
    """The levels it may stand at, in words, top first."""
    if role.name == "individual_applicant":
        return [str(_("One's own page"))]
    if role.kinds:
        return [str(KINDS[kind]) for kind in sorted(role.kinds)]
    return [str(LEVELS[role.tree][level]) for level in ORDER if level in role.levels]


def deeds(role: Role) -> list[str]:
    """What it lets one do, reading before writing."""
    carried = [PERMISSIONS[name] for name in role.permissions if name in PERMISSIONS]
    return [str(one.title) for one in sorted(carried, key=lambda one: (one.writes, str(one.title)))]


def apart(role: Role) -> list[str]:
    """The titles of roles the same person never holds beside it, said by either of the two."""
    return sorted(
        str(other.title)
        for other in ROLES.values()
        if other.name in role.never_with or role.name in other.never_with
    )
