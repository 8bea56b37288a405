"""The portal's own stylesheet, scripts, font and icons: read once, packed once, cached for a year.

One hash over all files stands in the address, so relative addresses between them hold and a
release never meets an old file. Nothing is read from disk for a request.
"""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from pathlib import Path

from flask import Flask, Response, abort, current_app, request

PREFIX = "/static"
_FOLDER = Path(__file__).resolve().parents[1] / "static"
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".txt": "text/plain; charset=utf-8",
}
_PACKED = {".css", ".js", ".svg", ".txt"}
_YEAR = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is sent: plain, and packed where that helps."""

    body: bytes
    packed: bytes | None
    content_type: str


class Assets:
    """All files of one folder, by their name in it."""

    def __init__(self, folder: Path) -> None:
        names = sorted(path for path in folder.rglob("*") if path.suffix in _TYPES)
        self.files = {path.relative_to(folder).as_posix(): _read(path) for path in names}
        whole = hashlib.sha256()
        for name, asset in self.files.items():
            whole.update(name.encode() + b"\0" + asset.body)
        self.version = whole.hexdigest()[:12]
        self.urls = {name: f"{PREFIX}/{self.version}/{name}" for name in self.files}

    def url(self, name: str) -> str:
        """The address of `name`. Raises KeyError for a file that is not there."""
        return self.urls[name]


def _read(path: Path) -> Asset:
    body = path.read_bytes()
    packed = gzip.compress(body, 9, mtime=0) if path.suffix in _PACKED else None
    return Asset(body, packed, _TYPES[path.suffix])


def init_assets(app: Flask, folder: Path = _FOLDER) -> None:
    """Read the files and give templates `asset_url('portal.css')`."""
    assets = Assets(folder)
    app.extensions["assets"] = assets
    app.jinja_env.globals["asset_url"] = assets.url


def send_asset(path: str) -> Response:
    """Answer for `<version>/<name>`; another version's address gets today's file, uncached."""
    assets: Assets = current_app.extensions["assets"]
    version, _, name = path.partition("/")
    asset = assets.files.get(name)
    if asset is None:
        abort(404)
    packs = asset.packed is not None and request.accept_encodings["gzip"] > 0
    response = Response(asset.packed if packs else asset.body, content_type=asset.content_type)
    if packs:
        response.headers["Content-Encoding"] = "gzip"
    if asset.packed is not None:
        response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = _YEAR if version == assets.version else "no-cache"
    return response
