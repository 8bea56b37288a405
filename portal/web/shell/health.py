"""Probes for whoever runs the portal: is the process alive, can it serve."""

from __future__ import annotations

from flask import Response, jsonify
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from portal.access.routes import PortalBlueprint, public
from portal.database import scalar

bp = PortalBlueprint("health", __name__)
WHY = "Operations must see whether the portal is up before anybody can log in."


@bp.get("/healthz", access=public(WHY))
def healthz() -> Response:
    """The process answers; nothing else is asked."""
    return jsonify(status="ok")


@bp.get("/readyz", access=public(WHY))
def readyz() -> tuple[Response, int]:
    """The database answers and its tables are there."""
    try:
        scalar(text("SELECT value FROM switch_generation"))
    except SQLAlchemyError:
        return jsonify(status="database"), 503
    return jsonify(status="ok"), 200
