"""The contact and reservation register on loopback: Digdir's look-up for whoever is logged in.

It opens with an access token of the stand-in identity provider that was asked for with the register's scope,
and answers in the real one's shape: with what the portal must not keep, too. `faults` makes it misbehave.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask, Response, request

from tests.stubs.identity_provider.logins import Login
from tests.stubs.registers.faults import Faults
from tests.stubs.server import Handle, bind

PATH = "/rest/v1/person"
SCOPE = "krr:user/kontaktinformasjon.read"
PHONE = "+4798765432"
FILE = Path(__file__).with_name("people.toml")
Owner = Callable[[str], Login | None]
Entry = dict[str, Any]


def read_people(path: Path = FILE) -> dict[str, Entry]:
    """What the register knows, by the subject of the login."""
    return dict(tomllib.loads(path.read_text(encoding="utf-8")))


def build(owner: Owner, people: dict[str, Entry] | None = None, faults: Faults | None = None) -> Flask:
    """The register as an application. `owner`: whose login an access token is of, or None."""
    app = Flask(__name__, static_folder=None)
    app.config["PROPAGATE_EXCEPTIONS"] = True  # a fault that breaks the connection ends in the server
    known, state = read_people() if people is None else people, faults or Faults()

    @app.get(PATH)
    def person() -> Response:
        kind, _, value = request.headers.get("Authorization", "").partition(" ")
        login = owner(value) if kind == "Bearer" else None
        if login is None:
            return _json({"error": "invalid_token"}, 401)
        if SCOPE not in login.scope.split():
            return _json({"error": "insufficient_scope"}, 403)
        entry = known.get(login.persona.sub)
        return state.answer(login.persona.sub, lambda: _json(answer(entry)))

    return app


def answer(entry: Entry | None) -> dict[str, Any]:
    """The register's answer of an entry: `days` since it was confirmed, `raw` to say something else."""
    if entry is None:
        return {"personidentifikator": "15908695088", "status": "IKKE_REGISTRERT"}
    confirmed = (datetime.now(UTC) - timedelta(days=entry.get("days", 40))).isoformat(timespec="seconds")
    reserved = entry.get("reserved", False)
    silenced = reserved or not entry.get("email")
    return {
        "personidentifikator": entry["number"],
        "reservasjon": "JA" if reserved else "NEI",
        "status": "AKTIV",
        "varslingsstatus": "KAN_IKKE_VARSLES" if silenced else "KAN_VARSLES",
        "kontaktinformasjon": {
            "epostadresse": entry.get("email", ""),
            "epostadresse_oppdatert": "2018-06-29T10:14:52+02",
            "epostadresse_sist_verifisert": confirmed,
            "mobiltelefonnummer": PHONE,
            "mobiltelefonnummer_oppdatert": confirmed,
        },
        "digital_post": {"postkasseadresse": "ola.vik#8QPL", "postkasseleverandoeradresse": "984661185"},
        "sertifikat": "MIIFOjCCBCKgAwIBAgIKGQqI22LuZ+0U6TANBgkqhkiG9w0BAQsFADBRMQsw",
        "spraak": "nb",
        **entry.get("raw", {}),
    }


def _json(found: Any, status: int = 200) -> Response:
    return Response(json.dumps(found, ensure_ascii=False), status, mimetype="application/json")


class RegisterHandle(Handle):
    """A running register: its `people`, to change, and its `faults`."""

    people: dict[str, Entry]
    faults: Faults

    @property
    def address(self) -> str:
        """Where one's own entry stands."""
        return self.url + PATH

    def stop(self) -> None:
        """Stop, letting nobody wait for a slow answer."""
        self.faults.reset()
        super().stop()


def start(owner: Owner, port: int = 0) -> RegisterHandle:
    """Start the register on loopback; raises `OSError` when the port is taken."""
    people, faults = read_people(), Faults()
    handle = RegisterHandle(bind(build(owner, people, faults), port))
    handle.people, handle.faults = people, faults
    return handle
