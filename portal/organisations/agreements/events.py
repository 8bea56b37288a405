"""What happens to the notes of agreements."""

from __future__ import annotations

from dataclasses import dataclass

from portal.record import Event
from portal.web.kit.i18n import N_


@dataclass(frozen=True, kw_only=True)
class AgreementRecorded(Event):
    """Somebody at UDI noted that an organisation has an agreement."""

    name = "organisations.agreement_recorded"
    message = N_("An agreement with UDI was noted.")
    subject = "organisation"

    agreement_id: int
    valid_from: str
    valid_to: str | None


@dataclass(frozen=True, kw_only=True)
class AgreementChanged(Event):
    """The note of an agreement was changed."""

    name = "organisations.agreement_changed"
    message = N_("The note of an agreement with UDI was changed.")
    subject = "organisation"

    agreement_id: int
    valid_from: str
    valid_to: str | None


@dataclass(frozen=True, kw_only=True)
class AgreementRemoved(Event):
    """The note of an agreement was a mistake, and was taken out."""

    name = "organisations.agreement_removed"
    message = N_("The note of an agreement with UDI was taken out, as a mistake.")
    subject = "organisation"

    agreement_id: int
