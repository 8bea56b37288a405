"""Pages of affiliation: what stands above and below an organisation, and what a branch shares."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portal.access.policy import allowed, require
from portal.access.routes import PortalBlueprint, needs
from portal.organisations import queries as organisations
from portal.organisations.affiliation import queries, services
from portal.organisations.affiliation.vocabulary import SHARES
from portal.organisations.agreements.queries import Noted
from portal.organisations.labels import STATUS_LABELS
from portal.organisations.permissions import MEMBER_MANAGE, OWN_READ
from portal.organisations.searching import LONGEST_SEARCH
from portal.organisations.vocabulary import KIND_LABELS, LEVEL_LABELS, activity_names
from portal.web.kit.formats import day, spaced
from portal.web.kit.i18n import LazyString, lazy_gettext
from portal.web.kit.i18n import gettext as _
from portal.web.kit.requests import actor, see_other
from portal.web.kit.text import islands

bp = PortalBlueprint("affiliation", __name__)
READ, MANAGE = needs(OWN_READ), needs(MEMBER_MANAGE)

REFUSED: dict[str, LazyString] = {
    "itself": lazy_gettext("An organisation cannot belong to itself."),
    "circle": lazy_gettext("That organisation belongs to you, directly or through others."),
    "open_already": lazy_gettext(
        "You belong to an organisation already, or wait for its answer. End that first."
    ),
    "not_a_parent": lazy_gettext("Only organisations with an organisation number can have branches."),
    "moved": lazy_gettext("Somebody else was there first. Here is how it stands now."),
}
TROUBLE: dict[str, LazyString] = {
    "deleted": lazy_gettext("The register says that %(name)s, which you belong to, is deleted."),
    "bankrupt": lazy_gettext("The register says that %(name)s, which you belong to, is bankrupt."),
    "winding_up": lazy_gettext("The register says that %(name)s, which you belong to, is being wound up."),
    "excluded": lazy_gettext("%(name)s, which you belong to, is no longer part of the cooperation with UDI."),
}


@bp.get("/organisasjoner/<int:unit_id>/tilknytning", access=READ)
def affiliation(unit_id: int) -> ResponseReturnValue:
    """What the organisation belongs to, what it shares, and who belongs to it."""
    return _page(unit_id)


@bp.post("/organisasjoner/<int:unit_id>/tilknytning", access=MANAGE)
def claim(unit_id: int) -> ResponseReturnValue:
    """Say which registered organisation this one belongs to."""
    parent = _number("parent")
    return _done(unit_id, lambda: services.claim(unit_id, parent, actor=actor()))


@bp.post("/organisasjoner/<int:unit_id>/tilknytning/<int:affiliation_id>/<name>", access=MANAGE)
def step(unit_id: int, affiliation_id: int, name: str) -> ResponseReturnValue:
    """Confirm, decline, withdraw, leave or end; or choose what the parent sees."""
    told: dict[str, Any] = {"unit_id": unit_id, "version": _number("version"), "actor": actor()}
    if name == "deling":
        chosen = request.form.getlist("shares")
        return _done(unit_id, lambda: services.share(affiliation_id, chosen, **told))
    if name not in services.STEPS:
        return see_other(f"/organisasjoner/{unit_id}/tilknytning")
    return _done(unit_id, lambda: services.step(affiliation_id, name, **told))


@bp.get("/organisasjoner/<int:unit_id>/lag/<int:affiliation_id>", access=READ)
def branch(unit_id: int, affiliation_id: int) -> ResponseReturnValue:
    """What a branch lets its parent see: that and no more."""
    subject = organisations.get(unit_id, actor=actor())
    require(actor(), OWN_READ, subject)
    found = queries.shared(affiliation_id, parent_id=unit_id)
    return render_template(
        "organisations/branch.html", subject=subject, branch=found, sections=_sections(found)
    )


def troubles(above: list[queries.Above]) -> list[str]:
    """What is wrong with those above, one plain sentence each."""
    return [str(TROUBLE[one.trouble]) % islands({"name": one.name}) for one in above if one.trouble]


def _page(unit_id: int, said: LazyString | None = None) -> str:
    subject = organisations.get(unit_id, actor=actor())
    require(actor(), OWN_READ, subject)
    above = queries.above(unit_id)
    search = request.args.get("q", "").strip()[:LONGEST_SEARCH]
    manages = allowed(actor(), MEMBER_MANAGE, subject)
    return render_template(
        "organisations/affiliation.html",
        subject=subject,
        said=said,
        above=above,
        troubles=troubles(above),
        search=search,
        found=queries.candidates(unit_id, search) if manages and not above else [],
        proposed=queries.proposed(unit_id, subject.facts) if manages and not above and not search else None,
        claims=queries.claims(unit_id),
        page=queries.branches(unit_id, request.args.get("after")),
        manages=manages,
        shares=SHARES,
        spaced=spaced,
        longest=LONGEST_SEARCH,
    )


def _done(unit_id: int, act: Callable[[], Any]) -> ResponseReturnValue:
    try:
        act()
    except services.AffiliationRefused as error:
        return _page(unit_id, REFUSED[error.code])
    return see_other(f"/organisasjoner/{unit_id}/tilknytning")


def _number(name: str) -> int:
    value = request.form.get(name, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else 0


def _sections(found: dict[str, Any]) -> list[tuple[LazyString, list[tuple[str, Any]]]]:
    number = found.get("number")
    pairs: dict[str, Callable[[], list[tuple[str, Any]]]] = {
        "registration": lambda: [
            (_("Organisation number"), spaced(number) if number else None),
            (_("Kind"), KIND_LABELS[found["kind"]]),
            (_("Works in"), LEVEL_LABELS[found["level"]]),
            (_("Municipality"), found["town"]),
            (_("Status in the register"), STATUS_LABELS[found["register_status"]]),
        ],
        "agreement": lambda: _agreements(found["agreements"]),
        "contact": lambda: [
            (_("E-mail"), found["email"]),
            (_("Telephone"), found["phone"]),
            (_("Website"), found["website"]),
            (_("Postal address"), found["address"]),
        ],
        "activities": lambda: [
            (_("Activities"), ", ".join(activity_names(found["activities"]))),
            (_("In their own words"), found["purpose"]),
        ],
    }
    return [(SHARES[code], pairs[code]()) for code in SHARES if code in found["shares"]]


def _agreements(found: list[Noted]) -> list[tuple[str, Any]]:
    if not found:
        return [(_("Agreement with UDI"), _("None noted"))]
    return [
        (
            one.title,
            _("%(start)s until %(end)s", start=day(one.valid_from), end=day(one.valid_to))
            if one.valid_to
            else _("From %(start)s, without an end", start=day(one.valid_from)),
        )
        for one in found
    ]
