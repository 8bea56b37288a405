"""Starting: PostgreSQL in a folder, one clear line for what stands in the way, and commands that attach."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from portal.supervisor import binaries as programs
from portal.supervisor.announce import announcement
from portal.supervisor.failure import StartError
from portal.supervisor.options import Options
from portal.supervisor.plan import environment, portal, preparations, stubs
from portal.supervisor.postgres import Cluster, ClusterBusy
from tests.e2e.running import free_base

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def folder() -> Iterator[Path]:
    """A data folder that PostgreSQL's own user can reach, unlike pytest's."""
    path = Path(tempfile.mkdtemp(prefix="portal-start-"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path)


@pytest.fixture
def cluster(folder: Path) -> Iterator[Cluster]:
    """A running cluster in the folder."""
    cluster = Cluster(folder)
    cluster.start()
    yield cluster
    cluster.stop()


def plain(url: str) -> str:
    return url.replace("+psycopg", "")


def value(url: str, statement: str) -> object:
    with psycopg.connect(plain(url)) as connection:
        row = connection.execute(statement).fetchone()
    assert row is not None
    return row[0]


def run(*command: str, **changes: str) -> subprocess.CompletedProcess[str]:
    """Run a Python command to its end, with the test's environment and some changes."""
    kept = {key: text for key, text in os.environ.items() if not key.startswith(("DATABASE_", "PORTAL_"))}
    told = {**kept, "PYTHONPATH": str(ROOT), **changes}
    return subprocess.run(
        [sys.executable, *command], env=told, capture_output=True, text=True, timeout=60, check=False
    )


def test_norwegian_letters_roles_and_passwords(cluster: Cluster) -> None:
    assert value(cluster.app_url, "SELECT lower('BLÅBÆRØL')") == "blåbærøl"
    assert value(cluster.app_url, "SELECT current_user") == "portal_app"
    assert value(cluster.owner_url, "SELECT rolcreatedb FROM pg_roles WHERE rolname = current_user") is True
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        value(cluster.app_url, "CREATE TABLE mine (a int)")
    password = cluster.app_url.split(":")[2].split("@")[0]
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        value(cluster.app_url.replace(password, "wrong"), "SELECT 1")
    assert (cluster.data_dir / "postgres.json").stat().st_mode & 0o077 == 0


def test_a_folder_closed_to_the_servers_user_works_and_a_passing_cluster_leaves_nothing(
    tmp_path: Path,
) -> None:
    tmp_path.chmod(0o700)
    cluster = Cluster(tmp_path, durable=False)
    cluster.start()
    place = (tmp_path / "postgres").resolve()
    try:
        assert value(cluster.app_url, "SELECT 1") == 1
        assert (place / "data").exists()
    finally:
        cluster.stop()
    assert not place.exists()


@pytest.mark.installed
@pytest.mark.skipif(not Path("/usr/lib/postgresql/15/bin").exists(), reason="no installed PostgreSQL 15")
def test_an_installed_server_does_as_well(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_POSTGRES_BIN", "/usr/lib/postgresql/15/bin")
    cluster = Cluster(folder)
    cluster.start()
    try:
        assert value(cluster.app_url, "SELECT current_setting('server_version_num')::int / 10000") == 15
        assert value(cluster.app_url, "SELECT lower('BLÅBÆRØL')") == "blåbærøl"
    finally:
        cluster.stop()


def test_data_of_another_version_is_refused_not_touched(
    monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    monkeypatch.setattr(programs, "_candidates", lambda: [folder])
    monkeypatch.setattr(programs, "_inspect", lambda each: programs.Binaries(each, 18))
    assert programs.binaries(18).major == 18
    with pytest.raises(StartError, match="made by PostgreSQL 16, but only 18 is here"):
        programs.binaries(16)


@pytest.mark.crash
def test_a_crash_with_busy_sessions_and_a_reused_number_starts_again(cluster: Cluster) -> None:
    with psycopg.connect(plain(cluster.owner_url), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
        assert cluster.process is not None
        statement = "SELECT count(*) FROM generate_series(1, 1e9)"
        work = f"psycopg.connect({plain(cluster.owner_url)!r}).execute({statement!r})"
        busy = subprocess.Popen([sys.executable, "-c", f"import psycopg; {work}"], stderr=subprocess.DEVNULL)
        active = "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND pid <> pg_backend_pid()"
        while connection.execute(active).fetchone() == (0,):
            assert busy.poll() is None
        os.kill(cluster.process.pid, signal.SIGKILL)
    cluster.process.wait()
    lock = next(cluster.data_dir.resolve().rglob("postmaster.pid"))
    lines = lock.read_text().splitlines()
    lock.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    cluster.start()
    busy.wait(10)
    assert value(cluster.owner_url, "SELECT answer FROM kept") == 42


def test_one_folder_has_one_cluster(cluster: Cluster) -> None:
    with pytest.raises(ClusterBusy, match="already run by another process"):
        Cluster(cluster.data_dir).start()
    assert value(cluster.app_url, "SELECT 1") == 1


@pytest.mark.parametrize("offset", [0, 10, 20, 25, 26])
def test_a_taken_port_is_one_line(folder: Path, offset: int) -> None:
    base = free_base()  # only the one port is taken, and none of its neighbours
    number = base + offset
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", number))
        taken.listen()
        answer = run("-m", "portal.run", PORT=str(base), DATA_DIR=str(folder))
    assert answer.returncode == 1
    assert f"Port {number} (" in answer.stderr
    assert "PORT=8100" in answer.stderr
    assert len(answer.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"DATA_DIR": "/proc/portal"}, "Cannot write in the data folder /proc/portal"),
        ({"DATA_DIR": __file__}, "Cannot write in the data folder"),
        ({"PORT": "http"}, "PORT is «http», but must be a whole number"),
        ({"PORTAL_POSTGRES_BIN": "/nowhere"}, "no PostgreSQL programs in /nowhere"),
        ({"PORTAL_ENV": "production", "DATABASE_URL": "postgresql+psycopg://x/y"}, "PORTAL_SECRET_KEY"),
    ],
)
def test_what_stands_in_the_way_is_one_line(folder: Path, changes: dict[str, str], words: str) -> None:
    answer = run("-m", "portal.run", **{"DATA_DIR": str(folder), "PORT": "18750", **changes})
    assert answer.returncode == 1
    assert words in answer.stderr
    assert len(answer.stderr.splitlines()) == 1


def test_a_missing_library_is_one_line(folder: Path) -> None:
    without = "import sys, runpy; sys.modules['psycopg'] = None;"
    start = "runpy.run_module('portal.run', run_name='__main__')"
    answer = run("-c", f"{without} {start}", DATA_DIR=str(folder), PORT="18750")
    assert answer.returncode == 1
    assert "The Python library psycopg is missing. Run `make run`" in answer.stderr
    assert len(answer.stderr.splitlines()) == 1


def test_commands_start_the_database_for_the_duration_or_use_the_given_one(folder: Path) -> None:
    ask = (
        "import psycopg; from portal.supervisor.attach import database_urls; app, owner = database_urls();"
        "print(app, owner, psycopg.connect(app.replace('+psycopg', '')).execute('SELECT 42').fetchone()[0])"
    )
    alone = run("-c", ask, DATA_DIR=str(folder))
    assert alone.returncode == 0, alone.stderr
    assert alone.stdout.split()[2] == "42"
    with pytest.raises(psycopg.OperationalError):
        value(alone.stdout.split()[0], "SELECT 1")
    given = "import sys; from portal.supervisor.attach import database_urls; print(*database_urls())"
    answer = run("-c", given, DATABASE_URL="postgresql+psycopg://a/b", DATA_DIR=str(folder))
    assert answer.stdout.split() == ["postgresql+psycopg://a/b"] * 2


def test_a_backup_brings_back_what_was_lost(folder: Path) -> None:
    def client(*words: str) -> str:
        answer = run("-m", "portal.supervisor.client", *words, DATA_DIR=str(folder))
        assert answer.returncode == 0, answer.stderr
        return answer.stdout

    dump = str(folder / "portal.dump")
    client("psql", "-c", "CREATE TABLE kept AS SELECT 'blåbær' AS word; GRANT SELECT ON kept TO portal_app")
    client("pg_dump", "--format=custom", "--file", dump)
    client("psql", "-c", "DROP TABLE kept")
    assert "blåbær" not in client("psql", "-c", "SELECT to_regclass('kept')")
    client("pg_restore", "--exit-on-error", "--single-transaction", dump)
    assert "blåbær" in client("psql", "-c", "SELECT word FROM kept")


def test_only_migrations_get_the_owner_and_production_has_no_stand_ins() -> None:
    options = Options(port=9000, database_url="app", owner_url="owner")
    told = environment(options, {"DATABASE_OWNER_URL": "owner", "PATH": "/bin"})
    assert told["PORTAL_MAIL_PORT"] == "9025"
    assert told["PORTAL_ENHETSREGISTERET"].startswith("http://127.0.0.1:9020/")
    [upgrade] = preparations(options, told)
    assert upgrade.environment["DATABASE_OWNER_URL"] == "owner"
    assert "--demo" in upgrade.command
    for command in (*stubs(options, told), *portal(options, told)):
        assert "DATABASE_OWNER_URL" not in command.environment
    live = Options(environment="production", database_url="app", owner_url="owner")
    assert stubs(live, {}) == []
    assert not any("--demo" in command.command for command in preparations(live, {}))
    assert not any(name.startswith("PORTAL_MAIL") for name in environment(live, {}))


def test_the_announcement_names_the_personas(folder: Path) -> None:
    people = folder / "personas.toml"
    people.write_text(
        '[[persona]]\nname = "Kari Nordmann"\nwho = "leder i Kirkens Bymisjon"\n', encoding="utf-8"
    )
    said = announcement(Options(port=9000), "http://127.0.0.1:9000", people)
    assert "http://127.0.0.1:9000\n" in said
    assert "Kari Nordmann  leder i Kirkens Bymisjon" in said
    assert "Kari" not in announcement(Options(environment="production"), "https://x", people)
