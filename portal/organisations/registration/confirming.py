"""The mail that asks an organisation, at its address in the register, whether somebody may represent it."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from portal.database import read_one
from portal.identity.models import Person
from portal.jobs import job
from portal.organisations.addressed import Addressed, send
from portal.organisations.facts import language_of
from portal.organisations.links import token_of
from portal.organisations.models import Confirmation, Registration
from portal.web.kit.i18n import gettext as _
from portal.web.kit.i18n import use_locale

_QUESTION = (
    select(
        Confirmation.answer,
        Confirmation.token_seed,
        Confirmation.token_digest,
        Registration.name,
        Registration.facts,
        Person.name.label("person"),
    )
    .join(Registration, Registration.id == Confirmation.registration_id)
    .join(Person, Person.id == Registration.person_id)
    .where(Confirmation.id == bindparam("id"))
)


@job("organisations.ask_organisation")
def send_question(confirmation_id: int) -> None:
    """Send the link to the address the register has; nothing when it is answered meanwhile."""
    row = read_one(_QUESTION, {"id": confirmation_id})
    email = str(((row.facts if row else None) or {}).get("email") or "")
    if row is None or row.answer is not None or not email:
        return
    named = {"person": row.person, "organisation": row.name}
    with use_locale(language_of(row.facts)):
        send(
            Addressed(
                name=f"confirmation-{confirmation_id}",
                to=email,
                title=_("May %(person)s represent %(organisation)s?", **named),
                text=_(
                    "%(person)s is registering %(organisation)s with UDI. If you lead the organisation,"
                    " open the link and say yes or no. It works once, for 14 days. You need no account.",
                    **named,
                ),
                path=f"/bekreft/{token_of(row.token_seed, row.token_digest)}",
            )
        )
