"""Organisations: how they register, who may act for them, and what UDI knows of them."""

from __future__ import annotations

from flask import Flask

from portal.settings import Settings


def register(app: Flask, _settings: Settings) -> None:
    """Register the room's pages, jobs, menu and what it adds to Min side."""
    from portal.casework.delivery.recipients import SOURCES
    from portal.identity.represented import unit_found_by
    from portal.organisations import list_views, messages, views
    from portal.organisations.affiliation import views as affiliation
    from portal.organisations.agreements import views as agreements
    from portal.organisations.exclusion import views as exclusion
    from portal.organisations.following import nightly  # noqa: F401 - its jobs
    from portal.organisations.following import views as following
    from portal.organisations.members import expiry, rescue_views  # noqa: F401 - expiry: its job
    from portal.organisations.members import views as members
    from portal.organisations.papers import views as papers
    from portal.organisations.recipients import recipient
    from portal.organisations.registration import deadlines, proof_views, staff_views  # noqa: F401
    from portal.organisations.registration import views as registration
    from portal.organisations.registration.queries import unit_with

    unit_found_by(unit_with)
    rooms = (
        registration,
        proof_views,
        staff_views,
        members,
        rescue_views,
        papers,
        list_views,
        messages,
        affiliation,
        agreements,
        exclusion,
        following,
        views,
    )
    for room in rooms:
        app.register_blueprint(room.bp)
    if recipient not in SOURCES:
        SOURCES.append(recipient)
