"""Guards the access matrix does not miss: a page asks before them, or its form needs more than any words.

Each is named here with a test that does miss it: `make proof` runs that test with the guard taken out, and it
must go red.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

import pytest

from tests.guards import Guard, guards, taken_out

MISSED_BY: dict[str, tuple[str, str]] = {
    "portal.access.assignments.grant: require_manage": (
        "test_access_assignments",
        "test_nobody_grants_beyond_their_part_of_the_tree",
    ),
    "portal.access.explanation.explain: allowed": (
        "test_access_assignments",
        "test_why_not_tells_what_is_missing_and_who_can_give_it",
    ),
    "portal.access.many.grant_many: require_manage": (
        "test_access_many",
        "test_many_are_renewed_and_granted_and_refused_rows_leave_nothing",
    ),
    "portal.access.renewing.prolong: require_manage": (
        "test_access_many",
        "test_what_a_grant_refuses_a_renewal_refuses",
    ),
    "portal.administration.access_queries.units_within: visible": (
        "test_access_pages",
        "test_a_region_sees_and_reaches_its_own_part_only",
    ),
    "portal.administration.asking._open: require_manage": (
        "test_role_requests",
        "test_only_sender_and_who_gives_roles_there_see_a_request",
    ),
    "portal.administration.locking.lock_for: allowed": (
        "test_units_pages",
        "test_a_revoked_administrator_changes_nothing",
    ),
    "portal.administration.lookup_queries.case_numbered: visible": (
        "test_access_lookups",
        "test_no_answer_beyond_the_askers_place_and_none_for_nonsense",
    ),
    "portal.administration.lookup_queries.roles_of: visible": (
        "test_access_lookups",
        "test_no_answer_beyond_the_askers_place_and_none_for_nonsense",
    ),
    "portal.casework.declaring.correct_tie: require": (
        "test_raised_grants",
        "test_a_tie_declared_by_mistake_is_corrected_by_another_and_asked_anew",
    ),
    "portal.casework.firing.available: allowed": (
        "test_asking",
        "test_only_what_is_asked_opens_and_the_first_answer_is_kept",
    ),
    "portal.funding.calls.keep_draft: require": (
        "test_funding_calls",
        "test_only_who_manages_calls_nationally_writes_them",
    ),
    "portal.funding.calls.publish_call: require": (
        "test_funding_path",
        "test_a_changed_call_tells_those_with_drafts",
    ),
    "portal.funding.granted.changing.answer: allowed": (
        "test_granted",
        "test_a_change_is_told_answered_with_reasons_and_moves_the_day",
    ),
    "portal.funding.granted.changing.may_answer: allowed": (
        "test_granted",
        "test_a_change_is_told_answered_with_reasons_and_moves_the_day",
    ),
    "portal.funding.granted.handling.staff: require": (
        "test_granted",
        "test_the_service_wants_two_persons_too",
    ),
    "portal.funding.granted.pages.show: allowed": (
        "test_granted_pages",
        "test_an_account_is_masked_for_those_who_do_not_need_it",
    ),
    "portal.funding.granted.paying.stop: allowed": (
        "test_granted",
        "test_a_file_holds_each_payment_once_and_its_reading_is_recorded",
    ),
    "portal.funding.sentences._manages: require": (
        "test_sentences",
        "test_a_region_adds_its_own_and_leaves_the_national_alone",
    ),
    "portal.funding.sentences.may_change: allowed": (
        "test_sentences",
        "test_the_pages_show_add_change_and_retire",
    ),
    "portal.organisations.exclusion.services._staff: require": (
        "test_organisation_exclusion",
        "test_nobody_is_excluded_unheard_nor_by_whoever_gave_notice",
    ),
    "portal.organisations.members.services._still_stands: allowed": (
        "test_members_handing_over",
        "test_staff_name_nobody_in_another_region_or_after_their_role_ended",
    ),
    "portal.organisations.members.services._still_stands: allowed 2": (
        "test_members_handing_over",
        "test_staff_name_nobody_in_another_region_or_after_their_role_ended",
    ),
    "portal.organisations.members.services.invite: require": (
        "test_members_handing_over",
        "test_only_a_leader_names_a_successor",
    ),
    "portal.organisations.views.one: allowed": (
        "test_organisation_exclusion",
        "test_from_notice_to_answer_to_decision_to_lifting",
    ),
    "portal.web.shell.seeing_as._deed: allowed": (
        "test_see_as",
        "test_a_plugin_that_is_off_there_is_said_to_be",
    ),
}
"""A guard, as it names itself → the integration test that goes red without it."""
ASKED_STRAIGHT = frozenset(
    {
        "plugins.child_grants.queries.asked: visible",
        "plugins.child_grants.queries.get_contact: visible",
        "plugins.child_grants.queries.waiting: visible",
        "plugins.child_grants.services.answer_contact: require",
        "plugins.child_grants.services.record_contact: require",
        "portal.administration.access_queries.chosen: visible",
        "portal.administration.asking_queries.may_answer: visible",
        "portal.administration.asking_queries.may_answer: visible 2",
        "portal.administration.asking_queries.units_to_ask_at: visible",
        "portal.administration.audit_queries.audit_page: scoped_page",
        "portal.administration.locking.lock_for: require",
        "portal.administration.reporting_queries.reporting_lines: visible",
        "portal.administration.unit_queries.get_contract: visible",
        "portal.administration.unit_queries.tree: visible",
        "portal.administration.unit_services.move_county: require",
        "portal.casework.appeals.queries.own_appeal: visible",
        "portal.casework.appeals.queries.queue: scoped_page",
        "portal.casework.appeals.sending.send_appeal: require",
        "portal.casework.archive.to_journal: scoped_page",
        "portal.casework.deadline_queries.open_deadlines: visible",
        "portal.casework.deadline_queries.open_deadlines: visible 2",
        "portal.casework.delivery.queries.to_post: scoped_page",
        "portal.casework.delivery.services.choose: require",
        "portal.casework.delivery.services.post_letter: require",
        "portal.casework.distributing._to_distribute: require",
        "portal.casework.impartiality.handles: allowed",
        "portal.funding.appealing.change: require",
        "portal.funding.applying._check_and_send: require",
        "portal.funding.applying.start_application: require",
        "portal.funding.assessing.assess: require",
        "portal.funding.calls.change_call: require",
        "portal.funding.calls.close_call: require",
        "portal.funding.calls.drop_draft: require",
        "portal.funding.calls.publish_draft: require",
        "portal.funding.comparing.sites_of: visible",
        "portal.funding.copying.copy_earlier: require",
        "portal.funding.copying.earlier: visible",
        "portal.funding.earlier.earlier_of: visible",
        "portal.funding.frame._own: visible",
        "portal.funding.frame._own: visible 2",
        "portal.funding.frame._staff: visible",
        "portal.funding.granted.accept_views._own: require",
        "portal.funding.granted.accounts._change: allowed",
        "portal.funding.granted.changing._tell_of: require",
        "portal.funding.granted.changing.may_answer: allowed 2",
        "portal.funding.granted.exporting._export: visible",
        "portal.funding.granted.exporting._rows: visible",
        "portal.funding.granted.exporting.batches: visible",
        "portal.funding.granted.exporting.waiting_for_file: visible",
        "portal.funding.granted.repaying.comment: require",
        "portal.funding.granted.report_views._own: require",
        "portal.funding.granted.reporting._writable: require",
        "portal.funding.granted.waiting._reached: visible",
        "portal.funding.proposals.calls_with_proposals: visible",
        "portal.funding.work_views.assess: require",
        "portal.organisations.affiliation.services._led: require",
        "portal.organisations.affiliation.views.branch: require",
        "portal.organisations.exclusion.queries.to_decide: visible",
        "portal.organisations.following.moving.move: require",
        "portal.organisations.following.queries.waiting: visible",
        "portal.organisations.following.services.mark_seen: require",
        "portal.organisations.members.mandates.withdraw: require",
        "portal.organisations.members.queries.missing_leaders: visible",
        "portal.organisations.members.queries.rescues: visible",
        "portal.organisations.members.rescues.ask_for_help: require",
        "portal.organisations.members.services._answer: require",
        "portal.organisations.registration.workflow.check: allowed",
        "portal.organisations.services.change_contact: require",
        "portal.organisations.views.entered: require",
        "portal.pluginhost.switching._authorise: require",
    }
)
"""Guards that `tests.probes` asks straight and then takes out, in every run."""
NOT_ALONE = {
    "portal.casework.views.own_case: allowed": "shows a button; sending an appeal asks again",
    "portal.organisations.affiliation.views._page: allowed": "shows a form; each step asks again",
    "portal.funding.case_views.is_staff: allowed": "chooses between two sides, who both read the case",
    "portal.funding.granted.waiting._reached: visible 2": "says at which of an owner's cases, all in reach, "
    "an account stands",
}
"""A guard → why nobody sees or does more when it alone is gone."""
OUT = pytest.StashKey[Guard]()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Beside each test of `MISSED_BY`, where proofs are asked for, the same without its guard."""
    if not re.search(r"(?<!not )\bproof\b", config.option.markexpr):
        return
    known = {str(guard): guard for guard in guards()}
    without: dict[str, list[Guard]] = defaultdict(list)
    for name, (module, test) in MISSED_BY.items():
        if name in known:  # a test says so where one is not
            without[f"tests/integration/{module}.py::{test}"].append(known[name])
    for item in list(items):
        for guard in without.get(item.nodeid, ()):
            assert isinstance(item, pytest.Function)
            items.append(_again(item, guard))


def _again(item: pytest.Function, guard: Guard) -> pytest.Function:
    again = pytest.Function.from_parent(
        item.parent,
        name=f"{item.name}[without {guard}]",
        callspec=getattr(item, "callspec", None),
        callobj=item.obj,
        fixtureinfo=item._fixtureinfo,
        originalname=item.originalname,
    )
    again.add_marker("proof")
    again.stash[OUT] = guard
    return again


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Without its guard, a test must fail."""
    guard = item.stash.get(OUT, None)
    if guard is None:
        return (yield)
    with taken_out(guard):
        try:
            yield
        except (Exception, pytest.fail.Exception):
            return None
    pytest.fail(f"nothing went red without {guard}")
