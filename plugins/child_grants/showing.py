"""What the reception centres' answers look like to others: on the case's page and on Min side."""

from __future__ import annotations

from typing import Any

from plugins.child_grants import queries
from plugins.child_grants.forms import ANSWERS
from plugins.child_grants.queries import Contact
from plugins.child_grants.scheme import PREFIX, SCHEME
from portal.pluginkit.access import Actor
from portal.pluginkit.funding import ApplicationFacts
from portal.pluginkit.pages import Overview, Panel, Task, gettext
from portal.pluginkit.pages import lazy_gettext as _


def panel_of(subject: Any) -> list[Panel]:
    """Whether each site has answered, and what: the same for the applicant and for staff."""
    if not isinstance(subject, ApplicationFacts) or subject.scheme_code != SCHEME.code:
        return []
    said = queries.contacts_of(subject.id)
    rows = tuple((name, in_words(said[unit])) for unit, name in subject.sites if unit in said)
    if not rows:
        return []
    intro = _("UDI asks the reception centres you named. No answer never stops a case.")
    return [Panel(_("What the reception centres say"), rows, intro)]


def in_words(contact: Contact) -> str:
    """A site's answer in a line, with its comment."""
    if contact.answer is None:
        return gettext("Has not answered yet") if contact.closed_at is None else gettext("Did not answer")
    answer = str(dict(ANSWERS)[contact.answer])
    how = gettext("answered by telephone") if contact.answered_by is None else ""
    return ". ".join(part for part in (", ".join(filter(None, (answer, how))), contact.note) if part)


def tasks(actor: Actor, overview: Overview) -> None:
    """What the actor's own sites are asked."""
    for contact_id, applicant, title in map(tuple, queries.waiting(actor)):
        overview.needs_me.append(
            Task(
                title=_("Is it right that %(applicant)s has been in contact with you?", applicant=applicant),
                href=f"{PREFIX}/mottak/{contact_id}",
                kind="answer",
                action_label=_("Answer"),
                note=title,
            )
        )
