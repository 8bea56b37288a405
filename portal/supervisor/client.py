"""Run a PostgreSQL program against the portal's database: `python -m portal.supervisor.client pg_dump -Fc`.

The program is of the server's version and connects as the owner role; with the embedded
database it works while the portal runs, and when it does not.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from portal.supervisor.attach import database_urls
from portal.supervisor.binaries import binaries
from portal.supervisor.failure import StartError
from portal.supervisor.options import data_dir


def main(arguments: list[str]) -> int:
    """Run the program named first with the rest as its arguments; gives its exit code."""
    if not arguments:
        print("Name a program: psql, pg_dump or pg_restore.", file=sys.stderr)
        return 2
    try:
        _, owner_url = database_urls()
        told = connection_environment(owner_url)
        program = Path(binaries(_embedded_major()).program(arguments[0]))
    except StartError as error:
        print(error, file=sys.stderr)
        return 1
    if not program.exists():
        print(f"There is no program {arguments[0]} in {program.parent}.", file=sys.stderr)
        return 2
    target = ["--dbname", told["PGDATABASE"]] if arguments[0] == "pg_restore" else []
    command = [str(program), *target, *arguments[1:]]
    return subprocess.run(command, env={**os.environ, **told}, check=False).returncode


def connection_environment(url: str) -> dict[str, str]:
    """The variables PostgreSQL's programs read, so that no password stands on a command line."""
    parts = urlsplit(url)
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    found = {
        "PGHOST": query.get("host") or parts.hostname or "",
        "PGPORT": str(parts.port or query.get("port") or ""),
        "PGUSER": unquote(parts.username or ""),
        "PGPASSWORD": unquote(parts.password or ""),
        "PGDATABASE": unquote(parts.path.lstrip("/")),
        "PGSSLMODE": query.get("sslmode", ""),
    }
    return {name: value for name, value in found.items() if value}


def _embedded_major() -> int | None:
    """The version of the embedded cluster, or `None` where the database is elsewhere."""
    version = data_dir(os.environ) / "postgres" / "data" / "PG_VERSION"
    if os.environ.get("DATABASE_URL") or not version.exists():
        return None
    return int(version.read_text())


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
