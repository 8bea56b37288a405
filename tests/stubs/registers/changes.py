"""What has changed in the register since it was started, new facts and their place in the feed."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import Any

from tests.stubs.registers import answers

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

    def rows(self) -> dict[str, answers.Row]:
        """Number → facts, as they are now."""
        return {**answers.organisations(), **self._rows}

    def change(self, number: str, kind: str = "Endring", **fields: Any) -> None:
        """Change what is known of an organisation and put it in the feed; without fields, the feed only."""
        with self._lock:
            row = {**self.rows().get(number, {"number": number}), **fields}
            self._rows[number] = {name: value for name, value in row.items() if value is not None}
            self._feed.append(_item(len(answers.organisations()) + len(self._feed) + 1, number, kind, _now()))

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
