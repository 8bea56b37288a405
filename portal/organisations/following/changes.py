"""What is new between what the register said before and what it says now: pure, as codes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from portal.organisations.facts import is_public, register_status, same_name
from portal.organisations.vocabulary import COMMERCIAL_FORMS

Facts = Mapping[str, Any]
_SHOWN = ("name", "legal_form", "municipality_name", "in_voluntary_register", "account_number")


def changes(before: Facts | None, after: Facts) -> list[str]:
    """Codes of `CHANGES` for what is new in `after`; nothing where nothing was known before."""
    if not before:
        return []
    found = _standing(before, after)
    if register_status(after) == "deleted":  # a deleted unit has few fields: what they lack is no change
        return found
    found += ["name"] if not same_name(_text(before, "name"), _text(after, "name")) else []
    found += ["roles"] if _roles(before) and _roles(before) != _roles(after) else []
    found += _voluntary(before, after) + _form(before, after)
    for code, field in (("municipality", "municipality_number"), ("account", "account_number")):
        if _text(before, field) and _text(after, field) not in ("", _text(before, field)):
            found.append(code)
    return found


def told(facts: Facts | None) -> dict[str, Any]:
    """The part of the facts that is kept with a change: no person, no address."""
    return {name: facts[name] for name in _SHOWN if name in facts} if facts else {}


def _standing(before: Facts, after: Facts) -> list[str]:
    was, now = register_status(before), register_status(after)
    if after.get("removed") and not before.get("removed"):
        return ["removed"]
    if before.get("removed") and not after.get("removed"):
        return ["restored"]
    if now == was:
        return []
    return ["restored"] if now == "registered" else [now]


def _voluntary(before: Facts, after: Facts) -> list[str]:
    was, now = bool(before.get("in_voluntary_register")), bool(after.get("in_voluntary_register"))
    if was == now:
        return []
    return ["voluntary_in" if now else "voluntary_out"]


def _form(before: Facts, after: Facts) -> list[str]:
    if _text(before, "legal_form") == _text(after, "legal_form"):
        return []
    flagged = _text(after, "legal_form") in COMMERCIAL_FORMS or is_public(after)
    return ["legal_form", "commercial"] if flagged else ["legal_form"]


def _roles(facts: Facts) -> list[tuple[str, str, str]]:
    rows = facts.get("roles") or []
    return sorted((_text(r, "code"), _text(r, "name"), _text(r, "birth_date")) for r in rows)


def _text(facts: Facts, name: str) -> str:
    return str(facts.get(name) or "")
