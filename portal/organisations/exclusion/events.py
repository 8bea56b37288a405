"""What happens when the cooperation with an organisation is ended, or taken up again."""

from __future__ import annotations

from dataclasses import dataclass

from portal.record import Event
from portal.web.kit.i18n import N_, LazyString
from portal.web.kit.i18n import lazy_gettext as _

OUTCOMES: dict[str, LazyString] = {
    "excluded": _("the cooperation is ended"),
    "dropped": _("the cooperation goes on"),
}


@dataclass(frozen=True, kw_only=True)
class ExclusionNoticed(Event):
    """UDI gave notice that it considers ending the cooperation (fvl. § 16)."""

    name = "organisations.exclusion_noticed"
    message = N_("UDI gave notice that it considers ending the cooperation.")
    subject = "organisation"

    exclusion_id: int
    answer_by: str


@dataclass(frozen=True, kw_only=True)
class ExclusionAnswered(Event):
    """The organisation answered the notice."""

    name = "organisations.exclusion_answered"
    message = N_("The organisation answered the notice on ending the cooperation.")
    subject = "organisation"

    exclusion_id: int


@dataclass(frozen=True, kw_only=True)
class ExclusionDecided(Event):
    """UDI decided after the notice."""

    name = "organisations.exclusion_decided"
    message = N_("UDI decided after the notice: %(outcome)s.")
    subject = "organisation"
    words = {"outcome": OUTCOMES}

    exclusion_id: int
    outcome: str


@dataclass(frozen=True, kw_only=True)
class ExclusionLifted(Event):
    """The cooperation was taken up again."""

    name = "organisations.exclusion_lifted"
    message = N_("UDI took the cooperation up again.")
    subject = "organisation"

    exclusion_id: int
