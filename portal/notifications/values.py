"""Values of a notice that are written in the reader's language: a date is not text before it is read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from portal.web.kit.formats import day


def a_day(value: date) -> dict[str, str]:
    """A date among a notice's values: kept as a date, written when somebody reads it."""
    return {"date": value.isoformat()}


def written(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values with dates in words, in the language in force now."""
    return {name: _written(value) for name, value in values.items()}


def _written(value: Any) -> Any:
    if isinstance(value, Mapping) and "date" in value:
        return day(date.fromisoformat(value["date"]))
    return value
