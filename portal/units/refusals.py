"""Why the register of units cannot be changed so: a code, a field, a sentence for a person."""

from __future__ import annotations

from portal.web.kit.i18n import LazyString
from portal.web.kit.i18n import lazy_gettext as _

TEXTS: dict[str, tuple[str, LazyString]] = {
    "last_contact": (
        "name",
        _("This is the only contact person here. Add another first; nobody is to stand without one."),
    ),
    "stale": ("name", _("Somebody else changed this meanwhile. Look at it again and make your change anew.")),
    "contact_ended": ("name", _("This person is not a contact person any more.")),
    "not_a_site_parent": ("name", _("A site stands under a region or ATE. Choose one of them first.")),
    "not_a_site": ("operator_name", _("Only sites are run by an operator.")),
    "unknown_type": ("type_code", _("Choose a type from the list.")),
    "unknown_municipality": ("municipality", _("Choose a municipality from the list.")),
    "contract_order": (
        "signed_on",
        _("The contract is awarded first, then signed, and then operation begins. Check the dates."),
    ),
    "contract_dates": ("valid_to", _("The last day must come after the first day of operation.")),
    "contract_overlap": (
        "operation_from",
        _("Another operator has a contract here in that time. End that contract first."),
    ),
    "operator_number": (
        "organisation_number",
        _("This is not a valid organisation number. It has nine digits."),
    ),
    "same_region": ("region", _("The county belongs to this region already.")),
    "not_a_region": ("region", _("Choose a region from the list.")),
    "not_closable": ("day", _("Only sites and regions can be closed here.")),
    "closed_already": ("day", _("This unit is closed, or is going to be.")),
    "day_passed": ("day", _("The day has passed. Choose today or later.")),
    "has_sites": ("day", _("Sites hang below it. Move or close them first.")),
    "has_counties": ("day", _("Counties belong to it. Move them to another region first.")),
    "has_cases": ("day", _("Cases are open here. Finish them, or pass them to another region, first.")),
    "has_organisations": (
        "day",
        _("Organisations and registrations are followed up here. They need another region first."),
    ),
    "contract_runs": (
        "day",
        _("The operator's contract lasts longer than this. Write its last day on the contract first."),
    ),
    "move_planned": ("day", _("A move is planned already. Take it back first.")),
    "reason_missing": ("reason", _("Write why.")),
    "same_parent": ("to", _("The site stands there already.")),
    "not_a_new_parent": ("to", _("Choose a region or ATE that is open on that day.")),
    "move_gone": ("to", _("The move is done or taken back already.")),
    "move_too_early": (
        "valid_from",
        _("The county was moved on a later day than this. A move never rewrites history."),
    ),
}


class UnitRefused(Exception):
    """A rule about units says no. `code` is a key of `TEXTS`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    @property
    def field(self) -> str:
        """The form's field the refusal belongs to."""
        return TEXTS[self.code][0]

    @property
    def text(self) -> LazyString:
        """What to tell the person."""
        return TEXTS[self.code][1]
