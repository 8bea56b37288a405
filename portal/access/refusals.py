"""Why a role cannot be granted or ended: a code for tests and logs, a field, a sentence for a person."""

from __future__ import annotations

from portal.web.kit.i18n import LazyString
from portal.web.kit.i18n import lazy_gettext as _

TEXTS: dict[str, tuple[str, LazyString]] = {
    "unknown_role": ("role", _("This role does not exist. Choose one from the list.")),
    "unknown_person": ("person", _("We do not know this person. They must have logged in once.")),
    "unknown_unit": ("unit", _("This unit does not exist. Choose one from the list.")),
    "unit_closed": ("unit", _("The unit is closed, so nobody can get a role there.")),
    "wrong_place": ("role", _("The role cannot be held at this kind of unit. Choose another role or unit.")),
    "to_oneself": ("person", _("You cannot give yourself a role. Ask another administrator.")),
    "dates_reversed": ("valid_to", _("The last day must come after the first.")),
    "ends_in_past": ("valid_to", _("The last day has passed. Choose a day to come.")),
    "starts_in_past": ("valid_from", _("A role cannot begin in the past. Choose today or later.")),
    "needs_end": ("valid_to", _("This role is given for a limited time. Write the last day.")),
    "no_contract": ("unit", _("No operator has a contract here from that day. Register the contract first.")),
    "beyond_contract": ("valid_to", _("The role cannot last longer than the operator's contract.")),
    "never_together": ("role", _("The person has a role that never may be combined with this one.")),
    "already_has": ("person", _("The person already has this role here.")),
    "already_ended": ("reason", _("The role has already ended.")),
    "answered": ("reason", _("Somebody has answered this request already.")),
    "last_administrator": (
        "reason",
        _("This is the last one who can give roles here. Appoint another first."),
    ),
    "same_end": ("valid_to", _("The role ends on that day already. Choose another last day.")),
    "reason_missing": ("reason", _("Write a reason, so that others can understand it later.")),
}


class AssignmentRefused(Exception):
    """A rule about roles says no. `code` is a key of `TEXTS`."""

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
