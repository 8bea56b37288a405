"""Staff's pages of standard sentences: all of them, one with its versions, writing and taking out of use."""

from __future__ import annotations

from typing import Any

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from wtforms import RadioField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import DataRequired, InputRequired, Optional

from portal.casework.firing import CaseChanged
from portal.funding import sentences as texts
from portal.funding.forms import choices
from portal.funding.paths import Paths
from portal.funding.permissions import SENTENCE_MANAGE
from portal.funding.scheme import Scheme
from portal.funding.sentences import Said, SentenceFacts
from portal.web.kit.forms import Form, LineField, ParagraphField
from portal.web.kit.i18n import LANGUAGES
from portal.web.kit.i18n import lazy_gettext as _
from portal.web.kit.requests import actor, see_other

STEPS = {"utga": True, "gjenoppta": False}
CHANGED = _("Somebody else has written a newer version since you opened this. This is how it stands now.")
USES = (("grants", _("When something is granted")), ("refuses", _("When something is refused")))


class SentenceForm(Form):
    """A standard sentence in the three languages, with where it comes from."""

    label_nb = LineField(
        _("Short name, bokmål"),
        [DataRequired(_("Write a short name."))],
        description=_("What the caseworker chooses by."),
        limit=80,
    )
    text_nb = ParagraphField(
        _("The sentence, bokmål"),
        [DataRequired(_("Write the sentence."))],
        description=_("It stands in the letter as you write it. The caseworker can change it there."),
        limit=2000,
    )
    label_nn = LineField(_("Short name, nynorsk"), [DataRequired(_("Write a short name."))], limit=80)
    text_nn = ParagraphField(_("The sentence, nynorsk"), [DataRequired(_("Write the sentence."))], limit=2000)
    label_en = LineField(_("Short name, English"), [Optional()], limit=80)
    text_en = ParagraphField(
        _("The sentence, English"),
        [Optional()],
        description=_("Without it, bokmål is used."),
        limit=2000,
    )
    basis = LineField(
        _("Paragraph it rests on"),
        [DataRequired(_("Write the paragraph or other source."))],
        description=_("For example: forskriften § 8."),
        limit=200,
    )
    use = RadioField(
        _("When is it used?"), [InputRequired(_("Choose when it is used."))], choices=choices(USES)
    )


class NewSentenceForm(SentenceForm):
    """The same, with whose it is."""

    leading = ("unit",)

    unit = SelectField(_("Whose sentence is it?"), coerce=int)


def sentences(scheme: Scheme) -> str:
    """All the reader may read, in use first."""
    who = actor()
    found = texts.listed(scheme, actor=who)
    return render_template(
        "funding/sentences.html",
        scheme=scheme,
        paths=Paths(scheme.prefix),
        rows=[one for one in found if not one.retired],
        retired=[one for one in found if one.retired],
        may_add=who.may_somewhere(SENTENCE_MANAGE.name),
    )


def new_sentence(scheme: Scheme) -> str:
    """A sentence to be written."""
    return _new_page(scheme, _new_form(scheme))


def add_sentence(scheme: Scheme) -> ResponseReturnValue:
    """Store a new sentence."""
    form = _new_form(scheme)
    if not form.validate():
        return _new_page(scheme, form), 422
    code = texts.write(scheme, form.unit.data, "", _said(form), version=0, actor=actor())
    return see_other(Paths(scheme.prefix).sentence(form.unit.data, code))


def sentence(scheme: Scheme, unit_id: int, code: str) -> str:
    """One sentence with its versions, to be changed by those who may."""
    return _page(scheme, unit_id, code)


def save_sentence(scheme: Scheme, unit_id: int, code: str) -> ResponseReturnValue:
    """Store the next version."""
    form: Any = SentenceForm()
    if not form.validate():
        return _page(scheme, unit_id, code, form), 422
    try:
        texts.write(scheme, unit_id, code, _said(form), version=_version(), actor=actor())
    except CaseChanged:
        return _page(scheme, unit_id, code, refusal=CHANGED), 409
    return see_other(Paths(scheme.prefix).sentence(unit_id, code))


def sentence_step(scheme: Scheme, unit_id: int, code: str, step: str) -> ResponseReturnValue:
    """Take a sentence out of use, or into use again."""
    if step not in STEPS:
        abort(404)
    try:
        texts.retire(scheme, unit_id, code, retired=STEPS[step], version=_version(), actor=actor())
    except CaseChanged:
        return _page(scheme, unit_id, code, refusal=CHANGED), 409
    return see_other(Paths(scheme.prefix).sentence(unit_id, code))


def _page(scheme: Scheme, unit_id: int, code: str, form: Any = None, refusal: Any = None) -> str:
    versions = texts.history(scheme, unit_id, code, actor=actor())
    return render_template(
        "funding/sentence.html",
        scheme=scheme,
        paths=Paths(scheme.prefix),
        now=versions[0],
        versions=versions,
        written_in=LANGUAGES,
        form=form or SentenceForm(formdata=None, data=_data(versions[0])),
        may=texts.may_change(scheme, unit_id, actor=actor()),
        refusal=refusal,
    )


def _new_form(scheme: Scheme) -> Any:
    form: Any = NewSentenceForm()
    form.unit.choices = [SelectChoice(unit, name) for unit, name in texts.units_of(scheme, actor=actor())]
    return form


def _new_page(scheme: Scheme, form: Any) -> str:
    return render_template("funding/sentence_new.html", scheme=scheme, paths=Paths(scheme.prefix), form=form)


def _data(now: SentenceFacts) -> dict[str, Any]:
    data = {f"{part}_{code}": text for code, parts in now.texts.items() for part, text in parts.items()}
    return {**data, "basis": now.basis, "use": "refuses" if now.refuses else "grants"}


def _said(form: Any) -> Said:
    written = {code: _in(form, code) for code in LANGUAGES}
    return Said(
        texts={code: parts for code, parts in written.items() if all(parts.values())},
        basis=form.basis.data.strip(),
        refuses=form.use.data == "refuses",
    )


def _in(form: Any, code: str) -> dict[str, str]:
    return {part: (form[f"{part}_{code}"].data or "").strip() for part in ("label", "text")}


def _version() -> int:
    return request.form.get("version", -1, type=int)
