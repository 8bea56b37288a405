"""The organisation somebody chose to act for at the login service (Ansattporten, RFC 9396).

It says that the person may represent the organisation in one service of Altinn. It gives no right in the
portal: rights are roles, and roles are given here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from stdnum.no import orgnr

from portal.login_settings import Provider

_PREFIX = "0192:"  # ISO 6523: the Norwegian register of legal entities


@dataclass(frozen=True, slots=True)
class Represented:
    """An organisation, by its number in Enhetsregisteret and the name it was shown under."""

    number: str
    name: str


class Malformed(ValueError):
    """The answer is not about what was asked, or names no real organisation."""


def chosen(profile: Provider, details: Any) -> Represented | None:
    """The organisation in a provider's answer; None when none was chosen. Raises `Malformed`."""
    asked = profile.authorization_details
    if not asked or details is None:
        return None
    if not isinstance(details, list):
        raise Malformed
    found = [party for one in details for party in _parties(one, asked)]
    return _represented(found[0]) if found else None


def _parties(one: Any, asked: tuple[dict[str, Any], ...]) -> list[Any]:
    """Whom one entry speaks of, when it answers something we asked."""
    if not isinstance(one, dict) or not any(_answers(one, question) for question in asked):
        raise Malformed
    parties = one.get("authorized_parties", [one] if "orgno" in one else [])
    if not isinstance(parties, list):
        raise Malformed
    return parties


def _answers(one: dict[str, Any], question: dict[str, Any]) -> bool:
    same_type = one.get("type") == question["type"]
    return same_type and one.get("resource", question.get("resource")) == question.get("resource")


def _represented(party: Any) -> Represented:
    about = party.get("orgno") if isinstance(party, dict) else None
    identifier = about.get("ID") if isinstance(about, dict) else about
    if not isinstance(identifier, str) or not orgnr.is_valid(identifier.removeprefix(_PREFIX)):
        raise Malformed
    name = party.get("name")
    shown = "".join(c for c in name if c.isprintable())[:200] if isinstance(name, str) else ""
    return Represented(orgnr.compact(identifier.removeprefix(_PREFIX)), shown)


UnitFinder = Callable[[str], int | None]
_finders: list[UnitFinder] = []


def unit_found_by(finder: UnitFinder) -> None:
    """Tell how the unit of an organisation number is found; the room that knows organisations does."""
    _finders[:] = [finder]


def unit_of(number: str) -> int | None:
    """The unit of the organisation with that number, when it is in the portal."""
    return _finders[0](number) if _finders else None
