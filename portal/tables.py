"""Every table of the core, imported, so that the metadata is whole: for migrations and templates."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from sqlalchemy import MetaData

from portal.database.base import Base


def core_metadata() -> MetaData:
    """The core's tables. Plugins keep theirs in the same registry under names of their own."""
    import_module("portal.database.idempotency")
    for folder in sorted(Path(__file__).parent.iterdir()):
        name = f"portal.{folder.name}.models"
        if (folder / "__init__.py").exists() and find_spec(name):
            import_module(name)
    return Base.metadata
