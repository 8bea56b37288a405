"""Engines, the declarative base, the one way to write (`transaction`) and the one way to read (`read`)."""

from portal.database.base import Base, db
from portal.database.engine import init_database, read, read_one, scalar
from portal.database.idempotency import answer_once
from portal.database.transactions import (
    GenerationMoved,
    bump_generation,
    in_transaction,
    switch_transaction,
    transaction,
)

__all__ = [
    "Base",
    "GenerationMoved",
    "answer_once",
    "bump_generation",
    "db",
    "in_transaction",
    "init_database",
    "read",
    "read_one",
    "scalar",
    "switch_transaction",
    "transaction",
]
