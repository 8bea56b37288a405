"""The pages after a grant, each with who may use it; they stand beside the scheme's others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from portal.access.routes import Access, needs, public, signed_in
from portal.funding.granted import (
    accept_views,
    account_views,
    change_views,
    control_views,
    list_views,
    open_views,
    payment_views,
    repayment_views,
    report_views,
)
from portal.funding.permissions import (
    APPLICATION_ASSESS,
    APPLICATION_DECIDE,
    APPLICATION_READ,
    OWN_APPLICATION_EDIT,
    OWN_APPLICATION_READ,
    OWN_APPLICATION_SUBMIT,
    OWN_GRANT_ACCEPT,
    PAYMENT_MANAGE,
    PAYMENT_ORDER,
)

View = Callable[..., Any]
_GIVEN = public("What the state gives, and to whom, is open to everybody (offentleglova § 3).")
_BOTH = signed_in("Recipients and staff share the page; the query finds what each may reach.")
_ACCOUNT = signed_in(
    "The recipient and payment officers propose accounts; the service asks which of them it is."
)
_EACH = signed_in("Each step asks for its own permission at the case's place.")
_CASE = "/soknad/<int:case_id>"

ROUTES: tuple[tuple[str, str, View, Access], ...] = (
    ("GET", f"{_CASE}/tilskudd", accept_views.grant, _BOTH),
    ("GET", f"{_CASE}/aksept", accept_views.acceptance, needs(OWN_APPLICATION_READ)),
    ("POST", f"{_CASE}/aksept", accept_views.accept, needs(OWN_GRANT_ACCEPT)),
    ("POST", f"{_CASE}/nei-takk", accept_views.decline, needs(OWN_GRANT_ACCEPT)),
    ("POST", f"{_CASE}/bortfall", accept_views.lapse, needs(APPLICATION_DECIDE)),
    ("GET", f"{_CASE}/konto", account_views.account, _BOTH),
    ("POST", f"{_CASE}/konto", account_views.propose_account, _ACCOUNT),
    ("POST", f"{_CASE}/konto/<int:account_id>", account_views.answer_account, needs(PAYMENT_MANAGE)),
    ("GET", f"{_CASE}/utbetaling", payment_views.payments, needs(APPLICATION_READ)),
    ("POST", f"{_CASE}/utbetaling", payment_views.plan_payments, needs(PAYMENT_ORDER)),
    ("POST", f"{_CASE}/utbetaling/<int:term_id>/<name>", payment_views.payment_step, _EACH),
    ("GET", f"{_CASE}/endring", change_views.changes, _BOTH),
    ("POST", f"{_CASE}/endring", change_views.tell_change, needs(OWN_APPLICATION_EDIT)),
    ("POST", f"{_CASE}/endring/<int:change_id>", change_views.answer_change, _EACH),
    ("GET", f"{_CASE}/rapport", report_views.report, needs(OWN_APPLICATION_READ)),
    ("GET", f"{_CASE}/rapport/send", report_views.report_summary, needs(OWN_APPLICATION_READ)),
    ("POST", f"{_CASE}/rapport/send", report_views.send_report, needs(OWN_APPLICATION_SUBMIT)),
    ("GET", f"{_CASE}/rapport/kvittering", report_views.report_receipt, needs(OWN_APPLICATION_READ)),
    ("GET", f"{_CASE}/rapport/<page>", report_views.report_page, needs(OWN_APPLICATION_READ)),
    ("POST", f"{_CASE}/rapport/<page>", report_views.save_report, needs(OWN_APPLICATION_EDIT)),
    ("POST", f"{_CASE}/rapport/vedlegg", report_views.attach_report, needs(OWN_APPLICATION_EDIT)),
    (
        "POST",
        f"{_CASE}/rapport/vedlegg/<int:document_id>/fjern",
        report_views.remove_report_file,
        needs(OWN_APPLICATION_EDIT),
    ),
    ("GET", f"{_CASE}/kontroll", control_views.control, needs(APPLICATION_READ)),
    ("POST", f"{_CASE}/kontroll", control_views.review, needs(APPLICATION_ASSESS)),
    ("POST", f"{_CASE}/kontroll/tilbake", control_views.return_report, needs(APPLICATION_ASSESS)),
    ("GET", f"{_CASE}/tilbakebetaling", repayment_views.repayment, _BOTH),
    ("POST", f"{_CASE}/tilbakebetaling/<step>", repayment_views.repayment_step, _EACH),
    ("GET", "/oppfolging", list_views.following, needs(APPLICATION_READ)),
    ("GET", "/utbetalingsfiler", list_views.batches, needs(PAYMENT_MANAGE)),
    ("POST", "/utbetalingsfiler", list_views.make_batch, needs(PAYMENT_MANAGE)),
    ("GET", "/utbetalingsfiler/<int:batch_id>.csv", list_views.take_batch, needs(PAYMENT_MANAGE)),
    ("GET", "/tildelinger", open_views.given, _GIVEN),
    ("GET", "/tildelinger.csv", open_views.given_csv, _GIVEN),
    ("GET", "/tildelinger.json", open_views.given_json, _GIVEN),
)
