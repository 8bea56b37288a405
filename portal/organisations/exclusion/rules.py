"""What an organisation outside the cooperation may not do."""

from __future__ import annotations

from datetime import date

from portal.rules import Rule, declare
from portal.web.kit.i18n import lazy_gettext as _

NOT_EXCLUDED = declare(
    Rule(
        name="organisations.not_excluded",
        strength="must",
        text=_(
            "An organisation that UDI has ended the cooperation with cannot apply for new grants. Cases that"
            " run, letters and the right to appeal stay."
        ),
        basis="UDIs vedtak om avsluttet samarbeid, jf. fvl. §§ 16 og 23–25",
        valid_from=date(2026, 1, 1),
    )
)
"""The source is the decision itself: no statute was found that names such a state, so the basis is to be
confirmed by UDI."""
