"""Use cases and jobs of the example."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, text

from portal.pluginkit.storage import Event, job, once, record, scalar, transaction
from tests.plugins_for_tests.boats.models import Echo, Trip


@dataclass(frozen=True, kw_only=True)
class TripBooked(Event):
    """A trip was booked."""

    name = "boats.trip_booked"
    message = "A boat trip was booked."
    subject = "boats_trip"
    plugin = "boats"


def book(harbour: str, *, actor: Any) -> int:
    """Store a trip and the job that follows from it."""
    with transaction(actor=actor) as session:
        _linger(session, 0.1)
        trip_id: int = session.execute(insert(Trip).values(harbour=harbour).returning(Trip.id)).scalar_one()
        record(TripBooked(subject_id=trip_id), actor=actor)
        row_boat.defer(number=trip_id)
    return trip_id


@job("boats.row")
def row_boat(number: int) -> None:
    """One row for each job, with time enough to be killed in, before the commit and after it."""
    with once() as session:
        session.execute(insert(Echo).values(number=number))
        _linger(session, 0.3)
    _linger_outside(0.7)


@job("boats.drift")
def drift(number: int) -> None:
    """The same work without `once`: what the tests must see doubled."""
    with transaction() as session:
        session.execute(insert(Echo).values(number=number))
        _linger(session, 0.3)
    _linger_outside(0.7)


def _linger(session: Any, part: float) -> None:
    session.execute(text("SELECT pg_sleep(:s)"), {"s": part * float(os.environ.get("BOATS_SECONDS", "0"))})


def _linger_outside(part: float) -> None:
    scalar(text("SELECT pg_sleep(:s)"), {"s": part * float(os.environ.get("BOATS_SECONDS", "0"))})


@job("boats.sink")
def sink() -> None:
    """Fails."""
    raise ValueError("sunk")
