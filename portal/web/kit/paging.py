"""Keyset paging: the next page begins after the last row shown; no counting, no offsets."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from flask import request, url_for

from portal.web.kit.text import without_tricks

Row = TypeVar("Row")
PAGE_SIZE = 25
LARGEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Rows to show, and the key after which the next page begins (None on the last)."""

    rows: Sequence[Row]
    next_key: str | None

    @property
    def next_url(self) -> str | None:
        """Address of the next page with the reader's filters kept, or None."""
        if self.next_key is None or request.endpoint is None:
            return None
        arguments: dict[str, Any] = {
            **(request.view_args or {}),
            **request.args.to_dict(),
            "after": self.next_key,
        }
        return url_for(request.endpoint, **arguments)


def page_of(rows: Sequence[Row], key: Callable[[Row], Sequence[Any]], *, size: int = PAGE_SIZE) -> Page[Row]:
    """Cut `rows` (asked for with `size` + 1) into a page; `key` gives a row's sort values."""
    if len(rows) <= size:
        return Page(rows, None)
    return Page(rows[:size], encode_key(key(rows[size - 1])))


def encode_key(values: Sequence[Any]) -> str:
    """Sort values as a token that fits in an address."""
    plain = [value.isoformat() if hasattr(value, "isoformat") else value for value in values]
    return urlsafe_b64encode(json.dumps(plain, separators=(",", ":")).encode()).decode().rstrip("=")


def decode_key(token: str | None, kinds: Sequence[Callable[[Any], Any]]) -> tuple[Any, ...] | None:
    """The sort values of a token, each through its converter; None for none or for nonsense."""
    if not token:
        return None
    try:
        values = json.loads(urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        if not isinstance(values, list) or len(values) != len(kinds):
            return None
        return tuple(_stored(kind(value)) for kind, value in zip(kinds, values, strict=True))
    except (ValueError, TypeError, OverflowError, RecursionError):
        return None


def whole_number(text: str | None) -> int | None:
    """What `text` says in plain digits, if a column can hold it, else None."""
    if not text or len(text) > 19 or not (text.isascii() and text.isdigit()) or int(text) > LARGEST:
        return None
    return int(text)


def _stored(value: Any) -> Any:
    """`value` if a column can hold it; raises `ValueError`."""
    if isinstance(value, int) and abs(value) > LARGEST:
        raise ValueError("no column holds so large a number")
    if isinstance(value, str) and without_tricks(value) != value:
        raise ValueError("no column holds such a text")
    return value
