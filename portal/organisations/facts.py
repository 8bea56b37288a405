"""What the registers know of an organisation: how it is stored, and what it means in plain words.

Facts are kept as the register gave them, as JSON; reading them is tolerant, since they outlive releases.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from typing import Any

from portal.organisations.vocabulary import COMMERCIAL_FORMS, PUBLIC_FORMS, VOLUNTARY_FORMS
from portal.web.kit.text import without_tricks

Facts = Mapping[str, Any]
_ALIVE_STATES = ("deleted", "bankrupt", "winding_up")
_KEPT_CAPITALS = frozenset({"AS", "ASA", "SA", "BA", "IL", "KFUK", "KFUM", "NKS", "UDI"})


def as_stored(facts: Any) -> dict[str, Any]:
    """`RegisterFacts` as JSON values: dates in ISO form, tuples as lists."""
    stored: dict[str, Any] = _plain(facts)
    return stored


def same_name(one: str, other: str) -> bool:
    """True when two names differ in capitals and blanks only."""
    return _folded(one) == _folded(other)


def written_name(facts: Facts | None, typed: str | None) -> str:
    """How the name is written: as the person typed it, if it is the register's name, else as proposed.

    The registers write every name in capitals; a proposal writes it with one, for the person to mend.
    """
    registered = str((facts or {}).get("name") or "")
    if not registered or (typed and same_name(typed, registered)):
        return typed or ""
    if not registered.isupper():
        return registered
    first, *rest = registered.split()
    words = [first if first in _KEPT_CAPITALS else first.capitalize()]
    return " ".join([*words, *(word if word in _KEPT_CAPITALS else word.lower() for word in rest)])


def register_status(facts: Facts | None) -> str:
    """The register's word in one code: `deleted`, `bankrupt`, `winding_up`, `registered`, or `none`."""
    if not facts:
        return "none"
    for code, key in (("deleted", "deleted_on"), ("bankrupt", "bankrupt"), ("winding_up", "winding_up")):
        if facts.get(key):
            return code
    return "registered"


def warnings(facts: Facts | None) -> list[str]:
    """What the person and the caseworker should know, as codes, gravest first."""
    if not facts:
        return []
    found = [status] if (status := register_status(facts)) in _ALIVE_STATES else []
    if is_public(facts):
        found.append("public_body")
    elif facts.get("legal_form") in COMMERCIAL_FORMS:
        found.append("commercial")
    elif not facts.get("in_voluntary_register") and not found:
        found.append("not_voluntary_register")
    return found


def is_public(facts: Facts) -> bool:
    """True for municipalities and other public bodies."""
    return bool(facts.get("public_body")) or facts.get("legal_form") in PUBLIC_FORMS


def kind_of(path: str, facts: Facts | None, *, runs_sites: bool) -> str:
    """The kind of organisation: from what the person said, the sites it runs and the register's form."""
    if path == "individual":
        return "individual"
    if path == "group":
        return "informal_group"
    if runs_sites:
        return "operator"
    if facts and is_public(facts):
        return "public_body"
    if facts and (facts.get("in_voluntary_register") or facts.get("legal_form") in VOLUNTARY_FORMS):
        return "voluntary"
    return "non_profit"


def language_of(facts: Facts | None) -> str:
    """The organisation's *målform* as a language code."""
    said = str((facts or {}).get("language") or "").lower()
    return "nn" if said in ("nn", "nynorsk") else "nb"


def address_line(address: Any) -> str:
    """An address on one line; empty for none."""
    if isinstance(address, Mapping):
        lines = address.get("lines") or address.get("adresse") or []
        place = " ".join(str(address[k]) for k in ("postal_code", "postal_place") if address.get(k))
        parts = [*lines, place]
    elif isinstance(address, list | tuple):
        parts = list(address)
    else:
        parts = [address]
    return ", ".join(str(part).strip() for part in parts if part and str(part).strip())


def role_of(facts: Facts | None, name: str, birth_date: date | None) -> str | None:
    """The code of a public role whose holder has this name and birth date, or None.

    A first tick for the person to confirm; it decides nothing. Without a birth date nothing matches.
    """
    if not facts or birth_date is None:
        return None
    wanted = (_folded(name), birth_date.isoformat())
    for role in facts.get("roles") or []:
        if role.get("deceased") or role.get("organisation"):
            continue
        if (_folded(role.get("name") or ""), role.get("birth_date")) == wanted:
            return str(role.get("code"))
    return None


def _folded(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return _plain(asdict(value))
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(one) for one in value]
    if isinstance(value, date | datetime):
        return value.isoformat()
    return without_tricks(value) if isinstance(value, str) else value
