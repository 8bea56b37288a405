"""What happens between a branch and its parent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from portal.organisations.affiliation.vocabulary import SHARES
from portal.record import Event
from portal.web.kit.i18n import N_, LazyString
from portal.web.kit.i18n import lazy_gettext as _

STEPS: dict[str, LazyString] = {
    "claim": _("claimed"),
    "confirm": _("confirmed"),
    "decline": _("declined"),
    "withdraw": _("withdrawn"),
    "end": _("ended"),
}


def _shares(codes: str, _data: Mapping[str, Any]) -> str:
    return ", ".join(str(SHARES[code]) for code in codes.split(", ") if code in SHARES)


@dataclass(frozen=True, kw_only=True)
class AffiliationMoved(Event):
    """A branch's belonging to a parent was claimed, answered, taken back or ended."""

    name = "organisations.affiliation_moved"
    message = N_("The affiliation with a parent organisation was %(step)s.")
    subject = "affiliation"
    words = {"step": STEPS}

    step: str
    branch_id: int
    parent_id: int


@dataclass(frozen=True, kw_only=True)
class SharingChanged(Event):
    """A branch chose anew what its parent sees."""

    name = "organisations.sharing_changed"
    message = N_("What the parent organisation sees was changed: %(shares)s.")
    subject = "affiliation"
    words = {"shares": _shares}

    shares: str
