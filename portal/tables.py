"""Every table of the core, imported, so that the metadata is whole: for migrations and templates."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from sqlalchemy import MetaData

from portal.database.base import Base


def core_metadata() -> MetaData:
    """The core's tables. Plugins keep theirs in the same registry under names of their own."""
    import_module("portal.database.idempotency")
    here = Path(__file__).parent
    for models in sorted(here.rglob("models.py")):
        import_module(".".join((here.name, *models.relative_to(here).with_suffix("").parts)))
    return Base.metadata
