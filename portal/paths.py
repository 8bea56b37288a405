"""Where the checkout lies."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
"""The folder with `config/`, `migrations/`, `templates/` and, unless told otherwise, `var/`."""
