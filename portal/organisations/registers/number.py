"""Organisation numbers (*organisasjonsnummer*): nine digits, the last a check by modulus 11."""

from __future__ import annotations

import re

from stdnum.exceptions import InvalidChecksum, InvalidFormat, InvalidLength, ValidationError
from stdnum.no import orgnr

_BLANK = re.compile(r"[\s\u00a0.]+")
_AROUND = re.compile(r"^NO(?=\d)|(?<=\d)MVA$", re.IGNORECASE)  # as on invoices: NO 314 758 625 MVA


class InvalidNumber(ValueError):
    """Not an organisation number; `code` is `length`, `characters` or `checksum`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def parse_number(text: str) -> str:
    """The nine digits of a number as people write it ("NO 314 758 625"). Raises `InvalidNumber`."""
    digits = _AROUND.sub("", _BLANK.sub("", text))
    if not digits.isascii() or not digits.isdigit():
        raise InvalidNumber("characters" if digits else "length")
    try:
        number: str = orgnr.validate(digits)
    except InvalidLength:
        raise InvalidNumber("length") from None
    except InvalidFormat:
        raise InvalidNumber("characters") from None
    except (InvalidChecksum, ValidationError):
        raise InvalidNumber("checksum") from None
    return number
