"""Events of login and sessions: ids and codes only."""

from __future__ import annotations

from dataclasses import dataclass

from portal.record import Event


@dataclass(frozen=True, kw_only=True)
class PersonRegistered(Event):
    """Somebody logged in for the first time and has an account now. The subject is the person."""

    name = "identity.person_registered"
    message = "An account was made at the first login through %(provider)s."
    subject = "person"
    provider: str


@dataclass(frozen=True, kw_only=True)
class LoggedIn(Event):
    """A session began (*innlogging*). The subject is the session."""

    name = "identity.logged_in"
    message = "Logged in through %(provider)s."
    subject = "session"
    provider: str
    acr: str


@dataclass(frozen=True, kw_only=True)
class LoginRefused(Event):
    """A login was refused, and nobody is logged in by it. There is no subject: nobody is known."""

    name = "identity.login_refused"
    message = "A login through %(provider)s was refused: %(reason)s."
    subject = "login"
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
    """A session was ended from elsewhere. `cause`: new_login, owner, administrator or provider."""

    name = "identity.session_ended"
    message = "The session was ended: %(cause)s."
    subject = "session"
    cause: str
