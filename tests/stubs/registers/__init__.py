"""The two registers on loopback: invented organisations, real shapes, faults on command."""

from __future__ import annotations

import json
from typing import Any

from flask import Flask, Response, request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest

from tests.stubs.registers import answers
from tests.stubs.registers.changes import Changes
from tests.stubs.registers.faults import Faults
from tests.stubs.server import Handle, bind

ER, FR = "/enhetsregisteret/api", "/frivillighetsregisteret/api"
LARGEST_WINDOW = 10_000


def build(faults: Faults | None = None, changes: Changes | None = None) -> Flask:
    """The registers as one application; `POST /_control` with {number or "*": fault} makes it misbehave.

    An empty object ends all faults; `faults.py` has their names. `POST /_changes` with {number: {field:
    value}} changes what is known of an organisation and puts it in the feed; `changes.py` has the fields.
    """
    app = Flask(__name__, static_folder=None)
    app.config["PROPAGATE_EXCEPTIONS"] = True  # a fault that breaks the connection ends in the server
    state, known = faults or Faults(), changes or Changes()
    _control(app, state, known)
    _about_one(app, state, known)
    _about_many(app, state, known)
    return app


def _control(app: Flask, state: Faults, known: Changes) -> None:
    @app.get("/healthz")
    def healthz() -> Response:
        return _json({"status": "ok"})

    @app.post("/_control")
    def control() -> Response:
        wishes = request.get_json()
        state.set(wishes) if wishes else state.reset()
        return _json({"status": "ok"})

    @app.post("/_changes")
    def change() -> Response:
        for number, fields in request.get_json().items():
            known.change(number, **fields)
        return _json({"status": "ok"})


def _about_one(app: Flask, state: Faults, known: Changes) -> None:
    @app.get(f"{ER}/enheter/<number>")
    def one(number: str) -> Response:
        return state.answer(number, lambda: _one(known, number))

    @app.get(f"{ER}/enheter/<number>/roller")
    def roles(number: str) -> Response:
        return state.answer(number, lambda: _known(known, number, answers.roles), "roller")

    @app.get(f"{FR}/frivillige-organisasjoner/<number>")
    def voluntary(number: str) -> Response:
        return state.answer(number, lambda: _voluntary(known, number), "frivillig")


def _about_many(app: Flask, state: Faults, known: Changes) -> None:
    @app.get(f"{ER}/enheter")
    def search() -> Response:
        return state.answer("*", lambda: _search(known, request.args))

    @app.get(f"{ER}/oppdateringer/enheter")
    def updates() -> Response:
        return state.answer("*", lambda: _updates(known), "oppdateringer")

    @app.get(f"{ER}/oppdateringer/roller")
    def role_updates() -> Response:
        return state.answer("*", lambda: _role_updates(known), "rolleoppdateringer")

    @app.get(f"{FR}/icnpo-kategorier")
    def categories() -> Response:
        found = [
            {"icnpoNummer": code, "navn": name, "spraakkode": "NOB"} for code, name in answers.ICNPO.items()
        ]
        return _json({"_embedded": {"icnpoKategorier": found}, "_links": {}})


def _json(found: Any, status: int = 200) -> Response:
    return Response(json.dumps(found, ensure_ascii=False), status, mimetype="application/json")


def _one(known: Changes, number: str) -> Response:
    row = known.rows().get(number)
    if row is None:
        return _json({"status": 404}, 404)
    return _json({"status": 410}, 410) if row.get("removed") else _json(answers.unit(row))


def _known(known: Changes, number: str, answer: Any) -> Response:
    row = known.rows().get(number)
    if row is None or row.get("removed") or "deleted" in row:
        return _json({"status": 404}, 404)
    return _json(answer(row))


def _voluntary(known: Changes, number: str) -> Response:
    row = known.rows().get(number)
    if row is None or not row.get("voluntary"):
        return _json({"status": 404}, 404)
    return _json(answers.voluntary(row))


def _search(known: Changes, asked: MultiDict[str, str]) -> Response:
    page, size = asked.get("page", 0, int), asked.get("size", 20, int)
    if size < 1 or (page + 1) * size > LARGEST_WINDOW:
        raise BadRequest("page and size reach at most 10000")
    found = [answers.unit(row) for row in known.rows().values() if _matches(row, asked)]
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


def _updates(known: Changes) -> Response:
    items = known.updates()
    after, since = request.args.get("oppdateringsid", 0, int), request.args.get("dato", "")
    found = [item for item in items if item["oppdateringsid"] >= after and item["dato"] >= since]
    shown = found[: request.args.get("size", 20, int)]
    body = {
        "_links": {},
        "page": {"size": len(shown), "totalElements": len(found), "totalPages": 1, "number": 0},
    }
    return _json({"_embedded": {"oppdaterteEnheter": shown}, **body} if shown else body)


def _role_updates(known: Changes) -> Response:
    """The role feed: CloudEvents, a bare list, ids as text."""
    after, since = request.args.get("afterId", 0, int), request.args.get("afterTime", "")
    found = [one for one in known.role_updates() if int(one["id"]) > after and one["time"] >= since]
    return _json(found[: request.args.get("size", 20, int)])


class RegistersHandle(Handle):
    """Running registers: their two addresses, their `faults`, and the `changes` since they started."""

    faults: Faults
    changes: Changes

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
    faults, changes = Faults(), Changes()
    handle = RegistersHandle(bind(build(faults, changes), port))
    handle.faults, handle.changes = faults, changes
    return handle
