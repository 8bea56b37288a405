"""The invented people one can be, read from `config/demo/personas.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

FILE = Path(__file__).resolve().parents[3] / "config" / "demo" / "personas.toml"


@dataclass(frozen=True, slots=True)
class Persona:
    """One invented person; `who` is the line that tells a reader whom they are about to be."""

    key: str
    sub: str
    name: str
    email: str
    birth_date: date
    who: str
    provider: str


def read_personas(path: Path = FILE) -> dict[str, Persona]:
    """Give the personas by key, in the order of the file. `ValueError` if a key or sub is used twice."""
    rows = [Persona(**row) for row in tomllib.loads(path.read_text(encoding="utf-8"))["persona"]]
    for field in ("key", "sub"):
        values = [getattr(row, field) for row in rows]
        if len(set(values)) != len(values):
            raise ValueError(f"{path.name}: a {field} is used twice")
    return {row.key: row for row in rows}
