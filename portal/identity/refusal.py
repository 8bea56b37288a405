"""Why a login is refused: one code each, for the audit trail, and the kind of help the page gives."""

from __future__ import annotations

CANCELLED = "cancelled"
RESTART = "restart"
UNREACHABLE = "unreachable"
TOO_WEAK = "too_weak"
MISMATCH = "mismatch"

_KINDS = {
    "cancelled": CANCELLED,
    "state_unknown": RESTART,
    "attempt_expired": RESTART,
    "browser_other": RESTART,
    "provider_unreachable": UNREACHABLE,
    "acr": TOO_WEAK,
}


class LoginRefused(Exception):
    """Nobody is logged in. `reason` is a code without personal data, `provider` the profile's key."""

    def __init__(self, reason: str, *, provider: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.provider = provider

    @property
    def kind(self) -> str:
        """Which explanation the page gives: one of the five kinds of this module."""
        return _KINDS.get(self.reason, MISMATCH)
