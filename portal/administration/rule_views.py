"""Which rules hold at a unit, where each comes from and why; making one stricter there, or leaving it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Row
from wtforms import IntegerField
from wtforms.validators import InputRequired

from portal.access.declared import RULE_SET, UNIT_READ
from portal.access.policy import OutOfReach, allowed, require
from portal.access.routes import PortalBlueprint, needs
from portal.administration import rule_services as services
from portal.administration import unit_queries as queries
from portal.administration.unit_views import place_of
from portal.rules import LevelRule
from portal.rules.holding import holdings, said_at
from portal.rules.levels import LEAVING_KINDS, LEVEL_RULES, Holding, Said, resolve
from portal.rules.refusals import RuleRefused
from portal.web.kit.forms import Form, LineField, ParagraphField
from portal.web.kit.i18n import lazy_gettext as _
from portal.web.kit.requests import actor, see_other

bp = PortalBlueprint("unit_rules", __name__, url_prefix="/enheter/<int:unit_id>/regler")
SET = needs(RULE_SET)
_WHY = _("Write why. Those the rule holds for read it.")


class WordForm(Form):
    """Why a unit says so. The other forms add what it says."""

    reason = ParagraphField(
        _("Why"), [InputRequired(_WHY)], description=_("Those the rule holds for read it.")
    )


class DaysForm(WordForm):
    """A number of days."""

    leading = ("number",)

    number = IntegerField(_("Days"), [InputRequired(_("Write a number of days."))])


class PointForm(WordForm):
    """A point of a list."""

    leading = ("point",)

    point = LineField(_("The point"), [InputRequired(_("Write the point."))], limit=200)


@dataclass(frozen=True, slots=True)
class Standing:
    """One rule at one unit: what holds, what would without the unit's own words, and those words."""

    now: Holding
    above: Holding
    own: tuple[Said, ...]
    may_leave: bool

    @property
    def about(self) -> LevelRule:
        """The rule."""
        return self.now.about

    @property
    def may_switch_on(self) -> bool:
        """Whether a duty can be switched on or taken up again here."""
        return not self.now.on


@bp.get("", access=needs(UNIT_READ))
def rules(unit_id: int) -> str:
    """Every rule with levels as it holds here."""
    row, place = _unit(unit_id)
    switches = actor().switches
    shown = [
        one
        for one in holdings(place)
        if one.about.rule.plugin is None or not switches.off_at(one.about.rule.plugin, place)
    ]
    return render_template(
        "administration/unit_rules.html", unit=row, holdings=shown, may_set=allowed(actor(), RULE_SET, place)
    )


@bp.get("/<name>", access=SET)
def rule(unit_id: int, name: str) -> ResponseReturnValue:
    """One rule: what holds and from where, and a form to make it stricter."""
    row, about = _asked(unit_id, name)
    return _page(row, about, _form(about)(formdata=None))


@bp.post("/<name>", access=SET)
def tighten(unit_id: int, name: str) -> ResponseReturnValue:
    """Make the rule stricter here and below."""
    row, about = _asked(unit_id, name)
    form: Any = _form(about)()
    reason = form.reason.data or ""

    def say() -> None:
        if about.kind == "points":
            services.add_point(unit_id, about, form.point.data, reason, actor=actor())
        elif about.kind == "duty":
            services.switch_on(unit_id, about, reason, actor=actor())
        else:
            services.tighten(unit_id, about, form.number.data, reason, actor=actor())

    return _said(row, about, form, say)


@bp.post("/<name>/forlat", access=SET)
def leave(unit_id: int, name: str) -> ResponseReturnValue:
    """Leave an inherited duty: ATE, with a reason."""
    row, about = _asked(unit_id, name)
    form = WordForm(prefix="leave-")
    if form.validate():
        try:
            services.leave(unit_id, about, form.reason.data or "", actor=actor())
        except RuleRefused as refused:
            form.refuse("reason", str(refused.text))
        else:
            return see_other(f"/enheter/{unit_id}/regler/{name}")
    return _page(row, about, _form(about)(formdata=None), leave_form=form), 422


@bp.post("/<name>/ta-tilbake", access=SET)
def take_back(unit_id: int, name: str) -> ResponseReturnValue:
    """Take back one of the unit's own words."""
    row, about = _asked(unit_id, name)
    said_id = request.form.get("said", 0, type=int)
    try:
        services.take_back(unit_id, about, said_id, actor=actor())
    except RuleRefused as refused:
        return _page(row, about, _form(about)(formdata=None), said=refused), 409
    return see_other(f"/enheter/{unit_id}/regler/{name}")


def _said(row: Row[Any], about: LevelRule, form: WordForm, say: Callable[[], None]) -> ResponseReturnValue:
    if form.validate():
        try:
            say()
        except RuleRefused as refused:
            form.refuse(refused.field if refused.field in form else "reason", str(refused.text))
        else:
            return see_other(f"/enheter/{row.id}/regler/{about.name}")
    return _page(row, about, form), 422


def _page(
    row: Row[Any],
    about: LevelRule,
    form: WordForm,
    *,
    leave_form: WordForm | None = None,
    said: RuleRefused | None = None,
) -> str:
    words = said_at(place_of(row), about.name)
    above = resolve(about, [one for one in words if one.unit_id != row.id])
    own = tuple(one for one in sorted(words, key=lambda one: one.id) if one.unit_id == row.id)
    may_leave = about.leavable and row.kind in LEAVING_KINDS and above.on and not any(one.left for one in own)
    return render_template(
        "administration/unit_rule.html",
        unit=row,
        standing=Standing(resolve(about, words), above, own, may_leave),
        form=form,
        leave_form=leave_form or (WordForm(formdata=None, prefix="leave-") if may_leave else None),
        said=said,
    )


def _form(about: LevelRule) -> type[WordForm]:
    return {"points": PointForm, "duty": WordForm}.get(about.kind, DaysForm)


def _unit(unit_id: int) -> tuple[Row[Any], Any]:
    row = queries.get_unit(unit_id, actor())
    return row, place_of(row)


def _asked(unit_id: int, name: str) -> tuple[Row[Any], LevelRule]:
    """The unit, where the reader may say something, and the rule; else `OutOfReach` or `Denied`."""
    row, place = _unit(unit_id)
    require(actor(), RULE_SET, place)
    about = LEVEL_RULES.get(name)
    plugin = about.rule.plugin if about else None
    if about is None or (plugin is not None and actor().switches.off_at(plugin, place)):
        raise OutOfReach
    return row, about
