"""Recording what a reception centre says about an application."""

from __future__ import annotations

from datetime import date

from sqlalchemy.dialects.postgresql import insert

from plugins.child_grants.events import SiteContactRecorded
from plugins.child_grants.models import SiteContact
from plugins.child_grants.permissions import SITE_CONTACT_RECORD
from plugins.child_grants.scheme import SCHEME
from portal.pluginkit.access import Actor, OutOfReach, require
from portal.pluginkit.funding import get_application
from portal.pluginkit.storage import record, transaction


def record_contact(
    case_id: int, unit_id: int, *, answer: str, answered_on: date, note: str, actor: Actor
) -> None:
    """Write down a site's answer (`confirmed`, `not_known`, `disagrees`), in place of an earlier one.

    Raises `OutOfReach` for a site the application does not name, and `Denied`.
    """
    with transaction(actor=actor) as session:
        facts = get_application(case_id, scheme=SCHEME.code, actor=actor)
        require(actor, SITE_CONTACT_RECORD, facts)
        if unit_id not in {unit for unit, _name in facts.sites}:
            raise OutOfReach(f"unit {unit_id}")
        values = {
            "answer": answer,
            "answered_on": answered_on,
            "note": note,
            "recorded_by": actor.person_id,
        }
        session.execute(
            insert(SiteContact)
            .values(case_id=case_id, unit_id=unit_id, **values)
            .on_conflict_do_update(index_elements=["case_id", "unit_id"], set_=values)
        )
        event = SiteContactRecorded(
            subject_id=case_id,
            national_id=facts.national_id,
            regional_id=facts.regional_id,
            local_id=facts.local_id,
            owner_id=facts.owner_id,
            unit_id=unit_id,
            answer=answer,
        )
        record(event, actor=actor)
