"""From the registers' field names and oddities to our own facts."""

from __future__ import annotations

from datetime import date
from typing import Any

from brreg.enhetsregisteret import Adresse, Enhet, Rolle, RolleGruppe
from pydantic import BaseModel, ConfigDict, Field

from portal import clock
from portal.organisations.registers.facts import RegisterAddress, RegisterFacts, RegisterRole
from portal.web.kit.text import mail_address, one_line

PUBLIC_FORMS = frozenset({"ORGL", "KOMM", "FYLK", "STAT", "KF", "FKF", "IKS", "SF"})
_TEXT_LIMIT = 300


class VoluntaryAnswer(BaseModel):
    """The part of Frivillighetsregisteret's answer that is read; the rest is left alone."""

    model_config = ConfigDict(extra="ignore")

    number: str = Field(alias="organisasjonsnummer")
    account_number: str | None = Field(None, alias="kontonummer")
    since: str | None = Field(None, alias="innfoertDato")
    statutes: dict[str, Any] | None = Field(None, alias="vedtekter")
    categories: list[dict[str, Any]] | None = Field(None, alias="icnpoKategorier")


def read_facts(
    unit: Enhet, raw: dict[str, Any], *, roles: list[RolleGruppe], voluntary: VoluntaryAnswer | None
) -> RegisterFacts:
    """Everything the answers say. `raw` has the fields that the client library leaves out."""
    home = unit.forretningsadresse or unit.postadresse or Adresse()
    statutes = (voluntary.statutes if voluntary else None) or {}
    form = unit.organisasjonsform
    return RegisterFacts(
        number=unit.organisasjonsnummer,
        name=_text(unit.navn),
        fetched_at=clock.now(),
        legal_form=_text(form.kode),
        legal_form_text=_text(form.beskrivelse),
        business_address=_address(unit.forretningsadresse),
        postal_address=_address(unit.postadresse),
        municipality_number=_text(home.kommunenummer),
        municipality_name=_place_name(home.kommune),
        language=_language(unit),
        homepage=_text(unit.hjemmeside),
        email=_address_of(raw.get("epostadresse")),
        phone=_text(raw.get("telefon")) or _text(raw.get("mobil")),
        founded=unit.stiftelsesdato,
        in_voluntary_register=bool(unit.registrert_i_frivillighetsregisteret),
        voluntary_since=_since(voluntary, raw),
        account_number=_text(voluntary.account_number if voluntary else None),
        statutes_registered=bool(statutes.get("frivilligRegistrerteVedtekter")),
        statutes_updated=_day(statutes.get("sistOppdaterteVedtekter")),
        icnpo=_categories(voluntary),
        deleted_on=unit.slettedato,
        bankrupt=bool(unit.konkurs) or unit.konkursdato is not None,
        winding_up=bool(unit.under_avvikling or unit.under_tvangsavvikling_eller_tvangsopplosning),
        public_body=form.kode in PUBLIC_FORMS,
        sector_code=_sector(unit),
        industry=_industry(unit),
        parent=unit.overordnet_enhet,
        roles=tuple(_role(one) for group in roles for one in group.roller if not one.avregistrert),
    )


def _language(unit: Enhet) -> str:
    return "nn" if (unit.maalform or "").lower() == "nynorsk" else "nb"


def _sector(unit: Enhet) -> str:
    sector = unit.institusjonell_sektorkode
    return _text(sector.kode) if sector else ""


def _text(value: object) -> str:
    return (one_line(value[: 10 * _TEXT_LIMIT]) or "")[:_TEXT_LIMIT] if isinstance(value, str) else ""


def _address_of(value: object) -> str:
    text = _text(value)
    return text if mail_address(text) else ""


def _since(voluntary: VoluntaryAnswer | None, raw: dict[str, Any]) -> date | None:
    said = _day(voluntary.since) if voluntary else None
    return said or _day(raw.get("registreringsdatoFrivillighetsregisteret"))


def _place_name(capitals: str | None) -> str:
    """A municipality's name from the register's capitals: "NORE OG UVDAL" is "Nore og Uvdal"."""
    return _text(capitals).title().replace(" Og ", " og ")


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(value[:10]) if isinstance(value, str) else None
    except ValueError:
        return None


def _address(address: Adresse | None) -> RegisterAddress | None:
    if address is None:
        return None
    return RegisterAddress(
        lines=tuple(line for line in map(_text, address.adresse) if line),
        postal_code=_text(address.postnummer),
        postal_place=_text(address.poststed),
        municipality_number=_text(address.kommunenummer),
        country=_text(address.landkode),
    )


def _role(role: Rolle) -> RegisterRole:
    person, unit = role.person, role.enhet
    names = (person.navn.fornavn, person.navn.mellomnavn, person.navn.etternavn) if person else ()
    return RegisterRole(
        code=_text(role.type.kode),
        label=_text(role.type.beskrivelse),
        name=_text(
            " ".join(name for name in names if name) if person else " ".join(unit.navn if unit else [])
        ),
        birth_date=person.fodselsdato if person else None,
        organisation=unit.organisasjonsnummer if unit else None,
        deceased=bool(person and person.er_doed),
    )


def _industry(unit: Enhet) -> tuple[str, ...]:
    codes = (unit.naeringskode1, unit.naeringskode2, unit.naeringskode3)
    return tuple(_text(code.kode) for code in codes if code and code.kode)


def _categories(voluntary: VoluntaryAnswer | None) -> tuple[str, ...]:
    found = (voluntary.categories if voluntary else None) or []
    return tuple(_text(one.get("icnpoNummer")) for one in found if one.get("icnpoNummer"))
