"""The receipt (*kvittering*): number, time and a copy of what was sent, as a PDF in the case."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from portal import clock
from portal.access.actor import Actor, Place
from portal.casework import services as casework
from portal.casework.delivery.recipients import recipient_of
from portal.documents.letters import order_letter
from portal.documents.queries import list_documents
from portal.documents.texts import core_letter
from portal.funding.about import sections_of
from portal.funding.facts import ApplicationFacts
from portal.funding.permissions import APPLICATION_READ
from portal.web.kit.formats import day, exact, kr, spaced
from portal.web.kit.i18n import gettext as _
from portal.web.kit.i18n import use_locale

READERS = ("casework.own.read", APPLICATION_READ.name)


def order_receipt(
    facts: ApplicationFacts, *, number: str, sent_at: datetime, late: bool, place: Place, actor: Actor
) -> int:
    """Order the receipt of an application in the transaction that sends it; gives the document's id.

    It keeps what was sent as it was, in the recipient's language, whatever is changed afterwards.
    """
    recipient = recipient_of(facts.owner_id)
    day_sent = clock.oslo(sent_at).date()
    with use_locale(recipient.language):
        context: dict[str, Any] = {
            "sender": "Utlendingsdirektoratet",
            "recipient": [line for line in (recipient.name, recipient.address) if line],
            "reference": number,
            "date": day(day_sent),
            "you": recipient.you,
            "organisation_number": spaced(recipient.number or ""),
            "title": facts.title,
            "call_title": facts.call_title,
            "sent_at": exact(sent_at),
            "closes_at": exact(facts.closes_at),
            "late": late,
            "amount": kr(facts.amount_ore),
            "sections": [
                [str(section.heading), [[str(label), value] for label, value in section.rows]]
                for section in sections_of(facts)
            ],
            "attachments": [one.title for one in list_documents(facts.attachments)],
        }
        title = _("Receipt %(number)s", number=number)
    document_id = order_letter(
        template=core_letter("receipt", recipient.language, day_sent),
        context=context,
        language=recipient.language,
        place=place,
        read_permissions=READERS,
        title=title,
        filename=f"kvittering-{number.replace('/', '-')}.pdf",
        actor=actor,
    )
    casework.attach(facts.id, document_id, "receipt", actor=actor)
    return document_id
