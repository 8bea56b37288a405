"""Real processes of the portal with example plugins installed, for tests that kill them."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx2

from tests.plugins_for_tests.installing import ROOT, environment


class Processes:
    """Starts processes and ends every one of them."""

    def __init__(self, folder: Path, **told: str) -> None:
        self.log = folder / "processes.log"
        self.environment = environment(folder, PYTHONDONTWRITEBYTECODE="1", **told)
        self.running: list[subprocess.Popen[bytes]] = []

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        """Start `python <words>` in a process group of its own; what it says goes to `log`."""
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                (sys.executable, *words),
                cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        self.running.append(process)
        return process

    def worker(self) -> subprocess.Popen[bytes]:
        """A worker."""
        return self.start("-m", "flask", "--app", "wsgi", "jobs", "work")

    def web(self, target: str = "wsgi:app") -> int:
        """A web server process that answers; gives its port."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port: int = free.getsockname()[1]
        flags = ("--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--log-level", "error")
        self.start("-m", "granian", target, *flags, "--workers", "1", "--blocking-threads", "4", "--no-ws")
        until(lambda: _answers(port))
        return port

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """End a process as a power cut would."""
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)
        self.running.remove(process)

    def end(self) -> None:
        """Kill whatever still runs."""
        for process in list(self.running):
            if process.poll() is None:
                self.kill(process)


def _answers(port: int) -> bool:
    try:
        return httpx2.get(f"http://127.0.0.1:{port}/readyz", trust_env=False).status_code == 200
    except httpx2.TransportError:
        return False


def until(condition: Callable[[], bool], seconds: float = 30) -> None:
    """Wait for a condition; raises `AssertionError` when it has not come true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.05)
