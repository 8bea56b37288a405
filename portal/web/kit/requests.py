"""What every view needs: who is asking, a request without tricks in its texts, the answer to a POST."""

from __future__ import annotations

from typing import Any

from flask import Request, Response, g, make_response
from werkzeug.datastructures import ImmutableMultiDict, MultiDict
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.routing import IntegerConverter, Map
from werkzeug.utils import cached_property

from portal.web.kit.paging import LARGEST
from portal.web.kit.text import without_tricks


class CleanRequest(Request):
    """A request whose form, address and file names hold no character that is never taken (`kit.text`).

    Fields that are too many or too long are refused with 413 before a view runs.
    So no view, however it reads them, hands such a character on. The bytes of files are left alone.
    """

    @cached_property
    def args(self) -> MultiDict[str, str]:
        """The query's values."""
        return _clean(super().args)

    def _load_form_data(self) -> None:
        if "form" in self.__dict__:
            return
        if self.mimetype != "multipart/form-data":
            # Only files may be large; Werkzeug itself limits text in the parts of a body, nothing else.
            self.max_content_length = self.max_form_memory_size
        super()._load_form_data()
        if len(list(self.__dict__["form"].values())) > (self.max_form_parts or 0):
            raise RequestEntityTooLarge
        self.__dict__["form"] = _clean(self.__dict__["form"])
        for file in self.__dict__["files"].values():
            file.filename = without_tricks(file.filename) if file.filename else file.filename


class StoredNumber(IntegerConverter):
    """`<int:…>` in an address: what a column can hold. Anything larger is no address, so it answers 404."""

    def __init__(self, map: Map, *args: Any, **options: Any) -> None:
        super().__init__(map, *args, **{"max": LARGEST, **options})


def _clean(values: MultiDict[str, str]) -> MultiDict[str, str]:
    pairs = ((without_tricks(name), without_tricks(value)) for name, value in values.items(multi=True))
    return ImmutableMultiDict(pairs)


def actor() -> Any:
    """Who is asking in this request (an `access.actor.Actor`, put there before any view runs)."""
    return g.actor


def see_other(location: str) -> Response:
    """A redirect after a POST (303): the reader's reload must not send it again."""
    response = make_response("", 303)
    response.headers["Location"] = location
    return response
