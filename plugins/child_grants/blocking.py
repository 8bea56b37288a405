"""When the plugin should not be switched off: while somebody is about to miss a deadline."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from plugins.child_grants.scheme import SCHEME
from portal.pluginkit.funding import open_calls, running_appeals
from portal.pluginkit.hookspecs import Blocker
from portal.pluginkit.pages import lazy_gettext as _

SOON = timedelta(days=7)


def calls_that_close_soon() -> list[Blocker]:
    """One objection for each call that closes within a week: people are writing their applications now."""
    limit = datetime.now(UTC) + SOON
    return [
        Blocker(_("The call %(title)s closes within seven days.", title=call.title), call.closes_at)
        for call in open_calls(SCHEME.code)
        if call.closes_at < limit
    ]


def appeals_may_still_come() -> list[Blocker]:
    """One objection while the deadline runs for appealing against a decision (forvaltningsloven § 29)."""
    count, until = running_appeals(SCHEME.code)
    if not count:
        return []
    return [Blocker(_("The deadline for appeals still runs for %(count)s decisions.", count=count), until)]
