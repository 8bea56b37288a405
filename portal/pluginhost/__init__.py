"""Finding, registering, switching and watching plugins."""

from __future__ import annotations

from flask import Flask

from portal.settings import Settings


def init_plugins(app: Flask, settings: Settings) -> None:
    """Load every installed plugin into `app`, unless safe mode starts the core alone."""
