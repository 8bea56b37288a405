"""The grounds of disqualification, as somebody says them of themselves."""

from __future__ import annotations

from portal.web.kit.i18n import LazyString
from portal.web.kit.i18n import lazy_gettext as _

GROUNDS: dict[str, LazyString] = {
    "party": _("I am a party to the case myself."),
    "family": _(
        "I am related to a party, by blood or marriage: parent, grandparent, child, grandchild, "
        "brother or sister."
    ),
    "spouse": _("I am or have been married to a party, am engaged to one, or am a foster parent or child."),
    "guardian": _("I am or have been the guardian or representative of a party in this case."),
    "board": _("I lead, or sit on the board of, an organisation or company that is a party."),
    "other": _(
        "Something else that could weaken trust in me: living together, friendship, conflict, money, "
        "an earlier job."
    ),
}
"""The grounds of fvl. § 6, first and second paragraph: code → how somebody says it of themselves."""
