"""One PostgreSQL cluster in a folder, run as a foreground child of this process.

Connections come over a Unix socket with passwords (scram); there is no TCP port to clash or
to guard. The cluster ends with the process that started it, also when that one is killed.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from portal.supervisor.account import Account, reachable_binaries, reachable_folder, server_account
from portal.supervisor.binaries import Binaries, binaries
from portal.supervisor.failure import StartError
from portal.supervisor.runstate import write_private
from portal.supervisor.spawn import die_with_parent

ADMIN, OWNER, APP = "postgres", "portal_owner", "portal_app"
DATABASE = "portal"
LONGEST_SOCKET_FOLDER = 80  # the socket's whole path must stay under 104 bytes on every system
NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class ClusterBusy(StartError):
    """Another process runs the cluster in this folder."""


@dataclass
class Cluster:
    """A PostgreSQL cluster under `data_dir` with the database `portal` and its two roles.

    `portal_owner` owns the database and may make others (tests do); `portal_app` may only log
    in, and gets its rights from migrations. `durable=False` is for tests: faster, and the data is
    removed when it stops. Programs are chosen by `binaries()` unless given.
    """

    data_dir: Path
    durable: bool = True
    max_connections: int = 100
    programs: Binaries | None = None
    settings: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    _folder: Path = field(init=False)
    _account: Account = field(init=False)
    _lock: int | None = field(default=None, init=False)
    _passwords: dict[str, str] = field(default_factory=dict, init=False)

    def prepare(self) -> None:
        """Take the folder for this process; make the cluster on first use; clear what a crash left.

        Raises `ClusterBusy` while another process runs it, `StartError` for anything else outside.
        """
        self.data_dir = self.data_dir.absolute()
        self.data_dir.mkdir(parents=True, exist_ok=True)
        self._take_lock()
        self._account = server_account()
        self._folder = reachable_folder(self.data_dir / "postgres", self._account)
        self.programs = reachable_binaries(self.programs or binaries(self._version()), self._account)
        self._socket_folder()
        self._passwords = self._read_passwords()
        if not self._data.exists():
            self._initialise()
        self.end_leftovers()

    def start(self, timeout: float = 60.0) -> None:
        """Prepare, launch and wait until it answers, then make roles and database if missing."""
        try:
            self.prepare()
            self.launch()
            self.wait_ready(timeout)
        except BaseException:
            self.stop()
            raise

    def launch(self) -> subprocess.Popen[bytes]:
        """Start the server process of a prepared cluster, and return it without waiting."""
        with (self._folder / "postgres.log").open("ab") as log:
            self.process = subprocess.Popen(
                self.command(),
                cwd=self._folder,
                env=_environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGINT),  # noqa: PLW1509 - one system call, loaded before
                **self._account.popen_arguments(),
            )
        return self.process

    def command(self) -> list[str]:
        """The server's command line."""
        options = {
            "listen_addresses": "",
            "unix_socket_directories": str(self._socket_folder()),
            "unix_socket_permissions": "0777",  # the folder is closed; passwords are asked for
            "max_connections": str(self.max_connections),
            "log_min_messages": "warning",
            "TimeZone": "UTC",
            "log_timezone": "UTC",
            "random_page_cost": "1.1",  # disks without arms: a page anywhere costs what the next one does
            **({} if self.durable else NOT_DURABLE),
            **self.settings,
        }
        flags = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        return [self._programs.program("postgres"), "-D", str(self._data), *flags]

    def wait_ready(self, timeout: float = 60.0) -> None:
        """Wait until the server answers; make roles and database when missing. Seconds."""
        deadline = time.monotonic() + timeout
        while not self.answers():
            if self.process is not None and self.process.poll() is not None:
                raise StartError(f"PostgreSQL did not start: {self.last_words()}")
            if time.monotonic() > deadline:
                raise StartError(
                    f"PostgreSQL does not answer after {timeout:.0f} seconds: {self.last_words()}"
                )
            time.sleep(0.02)

    def answers(self) -> bool:
        """Whether the server answers now; the first time makes roles and database when missing."""
        try:
            with psycopg.connect(_plain(self.admin_url), autocommit=True, connect_timeout=2) as connection:
                self._ensure_roles(connection)
        except psycopg.OperationalError:
            return False
        return True

    def stop(self, timeout: float = 30.0) -> None:
        """End sessions and shut down cleanly; after `timeout` seconds by force. Gives up the folder."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)  # «fast»: SIGTERM would wait for every client
            try:
                self.process.wait(timeout)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process = None
        if self._lock is not None:
            if self._passwords:
                self.end_leftovers()
                self._discard()
            os.close(self._lock)
            self._lock = None

    def _discard(self) -> None:
        """Remove the data of a cluster that is not meant to last; the passwords go with it."""
        if not self.durable:
            shutil.rmtree(self._folder, ignore_errors=True)
            (self.data_dir / "postgres.json").unlink(missing_ok=True)

    def is_running(self) -> bool:
        """Whether the server process this object started is alive."""
        return self.process is not None and self.process.poll() is None

    def end_leftovers(self) -> None:
        """Kill server processes of a postmaster that is gone, and remove its stale lock files.

        Safe since the folder's lock is ours: nobody else runs this cluster. PostgreSQL itself
        refuses to start while such sessions live, or when their number got another process.
        """
        deadline = time.monotonic() + 10
        while leftovers := list(_processes_in(self._data)):
            for pid in leftovers:
                _kill(pid)
            if time.monotonic() > deadline:
                raise StartError(
                    f"PostgreSQL processes {leftovers} in {self._data} do not end; end them by hand."
                )
            time.sleep(0.02)
        for stale in (self._data / "postmaster.pid", self._socket_folder() / ".s.PGSQL.5432.lock"):
            stale.unlink(missing_ok=True)

    def url(self, role: str, database: str = DATABASE) -> str:
        """Address in SQLAlchemy's form for one role and database."""
        host = quote(str(self._socket_folder()), safe="/")
        return f"postgresql+psycopg://{role}:{self._passwords[role]}@/{database}?host={host}"

    @property
    def admin_url(self) -> str:
        """Address for the administrator role, database `postgres`."""
        return self.url(ADMIN, "postgres")

    @property
    def owner_url(self) -> str:
        """Address for `portal_owner`: migrations, and databases for tests."""
        return self.url(OWNER)

    @property
    def app_url(self) -> str:
        """Address for `portal_app`: what the portal runs as."""
        return self.url(APP)

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    @property
    def _programs(self) -> Binaries:
        if self.programs is None:
            raise RuntimeError("prepare() first")
        return self.programs

    def _version(self) -> int | None:
        path = self._data / "PG_VERSION"
        return int(path.read_text()) if path.exists() else None

    def _take_lock(self) -> None:
        if self._lock is not None:
            return
        lock = os.open(self.data_dir / "postgres.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(lock)
            raise ClusterBusy(f"PostgreSQL in {self.data_dir} is already run by another process.") from None
        self._lock = lock

    def _socket_folder(self) -> Path:
        folder = self._folder / "run"
        if len(str(folder)) > LONGEST_SOCKET_FOLDER:
            name = hashlib.sha256(str(self._folder).encode()).hexdigest()[:16]
            folder = Path(tempfile.gettempdir()) / f"portal-{name}"
        if not folder.exists():
            folder.mkdir(mode=0o700)
            self._account.give(folder)
        if not self._account.owns_alone(folder):
            raise StartError(f"The folder {folder} must belong to PostgreSQL's user alone. Remove it.")
        return folder

    def _read_passwords(self) -> dict[str, str]:
        path = self.data_dir / "postgres.json"
        if path.exists():
            passwords: dict[str, str] = json.loads(path.read_text())
            return passwords
        if self._data.exists():
            raise StartError(f"{path} with the database passwords is missing. Put it back from the backup.")
        passwords = {role: secrets.token_urlsafe(24) for role in (ADMIN, OWNER, APP)}
        write_private(path, json.dumps(passwords))
        return passwords

    def _initialise(self) -> None:
        # In a folder of its own and renamed, so an interrupted first start leaves no half cluster.
        fresh, password_file = self._folder / "data.new", self._folder / "password.new"
        shutil.rmtree(fresh, ignore_errors=True)
        write_private(password_file, self._passwords[ADMIN])
        self._account.give(password_file)
        flags = ["--data-checksums", "--encoding=UTF8", f"--username={ADMIN}", f"--pwfile={password_file}"]
        try:
            made = subprocess.run(
                [self._programs.program("initdb"), "-D", str(fresh), *flags, *self._programs.locale_flags]
                + ["--auth=scram-sha-256"]
                + ([] if self.durable else ["--no-sync"]),
                cwd=self._folder,
                env=_environment(),
                preexec_fn=die_with_parent(signal.SIGKILL),
                capture_output=True,
                text=True,
                check=False,
                **self._account.popen_arguments(),
            )
        finally:
            password_file.unlink()
        if made.returncode != 0:
            words = made.stderr.strip().splitlines() or ["no message"]
            raise StartError(f"PostgreSQL could not make its data folder {self._data}: {words[-1]}")
        fresh.rename(self._data)

    def _ensure_roles(self, connection: psycopg.Connection) -> None:
        for role, rights in ((OWNER, "LOGIN CREATEDB"), (APP, "LOGIN")):
            if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone() is None:
                statement = sql.SQL("CREATE ROLE {} {} PASSWORD {}")
                password = sql.Literal(self._passwords[role])
                connection.execute(statement.format(sql.Identifier(role), sql.SQL(rights), password))
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone() is None:
            connection.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER} TEMPLATE template0")
        connection.execute(f"REVOKE ALL ON DATABASE {DATABASE} FROM PUBLIC")
        connection.execute(f"GRANT CONNECT ON DATABASE {DATABASE} TO {APP}")

    def last_words(self) -> str:
        """The last telling line of the server's log, and where the log is."""
        lines = (self._folder / "postgres.log").read_text(errors="replace").strip().splitlines()
        telling = [line for line in lines[-20:] if "FATAL" in line or "ERROR" in line]
        return f"{(telling or lines or ['no message'])[-1]} (log: {self._folder}/postgres.log)"


def _plain(url: str) -> str:
    return url.replace("postgresql+psycopg://", "postgresql://", 1)


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    return {**kept, "LC_ALL": "C"}


def _processes_in(data: Path) -> Iterator[int]:
    """Numbers of the processes whose working folder is `data`: a server's own, and nobody else's."""
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if (entry / "cwd").readlink() == data and (entry / "exe").readlink().name == "postgres":
                yield int(entry.name)
        except OSError:
            continue


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
