"""The processes of a run, as data: which commands, with which environment, in which order."""

from __future__ import annotations

import sys
from collections.abc import Mapping

from portal.paths import ROOT
from portal.supervisor.options import (
    IDENTITY_OFFSET,
    MAIL_OFFSET,
    REGISTERS_OFFSET,
    SMTP_OFFSET,
    Options,
)
from portal.supervisor.services import STUB_STAGE, Command

OWNER_SECRET = "DATABASE_OWNER_URL"  # noqa: S105 - the name of a variable


def environment(options: Options, environ: Mapping[str, str]) -> dict[str, str]:
    """What every process is told; what stands in `environ` wins over what follows from the ports."""
    found = {
        "PORTAL_ENV": options.environment,
        "DATABASE_URL": options.database_url,
        "DATA_DIR": str(options.data_dir),
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
    }
    defaults: dict[str, str] = {}
    if options.development:
        identity = f"http://127.0.0.1:{options.port + IDENTITY_OFFSET}"
        registers = f"http://127.0.0.1:{options.port + REGISTERS_OFFSET}"
        defaults = {
            "PORTAL_BASE_URL": f"http://127.0.0.1:{options.port}",
            "PORTAL_PROVIDER_STUB_ISSUER": identity,
            "PORTAL_PROVIDER_STUB_CONTACT_REGISTER": f"{identity}/kontaktregister/rest/v1/person",
            "PORTAL_ENHETSREGISTERET": f"{registers}/enhetsregisteret/api",
            "PORTAL_FRIVILLIGHETSREGISTERET": f"{registers}/frivillighetsregisteret/api",
            "PORTAL_MAIL_HOST": "127.0.0.1",
            "PORTAL_MAIL_PORT": str(options.port + SMTP_OFFSET),
        }
    told = {**defaults, **environ, **found}
    told.pop(OWNER_SECRET, None)  # only migrations may change tables
    return told


def preparations(options: Options, told: Mapping[str, str]) -> list[Command]:
    """Commands run to their end before anything answers: migrations, and in development demo data.

    One command for both: building the app takes longer than either does in a portal that is up to date.
    """
    as_owner = {**told, OWNER_SECRET: options.owner_url}
    words = ("portal", "upgrade", *(["--demo"] if options.development else []))
    return [Command("The database upgrade", _flask(*words), as_owner, ROOT)]


def stubs(options: Options, told: Mapping[str, str]) -> list[Command]:
    """Stand-ins for services outside, each a process with its own origin; none in production."""
    if not options.development:
        return []
    port = options.port
    return [
        _stub("identity_provider", told, port + IDENTITY_OFFSET, "--port", str(port + IDENTITY_OFFSET)),
        _stub("registers", told, port + REGISTERS_OFFSET, "--port", str(port + REGISTERS_OFFSET)),
        _stub(
            "mail",
            told,
            port + MAIL_OFFSET,
            *("--smtp-port", str(port + SMTP_OFFSET), "--http-port", str(port + MAIL_OFFSET)),
        ),
    ]


def portal(options: Options, told: Mapping[str, str]) -> list[Command]:
    """The portal itself: the web server first, then the worker and the sealer of the audit trail.

    Granian's own defaults let one killed worker end the server, and one thread lets a slow
    upload hang every page.
    """
    flags = {
        "--interface": "wsgi",
        "--host": options.host,
        "--port": str(options.port),
        "--workers": str(options.workers),
        "--blocking-threads": "8",
        "--respawn-interval": "0.1",
        "--workers-kill-timeout": "10",
        "--log-level": "error",  # its warnings advise against the thread count chosen here
    }
    pairs = [part for pair in flags.items() for part in pair]
    web = (sys.executable, "-m", "granian", "wsgi:app", *pairs, "--respawn-failed-workers", "--no-ws")
    asked_at = "127.0.0.1" if options.host in {"0.0.0.0", "::"} else options.host  # noqa: S104 - compared only
    return [
        Command("web", web, told, ROOT, ready_url=f"http://{asked_at}:{options.port}/readyz"),
        Command("worker", _flask("jobs", "work"), told, ROOT),
        Command("sealer", _flask("audit", "seal", "--watch"), told, ROOT),
    ]


def _flask(*words: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "flask", "--app", "wsgi", *words)


def _stub(name: str, told: Mapping[str, str], http_port: int, *flags: str) -> Command:
    command = (sys.executable, "-m", f"tests.stubs.{name}", *flags)
    address = f"http://127.0.0.1:{http_port}/healthz"
    return Command(f"stub {name}", command, told, ROOT, stage=STUB_STAGE, ready_url=address)
