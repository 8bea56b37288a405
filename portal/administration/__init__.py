"""Administration: the pages and commands of access, units and the audit trail."""

from __future__ import annotations

from flask import Flask

from portal.settings import Settings
from portal.web.kit.frame import ROOM_NAV, NavItem
from portal.web.kit.i18n import lazy_gettext as _

NAV = (
    NavItem(_("Units"), "/enheter", "units.unit.read"),
    NavItem(_("Access"), "/tilgang", "access.assignment.read"),
    NavItem(_("Audit trail"), "/revisjon", "record.audit.read"),
)


def register(app: Flask, settings: Settings) -> None:  # noqa: ARG001 - every room has this signature
    """Register the pages and the `flask access` commands."""
    from portal.administration import (
        access_views,
        asking_views,
        audit_views,
        catalogue_views,
        contact_views,
        contract_views,
        county_views,
        expiry,  # noqa: F401 - its job
        lookup_views,
        many_views,
        reporting_views,
        rule_views,
        unit_change_views,
        unit_views,
        why_views,
    )
    from portal.administration.cli import access_cli

    for views in (
        why_views, catalogue_views, many_views, access_views, reporting_views, county_views, contract_views,
        contact_views, rule_views, unit_change_views, unit_views, audit_views, asking_views, lookup_views,
    ):  # fmt: skip
        app.register_blueprint(views.bp)
    ROOM_NAV.update({item.href: item for item in NAV})
    app.cli.add_command(access_cli)
