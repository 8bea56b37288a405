"""Text as it may enter and as it is shown: one policy for characters that nobody sees.

Taken away wherever text enters (forms, addresses, file names, the registers, the login provider): control
characters but newline and tab, the signs that turn or hide the direction of what stands around them
(embeddings, overrides, isolates), signs without any look, half characters, and a mark with nothing to stand
on. Kept: every script with its own marks, and the joiners that Persian and emoji need.

Text that runs from right to left is shown as an island of its own (Unicode's FIRST STRONG ISOLATE, what
HTML writes `<bdi>`), so that a name never turns the sum or the date beside it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

_NEWLINES = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"  # control
    "\u202a-\u202e\u2066-\u2069"  # embeddings, overrides, isolates
    "\u180e\u200b\u2060-\u2065\u206a-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f"  # without a look
    "\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"  # half characters, and what is no character
    + "".join(f"{chr(plane + 0xFFFE)}-{chr(plane + 0xFFFF)}" for plane in range(0x10000, 0x110000, 0x10000))
    + "]"
)
_BLANK = " \t\n\xa0\u034f\u061c\u115f\u1160\u200c\u200d\u200e\u200f\u2800\u3000\u3164\uffa0"
_RIGHT_TO_LEFT = re.compile(
    "[\u0590-\u08ff\u200f\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
_ISLAND, _SHORE = "\N{FIRST STRONG ISOLATE}", "\N{POP DIRECTIONAL ISOLATE}"
EMAIL = re.compile(
    r"\A[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W_](?:[\w-]{0,61}[^\W_])\Z"
)
"""One e-mail address as mail servers take it (RFC 5321, unquoted); the domain may have any letters."""
MOST_MARKS = 8
"""Marks that one letter may carry; more climb over the lines above."""


def without_tricks(value: str) -> str:
    """`value` without the characters that are never taken, and with one kind of newline."""
    if value.isascii() and value.isprintable():
        return value
    return _FORBIDDEN.sub("", _NEWLINES.sub("\n", value))


def clean_text(value: str | None) -> str | None:
    """Text under the policy, normalised, without outer blanks; what nobody can see is an empty text."""
    if value is None:
        return None
    text = unicodedata.normalize("NFC", without_tricks(value))
    if not text.isascii():
        text = _standing_marks(text)
    return text.strip().strip(_BLANK)


def one_line(value: str | None) -> str | None:
    """Text under the policy, on one line, with single blanks."""
    cleaned = clean_text(value)
    return " ".join(cleaned.split()) if cleaned else cleaned


def mail_address(text: str | None) -> str | None:
    """`text` as an address that mail can be sent to, its domain in ASCII; None when it is not one address."""
    if not text or len(text) > 254 or not EMAIL.match(text):
        return None
    local, _at, domain = text.rpartition("@")
    try:
        return f"{local}@{domain.encode('idna').decode()}"
    except UnicodeError:
        return None


def island(value: Any) -> Any:
    """A plain text with its right-to-left lines isolated from what stands around; all else as it is."""
    if type(value) is not str or value.isascii() or _ISLAND in value or not _RIGHT_TO_LEFT.search(value):
        return value
    lines = value.split("\n")
    return "\n".join(f"{_ISLAND}{x}{_SHORE}" if _RIGHT_TO_LEFT.search(x) else x for x in lines)


def islands(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values to be put into a sentence, each an island where it must be."""
    return {name: island(value) for name, value in values.items()}


def _standing_marks(text: str) -> str:
    """Without marks that stand on nothing, and with at most `MOST_MARKS` on one letter."""
    kept: list[str] = []
    carried = MOST_MARKS
    for char in text:
        if unicodedata.category(char) in ("Mn", "Me"):
            carried += 1
        else:
            carried = MOST_MARKS if char.isspace() else 0
        if carried <= MOST_MARKS:
            kept.append(char)
    return "".join(kept)
