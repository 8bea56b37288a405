"""The list of proposals: what there is to decide, what sums come to, and signing them in one go."""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from urllib.parse import quote, urlencode

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, HiddenField
from wtforms.validators import NumberRange, Optional

from portal import clock
from portal.casework.declaring import declare_impartial
from portal.casework.firing import Refused
from portal.casework.rules import UNDECLARED
from portal.funding import call_queries, proposals, signing
from portal.funding.deciding import require_fresh_login
from portal.funding.facts import CallFacts, text_in
from portal.funding.forms import NumberField
from portal.funding.paths import Paths
from portal.funding.proposals import Proposal
from portal.funding.rules import FRESH_LOGIN, WITHIN_FRAME
from portal.funding.scheme import Scheme
from portal.funding.trying import Trial, tried
from portal.funding.work_views import AMOUNTS
from portal.organisations.export import as_csv
from portal.rules import Rule
from portal.web.kit.formats import kr
from portal.web.kit.forms import Form, KronerField, ParagraphField
from portal.web.kit.i18n import gettext as _
from portal.web.kit.i18n import lazy_gettext
from portal.web.kit.requests import actor, see_other

CHANGED = lazy_gettext("The case has moved since you opened the list.")
OTHERS_SHOWN = 3


class TrialForm(Form):
    """What to try; nothing of it is stored."""

    tak = KronerField(lazy_gettext("At most to each"), [Optional()])
    andel = NumberField(
        lazy_gettext("Share of the proposal, per cent"),
        [Optional(), NumberRange(0, 100, lazy_gettext("Write a number from 0 to 100."))],
    )
    minst = KronerField(lazy_gettext("At least to each"), [Optional()])
    fordel = BooleanField(lazy_gettext("Divide what is left of the frame among all"))

    def trial(self) -> Trial:
        """What is asked for; nothing while something is written wrongly."""
        fields: Any = self
        if not self.validate():
            return Trial()
        return Trial(fields.tak.data, fields.andel.data, fields.minst.data, fields.fordel.data)


def overview(scheme: Scheme) -> str:
    """The calls in which proposals wait for the reader."""
    rows = [
        (call_id, text_in(texts, "title"), frame - bound, count, total)
        for call_id, texts, frame, bound, count, total in map(
            tuple, proposals.calls_with_proposals(scheme.code, actor=actor())
        )
    ]
    return render_template(
        "funding/proposal_calls.html", scheme=scheme, paths=Paths(scheme.prefix), rows=rows
    )


def proposal_list(scheme: Scheme, call_id: int) -> str:
    """Everything proposed in the reader's reach, with the sums that are tried out."""
    return _page(scheme, call_queries.get_call(call_id, scheme=scheme.code))


def sign_proposals(scheme: Scheme, call_id: int) -> ResponseReturnValue:
    """Sign the rows that are ticked. All done leads back to the list; otherwise it is told row by row."""
    call = call_queries.get_call(call_id, scheme=scheme.code)
    ticked = request.form.getlist("kryss", type=int)
    form = _sign_form(ticked)
    if not ticked:
        return _page(scheme, call, form, refusal=_("Tick the applications you want to decide.")), 422
    if not form.validate():
        return _page(scheme, call, form), 422
    wanted = [_signature(form, case_id) for case_id in ticked]
    try:
        done = signing.sign(scheme, call_id, wanted, actor=actor())
    except signing.RowsRefused as refused:
        for case_id, fault in refused.rows.items():
            place = f"why_{case_id}" if not isinstance(fault, str) else f"amount_{case_id}"
            form.refuse(place, AMOUNTS[fault] if isinstance(fault, str) else fault.cited())
        return _page(scheme, call, form), 422
    except Refused as refused:
        return _page(scheme, call, form, refusal=_why_all(refused, wanted, call)), 409
    signed = [one for one in done if one.outcome]
    if len(signed) == len(wanted):
        return see_other(f"{Paths(scheme.prefix).proposals(call_id)}?signert={len(signed)}")
    call = call_queries.get_call(call_id, scheme=scheme.code)
    gone = len(wanted) - len(done)
    return _page(scheme, call, results=done, gone=gone), 409


def declare_on_list(scheme: Scheme, call_id: int) -> ResponseReturnValue:
    """No ties to the applicants that are ticked: their cases open. A tie is told of on the case's page."""
    for case_id in request.form.getlist("habil", type=int):
        with suppress(Refused):  # barred meanwhile: the list tells why
            declare_impartial(case_id, actor=actor())
    return see_other(Paths(scheme.prefix).proposals(call_id))


def export_proposals(scheme: Scheme, call_id: int) -> Response:
    """The list as a file, with the sums that are tried out; that it was taken out is recorded."""
    call, rows = proposals.export(scheme.code, call_id, actor=actor())
    sums = tried(
        [one.proposed_ore for one in rows], _trial_form().trial(), call.frame_ore - call.committed_ore
    )
    headings = [
        _("Number"), _("Applicant"), _("Application"), _("Region"), _("Sum applied for"),
        _("Sum proposed"), _("Sum tried"), _("Reasons"), _("Caseworker"),
    ]  # fmt: skip
    cells = [
        (
            one.number, one.owner_name, one.title, one.region_name or "UDI", _kr(one.amount_ore),
            _kr(one.proposed_ore), _kr(amount), one.reasons, one.author_name,
        )
        for one, amount in zip(rows, sums, strict=True)
    ]  # fmt: skip
    shown = f'attachment; filename="innstillinger-{call_id}-{clock.today().isoformat()}.csv"'
    text = as_csv(headings, cells)
    return Response(text, mimetype="text/csv", headers={"Content-Disposition": shown})


def _page(
    scheme: Scheme,
    call: CallFacts,
    form: Any = None,
    *,
    refusal: Any = None,
    results: Any = (),
    gone: int = 0,
) -> str:
    who = actor()
    found = proposals.proposed(call.id, actor=who)
    rows, undeclared, barred = _sorted(found, who)
    left = call.frame_ore - call.committed_ore
    trial_form = _trial_form()
    trial = trial_form.trial()
    sums = tried([one.proposed_ore for one in rows], trial, left)
    kept = {one.id: one.kept_from(who) for one in rows}
    others = proposals.others_who_decide(found, actor=who) if barred or any(kept.values()) else {}
    ticked = request.form.getlist("kryss", type=int) or request.args.getlist("kryss", type=int)
    return render_template(
        "funding/proposals.html",
        scheme=scheme,
        paths=Paths(scheme.prefix),
        call=call,
        rows=_told(rows, sums, kept, others),
        undeclared=undeclared,
        barred=[(one, rule, _others(one, others)) for one, rule in barred],
        left=left,
        sums=(sum(one.proposed_ore for one in rows), sum(sums)),
        trial=trial,
        trial_form=trial_form,
        form=form,
        ticked=frozenset(ticked),
        refusal=refusal,
        results=results,
        gone=gone,
        signed=request.args.get("signert", type=int),
        log_in=_log_in_again(who, scheme, call, ticked),
        export_url=f"{Paths(scheme.prefix).proposals_file(call.id)}?{urlencode(_asked([]))}".rstrip("?"),
    )


def _sorted(
    found: list[Proposal], who: Any
) -> tuple[list[Proposal], list[Proposal], list[tuple[Proposal, Rule]]]:
    """Those that are open to the reader, those they have not declared in, and those they are barred from."""
    closed = [(one, rule) for one in found if (rule := one.closed_by(who)) is not None]
    shut = {one.id for one, _rule in closed}
    return (
        [one for one in found if one.id not in shut],
        [one for one, rule in closed if rule is UNDECLARED],
        [(one, rule) for one, rule in closed if rule is not UNDECLARED],
    )


def _told(rows: list[Proposal], sums: Any, kept: Any, others: dict[int, list[str]]) -> list[Any]:
    """Each row with its sum, the rule that keeps the reader from it, and who else can decide it."""
    return [(one, amount, kept[one.id], _others(one, others)) for one, amount in zip(rows, sums, strict=True)]


def _asked(ticked: list[int]) -> list[tuple[str, Any]]:
    """What is tried out and ticked, as an address keeps it."""
    kept = [
        (name, request.args[name]) for name in ("tak", "andel", "minst", "fordel") if request.args.get(name)
    ]
    return [*kept, *(("kryss", case_id) for case_id in ticked)]


def _trial_form() -> TrialForm:
    return TrialForm(formdata=request.args)


def _sign_form(ticked: list[int]) -> Any:
    """The fields of the ticked rows; the others are not read."""
    fields: dict[str, Any] = {
        "all_why": ParagraphField(
            lazy_gettext("Why the sum is another than proposed, for all rows without a reason of their own"),
            [Optional()],
            limit=2000,
        )
    }
    for case_id in ticked:
        fields[f"amount_{case_id}"] = KronerField(lazy_gettext("Sum"))
        fields[f"why_{case_id}"] = ParagraphField(lazy_gettext("Why another sum"), [Optional()], limit=2000)
        fields[f"version_{case_id}"] = HiddenField()
    return type("SignForm", (Form,), fields)()


def _signature(form: Any, case_id: int) -> signing.Signature:
    version = str(form[f"version_{case_id}"].data or "")
    return signing.Signature(
        case_id=case_id,
        version=int(version) if version.isascii() and version.isdigit() else 0,
        amount_ore=form[f"amount_{case_id}"].data or 0,
        why=form[f"why_{case_id}"].data or form.all_why.data or "",
    )


def _why_all(refused: Refused, wanted: list[signing.Signature], call: CallFacts) -> str:
    if refused.rule is not WITHIN_FRAME:
        return refused.rule.cited()
    return _(
        "The rows you ticked come to %(sum)s, and %(left)s is left of the frame. Nothing is decided.",
        sum=kr(sum(one.amount_ore for one in wanted)),
        left=kr(call.frame_ore - call.committed_ore),
    )


def _others(one: Proposal, others: dict[int, list[str]]) -> list[str]:
    """Who else can decide: first those at the case's region, then the directorate's."""
    found = [name for unit in (one.regional_id, one.national_id) if unit for name in others.get(unit, ())]
    return list(dict.fromkeys(found))[:OTHERS_SHOWN]


def _log_in_again(who: Any, scheme: Scheme, call: CallFacts, ticked: list[int]) -> tuple[str, str] | None:
    """Why one must log in again before signing, and where; None while the login is fresh."""
    here = f"{Paths(scheme.prefix).proposals(call.id)}?{urlencode(_asked(ticked))}".rstrip("?")
    try:
        require_fresh_login(who)
    except Refused:
        return FRESH_LOGIN.cited(), f"/bekreft-deg?next={quote(here)}"
    return None


def _kr(ore: int) -> str:
    """A sum as a spreadsheet reads it."""
    return f"{ore // 100},{ore % 100:02d}"
