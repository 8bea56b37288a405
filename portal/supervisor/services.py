"""What the supervisor runs, as data: a command, or the database."""

from __future__ import annotations

import signal
import subprocess
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from portal.supervisor.postgres import Cluster
from portal.supervisor.spawn import spawn

DATABASE_STAGE = 0  # stages start upwards and stop downwards
STUB_STAGE = 1
PORTAL_STAGE = 2


class Service(Protocol):
    """Something to be kept running."""

    @property
    def name(self) -> str:
        """What it is called in messages."""

    @property
    def stage(self) -> int:
        """Services of a higher stage are stopped first."""

    @property
    def stop_signal(self) -> signal.Signals:
        """The signal that asks it to end."""

    @property
    def stop_seconds(self) -> float:
        """How long it may take to end before it is killed."""

    def launch(self) -> subprocess.Popen[bytes]:
        """Start it; called again each time it has died."""

    def ready(self) -> bool:
        """Whether it answers now."""

    def last_words(self) -> str:
        """What it said before it died, or where that stands."""


@dataclass(frozen=True)
class Command:
    """A command kept running; `ready_url` answers 200 when it is ready."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    folder: Path
    stage: int = PORTAL_STAGE
    ready_url: str = ""
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds: float = 15.0

    def launch(self) -> subprocess.Popen[bytes]:
        """Start the command."""
        return spawn(self.command, self.environment, self.folder)

    def ready(self) -> bool:
        """Whether `ready_url` answers 200; always true without one."""
        if not self.ready_url:
            return True
        opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({})
        )  # never ask a proxy for loopback
        try:
            with opener.open(self.ready_url, timeout=2) as answer:
                return bool(answer.status == 200)
        except (OSError, ValueError):
            return False

    def last_words(self) -> str:
        """Where its message stands."""
        return "its message is above"


@dataclass(frozen=True)
class Database:
    """The PostgreSQL cluster as a service; made by `prepared()`."""

    cluster: Cluster
    name: str = "postgresql"
    stage: int = DATABASE_STAGE
    stop_signal: signal.Signals = signal.SIGINT
    stop_seconds: float = 30.0

    @classmethod
    def prepared(cls, data_dir: Path) -> Database:
        """The cluster in `data_dir`, made on first use. Raises `StartError`."""
        cluster = Cluster(data_dir)
        cluster.prepare()
        return cls(cluster)

    def launch(self) -> subprocess.Popen[bytes]:
        """Clear what a killed server left, and start it."""
        self.cluster.end_leftovers()
        return self.cluster.launch()

    def ready(self) -> bool:
        """Whether it answers and has its roles and database."""
        return self.cluster.answers()

    def last_words(self) -> str:
        """The last telling line of its log."""
        return self.cluster.last_words()
