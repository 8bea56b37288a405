"""Operator contracts of a site: register one, change its end."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portal.access.declared import UNIT_EDIT
from portal.access.policy import OutOfReach, require
from portal.access.routes import PortalBlueprint, needs
from portal.administration import unit_queries as queries
from portal.administration import unit_services as services
from portal.administration.unit_forms import ContractEndForm, ContractForm
from portal.administration.unit_views import place_of, put
from portal.units.refusals import UnitRefused
from portal.web.kit.forms import idempotency_key
from portal.web.kit.requests import actor, see_other

bp = PortalBlueprint("contracts", __name__, url_prefix="/enheter")
EDIT = {"GET": needs(UNIT_EDIT), "POST": needs(UNIT_EDIT)}


@bp.route("/<int:unit_id>/kontrakter/ny", methods=["GET", "POST"], access=EDIT)
def new_contract(unit_id: int) -> ResponseReturnValue:
    """Register a contract with an operator."""
    site = queries.get_unit(unit_id, actor())
    if site.kind != "site":
        raise OutOfReach
    require(actor(), UNIT_EDIT, place_of(site))
    form = ContractForm()
    if request.method == "POST" and form.validate():
        try:
            services.enter_contract(unit_id, form.contract(), actor=actor(), key=idempotency_key())
        except UnitRefused as refused:
            put(form, refused)
        else:
            return see_other(f"/enheter/{unit_id}#kontrakter")
    return render_template("administration/contract_new.html", site=site, form=form), (
        422 if form.errors else 200
    )


@bp.route("/kontrakter/<int:contract_id>", methods=["GET", "POST"], access=EDIT)
def change_contract(contract_id: int) -> ResponseReturnValue:
    """Change a contract's last day, or note that notice was given."""
    row = queries.get_contract(contract_id, actor())
    require(actor(), UNIT_EDIT, place_of(queries.get_unit(row.unit_id, actor())))
    form = ContractEndForm(data={"valid_to": row.valid_to, "notice_given_on": row.notice_given_on})
    if request.method == "POST" and form.validate():
        try:
            services.change_contract(
                contract_id, form.valid_to.data, form.notice_given_on.data, actor=actor()
            )
        except UnitRefused as refused:
            put(form, refused)
        else:
            return see_other(f"/enheter/{row.unit_id}#kontrakter")
    return render_template("administration/contract.html", contract=row, form=form), (
        422 if form.errors else 200
    )
