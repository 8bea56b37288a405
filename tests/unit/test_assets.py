"""Static files: one version in the address, packed once, nothing outside the folder."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient

from portal.web.kit.assets import Assets, init_assets, send_asset


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "static/js").mkdir(parents=True)
    (tmp_path / "static/portal.css").write_text("body { color: red }" * 50)
    (tmp_path / "static/js/portal.js").write_text("import './menu.js';")
    (tmp_path / "static/notes.md").write_text("not for readers")
    (tmp_path / "secret.css").write_text("secret")
    return tmp_path / "static"


@pytest.fixture
def client(folder: Path) -> FlaskClient:
    app = Flask(__name__, static_folder=None)
    init_assets(app, folder)

    @app.get("/static/<path:path>")
    def asset(path: str) -> Response:
        return send_asset(path)

    return app.test_client()


def url(client: FlaskClient, name: str) -> str:
    return client.application.extensions["assets"].url(name)


def test_a_file_is_packed_and_kept_for_a_year(client: FlaskClient, folder: Path) -> None:
    answer = client.get(url(client, "portal.css"), headers={"Accept-Encoding": "gzip, br"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(answer.data) == (folder / "portal.css").read_bytes()
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["Vary"] == "Accept-Encoding"


def test_whoever_cannot_unpack_gets_it_plain(client: FlaskClient, folder: Path) -> None:
    answer = client.get(url(client, "portal.css"), headers={"Accept-Encoding": "gzip;q=0"})
    assert "Content-Encoding" not in answer.headers
    assert answer.data == (folder / "portal.css").read_bytes()


def test_an_old_address_gets_todays_file_but_not_for_keeps(client: FlaskClient) -> None:
    answer = client.get("/static/0123456789ab/portal.css")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    "path", ["../secret.css", "%2e%2e/secret.css", "..%2fsecret.css", "notes.md", "none.css", ""]
)
def test_nothing_else_is_served(client: FlaskClient, path: str) -> None:
    version = url(client, "portal.css").split("/")[2]
    assert client.get(f"/static/{version}/{path}").status_code == 404


def test_every_address_changes_when_any_file_does(folder: Path) -> None:
    before = Assets(folder).url("js/portal.js")
    (folder / "portal.css").write_text("body { color: blue }")
    assert Assets(folder).url("js/portal.js") != before


def test_a_file_that_is_not_there_fails_where_the_page_is_built(folder: Path) -> None:
    with pytest.raises(KeyError):
        Assets(folder).url("misspelt.css")
