"""Versions of the letters' texts. A version that has been used is never changed: a new one is added.

A version is a folder of templates. An order keeps the template with its version and all it was filled
with, so an old letter can be made again exactly as it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class TextVersion:
    """A version (*tekstversjon*) of letters, used from `valid_from`; `code` names its folder."""

    code: str
    valid_from: date


CORE_TEXTS: tuple[TextVersion, ...] = (TextVersion("2026-1", date(2026, 1, 1)),)
"""The versions of the core's own letters, oldest first."""


def version_on(day: date, versions: tuple[TextVersion, ...] = CORE_TEXTS) -> TextVersion:
    """The version letters of `day` are written in; the oldest for days before it."""
    valid = [one for one in versions if one.valid_from <= day]
    return valid[-1] if valid else versions[0]


def core_letter(name: str, language: str, day: date) -> str:
    """The core's template of a letter, in bokmål or nynorsk, as it is written on `day`."""
    return f"letters/{version_on(day).code}/{name}_{'nn' if language == 'nn' else 'nb'}.html"
