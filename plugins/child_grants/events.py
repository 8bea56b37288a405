"""What the plugin tells the audit trail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from plugins.child_grants.forms import ANSWERS
from portal.pluginkit.storage import Event


@dataclass(frozen=True, kw_only=True)
class SiteContactRecorded(Event):
    """A caseworker wrote down what a reception centre says."""

    name: ClassVar[str] = "child_grants.site_contact_recorded"
    message: ClassVar[str] = "What a reception centre says about an application was recorded: %(answer)s."
    subject: ClassVar[str] = "case"
    plugin: ClassVar[str | None] = "child_grants"
    words = {"answer": dict(ANSWERS)}

    unit_id: int
    answer: str
