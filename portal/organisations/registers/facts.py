"""What the registers say of an organisation, as plain values of our own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class RegisterAddress:
    """An address without empty lines."""

    lines: tuple[str, ...]
    postal_code: str
    postal_place: str
    municipality_number: str
    country: str


@dataclass(frozen=True, slots=True)
class RegisterRole:
    """Somebody's role (*rolle*), by person or by organisation; the birth date is public there."""

    code: str
    label: str
    name: str
    birth_date: date | None
    organisation: str | None
    deceased: bool


@dataclass(frozen=True, slots=True)
class RegisterFacts:
    """One organisation as the registers had it at `fetched_at`. Empty text where they say nothing."""

    number: str
    name: str
    fetched_at: datetime
    legal_form: str
    legal_form_text: str
    business_address: RegisterAddress | None
    postal_address: RegisterAddress | None
    municipality_number: str
    municipality_name: str
    language: str
    homepage: str
    email: str
    phone: str
    founded: date | None
    in_voluntary_register: bool
    voluntary_since: date | None
    account_number: str
    statutes_registered: bool
    statutes_updated: date | None
    icnpo: tuple[str, ...]
    deleted_on: date | None
    bankrupt: bool
    winding_up: bool
    public_body: bool
    sector_code: str
    industry: tuple[str, ...]
    parent: str | None
    roles: tuple[RegisterRole, ...]
