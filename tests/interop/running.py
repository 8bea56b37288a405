"""Starting the certified provider, a portal registered at it, and the browser between them."""

from __future__ import annotations

import fcntl
import hashlib
import json
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx2
import pytest
from joserfc.jwk import RSAKey
from werkzeug.test import TestResponse

from portal import create_app
from portal.database import db
from portal.login_settings import Provider
from portal.settings import Settings
from portal.supervisor.spawn import die_with_parent
from tests.login import Browser, Portal
from tests.stubs.identity_provider import Steps, read_personas
from tests.stubs.server import Handle, bind

HERE = Path(__file__).resolve().parent
KEPT = HERE.parents[1] / "build" / "interop"
FILES = ("package.json", "package-lock.json", ".npmrc", "provider.mjs")
ORGANISATION = "974760673"
SECRET = "a-secret-with/+&=:%2Fsigns-that-must-be-encoded"
PEOPLE = {
    "kari": {"name": "Kari Solbakken", "email": "kari@example.no", "locale": "nb", "pid": "15108695088"},
    "nils": {},
}


def installed() -> Path:
    """The folder with the provider, installed once for each state of the lock file. Skips without Node."""
    for tool in ("node", "npm"):
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} is not installed; it runs the certified provider")
    digest = hashlib.sha256(b"".join((HERE / name).read_bytes() for name in FILES)).hexdigest()[:16]
    folder = KEPT / digest
    KEPT.mkdir(parents=True, exist_ok=True)
    with (KEPT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "ready").exists():
            folder.mkdir(exist_ok=True)
            for name in FILES:
                shutil.copy(HERE / name, folder / name)
            done = subprocess.run(
                ["npm", "ci"], cwd=folder, capture_output=True, text=True, timeout=180, check=False
            )
            assert done.returncode == 0, done.stderr[-800:]
            (folder / "ready").touch()
    return folder


def signing_key(kid: str) -> dict[str, Any]:
    """A new signing key for the provider."""
    made = RSAKey.generate_key(2048, {"kid": kid, "use": "sig", "alg": "RS256"}, private=True)
    return dict(made.as_dict(private=True))


@dataclass
class Certified:
    """The running provider."""

    url: str
    process: subprocess.Popen[str]
    log: Path
    clients: list[dict[str, Any]]

    def change(self, **told: Any) -> None:
        """Have it go on with other keys, clients or level."""
        self._tell(told)
        self._line("changed")

    def _tell(self, told: dict[str, Any]) -> None:
        assert self.process.stdin
        self.process.stdin.write(json.dumps(told) + "\n")
        self.process.stdin.flush()

    def _line(self, start: str) -> str:
        """The next line that begins like that; it also prints advice for those who run it for real."""
        assert self.process.stdout
        for line in self.process.stdout:
            if line.startswith(start):
                return line.strip()
        raise AssertionError(self.log.read_text())


@contextmanager
def certified(folder: Path, log: Path, **told: Any) -> Iterator[Certified]:
    """Run the provider with what it is told: `clients`, and what differs from a plain one."""
    told = {"keys": [signing_key("first")], "organisation": ORGANISATION, "people": PEOPLE, **told}
    with log.open("w") as errors:
        process = subprocess.Popen(
            ["node", "provider.mjs"],
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            preexec_fn=die_with_parent(9),
        )
        running = Certified("", process, log, told["clients"])
        try:
            running._tell(told)
            running.url = running._line("http")
            yield running
        finally:
            process.kill()
            process.wait(10)
            for pipe in (process.stdin, process.stdout):
                if pipe:
                    pipe.close()


@dataclass
class Both:
    """A portal that is served, and the provider it is registered at."""

    house: Portal
    provider: Certified
    url: str
    key: str

    def visitor(self) -> Walker:
        """A new browser."""
        return Walker(self.house.app.test_client(), self)


class Walker(Browser):
    """A browser that keeps the provider's cookies and follows its pages."""

    def __init__(self, client: Any, both: Both) -> None:
        super().__init__(client)
        self.both = both
        self.away = httpx2.Client(follow_redirects=False)

    def enter(self, who: str = "kari", going: str = "", started: TestResponse | None = None) -> TestResponse:
        """Log in as somebody; gives the portal's answer to the callback."""
        begun = started or self.start(going=going, key=self.both.key)
        assert begun.status_code == 303, begun.text
        return self.client.get(self.follow(begun.headers["Location"], {"who": who}))

    def follow(self, url: str, form: dict[str, str]) -> str:
        """From page to page at the provider until it sends one back to the portal; gives path and query."""
        answer = self.away.get(url)
        for _step in range(12):
            if answer.status_code in (302, 303):
                url = urljoin(url, answer.headers["Location"])
                if url.startswith(self.both.url):
                    parts = urlsplit(url)
                    return f"{parts.path}?{parts.query}"
                answer = self.away.get(url)
                continue
            assert answer.status_code == 200, answer.text + self.both.provider.log.read_text()
            hidden = dict(re.findall(r'name="(xsrf|logout)" value="([^"]*)"', answer.text))
            action = re.search(r'<form[^>]* action="([^"]+)"', answer.text)
            url = urljoin(url, action[1]) if action else url
            answer = self.away.post(url, data={**hidden, **form})
        raise AssertionError(f"the provider never sent us back: {url}")


def free_port() -> int:
    """A port nobody uses now."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@contextmanager
def both(
    settings: Settings,
    folder: Path,
    log: Path,
    *,
    profile: dict[str, Any],
    client: dict[str, Any],
    **told: Any,
) -> Iterator[Both]:
    """A portal with one profile, served on a port of its own, and the provider that knows it."""
    key, port = profile["key"], free_port()
    url = f"http://127.0.0.1:{port}"
    registered = {
        "client_id": "samvirkeportalen",
        "redirect_uris": [f"{url}/logg-inn/svar/{key}"],
        "post_logout_redirect_uris": [f"{url}/logget-ut"],
        "backchannel_logout_uri": f"{url}/logg-ut/fra-leverandor/{key}",
        "backchannel_logout_session_required": True,
        "response_types": ["code"],
        "grant_types": ["authorization_code"],
        "scope": "openid profile email",
        **client,
    }
    with certified(folder, log, clients=[registered], **told) as provider:
        known = Provider.model_validate(
            {"label": key, "issuer": provider.url, "client_id": "samvirkeportalen", **profile}
        )
        app = create_app(settings.model_copy(update={"providers": (known,), "base_url": url}))
        house = Portal(app, Steps(read_personas()), provider.url)
        with Handle(bind(app, port)):
            yield Both(house, provider, url, key)
        with app.app_context():
            db.session.remove()
            for engine in db.engines.values():
                engine.dispose()
