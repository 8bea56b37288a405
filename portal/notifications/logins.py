"""Telling a person that the ways in to their account are others now, in case it was not them."""

from __future__ import annotations

from portal import settings
from portal.notifications.services import notify
from portal.web.kit.i18n import N_

_WORDS = {
    "added": (
        N_("There is a new way of logging in to your account"),
        N_(
            "%(provider)s leads to your account too now. Was it not you? Take it away, and log out "
            "everywhere else."
        ),
    ),
    "removed": (
        N_("A way of logging in to your account is taken away"),
        N_(
            "%(provider)s does not lead to your account any more. Was it not you? Log out everywhere else, "
            "and tell UDI."
        ),
    ),
}


def tell(person_id: int, what: str, provider: str) -> None:
    """Tell the person that a way in was `added` or `removed`, inside the caller's transaction."""
    labels = {one.key: one.label for one in settings.current().providers}
    title, body = _WORDS[what]
    notify(
        person_ids=[person_id],
        kind="login",
        title_id=title,
        body_id=body,
        values={"provider": labels.get(provider, provider)},
        href="/min-side/innlogginger",
    )
