"""Units as choices in forms, grouped as people think of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row

from portal.web.kit.i18n import gettext as _


def unit_choices(units: Sequence[Row[Any]]) -> dict[str, list[tuple[str, str]]]:
    """Group label → (id, name), from rows with id, name and level; empty groups are left out."""
    groups = {
        "national": _("UDI and its delivery teams"),
        "regional": _("Regions and ATE"),
        "local": _("Sites"),
    }
    found: dict[str, list[tuple[str, str]]] = {label: [] for label in groups.values()}
    for unit in units:
        found[groups[unit.level]].append((str(unit.id), unit.name))
    return {label: choices for label, choices in found.items() if choices}
