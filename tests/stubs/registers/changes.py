"""What has changed in the register since it was started, new facts and their place in the feed."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import Any

from tests.stubs.registers import answers

ROLE_FIELDS = frozenset({"leader", "birth", "treasurer", "treasurer_birth", "deceased"})
FIRST_DAY = "2026-11-01T04:00:00.000Z"


class Changes:
    """The organisations as they are now, and the feed of updates: first everybody once, then each change.

    Fields are those of `organisations.toml`: name, form, municipality, voluntary, deleted (a day), bankrupt
    (a day), winding_up, removed, leader, birth; None takes a field away.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rows: dict[str, answers.Row] = {}
        self._feed: list[dict[str, Any]] = []
        self._role_feed: list[dict[str, Any]] = []

    def rows(self) -> dict[str, answers.Row]:
        """Number → facts, as they are now."""
        return {**answers.organisations(), **self._rows}

    def change(self, number: str, kind: str = "Endring", **fields: Any) -> None:
        """Change what is known of an organisation and put it in the feed; without fields, the feed only."""
        with self._lock:
            row = {**self.rows().get(number, {"number": number}), **fields}
            self._rows[number] = {name: value for name, value in row.items() if value is not None}
            if fields and not set(fields) - ROLE_FIELDS:  # as the real one: roles have a feed of their own
                self._role_feed.append(_event(len(self._role_feed) + 1, number, _now()))
                return
            self._feed.append(_item(len(answers.organisations()) + len(self._feed) + 1, number, kind, _now()))

    def role_updates(self) -> list[dict[str, Any]]:
        """Every change of roles since the start, oldest first."""
        return list(self._role_feed)

    def updates(self) -> list[dict[str, Any]]:
        """Every update, oldest first."""
        first = [
            _item(place, row["number"], "Sletting" if "deleted" in row else "Endring", FIRST_DAY)
            for place, row in enumerate(answers.organisations().values(), 1)
        ]
        return [*first, *self._feed]


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _item(place: int, number: str, kind: str, at: str) -> dict[str, Any]:
    return {"oppdateringsid": place, "dato": at, "organisasjonsnummer": number, "endringstype": kind}


def _event(place: int, number: str, at: str) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": str(place),
        "source": "https://data.brreg.no/enhetsregisteret/api/oppdateringer/roller",
        "type": "no.brreg.enhetsregisteret.rolle.oppdatert",
        "time": at,
        "data": {"organisasjonsnummer": number},
    }
