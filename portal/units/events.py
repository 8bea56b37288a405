"""What happens to units, sites, contracts, contact persons and counties."""

from __future__ import annotations

from dataclasses import dataclass

from portal.record import Event


@dataclass(frozen=True, kw_only=True)
class UnitChanged(Event):
    """Facts about a unit were changed; which ones, never what they say."""

    name = "units.unit_changed"
    message = "Facts about a unit were changed."
    subject = "unit"

    fields: str


@dataclass(frozen=True, kw_only=True)
class SiteOpened(Event):
    """A site was put into the register."""

    name = "units.site_opened"
    message = "A site was registered."
    subject = "unit"

    type_code: str


@dataclass(frozen=True, kw_only=True)
class ContactAdded(Event):
    """A unit got a contact person or a deputy."""

    name = "units.contact_added"
    message = "%(unit_id)s got a contact person."
    subject = "contact_person"

    unit_id: int
    deputy: bool


@dataclass(frozen=True, kw_only=True)
class ContactChanged(Event):
    """A contact person's name, address or part was changed."""

    name = "units.contact_changed"
    message = "A contact person of %(unit_id)s was changed."
    subject = "contact_person"

    unit_id: int


@dataclass(frozen=True, kw_only=True)
class ContactEnded(Event):
    """A contact person is one no more."""

    name = "units.contact_ended"
    message = "A contact person of %(unit_id)s was taken away."
    subject = "contact_person"

    unit_id: int


@dataclass(frozen=True, kw_only=True)
class ContractEntered(Event):
    """A contract to run a site was registered."""

    name = "units.contract_entered"
    message = "A contract was registered for %(unit_id)s."
    subject = "operator_contract"

    unit_id: int
    operator_id: int


@dataclass(frozen=True, kw_only=True)
class ContractChanged(Event):
    """A contract got another end, or notice was given."""

    name = "units.contract_changed"
    message = "The contract for %(unit_id)s was changed. Its last day: %(valid_to)s."
    subject = "operator_contract"

    unit_id: int
    valid_to: str | None


@dataclass(frozen=True, kw_only=True)
class CountyMoved(Event):
    """A county belongs to another region from a day on."""

    name = "units.county_moved"
    message = "County %(county)s belongs to %(region_id)s from %(valid_from)s."
    subject = "county_region"

    county: str
    region_id: int
    valid_from: str


@dataclass(frozen=True, kw_only=True)
class UnitClosed(Event):
    """A unit is closed from a day on; how many roles end with it."""

    name = "units.closed"
    message = "%(unit_id)s is closed from %(valid_to)s. Roles that end with it: %(roles)s."
    subject = "unit"

    unit_id: int
    valid_to: str
    roles: int


@dataclass(frozen=True, kw_only=True)
class MovePlanned(Event):
    """It was decided that a site moves on a day to come."""

    name = "units.move_planned"
    message = "%(unit_id)s moves to %(region_id)s on %(valid_from)s."
    subject = "unit"

    unit_id: int
    region_id: int
    valid_from: str


@dataclass(frozen=True, kw_only=True)
class MoveWithdrawn(Event):
    """A planned move was taken back."""

    name = "units.move_withdrawn"
    message = "The planned move of %(unit_id)s was taken back."
    subject = "unit"

    unit_id: int


@dataclass(frozen=True, kw_only=True)
class SiteMoved(Event):
    """A site stands under another region or ATE; how many open cases came along."""

    name = "units.site_moved"
    message = "%(unit_id)s moved to %(region_id)s. Open cases that came along: %(cases)s."
    subject = "unit"

    unit_id: int
    region_id: int
    cases: int
