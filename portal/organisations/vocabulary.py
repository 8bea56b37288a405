"""The fixed words of the room: activities, kinds, levels, roles one says one has, forms in the register."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from portal.web.kit.i18n import LazyString, language
from portal.web.kit.i18n import lazy_gettext as _

EXPECTATIONS = "2026-1"
"""The version of "what you may expect, what we expect" that a sender accepts."""

PUBLIC_FORMS = frozenset({"STAT", "ORGL", "KOMM", "FYLK", "KF", "FKF", "SF", "ADOS", "IKS", "KBO"})
COMMERCIAL_FORMS = frozenset({"ENK", "AS", "ASA", "ANS", "DA", "NUF", "KS", "PRE"})
VOLUNTARY_FORMS = frozenset({"FLI"})

KIND_LABELS: dict[str, LazyString] = {
    "voluntary": _("Voluntary organisation"),
    "non_profit": _("Other non-profit organisation"),
    "operator": _("Operator of reception centres"),
    "public_body": _("Municipality or other public body"),
    "informal_group": _("Group without organisation number"),
    "individual": _("Individual"),
}
LEVEL_LABELS: dict[str, LazyString] = {
    "national": _("The whole country"),
    "regional": _("A region or county"),
    "local": _("A municipality or local community"),
}
ROLE_LABELS: dict[str, LazyString] = {
    "chair": _("Leader or chair of the board"),
    "board": _("Member of the board"),
    "manager": _("General manager"),
    "treasurer": _("Treasurer"),
    "employee": _("Employee"),
    "volunteer": _("Volunteer"),
    "other": _("Another role"),
}
MEMBER_ROLES = ("leader", "signatory", "editor", "treasurer", "organisation_coordinator", "reader")
"""Roles of the role catalogue that a leader can offer others."""


@dataclass(frozen=True, slots=True)
class Activity:
    """One word of the vocabulary and the ICNPO group it belongs to."""

    code: str
    icnpo: str
    names: dict[str, str]

    @property
    def name(self) -> str:
        """The word in the reader's language."""
        return self.names[language()]


@cache
def activities() -> dict[str, Activity]:
    """Every activity by its code, in the order they are shown."""
    path = Path(__file__).parent / "data" / "vocabulary.toml"
    rows = tomllib.loads(path.read_text(encoding="utf-8"))["activity"]
    return {
        row["code"]: Activity(row["code"], row["icnpo"], {code: row[code] for code in ("nb", "nn", "en")})
        for row in rows
    }


def activity_names(codes: list[str]) -> list[str]:
    """The words for `codes` in the reader's language; codes no longer in the vocabulary are left out."""
    known = activities()
    return [known[code].name for code in codes if code in known]


def suggested_activities(icnpo: list[str]) -> list[str]:
    """Codes that the register's ICNPO numbers point to: a first tick, for the person to mend."""
    wanted = {"".join(number.split()) for number in icnpo}
    return [activity.code for activity in activities().values() if activity.icnpo in wanted]
