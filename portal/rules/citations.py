"""References to the law (*henvisninger*) as data with the day they hold from, for letters.

A letter keeps the references it was written with; a new act changes only letters after it is in force.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data" / "citations.toml"


class BrokenCitations(ValueError):
    """An act is in force that does not say where one of the references stands in it."""


@dataclass(frozen=True, slots=True)
class Act:
    """An act (*lov*) or regulation with its name in both languages; `since` None: not in force."""

    code: str
    kind: str
    since: date | None
    names: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Citations:
    """Acts, the one in force longest first, and where each reference stands in each."""

    acts: tuple[Act, ...]
    references: Mapping[str, Mapping[str, str]]

    def on(self, day: date, language: str) -> dict[str, str]:
        """Every reference as it is cited on `day`: `reasons` → `forvaltningsloven §§ 24 og 25`."""
        cited = {}
        for name, places in self.references.items():
            act = self._in_force(places["kind"], day)
            cited[name] = f"{act.names['nn' if language == 'nn' else 'nb']} {places[act.code]}"
        return cited

    def _in_force(self, kind: str, day: date) -> Act:
        fitting = [act for act in self.acts if act.kind == kind and act.since and act.since <= day]
        return max(fitting, key=lambda act: act.since or date.min)


def load(given: Mapping[str, Any]) -> Citations:
    """The citations of a parsed file. Raises `BrokenCitations` when one lacks in an act with a day."""
    acts = tuple(
        Act(one["code"], one["kind"], one.get("from"), {"nb": one["nb"], "nn": one["nn"]})
        for one in given["act"]
    )
    for act in acts:
        for name, places in given["reference"].items():
            if act.since is not None and places["kind"] == act.kind and act.code not in places:
                raise BrokenCitations(f"{act.code} is in force and does not say where {name} stands")
    return Citations(acts, given["reference"])


@cache
def _current() -> Citations:
    return load(tomllib.loads(DATA.read_text(encoding="utf-8")))


def cited_on(day: date, language: str) -> dict[str, str]:
    """Every reference as letters of `day` cite it, in bokmål or nynorsk."""
    return _current().on(day, language)
