"""Reference data: UDI's tree, counties to regions, municipalities, site types. Safe to load again."""

from __future__ import annotations

import csv
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal.database import transaction
from portal.units.models import County, CountyRegion, Municipality, SiteType, Unit
from portal.units.ordering import sort_key

DATA = Path(__file__).parent / "data"
IN_FORCE = date(2024, 1, 1)


def load_reference() -> int:
    """Load what is missing, change nothing that is there, and give the number of units in the tree."""
    tree = tomllib.loads((DATA / "tree.toml").read_text(encoding="utf-8"))
    with transaction() as session:
        _municipalities(session)
        _site_types(session, tree["site_type"])
        _tree(session, tree)
        return session.execute(select(func.count()).select_from(Unit)).scalar_one()


def _municipalities(session: Session) -> None:
    with (DATA / "municipalities.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    counties = {row["fylkesnummer"]: row["fylkesnavn"] for row in rows}
    _insert(session, County, [{"number": n, "name": name} for n, name in counties.items()])
    _insert(
        session,
        Municipality,
        [
            {
                "number": row["kommunenummer"],
                "name": row["kommunenavn"],
                "sort_key": sort_key(row["kommunenavn"]),
                "county_number": row["fylkesnummer"],
                "latitude": float(row["lat"]) if row["lat"] else None,
                "longitude": float(row["lon"]) if row["lon"] else None,
            }
            for row in rows
        ],
    )


def _site_types(session: Session, types: list[dict[str, Any]]) -> None:
    plain = {"protected": False, "minors": False}
    _insert(session, SiteType, [{**plain, **one, "position": i} for i, one in enumerate(types)])


def _tree(session: Session, tree: dict[str, Any]) -> None:
    root = _unit(session, tree["directorate"], kind="directorate", level="national", parent=None)
    for team in tree["team"]:
        _unit(session, team, kind="team", level="national", parent=root)
    for region in tree["region"]:
        unit = _unit(session, region, kind="region", level="regional", parent=root)
        _counties(session, unit, region["counties"], confirmed=True)
        _counties(session, unit, region.get("unconfirmed_counties", []), confirmed=False)
    for branch in tree["branch"]:
        _unit(session, branch, kind="ate", level="regional", parent=root)


def _unit(session: Session, given: dict[str, Any], *, kind: str, level: str, parent: int | None) -> int:
    known = session.execute(select(Unit.id).where(Unit.code == given["code"])).scalar_one_or_none()
    if known is not None:
        return known
    made: int = session.execute(
        insert(Unit)
        .values(
            tree="authority",
            level=level,
            kind=kind,
            code=given["code"],
            name=given["name"],
            sort_key=sort_key(given["name"]),
            aliases=given.get("aliases", []),
            parent_id=parent,
            valid_from=IN_FORCE,
        )
        .returning(Unit.id)
    ).scalar_one()
    own = {"national_id": made} if level == "national" else {"national_id": parent, "regional_id": made}
    session.execute(update(Unit).where(Unit.id == made).values(**own))
    return made


def _counties(session: Session, region: int, numbers: list[str], *, confirmed: bool) -> None:
    placed = set(session.execute(select(CountyRegion.county_number)).scalars())
    rows = [
        {"county_number": n, "region_id": region, "valid_from": IN_FORCE, "confirmed": confirmed}
        for n in numbers
        if n not in placed
    ]
    _insert(session, CountyRegion, rows)


def _insert(session: Session, table: Any, rows: list[dict[str, Any]]) -> None:
    if rows:
        session.execute(insert(table).on_conflict_do_nothing(), rows)
