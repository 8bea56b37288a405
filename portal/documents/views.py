"""Opening documents."""

from __future__ import annotations

from flask import Response, make_response, render_template
from flask.typing import ResponseReturnValue
from werkzeug.http import dump_options_header

from portal.access.routes import PortalBlueprint, signed_in
from portal.documents.queries import Opened
from portal.documents.services import open_document
from portal.documents.types import REFUSALS
from portal.web.kit.requests import actor

bp = PortalBlueprint("documents", __name__)


@bp.get("/dokument/<int:document_id>", access=signed_in("The document's own permissions decide, one by one."))
def document(document_id: int) -> ResponseReturnValue:
    """A document's bytes, or a page that says why they are not here yet."""
    opened = open_document(document_id, actor=actor())
    if opened.content is None:
        refusal = REFUSALS.get(opened.refusal or "")
        return render_template("documents/waiting.html", document=opened, refusal=refusal)
    return _file(opened, opened.content)


def _file(opened: Opened, content: bytes) -> Response:
    # Only PDF is shown in the browser; everything else is saved, so that nothing in it can run here.
    disposition = "inline" if opened.media_type == "application/pdf" else "attachment"
    response = make_response(content)
    response.headers["Content-Type"] = opened.media_type
    response.headers["Content-Disposition"] = dump_options_header(disposition, {"filename": opened.filename})
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox; style-src 'unsafe-inline'"
    return response
