"""The role catalogue: one table of who may do what, at which levels of which tree.

A role is a named set of permissions. Nobody has all of them. Plugins add permissions of their own to
roles through `extend_role`; they can neither take away nor hand out another room's.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from portal.web.kit.i18n import LazyString
from portal.web.kit.i18n import lazy_gettext as _

AUTHORITY, CIVIL = "authority", "civil"
NATIONAL, REGIONAL, LOCAL = "national", "regional", "local"


@dataclass(frozen=True, slots=True)
class Role:
    """A role (*rolle*): its title, one sentence a person understands, where it can stand, what it carries.

    `never_with`: roles the same person may not hold at the same time, anywhere. `time_limited`: must be
    granted with an end. `by_contract`: held for the operator of a site, ends with the operator's contract.
    """

    name: str
    title: LazyString
    sentence: LazyString
    tree: str
    levels: frozenset[str]
    permissions: frozenset[str] = field(default_factory=frozenset)
    never_with: frozenset[str] = frozenset()
    time_limited: bool = False
    by_contract: bool = False

    def fits(self, tree: str, level: str) -> bool:
        """True when the role may be held at that level of that tree."""
        return tree == self.tree and level in self.levels


ROLES: dict[str, Role] = {}


def role(
    name: str,
    title: LazyString,
    sentence: LazyString,
    *,
    tree: str,
    levels: tuple[str, ...],
    permissions: tuple[str, ...] = (),
    never_with: tuple[str, ...] = (),
    time_limited: bool = False,
    by_contract: bool = False,
) -> None:
    """Put a role in the catalogue. Raises `ValueError` when the name is taken."""
    if name in ROLES:
        raise ValueError(f"role {name} is declared twice")
    ROLES[name] = Role(
        name=name,
        title=title,
        sentence=sentence,
        tree=tree,
        levels=frozenset(levels),
        permissions=frozenset(permissions),
        never_with=frozenset(never_with),
        time_limited=time_limited,
        by_contract=by_contract,
    )


def never_together(one: str, other: str) -> bool:
    """True when no person may hold both roles at once; said by either of them. Unknown names: False."""
    first, second = ROLES.get(one), ROLES.get(other)
    return (first is not None and other in first.never_with) or (
        second is not None and one in second.never_with
    )


def extend_role(name: str, permissions: tuple[str, ...]) -> None:
    """Let a role carry more permissions: a plugin's own. Raises `KeyError` for an unknown role."""
    known = ROLES[name]
    ROLES[name] = replace(known, permissions=known.permissions | frozenset(permissions))


STAFF_READ = ("units.unit.read", "organisations.organisation.read", "casework.case.read")
PARTY_READ = ("organisations.own.read", "casework.own.read")

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
    "ate_officer",
    _("ATE officer"),
    _("Follows up the organisations at the national arrival centre and the transit centres."),
    tree=AUTHORITY,
    levels=(REGIONAL,),
    permissions=STAFF_READ,
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
        "casework.own.letters",
        "casework.own.appeal",
    ),
)
