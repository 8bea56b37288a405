"""Looking an organisation up in Enhetsregisteret (`brreg`) and Frivillighetsregisteret, within limits.

Whatever the registers answer ends in facts or in one of four exceptions. Called by workers only.
"""

from __future__ import annotations

from contextlib import closing
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any

import brreg
import httpx2
from brreg import enhetsregisteret
from pydantic import ValidationError

from portal import clock
from portal.organisations.registers.facts import RegisterFacts
from portal.organisations.registers.reading import VoluntaryAnswer, read_facts
from portal.organisations.registers.transport import BoundedTransport
from portal.settings import Registers

__all__ = ["NumberRemoved", "NumberUnknown", "RegisterFacts", "RegisterLied", "RegisterUnavailable", "lookup"]


class RegisterUnavailable(Exception):
    """No answer, or none in time; ask again, after `retry_after` seconds if the register said so."""

    def __init__(self, reason: str, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class NumberUnknown(LookupError):
    """The register knows nobody by this number."""


class NumberRemoved(LookupError):
    """The register had this number and has removed it."""


class RegisterLied(Exception):
    """The answer is not what was asked for: malformed, cut off, or about somebody else."""


class _Client(enhetsregisteret.Client):
    """brreg's client at an address of ours, bounded, remembering the last answer as it came."""

    def __init__(self, registers: Registers) -> None:
        self._registers = registers
        self.last: httpx2.Response | None = None
        super().__init__()

    def open(self) -> None:
        """Prepare the connections."""
        self._client = httpx2.Client(
            base_url=self._registers.enhetsregisteret,
            timeout=self._registers.timeout_seconds,
            transport=BoundedTransport(self._registers.timeout_seconds),
            event_hooks={"response": [self._note]},
            headers={"accept-encoding": "identity", "user-agent": "samvirkeportalen"},
            follow_redirects=False,
        )

    def _note(self, response: httpx2.Response) -> None:
        self.last = response

    def voluntary(self, number: str) -> httpx2.Response:
        """Ask Frivillighetsregisteret, over the same bounded connection."""
        base = self._registers.frivillighetsregisteret
        return self._client.get(f"{base}/frivillige-organisasjoner/{number}")


def lookup(number: str, *, registers: Registers) -> RegisterFacts:
    """What the registers say of a valid organisation number, now.

    Raises `NumberUnknown`, `NumberRemoved`, `RegisterUnavailable` or `RegisterLied`, nothing else.
    """
    with closing(_Client(registers)) as client:
        try:
            return _facts(client, number)
        except (brreg.BrregError, httpx2.HTTPError, ValueError) as error:
            raise _outcome(client, error.__cause__ or error) from None


def _facts(client: _Client, number: str) -> RegisterFacts:
    unit = client.get_enhet(number)
    if unit is None:
        removed = client.last is not None and client.last.status_code == 410
        raise NumberRemoved(number) if removed else NumberUnknown(number)
    if unit.organisasjonsnummer != number:
        raise RegisterLied("the answer is about another organisation")
    raw = _raw(client)
    if unit.slettedato is not None:
        return read_facts(unit, raw, roles=[], voluntary=None)
    roles = _roles(client, number)
    voluntary = _voluntary(client, number) if unit.registrert_i_frivillighetsregisteret else None
    return read_facts(unit, raw, roles=roles, voluntary=voluntary)


def _roles(client: _Client, number: str) -> list[enhetsregisteret.RolleGruppe]:
    # Roles only help to propose: one odd record among them must not keep an organisation out for good.
    try:
        return client.get_roller(number)
    except brreg.BrregError as error:
        odd = isinstance(error.__cause__, ValidationError) and isinstance(
            _raw(client).get("rollegrupper"), list
        )
        if not odd:
            raise
        return []


def _raw(client: _Client) -> dict[str, Any]:
    found = client.last.json() if client.last is not None else {}
    return found if isinstance(found, dict) else {}


def _voluntary(client: _Client, number: str) -> VoluntaryAnswer | None:
    response = client.voluntary(number)
    if response.status_code in (404, 410):
        return None
    response.raise_for_status()
    answer = VoluntaryAnswer.model_validate_json(response.content)
    if answer.number != number:
        raise RegisterLied("Frivillighetsregisteret answered about another organisation")
    return answer


def _outcome(client: _Client, cause: BaseException) -> Exception:
    if isinstance(cause, ValidationError):
        return RegisterLied(f"{cause.error_count()} fields are not as agreed")
    if isinstance(cause, httpx2.DecodingError | ValueError):
        return RegisterLied(str(cause))
    wait = client.last.headers.get("retry-after", "") if client.last is not None else ""
    return RegisterUnavailable(type(cause).__name__, _seconds(wait))


def _seconds(said: str) -> float | None:
    """`Retry-After` as seconds from now, whether it said seconds or a date (RFC 9110 10.2.3)."""
    if said.isascii() and said.isdigit():
        return float(said)
    try:
        when = parsedate_to_datetime(said)
    except (ValueError, TypeError, OverflowError):
        return None
    aware = when if when.tzinfo else when.replace(tzinfo=UTC)
    return max(0.0, (aware - clock.now()).total_seconds())
