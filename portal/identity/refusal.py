"""Why a login is refused: one code each, for the audit trail, and the kind of help the page gives."""

from __future__ import annotations

CANCELLED = "cancelled"
RESTART = "restart"
UNREACHABLE = "unreachable"
TOO_WEAK = "too_weak"
NOT_STAFF = "not_staff"
OTHER_PERSON = "other_person"
IN_USE = "in_use"
MISMATCH = "mismatch"

_KINDS = {
    "cancelled": CANCELLED,
    "state_unknown": RESTART,
    "attempt_expired": RESTART,
    "browser_other": RESTART,
    "provider_unreachable": UNREACHABLE,
    "acr": TOO_WEAK,
    "acr_unmet": TOO_WEAK,
    "not_staff": NOT_STAFF,
    "not_anew": RESTART,
    "other_person": OTHER_PERSON,
    "session_gone": RESTART,
    "account_in_use": IN_USE,
}


class LoginRefused(Exception):
    """Nobody is logged in. `reason` is a code without personal data, `provider` the profile's key.

    `next_path`: where the person was going, when that is known.
    """

    def __init__(self, reason: str, *, provider: str = "", next_path: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.provider = provider
        self.next_path = next_path

    @property
    def kind(self) -> str:
        """Which explanation the page gives: one of the kinds of this module."""
        return _KINDS.get(self.reason, MISMATCH)
