"""States and refusals in words."""

from __future__ import annotations

from portal.web.kit.i18n import gettext as _


def refusal(code: str) -> str:
    """Why a switch was not thrown, and what to do."""
    sentences = {
        "blocked": _(
            "The plugin has work that would suffer now. Tick here if it must be switched off all the same."
        ),
        "essential": _("The portal depends on this plugin. It takes a second person, through operations."),
        "message": _("Say why the plugin is off and when it comes back."),
        "level": _("This plugin cannot be switched at this place."),
    }
    return sentences.get(code, _("This plugin or place does not exist."))


def state(on: bool, places_off: int) -> tuple[str, str]:
    """A plugin's state in words, and the kind of its tag."""
    if not on:
        return _("Off in the whole country"), "refused"
    if places_off:
        return _("On, but off at %(count)s places", count=places_off), "returned"
    return _("On everywhere"), "granted"
