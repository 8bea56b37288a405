"""Checks that only their own tests hold: each is taken out in turn, and one of those tests turns red.

The misbehaviours of `test_login_refused.py` and `test_login_hostile.py` have their controls beside them, and
limits in `test_login_limits.py`. Here is what neither claims nor limits: who, where, once, for what.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask_wtf.csrf import CSRFProtect
from joserfc.jwk import ECKey
from sqlalchemy.orm import Session

from portal.access import assignment_rules, routes
from portal.identity import (
    attempts,
    flow,
    held,
    persons,
    proof_views,
    provider,
    represented,
    services,
    tokens,
)
from portal.settings import Settings
from tests.integration import test_login as first
from tests.integration import test_login_doors as doors
from tests.integration import test_login_hostile as hostile
from tests.integration import test_login_profiles as profiles
from tests.integration import test_login_proof as proof
from tests.integration import test_login_refused as refused
from tests.integration import test_logout_backchannel as logout
from tests.integration import test_sessions as sessions
from tests.login import portal, without_check

Slice = Callable[[Settings], None]
Patch = Callable[[pytest.MonkeyPatch], None]


def inside(test: Callable[..., None], *more: Any) -> Slice:
    """A test that wants a portal with a running provider."""

    def run(settings: Settings) -> None:
        with portal(settings) as house:
            test(house, *more)

    return run


def after_login(test: Callable[..., None]) -> Slice:
    """A test that wants somebody logged in, too."""

    def run(settings: Settings) -> None:
        with portal(settings) as house:
            browser = house.browser()
            browser.log_in()
            test(house, browser)

    return run


def told(test: Callable[..., None], *more: Any) -> Slice:
    """A test of logouts that the provider's server sends."""

    def run(settings: Settings) -> None:
        steps = logout.Remembering()
        with portal(settings, steps) as house:
            browser = house.browser()
            browser.log_in()
            test(house, browser, steps, *more)

    return run


def with_settings(test: Callable[..., None], *more: Any) -> Slice:
    return lambda settings: test(settings, *more)


def always(target: Any, name: str, value: object) -> Patch:
    return lambda patch: patch.setattr(target, name, lambda *_arguments, **_named: value)


def unused(patch: pytest.MonkeyPatch) -> None:
    """A login that is answered is not taken out."""
    taken = attempts.take

    def look(session: Session, state: str, *, browser: str) -> Any:
        with session.begin_nested() as nested:
            found = taken(session, state, browser=browser)
            nested.rollback()
        return found

    patch.setattr(attempts, "take", look)


def linked_whoever_is_in(patch: pytest.MonkeyPatch) -> None:
    judge = services._who

    def trusting(session: Any, known: Any, identity: Any, going: Any, _inside: Any) -> Any:
        return judge(session, known, identity, going, going.person_id)

    patch.setattr(services, "_who", trusting)


def held_for_anybody(patch: pytest.MonkeyPatch) -> None:
    def open_held(token: str, _person: int) -> Any:
        from portal.database import read
        from portal.identity.models import HeldForm

        owner = read(HeldForm.__table__.select().where(HeldForm.token_digest == held.token_digest(token)))
        return opened(token, owner[0].person_id) if owner else None

    opened = held.open_held
    patch.setattr(held, "open_held", open_held)


def nobody_asks_for_proof(patch: pytest.MonkeyPatch) -> None:
    for module in (routes, assignment_rules):
        patch.setattr(module, "require_proof", lambda *_: None)


def unsigned_logout(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(tokens, "verified_claims", lambda token, *_: logout.backchannel._payload(token))


def weak_keys_are_passed_over(_settings: Settings) -> None:
    weak, strong = (ECKey.generate_key(curve).as_dict(private=False) for curve in ("P-384", "P-256"))
    assert [key.curve_name for key in provider.read_keys([weak, strong]) if isinstance(key, ECKey)] == [
        "P-256"
    ]


def replayed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(logout.backchannel, "REPLAYS_REFUSED", False)


OTHER_RESOURCE, NO_NUMBER = "another resource", "a number that is none"
RED: dict[str, tuple[Patch, Slice]] = {
    "an answer works once": (unused, with_settings(refused.test_an_answer_works_once)),
    "at the provider's own address": (
        lambda patch: without_check(patch, services, "ATTEMPT_CHECKS", "provider_other"),
        with_settings(hostile.test_one_providers_answer_at_anothers_callback),
    ),
    "proved anew": (
        lambda patch: without_check(patch, tokens, "CHECKS", "not_anew"),
        with_settings(proof.test_an_old_or_weak_login_does_not_pass_for_a_new_one, {"auth_time": 10**9}),
    ),
    "proved by the same person": (
        lambda patch: patch.setattr(services, "STEP_UP", "something else"),
        inside(proof.test_somebody_elses_login_proves_nothing_and_logs_nobody_in),
    ),
    "grave acts take a fresh login": (
        nobody_asks_for_proof,
        inside(proof.test_every_form_of_a_grave_act_asks_whoever_logged_in_long_ago),
    ),
    "a kept form is its sender's": (
        held_for_anybody,
        inside(proof.test_a_form_sent_after_the_session_ran_out_is_kept_for_its_sender_alone),
    ),
    "only our own forms are kept": (
        lambda patch: patch.setattr(CSRFProtect, "protect", lambda *_, **_named: None),
        inside(proof.test_what_cannot_be_kept_is_said_and_one_comes_back_to_the_page, "no token of ours"),
    ),
    "back to a page of ours": (
        always(proof_views, "_page", "https://evil.example/x"),
        inside(proof.test_a_foreign_page_cannot_say_where_one_comes_back_to),
    ),
    "joined in one session": (
        linked_whoever_is_in,
        inside(doors.test_nothing_is_joined_when_the_first_session_is_over),
    ),
    "an account in use is not joined": (
        always(persons, "_is_used", False),
        inside(doors.test_an_account_with_a_role_is_left_as_it_is),
    ),
    "no identity number is kept": (
        lambda patch: patch.setattr(flow, "_IDENTITY_NUMBER", re.compile("(?!)")),
        with_settings(profiles.test_an_identity_number_hidden_in_a_name_is_taken_out),
    ),
    "an organisation that was asked about": (
        always(represented, "_answers", True),
        with_settings(profiles.test_an_answer_about_something_else_logs_nobody_in, OTHER_RESOURCE),
    ),
    "an organisation that exists": (
        always(represented.orgnr, "is_valid", True),
        with_settings(profiles.test_an_answer_about_something_else_logs_nobody_in, NO_NUMBER),
    ),
    "addresses that can be asked": (
        always(provider, "_is_address", True),
        with_settings(hostile.test_what_cannot_be_used_logs_nobody_in, "a key set in a file"),
    ),
    "keys of the kinds we trust": (always(provider, "_is_strong", True), weak_keys_are_passed_over),
    "a person is issuer and subject": (
        lambda patch: patch.setattr(persons, "find", by_email),
        with_settings(first.test_an_email_address_joins_nobody),
    ),
    "a logout token is signed": (
        unsigned_logout,
        told(logout.test_a_token_nobody_can_have_signed_ends_nothing, logout.with_another_key, "signature"),
    ),
    "a logout token works once": (replayed, told(logout.test_the_same_token_is_not_taken_twice)),
    "a logout names its own session": (
        always(sessions.endings.sessions, "of_provider", persons.UserSession.id > 0),
        after_login(sessions.test_the_provider_can_end_its_own_session_and_no_other),
    ),
}


def by_email(session: Session, identity: flow.Identity) -> int | None:
    found: int | None = session.execute(
        persons.select(persons.Person.id).where(persons.Person.email == identity.email)
    ).scalar()
    return found


@pytest.mark.parametrize("name", RED)
def test_without_it_a_test_turns_red(settings: Settings, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    take_out, test = RED[name]
    take_out(monkeypatch)
    with pytest.raises(AssertionError):
        test(settings)
