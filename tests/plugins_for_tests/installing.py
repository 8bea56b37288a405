"""Installing example plugins as any package is: by entry points in a folder on the path."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from portal.access import policy
from portal.access.permissions import PERMISSIONS
from portal.access.roles import ROLES
from portal.jobs.kinds import catalogue
from portal.pluginhost.discovery import GROUP
from portal.record.events import EVENT_TYPES

ROOT = Path(__file__).resolve().parents[2]


def entry_points(folder: Path, **modules: str) -> Path:
    """A folder that, on the path, installs plugins: name = module."""
    info = folder / "plugins_for_tests-1.0.dist-info"
    info.mkdir(parents=True, exist_ok=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: plugins-for-tests\nVersion: 1.0\n")
    lines = [f"[{GROUP}]", *(f"{name} = {module}" for name, module in modules.items()), ""]
    (info / "entry_points.txt").write_text("\n".join(lines))
    return folder


def environment(folder: Path, **told: str) -> dict[str, str]:
    """The environment of a process that has the plugins of `folder` installed."""
    path = os.pathsep.join((str(folder), str(ROOT)))
    return {**os.environ, "PYTHONPATH": path, "PORTAL_ENV": "test", **told}


@contextmanager
def installed(folder: Path, **modules: str) -> Iterator[None]:
    """Have plugins installed in this process; what they put in the catalogues is taken out afterwards."""
    catalogues: list[dict[str, Any]] = [
        PERMISSIONS, ROLES, EVENT_TYPES, catalogue.tasks, policy._restrictions
    ]  # fmt: skip
    before = [{key: list(v) if isinstance(v, list) else v for key, v in one.items()} for one in catalogues]
    sys.path.insert(0, str(entry_points(folder, **modules)))
    importlib.invalidate_caches()
    try:
        yield
    finally:
        sys.path.remove(str(folder))
        importlib.invalidate_caches()
        for one, entries in zip(catalogues, before, strict=True):
            one.clear()
            one.update(entries)
