"""The two registers on loopback: invented organisations, real shapes, faults on command."""

from __future__ import annotations

import json
from typing import Any

from flask import Flask, Response, request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest

from tests.stubs.registers import answers
from tests.stubs.registers.faults import Faults
from tests.stubs.server import Handle, bind

ER, FR = "/enhetsregisteret/api", "/frivillighetsregisteret/api"
LARGEST_WINDOW = 10_000


def build(faults: Faults | None = None) -> Flask:
    """The registers as one application; `POST /_control` with {number or "*": fault} makes it misbehave.

    An empty object ends all faults; `faults.py` has their names.
    """
    app = Flask(__name__, static_folder=None)
    app.config["PROPAGATE_EXCEPTIONS"] = True  # a fault that breaks the connection ends in the server
    state = faults or Faults()
    _about_one(app, state)
    _about_many(app, state)
    return app


def _about_one(app: Flask, state: Faults) -> None:

    @app.get("/healthz")
    def healthz() -> Response:
        return _json({"status": "ok"})

    @app.post("/_control")
    def control() -> Response:
        wishes = request.get_json()
        state.set(wishes) if wishes else state.reset()
        return _json({"status": "ok"})

    @app.get(f"{ER}/enheter/<number>")
    def one(number: str) -> Response:
        return state.answer(number, lambda: _one(number))

    @app.get(f"{ER}/enheter/<number>/roller")
    def roles(number: str) -> Response:
        return state.answer(number, lambda: _known(number, answers.roles), "roller")

    @app.get(f"{FR}/frivillige-organisasjoner/<number>")
    def voluntary(number: str) -> Response:
        return state.answer(number, lambda: _voluntary(number), "frivillig")


def _about_many(app: Flask, state: Faults) -> None:
    @app.get(f"{ER}/enheter")
    def search() -> Response:
        return state.answer("*", lambda: _search(request.args))

    @app.get(f"{ER}/oppdateringer/enheter")
    def updates() -> Response:
        return state.answer("*", _updates)

    @app.get(f"{FR}/icnpo-kategorier")
    def categories() -> Response:
        return _json([{"icnpoNummer": code, "navn": name} for code, name in answers.ICNPO.items()])


def _json(found: Any, status: int = 200) -> Response:
    return Response(json.dumps(found, ensure_ascii=False), status, mimetype="application/json")


def _one(number: str) -> Response:
    row = answers.organisations().get(number)
    if row is None:
        return _json({"status": 404}, 404)
    return _json({"status": 410}, 410) if row.get("removed") else _json(answers.unit(row))


def _known(number: str, answer: Any) -> Response:
    row = answers.organisations().get(number)
    if row is None or row.get("removed") or "deleted" in row:
        return _json({"status": 404}, 404)
    return _json(answer(row))


def _voluntary(number: str) -> Response:
    row = answers.organisations().get(number)
    if row is None or not row.get("voluntary"):
        return _json({"status": 404}, 404)
    return _json(answers.voluntary(row))


def _search(asked: MultiDict[str, str]) -> Response:
    page, size = asked.get("page", 0, int), asked.get("size", 20, int)
    if size < 1 or (page + 1) * size > LARGEST_WINDOW:
        raise BadRequest("page and size reach at most 10000")
    found = [answers.unit(row) for row in answers.organisations().values() if _matches(row, asked)]
    shown = found[page * size : (page + 1) * size]
    body: dict[str, Any] = {
        "_links": {"self": {"href": request.url}},
        "page": {
            "size": size,
            "totalElements": len(found),
            "totalPages": -(-len(found) // size),
            "number": page,
        },
    }
    # The real register leaves `_embedded` out of an empty answer.
    return _json({"_embedded": {"enheter": shown}, **body} if shown else body)


def _matches(row: answers.Row, asked: MultiDict[str, str]) -> bool:
    if row.get("removed"):
        return False
    wanted = asked.get("organisasjonsnummer")
    tests = (
        asked.get("navn", "").lower() in row["name"].lower(),
        not wanted or row["number"] in wanted.split(","),
        asked.get("organisasjonsform", row["form"]) == row["form"],
        asked.get("kommunenummer", row["municipality"]) == row["municipality"],
        _agrees(asked.get("registrertIFrivillighetsregisteret"), bool(row.get("voluntary"))),
        _agrees(asked.get("konkurs"), "bankrupt" in row),
    )
    return all(tests)


def _agrees(wanted: str | None, is_so: bool) -> bool:
    return wanted is None or (wanted == "true") is is_so


def _updates() -> Response:
    items = [
        {
            "oppdateringsid": place,
            "dato": "2026-11-01T04:00:00.000Z",
            "organisasjonsnummer": row["number"],
            "endringstype": "Sletting" if "deleted" in row else "Endring",
        }
        for place, row in enumerate(answers.organisations().values(), 1)
    ]
    after = request.args.get("oppdateringsid", 0, int)
    shown = [item for item in items if item["oppdateringsid"] >= after][: request.args.get("size", 20, int)]
    body = {
        "_links": {},
        "page": {"size": len(shown), "totalElements": len(items), "totalPages": 1, "number": 0},
    }
    return _json({"_embedded": {"oppdaterteEnheter": shown}, **body} if shown else body)


class RegistersHandle(Handle):
    """Running registers: `enhetsregisteret` and `frivillighetsregisteret` addresses, and their `faults`."""

    faults: Faults

    @property
    def enhetsregisteret(self) -> str:
        """Base address of Enhetsregisteret."""
        return self.url + ER

    @property
    def frivillighetsregisteret(self) -> str:
        """Base address of Frivillighetsregisteret."""
        return self.url + FR

    def stop(self) -> None:
        """Stop, letting nobody wait for a slow answer."""
        self.faults.reset()
        super().stop()


def start(port: int = 0) -> RegistersHandle:
    """Start the registers on loopback; raises `OSError` when the port is taken."""
    faults = Faults()
    handle = RegistersHandle(bind(build(faults), port))
    handle.faults = faults
    return handle
