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


@dataclass(frozen=True, kw_only=True)
class SiteContactAsked(Event):
    """A reception centre was asked about the contact an application tells of."""

    name: ClassVar[str] = "child_grants.site_contact_asked"
    message: ClassVar[str] = "A reception centre was asked about an application; %(told)s persons were told."
    subject: ClassVar[str] = "case"
    plugin: ClassVar[str | None] = "child_grants"

    unit_id: int
    told: int


@dataclass(frozen=True, kw_only=True)
class SiteContactAnswered(Event):
    """A reception centre answered for itself, or changed its answer."""

    name: ClassVar[str] = "child_grants.site_contact_answered"
    message: ClassVar[str] = "A reception centre answered about an application: %(answer)s."
    subject: ClassVar[str] = "case"
    plugin: ClassVar[str | None] = "child_grants"
    words = {"answer": dict(ANSWERS)}

    unit_id: int
    answer: str
