"""Cases and their workflows, as the core treats them."""

from __future__ import annotations

__all__: list[str] = []
