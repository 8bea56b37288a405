"""Pages of delivery: letters to print and post, and how an individual gets theirs."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portal import clock
from portal.access.policy import OutOfReach
from portal.access.routes import PortalBlueprint, needs
from portal.casework.delivery import queries, services
from portal.casework.delivery.forms import ChoiceForm, PostedForm
from portal.casework.delivery.register import asks_for_paper, standing_of
from portal.casework.permissions import LETTER_POST, OWN_LETTERS
from portal.web.kit.i18n import lazy_gettext as _
from portal.web.kit.requests import actor, see_other

bp = PortalBlueprint("delivery", __name__)
REFUSED = {
    "future": _("The day is in the future. Write the day the letter was posted."),
    "before": _("The day is before the letter was made."),
}


@bp.get("/brev/post", access=needs(LETTER_POST))
def to_post() -> str:
    """Letters to people who do not get them in the portal."""
    return _to_post()


@bp.post("/brev/post/<int:delivery_id>", access=needs(LETTER_POST))
def posted(delivery_id: int) -> ResponseReturnValue:
    """Register that one letter is posted."""
    form: Any = PostedForm(prefix=str(delivery_id))
    if not form.validate():
        return _to_post(delivery_id, form), 422
    try:
        services.post_letter(delivery_id, posted_on=form.posted_on.data, actor=actor())
    except services.PostingRefused as refused:
        form.refuse("posted_on", REFUSED[refused.code])
        return _to_post(delivery_id, form), 422
    return see_other("/brev/post")


def _to_post(refused_id: int | None = None, refused: Any = None) -> str:
    page = queries.to_post(actor(), request.args.get("after"))
    rows = []
    for row in page.rows:
        fresh = PostedForm(prefix=str(row.id), formdata=None, data={"posted_on": clock.today()})
        rows.append((row, refused if row.id == refused_id else fresh))
    return render_template("casework/to_post.html", rows=rows, next_url=page.next_url, refused=refused)


@bp.get("/saker/brev", access=needs(OWN_LETTERS))
def choice() -> str:
    """How the reader, as an individual, gets letters."""
    unit_id, _name, by_post, address = _own()
    form = ChoiceForm(data={"way": "post" if by_post else "portal", "address": address})
    return _choice(unit_id, form, saved=request.args.get("lagret") == "1")


@bp.post("/saker/brev", access=needs(OWN_LETTERS))
def choose() -> ResponseReturnValue:
    """Store the choice."""
    form: Any = ChoiceForm()
    unit_id = _own()[0]
    form.on_paper = asks_for_paper(standing_of(unit_id))
    if not form.validate():
        return _choice(unit_id, form), 422
    services.choose(unit_id, by_post=form.way.data == "post", address=form.address.data or "", actor=actor())
    return see_other("/saker/brev?lagret=1")


def _choice(unit_id: int, form: Any, *, saved: bool = False) -> str:
    standing = standing_of(unit_id)
    form.on_paper = asks_for_paper(standing)
    return render_template("casework/letter_choice.html", form=form, standing=standing, saved=saved)


def _own() -> tuple[int, str, bool, str]:
    found = queries.choice_of(actor().reach[OWN_LETTERS.name].owner)
    if found is None:
        raise OutOfReach("no individual")
    return found
