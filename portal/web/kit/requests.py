"""Two things every view needs: who is asking, and the answer to a successful POST."""

from __future__ import annotations

from typing import Any

from flask import Response, g, make_response


def actor() -> Any:
    """Who is asking in this request (an `access.actor.Actor`, put there before any view runs)."""
    return g.actor


def see_other(location: str) -> Response:
    """A redirect after a POST (303): the reader's reload must not send it again."""
    response = make_response("", 303)
    response.headers["Location"] = location
    return response
