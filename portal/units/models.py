"""Tables of units, geography, sites, operators and contact persons.

`valid_to` is the first day something does not hold any more; only a contract's is its last day, as it is
written in contracts.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from portal.database import Base


class Unit(Base):
    """A node of a tree (*enhet*): directorate, delivery team, region, ATE, site, organisation, individual.

    `national_id`, `regional_id`, `local_id` are the node itself and what stands above it, one a level.
    In the civil-society tree they hold the node itself only: affiliation gives no reach.
    """

    __tablename__ = "unit"
    __table_args__ = (
        CheckConstraint("tree IN ('authority', 'civil')", name="tree"),
        CheckConstraint("level IN ('national', 'regional', 'local')", name="level"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="validity"),
        Index("ix_unit_parent_id", "parent_id"),
        Index("ix_unit_tree_level", "tree", "level", "sort_key", "id"),
        Index("uq_unit_code", "code", unique=True, postgresql_where=text("code IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    tree: Mapped[str]
    level: Mapped[str]
    kind: Mapped[str]
    code: Mapped[str | None]
    name: Mapped[str]
    sort_key: Mapped[str] = mapped_column(index=True)
    aliases: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    national_id: Mapped[int | None]
    regional_id: Mapped[int | None]
    local_id: Mapped[int | None]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    version: Mapped[int] = mapped_column(server_default="1")


class County(Base):
    """A county (*fylke*) as of 2024."""

    __tablename__ = "county"

    number: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]


class CountyRegion(Base):
    """Which region a county belongs to, and from when: a move never rewrites history."""

    __tablename__ = "county_region"
    __table_args__ = (UniqueConstraint("county_number", "valid_from"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    county_number: Mapped[str] = mapped_column(ForeignKey("county.number"))
    region_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    confirmed: Mapped[bool] = mapped_column(server_default="true")


class Municipality(Base):
    """A municipality (*kommune*) with a point inside it, degrees ETRS89; source in `units/data/README.md`."""

    __tablename__ = "municipality"

    number: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    sort_key: Mapped[str] = mapped_column(index=True)
    county_number: Mapped[str] = mapped_column(ForeignKey("county.number"), index=True)
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]


class SiteType(Base):
    """A type of accommodation (*innkvarteringstype*): data, since sources count and name them differently."""

    __tablename__ = "site_type"

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    description: Mapped[str]
    protected: Mapped[bool]
    minors: Mapped[bool]
    source: Mapped[str]
    position: Mapped[int]


class Site(Base):
    """A place where people live (*innkvarteringssted*); its unit stands under a region or ATE."""

    __tablename__ = "site"

    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True, autoincrement=False)
    type_code: Mapped[str] = mapped_column(ForeignKey("site_type.code"))
    municipality_number: Mapped[str] = mapped_column(ForeignKey("municipality.number"), index=True)
    places: Mapped[int | None]


class Operator(Base):
    """Who runs sites (*driftsoperatør*): a company, a municipality or an organisation."""

    __tablename__ = "operator"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    organisation_number: Mapped[str] = mapped_column(unique=True)


class OperatorContract(Base):
    """A contract to run one site (*driftsavtale*) with the three dates that deadlines hang on."""

    __tablename__ = "operator_contract"
    __table_args__ = (
        CheckConstraint("valid_to IS NULL OR valid_to >= operation_from", name="validity"),
        CheckConstraint("awarded_on <= signed_on AND signed_on <= operation_from", name="order"),
        Index("ix_operator_contract_site_id", "site_id", "operation_from"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    operator_id: Mapped[int] = mapped_column(ForeignKey("operator.id"), index=True)
    awarded_on: Mapped[date]
    signed_on: Mapped[date]
    operation_from: Mapped[date]
    valid_to: Mapped[date | None]
    notice_given_on: Mapped[date | None]


class ContactPerson(Base):
    """Whom to turn to at a unit (*kontaktperson*), and the deputy (*stedfortreder*) when they are away."""

    __tablename__ = "contact_person"
    __table_args__ = (
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="validity"),
        Index("ix_contact_person_unit_id", "unit_id", "deputy"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    name: Mapped[str]
    email: Mapped[str]
    phone: Mapped[str] = mapped_column(server_default="")
    deputy: Mapped[bool] = mapped_column(server_default="false")
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    version: Mapped[int] = mapped_column(server_default="1")


class SiteMove(Base):
    """A site that moves to another region or ATE from a day (*flytting*); done on that day, kept after."""

    __tablename__ = "site_move"
    __table_args__ = (
        CheckConstraint("done_at IS NULL OR withdrawn_at IS NULL", name="done_or_withdrawn"),
        Index(
            "uq_site_move_open",
            "unit_id",
            unique=True,
            postgresql_where=text("done_at IS NULL AND withdrawn_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    from_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    to_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    from_day: Mapped[date]
    reason: Mapped[str]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime] = mapped_column(server_default=func.now())
    done_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
