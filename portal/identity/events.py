"""Events of login and sessions: ids and codes only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from flask import current_app

from portal.identity import refusal
from portal.record import Event
from portal.record.events import Words
from portal.web.kit.i18n import gettext, lazy_gettext

_REFUSALS = {
    refusal.CANCELLED: lazy_gettext("the person cancelled"),
    refusal.RESTART: lazy_gettext("it had to be begun anew"),
    refusal.UNREACHABLE: lazy_gettext("the login service did not answer"),
    refusal.TOO_WEAK: lazy_gettext("the login was not strong enough"),
    refusal.NOT_STAFF: lazy_gettext("the account is not one of UDI's staff"),
    refusal.OTHER_PERSON: lazy_gettext("somebody else logged in"),
    refusal.IN_USE: lazy_gettext("the other account is in use"),
    refusal.MISMATCH: lazy_gettext("the answer from the login service did not hold"),
}
_CAUSES = {
    "new_login": lazy_gettext("there was a new login"),
    "owner": lazy_gettext("the person themselves ended it"),
    "administrator": lazy_gettext("an administrator ended it"),
    "provider": lazy_gettext("it was ended at the login service"),
    "joined": lazy_gettext("the account became one with another"),
    "door_removed": lazy_gettext("the way in was taken away"),
}


def _provider(key: str, _data: Mapping[str, Any]) -> str | None:
    labels = {one.key: one.label for one in current_app.extensions["settings"].providers}
    return labels.get(key)


def _reason(code: str, _data: Mapping[str, Any]) -> str:
    """In words, and the exact code, which whoever keeps the login going needs."""
    kind = _REFUSALS[refusal.LoginRefused(code).kind]
    return gettext("%(reason)s (code %(code)s)", reason=kind, code=code)


@dataclass(frozen=True, kw_only=True)
class PersonRegistered(Event):
    """Somebody logged in for the first time and has an account now. The subject is the person."""

    name = "identity.person_registered"
    message = "An account was made at the first login through %(provider)s."
    subject = "person"
    words: ClassVar[Mapping[str, Words]] = {"provider": _provider}
    provider: str


@dataclass(frozen=True, kw_only=True)
class LoginJoined(Event):
    """A person proved two logins in one session, and both lead to their account now."""

    name = "identity.login_joined"
    message = "%(provider)s leads to this account too: both logins were proved in one session."
    subject = "person"
    words: ClassVar[Mapping[str, Words]] = {"provider": _provider}
    provider: str


@dataclass(frozen=True, kw_only=True)
class LoginRemoved(Event):
    """A person took away one of their ways in, freshly logged in through another."""

    name = "identity.login_removed"
    message = "%(provider)s does not lead to this account any more."
    subject = "person"
    words: ClassVar[Mapping[str, Words]] = {"provider": _provider}
    provider: str


@dataclass(frozen=True, kw_only=True)
class LoggedIn(Event):
    """A session began (*innlogging*). The subject is the session."""

    name = "identity.logged_in"
    message = "Logged in through %(provider)s."
    subject = "session"
    words: ClassVar[Mapping[str, Words]] = {"provider": _provider}
    provider: str
    acr: str


@dataclass(frozen=True, kw_only=True)
class LoginRefused(Event):
    """A login was refused, and nobody is logged in by it. There is no subject: nobody is known."""

    name = "identity.login_refused"
    message = "A login through %(provider)s was refused: %(reason)s."
    subject = "login"
    words: ClassVar[Mapping[str, Words]] = {"provider": _provider, "reason": _reason}
    provider: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class LogoutRefused(Event):
    """A logout somebody sent in a provider's name did not hold, and ended nothing."""

    name = "identity.logout_refused"
    message = "A logout from %(provider)s was refused: %(reason)s."
    subject = "login"
    words: ClassVar[Mapping[str, Words]] = {"provider": _provider, "reason": _reason}
    provider: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class LoggedOut(Event):
    """A person ended the session they were in."""

    name = "identity.logged_out"
    message = "Logged out."
    subject = "session"


@dataclass(frozen=True, kw_only=True)
class SessionEnded(Event):
    """A session was ended from elsewhere. `cause`: new_login, owner, administrator, provider, joined,
    door_removed.
    """

    name = "identity.session_ended"
    message = "The session was ended: %(cause)s."
    subject = "session"
    words: ClassVar[Mapping[str, Words]] = {"cause": _CAUSES}
    cause: str
