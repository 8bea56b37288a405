"""What stands in a case's timeline beside the steps of its workflow, in plain words for both sides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import insert

from portal import clock
from portal.access.actor import Actor
from portal.casework.models import CaseHistory
from portal.casework.subject import Subject
from portal.database import db
from portal.web.kit.i18n import LazyString
from portal.web.kit.i18n import lazy_gettext as _


@dataclass(frozen=True, slots=True)
class Entry:
    """How staff and the party are told of something; `party` None: it is not the party's to read.

    `detail`: the party reads the entry's reason too, which is otherwise staff's. `words` writes the reason
    for the reader where what is stored is a code.
    """

    staff: LazyString
    party: LazyString | None = None
    detail: bool = False
    words: Callable[[str], str] | None = None


ENTRIES: dict[str, Entry] = {
    "declared": Entry(_("Declared to have no ties to the case.")),
    "tie": Entry(_("Declared a tie to the case, and is disqualified.")),
    "tie_after": Entry(
        _(
            "Declared a tie to the case after having worked with it, and is disqualified. "
            "A substitute goes over it."
        )
    ),
    "tie_corrected": Entry(_("A disqualification that was declared by mistake was corrected:")),
    "assigned": Entry(_("The case got a caseworker."), _("The case got a caseworker.")),
    "reassigned": Entry(_("The case got another caseworker."), _("The case got another caseworker.")),
    "passed_on": Entry(
        _("The case was passed to another region."), _("The case was passed to another of UDI's regions.")
    ),
    "noted": Entry(_("An internal note was written.")),
    "reference": Entry(
        _("The case got its reference in UDIsak:"), _("The case got its reference in UDIsak:"), detail=True
    ),
    "journalled": Entry(_("The case was journalled in UDIsak.")),
    "packaged": Entry(_("The case's package was fetched.")),
}
"""Name, as stored in `CaseHistory.transition` → its texts. Rooms above add their own."""


def tell(
    subject: Subject, name: str, *, actor: Actor | None, reason: str = "", by_party: bool = False
) -> None:
    """Write an entry of `ENTRIES` in a case's timeline, in the current transaction; the state stays."""
    if name not in ENTRIES:
        raise KeyError(name)
    db.session.execute(
        insert(CaseHistory).values(
            case_id=subject.id,
            transition=name,
            source=subject.state,
            target=subject.state,
            reason=reason.strip(),
            person_id=actor.person_id if actor else None,
            by_party=by_party,
            at=clock.now(),
        )
    )
