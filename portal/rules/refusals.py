"""Why a unit cannot say so of a rule: a code, the form's field, a sentence for a person."""

from __future__ import annotations

from portal.web.kit.i18n import LazyString
from portal.web.kit.i18n import lazy_gettext as _

FIELDS = {
    "out_of_bounds": "number",
    "not_more": "number",
    "not_fewer": "number",
    "point_missing": "point",
    "point_known": "point",
}


def _text(code: str, values: dict[str, int]) -> LazyString:
    if code == "out_of_bounds":
        return _("Write a number of days between %(least)s and %(most)s.", **values)
    if code == "not_more":
        return _(
            "%(number)s days hold here from above. You can only ask for more than that, never for less.",
            **values,
        )
    if code == "not_fewer":
        return _(
            "%(number)s days hold here from above. You can only ask for fewer than that, never for more.",
            **values,
        )
    return PLAIN[code]


PLAIN: dict[str, LazyString] = {
    "on_already": _("This is a duty here already, and comes from above."),
    "point_missing": _("Write the point."),
    "point_known": _("This point is on the list already."),
    "reason_missing": _("Write why. Those the rule holds for read it."),
    "not_leavable": _("This cannot be left here. Only ATE can leave a duty, and only one that may be left."),
    "nothing_to_leave": _("There is no duty from above to leave."),
    "left_already": _("The duty is left already."),
    "taken_back_already": _("This has been taken back already."),
}


class RuleRefused(Exception):
    """A unit cannot say so."""

    def __init__(self, code: str, **values: int) -> None:
        super().__init__(code)
        self.code = code
        self.values = values

    @property
    def field(self) -> str:
        """The form's field the refusal belongs to."""
        return FIELDS.get(self.code, "reason")

    @property
    def text(self) -> LazyString:
        """What to tell the person."""
        return _text(self.code, self.values)
