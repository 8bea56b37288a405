"""Grant schemes: what a scheme declares, and the pages the core makes of it."""

from __future__ import annotations

__all__: list[str] = []
