"""Pages of showing that one may represent an organisation, and the page the organisation's link opens."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portal.access.routes import PortalBlueprint, public, signed_in
from portal.documents.types import UploadRefused
from portal.organisations.registration import pages, proof_pages, proofs, queries
from portal.organisations.registration.forms import BirthForm, MandateForm
from portal.organisations.registration.workflow import RegistrationMoved
from portal.web.kit.i18n import LazyString
from portal.web.kit.i18n import lazy_gettext as _
from portal.web.kit.requests import actor, see_other

bp = PortalBlueprint("representing", __name__)
OWN = signed_in("Everybody may register; each sees only what they began themselves.")
LINK = public("Whoever reads the organisation's mail may answer for it; the link is the secret.")

CANNOT_ASK: dict[str, LazyString] = {
    "no_register": _("The register has not answered yet. Come back when it has; you need not wait here."),
    "no_address": _("The register has no e-mail address for the organisation. Use one of the other ways."),
    "asked_already": _("The organisation has been asked. The link works for 14 days."),
    "too_often": _("The organisation has been asked three times without an answer. Use another way."),
}
SPENT: dict[str, LazyString] = {
    "used": _("The question has been answered. The link works only once."),
    "over": _("The registration has been decided or withdrawn, so no answer is needed."),
    "expired": _("The link has expired. It worked for 14 days."),
}


@bp.get("/registrer/<int:registration_id>/representere", access=OWN)
def ways(registration_id: int) -> ResponseReturnValue:
    """The three ways, and what came of those tried."""
    return _page(registration_id)


@bp.post("/registrer/<int:registration_id>/representere/register", access=OWN)
def compare(registration_id: int) -> ResponseReturnValue:
    """Compare with the register; the birth date lives no longer than this request."""
    form = BirthForm()
    if not form.validate_on_submit() or form.birth_date.data is None:
        return _page(registration_id, birth=form)
    try:
        proofs.compare(registration_id, form.birth_date.data, actor=actor())
    except proofs.CannotAsk as error:
        return _page(registration_id, said=CANNOT_ASK[error.code])
    except RegistrationMoved:
        return see_other(f"/registrer/{registration_id}")
    return see_other(f"/registrer/{registration_id}/representere")


@bp.post("/registrer/<int:registration_id>/representere/sporsmal", access=OWN)
def ask(registration_id: int) -> ResponseReturnValue:
    """Have the organisation asked at its address in the register."""
    try:
        proofs.ask(registration_id, actor=actor())
    except proofs.CannotAsk as error:
        return _page(registration_id, said=CANNOT_ASK[error.code])
    except RegistrationMoved:
        return see_other(f"/registrer/{registration_id}")
    return see_other(f"/registrer/{registration_id}/representere")


@bp.post("/registrer/<int:registration_id>/representere/fullmakt", access=OWN)
def mandate(registration_id: int) -> ResponseReturnValue:
    """Hand in a mandate."""
    form, sent = MandateForm(), request.files.get("file")
    try:
        if sent is None or not sent.filename:
            raise UploadRefused("empty")
        proofs.keep_mandate(registration_id, sent.read(), sent.filename, actor=actor())
    except UploadRefused as refused:
        form.validate()
        form.file.errors = [str(refused.message)]
        return _page(registration_id, upload=form)
    except RegistrationMoved:
        return see_other(f"/registrer/{registration_id}")
    return see_other(f"/registrer/{registration_id}/representere")


@bp.route("/bekreft/<token>", methods=["GET", "POST"], access=LINK)
def confirm(token: str) -> ResponseReturnValue:
    """The organisation says yes or no. Opening the page answers nothing: mail readers open links too."""
    asked = proofs.question(token)
    said: LazyString | None = SPENT[asked.spent] if asked.spent else None
    answered: str | None = None
    choice = request.form.get("answer", "")
    if request.method == "POST" and choice in ("yes", "no"):
        try:
            proofs.answer(token, choice)
            answered = choice
        except proofs.Spent as error:
            said = SPENT[error.code]
    return render_template("organisations/confirm.html", asked=asked, said=said, answered=answered)


def _page(
    registration_id: int,
    *,
    birth: BirthForm | None = None,
    upload: MandateForm | None = None,
    said: Any = None,
) -> ResponseReturnValue:
    subject = queries.own(registration_id, actor=actor())
    if subject.path != "number" or subject.state not in queries.OPEN:
        return see_other(f"/registrer/{registration_id}")
    asked = proofs.questions(registration_id)
    return render_template(
        "organisations/representing.html",
        subject=subject,
        birth=birth or BirthForm(formdata=None),
        upload=upload or MandateForm(formdata=None),
        said=said,
        compared=proof_pages.register_text(subject) if subject.matched_role else None,
        matched=proofs.matched(subject),
        asked=asked,
        question=proof_pages.question_text(subject) if asked else None,
        address=proofs.address_of(subject),
        mandate=proof_pages.mandate_name(subject),
        **pages.shown(subject),
    )
