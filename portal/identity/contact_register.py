"""Reading one's own entry in the contact and reservation register (*KRR*) with the token of a login.

Digdir's look-up for a logged-in person: a GET with the person's own access token. No identity number is sent,
and the one in the answer is passed over. Nothing here fails a login: what is not read is read next time.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from flask import current_app

from portal import clock
from portal.identity.fetching import SECONDS, Busy, Places, Unreachable, get_json
from portal.identity.provider import now
from portal.login_settings import ContactRegister
from portal.web.kit.text import mail_address

LIMIT = 64_000
AT_ONCE = 2
REST_SECONDS = 30
_DATES = ("epostadresse_oppdatert", "epostadresse_sist_verifisert", "epostadresse_sist_validert")
# Tuples: an answer may hold anything, and a list cannot be looked for in a set.
_STATUSES = ("AKTIV", "SLETTET", "IKKE_REGISTRERT")
_RESERVATIONS = ("JA", "NEI")
_OLDEST = datetime(2000, 1, 1, tzinfo=UTC)
_AHEAD = timedelta(days=1)
# The register lets people have any address; one with eleven digits in a row could be an identity number.
_IDENTITY_NUMBER = re.compile(r"(?<!\d)\d{11}(?!\d)")

log = structlog.get_logger("portal.identity")


class Unreadable(ValueError):
    """The answer is none the register gives."""


class _Unread(Exception):
    """The register was not read; the text says why, without data."""


@dataclass(frozen=True, slots=True)
class Told:
    """What is kept of an answer: the address only of who is not reserved and may be notified there."""

    reserved: bool
    may_notify: bool
    email: str = ""
    confirmed_at: datetime | None = None


class KnownRegister:
    """The register that one provider's access tokens open. One for each process.

    Few ask at once and nobody waits for a place; when it has been slow, nobody asks for half a minute.
    """

    def __init__(self, provider: str, settings: ContactRegister) -> None:
        self._provider = provider
        self._url = settings.url
        self._places = Places(AT_ONCE)
        self._slow_at: float | None = None

    def ask(self, access_token: str) -> Told | None:
        """What the register says of the token's owner; None, and a line in the log, when it cannot be had."""
        try:
            return self._ask(access_token)
        except _Unread as reason:
            log.warning("contact_register_not_read", provider=self._provider, reason=str(reason))
            return None

    def _ask(self, access_token: str) -> Told:
        if not access_token:
            raise _Unread("no token")
        if self._slow_at is not None and now() - self._slow_at < REST_SECONDS:
            raise _Unread("resting")
        begun = now()
        try:
            with self._places.one():
                return read_answer(get_json(self._url, bearer=access_token, limit=LIMIT))
        except Busy:
            raise _Unread("busy") from None
        except Unreadable:
            raise _Unread("unreadable") from None
        except Unreachable as error:
            if now() - begun >= SECONDS / 2:
                self._slow_at = now()
            # A status or a kind of failure, and no more of what a stranger wrote.
            raise _Unread(str(error).partition(",")[0]) from None


def known_register(provider: str) -> KnownRegister | None:
    """The register read at logins through that provider; None where none is."""
    found: dict[str, KnownRegister] = current_app.extensions["contact_registers"]
    return found.get(provider)


def in_use() -> bool:
    """True when logins through any provider read the register."""
    return bool(current_app.extensions["contact_registers"])


def read_answer(document: Mapping[str, Any]) -> Told:
    """The few things the portal keeps of an answer. Raises `Unreadable`.

    An address without a day when it was confirmed is not kept: nobody could say how old it is.
    """
    status, reserved = document.get("status"), document.get("reservasjon")
    if status not in _STATUSES or (status == "AKTIV" and reserved not in _RESERVATIONS):
        raise Unreadable
    if reserved == "JA":
        return Told(reserved=True, may_notify=False)
    if status != "AKTIV" or document.get("varslingsstatus") != "KAN_VARSLES":
        return Told(reserved=False, may_notify=False)
    contact = document.get("kontaktinformasjon")
    told = contact if isinstance(contact, Mapping) else {}
    email, confirmed_at = _address(told.get("epostadresse")), _confirmed(told)
    if not email or confirmed_at is None:
        return Told(reserved=False, may_notify=True)
    return Told(reserved=False, may_notify=True, email=email, confirmed_at=confirmed_at)


def _address(value: Any) -> str:
    if not isinstance(value, str) or mail_address(value) is None or _IDENTITY_NUMBER.search(value):
        return ""
    return value


def _confirmed(told: Mapping[str, Any]) -> datetime | None:
    """When the address was last written or confirmed; what cannot be a day of that is passed over."""
    moments = (_moment(told.get(name)) for name in _DATES)
    latest = clock.now() + _AHEAD
    return max((one for one in moments if one and _OLDEST <= one <= latest), default=None)


def _moment(value: Any) -> datetime | None:
    if not isinstance(value, str) or len(value) > 40:
        return None
    try:
        found = datetime.fromisoformat(value)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
