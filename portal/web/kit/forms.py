"""Forms: WTForms with the portal's texts, safe text, kroner and dates as people write them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID, uuid4

from flask import request
from flask_wtf import FlaskForm
from flask_wtf.form import _Auto
from werkzeug.datastructures import CombinedMultiDict
from wtforms import DateField, Field, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import ValidationError
from wtforms.widgets import CheckboxInput, ListWidget, TextInput

from portal.web.kit.i18n import gettext as _
from portal.web.kit.text import clean_text, one_line

TEXT_LIMIT = 10_000


class Form(FlaskForm):
    """Base of every form. Forged requests are refused before any form is built (`csrf.py`).

    `leading`: the fields a page shows above those the form inherits.
    """

    leading: ClassVar[tuple[str, ...]] = ()

    class Meta:
        csrf = False

        def wrap_formdata(self, _form: Any, formdata: Any) -> Any:
            """What was sent as a form; a body of any other kind is no form and is not read."""
            if formdata is not _Auto:
                return formdata
            if request.method not in ("POST", "PUT", "PATCH", "DELETE"):
                return None
            return CombinedMultiDict((request.files, request.form))

    def __iter__(self) -> Iterator[Field]:
        """The fields as the page shows them: an error summary goes through them in this order."""
        place = {name: number for number, name in enumerate(self.leading)}
        return iter(sorted(self._fields.values(), key=lambda one: place.get(one.short_name, len(place))))

    def refuse(self, field: str, message: str) -> None:
        """Put a service's refusal at its place, as if validation had found it."""
        target = self[field]
        target.errors = [*target.errors, message]


def idempotency_key() -> UUID | None:
    """The key of the submitted form; None when it is missing or malformed."""
    try:
        return UUID(request.form.get("idempotency_key", ""))
    except ValueError:
        return None


def new_idempotency_key() -> str:
    """A key for a form about to be shown; a form shown again keeps the key it came with."""
    return str(idempotency_key() or uuid4())


def _length(_form: Any, field: Field) -> None:
    limit = getattr(field, "limit", TEXT_LIMIT)
    if field.data and len(field.data) > limit:
        raise ValidationError(_("Write at most %(limit)s characters.", limit=limit))


class LineField(StringField):
    """One line of text, cleaned; at most `limit` characters."""

    def __init__(self, label: Any = None, validators: Any = None, *, limit: int = 200, **kwargs: Any) -> None:
        self.limit = limit
        super().__init__(label, [*(validators or []), _length], filters=[one_line], **kwargs)


class ParagraphField(TextAreaField):
    """Longer text, cleaned; at most `limit` characters."""

    def __init__(
        self, label: Any = None, validators: Any = None, *, limit: int = 4000, **kwargs: Any
    ) -> None:
        self.limit = limit
        super().__init__(label, [*(validators or []), _length], filters=[clean_text], **kwargs)


class KronerField(Field):
    """A sum in whole kroner as typed ("45 000"), kept as integer øre in `data`."""

    widget = TextInput()

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else f"{self.data // 100:,}".replace(",", "\N{NO-BREAK SPACE}")

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read blanks, a trailing "kr" or ",-"; refuse anything else."""
        self.data = None
        text = "".join(str(valuelist[0]).split()).lower() if valuelist else ""
        text = text.removesuffix("kr").removesuffix(",-").removesuffix(",00")
        if not text:
            return
        if not text.isascii() or not text.isdigit() or len(text) > 11:
            raise ValueError(_("Write the sum in whole kroner, for example 45 000."))
        self.data = int(text) * 100


class TicksField(SelectMultipleField):
    """Several choices, each a box to tick. Unknown values are for the form to refuse in its own words."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def __init__(self, label: Any, **kwargs: Any) -> None:
        super().__init__(label, validate_choice=False, **kwargs)


class DayField(DateField):
    """A date, from a date picker (2026-03-12) or as typed (12.03.2026)."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read either form; refuse anything else."""
        self.data = None
        text = str(valuelist[0]).strip() if valuelist else ""
        if text:
            self.data = _day(text)


def _day(text: str) -> date:
    for form in ("%Y-%m-%d", "%d.%m.%Y", "%d.%m.%y"):
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a calendar day has no zone
        except ValueError:
            continue
    raise ValueError(_("Write the date as day.month.year, for example 12.03.2027."))
