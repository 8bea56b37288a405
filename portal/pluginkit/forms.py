"""Forms: cleaned text, sums in kroner, days as people write them, and keys against sending twice."""

from __future__ import annotations

from portal.web.kit.forms import (
    DayField,
    Form,
    KronerField,
    LineField,
    ParagraphField,
    idempotency_key,
    new_idempotency_key,
)

__all__ = [
    "DayField",
    "Form",
    "KronerField",
    "LineField",
    "ParagraphField",
    "idempotency_key",
    "new_idempotency_key",
]
