"""The person's pages: whom do you represent, the number, the details, sending, and what came of it."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portal.access.routes import PortalBlueprint, signed_in
from portal.organisations.members.asking import ask_for_access
from portal.organisations.registers.number import InvalidNumber, parse_number
from portal.organisations.registration import pages, queries, services
from portal.organisations.registration.forms import (
    AccessForm,
    DetailsForm,
    NumberForm,
    ReplyForm,
    SendForm,
    WhoForm,
    suggested,
)
from portal.organisations.registration.proofs import proven
from portal.organisations.registration.workflow import RegistrationMoved
from portal.web.kit.forms import idempotency_key
from portal.web.kit.requests import actor, see_other

bp = PortalBlueprint("registration", __name__)
OWN = signed_in("Everybody may register; each sees only what they began themselves.")


@bp.route("/registrer", methods=["GET", "POST"], access=OWN)
def begin() -> ResponseReturnValue:
    """Whom do you represent?"""
    form = WhoForm()
    if form.validate_on_submit():
        if form.who.data == "number":
            return see_other("/registrer/nummer")
        try:
            made = services.start(form.who.data, None, key=idempotency_key(), actor=actor())
        except services.AlreadyAlone as error:
            return see_other(f"/organisasjoner/{error.unit_id}")
        return see_other(f"/registrer/{made}")
    return render_template("organisations/begin.html", form=form, mine=queries.mine(actor()))


@bp.route("/registrer/nummer", methods=["GET", "POST"], access=OWN)
def number() -> ResponseReturnValue:
    """The number: checked here, looked up by a job."""
    form = NumberForm()
    if form.validate_on_submit():
        try:
            parsed = parse_number(form.number.data or "")
            made = services.start("number", parsed, key=idempotency_key(), actor=actor())
        except InvalidNumber as error:
            form.refuse("number", pages.number_text(error.code))
        except services.AlreadyHere as error:
            return see_other(f"/registrer/tilgang/{error.number}")
        else:
            return see_other(f"/registrer/{made}")
    return render_template("organisations/number.html", form=form)


@bp.route("/registrer/<int:registration_id>", methods=["GET", "POST"], access=OWN)
def details(registration_id: int) -> ResponseReturnValue:
    """The draft's details; sent already: how it stands."""
    subject = queries.own(registration_id, actor=actor())
    if subject.state != "draft":
        if request.method == "POST":
            return see_other(f"/registrer/{registration_id}")
        return render_template("organisations/status.html", subject=subject, **pages.shown(subject))
    form = DetailsForm(data=suggested(subject))
    form.offer(queries.municipalities())
    if subject.path == "individual":
        form.speak_to_one()
    elif subject.facts:
        form.must_be(str(subject.facts["name"]))
    moved = False
    if form.validate_on_submit():
        try:
            services.save(registration_id, form.typed(), version=pages.version(form), actor=actor())
            return see_other(f"/registrer/{registration_id}/send")
        except RegistrationMoved:
            moved = True
    return render_template(
        "organisations/details.html",
        form=form,
        subject=subject,
        moved=moved,
        filling=request.method == "POST" or "fyll-ut" in request.args,
        **pages.shown(subject),
    )


@bp.get("/registrer/<int:registration_id>/oppslag", access=OWN)
def looked_up(registration_id: int) -> ResponseReturnValue:
    """The register's part of the page: 202 until there is something to tell, if only that it is silent."""
    subject = queries.own(registration_id, actor=actor())
    silent = subject.lookup == "waiting" and (subject.lookup_failed_at is None or subject.state != "draft")
    body = render_template("organisations/_looked_up.html", subject=subject, **pages.shown(subject))
    return body, (202 if silent else 200)


@bp.route("/registrer/<int:registration_id>/send", methods=["GET", "POST"], access=OWN)
def send(registration_id: int) -> ResponseReturnValue:
    """Everything on one screen, what to expect, and the button that sends."""
    subject = queries.own(registration_id, actor=actor())
    if subject.state != "draft":
        return see_other(f"/registrer/{registration_id}/kvittering")
    form = SendForm(data={"role": pages.role_ticked(subject), "version": subject.version})
    form.offer()
    if subject.path == "individual":
        del form["role"]
    refused: Any = None
    if form.validate_on_submit():
        try:
            role = form.role.data if "role" in form else None
            services.submit(registration_id, role=role, version=pages.version(form), actor=actor())
            return see_other(f"/registrer/{registration_id}/kvittering")
        except services.Incomplete as error:
            refused = ("incomplete", error.fields)
        except services.AlreadyHere:
            return see_other(f"/registrer/tilgang/{subject.number}")
        except RegistrationMoved:
            refused = ("moved", [])
    return render_template(
        "organisations/send.html",
        form=form,
        subject=subject,
        refused=refused,
        shown_before=proven(subject),
        **pages.shown(subject),
    )


@bp.get("/registrer/<int:registration_id>/kvittering", access=OWN)
def receipt(registration_id: int) -> ResponseReturnValue:
    """The receipt: number and time, and what happens next."""
    subject = queries.own(registration_id, actor=actor())
    if subject.receipt is None:
        return see_other(f"/registrer/{registration_id}")
    return render_template("organisations/receipt.html", subject=subject, **pages.shown(subject))


@bp.route("/registrer/<int:registration_id>/svar", methods=["GET", "POST"], access=OWN)
def reply(registration_id: int) -> ResponseReturnValue:
    """Answer what UDI asked: only the asked fields are open."""
    subject = queries.own(registration_id, actor=actor())
    if subject.state != "returned":
        return see_other(f"/registrer/{registration_id}")
    form = ReplyForm(data=suggested(subject))
    form.offer(queries.municipalities())
    if subject.path == "individual":
        form.speak_to_one()
    form.keep_only([*subject.asked_fields, "reply"])
    moved = False
    if form.validate_on_submit():
        typed = form.typed()
        said = typed.pop("reply")
        try:
            services.answer(registration_id, typed, said, version=pages.version(form), actor=actor())
            return see_other(f"/registrer/{registration_id}")
        except RegistrationMoved:
            moved = True
    return render_template("organisations/reply.html", form=form, subject=subject, moved=moved)


@bp.post("/registrer/<int:registration_id>/trekk", access=OWN)
def withdraw(registration_id: int) -> ResponseReturnValue:
    """Take the registration back."""
    try:
        services.withdraw(registration_id, version=pages.version(None), actor=actor())
    except RegistrationMoved:
        return see_other(f"/registrer/{registration_id}")
    return see_other(f"/registrer/{registration_id}")


@bp.route("/registrer/tilgang/<number>", methods=["GET", "POST"], access=OWN)
def access(number: str) -> ResponseReturnValue:
    """The number is here already: ask its leader, or UDI, to be let in."""
    try:
        parsed = parse_number(number)
    except InvalidNumber:
        return see_other("/registrer/nummer")
    found = queries.organisation_with(parsed)
    if found is None and not queries.sent_by_other(parsed, actor=actor()):
        return see_other("/registrer/nummer")
    form = AccessForm()
    asked = False
    if form.validate_on_submit():
        ask_for_access(
            parsed, form.message.data or "", leader_gone=bool(form.leader_gone.data), actor=actor()
        )
        asked = True
    return render_template("organisations/access.html", form=form, number=parsed, found=found, asked=asked)
