"""What the supervisor is told from outside, and what must hold before anything starts."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from portal.paths import ROOT
from portal.supervisor.failure import StartError

IDENTITY_OFFSET, REGISTERS_OFFSET, SMTP_OFFSET, MAIL_OFFSET = 10, 20, 25, 26


@dataclass(frozen=True)
class Options:
    """Where to listen, where to keep data, and which database to use (none: the embedded one)."""

    port: int = 8000
    host: str = "127.0.0.1"
    data_dir: Path = ROOT / "var"
    environment: str = "development"
    database_url: str = ""
    owner_url: str = ""
    workers: int = 2

    @property
    def development(self) -> bool:
        """Whether stub servers and demo data come along."""
        return self.environment != "production"

    def ports(self) -> dict[str, int]:
        """Every port that is listened on, by what listens there."""
        web = {"web": self.port}
        if not self.development:
            return web
        return web | {
            "identity provider": self.port + IDENTITY_OFFSET,
            "registers": self.port + REGISTERS_OFFSET,
            "mail": self.port + SMTP_OFFSET,
            "mail page": self.port + MAIL_OFFSET,
        }


def read_options(environ: Mapping[str, str]) -> Options:
    """Options from PORT, HOST, DATA_DIR, PORTAL_ENV, PORTAL_WORKERS, DATABASE_URL and DATABASE_OWNER_URL."""
    database_url = environ.get("DATABASE_URL", "")
    return Options(
        port=_number(environ, "PORT", 8000, 65_500),
        host=environ.get("HOST") or "127.0.0.1",
        data_dir=data_dir(environ),
        environment=environ.get("PORTAL_ENV") or "development",
        database_url=database_url,
        owner_url=environ.get("DATABASE_OWNER_URL") or database_url,
        workers=_number(environ, "PORTAL_WORKERS", 2, 256),
    )


def data_dir(environ: Mapping[str, str]) -> Path:
    """The folder for everything that must survive: DATA_DIR, or `var` in the checkout."""
    return Path(environ.get("DATA_DIR") or ROOT / "var").absolute()


def check_folder(folder: Path) -> None:
    """Make `folder` if missing; raise `StartError` unless files can be made in it."""
    probe = folder / f".writable.{os.getpid()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise StartError(
            f"Cannot write in the data folder {folder}: {error.strerror}."
            " Give this user the right to, or choose another: DATA_DIR=/path/to/folder"
        ) from None


def check_ports(options: Options) -> None:
    """Raise `StartError` naming the first port that something else listens on."""
    for name, port in options.ports().items():
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((options.host if name == "web" else "127.0.0.1", port))
            except OSError as error:
                raise StartError(
                    f"Port {port} ({name}) cannot be used: {error.strerror}."
                    " Stop what uses it, or choose another: PORT=8100"
                ) from None


def _number(environ: Mapping[str, str], name: str, default: int, highest: int) -> int:
    text = environ.get(name) or str(default)
    if not text.isdecimal() or not 1 <= int(text) <= highest:
        raise StartError(f"{name} is «{text}», but must be a whole number from 1 to {highest}.")
    return int(text)
