"""The role catalogue: one table of who may do what, at which levels of which tree."""

from __future__ import annotations

from portal.access.role import (
    AUTHORITY,
    CIVIL,
    LOCAL,
    NATIONAL,
    REGIONAL,
    ROLES,
    Role,
    extend_role,
    never_together,
    role,
)
from portal.web.kit.i18n import lazy_gettext as _

__all__ = [
    "AUTHORITY", "CIVIL", "LOCAL", "NATIONAL", "REGIONAL", "ROLES", "Role", "extend_role", "never_together",
    "role",
]  # fmt: skip

STAFF_READ = ("units.unit.read", "organisations.organisation.read", "casework.case.read")
PARTY_READ = ("organisations.own.read", "casework.own.read")
LEAD = (
    *STAFF_READ,
    "funding.application.read",
    "casework.appeal.read",
    "casework.case.distribute",
    "units.contact.edit",
    "units.rule.set",
    "access.assignment.read",
)
"""What a regional unit is led by: an overview of its cases and roles, and who handles what."""

role(
    "coordinator",
    _("National coordinator"),
    _("Coordinates the cooperation with civil society nationally and approves national organisations."),
    tree=AUTHORITY,
    levels=(NATIONAL,),
    permissions=(
        *STAFF_READ,
        "organisations.registration.handle",
        "organisations.exclusion.decide",
        "organisations.agreement.record",
        "units.contact.edit",
        "units.rule.set",
        "casework.case.distribute",
    ),
)
role(
    "access_administrator",
    _("Access administrator"),
    _("Gives and ends roles, and keeps the register of units."),
    tree=AUTHORITY,
    levels=(NATIONAL, REGIONAL),
    permissions=(
        "units.unit.read",
        "units.unit.edit",
        "units.contact.edit",
        "access.assignment.read",
        "access.assignment.manage",
    ),
    never_with=("decision_maker", "payment_officer"),
)
role(
    "plugin_administrator",
    _("Plugin administrator"),
    _("Switches plugins on and off and changes their settings."),
    tree=AUTHORITY,
    levels=(NATIONAL,),
    permissions=("pluginhost.plugin.read", "pluginhost.plugin.switch"),
)
role(
    "grant_caseworker",
    _("Grant caseworker"),
    _("Assesses grant applications and proposes decisions."),
    tree=AUTHORITY,
    levels=(NATIONAL, REGIONAL),
    permissions=(
        *STAFF_READ,
        "funding.application.read",
        "funding.application.assess",
        "casework.appeal.read",
        "casework.appeal.handle",
        "casework.letter.post",
        "casework.case.journal",
    ),
    never_with=("payment_officer",),
)
role(
    "decision_maker",
    _("Decision maker"),
    _("Decides cases others have prepared, within the budget (budsjettdisponeringsmyndighet)."),
    tree=AUTHORITY,
    levels=(NATIONAL, REGIONAL),
    permissions=(
        *STAFF_READ,
        "funding.application.read",
        "funding.application.decide",
        "organisations.exclusion.decide",
        "funding.call.manage",
        "funding.sentence.manage",
        "funding.payment.order",
        "casework.appeal.read",
        "casework.appeal.decide",
        "casework.case.distribute",
    ),
    never_with=("access_administrator", "payment_officer"),
)
role(
    "payment_officer",
    _("Payment officer"),
    _("Registers account numbers, attests payments others have ordered, and registers repayments."),
    tree=AUTHORITY,
    levels=(NATIONAL, REGIONAL),
    permissions=("casework.case.read", "funding.application.read", "funding.payment.manage"),
    never_with=("decision_maker", "grant_caseworker", "access_administrator"),
)
role(
    "auditor",
    _("Auditor"),
    _("Reads the audit trail and every case, for a limited time, and changes nothing."),
    tree=AUTHORITY,
    levels=(NATIONAL, REGIONAL),
    permissions=(
        *STAFF_READ,
        "funding.application.read",
        "casework.appeal.read",
        "record.audit.read",
        "record.audit.verify",
        "access.assignment.read",
    ),
    time_limited=True,
)
role(
    "regional_contact",
    _("Regional contact person"),
    _("Knows the region's organisations, approves their registration and answers their questions."),
    tree=AUTHORITY,
    levels=(REGIONAL,),
    permissions=(
        *STAFF_READ,
        "organisations.registration.handle",
        "organisations.agreement.record",
        "units.contact.edit",
    ),
)
role(
    "archivist",
    _("Archivist"),
    _("Journals cases in UDIsak and fetches their packages, and changes nothing in them (arkivar)."),
    tree=AUTHORITY,
    levels=(NATIONAL, REGIONAL),
    permissions=(
        "units.unit.read",
        "casework.case.read",
        "funding.application.read",
        "casework.case.journal",
    ),
)
role(
    "regional_director",
    _("Regional director or deputy"),
    _(
        "Leads the region and says who handles which case. Decides only with the role of decision maker too: "
        "the budget authority is delegated to persons."
    ),
    tree=AUTHORITY,
    levels=(REGIONAL,),
    permissions=LEAD,
    kinds=("region",),
)
role(
    "ate_officer",
    _("ATE officer"),
    _("Follows up the organisations at the national arrival centre and the transit centres."),
    tree=AUTHORITY,
    levels=(REGIONAL,),
    permissions=STAFF_READ,
    kinds=("ate",),
)
role(
    "ate_leader",
    _("ATE leader"),
    _(
        "Leads ATE and says who handles which case. Decides only with the role of decision maker too: "
        "the budget authority is delegated to persons."
    ),
    tree=AUTHORITY,
    levels=(REGIONAL,),
    permissions=LEAD,
    kinds=("ate",),
)
role(
    "site_manager",
    _("Site manager"),
    _("Runs the site from day to day (daglig leder) and answers for its cooperation with volunteers."),
    tree=AUTHORITY,
    levels=(LOCAL,),
    permissions=("units.unit.read", "units.contact.edit"),
    by_contract=True,
)
role(
    "site_volunteer_coordinator",
    _("Volunteer coordinator at the site"),
    _("Coordinates volunteers and activities at the site (frivillighetskoordinator)."),
    tree=AUTHORITY,
    levels=(LOCAL,),
    permissions=("units.unit.read",),
    by_contract=True,
)
role(
    "municipality_contact",
    _("The municipality's contact person"),
    _("Speaks for the host municipality at a site, and sees whom to turn to there."),
    tree=AUTHORITY,
    levels=(LOCAL,),
    permissions=("units.unit.read",),
)
role(
    "leader",
    _("Leader"),
    _("Answers for the organisation, signs for it and decides who may act for it."),
    tree=CIVIL,
    levels=(NATIONAL, REGIONAL, LOCAL),
    permissions=(
        *PARTY_READ,
        "organisations.own.edit",
        "organisations.own.papers",
        "organisations.member.manage",
        "funding.own.read",
        "funding.own.edit",
        "funding.own.submit",
        "funding.own.accept",
        "casework.own.appeal",
    ),
)
role(
    "signatory",
    _("Signatory with a mandate"),
    _("Signs and sends applications for the organisation, while the recorded mandate (fullmakt) stands."),
    tree=CIVIL,
    levels=(NATIONAL, REGIONAL, LOCAL),
    permissions=(
        *PARTY_READ,
        "funding.own.read",
        "funding.own.edit",
        "funding.own.submit",
        "funding.own.accept",
        "casework.own.appeal",
    ),
)
role(
    "treasurer",
    _("Treasurer"),
    _("Keeps the accounts and the annual papers, and writes budgets and reports; somebody else sends them."),
    tree=CIVIL,
    levels=(NATIONAL, REGIONAL, LOCAL),
    permissions=(*PARTY_READ, "organisations.own.papers", "funding.own.read", "funding.own.edit"),
)
role(
    "organisation_coordinator",
    _("Volunteer coordinator"),
    _("Coordinates the organisation's volunteers (frivilligansvarlig) and keeps its contact details right."),
    tree=CIVIL,
    levels=(NATIONAL, REGIONAL, LOCAL),
    permissions=(*PARTY_READ, "organisations.own.edit", "funding.own.read"),
)
role(
    "editor",
    _("Editor"),
    _("Writes applications and reports for the organisation; somebody else sends them."),
    tree=CIVIL,
    levels=(NATIONAL, REGIONAL, LOCAL),
    permissions=(*PARTY_READ, "organisations.own.papers", "funding.own.read", "funding.own.edit"),
)
role(
    "reader",
    _("Reader"),
    _("Reads the organisation's cases and letters."),
    tree=CIVIL,
    levels=(NATIONAL, REGIONAL, LOCAL),
    permissions=(*PARTY_READ, "funding.own.read"),
)
role(
    "individual_applicant",
    _("Individual"),
    _("Acts for themselves alone (enkeltperson): writes, sends and follows their own cases."),
    tree=CIVIL,
    levels=(LOCAL,),
    permissions=(
        *PARTY_READ,
        "organisations.own.edit",
        "funding.own.read",
        "funding.own.edit",
        "funding.own.submit",
        "funding.own.accept",
        "casework.own.letters",
        "casework.own.appeal",
    ),
)
