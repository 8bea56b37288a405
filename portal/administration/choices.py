"""Units as choices in forms, grouped as people think of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup
from sqlalchemy import Row
from wtforms import SelectField
from wtforms.widgets import Select

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


class _GroupsAndFirst(Select):
    """A select with groups whose nameless first group is no group at all: "Choose"."""

    def __call__(self, field: Any, **kwargs: object) -> Markup:
        html = super().__call__(field, **kwargs)
        head, mark, rest = html.partition(Markup('<optgroup label="">'))
        return head + rest.replace("</optgroup>", Markup(""), 1) if mark else html


class GroupedSelectField(SelectField):
    """A choice among groups; choices are group label → options, "" for those before the groups."""

    widget = _GroupsAndFirst()
