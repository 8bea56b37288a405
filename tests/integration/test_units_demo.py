"""The demo's register: every type of site, nobody without a contact person, safe to load again."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select, text

from portal.administration import demo
from portal.database import read, scalar
from portal.units.models import Site, SiteType, Unit


def test_the_demo_has_every_type_of_site_and_leaves_no_unit_without_a_contact(app: Flask) -> None:
    made = demo.load()
    assert {row.type_code for row in read(select(Site.type_code))} == {
        row.code for row in read(select(SiteType.code))
    }
    without = text(
        "SELECT name FROM unit WHERE tree = 'authority' AND NOT EXISTS"
        " (SELECT 1 FROM contact_person c WHERE c.unit_id = unit.id AND NOT c.deputy AND c.valid_to IS NULL)"
    )
    assert [row.name for row in read(without)] == []
    assert scalar(text("SELECT count(*) FROM contact_person WHERE email NOT LIKE '%@example.no'")) == 0
    arrival = (
        select(Unit.regional_id).join(Site, Site.unit_id == Unit.id).where(Site.type_code == "arrival-centre")
    )
    assert scalar(arrival) == scalar(select(Unit.id).where(Unit.code == "ate"))
    units = scalar(text("SELECT count(*) FROM unit"))
    assert made == scalar(text("SELECT count(*) FROM site"))
    assert demo.load() == 0
    assert scalar(text("SELECT count(*) FROM unit")) == units
