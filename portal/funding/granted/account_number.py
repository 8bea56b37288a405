"""Norwegian account numbers (*kontonummer*): eleven digits, the last a check by modulus 11."""

from __future__ import annotations

from stdnum.exceptions import ValidationError
from stdnum.no import kontonr

from portal.web.kit.forms import clean_text


class WrongAccount(ValueError):
    """What was typed is no account number; `code` is `length` or `check`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def account_number(typed: str | None) -> str:
    """The eleven digits of a number as people write it ("1503.20.54328"). Raises `WrongAccount`."""
    digits = "".join(c for c in clean_text(typed) or "" if not c.isspace() and c not in ".-")
    if len(digits) != 11 or not digits.isascii() or not digits.isdigit():
        raise WrongAccount("length")
    try:
        kontonr.validate(digits)
    except ValidationError:
        raise WrongAccount("check") from None
    return digits


def written(number: str) -> str:
    """As banks write it: `1503 20 54328`."""
    return f"{number[:4]} {number[4:6]} {number[6:]}" if len(number) == 11 else number


def masked(number: str) -> str:
    """The last four digits alone, for those who only need to recognise it."""
    return f"•••• •• •{number[-4:]}"
