"""What following the register records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from portal.organisations.following.vocabulary import CHANGES
from portal.record import Event
from portal.web.kit.i18n import N_


def _changes(codes: str, _data: Mapping[str, Any]) -> str:
    return ", ".join(str(CHANGES[code]) for code in codes.split(", ") if code in CHANGES)


@dataclass(frozen=True, kw_only=True)
class RegisterChanged(Event):
    """The register says something new of an organisation."""

    name = "organisations.register_changed"
    message = N_("The register has changed: %(codes)s.")
    subject = "organisation"
    words = {"codes": _changes}

    codes: str
    change_id: int


@dataclass(frozen=True, kw_only=True)
class ChangeSeen(Event):
    """Somebody at UDI has looked at a change."""

    name = "organisations.register_change_seen"
    message = N_("A change in the register was looked at.")
    subject = "organisation"

    change_id: int


@dataclass(frozen=True, kw_only=True)
class NewPeopleAnswered(Event):
    """The organisation's leader has answered for new people in the register: handed over, or not."""

    name = "organisations.new_people_answered"
    message = N_("The leader answered for new people in the register's roles.")
    subject = "organisation"

    change_id: int


@dataclass(frozen=True, kw_only=True)
class OrganisationMoved(Event):
    """An organisation moved, and another part of UDI follows it up."""

    name = "organisations.moved"
    message = N_("The organisation moved, and is followed up by %(unit_id)s.")
    subject = "organisation"

    from_unit: int | None
    unit_id: int | None
