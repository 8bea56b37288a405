"""Who runs the portal in a data folder: a lock while it lasts, and a file that tells where things are."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import time
from pathlib import Path
from typing import Any

from portal.supervisor.failure import StartError

SECONDS_FOR_A_PREVIOUS_RUN = 20.0


class RunState:
    """The lock `run.lock` and the file `run.json` (0600, since addresses carry passwords)."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self._file = data_dir / "run.json"
        self._values: dict[str, Any] = {}
        self.lock = -1

    def take(self) -> None:
        """Become the one who runs this folder.

        Raises `StartError` while another does. The rest of a killed run is waited for, since its
        guard still ends processes.
        """
        self.lock = os.open(self._data_dir / "run.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        began = time.monotonic()
        while not _lock(self.lock):
            other = read(self._data_dir)
            waited = time.monotonic() - began
            refused = waited > 1.0 if other is None else _alive(int(other["pid"]))
            if refused or waited > SECONDS_FOR_A_PREVIOUS_RUN:
                where = f" at {other['base_url']} (process {other['pid']})" if other else ""
                raise StartError(
                    f"The portal already runs with the data folder {self._data_dir}{where}."
                    " Stop it first, or choose another folder and port: DATA_DIR=/path PORT=8100"
                )
            time.sleep(0.1)
        self._file.unlink(missing_ok=True)

    def update(self, **values: object) -> None:
        """Add to `run.json`."""
        self._values.update(values, pid=os.getpid())
        write_private(self._file, json.dumps(self._values, indent=1))

    def give_up(self) -> None:
        """Say that nothing runs here any more."""
        self._file.unlink(missing_ok=True)
        os.close(self.lock)


def read(data_dir: Path) -> dict[str, Any] | None:
    """What `run.json` says, or `None` without one."""
    try:
        values: dict[str, Any] = json.loads((data_dir / "run.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return values


def running(data_dir: Path) -> dict[str, Any] | None:
    """What `run.json` says of a supervisor that runs now, or `None`."""
    values = read(data_dir)
    if values is None or not _alive(int(values["pid"])):
        return None
    with (data_dir / "run.lock").open() as probe:  # the number may be another process's by now
        return None if _lock(probe.fileno(), fcntl.LOCK_SH) else values


def write_private(path: Path, text: str) -> None:
    """Write a file only its owner can read, replacing it in one step."""
    partial = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    partial.replace(path)


def _lock(descriptor: int, kind: int = fcntl.LOCK_EX) -> bool:
    with contextlib.suppress(OSError):
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
        return True
    return False


def _alive(pid: int) -> bool:
    """Whether a process exists and has not ended; one that ended but was not collected has."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()[0] != "Z"
    return True
