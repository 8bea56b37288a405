"""Starting Debian's glewlwyd, a provider in C, with one client and one person."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest

from portal.supervisor.spawn import die_with_parent

TABLES = Path("/usr/share/dbconfig-common/data/glewlwyd/install/sqlite3")
ADMINISTRATOR = {"username": "admin", "password": "password"}  # what its tables come with
PERSON = {"username": "kari", "password": "et-passord-til-proven"}
CLIENT = "samvirkeportalen"
_CONF = """
port={port}
bind_address="127.0.0.1"
external_url="{url}"
login_url="login.html"
api_prefix="api"
log_mode="console"
log_level="INFO"
cookie_secure=0
session_key="GLEWLWYD2_SESSION_ID"
allow_multiple_user_per_session=true
login_api_enabled=true
admin_scope="g_admin"
profile_scope="g_profile"
user_module_path="/usr/lib/glewlwyd/user"
client_module_path="/usr/lib/glewlwyd/client"
user_auth_scheme_module_path="/usr/lib/glewlwyd/scheme"
user_middleware_module_path="/usr/lib/glewlwyd/user_middleware"
plugin_module_path="/usr/lib/glewlwyd/plugin"
hash_algorithm="SHA512"
database = {{ type = "sqlite3"; path = "{database}"; }};
"""
_OFF = ("implicit", "password", "refresh", "client", "token", "id-token", "none", "device")


@dataclass
class Packaged:
    """The running provider. `url` is its issuer."""

    root: str
    log: Path

    @property
    def url(self) -> str:
        """The issuer."""
        return f"{self.root}/api/oidc"

    def set_up(self, key: dict[str, Any], client: dict[str, Any]) -> None:
        """Give it a signing key, the portal as its client, and a person."""
        with httpx2.Client(base_url=f"{self.root}/api") as admin:
            self._asked(admin, "POST", "/auth", ADMINISTRATOR)
            told = {"module": "oidc", "name": "oidc", "display_name": "OIDC", "parameters": self._plugin(key)}
            self._asked(admin, "POST", "/mod/plugin/", told)
            self._asked(admin, "POST", "/client/", {"client_id": CLIENT, "enabled": True, **client})
            person = {**PERSON, "name": "Kari Solbakken", "enabled": True, "scope": ["openid", "g_profile"]}
            self._asked(admin, "POST", "/user/", person)

    def person(self) -> httpx2.Client:
        """A browser in which the person is logged in there and has let the portal know who they are."""
        browser = httpx2.Client(base_url=f"{self.root}/api")
        self._asked(browser, "POST", "/auth", PERSON)
        self._asked(browser, "PUT", f"/auth/grant/{CLIENT}", {"scope": "openid"})
        return browser

    def _plugin(self, key: dict[str, Any]) -> dict[str, Any]:
        return {
            "iss": self.url,
            "jwt-type": "rsa",
            "jwt-key-size": "256",
            "jwks-private": json.dumps({"keys": [key]}),
            "access-token-duration": 3600,
            "refresh-token-duration": 3600,
            "code-duration": 60,
            "refresh-token-rolling": True,
            "allow-non-oidc": False,
            "auth-type-code-enabled": True,
            **{f"auth-type-{name}-enabled": False for name in _OFF},
            "scope": [],
            "additional-parameters": [],
            "claims": [],
            "pkce-allowed": True,
            "pkce-method-plain-allowed": False,
            "pkce-required": True,
            "name-claim": "mandatory",
            "name-claim-scope": [],
            "email-claim": "no",
            "subject-type": "public",
            "session-management-allowed": True,
            "session-cookie-name": "GLEWLWYD_OIDC",
            "session-cookie-expiration": 3600,
        }

    def _asked(self, client: httpx2.Client, method: str, path: str, body: dict[str, Any]) -> None:
        answer = client.request(method, path, json=body)
        assert answer.status_code == 200, (path, answer.status_code, answer.text, self.log.read_text()[-800:])


@contextmanager
def packaged(folder: Path, port: int) -> Iterator[Packaged]:
    """Run it with tables of its own in `folder`. Skips where it is not installed."""
    program = shutil.which("glewlwyd")
    if program is None or not TABLES.exists():
        pytest.skip("glewlwyd is not installed (Debian: apt-get install glewlwyd)")
    with sqlite3.connect(folder / "glewlwyd.db") as tables:
        tables.executescript(TABLES.read_text(encoding="utf-8"))
    root, log = f"http://127.0.0.1:{port}", folder / "glewlwyd.log"
    conf = folder / "glewlwyd.conf"
    conf.write_text(_CONF.format(port=port, url=root, database=folder / "glewlwyd.db"))
    with log.open("w") as out:
        process = subprocess.Popen(
            [program, "-c", str(conf)], stdout=out, stderr=out, preexec_fn=die_with_parent(9)
        )
    try:
        _wait(root, process, log)
        yield Packaged(root, log)
    finally:
        process.kill()
        process.wait(10)


def _wait(root: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until and process.poll() is None:
        try:
            httpx2.get(f"{root}/config")
            return
        except httpx2.TransportError:
            time.sleep(0.05)
    raise AssertionError(log.read_text())
